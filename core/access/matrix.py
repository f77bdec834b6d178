"""The whole of what a plan says of one type: fields, rows and acts, by relation (BEY-4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.access.cells import Cells
from core.access.decision import AccessOutcome
from core.access.guard import Permission
from core.access.plan import AccessPlan
from core.access.rules import PUBLIC
from core.text import Text


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """One field; `outcomes` and `writable` by cell, in the order of the matrix."""

    field: str
    sensitivity: str
    outcomes: tuple[AccessOutcome, ...]
    writable: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class ActAccess:
    """One act of the type; `allowed` by cell, in the order of the matrix."""

    act: str
    about: Text
    allowed: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What one plan says of a type. `visible` by cell, in the order in which they were given."""

    visible: tuple[bool, ...]
    acts: tuple[ActAccess, ...]
    fields: tuple[FieldAccess, ...]


def matrix(
    plan: AccessPlan, type_name: str, cells: Iterable[int], permissions: Iterable[Permission]
) -> Matrix:
    """The matrix of a type in these cells."""
    order, catalogue = tuple(cells), plan.catalogue

    def held(within: Cells) -> tuple[bool, ...]:
        return tuple(cell in within for cell in order)

    acts = [p for p in permissions if p.type == type_name]
    fields = [(name, sensitivity) for (of, name), sensitivity in catalogue.fields.items() if of == type_name]
    return Matrix(
        held(plan.rows(catalogue.row_type(type_name))),
        tuple(ActAccess(p.act, p.about, held(plan.cells(type_name, p.act))) for p in acts),
        tuple(
            FieldAccess(
                name,
                sensitivity,
                tuple(AccessOutcome[plan.effects(type_name, name)[cell]] for cell in order),
                held(
                    frozenset(order) if sensitivity == PUBLIC else plan.writable(type_name, name, sensitivity)
                ),
            )
            for name, sensitivity in fields
        ),
    )
