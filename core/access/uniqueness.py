"""Where CONFLICT may be said: nobody learns by writing that a row is there which they may not see (PRM-7)."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import sqlalchemy as sa

from core.access.guard import NOT_WRITABLE
from core.access.plan import SHOWN
from core.access.rules import PUBLIC
from core.access.standing import Standing
from core.access.viewer import Viewer
from core.db.model import Model, camel
from core.errors import Forbidden


async def may_repeat(
    viewer: Viewer, row: Model, given: Collection[str], standing: Standing, *, new: bool
) -> None:
    """FORBIDDEN, naming the field, where the database could refuse a value because of a row that is hidden.

    What has to be unique may be written only where every row that could have it is visible with it: below one
    row that is its cell, else wherever such rows can stand. Public values that are unique throughout, such as
    customer numbers, are told to everybody who may write them.
    """
    plan, model = viewer.plan, type(row)
    relations, name = plan.catalogue.relations, model.__name__
    above = (relations.parent(name) or ("", ""))[0]
    for columns, hidden in () if plan.unrestricted else unique_columns(model):
        below = above in columns
        asked = not {*columns}.isdisjoint(given) or (new and below)
        if not asked or not (hidden or below) or any(getattr(row, c) is None for c in columns):
            continue
        effects = [plan.effects(name, plan.catalogue.field_of(name, c)) for c in hidden]
        shown = frozenset(c for c in plan.rows(name) if all(one[c] == SHOWN for one in effects))
        if below:
            await standing.within(shown, camel(columns[-1]), NOT_WRITABLE)
        elif not relations.possible(name) <= shown:
            raise Forbidden(camel(columns[-1]), NOT_WRITABLE)


@cache
def unique_columns(model: type[Model]) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """The groups of columns that have to be unique together, and those of each that rules can hide."""
    rules = model.__table__.constraints  # type: ignore[attr-defined]
    return tuple(
        (tuple(c.name for c in rule.columns), tuple(c.name for c in rule.columns if _can_be_hidden(c)))
        for rule in rules
        if isinstance(rule, sa.UniqueConstraint)
    )


def _can_be_hidden(column: sa.Column[object]) -> bool:
    return bool(column.info["class"].name != PUBLIC)
