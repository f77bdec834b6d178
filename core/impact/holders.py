"""Whom a change of roles concerns: the employees who hold them and are not suspended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.access.cells import Cells
from core.access.plan import SHOWN
from core.access.viewer import Viewer
from core.db.asking import ask, key
from core.db.database import Database
from core.db.expressions import Among, ListOf
from core.db.types import Text
from core.impact.counting import Departments
from core.organization.models import Department, Employee, EmployeeRole

MOST_HOLDERS = 10_000
"""How many pairs of employee and role are looked at."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An employee with a role. `name` is None where the asker may not see the employee or the role."""

    employee: UUID
    name: str | None


@dataclass(frozen=True)
class Holders:
    """By role; `departments` of every one of them. `cut`: there are more than were read."""

    by_role: Mapping[str, list[Holder]]
    departments: Departments
    cut: bool


async def holders_of(database: Database, viewer: Viewer, roles: Iterable[str]) -> Holders:
    """Who holds these roles, as far as the bound lets on; names as the viewer may see them."""
    relations = viewer.plan.catalogue.relations
    employee, role = Employee.__table__.alias(), EmployeeRole.__table__.alias()
    cell = relations.cell_columns(Employee.__name__, employee)
    statement = (
        sa.select(employee.c.id, employee.c.name, employee.c.department_id, role.c.role, *cell)
        .join_from(role, employee, role.c.employee_id == employee.c.id)
        .where(
            employee.c.suspended_at.is_(None),
            Among(role.c.role, sa.bindparam("roles", type_=ListOf(Text))),
        )
        .order_by(role.c.role, employee.c.id)
        .limit(MOST_HOLDERS + 1)
    )
    rows = await ask(database, statement, {**viewer.parameters, "roles": list(roles)})
    named, below = _named(viewer), await _Tree.read(database)
    found: dict[str, list[Holder]] = defaultdict(list)
    departments: dict[UUID, frozenset[UUID]] = {}
    for who, name, department, held, *bits in rows[:MOST_HOLDERS]:
        found[held].append(Holder(key(who), name if sum(bits) in named else None))
        departments[key(who)] = below.of(key(department))
    return Holders(found, departments, len(rows) > MOST_HOLDERS)


def _named(viewer: Viewer) -> Cells:
    """The cells in which the viewer sees who has which role."""
    plan, role = viewer.plan, EmployeeRole.__name__
    effects = plan.effects(role, "role")
    return plan.rows(Employee.__name__) & frozenset(c for c in plan.rows(role) if effects[c] == SHOWN)


class _Tree:
    """The departments, and what lies below each."""

    def __init__(self, children: Mapping[UUID | None, list[UUID]]) -> None:
        self._children = children
        self._below: dict[UUID, frozenset[UUID]] = {}

    @classmethod
    async def read(cls, database: Database) -> _Tree:
        children: dict[UUID | None, list[UUID]] = defaultdict(list)
        for one, above in await ask(database, sa.select(Department.id, Department.parent_id)):
            children[above and key(above)].append(key(one))
        return cls(children)

    def of(self, top: UUID) -> frozenset[UUID]:
        """The department and all below it, also where the tree has a circle."""
        if top not in self._below:
            seen = {top}
            todo = [top]
            while todo:
                fresh = [one for one in self._children.get(todo.pop(), ()) if one not in seen]
                seen.update(fresh)
                todo += fresh
            self._below[top] = frozenset(seen)
        return self._below[top]
