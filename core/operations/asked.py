"""Reading what was recorded: the operations of some roles over the last days, the most asked first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from core.access.plan import SHOWN
from core.access.viewer import Viewer
from core.db.asking import ask, key
from core.db.database import Database
from core.db.expressions import Among, ListOf
from core.db.types import Text
from core.operations.choices import OperationKind
from core.operations.models import RecordedOperation, RecordedOperationDay

READ_FIELDS = ("role", "name", "text", "variables")


@dataclass(frozen=True, slots=True)
class Recorded:
    """An operation, and how often a role asked it in the time looked at."""

    key: UUID
    role: str
    kind: OperationKind
    name: str | None
    text: str
    variables: Mapping[str, Any]
    calls: int


def may_read(viewer: Viewer) -> bool:
    """Whether recorded operations may be shown to the viewer."""
    name = RecordedOperation.__name__
    rows = viewer.plan.rows(name)
    return bool(rows) and all(
        viewer.plan.effects(name, field)[cell] == SHOWN for field in READ_FIELDS for cell in rows
    )


async def asked_by(database: Database, roles: Iterable[str], since: dt.date, most: int) -> list[Recorded]:
    """At most so many operations of these roles since a day."""
    one, day = RecordedOperation.__table__.c, RecordedOperationDay.__table__.c
    calls = sa.func.sum(day.calls)
    statement = (
        sa.select(one.id, one.role, one.kind, one.name, one.text, one.variables, sa.cast(calls, sa.Integer))
        .join_from(RecordedOperation.__table__, RecordedOperationDay.__table__, day.operation_id == one.id)
        .where(
            Among(one.role, sa.bindparam("roles", type_=ListOf(Text))),
            day.day >= sa.bindparam("since", type_=sa.Date()),
        )
        .group_by(one.id)
        .order_by(calls.desc(), one.id)
        .limit(most)
    )
    rows = await ask(database, statement, {"roles": list(roles), "since": since})
    return [
        Recorded(key(found), role, OperationKind[kind], name, text, orjson.loads(variables), calls)
        for found, role, kind, name, text, variables, calls in rows
    ]
