"""Conditions on what may not be seen: true of what is planted and not of its neighbour, or the other way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.access.plan import SHOWN
from core.ids import global_id
from schema.kit.attack import Case
from schema.kit.hidden import Hidden, made_fields
from schema.kit.planting import Planted
from schema.kit.texts import literal, money, operators
from schema.vocabulary.inputs import filterable
from schema.vocabulary.targets import MoneyColumns, Sealed, ToOne

WRAPS = (
    "{}",
    "{{not: {}}}",
    "{{or: [{}]}}",
    "{{and: [{}, {{}}]}}",
    "{{not: {{not: {}}}}}",
    "{{or: [{0}, {0}]}}",
)
ABOVE, BELOW = ("lt", "gte"), ("lte", "gt")


@dataclass(frozen=True)
class Clue:
    """A field of a row that is not shown, its value and its neighbour's, as a filter takes them."""

    row: Planted
    owner: str
    path: tuple[str, ...]
    declaring: str
    planted: Any
    near: Any

    def conditions(self, case: Case) -> Iterator[str]:
        """One for each operator."""
        schema = case.stage.app.schema
        if isinstance(schema.target(self.declaring, self.path[-1]), ToOne):
            yield self._nested(f"{{id: {{eq: {literal(self.planted)}}}}}")
            return
        for operator, many in operators(schema, self.declaring, self.path[-1]):
            value = self.value(operator)
            yield self._nested(f"{{{operator}: {literal([value] if many else value)}}}")

    def value(self, operator: str) -> Any:
        """What tells the planted value from its neighbour by this operator."""
        if operator == "isNull":
            return True
        if operator in (*ABOVE, *BELOW):
            ends = sorted((self.planted, self.near), key=_size)
            return ends[operator in ABOVE]
        return self.planted

    def _nested(self, condition: str) -> str:
        for name in reversed(self.path):
            condition = f"{{{name}: {condition}}}"
        return condition


def clues(case: Case) -> Iterator[Clue]:
    """All fields with a filter that are not shown on some row, one clue for each and each cell."""
    seen: set[tuple[str, str, int]] = set()
    for one in case.hidden:
        place = one.row.type_name, one.field, one.row.cell
        found = None if place in seen else _clue(case, one)
        if found is not None:
            seen.add(place)
            yield found
    yield from _of_made_fields(case)


def _clue(case: Case, one: Hidden) -> Clue | None:
    name, schema = one.row.type_name, case.stage.app.schema
    target = schema.declared(name)[one.field]
    samples = [one.row.samples[column] for column in one.columns]
    if isinstance(target, ToOne):
        prefix = target.model.__prefix__ or ""
        ends: list[Any] = [global_id(prefix, key) for key in (samples[0].planted, samples[0].near)]
    elif isinstance(target, MoneyColumns):
        minor = one.row.samples[target.minor]
        ends = [money(n, one.row.samples[target.currency].planted) for n in (minor.planted, minor.near)]
    elif filterable(target):
        ends = [samples[0].planted, samples[0].near]
    else:
        return None
    return Clue(one.row, name, (one.field,), name, *ends)


def _of_made_fields(case: Case) -> Iterator[Clue]:
    """SQL expressions, those of plugins too: of a neighbour's value nothing is known."""
    stage = case.stage
    for owner, path, declaring, target in made_fields(stage.app.schema):
        cells: set[int] = set()
        for row in stage.garden.rows[owner]:
            value = stage.made.get((declaring, path[-1], row.key))
            effect = case.sight.effect(row, path[-1], declaring)
            if filterable(target) and value is not None and effect != SHOWN and row.cell not in cells:
                cells.add(row.cell)
                yield Clue(row, owner, path, declaring, value, value)


def sealed_clues(case: Case) -> Iterator[Clue]:
    """Those that are compared by their digest."""
    schema = case.stage.app.schema
    return (c for c in clues(case) if isinstance(schema.target(c.declaring, c.path[-1]), Sealed))


def _size(value: Any) -> Any:
    if isinstance(value, dict):
        return value["amount"].zfill(40)
    return value.int if isinstance(value, UUID) else value
