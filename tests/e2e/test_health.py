"""The database goes away, and comes back (PRM-10)."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import Unavailable
from tests.databases import Origins
from tests.e2e.company import Company
from tests.e2e.conftest import fill

QUERY = {"query": "{ departments { totalCount } }"}
CHANGE = {"query": 'mutation { createDepartment(input: {name: "x", kind: SALES}) { __typename } }'}


async def ready(company: Company) -> tuple[int, int]:
    answers = [await company.client.get(path) for path in ("/healthz", "/readyz")]
    assert not any(word in a.text for a in answers for word in ("postgres", "sqlite", "127.0.0.1", "Error"))
    return answers[0].status_code, answers[1].status_code


async def test_a_lost_database(company: Company, origins: Origins, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 for whoever needs the database, 200 for the process itself; back again without a restart."""
    token, database = company.token("leader"), company.app.database
    assert await ready(company) == (200, 200)
    assert (await company.post(QUERY, token)).status_code == 200
    if database.sqlite:

        async def away(*_: Any, **_given: Any) -> Any:
            raise Unavailable

        with monkeypatch.context() as patch:
            for way in ("value", "rows"):
                patch.setattr(database.reader, way, away)
            assert await ready(company) == (200, 503)
            assert (await company.post(QUERY, token)).status_code == 503
    else:
        (clones, _), name = origins.clones[fill], database.url.rpartition("/")[2]
        server = clones.server
        server.drop_database(name)
        assert await ready(company) == (200, 503)
        for body in (QUERY, CHANGE):
            answer = await company.post(body, token)
            codes = [error["extensions"]["code"] for error in answer.json()["errors"]]
            assert (codes, answer.json().get("data")) in (
                (["UNAVAILABLE"], None),
                (["UNAVAILABLE"], {"createDepartment": None}),
            )
        server.create_database(name, clones.template)
    assert await ready(company) == (200, 200)
    assert (await company.post(QUERY, token)).status_code == 200
    assert (await company.post(CHANGE, token)).json()["data"]["createDepartment"]["__typename"]
