"""What makes access and marketing lawful: employees' qualifications, customers' consents (ACC-6, CUS-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.access.purposes import NECESSARY, Purpose
from core.consents.choices import ConsentChannel
from core.consents.models import Consent
from core.demo.customers import Buyer
from core.demo.stage import Stage
from core.qualifications.choices import QualificationKind
from core.qualifications.models import EmployeeQualification
from core.qualifications.service import year_after

CONSENTING = 1 / 3
EVIDENCE = ("入会登记表勾选", "电话确认，有录音", "小程序隐私授权", "微信回复同意")
ASKED = tuple(purpose for purpose in Purpose if purpose not in NECESSARY)


async def make_qualifications(stage: Stage) -> None:
    """Everybody has signed and was checked; the last training of each was in the past ten weeks."""
    chance, rows = stage.invent.chance, list[dict[str, Any]]()
    for employee in stage.staff:
        entered = stage.today - dt.timedelta(days=chance.randint(80, 1_000))
        trained = stage.today - dt.timedelta(days=chance.randint(10, 70))
        for kind in QualificationKind:
            training = kind is QualificationKind.TRAINING
            rows.append(
                {
                    "employee_id": employee.id,
                    "kind": kind,
                    "obtained_on": trained if training else entered,
                    "valid_until": year_after(trained) if training else None,
                    "recorded_at": stage.now,
                }
            )
    await stage.insert(EmployeeQualification, rows)


async def make_consents(stage: Stage, buyers: list[Buyer]) -> None:
    """A third of the customers agreed to be invited and to be recommended goods."""
    rows: list[dict[str, Any]] = []
    for buyer in buyers:
        if not stage.invent.often(CONSENTING):
            continue
        given = buyer.since + (stage.now - buyer.since) * stage.invent.chance.random()
        channel, evidence = stage.invent.one(tuple(ConsentChannel)), stage.invent.one(EVIDENCE)
        rows += [
            {
                "customer_id": buyer.id,
                "purpose": purpose,
                "given_at": given,
                "channel": channel,
                "evidence": evidence,
                "recorded_by_id": buyer.owner.id if buyer.owner else None,
                "recorded_at": given,
            }
            for purpose in ASKED
        ]
    await stage.insert(Consent, rows)
