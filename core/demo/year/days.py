"""What the audit records of one day: who read which customers, for what, and what else they did."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.access.purposes import Purpose
from core.audit.choices import AuditKind
from core.audit.entries import Entry, digits
from core.clock import midnight
from core.customers.choices import Channel, Collection, InteractionKind, Source
from core.demo.contacts import SAID
from core.demo.stage import Stage
from core.demo.year.calendar import busyness
from core.demo.year.habits import Pool
from core.demo.year.people import Person
from core.demo.year.stories import Plot, Story

OPENING, CLOSING, LATEST = 8 * 60 + 40, 18 * 60, 21 * 60
EVENING, REFUSED, DAYS_A_MONTH, TWO_PURPOSES = 0.02, 0.01, 22, 0.3
EXPORTED, MOST_NOTED = 60, 3
REFUSED_FIELDS = ("Customer.phone",)
AGAIN = 1.3
"""How often a customer is looked at on a day on which they are looked at."""
BROWSED, COVERED, COUNTED, HANDED_OVER, SAID_NOTHING = 26, 9, 20, 12, 0.9
"""A day's customers of each story, and for how many no purpose is declared in the one about that."""


@dataclass
class Day:
    """One working day: `entries` for the audit, `interactions` as rows."""

    date: dt.date
    begins: dt.datetime
    entries: list[Entry] = field(default_factory=list)
    interactions: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Diary:
    """Writes what everybody does, day by day."""

    stage: Stage
    people: Sequence[Person]
    stories: Sequence[Story]

    def days(self, dates: Sequence[dt.date]) -> Iterator[Day]:
        """Each day with what happened, in the order in which it did."""
        by_department: defaultdict[UUID, list[UUID]] = defaultdict(list)
        everybody: list[UUID] = []
        for person in self.people:
            by_department[person.employee.department] += person.customers
            everybody += person.customers
        for date in dates:
            day = Day(date, midnight(date, self.stage.settings.zone))
            for person in self.people:
                if person.is_in(date):
                    pools = {
                        Pool.TEAM: person.team,
                        Pool.DEPARTMENT: by_department[person.employee.department],
                        Pool.COMPANY: everybody,
                    }
                    self._ordinary(day, person, pools)
            for story in self.stories:
                if story.goes_on(date):
                    self._extraordinary(day, story, by_department)
            day.entries.sort(key=lambda one: one.at)
            yield day

    def _ordinary(self, day: Day, person: Person, pools: Mapping[Pool, Sequence[UUID]]) -> None:
        habit, chance = person.habit, self.stage.invent.chance
        day.entries.append(self._entry(day, person, AuditKind.SIGN_IN, minute=chance.randint(500, 540)))
        much = person.pace * busyness(day.date)
        seen = self._some(person.customers, habit.own * much)
        seen += self._some(pools.get(habit.pool, ()), habit.others * much)
        forgets = person.forgets
        if any(
            one.plot is Plot.PURPOSELESS and one.who is person and one.goes_on(day.date)
            for one in self.stories
        ):
            forgets = SAID_NOTHING
        said = [one for one in seen if chance.random() >= forgets]
        half = len(said) // 2 if chance.random() < TWO_PURPOSES else len(said)
        self._reading(day, person, said[:half], self._purpose(person))
        self._reading(day, person, said[half:], self._purpose(person))
        self._reading(day, person, [one for one in seen if one not in said], None)
        if seen and chance.random() < habit.notes:
            self._note(day, person, seen[: chance.randint(1, MOST_NOTED)])
        if person.leaves is None and chance.random() < habit.exports / DAYS_A_MONTH:
            self._export(day, person, self._some(pools.get(habit.pool) or person.customers, EXPORTED))
        if chance.random() < REFUSED:
            refused = self._entry(day, person, AuditKind.REFUSAL, fields=REFUSED_FIELDS, about="FORBIDDEN")
            day.entries.append(refused)

    def _extraordinary(self, day: Day, story: Story, by_department: Mapping[UUID, Sequence[UUID]]) -> None:
        who, whose = story.who, story.whose
        match story.plot:
            case Plot.BROWSING if whose is not None:
                self._reading(day, who, self._some(whose.customers, BROWSED), Purpose.SERVICE)
            case Plot.LEAVING:
                self._export(day, who, who.customers)
            case Plot.STANDING_IN if whose is not None:
                self._reading(day, who, self._some(whose.customers, COVERED), Purpose.CARE)
            case Plot.STOCK_TAKING:
                pool = by_department[who.employee.department]
                self._reading(day, who, self._some(pool, COUNTED), Purpose.SERVICE)
            case Plot.NEWCOMER:
                self._reading(day, who, self._some(who.customers, HANDED_OVER), Purpose.CARE)

    def _some(self, customers: Sequence[UUID], about: float) -> list[UUID]:
        """About so many of them, each once."""
        if not customers or not about:
            return []
        chance = self.stage.invent.chance
        count = min(len(customers), max(0, round(chance.gauss(about, about**0.5))))
        return chance.sample(customers, count)

    def _purpose(self, person: Person) -> Purpose | None:
        purposes = person.habit.purposes
        if not purposes:
            return None
        return self.stage.invent.chance.choices([*purposes], [*purposes.values()])[0]

    def _reading(self, day: Day, person: Person, customers: Sequence[UUID], purpose: Purpose | None) -> None:
        if customers:
            calls = round(len(customers) * AGAIN)
            day.entries.append(
                self._entry(
                    day,
                    person,
                    AuditKind.READ,
                    operation=person.habit.operation,
                    purpose=purpose,
                    fields=person.habit.fields,
                    customers=customers,
                    calls=calls,
                )
            )

    def _export(self, day: Day, person: Person, customers: Sequence[UUID]) -> None:
        if customers:
            day.entries.append(
                self._entry(
                    day,
                    person,
                    AuditKind.EXPORT,
                    operation="export",
                    purpose=self._purpose(person),
                    fields=person.habit.fields,
                    customers=customers,
                )
            )

    def _note(self, day: Day, person: Person, customers: Sequence[UUID]) -> None:
        """Contacts that were written down: rows, and the records of writing them."""
        for customer in customers:
            kind = self.stage.invent.one(tuple(InteractionKind))
            channel, summaries = SAID.get(kind, (Channel.PHONE, ("例行联系",)))
            key = self.stage.ids.new()
            entry = self._entry(
                day,
                person,
                AuditKind.WRITE,
                operation="recordInteraction",
                about="Interaction",
                row_id=key,
                fields=("Interaction.at", "Interaction.kind", "Interaction.summary"),
                customers=(customer,),
            )
            day.entries.append(entry)
            day.interactions.append(
                {
                    "id": key,
                    "customer_id": customer,
                    "at": entry.at,
                    "kind": kind,
                    "channel": channel,
                    "summary": self.stage.invent.one(summaries),
                    "employee_id": person.id,
                    "source": Source.BUSINESS_CONTACT,
                    "collected_by": Collection.STAFF,
                    "created_at": entry.at,
                }
            )

    def _entry(
        self,
        day: Day,
        person: Person,
        kind: AuditKind,
        *,
        minute: int | None = None,
        customers: Sequence[UUID] = (),
        **more: Any,
    ) -> Entry:
        """At some minute of the working day, now and then of the evening."""
        chance = self.stage.invent.chance
        if minute is None:
            late = chance.random() < EVENING
            minute = chance.randint(CLOSING, LATEST) if late else chance.randint(OPENING, CLOSING)
        at = day.begins + dt.timedelta(minutes=minute, seconds=chance.randrange(60))
        named = [*map(digits, customers)]
        return Entry(at, kind, person.id, person.subject, person.role, customers=named, **more)
