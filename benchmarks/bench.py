"""One application in process, asked as clients ask it, and the times that it takes.

Times are the best of many tries: what else the machine does only adds to them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import orjson

from benchmarks.load import settings_for
from benchmarks.queries import DIALECTS
from benchmarks.rows import LEADER, MANAGER, SEED
from core.access.viewer import Viewer
from core.cli.token import holder_of
from core.identity.tokens import sign_development_token
from schema.application import build
from schema.compiler.documents import Document
from schema.vocabulary.extensions import Extension

READS = ("Q1", "Q2", "Q3")
TRIES, SECONDS, DEEP, PAGE = 60, 20.0, 100_000, 50
PURCHASES = """query Page($first: Int!, $after: String) { purchases(first: $first, after: $after)
  { nodes { id at amount { amount currency } channel } pageInfo { endCursor } } }"""

LATEST_FIRST = "SELECT at, id FROM purchases ORDER BY at DESC, id DESC"
"""The order of root `purchases`, for `Bench.cursor`."""


class Bench:
    """One application and the viewers who ask it."""

    def __init__(self, url: str, extensions: Sequence[Extension] = ()) -> None:
        self.app = build(settings_for(url), extensions=extensions)
        self.engine = self.app.engine
        self.viewers: dict[str, Viewer] = {}
        self.customers: list[Any] = []

    async def open(self) -> None:
        """Sign both roles in, and learn the customers' keys."""
        for role, number in (("leader", LEADER), ("account_manager", MANAGER)):
            holder = await holder_of(self.app.database, role, number)
            assert holder  # noqa: S101 the rows have both
            token = sign_development_token(self.app.settings, self.app.database.clock, holder.subject, role)
            self.viewers[role] = await self.app.sign_in(f"Bearer {token}".encode(), "en")
        rows = await self.app.database.reader.rows("SELECT id FROM customers ORDER BY id", ())
        self.customers = [_key(row[0]) for row in rows]

    def request(self, name: str, seed: int = SEED) -> tuple[Document, dict[str, Any]]:
        """The document and the variables of one request."""
        body = orjson.loads(DIALECTS["ours"].body(name, self.customers, random.Random(seed)))
        return self.engine.documents.get(body["query"], None), body["variables"]

    async def ask(self, name: str, role: str = "leader", seed: int = SEED, **how: Any) -> bytes:
        """The data of one answer."""
        document, given = self.request(name, seed)
        return (await self.engine.query(document, given, self.viewers[role], **how)).data

    async def page(
        self, text: str, role: str = "leader", first: int = PAGE, after: str | None = None
    ) -> bytes:
        """The data of a page of a list."""
        document = self.engine.documents.get(text, None)
        given = {"first": first, "after": after}
        return (await self.engine.query(document, given, self.viewers[role])).data

    async def cursor(self, text: str, order: str, depth: int) -> str:
        """Where the page behind so many rows begins; `order` selects the keys of the list's order."""
        (shown,) = orjson.loads(await self.page(text, first=1)).values()
        signature = orjson.loads(bytes.fromhex(shown["pageInfo"]["endCursor"]))[0]
        ((first, key),) = await self.app.database.reader.rows(f"{order} OFFSET {depth - 1} LIMIT 1", ())
        return orjson.dumps([signature, first, key.hex]).hex()


async def race(*acts: Callable[[int], Awaitable[Any]], tries: int = TRIES) -> list[list[float]]:
    """Times in seconds of each, the shortest first; they take turns, and the first few are left out."""
    times: list[list[float]] = [[] for _ in acts]
    ends = time.perf_counter() + SECONDS
    for number in range(tries + 5):
        if number > 1 and time.perf_counter() > ends:
            break
        for act, spent in zip(acts, times, strict=True):
            started = time.perf_counter()
            await act(number)
            spent.append(time.perf_counter() - started)
    return [sorted(spent[min(5, len(spent) // 2) :]) for spent in times]


async def best(act: Callable[[int], Awaitable[Any]], tries: int = TRIES) -> float:
    """The shortest time in seconds of one of these tries, the first few left out."""
    ((shortest, *_),) = await race(act, tries=tries)
    return shortest


def _key(value: Any) -> Any:
    return value if isinstance(value, UUID) else UUID(hex=value)
