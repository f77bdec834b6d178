"""What the tests share; `app`, `client`, `company`, `clock` and `work` are fixtures of Baoke's own kit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # pytest itself imports it first, as a plugin
    from schema.testing import Client

pytest_plugins = ["schema.testing"]

RECORD = """mutation($input: PraiseRecordInput!) { praise { record(input: $input) {
  __typename
  ... on PraiseRecordPayload { review { id channel stars text } }
  ... on UserError { code field message }
} } }"""
SECRET = "a secret that only the channel and we know"  # noqa: S105  # of the tests


@pytest.fixture(scope="session")
def secret() -> str:
    """What deliveries are signed with."""
    return SECRET


@pytest.fixture(scope="session", autouse=True)
def environment() -> Iterator[None]:
    """Settings are read once, when the plugin is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAOKE_PRAISE_WEBHOOK_SECRET", SECRET)
        patch.setenv("BAOKE_PRAISE_ASK_AFTER_DAYS", "14")
        yield


@pytest.fixture
def record() -> Callable[..., Awaitable[dict[str, Any]]]:
    """Records a review as a client, of a customer, with stars and more; gives what the mutation gave."""

    async def act(client: Client, customer: str, stars: int = 5, **more: Any) -> dict[str, Any]:
        given = {"customerId": customer, "channel": "DIANPING", "stars": stars, **more}
        found: dict[str, Any] = (await client.query(RECORD, input=given))["praise"]["record"]
        return found

    return act
