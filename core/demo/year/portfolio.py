"""The customers, each with an owner; teams; consents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from itertools import islice

from core.customers.choices import CustomerKind
from core.customers.models import Customer, CustomerMember
from core.demo.customers import COMPANIES, Buyer, customer_row
from core.demo.stage import Stage
from core.demo.standing import make_consents
from core.demo.year.people import Person
from core.demo.year.stories import Plot, Story
from core.organization.choices import DepartmentKind

DAYS, TOGETHER = 900, 1_000


async def make_customers(
    stage: Stage, people: Collection[Person], stories: Iterable[Story], before: dt.datetime
) -> None:
    """As many as each has, known `before`. Those of key accounts have a team; who stands in is in it too."""
    buyers = ((person, buyer) for person in people for buyer in _buyers(stage, person, before))
    number = 0
    while some := list(islice(buyers, TOGETHER)):
        rows = []
        for person, buyer in some:
            number += 1
            person.customers.append(buyer.id)
            rows.append(customer_row(stage, buyer, f"K{number:06}"))
        await stage.insert(Customer, rows)
        await make_consents(stage, [buyer for _, buyer in some])
    await _make_teams(stage, people, stories)


def _buyers(stage: Stage, person: Person, before: dt.datetime) -> Iterable[Buyer]:
    for _ in range(person.portfolio):
        kind = CustomerKind.COMPANY if stage.invent.often(COMPANIES) else CustomerKind.PERSON
        yield Buyer(stage.ids.new(), kind, person.employee, stage.invent.before(before, DAYS))


async def _make_teams(stage: Stage, people: Collection[Person], stories: Iterable[Story]) -> None:
    support = [one for one in people if one.employee.kind is DepartmentKind.TECHNICAL_SUPPORT]
    keepers = [one for one in people if one.employee.kind is DepartmentKind.KEY_ACCOUNTS]
    teams = {(key, stage.invent.one(support).number) for one in keepers for key in one.customers}
    for story in stories:
        if story.plot is Plot.STANDING_IN and story.whose is not None:
            teams |= {(key, story.who.number) for key in story.whose.customers}
    by_number = {one.number: one for one in people}
    rows = []
    for key, number in sorted(teams):
        by_number[number].team.append(key)
        rows.append({"customer_id": key, "employee_id": by_number[number].id})
    await stage.insert(CustomerMember, rows)
