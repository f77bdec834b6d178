"""The company: departments that grow with the number of employees, and who works there."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.demo.stage import Employee, Stage, table
from core.demo.year.calendar import workdays
from core.demo.year.habits import Habit, habits
from core.ids import global_id
from core.organization.choices import DepartmentKind
from core.organization.models import Department, EmployeeRole
from core.organization.models import Employee as EmployeeRow

BRANCH = 12
"""About how many work in a branch of the sales or of the service."""
LEAVING, LONGEST_ABSENCE = 0.02, 10
SICK, SICK_DAYS = 0.012, 3


@dataclass(frozen=True)
class Part:
    """A sort of department: a line of `departments.csv`. The first of it has the role `head`."""

    name: str
    kind: DepartmentKind
    share: float
    head: str
    role: str
    customers: tuple[int, int]
    branches: bool


def parts() -> list[Part]:
    """All of them, the largest first."""
    return [
        Part(
            line["name"],
            DepartmentKind[line["kind"]],
            float(line["share"]),
            line["head"],
            line["role"],
            (int(line["fewest"]), int(line["most"])),
            bool(line["branches"]),
        )
        for line in table("year/departments.csv")
    ]


@dataclass
class Person:
    """An employee and the year before them. `forgets`: share of readings without a purpose."""

    employee: Employee
    number: str
    name: str
    role: str
    joined: dt.date
    portfolio: int
    pace: float
    forgets: float
    away: set[dt.date]
    leaves: dt.date | None = None
    customers: list[UUID] = field(default_factory=list)
    team: list[UUID] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        """The key."""
        return self.employee.id

    @property
    def subject(self) -> str:
        """The `sub` of the tokens."""
        return global_id("emp", self.id)

    @property
    def habit(self) -> Habit:
        """What is usual in the role."""
        return habits()[self.role]

    def is_in(self, day: dt.date) -> bool:
        """Whether they work on this working day."""
        return self.joined <= day and (self.leaves is None or day <= self.leaves) and day not in self.away


async def make_departments(stage: Stage, employees: int) -> list[tuple[Part, UUID, int]]:
    """Write the tree; each department in which somebody works, with how many."""
    top = stage.ids.new()
    rows: list[dict[str, Any]] = [_department(top, "公司", DepartmentKind.LEADING_GROUP, None)]
    places: list[tuple[Part, UUID, int]] = []
    left = employees
    largest, *others = parts()
    for part in others:
        count = max(1, round(part.share * employees))
        left -= count
        places += _places(stage, part, count, top, rows)
    places[:0] = _places(stage, largest, left, top, rows)
    founded = {"created_at": stage.now - dt.timedelta(days=4_000)}
    await stage.insert(Department, [row | founded for row in rows])
    return places


def _places(
    stage: Stage, part: Part, count: int, top: UUID, rows: list[dict[str, Any]]
) -> list[tuple[Part, UUID, int]]:
    key = stage.ids.new()
    rows.append(_department(key, part.name, part.kind, top))
    if not part.branches or count < 2 * BRANCH * 2 // 3:
        return [(part, key, count)]
    branches = math.ceil(count / BRANCH)
    found = []
    for number in range(branches):
        branch = stage.ids.new()
        rows.append(_department(branch, f"{part.name}{number + 1}组", part.kind, key))
        found.append((part, branch, count // branches + (number < count % branches)))
    return found


def _department(key: UUID, name: str, kind: DepartmentKind, parent: UUID | None) -> dict[str, Any]:
    return {"id": key, "name": name, "kind": kind, "parent_id": parent}


def hire(
    stage: Stage, places: Sequence[tuple[Part, UUID, int]], first: dt.date, until: dt.date
) -> list[Person]:
    """Who works where. Every fiftieth salesperson or so leaves in the course of the year."""
    chance, days = stage.invent.chance, workdays(first, until)
    people: list[Person] = []
    for part, department, count in places:
        for place in range(count):
            low, high = part.customers
            person = Person(
                employee=Employee(stage.ids.new(), department, part.kind),
                number=f"E{len(people) + 1:04}",
                name=stage.invent.person(),
                role=part.role if place else part.head,
                joined=first - dt.timedelta(days=chance.randint(60, 4_000)),
                portfolio=chance.randint(low, high),
                pace=math.exp(chance.gauss(0, 0.2)),
                forgets=chance.uniform(0, 0.03),
                away=absences(stage, days),
            )
            if part.kind is DepartmentKind.SALES and stage.invent.often(LEAVING):
                person.leaves = chance.choice(days)
            stage.staff.append(person.employee)
            people.append(person)
    return people


def absences(stage: Stage, days: Sequence[dt.date]) -> set[dt.date]:
    """A holiday, and days of illness."""
    chance = stage.invent.chance
    away: set[dt.date] = set()
    for _ in range(1 + len(days) // 120):
        start = chance.randrange(len(days))
        away.update(days[start : start + chance.randint(2, LONGEST_ABSENCE)])
    for i in range(len(days)):
        if stage.invent.often(SICK):
            away.update(days[i : i + chance.randint(1, SICK_DAYS)])
    return away


async def write_people(stage: Stage, people: Collection[Person]) -> None:
    """Employees with their roles; who has left has none any more."""
    rows, roles = [], []
    for person in people:
        rows.append(
            {
                "id": person.id,
                "name": person.name,
                "staff_number": person.number,
                "subject": person.subject,
                "department_id": person.employee.department,
                "phone": stage.invent.phone(),
                "joined_on": person.joined,
                "leaves_on": person.leaves,
                "created_at": dt.datetime.combine(person.joined, dt.time(9), stage.settings.zone),
            }
        )
        if person.leaves is None or person.leaves >= stage.today:
            roles.append({"employee_id": person.id, "role": person.role})
    await stage.insert(EmployeeRow, rows)
    await stage.insert(EmployeeRole, roles)
