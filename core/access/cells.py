"""Cells and decisions over them.

A row stands in one of eight *cells*: the set of relations (own, team, department) that hold between it and
the caller. A rule for a relation matches the cells that contain it; a rule for `all` matches every cell.
Everything is decided per cell. Where the declared purpose needs the customer's consent, each cell stands
twice: with a consent, and without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import sqlalchemy as sa

from core.access.circumstances import CIRCUMSTANCES, WITHOUT_CONSENT

OWN, TEAM, DEPARTMENT, UNCONSENTED = 1, 2, 4, 8
BITS = {"own": OWN, "team": TEAM, "department": DEPARTMENT}
NAMED = {**BITS, WITHOUT_CONSENT: UNCONSENTED}
RELATED = OWN | TEAM | DEPARTMENT
RELATIONS = (*BITS, "all")
"""How a row can stand to the caller; rules may also name a circumstance in their place."""
ALL_CELLS = frozenset(range(8))
BY_CONSENT = frozenset(range(16))
"""All cells where consents count."""

Cells: TypeAlias = frozenset[int]
Predicate: TypeAlias = Callable[[int], sa.ColumnElement[bool]]


@cache
def cells_of(relation: str) -> Cells:
    """The cells that a rule for this relation matches; none for a circumstance that nobody resolved."""
    if relation == "all":
        return BY_CONSENT
    if relation not in NAMED and relation in CIRCUMSTANCES:
        return frozenset()
    return frozenset(c for c in BY_CONSENT if c & NAMED[relation])


def name_of(cell: int) -> str:
    """`own+department`; `all` for a row that stands in no relation."""
    return "+".join(name for name, bit in NAMED.items() if cell & bit) or "all"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A decision that needs no further question."""

    value: Any


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks whether the relation holds."""

    bit: int
    yes: Leaf | Ask
    no: Leaf | Ask

    @property
    def size(self) -> int:
        """How many questions."""
        return 1 + sum(x.size for x in (self.yes, self.no) if isinstance(x, Ask))


Decision: TypeAlias = Leaf | Ask


def decide(cells: Iterable[int], value: Callable[[int], Any]) -> Decision:
    """The smallest decision over relations that separates the cells by value."""
    cells = list(cells)
    if len({value(c) for c in cells}) <= 1:
        return Leaf(value(cells[0]) if cells else None)
    found: list[Ask] = []
    for bit in (OWN, DEPARTMENT, TEAM, UNCONSENTED):  # the cheapest question first
        yes, no = [c for c in cells if c & bit], [c for c in cells if not c & bit]
        if yes and no:
            found.append(Ask(bit, decide(yes, value), decide(no, value)))
    return min(found, key=lambda ask: ask.size)


Branch: TypeAlias = tuple[tuple[int, bool], ...]


def branches(node: Decision, so_far: Branch = ()) -> list[Branch]:
    """Disjoint conjunctions that lead to a true leaf. `[()]` is everything, `[]` is nothing."""
    if isinstance(node, Leaf):
        return [so_far] if node.value else []
    return branches(node.yes, (*so_far, (node.bit, True))) + branches(node.no, (*so_far, (node.bit, False)))


def scope(possible: Cells, reached: Cells) -> list[Branch]:
    """Which of the possible rows are reached, as branches."""
    return branches(decide(sorted(possible), lambda cell: cell in reached))


def scope_condition(wanted: list[Branch], holds: Predicate) -> sa.ColumnElement[bool] | None:
    """A scope as one SQL condition; None where it holds for every row."""
    return None if wanted == [()] else _any_of(wanted, holds)


def _any_of(wanted: list[Branch], holds: Predicate) -> sa.ColumnElement[bool]:
    """The branches of one decision, any of them: `a or (not a and b)` is `a or b`, and asks once.

    A relation to nobody is unknown, hence `IS NOT TRUE`.
    """
    if not wanted or wanted == [()]:
        return sa.true() if wanted else sa.false()
    bit = wanted[0][0][0]
    yes, no = ([branch[1:] for branch in wanted if branch[0][1] is on] for on in (True, False))
    if yes == [()]:
        return sa.or_(holds(bit), _any_of(no, holds)) if no else holds(bit)
    held = sa.and_(holds(bit), _any_of(yes, holds))
    other = sa.and_(holds(bit).is_not(sa.true()), _any_of(no, holds))
    return sa.or_(held, other) if yes and no else held if yes else other


def choose(
    node: Decision, holds: Predicate, leaf: Callable[[Any], sa.ColumnElement[Any]]
) -> sa.ColumnElement[Any]:
    """A decision as CASE."""
    if isinstance(node, Leaf):
        return leaf(node.value)
    return sa.case((holds(node.bit), choose(node.yes, holds, leaf)), else_=choose(node.no, holds, leaf))
