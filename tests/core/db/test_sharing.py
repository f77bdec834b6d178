"""Callers who ask the same statement at once share a round trip, and nothing else (PRM-10)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import pytest

from core.db.readers import PostgresReader
from core.db.sharing import MOST, Sharing
from core.errors import Timeout, Unavailable
from tests.postgres import PostgresServer

SEVERAL = "SELECT convert_to($1::text, 'UTF8') FROM generate_series(1, length($1))"
DOUBLE = "SELECT convert_to((2 * $1::int)::text, 'UTF8')"
QUOTIENT = "SELECT convert_to((10 / $1::int)::text, 'UTF8')"


class Database:
    """Gives back what it is asked, and remembers who came together."""

    def __init__(self) -> None:
        self.trips: list[list[Any]] = []
        self.failure: Exception | None = None
        self.slow = asyncio.Event()
        self.slow.set()
        self.sharing = Sharing(self.one, self.many)

    async def one(self, _sql: str, args: Sequence[Any]) -> bytes:
        return (await self._answer([args]))[0]

    async def many(self, _sql: str, args: Sequence[Sequence[Any]]) -> Sequence[bytes]:
        if self.failure is not None:
            raise self.failure
        return await self._answer(args)

    async def _answer(self, args: Sequence[Sequence[Any]]) -> list[bytes]:
        self.trips.append([one for (one,) in args])
        await self.slow.wait()
        return [str(one).encode() for (one,) in args]

    def ask(self, sql: str, *values: int) -> list[asyncio.Task[bytes]]:
        return [asyncio.create_task(self.sharing.ask(sql, [value])) for value in values]


async def test_who_asks_at_once_goes_together_and_each_has_their_own_answer() -> None:
    database = Database()
    assert await asyncio.gather(*database.ask("a", 1, 2, 3), *database.ask("b", 4)) == [
        b"1",
        b"2",
        b"3",
        b"4",
    ]
    assert sorted(database.trips) == [[1, 2, 3], [4]]


async def test_nobody_waits_for_a_trip_that_is_under_way() -> None:
    database = Database()
    database.slow.clear()
    first = database.ask("a", 1)
    await asyncio.sleep(0.01)
    second = database.ask("a", 2)
    await asyncio.sleep(0.01)
    assert database.trips == [[1], [2]]
    database.slow.set()
    assert await asyncio.gather(*first, *second) == [b"1", b"2"]


async def test_not_too_many_go_together() -> None:
    database = Database()
    await asyncio.gather(*database.ask("a", *range(2 * MOST + 1)))
    assert sorted(map(len, database.trips)) == [1, MOST, MOST]


@pytest.mark.parametrize("failure", [ValueError("somebody's argument"), Timeout()])
async def test_where_the_trip_fails_each_asks_alone(failure: Exception) -> None:
    database = Database()
    database.failure = failure
    assert await asyncio.gather(*database.ask("a", 1, 2)) == [b"1", b"2"]
    assert sorted(database.trips) == [[1], [2]]


async def test_all_are_told_that_the_database_is_away() -> None:
    database = Database()
    database.failure = Unavailable()
    told = await asyncio.gather(*database.ask("a", 1, 2, 3), return_exceptions=True)
    assert [type(one) for one in told] == [Unavailable] * 3
    assert len(set(map(id, told))) == 3  # an error is the caller's own: it holds on to their frames
    assert not database.trips


@pytest.mark.parametrize("leaves", range(3))
@pytest.mark.parametrize("turns", range(4))
async def test_who_leaves_leaves_alone(leaves: int, turns: int) -> None:
    database = Database()
    tasks = database.ask("a", 0, 1, 2)
    for _ in range(turns):
        await asyncio.sleep(0)
    tasks[leaves].cancel()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    stay = [one for i, one in enumerate(told) if i != leaves]
    assert stay == [str(i).encode() for i in range(3) if i != leaves]
    assert await asyncio.gather(*database.ask("a", 7)) == [b"7"]


@pytest.fixture
async def reader(postgres: PostgresServer) -> AsyncIterator[PostgresReader]:
    """Two connections."""
    made = PostgresReader(postgres.dsn(), 2, 5)
    yield made
    await made.close()


async def test_on_postgresql_each_has_their_own_answer(reader: PostgresReader) -> None:
    many = range(100)
    told = await asyncio.gather(*(reader.value(DOUBLE, [one], brief=True) for one in many))
    assert told == [str(2 * one).encode() for one in many]


async def test_on_postgresql_nobody_has_anothers_error(reader: PostgresReader) -> None:
    values = (1, 0, 5, "two", 10)
    told = await asyncio.gather(
        *(reader.value(QUOTIENT, [one], brief=True) for one in values), return_exceptions=True
    )
    assert [told[0], told[2], told[4]] == [b"10", b"2", b"1"]
    assert isinstance(told[1], asyncpg.DivisionByZeroError)
    assert isinstance(told[3], asyncpg.DataError)


async def test_on_postgresql_nobody_has_anothers_row(reader: PostgresReader) -> None:
    """Such a statement is a defect; the driver's list does not say whose row is whose."""
    told = await asyncio.gather(*(reader.value(SEVERAL, [one], brief=True) for one in ("a", "bb", "c")))
    assert told == [b"a", b"bb", b"c"]
