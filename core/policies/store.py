"""Versions in the database: which lines are in force, and how others come into force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from core.access.lines import Line, Link, policy_of
from core.access.rules import Policy, Role, Rule
from core.db.database import UnitOfWork
from core.db.model import Model
from core.policies.change import Change
from core.policies.models import PolicyInheritance, PolicyRole, PolicyRule, PolicyVersion
from core.text import Text

LOCK = 0x706F6C696379  # "policy"
TABLES: dict[type, tuple[type[Model], tuple[str, ...]]] = {
    Role: (PolicyRole, ("name", "title_en", "title_zh")),
    Link: (PolicyInheritance, ("role", "inherits")),
    Rule: (PolicyRule, ("role", "object", "act", "relation", "effect")),
}
"""Where a sort of line is kept, and in which columns."""

WIDTH, BATCH = 5, 500
NEWEST = sa.select(PolicyVersion.id).order_by(PolicyVersion.number.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Version:
    """A version with its policy. It is known by its id: a database that was put back may count anew."""

    id: UUID
    number: int
    policy: Policy


def _select(kind: type, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    model, names = TABLES[kind]
    return _row(kind.__name__, *(model.__table__.c[name] for name in names)).where(*conditions)


def _row(kind: str, *cells: Any) -> sa.Select[Any]:
    """What sort of line it is, and its cells; as many columns for every sort."""
    blank: list[Any] = [sa.literal_column("''")] * (WIDTH - len(cells))
    columns = [sa.literal_column(f"'{kind}'"), *cells, *blank]
    return sa.select(*(column.label(f"c{i}") for i, column in enumerate(columns)))


def in_force(dialect: Dialect) -> sa.Select[Any]:
    """All lines in force and the version.

    One statement, so that they belong together; one text, which a driver hands over without looking at it.
    """
    newest = _row(
        "Version", sa.cast(PolicyVersion.id, sa.Text), sa.cast(PolicyVersion.number, sa.Text)
    ).where(PolicyVersion.number == sa.select(sa.func.max(PolicyVersion.number)).scalar_subquery())
    lines = [_select(kind, model.__table__.c.until.is_(None)) for kind, (model, _) in TABLES.items()]
    found = sa.union_all(newest, *lines).subquery()
    if dialect.name == "sqlite":
        return sa.select(sa.func.json_group_array(sa.func.json_array(*found.c)))
    return sa.select(sa.cast(sa.func.json_agg(sa.func.json_build_array(*found.c)), sa.Text))


def in_force_sql(dialect: Dialect) -> str:
    """The same in the driver's SQL."""
    return str(in_force(dialect).compile(dialect=dialect))


def read_version(text: str | None, like: Policy) -> Version | None:
    """From the text of `in_force`; None where the database has no version yet."""
    version: Sequence[Any] | None = None
    lines: list[Line] = []
    for row in orjson.loads(text or "[]"):
        if row[0] == "Version":
            version = row
        else:
            lines.append(_line(row))
    return None if version is None else Version(UUID(version[1]), int(version[2]), policy_of(lines, like))


def _line(row: Sequence[Any]) -> Line:
    match row[0]:
        case "Rule":
            return Rule(*row[1:6])
        case "Role":
            return Role(row[1], Text(row[2], row[3]))
        case _:
            return Link(row[1], row[2])


async def lock(work: UnitOfWork) -> None:
    """Until the transaction ends nobody else puts a version in force. SQLite has one writer anyway."""
    if work.session.get_bind().dialect.name == "postgresql":
        await work.session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


async def backwards(work: UnitOfWork, number: int) -> Change:
    """What turns a version, the newest one, into the one before."""
    come: list[Line] = []
    go: list[Line] = []
    for kind, (model, _) in TABLES.items():
        columns = model.__table__.c
        for found, condition in ((come, columns.until == number), (go, columns.since == number)):
            found += [_line(row) for row in await work.session.execute(_select(kind, condition))]
    return Change(*(tuple(("", line) for line in lines) for lines in (come, go)))


async def put_in_force(
    work: UnitOfWork,
    change: Change,
    number: int,
    by: UUID | None,
    reason: str | None = None,
    source: UUID | None = None,
) -> PolicyVersion:
    """Write a version: lines that go end with it, lines that come begin with it."""
    version = PolicyVersion(
        id=work.ids.new(), number=number, at=work.clock.now(), by_id=by, reason=reason, change_id=source
    )
    work.session.add(version)
    await work.session.flush()
    for kind, (model, names) in TABLES.items():
        table: Any = model.__table__
        gone = [_values(line, names, "old_") for _, line in change.remove if type(line) is kind]
        same = [table.c[name] == sa.bindparam(f"old_{name}") for name in names]
        await _many(work, sa.update(table).where(table.c.until.is_(None), *same).values(until=number), gone)
        come = [
            {"id": work.ids.new(), "since": number, "until": None, **_values(line, names)}
            for _, line in change.add
            if type(line) is kind
        ]
        await _many(work, sa.insert(table), come)
    return version


async def _many(work: UnitOfWork, statement: sa.Executable, values: Sequence[Mapping[str, Any]]) -> None:
    """For all values, a batch at a time: in between others have their turn on the event loop."""
    connection = await work.session.connection()
    for i in range(0, len(values), BATCH):
        await connection.execute(statement, values[i : i + BATCH])


def _values(line: Line, names: Sequence[str], prefix: str = "") -> dict[str, str]:
    if isinstance(line, Role):
        return dict(zip((prefix + n for n in names), (line.name, line.title.en, line.title.zh), strict=True))
    return {prefix + name: getattr(line, name) for name in names}
