"""What differs between two access plans: rows, fields by class, writes and acts. No database is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from core.access.cells import Cells
from core.access.plan import HIDDEN, MASKED, SHOWN, AccessPlan
from core.access.rules import PUBLIC, READ, SHOW, WRITE

REFUSED, ALLOWED = "DENY", "ALLOW"
RANK = {HIDDEN: 0, REFUSED: 0, MASKED: 1, SHOWN: 2, ALLOWED: 2}


@dataclass(frozen=True, slots=True)
class Difference:
    """In these cells of a type something is otherwise.

    `act` is `read` for rows, `show` for fields (levels HIDE, MASK, SHOW), `write` for fields, or an act of
    the type (levels DENY, ALLOW). Fields of one class that change alike stand together. `rows` is the type
    whose rows stand in the cells: for a group of fields the one that they stand on, else the type itself.
    """

    type: str
    rows: str
    act: str
    sensitivity: str | None
    fields: tuple[str, ...]
    before: str
    after: str
    cells: Cells

    @property
    def gain(self) -> bool:
        """Whether more is given than before."""
        return RANK[self.after] > RANK[self.before]


def differences(
    before: AccessPlan, after: AccessPlan, acts: Mapping[str, frozenset[str]]
) -> list[Difference]:
    """Everything that differs. `acts`: the acts of each type."""
    found: list[Difference] = []
    known = before.catalogue.relations
    for name in known.models:
        cells = known.possible(name)
        for act in sorted(acts.get(name, frozenset()) | {READ}, key=lambda act: (act != READ, act)):
            levels = (HIDDEN, SHOWN) if act == READ else (REFUSED, ALLOWED)
            for was, then, moved in _moves(
                cells, _level(before, name, act, levels), _level(after, name, act, levels)
            ):
                found.append(Difference(name, name, act, None, (), was, then, moved))
    found += _of_fields(before, after)
    return found


def _of_fields(before: AccessPlan, after: AccessPlan) -> Iterator[Difference]:
    """Fields that change alike, by type, class and act."""
    alike: dict[tuple[str, str, str, str, str, str, Cells], list[str]] = defaultdict(list)
    known = before.catalogue.relations
    for (name, field), sensitivity in before.catalogue.fields.items():
        home = before.catalogue.row_type(name)
        if sensitivity == PUBLIC:
            continue
        cells = known.possible(home)
        for act, of in ((SHOW, _shown), (WRITE, _written)):
            for was, then, moved in _moves(
                cells, of(before, name, home, field), of(after, name, home, field)
            ):
                alike[name, home, act, sensitivity, was, then, moved].append(field)
    for (name, home, act, sensitivity, was, then, moved), fields in alike.items():
        yield Difference(name, home, act, sensitivity, tuple(fields), was, then, moved)


def _level(plan: AccessPlan, name: str, act: str, levels: tuple[str, str]) -> Callable[[int], str]:
    allowed = plan.cells(name, act)
    return lambda cell: levels[cell in allowed]


def _shown(plan: AccessPlan, name: str, home: str, field: str) -> Callable[[int], str]:
    """What is seen of the field: nothing where its row is not visible."""
    rows, effects = plan.rows(home), plan.effects(name, field)
    return lambda cell: effects[cell] if cell in rows else HIDDEN


def _written(plan: AccessPlan, name: str, _home: str, field: str) -> Callable[[int], str]:
    allowed = plan.writable(name, field, plan.catalogue.fields[name, field])
    return lambda cell: ALLOWED if cell in allowed else REFUSED


def _moves(
    cells: Cells, before: Callable[[int], str], after: Callable[[int], str]
) -> Iterator[tuple[str, str, Cells]]:
    """(level before, level after, the cells that move so), for all that move."""
    moved: dict[tuple[str, str], set[int]] = defaultdict(set)
    for cell in sorted(cells):
        if (was := before(cell)) != (then := after(cell)):
            moved[was, then].add(cell)
    for (was, then), among in moved.items():
        yield was, then, frozenset(among)
