"""About whom is asked, and whether the caller may ask about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.access.circumstances import OF_REQUESTS
from core.access.guard import NOT_ALLOWED, allowed_in
from core.access.purposes import Purpose
from core.access.relations import DEPARTMENTS, EMPLOYEE, PURPOSE, ROW
from core.access.rules import Policy
from core.access.viewer import Viewer
from core.db.asking import ask
from core.db.database import Database
from core.db.statements import Statement
from core.errors import BadUserInput, Forbidden
from core.explaining.permissions import EXPLAIN_ACCESS
from core.ids import global_id, key_of
from core.organization.models import Employee
from core.organization.principals import Principal, load_principal
from core.text import Text

NO_ROLE = Text("unknown role {name}; known: {known}", "未知角色 {name}；已知：{known}")
PREFIX = Employee.__prefix__ or ""
NOBODY = 0
"""The cell of who stands in no relation: an act allowed here is allowed for `all`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as relations see them, and the roles that are asked about. `key` is None for a stranger.

    `held`: by role, the circumstances that hold for them. What depends on the request is the asker's.
    """

    key: UUID | None
    departments: tuple[UUID, ...]
    roles: tuple[str, ...]
    held: Mapping[str, frozenset[str]]
    purpose: Purpose | None

    @property
    def parameters(self) -> dict[str, object]:
        """The values of the relation predicates' parameters."""
        return {EMPLOYEE: self.key, DEPARTMENTS: list(self.departments), PURPOSE: self.purpose}


def may_ask(viewer: Viewer, employee: str | None, role: str | None) -> None:
    """FORBIDDEN, before anything is read, unless it is about the caller's own role or the act is allowed."""
    allowed = viewer.plan.cells(EXPLAIN_ACCESS.type, EXPLAIN_ACCESS.act)
    if not _mine(viewer, employee) and not allowed:
        raise Forbidden("employee", NOT_ALLOWED)
    if role is not None and role not in viewer.roles and not (allowed if employee else NOBODY in allowed):
        raise Forbidden("role", NOT_ALLOWED)


async def person(
    database: Database, viewer: Viewer, policy: Policy, employee: str | None, role: str | None
) -> Person | None:
    """Who is asked about; None where there is no such employee or the caller does not see them.

    The caller, in the role acted in, unless said otherwise; another employee in all roles they hold.
    """
    if role is not None and role not in policy.roles:
        raise BadUserInput("role", NO_ROLE, name=role, known=", ".join(sorted(policy.roles)))
    chosen = None if role is None else (role,)
    if employee is None or _mine(viewer, employee):
        mine = chosen or viewer.roles
        known = None if mine == viewer.roles else await load_principal(database, viewer.subject)
        held = {role: viewer.held if known is None else _held(viewer, known, role) for role in mine}
        return Person(viewer.employee, viewer.departments, mine, held, viewer.purpose)
    key = key_of(employee, PREFIX, "employee")
    cell = await cell_in(database, viewer.plan.catalogue.relations.cell_query(Employee.__name__), viewer, key)
    if cell is None or cell not in viewer.plan.rows(Employee.__name__):
        return None
    allowed_in(viewer, EXPLAIN_ACCESS, cell, "employee")
    (found,) = await ask(database, sa.select(Employee.subject).where(Employee.id == key))
    principal = await load_principal(database, found[0])
    if principal is None:
        return None
    roles = chosen or principal.roles
    held = {role: _held(viewer, principal, role) for role in roles}
    return Person(key, principal.departments, roles, held, viewer.purpose)


def _held(viewer: Viewer, principal: Principal, role: str) -> frozenset[str]:
    return (viewer.held & OF_REQUESTS) | principal.acting_in(role).held


async def cell_in(database: Database, query: Statement, who: Viewer | Person, row: UUID) -> int | None:
    """In which cell a row stands to somebody; None where there is none."""
    found = await ask(database, query, {**who.parameters, ROW: row})
    return sum(found[0]) if found else None


def _mine(viewer: Viewer, employee: str | None) -> bool:
    mine = None if viewer.employee is None else global_id(PREFIX, viewer.employee)
    return employee is None or employee == mine
