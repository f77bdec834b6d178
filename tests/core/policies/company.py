"""The small company with policies in its database, and two administrators."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.current import Policies
from core.access.plan import AccessPlan
from core.access.rules import Policy
from core.access.viewer import Viewer
from core.approvals.choices import Decision
from core.db.model import Model
from core.organization.models import EmployeeRole
from core.policies.change import changed, read_change
from core.policies.choices import ChangeState
from core.policies.keeper import PolicyKeeper
from core.policies.models import PolicyVersion
from core.policies.service import PolicyService
from tests.core.world import World, catalogue, policy, vocabulary

SHOW_LEGAL = "p, legal, class:contact, show, all, allow"


@dataclass
class Time:
    """A monotonic clock that stands until it is moved."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Office:
    """Who acts on the policies of one process."""

    world: World
    time: Time = field(default_factory=Time)

    def __post_init__(self) -> None:
        self.policies = Policies(policy(), monotonic=self.time)
        self.keeper = PolicyKeeper(self.world.database, self.policies, vocabulary())

    def viewer(self, who: str) -> Viewer:
        """An employee by name, in the role of that name, under the policies in force; or the operator."""
        if who == "operator":
            return self.world.operator()
        if who == "program":
            rules = self.policies.current.rules_of(("administrator",))
            return Viewer(who, None, (), ("administrator",), AccessPlan(catalogue(), rules))
        role = who.removesuffix("_west")
        rules = self.policies.current.rules_of((role,))
        return Viewer(who, self.world.employees[who], (), (role,), AccessPlan(catalogue(), rules))

    @asynccontextmanager
    async def acting(self, who: str) -> AsyncIterator[PolicyService]:
        """One transaction of somebody."""
        async with self.world.database.unit_of_work() as work:
            yield PolicyService(work, self.viewer(who), self.keeper)

    async def propose(self, *add: str, remove: Sequence[str] = (), who: str = "administrator") -> UUID:
        """The key of what was proposed."""
        async with self.acting(who) as service:
            return (await service.propose("because", add, remove)).id  # type: ignore[no-any-return]

    async def decide(self, key: UUID, who: str = "leader", decision: Decision = Decision.APPROVED) -> None:
        async with self.acting(who) as service:
            await service.decide(key, decision)

    async def apply(self, key: UUID, who: str = "administrator") -> PolicyVersion:
        async with self.acting(who) as service:
            return await service.apply(key)

    async def pass_through(self, *add: str, remove: Sequence[str] = ()) -> PolicyVersion:
        """Proposed, approved and applied."""
        key = await self.propose(*add, remove=remove)
        await self.decide(key)
        return await self.apply(key)

    async def pass_through_operator(self, *add: str, remove: Sequence[str] = ()) -> PolicyVersion | None:
        """The operator puts files in force, which differ from the policies by these lines."""
        change = read_change(add, remove, [])
        async with self.acting("operator") as service:
            return await service.replace(changed(self.policies.current, change), "because")

    async def state(self, key: UUID, model: type[Model]) -> ChangeState:
        async with self.world.database.unit_of_work() as work:
            found: Any = await work.session.get_one(model, key)
            return found.state  # type: ignore[no-any-return]

    async def give(self, who: str, *roles: str) -> None:
        """Exactly these roles, whatever the policies say."""
        key = self.world.employees[who]
        async with self.world.database.unit_of_work() as work:
            await work.session.execute(sa.delete(EmployeeRole).where(EmployeeRole.employee_id == key))
            work.session.add_all(
                EmployeeRole(id=work.ids.new(), employee_id=key, role=role) for role in roles
            )


async def open_office(world: World) -> Office:
    """Started: version 1 is in the database."""
    office = Office(world)
    await office.keeper.start()
    return office


def lines(made: Policy) -> tuple[set[Any], Any, Any]:
    """What a policy says, whatever the order."""
    return set(made.rules), made.roles, {k: v for k, v in made.inherits.items() if v}
