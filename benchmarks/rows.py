"""Seeded rows, the same for the same seed: a company, its customers, what they bought and took part in."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from core.activities.choices import ActivityKind, ActivityStatus, ParticipationStatus
from core.activities.models import Activity, Participation
from core.clock import UTC, HeldClock
from core.customers.choices import Collection, CustomerKind, Source
from core.customers.models import Customer, CustomerMember, Purchase
from core.db.model import Model
from core.ids import SeededIds, global_id
from core.organization.choices import DepartmentKind
from core.organization.models import Department, Employee, EmployeeRole

Row: TypeAlias = dict[str, Any]

SEED = 20_261_121
START = dt.datetime(2023, 1, 1, tzinfo=UTC)
SPAN = 94_000_000  # seconds: purchases of about three years
REGIONS, UNITS, STAFF, ACTIVITIES = 400, 20, 200, 200
PURCHASES_EACH, PARTICIPATIONS_EACH = 10, 4
INDUSTRIES = ("零售", "制造", "教育", "医疗", "餐饮", "物流")
CHANNELS = ("门店", "官网", "小程序", "经销商", "电话")
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华"
ORIGIN = {"source": Source.PURCHASE, "collected_by": Collection.IMPORT, "created_at": START}
LEADER, MANAGER = "E001", "E002"


@dataclass
class World:
    """Rows in an order that foreign keys allow. `customers`: how many; the rest is in proportion."""

    customers: int = 50_000
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    ids: SeededIds = field(default_factory=lambda: SeededIds(SEED, HeldClock(START)))

    def tables(self) -> Iterator[tuple[type[Model], Iterator[Row]]]:
        """Each table with its rows; to be taken in this order, since later rows refer to earlier ones."""
        self.units = [self.ids.new() for _ in range(UNITS)]
        self.company, self.sales = self.ids.new(), self.ids.new()
        self.staff = [self.ids.new() for _ in range(STAFF)]
        self.buyers = [self.ids.new() for _ in range(self.customers)]
        self.events = [self.ids.new() for _ in range(ACTIVITIES)]
        yield Department, self._departments()
        yield Employee, self._employees()
        yield EmployeeRole, self._roles()
        yield Customer, self._customers()
        yield CustomerMember, self._members()
        yield Purchase, self._purchases()
        yield Activity, self._activities()
        yield Participation, self._participations()

    def _departments(self) -> Iterator[Row]:
        named = [(self.company, "公司", None), (self.sales, "销售部", self.company)]
        for key, name, parent in [*named, *((u, f"销售{i}组", self.sales) for i, u in enumerate(self.units))]:
            yield {
                "id": key,
                "name": name,
                "kind": DepartmentKind.SALES,
                "parent_id": parent,
                "created_at": START,
            }

    def _employees(self) -> Iterator[Row]:
        """The first leads the company, the second is an account manager above all units that sell."""
        for number, key in enumerate(self.staff, 1):
            place = {1: self.company, 2: self.sales}.get(number, self.units[number % UNITS])
            yield {
                "id": key,
                "name": self._person(),
                "staff_number": f"E{number:03d}",
                "subject": global_id("emp", key),
                "department_id": place,
                "created_at": START,
            }

    def _roles(self) -> Iterator[Row]:
        for key, role in zip(self.staff, ("leader", "account_manager"), strict=False):
            yield {"id": self.ids.new(), "employee_id": key, "role": role}

    def _customers(self) -> Iterator[Row]:
        r = self.chance
        for number, key in enumerate(self.buyers, 1):
            yield {
                "id": key,
                "kind": CustomerKind.PERSON,
                "name": self._person(),
                "number": f"C{number:07d}",
                "phone": f"1{r.randint(30, 99)}{r.randint(0, 99_999_999):08d}",
                "email": f"user{number}@example.com" if r.random() < 0.8 else None,  # noqa: PLR2004
                "birthday": dt.date(1950, 1, 1) + dt.timedelta(days=r.randint(0, 20_000)),
                "industry": r.choice(INDUSTRIES),
                "region": f"region {r.randint(1, REGIONS)}",
                "spend_currency": "CNY",
                "owner_id": r.choice(self.staff[1:]),
                "department_id": r.choice(self.units),
                **ORIGIN,
                "created_at": START + dt.timedelta(seconds=r.randint(0, SPAN)),
                "updated_at": START,
            }

    def _members(self) -> Iterator[Row]:
        for customer, employee in self._pairs(self.staff, 1):
            yield {"id": self.ids.new(), "customer_id": customer, "employee_id": employee}

    def _purchases(self) -> Iterator[Row]:
        r = self.chance
        for _ in range(self.customers * PURCHASES_EACH):
            yield {
                "id": self.ids.new(),
                "customer_id": r.choice(self.buyers),
                "at": START + dt.timedelta(microseconds=r.randint(0, SPAN * 1_000_000)),
                "amount_minor": r.randint(100, 500_000),
                "currency": "CNY",
                "quantity": 1,
                "channel": r.choice(CHANNELS),
                **ORIGIN,
            }

    def _activities(self) -> Iterator[Row]:
        for number, key in enumerate(self.events, 1):
            yield {
                "id": key,
                "title": f"回馈活动 {number}",
                "kind": self.chance.choice(tuple(ActivityKind)),
                "status": ActivityStatus.EVALUATED,
                "starts_at": START + dt.timedelta(days=number),
                "department_id": self.company,
                "created_at": START,
            }

    def _participations(self) -> Iterator[Row]:
        for customer, activity in self._pairs(self.events, PARTICIPATIONS_EACH):
            yield {
                "id": self.ids.new(),
                "customer_id": customer,
                "activity_id": activity,
                "status": self.chance.choice(tuple(ParticipationStatus)),
                "satisfaction": self.chance.choice((None, 1, 2, 3, 4, 5)),
                "created_at": START,
            }

    def _pairs(self, others: list[UUID], each: int) -> Iterator[tuple[UUID, UUID]]:
        """Different pairs of a customer and one of the others, `each` times as many as customers."""
        known: set[tuple[int, int]] = set()
        while len(known) < self.customers * each:
            pair = self.chance.randrange(self.customers), self.chance.randrange(len(others))
            if pair not in known:
                known.add(pair)
                yield self.buyers[pair[0]], others[pair[1]]

    def _person(self) -> str:
        return self.chance.choice(FAMILY) + "".join(
            self.chance.choice(GIVEN) for _ in range(self.chance.randint(1, 2))
        )
