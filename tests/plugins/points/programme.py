"""What the tests of membership, rewards and analysis share."""

import datetime as dt
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

import plugins.points
from core.access.plan import AccessPlan, Catalogue
from core.access.relations import Relations
from core.access.rules import Rule
from core.access.viewer import Viewer
from core.clock import HeldClock
from core.customers.choices import Collection
from core.customers.service import CustomerService
from core.db.database import UnitOfWork
from core.db.migrate import Owner
from core.db.model import Model, camel
from core.jobs.declare import Context, Job, Payload
from core.models import CORE_MODELS
from core.runtime import operator
from plugins.points.ledger.service import Ledger, Source
from plugins.points.ledger.verify import verify
from plugins.points.membership.levels import Levels
from plugins.points.membership.models import PointsLevel, PointsMember
from plugins.points.membership.service import Membership
from plugins.points.models import MODELS as OURS
from plugins.points.rewards.catalogue import Offers
from plugins.points.rewards.choices import PointsRewardKind
from plugins.points.rewards.models import PointsRedemption
from plugins.points.rewards.service import Redemptions
from tests.core.world import World

POINTS = Owner("points", Path(plugins.points.__file__).parent / "migrations")
MODELS: dict[str, type[Model]] = {**CORE_MODELS, **{model.__name__: model for model in OURS}}
SYSTEM = operator("en", MODELS)
DAY = dt.timedelta(days=1)
GIFT = {"code": "mug", "kind": PointsRewardKind.GIFT, "name": "杯子", "name_en": "Mug", "points": 40}
COUPON = {
    "code": "tenner",
    "kind": PointsRewardKind.COUPON,
    "name": "十元券",
    "name_en": "Ten yuan off",
    "points": 50,
    "value_minor": 1_000,
    "currency": "CNY",
    "days": 10,
}


def employee(world: World, role: str, rules: Iterable[Rule], *departments: str) -> Viewer:
    """The employee of a role under these rules, who works in these departments; in `east` unless given."""
    fields = {
        (name, camel(column.info.get("sealed", column.name))): column.info["class"].name
        for name, model in MODELS.items()
        for column in model.__table__.c
    }
    plan = AccessPlan(Catalogue(Relations(MODELS), fields), tuple(rules))
    places = tuple(world.departments[name] for name in departments or ("east",))
    return Viewer(role, world.employees[role], places, (role,), plan)


def viewer(world: World, role: str, *rules: tuple[str, str, str]) -> Viewer:
    """The employee of a role, who may do what the rules (object, act, relation) allow and nothing else."""
    return employee(world, role, (Rule(role, *rule, "allow") for rule in rules))


@dataclass(frozen=True)
class Programme:
    """The programme of a small company, acted on by the operator unless said otherwise."""

    world: World
    levels: tuple[dict[str, Any], ...] = (
        {"code": "basic", "name": "普通", "name_en": "Basic", "points_needed": 0},
        {
            "code": "silver",
            "name": "银卡",
            "name_en": "Silver",
            "points_needed": 100,
            "multiplier_numerator": 3,
            "multiplier_denominator": 2,
        },
        {"code": "gold", "name": "金卡", "name_en": "Gold", "points_needed": 1_000},
    )

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        async with self.world.database.unit_of_work() as work:
            yield work

    async def set_levels(self, levels: Sequence[dict[str, Any]]) -> None:
        async with self.work() as work:
            await Levels(work, SYSTEM).set(levels)

    async def join(self, *names: str) -> None:
        async with self.work() as work:
            for name in names:
                await Membership(work, SYSTEM).join(self.world.customers[name], Collection.STAFF)

    async def earn(self, name: str, points: int, **more: Any) -> UUID:
        async with self.work() as work:
            key = work.ids.text()
            customer = self.world.customers[name]
            posted = await Ledger(work, SYSTEM).earn(customer, points, Source("purchase"), key, **more)
        return posted.id

    async def buy(self, name: str, amount: int, at: dt.datetime | None = None, **more: Any) -> UUID:
        """A purchase of so many minor units; by itself it earns nothing."""
        values = {"at": at or self.world.database.clock.now(), "amount_minor": amount, "currency": "CNY"}
        async with self.work() as work:
            service = CustomerService(work, SYSTEM, "CNY")
            row = await service.record_purchase(self.world.customers[name], {**values, **more})
        key: UUID = row.id
        return key

    async def member(self, name: str) -> PointsMember:
        async with self.work() as work:
            mine = PointsMember.customer_id == self.world.customers[name]
            return (await work.session.scalars(sa.select(PointsMember).where(mine))).one()

    async def level(self, name: str) -> str | None:
        level = (await self.member(name)).level_id
        async with self.work() as work:
            return await work.session.scalar(sa.select(PointsLevel.code).where(PointsLevel.id == level))

    async def balance(self, name: str) -> int:
        async with self.work() as work:
            return await Ledger(work, SYSTEM).balance(self.world.customers[name])

    async def offer(self, values: dict[str, Any], **more: Any) -> UUID:
        async with self.work() as work:
            made = await Offers(work, SYSTEM).create({**values, **more})
        key: UUID = made.id
        return key

    async def issue(self, name: str, reward: UUID) -> UUID:
        async with self.work() as work:
            made = await Redemptions(work, SYSTEM).issue(self.world.customers[name], reward)
        key: UUID = made.id
        return key

    async def code(self, redemption: UUID) -> str:
        async with self.work() as work:
            sealed = sa.select(PointsRedemption.__table__.c.code_sealed).where(
                PointsRedemption.id == redemption
            )
            found = (await work.session.scalars(sealed)).one()
            return work.sealer.open(PointsRedemption.code.associated, found)

    async def rows(self, model: type[Model], *order: Any) -> list[Any]:
        async with self.work() as work:
            return list(await work.session.scalars(sa.select(model).order_by(*order)))

    async def run(self, job: Job) -> int:
        """Run a job to its end; how many parts it took."""
        payload: Payload | None = {}
        parts = 0
        while payload is not None:
            async with self.work() as work:
                payload = await job.run(Context(work, SYSTEM, work.services), payload)
            parts += 1
        return parts

    async def sound(self) -> bool:
        async with self.work() as work:
            assert await verify(work) == []
        return True

    def wait(self, by: dt.timedelta) -> dt.datetime:
        clock = self.world.database.clock
        assert isinstance(clock, HeldClock)
        clock.advance(by)
        return clock.now()


def below(seed: int) -> Any:
    """Chance that is the same each time."""
    return random.Random(seed).randrange  # noqa: S311
