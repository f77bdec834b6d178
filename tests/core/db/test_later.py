"""Writes that wait are done before whatever is asked next, or with the commit, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core.access.writing import insert
from core.customers.models import Customer, Purchase
from core.customers.totals import COUNT
from core.db.database import UnitOfWork
from core.db.later import Later, groups_of, together
from core.db.statements import Rendered, Statement
from core.errors import Conflict
from core.organization.choices import DepartmentKind
from core.organization.models import Department
from schema.testing.counting import counted
from tests.core.world import World

NAMES = Statement(sa.select(Department.name).order_by(Department.name))


def department(work: UnitOfWork, name: str) -> Department:
    return Department(id=work.ids.new(), name=name, kind=DepartmentKind.SALES, created_at=work.clock.now())


async def names(world: World) -> set[str]:
    async with world.database.unit_of_work() as work:
        return {name for (name,) in await work.rows(NAMES)}


async def test_the_commit_does_what_waits(world: World) -> None:
    with counted(world.database) as sql:
        async with world.database.unit_of_work() as work:
            await insert(work, department(work, "a"), later=True)
            await insert(work, department(work, "b"), later=True)
    assert len(sql) == (2 if world.database.sqlite else 1)
    assert {"a", "b"} <= await names(world)


async def test_what_is_asked_next_sees_it(world: World) -> None:
    """By a statement, by a session, by a query that locks nothing."""
    async with world.database.unit_of_work() as work:
        await insert(work, department(work, "a"), later=True)
        assert ("a",) in [tuple(row) for row in await work.rows(NAMES)]
        await insert(work, department(work, "b"), later=True)
        assert "b" in list(await work.session.scalars(sa.select(Department.name)))
        await insert(work, department(work, "c"), later=True)
        assert ("c",) in [tuple(row) for row in await work.read(NAMES)]


async def test_a_session_after_it_is_in_the_same_transaction(world: World) -> None:
    async def both() -> None:
        async with world.database.unit_of_work() as work:
            await insert(work, department(work, "a"), later=True)
            work.session.add(department(work, "b"))
            await work.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await both()
    assert not {"a", "b"} & await names(world)


async def test_what_failed_before_is_never_sent(world: World) -> None:
    async def failing() -> None:
        async with world.database.unit_of_work() as work:
            await insert(work, department(work, "a"), later=True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    async with world.database.unit_of_work() as work:  # on the same connection
        await work.rows(NAMES)
    assert "a" not in await names(world)


async def test_one_that_is_forbidden_takes_all_back(world: World) -> None:
    async def both() -> None:
        async with world.database.unit_of_work() as work:
            await insert(work, department(work, "a"), later=True)
            twin = department(work, "b")
            twin.id = world.departments["east"]
            await insert(work, twin, later=True)

    with pytest.raises(Conflict):
        await both()
    assert not {"a", "b"} & await names(world)


async def test_a_query_alone_opens_nothing(world: World) -> None:
    async with world.database.unit_of_work() as work:
        await work.read(NAMES)
        assert work._open == world.database.sqlite
        await work.rows(NAMES)
        assert work._open


def waiting(statement: Any, sql: str, *arguments: Any) -> Later:
    return Later(Statement(statement), Rendered(sql, (), {}), arguments)


INSERT = waiting(sa.insert(Purchase), "INSERT INTO purchases VALUES ($1, $2)", 1, 2)
MORE = waiting(sa.insert(Purchase), "INSERT INTO purchases VALUES ($1, $2)", 3, 4)
UPDATE = waiting(COUNT.expression, "UPDATE customers SET a = $1 WHERE b = $2", 5, 6)
OTHER = waiting(sa.insert(Customer), "INSERT INTO customers VALUES ($1)", 7)
PARTS = waiting(
    sa.insert(Department), "WITH x AS (INSERT INTO x VALUES ($2)) INSERT INTO y VALUES ($1)", 8, 9
)


def test_rows_are_touched_by_one_part_alone() -> None:
    assert groups_of([INSERT, MORE, UPDATE]) == [[INSERT, MORE, UPDATE]]
    assert groups_of([INSERT, UPDATE, OTHER]) == [[INSERT, UPDATE], [OTHER]]
    assert groups_of([UPDATE, UPDATE]) == [[UPDATE], [UPDATE]]
    assert groups_of([PARTS, INSERT]) == [[PARTS], [INSERT]]
    assert groups_of([]) == []


def test_parameters_are_counted_on() -> None:
    sql, arguments = together([INSERT, UPDATE, PARTS])
    assert sql == (
        "WITH later_0 AS (INSERT INTO purchases VALUES ($1, $2)), "
        "later_1 AS (UPDATE customers SET a = $3 WHERE b = $4), "
        "x AS (INSERT INTO x VALUES ($6)) INSERT INTO y VALUES ($5)"
    )
    assert arguments == [1, 2, 5, 6, 8, 9]
    assert together([UPDATE]) == ("UPDATE customers SET a = $1 WHERE b = $2", [5, 6])


async def test_a_constraint_that_nobody_explains_is_raised(world: World) -> None:
    key = world.departments["east"]
    again = Statement(sa.insert(Department.__table__))  # type: ignore[arg-type]
    values = {"id": key, "name": "x", "kind": DepartmentKind.SALES, "parent_id": None}

    async def twice() -> None:
        async with world.database.unit_of_work() as work:
            await work.later(again, {**values, "created_at": work.clock.now()})

    with pytest.raises(IntegrityError):
        await twice()
