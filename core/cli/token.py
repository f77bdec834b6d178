"""`baoke token`: a token to try things out with, in development."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
import typer

from core.access.current import Policies
from core.access.rules import EVERYONE
from core.cli.frame import Frame, frame_of, run
from core.db.database import Database
from core.errors import BaokeError, ConfigurationError, InvalidInput
from core.identity.tokens import ONLY_IN_DEVELOPMENT, sign_development_token
from core.ids import key_of
from core.organization.errors import UnknownRole
from core.organization.models import Employee, EmployeeRole
from core.policies.keeper import PolicyKeeper
from core.settings import Settings, load_settings
from core.text import Text

NOBODY = Text("no active employee holds the role {role}", "没有在职员工拥有角色 {role}")
NOT_HELD = Text(
    "no active employee with this id or staff number holds the role {role}",
    "没有此编号或工号的在职员工拥有角色 {role}",
)
NO_ROLE = Text(
    "everyone is what all roles have, and nobody acts in it; name one of the roles",
    "everyone 是所有角色共有的部分，不能以它行事；请写出一个角色",
)
HOURS = Text("from 1 hour up", "至少 1 小时")


@dataclass(frozen=True, slots=True)
class Holder:
    """An employee as tokens name one."""

    name: str
    subject: str


def token(
    context: typer.Context,
    role: Annotated[str, typer.Option(help="Role to act in, as declared in the policies.")],
    employee: Annotated[
        str, typer.Option(help="Id or staff number; any active holder of the role unless given.")
    ] = "",
    hours: Annotated[int, typer.Option(help="How long it lasts.")] = 8,
) -> None:
    """Print a token for a role (development only)."""
    typer.echo(run(_token(frame_of(context), load_settings(), role, employee, hours)))


async def _token(frame: Frame, settings: Settings, role: str, employee: str, hours: int) -> str:
    if not settings.development:
        raise ConfigurationError("token", ONLY_IN_DEVELOPMENT)
    if hours < 1:
        raise InvalidInput("--hours", HOURS)
    if role == EVERYONE:
        raise InvalidInput("--role", NO_ROLE)
    policies = Policies(frame.parts.read_policies(settings.policies))
    async with frame.database(settings) as database:
        await PolicyKeeper(database, policies, frame.parts.words).refresh()
        roles = policies.current.roles
        if role not in roles:
            raise UnknownRole("--role", role=role, known=", ".join(sorted(roles.keys() - {EVERYONE})))
        subject = await _subject(database, role, employee)
        return sign_development_token(settings, database.clock, subject, role, dt.timedelta(hours=hours))


async def _subject(database: Database, role: str, employee: str) -> str:
    """The subject of an active employee who holds the role; INVALID_INPUT where there is none."""
    holder = await holder_of(database, role, employee)
    if holder is None:
        raise InvalidInput(
            "--employee" if employee else "--role", NOT_HELD if employee else NOBODY, role=role
        )
    return holder.subject


async def holder_of(database: Database, role: str, employee: str = "") -> Holder | None:
    """An active employee who holds the role: the one of this id or staff number, or the first by number."""
    wanted = (
        sa.select(Employee.name, Employee.subject)
        .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .where(EmployeeRole.role == role, Employee.suspended_at.is_(None))
        .order_by(Employee.staff_number)
        .limit(1)
    )
    if employee:
        try:
            wanted = wanted.where(Employee.id == key_of(employee, Employee.__prefix__ or ""))
        except BaokeError:
            wanted = wanted.where(Employee.staff_number == employee)
    async with database.unit_of_work() as work:
        found = (await work.session.execute(wanted)).one_or_none()
    return None if found is None else Holder(found.name, found.subject)
