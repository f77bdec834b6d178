"""A mutation with a key applies once (PRM-9)."""

import asyncio
from typing import Any

import pytest

from core.db.database import Database
from core.errors import IdempotencyMismatch, InvalidInput
from core.idempotency import once
from tests.databases import open_database


async def apply(database: Database, done: list[str], *use: str, digest: bytes = b"1") -> Any:
    caller, mutation, key = use

    async def act() -> dict[str, int]:
        done.append(key)
        if key == "fails":
            raise RuntimeError
        await asyncio.sleep(0.05)
        return {"number": len(done)}

    async with database.unit_of_work() as work:
        return await once(work, caller, mutation, key, digest, act)


async def test_the_same_key_says_the_same(database: Database) -> None:
    done: list[str] = []
    assert await apply(database, done, "me", "pay", "k") == {"number": 1}
    assert await apply(database, done, "me", "pay", "k") == {"number": 1}
    assert await apply(database, done, "you", "pay", "k") == {"number": 2}
    assert await apply(database, done, "me", "sell", "k") == {"number": 3}
    with pytest.raises(IdempotencyMismatch):
        await apply(database, done, "me", "pay", "k", digest=b"2")
    assert len(done) == 3


@pytest.mark.parametrize("key", ["", " \t", "k" * 201, "k\u0000", "k\u200b", "\ud800"])
async def test_a_key_has_visible_characters(database: Database, key: str) -> None:
    done: list[str] = []
    with pytest.raises(InvalidInput) as caught:
        await apply(database, done, "me", "pay", key)
    assert (caught.value.field, done) == ("idempotencyKey", [])
    await apply(database, done, "me", "pay", "钥" * 200)


async def test_across_processes_too(database: Database, address: str) -> None:
    """The second one waits for the first one's end."""
    other = open_database(address)
    done: list[str] = []
    answers = await asyncio.gather(
        *(apply(d, done, "me", "pay", "k") for d in (database, other, database, other))
    )
    await other.close()
    assert answers == [{"number": 1}] * 4
    assert done == ["k"]


async def test_what_failed_may_be_tried_again(database: Database) -> None:
    done: list[str] = []
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await apply(database, done, "me", "pay", "fails")
    assert len(done) == 2
