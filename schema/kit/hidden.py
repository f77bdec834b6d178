"""What one caller may not see of what is planted, and the changes of it that nobody may notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from core.access.cells import name_of
from core.access.plan import HIDDEN, SHOWN, AccessPlan
from core.db.model import Model
from schema.kit.planting import Garden, Planted
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import VALUES, Batch, Expression, Sealed, ToOne, columns_of

Twin: TypeAlias = Literal["near", "far", "nothing", "more"]
"""How a twin differs: nearest neighbours, values of another size, no values, further rows that are unseen."""
TWINS: tuple[Twin, ...] = ("near", "far", "nothing", "more")


@dataclass(frozen=True)
class Hidden:
    """A field of a planted row that the caller may not see as it is. `whole`: not even its mask."""

    row: Planted
    field: str
    columns: tuple[str, ...]
    whole: bool

    @property
    def label(self) -> str:
        """`Customer.phone (department)`."""
        return f"{self.row.type_name}.{self.field} ({name_of(self.row.cell)})"


@dataclass(frozen=True)
class Change:
    """New values of a row by column or sealed field; a whole row where it is `added`."""

    row: Planted
    values: dict[str, Any]
    added: bool = False


class Sight:
    """What a plan shows of the planted rows."""

    def __init__(self, garden: Garden, plan: AccessPlan, *, related: bool = True) -> None:
        """`plan`: the caller's; `related`: whether the caller is the employee of the garden's seat."""
        self.garden, self.plan, self._related = garden, plan, related
        self._told = told_columns(garden, plan)

    def cell(self, row: Planted) -> int:
        """The cell in which the row stands to the caller; to a stranger nothing is related."""
        return row.cell if self._related else 0

    def sees(self, row: Planted) -> bool:
        """Whether the row is visible."""
        return self.cell(row) in self.plan.rows(row.type_name)

    def effect(self, row: Planted, field: str, type_name: str | None = None) -> str:
        """What happens to a field of the row; `type_name`: the type that declares it, a namespace's too."""
        return (
            self.plan.effects(type_name or row.type_name, field)[self.cell(row)] if self.sees(row) else HIDDEN
        )

    def hidden(self) -> Iterator[Hidden]:
        """Every value that is not shown, and that no field made from it shows either."""
        for name, rows in self.garden.rows.items():
            fields = list(_fields(self.garden.schema, name))
            for row in rows:
                effects = [self.effect(row, field) for field, _, _ in fields]
                shown = {
                    c for e, (*_, columns) in zip(effects, fields, strict=True) if e == SHOWN for c in columns
                }
                for effect, (field, target, columns) in zip(effects, fields, strict=True):
                    if row.spare or effect == SHOWN:
                        continue
                    free = tuple(c for c in columns if c not in shown and self._free(row, c))
                    if free:
                        whole = effect == HIDDEN or not isinstance(target, Sealed)
                        yield Hidden(row, field, free, whole)

    def _free(self, row: Planted, column: str) -> bool:
        """Whether a column may change without the caller being told by another field, or put elsewhere."""
        if row.samples[column].planted == row.samples[column].near:
            return False
        return self.cell(row) not in self._told.get(
            (self.garden.table(row.type_name).name, column), frozenset()
        )

    def changes(self, twin: Twin, hidden: list[Hidden]) -> list[Change]:
        """What makes this twin of the world."""
        if twin == "more":
            return [Change(row, row.values, added=True) for row in self._unseen()]
        found: dict[Planted, dict[str, Any]] = defaultdict(dict)
        for one in hidden:
            columns = self.garden.table(one.row.type_name).c
            for name in one.columns:
                sample = one.row.samples[name]
                nullable = name not in columns or bool(columns[name].nullable)
                if twin == "near":
                    found[one.row][name] = sample.near
                elif one.whole and name not in self.garden.fixed(one.row.type_name):
                    if twin == "far" and sample.far is not None:
                        found[one.row][name] = sample.far
                    elif twin == "nothing" and nullable:
                        found[one.row][name] = None
        return [Change(row, values) for row, values in found.items()]

    def _unseen(self) -> Iterator[Planted]:
        """Spare rows that the caller may not see; those of a table that some shown field counts stay out."""
        counted = {table for (table, _), cells in self._told.items() if cells}
        for rows in self.garden.rows.values():
            for row in rows:
                if row.spare and not self.sees(row) and self.garden.table(row.type_name).name not in counted:
                    yield row


def _fields(schema: Schema, name: str) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """Name, target, and columns (or sealed field) of each field of a type that stores a value."""
    for field, target in schema.declared(name).items():
        if isinstance(target, Sealed):
            yield field, target, (target.field.name,)
        elif isinstance(target, (*VALUES, ToOne)) and columns_of(target):
            yield field, target, columns_of(target)


def made_fields(schema: Schema) -> Iterator[tuple[str, tuple[str, ...], str, Any]]:
    """(owner, path, declaring type, target) of expressions and batch fields, those in namespaces too."""
    for owner in schema.models:
        for path, declaring, target in schema.fields_within(owner):
            if isinstance(target, (Expression, Batch)):
                yield owner, path, declaring, target


def told_columns(garden: Garden, plan: AccessPlan) -> dict[tuple[str, str], frozenset[int]]:
    """(table, column) to the cells of its rows in which a shown field is made from it.

    Whoever declares such a field says by its class who may know what it tells.
    """
    relations, found = garden.relations, dict[tuple[str, str], frozenset[int]]()
    for owner, path, declaring, target in made_fields(garden.schema):
        effects = plan.effects(declaring, path[-1])
        shown = frozenset(c for c in plan.rows(owner) if effects[c] == SHOWN)
        for table, column in _read_by(garden.schema.models[owner], target):
            name = next(n for n, m in garden.schema.models.items() if m.__tablename__ == table)
            along = relations.anchor(name) == relations.anchor(owner)
            cells = shown if along or not shown else frozenset(range(8))
            found[table, column] = found.get((table, column), frozenset()) | cells
    return found


def _read_by(model: type[Model], target: Expression | Batch) -> set[tuple[str, str]]:
    """The columns from which a field is made."""
    table = model.__table__
    if isinstance(target, Batch):
        return {(model.__tablename__, target.key)}
    found: set[tuple[str, str]] = set()
    for part in visitors.iterate(target.build(table)):
        source = getattr(part, "table", None)
        while isinstance(source, (sa.Alias, sa.Subquery)):
            source = source.element
        if isinstance(part, sa.ColumnClause) and isinstance(source, sa.Table):
            found.add((source.name, part.name))
    return found
