"""Writing rows by the names of their columns: only the given names change, None clears."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core.access.changes import all_values_of, tell, values_of
from core.access.guard import Permission, allowed_on, allowed_on_new, may_write
from core.access.standing import Standing
from core.access.uniqueness import may_repeat
from core.access.validators import validate
from core.access.viewer import Viewer
from core.db.database import UnitOfWork
from core.db.model import Model, camel, sealed_fields
from core.db.normal import MOST_SHORT, MOST_TEXT, NOT_PLAIN, plain_text
from core.db.statements import Statement
from core.errors import Conflict, InvalidInput
from core.text import Text

M = TypeVar("M", bound=Model)
REQUIRED = Text("a value is needed here", "此处必须填写")
read_short, read_long = plain_text(MOST_SHORT), plain_text(MOST_TEXT)


def apply(work: UnitOfWork, row: Model, changes: Mapping[str, Any]) -> None:
    """Set columns and sealed fields. Text is trimmed, blank is None; INVALID_INPUT names the bad one."""
    sealed, columns = sealed_fields(type(row)), type(row).__table__.c
    indexed = _indexed(type(row))
    for name, value in changes.items():
        if name in sealed:
            try:
                work.sealer.assign(row, name, value)
            except InvalidInput as fault:
                raise InvalidInput(camel(name), fault.reason) from None
            continue
        kept = _plain(name, value, short=name in indexed) if isinstance(value, str) else value
        if kept is None and not columns[name].nullable:
            raise InvalidInput(camel(name), REQUIRED)
        setattr(row, name, kept)


@cache
def _indexed(model: type[Model]) -> frozenset[str]:
    """The columns that stand in an index: their text has to be short enough for one."""
    table = model.__table__
    rules = [rule for rule in table.constraints if isinstance(rule, sa.UniqueConstraint)]  # type: ignore[attr-defined]
    return frozenset(column.name for group in (*table.indexes, *rules) for column in group.columns)  # type: ignore[attr-defined]


def _plain(name: str, value: str, *, short: bool) -> str | None:
    kept = (read_short if short else read_long)(value.strip())
    if kept is None:
        raise InvalidInput(camel(name), NOT_PLAIN)
    return kept or None


async def add(  # noqa: PLR0913  # the act has so many parts
    work: UnitOfWork,
    viewer: Viewer,
    permission: Permission,
    row: Model,
    values: Mapping[str, Any],
    above: int | Standing | None = None,
    *,
    later: bool = False,
) -> None:
    """Insert a row, if the caller may make it where it then stands and may write every given field there.

    `above`: see `allowed_on_new`. The row is not in the session: what is set on it later is not sent.
    `later`: it may be sent together with what follows; CONFLICT then comes as late.
    """
    apply(work, row, values)
    standing = await allowed_on_new(work, viewer, permission, row, values, above)
    await may_write(viewer, type(row), values, standing)
    await may_repeat(viewer, row, values, standing, new=True)
    await validate(work, viewer, row, values, new=True)
    await insert(work, row, later=later)
    await tell(work, viewer, row, None, all_values_of(row))


async def insert(work: UnitOfWork, row: Model, *, later: bool = False) -> None:
    """Insert a row as it is, with its columns' defaults; CONFLICT as `flush`. `later`: as in `add`."""
    statement, defaults = _insert(type(row))
    for name, value in defaults.items():
        if getattr(row, name) is None:
            setattr(row, name, value)
    set_here = sa.inspect(row).dict
    values = {name: set_here.get(name) for name in row.__table__.c.keys()}  # noqa: SIM118

    def refused(error: IntegrityError) -> Conflict:
        return Conflict(_repeated(row, str(error.orig)))

    if later:
        await work.later(statement, values, refused)
        return
    try:
        await work.rows(statement, values)
    except IntegrityError as error:
        raise refused(error) from None


@cache
def _insert(model: type[Model]) -> tuple[Statement, Mapping[str, Any]]:
    """The INSERT of all columns, and the defaults of those that have one."""
    columns = model.__table__.c
    return Statement(sa.insert(model.__table__)), {  # type: ignore[arg-type]
        c.name: c.default.arg for c in columns if isinstance(c.default, sa.ColumnDefault)
    }


async def change(
    work: UnitOfWork,
    viewer: Viewer,
    permission: Permission,
    at: tuple[type[M], UUID, Text],
    changes: Mapping[str, Any],
) -> M:
    """Change a row where it stands, if the caller may. `at`: model, key, and what NOT_FOUND calls it."""
    model, key, thing = at
    standing = Standing(await allowed_on(work, viewer, permission, model, key, thing))
    await may_write(viewer, model, changes, standing)
    row = await work.session.get_one(model, key)
    before = values_of(row, changes)
    apply(work, row, changes)
    await may_repeat(viewer, row, changes, standing, new=False)
    await validate(work, viewer, row, changes, new=False)
    await flush(work, row)
    await tell(work, viewer, row, before, values_of(row, changes))
    return row


async def remove(
    work: UnitOfWork, viewer: Viewer, permission: Permission, at: tuple[type[Model], UUID, Text]
) -> None:
    """Delete a row where it stands, if the caller may; CONFLICT where other rows refer to it."""
    model, key, thing = at
    await allowed_on(work, viewer, permission, model, key, thing)
    row = await work.session.get_one(model, key)
    before = all_values_of(row)
    await work.session.delete(row)
    await flush(work, row)
    await tell(work, viewer, row, before, None)


async def flush(work: UnitOfWork, row: Model) -> None:
    """Send what was changed; CONFLICT where the row would repeat what has to be unique."""
    try:
        await work.session.flush()
    except IntegrityError as error:
        raise Conflict(_repeated(row, str(error.orig))) from None


def _repeated(row: Model, said: str) -> str | None:
    """The field that the database complained of; its words go no further."""
    table = type(row).__tablename__
    for rule in type(row).__table__.constraints:  # type: ignore[attr-defined]
        names = [column.name for column in rule.columns]
        listed = ", ".join(f"{table}.{name}" for name in names)
        if isinstance(rule, sa.UniqueConstraint) and (f'"{rule.name}"' in said or said.endswith(listed)):
            return camel(names[-1])
    return None
