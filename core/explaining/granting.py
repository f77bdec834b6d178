"""Who can grant what is missing: the roles that may change the policies, and who holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.access.cells import scope, scope_condition
from core.access.guard import Permission
from core.access.plan import AccessPlan, Catalogue
from core.access.rules import EVERYONE, Policy
from core.access.viewer import Viewer
from core.db.asking import ask, key
from core.db.database import Database
from core.db.expressions import Among, ListOf
from core.db.types import Text
from core.organization.models import Employee, EmployeeRole

MOST_HOLDERS = 100
"""How many holders of such roles are named, all roles together."""


@dataclass(frozen=True, slots=True)
class Granting:
    """A role, what it may do to changes of the policies, and the employees who hold it, by name."""

    role: str
    acts: tuple[str, ...]
    employees: tuple[tuple[UUID, str], ...] = ()


def granting_roles(
    policy: Policy, catalogue: Catalogue, permissions: Sequence[Permission]
) -> dict[str, tuple[str, ...]]:
    """Role to the acts of these permissions that it may do to what it also sees; no others."""
    spoken = policy.about(*(f"type:{p.type}" for p in permissions))
    found: dict[str, tuple[str, ...]] = {}
    for role in sorted(spoken.roles):
        plan = AccessPlan(catalogue, spoken.rules_of((role,)))
        acts = tuple(p.act for p in permissions if plan.cells(p.type, p.act) & plan.rows(p.type))
        if acts and role != EVERYONE:
            found[role] = acts
    return found


async def who_grants(database: Database, viewer: Viewer, roles: dict[str, tuple[str, ...]]) -> list[Granting]:
    """With the names of unsuspended employees whom the caller sees."""
    relations, name = viewer.plan.catalogue.relations, Employee.__name__
    row = Employee.__table__.alias()
    branches = scope(relations.possible(name), viewer.plan.rows(name))
    seen = scope_condition(branches, relations.predicate(name, row))
    held = sa.bindparam("roles", list(roles), type_=ListOf(Text))
    statement = (
        sa.select(EmployeeRole.role, row.c.id, row.c.name)
        .join(row, row.c.id == EmployeeRole.employee_id)
        .where(row.c.suspended_at.is_(None), Among(EmployeeRole.role, held))
        .order_by(row.c.name, row.c.id)
        .limit(sa.literal_column(str(MOST_HOLDERS)))
    )
    if seen is not None:
        statement = statement.where(seen)
    holders: dict[str, list[tuple[UUID, str]]] = defaultdict(list)
    for role, employee, named in await ask(database, statement, viewer.parameters):
        holders[role].append((key(employee), named))
    return [Granting(role, acts, tuple(holders[role])) for role, acts in roles.items()]
