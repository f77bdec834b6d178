"""Customers and their purchases: real purchases (CDNOW), invented people (CUS-1, CUS-2)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from core.customers.choices import Channel, Collection, CompanySize, CustomerKind, Source
from core.customers.importing.faults import Fault
from core.customers.importing.layouts import cdnow_rows
from core.customers.importing.lines import open_text
from core.customers.importing.purchases import Reading
from core.customers.models import Customer, CustomerMember, Purchase
from core.customers.totals import recount
from core.demo.invented import PLACES
from core.demo.stage import FOLDER, Employee, Stage
from core.organization.choices import DepartmentKind

SAMPLE: Path = FOLDER / "cdnow_sample.txt"
COMPANIES, KEY_SPENDER_MINOR = 0.05, 40_000
SHOPS, CATEGORIES = ("门店", "官网", "小程序"), ("流行", "古典", "摇滚", "爵士", "民乐", "原声")
ORIGINS = (
    (Source.ACTIVITY, Collection.PAPER_FORM),
    (Source.BUSINESS_CONTACT, Collection.STAFF),
    (Source.PURCHASE, Collection.APP),
    (Source.WEB, Collection.WEBSITE),
    (Source.SOCIAL_MEDIA, Collection.WECHAT),
    (Source.REFERRAL, Collection.STAFF),
)
NOTES = (
    "喜欢限量版，到货请先通知",
    "下午三点后方便接听电话",
    "曾咨询企业团购",
    "对包装要求较高",
    "偏好电子发票",
)


@dataclass(frozen=True)
class Buyer:
    """A customer who was made, and who looks after them."""

    id: UUID
    kind: CustomerKind
    owner: Employee | None
    since: dt.datetime


async def make_customers(stage: Stage) -> tuple[list[Buyer], int]:
    """The customers with their purchases, teams and totals. Also: by how many weeks the days were moved."""
    purchases, weeks = _purchases(stage)
    sellers, keepers = stage.of(DepartmentKind.SALES), stage.of(DepartmentKind.KEY_ACCOUNTS)
    buyers, rows, bought = [], [], []
    for number, own in purchases.items():
        company = stage.invent.often(COMPANIES)
        key_account = company or sum(p["amount_minor"] for p in own) > KEY_SPENDER_MINOR
        owner = stage.invent.one(keepers if key_account else sellers) if stage.invent.often(0.96) else None
        kind = CustomerKind.COMPANY if company else CustomerKind.PERSON
        buyer = Buyer(stage.ids.new(), kind, owner, min(p["at"] for p in own))
        buyers.append(buyer)
        rows.append(customer_row(stage, buyer, number))
        bought += [{"customer_id": buyer.id, **p} for p in own]
    await stage.insert(Customer, rows)
    await stage.insert(Purchase, bought)
    await stage.insert(CustomerMember, _teams(stage, buyers))
    await recount(stage.work.session)
    return buyers, weeks


def _purchases(stage: Stage) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """By customer number, moved by whole weeks so that the last day is one of the past seven."""
    reading = Reading(stage.settings.zone, stage.settings.currency, stage.now)
    rows = [
        row
        for line in cdnow_rows(open_text(SAMPLE).lines())
        if not isinstance(row := _read(reading, line), Fault)
    ]
    weeks = ((stage.today - max(row["day"] for row in rows)).days - 1) // 7
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        day = row["day"] + dt.timedelta(weeks=weeks)
        at = dt.datetime.combine(day, dt.time(12), stage.settings.zone).astimezone(dt.UTC)
        figures = {name: row[name] for name in ("amount_minor", "currency", "quantity")}
        found[row["number"]].append(
            {
                "at": at,
                **figures,
                "category": stage.invent.one(CATEGORIES),
                "channel": stage.invent.one(SHOPS),
                "source": Source.PURCHASE,
                "collected_by": Collection.IMPORT,
                "created_at": at,
                "reference": f"D{row['line']:05d}",
            }
        )
    return found, weeks


def _read(reading: Reading, line: Any) -> Any:
    return line if isinstance(line, Fault) else reading.row(*line)


def customer_row(stage: Stage, buyer: Buyer, number: str) -> dict[str, Any]:
    """The row of a customer, invented."""
    invent, company = stage.invent, buyer.kind is CustomerKind.COMPANY
    region, city, district = invent.one(PLACES)
    name, industry = invent.company(city) if company else (invent.person(), None)
    birthday = None if company else invent.birthday(stage.today)
    source, collected = invent.one(ORIGINS)
    return {
        "id": buyer.id,
        "kind": buyer.kind,
        "name": name,
        "number": number,
        "phone": invent.phone(),
        "email": f"c{number}@example.com" if invent.often(0.6) else None,
        "wechat": f"demo_{number}" if invent.often(0.5) else None,
        "address": invent.address(city, district) if invent.often(0.5) else None,
        "identity_number": invent.identity(birthday) if birthday and invent.often(0.15) else None,
        "notes": invent.one(NOTES) if invent.often(0.2) else None,
        "birthday": birthday,
        "industry": industry,
        "region": region,
        "size": invent.one(tuple(CompanySize)) if company else None,
        "source": source,
        "collected_by": collected,
        "preferred_channel": invent.one(tuple(Channel)) if invent.often(0.8) else None,
        "spend_currency": stage.settings.currency,
        "owner_id": buyer.owner.id if buyer.owner else None,
        "department_id": buyer.owner.department if buyer.owner else stage.departments["客户服务部"],
        "created_at": buyer.since,
        "updated_at": buyer.since,
    }


def _teams(stage: Stage, buyers: list[Buyer]) -> list[dict[str, Any]]:
    """Key accounts have support and service beside the owner (KEY-2); some others a second seller."""
    made = []
    for buyer in buyers:
        if buyer.owner is None:
            continue
        if buyer.owner.kind is DepartmentKind.KEY_ACCOUNTS:
            team = [
                stage.invent.one(stage.of(DepartmentKind.TECHNICAL_SUPPORT)),
                stage.invent.one(stage.of(DepartmentKind.CUSTOMER_SERVICE)),
            ]
        elif stage.invent.often(0.03):
            team = [stage.invent.one([e for e in stage.of(DepartmentKind.SALES) if e is not buyer.owner])]
        else:
            continue
        made += [{"customer_id": buyer.id, "employee_id": employee.id} for employee in team]
    return made
