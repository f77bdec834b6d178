"""A database that is used again is what a fresh one is, or it is not used again."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator

import asyncpg
import pytest

from tests.postgres import PostgresServer
from tests.recycling import Clones, clones_of, contents

MADE = """
create table things (id serial primary key, name text, above int references things);
create index on things (name);
create table kept (version int);
insert into kept values (3);
"""


@pytest.fixture
def clones(postgres: PostgresServer) -> Iterator[Clones]:
    name = f"origin_{uuid.uuid4().hex}"  # noqa: TID251  # a name that no other worker takes
    postgres.create_database(name)
    with clones_of(postgres, name) as made:
        asyncio.run(run(made, name, MADE))
        yield made


async def run(clones: Clones, name: str, *statements: str) -> None:
    connection = await asyncpg.connect(clones.server.dsn(name))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def state(clones: Clones, name: str) -> tuple[object, ...]:
    """What the next test would meet, down to what plans are made from."""
    connection = await asyncpg.connect(clones.server.dsn(name))
    try:
        measured = await connection.fetch(
            "select relname, relpages, reltuples, relallvisible from pg_class "
            "where oid >= 16384 and relkind = 'r' order by oid"
        )
        size = await connection.fetchval("select pg_relation_size('things')")
        return await contents(connection), [tuple(row) for row in measured], size
    finally:
        await connection.close()


async def again(clones: Clones, *statements: str) -> bool:
    """Whether a database to which this was done is used again; then it is what it was."""
    name = await asyncio.to_thread(clones.take)
    before = await state(clones, name)
    await run(clones, name, *statements)
    await asyncio.to_thread(clones.give_back, name)
    used = clones.free == [name]
    assert used or not clones.free
    other = await asyncio.to_thread(clones.take)
    after = await state(clones, other)
    await asyncio.to_thread(clones.give_back, other)
    assert after == before
    return used


async def test_what_was_written_is_gone(clones: Clones) -> None:
    row = "insert into things (name, above) values ('a', null), ('b', 1), ('c', 2)"
    assert await again(clones)
    assert await again(clones, row)
    assert await again(clones, row, "delete from things where name = 'c'", row)
    assert await again(clones, "select nextval('things_id_seq')")


@pytest.mark.parametrize(
    "statement",
    [
        "update kept set version = 4",
        "delete from kept",
        "truncate kept, things",
        "insert into kept values (4)",
    ],
)
async def test_what_the_template_had_is_there_again(clones: Clones, statement: str) -> None:
    assert await again(clones, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "create table more ()",
        "create index on kept (version)",
        "drop table kept",
        "alter table things add more int",
        "alter table things alter name set not null",
        "alter table things disable trigger all",
        "create function one() returns int return 1",
        "create schema elsewhere",
        "create sequence numbers",
        "insert into things (name) values ('a'); analyze things",
        "do $$ begin execute format('alter database %I set jit = off', current_database()); end $$",
    ],
)
async def test_what_was_changed_otherwise_is_not_used_again(clones: Clones, statement: str) -> None:
    assert not await again(clones, statement)


async def test_who_is_still_connected_is_sent_away(clones: Clones) -> None:
    name = await asyncio.to_thread(clones.take)
    forgotten = await asyncpg.connect(clones.server.dsn(name))
    transaction = forgotten.transaction()
    await transaction.start()
    await forgotten.execute("insert into things (name) values ('a')")
    await asyncio.to_thread(clones.give_back, name)
    assert clones.free == [name]
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await forgotten.execute("select 1")
    forgotten.terminate()


async def test_one_that_was_lost_is_not_used_again(clones: Clones) -> None:
    for _ in range(2):  # before and after it has been watched
        name = await asyncio.to_thread(clones.take)
        await asyncio.to_thread(clones.server.drop_database, name)
        await asyncio.to_thread(clones.give_back, name)
        assert clones.free == []
        name = await asyncio.to_thread(clones.take)
        await asyncio.to_thread(clones.give_back, name)
        assert clones.free == [name]
