"""The dry run of a policy: for every role that changes, what, for whom, on how many rows (BEY-5)."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.access.cells import Cells
from core.access.plan import AccessPlan, Catalogue
from core.access.relations import Relations
from core.access.rules import EVERYONE, Policy
from core.access.viewer import Viewer
from core.db.database import Database
from core.impact.counting import anchored, rows_by_cell
from core.impact.differences import Difference, differences
from core.impact.examples import Example, examples_of
from core.impact.holders import Holder, Holders, holders_of

MOST_EXAMPLE_QUERIES = 50
"""For so many kinds of rows examples are looked for, the largest first."""


@dataclass(frozen=True)
class RolePlans:
    """The plan of a role under the policy in force and under the proposed one."""

    role: str
    before: AccessPlan
    after: AccessPlan


@dataclass(frozen=True, slots=True)
class Concerned:
    """An employee, and on how many rows the difference holds for him or her."""

    holder: Holder
    rows: int


@dataclass
class Change:
    """A difference with those whom it concerns, the most rows first.

    `counted` is the type whose rows are counted: for what belongs to a customer, the customers; `prefix` that
    of its ids.
    """

    difference: Difference
    counted: str
    prefix: str
    concerned: list[Concerned]
    examples: list[Example] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """The rows of the employee whom it concerns most."""
        return max((one.rows for one in self.concerned), default=0)


@dataclass(frozen=True)
class RoleImpact:
    """What changes for one role."""

    role: str
    holders: list[Holder]
    changes: list[Change]


@dataclass(frozen=True)
class Impact:
    """What changes for all roles. `cut`: not everything was looked at, so figures are least ones."""

    roles: list[RoleImpact]
    cut: bool


async def plans_of(catalogue: Catalogue, now: Policy, then: Policy) -> list[RolePlans]:
    """The plans of each role for which rules come or go. A role that is not declared allows nothing.

    Circumstances are taken not to hold.
    """
    found, catalogue = [], catalogue.ordinary
    for role in sorted((now.roles.keys() | then.roles.keys()) - {EVERYONE}):
        await asyncio.sleep(0)  # other requests go on meanwhile
        before, after = (p.rules_of((role,)) if role in p.roles else () for p in (now, then))
        if set(before) != set(after):
            found.append(RolePlans(role, AccessPlan(catalogue, before), AccessPlan(catalogue, after)))
    return found


async def impact_of(
    database: Database,
    viewer: Viewer,
    acts: Mapping[str, frozenset[str]],
    plans: list[RolePlans],
    examples: int,
) -> Impact:
    """What the proposed policy gives and takes, on the rows that there are. Nothing is written.

    `acts`: the acts of each type; `examples`: so many rows of each change, of those that the viewer may see.
    """
    changed: dict[str, list[Difference]] = {}
    for one in plans:
        await asyncio.sleep(0)
        if found := differences(one.before, one.after, acts):
            changed[one.role] = found
    holders = await holders_of(database, viewer, changed)
    relations = viewer.plan.catalogue.relations.ordinary
    named = {anchored(relations, d.rows) for found in changed.values() for d in found}
    counts = {
        name: await rows_by_cell(database, relations, name, holders.departments) for name in sorted(named)
    }
    roles = []
    for role, found in changed.items():
        await asyncio.sleep(0)
        held = holders.by_role.get(role, [])
        roles.append(RoleImpact(role, held, [_change(d, relations, held, counts) for d in found]))
    cut = await _add_examples(database, viewer, holders, roles, examples) if examples else False
    return Impact(roles, cut or holders.cut)


def _change(
    difference: Difference,
    relations: Relations,
    held: list[Holder],
    counts: Mapping[str, Mapping[UUID, Counter[int]]],
) -> Change:
    counted = anchored(relations, difference.rows)
    by_employee = counts[counted]
    concerned = [Concerned(h, sum(by_employee[h.employee][c] for c in difference.cells)) for h in held]
    concerned.sort(key=lambda one: (-one.rows, one.holder.name or "", one.holder.employee))
    return Change(difference, counted, relations.models[counted].__prefix__ or "", concerned)


async def _add_examples(
    database: Database, viewer: Viewer, holders: Holders, roles: list[RoleImpact], most: int
) -> bool:
    """Examples of each change, of the employee whom it concerns most; whether some were left out."""
    wanted: dict[tuple[str, Cells, UUID], list[Change]] = defaultdict(list)
    for change in sorted((c for r in roles for c in r.changes), key=lambda c: -c.rows):
        if change.rows and viewer.plan.rows(change.counted):
            first = change.concerned[0].holder.employee
            wanted[change.counted, change.difference.cells, first].append(change)
    for name, cells, employee in list(wanted)[:MOST_EXAMPLE_QUERIES]:
        of = (employee, holders.departments[employee])
        found = await examples_of(database, viewer, (name, cells), of, most)
        for change in wanted[name, cells, employee]:
            change.examples = found
    return len(wanted) > MOST_EXAMPLE_QUERIES
