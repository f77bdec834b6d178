"""Operations are counted while requests run, and written down without their values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from core.access.viewer import Viewer
from core.clock import HeldClock
from core.db.database import Database
from core.operations import store
from core.operations.models import RecordedOperation, RecordedOperationDay
from schema.application import Application, build, make_schema
from schema.recording import recorder as recording
from schema.recording.recorder import Recorder
from schema.vocabulary.schema import Schema
from tests.core.world import POLICIES
from tests.schema.world import settings

LIST = "query List($where: CustomerWhere) { customers(where: $where) { nodes { name phone } } }"
DAY = dt.date(2026, 11, 2)


@cache
def schema() -> Schema:
    return make_schema()


@pytest.fixture
def app(database: Database) -> Application:
    return build(settings(policies=POLICIES), schema=schema(), database=database)


def ask(app: Application, text: str, given: Mapping[str, Any] | None = None, role: str = "leader") -> None:
    """As a request does that is signed in and valid."""
    document = app.engine.documents.get(text, None)
    _, shape = app.engine.documents.coerce(document, given)
    viewer = Viewer("somebody", None, (), (role,), None)  # type: ignore[arg-type]
    app.recorder.note(document, shape, given, viewer)


async def rows(database: Database) -> list[tuple[Any, ...]]:
    """(role, name, variables, day, calls) of everything recorded."""
    async with database.unit_of_work() as work:
        one, day = RecordedOperation, RecordedOperationDay
        statement = sa.select(one.role, one.name, one.variables, day.day, day.calls).join(
            day, day.operation_id == one.id
        )
        return sorted((tuple(row) for row in await work.session.execute(statement)), key=str)


def clock(database: Database) -> HeldClock:
    assert isinstance(database.clock, HeldClock)
    return database.clock


async def test_calls_add_up_by_role_and_day(app: Application) -> None:
    for _ in range(3):
        ask(app, "query Me { me { id } }")
    ask(app, "query Me { me { id } }", role="finance")
    await app.recorder.flush()
    ask(app, "query  Me {  me { id } }")
    await app.recorder.flush()
    clock(app.database).advance(dt.timedelta(days=1))
    ask(app, "query Me { me { id } }")
    await app.recorder.flush()
    await app.recorder.flush()
    assert await rows(app.database) == [
        ("finance", "Me", {}, DAY, 1),
        ("leader", "Me", {}, DAY, 4),
        ("leader", "Me", {}, DAY + dt.timedelta(days=1), 1),
    ]
    async with app.database.unit_of_work() as work:
        times = await work.session.execute(
            sa.select(RecordedOperation.first_seen_at, RecordedOperation.last_seen_at).where(
                RecordedOperation.role == "leader"
            )
        )
        first, last = times.one()
        assert last - first == dt.timedelta(days=1)


async def test_two_processes_count_on_the_same_row(app: Application, database: Database) -> None:
    other = Recorder(app.schema, database, app.settings)
    for one in (app.recorder, other):
        document = app.engine.documents.get("{ me { id } }", None)
        one.note(document, (), None, Viewer("s", None, (), ("leader",), None))  # type: ignore[arg-type]
        await one.flush()
    assert await rows(database) == [("leader", None, {}, DAY, 2)]


async def test_other_filters_are_other_operations_and_no_value_is_written(app: Application) -> None:
    planted = ("13800138000", "wangxiaoming", "4242")
    for number in planted:
        ask(app, LIST, {"where": {"phone": {"eq": number}}})
    ask(app, LIST, {"where": {"name": {"in": list(planted)}}})
    ask(app, LIST, {"where": {"name": {"in": list(planted)}, "region": {"eq": planted[0]}}})
    ask(app, '{ wangxiaoming: customers(where: {name: {eq: "wangxiaoming"}}) { totalCount } } # 13800138000')
    kept = str([(one.document.types, one.variables) for one in app.recorder._seen.values()])
    await app.recorder.flush()
    found = await rows(app.database)
    assert [(row[2], row[4]) for row in found if row[1] == "List"] == [
        ({"where": {"name": {"in": [""]}, "region": {"eq": ""}}}, 1),
        ({"where": {"name": {"in": [""]}}}, 1),
        ({"where": {"phone": {"eq": ""}}}, 3),
    ]
    async with app.database.unit_of_work() as work:
        whole = str((await work.session.execute(sa.select(RecordedOperation.__table__))).all())
    assert [one for one in planted if one in whole or one in kept] == []


async def test_operations_are_forgotten(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(app, "query Old { me { id } }")
    await app.recorder.flush()
    clock(app.database).advance(dt.timedelta(days=app.settings.operations_days, hours=1))
    ask(app, "query New { me { id } }")
    await app.recorder.flush()
    assert [row[1] for row in await rows(app.database)] == ["New"]
    monkeypatch.setattr(store, "MOST_KEPT", 2)
    clock(app.database).advance(dt.timedelta(days=1))
    for name in "ABC":
        clock(app.database).advance(dt.timedelta(minutes=1))
        ask(app, f"query {name} {{ me {{ id }} }}")
        await app.recorder.flush()
    clock(app.database).advance(dt.timedelta(days=1))
    await app.recorder.flush()
    assert [row[1] for row in await rows(app.database)] == ["B", "C"]


async def test_memory_is_bounded(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST", 2)
    for name in "ABC":
        ask(app, f"query {name} {{ me {{ id }} }}")
    assert len(app.recorder._seen) == 2
    await app.recorder.flush()
    monkeypatch.setattr(recording, "LONGEST", 30)
    ask(app, f"query {'D' * 30} {{ me {{ id }} }}")
    ask(app, LIST, {"where": {"or": [{"name": {"eq": "x"}}] * 9}})
    assert len(app.recorder._seen) == 0


async def test_what_clients_sent_is_what_is_told(app: Application) -> None:
    """An id keeps its type and no more; a cursor keeps nothing."""
    text = (
        "query Q($id: ID!, $after: String) { node(id: $id) { id } customers(after: $after) { totalCount } }"
    )
    ask(app, text, {"id": "cus_" + "0badc0de" * 4, "after": "5b22feed"})
    await app.recorder.flush()
    ((_, _, variables, _, _),) = await rows(app.database)
    assert orjson.dumps(variables) == orjson.dumps({"after": None, "id": "cus_" + "0" * 32})
