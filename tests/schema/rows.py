"""A small company with nasty rows, the same for both databases and for the judge."""

import datetime as dt
import itertools
import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.purposes import Purpose
from core.db.database import Database
from core.db.model import Model, sealed_fields
from core.db.sealing import Sealer
from core.db.types import Choice, Json, UtcTime
from tests.schema.straw import MODELS

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]
"""Type name to rows; sealed fields by their own name, in their normal form."""

NASTY = (
    "",
    "王伟",
    "王 伟",
    'quo"te',
    "back\\slash \\u0041",
    "tab\t\n\r\b\f\x1f\x7f",
    "\x010:deadbeef\x01",
    "'; DROP TABLE customers; --",
    "%s %(x)s :x $1 ? {} ||",
    "é",
    "e\u0301",
    "😀\u2028\u200d",
    "Z",
    "a",
    "null",
)
PLAIN = tuple(t for t in NASTY if t and t.isprintable() and t == t.strip() and t != "e\u0301")
SEALED = {
    "phone": ("13800138000", "13912345678", "010-12345678", "+442079460958"),
    "email": ("a@example.com", "wang.wei@example.cn", "o'brien@example.org"),
    "wechat": ("wang_wei", "abcdef", "z-9999999"),
    "address": PLAIN,
    "identity_number": ("11010519491231002X", "440524188001010014"),
    "notes": (*PLAIN, 'first\n"second"\ttab'),
}
AMOUNTS = (0, -5, 1, 100, 2933, -123456, 10**12, 2**53 - 1, -(2**53) + 1)
CURRENCIES = ("CNY", "JPY", "KWD")
OBJECTS: tuple[Any, ...] = ({}, {"b": [1, None, "\x01"], "a": {"z": -1, "é": "王"}}, [], "text", 0)
START = dt.datetime(2024, 1, 30, 16, tzinfo=dt.UTC)
MICROSECONDS = (0, 0, 1, 500_000, 123_456, 999_999)
FEW = 6
HOW_MANY = {
    "Department": 7,
    "Employee": 8,
    "EmployeeRole": 10,
    "TierScheme": 3,
    "Tier": 7,
    "TierRule": 5,
    "Customer": 26,
    "CustomerMember": 0,  # the team of each customer is made with it
    "Consent": 40,
    "Purchase": 60,
    "Interaction": 40,
    "Preference": 24,
    "TierAssignment": 30,
    "Activity": 9,
    "Participation": 36,
    "Assessment": 24,
    "Approval": 9,
    "PolicyChange": 8,
    "PolicyVersion": 6,
    "PolicyRole": 9,
    "PolicyInheritance": 8,
    "PolicyRule": 24,
    "RecordedOperation": 5,
    "RecordedOperationDay": 9,
    "LoyaltyEntry": 44,
    "LoyaltyReward": 7,
}
PARENTS = (None, 0, 1, 0, None, 4, None)  # three deep, and a second tree
LIVES_IN = (1, 2, 0, 4, 5, 3, 1, 6)
"""Department of each employee; number 0 heads a branch, 1 sits in its leaf, 3 in the other tree."""


class Draw:
    """Seeded choices."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311
        self._keys = itertools.count(1)

    def key(self) -> UUID:
        """Keys whose order is not the order in which the rows were made."""
        return UUID(int=self.random.getrandbits(80) << 48 | 7 << 76 | 2 << 62 | next(self._keys))

    def maybe(self, value: Any, chance: float = 0.65) -> Any:
        return value if self.random.random() < chance else None

    def time(self) -> dt.datetime:
        days, part = self.random.randint(0, 8), self.random.choice(MICROSECONDS)
        return START + dt.timedelta(days=days, microseconds=part)

    def of(self, column: Any) -> Any:
        """Some value of a column of a table."""
        pick, kind = self.random.choice, column.type
        match kind:
            case UtcTime():
                value: Any = self.time()
            case Choice():
                value = pick(list(kind.enum_class))
            case Json():
                value = pick(OBJECTS)
            case sa.BigInteger():
                value = pick(AMOUNTS)
            case sa.Uuid():  # of what is in no table, or may be gone
                value = self.key()
            case sa.LargeBinary():
                value = self.random.randbytes(8)
            case sa.Boolean():
                value = pick((True, False))
            case sa.Date():
                value = dt.date(1980, 1, 1) + dt.timedelta(days=self.random.randint(0, 4))
            case sa.Integer():
                value = self.random.randint(-2, 4)
            case _:
                value = pick(CURRENCIES if column.name.endswith("currency") else NASTY)
        return self.maybe(value) if column.nullable else value


def make(seed: int = 7) -> Rows:
    """All rows of all tables; every cell of a customer is occupied for employees 0 and 1."""
    draw = Draw(seed)
    rows: dict[str, list[Row]] = {name: [] for name in MODELS}
    tables = {model.__tablename__: name for name, model in MODELS.items()}
    for name, model in MODELS.items():
        sealed = sealed_fields(model)
        for i in range(HOW_MANY.get(name, FEW)):
            row: Row = {}
            for column in model.__table__.c:
                foreign = next(iter(column.foreign_keys), None)
                if "sealed" in column.info:
                    continue
                if column.primary_key:
                    row[column.name] = draw.key()
                elif foreign is not None:
                    choices = rows[tables[foreign.column.table.name]]
                    key = draw.random.choice(choices)["id"] if choices else None
                    row[column.name] = draw.maybe(key, 0.75) if column.nullable else key
                else:
                    row[column.name] = draw.of(column)
            row |= {f: draw.maybe(draw.random.choice(SEALED[f])) for f in sealed}
            ARRANGE.get(name, lambda *_: None)(row, i, rows)
            rows[name].append(row)
        rows[name] = _unique(model, rows[name])
        if name == "Customer":
            rows["CustomerMember"] += _occupy_cells(draw, rows)
    return rows


def _department(row: Row, i: int, rows: Rows) -> None:
    above = PARENTS[i]
    row["parent_id"] = None if above is None else rows["Department"][above]["id"]


def _employee(row: Row, i: int, rows: Rows) -> None:
    row |= {
        "department_id": rows["Department"][LIVES_IN[i]]["id"],
        "staff_number": f"{i}\u200d",
        "subject": f"e{i}",
    }


def _customer(row: Row, i: int, _rows: Rows) -> None:
    row["number"] = f"C-{i % 10}{NASTY[i % len(NASTY)]}{i}"


def _assignment(row: Row, i: int, rows: Rows) -> None:
    tier = rows["Tier"][i % len(rows["Tier"])]
    row |= {"tier_id": tier["id"], "scheme_id": tier["scheme_id"], "ended_at": row["ended_at"] or START}


def _named(field: str) -> Any:
    return lambda row, i, _rows: row.update({field: f"{row[field]}{i}"})


def _consent(row: Row, i: int, rows: Rows) -> None:
    """At most one in force for each customer and purpose; half of the customers have one for invitations."""
    customers, purposes = rows["Customer"], list(Purpose)
    row["customer_id"] = customers[2 * i % len(customers)]["id"]
    row["purpose"] = purposes[(2 * i // len(customers) + 2) % len(purposes)]


ARRANGE: dict[str, Any] = {
    "Department": _department,
    "Employee": _employee,
    "Customer": _customer,
    "TierAssignment": _assignment,
    "PolicyVersion": lambda row, i, _rows: row.update(number=i),
    "PolicyRole": _named("name"),
    "PolicyInheritance": _named("role"),
    "PolicyRule": _named("role"),
    "TierScheme": _named("code"),
    "Tier": lambda row, i, _rows: row.update(code=f"t{i}", rank=i),
    "TierRule": lambda row, i, _rows: row.update(version=i),
    "Consent": _consent,
    "Purchase": lambda row, i, _rows: row.update(reference=row["reference"] and f"{row['reference']}{i}"),
}


def _occupy_cells(draw: Draw, rows: Rows) -> list[Row]:
    """Owner, team and department; the first 16 customers take employees 0 and 1 through all eight cells."""
    employees, departments = [e["id"] for e in rows["Employee"]], [d["id"] for d in rows["Department"]]
    members = []
    for i, customer in enumerate(rows["Customer"]):
        team = {e for e in employees[2:] if draw.maybe(e, 0.2)}
        if i < 16:
            me, cell = employees[i // 8], i % 8
            near, far = departments[LIVES_IN[i // 8]], departments[4]
            customer["owner_id"] = me if cell & 1 else draw.maybe(employees[5])
            customer["department_id"] = near if cell & 4 else draw.maybe(far)
            team |= {me} if cell & 2 else set()
        members += [{"id": draw.key(), "customer_id": customer["id"], "employee_id": e} for e in sorted(team)]
    return members


def _unique(model: type[Model], rows: list[Row]) -> list[Row]:
    """Without the rows that would repeat what has to be unique."""
    kept: list[Row] = []
    rules = [
        [c.name for c in rule.columns]
        for rule in model.__table__.constraints  # type: ignore[attr-defined]
        if isinstance(rule, sa.UniqueConstraint)
    ]
    for row in rows:
        if not any(all(row[c] == other[c] is not None for c in names) for names in rules for other in kept):
            kept.append(row)
    return kept


async def load(database: Database, rows: Rows) -> None:
    """Write the rows into a migrated database."""
    async with database.unit_of_work() as work:
        for name, model in MODELS.items():
            if found := [stored(model, row, work.sealer) for row in rows[name]]:
                await work.session.execute(sa.insert(model), found)


def stored(model: type[Model], row: Row, sealer: Sealer) -> Row:
    """A row with the columns of its sealed fields."""
    sealed = sealed_fields(model)
    columns = {name: value for name, value in row.items() if name not in sealed}
    for name, field in sealed.items():
        columns |= sealer.columns_of(field, row[name])
    return columns
