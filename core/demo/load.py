"""Demo data into an empty database, in one transaction; the same for the same seed and clock."""

from __future__ import annotations

import random
from dataclasses import dataclass

import sqlalchemy as sa

from core.audit.choices import AuditKind
from core.audit.records import record
from core.customers.models import Customer
from core.db.database import Database
from core.demo.company import make_company
from core.demo.contacts import make_contacts
from core.demo.customers import make_customers
from core.demo.events import make_activities, make_assessments
from core.demo.grading import make_tiers
from core.demo.invented import Inventor
from core.demo.stage import Stage
from core.demo.standing import make_consents, make_qualifications
from core.errors import Conflict
from core.extension.plugins import NONE, Plugins
from core.ids import SeededIds
from core.jobs.declare import Context
from core.money import Money
from core.organization.models import Department
from core.runtime import operator
from core.settings import Settings
from core.text import Text

SEED = 20_261_102
NOT_EMPTY = Text(
    "demo data goes into an empty database only; this one has data", "演示数据只能载入空数据库；此库已有数据"
)
MADE = Text(
    "demo data, no real people: {departments} departments, {employees} employees, {customers} customers,"
    " {interactions} interactions, {activities} activities. The {purchases} purchases are CDNOW's of 1997 and"
    " 1998, moved by {weeks} weeks to end in the past seven days; their dollar figures stand as {currency},"
    " unconverted: {total} in all.",
    "演示数据，人物均为虚构：{departments} 个部门、{employees} 名员工、{customers} 位客户、"
    "{interactions} 次互动、{activities} 场活动。{purchases} 条购买为 CDNOW 1997 至 1998 年数据，"
    "日期平移 {weeks} 周至最近七天；美元数字未经换算直接记为 {currency}，合计 {total}。",
)


@dataclass(frozen=True)
class DemoReport:
    """What was made: rows by table, customers by tier, weeks by which days were moved, the total spent."""

    rows: dict[str, int]
    tiers: dict[str, int]
    weeks: int
    total: Money

    @property
    def text(self) -> Text:
        """For a person, in both languages; says that it is demo data and what became of the dollars."""
        facts = {**self.rows, "weeks": self.weeks, "currency": self.total.currency, "total": self.total}
        return Text(MADE.say("en", **facts), MADE.say("zh", **facts))


async def load_demo(
    database: Database, settings: Settings, seed: int = SEED, plugins: Plugins = NONE
) -> DemoReport:
    """Fill an empty, migrated database; CONFLICT where there is data. Only ciphertexts differ each time."""
    async with database.unit_of_work() as work:
        for model in (Department, Customer):
            if await work.session.scalar(sa.select(sa.exists().select_from(model))):
                raise Conflict("database", NOT_EMPTY)
        work.ids = SeededIds(seed, database.clock)
        invent = Inventor(random.Random(seed))  # noqa: S311
        stage = Stage(work, settings, invent, work.ids, database.clock.now())
        await make_company(stage)
        buyers, weeks = await make_customers(stage)
        await make_contacts(stage, buyers)
        await make_activities(stage, buyers)
        await make_assessments(stage)
        summary = await make_tiers(stage, operator(), buyers)
        for declared in plugins.on:
            if (fill := declared["demo"]) is not None:
                await fill(Context(work, operator(models=plugins.models), database.services))
        await make_qualifications(stage)
        await make_consents(stage, buyers)
        spent = await work.session.scalar(sa.select(sa.func.sum(Customer.spend_minor)))
        tiers = {code: count.moved + count.unchanged for code, count in summary.tiers.items()}
        counts = dict(stage.counts)
        await record(work, operator(), AuditKind.WRITE, operation="demo", after=counts)
        return DemoReport(counts, tiers, weeks, Money(int(spent or 0), settings.currency))
