"""Circumstances: relations of rules that are about the caller, the request or a consent.

A rule whose circumstance holds counts as one for `all`, one whose circumstance does not hold is left out
(ACC-6, BEY-8). All are known before a plan is made, but one: `without-consent` is asked of each row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.text import Text

if TYPE_CHECKING:
    from core.access.rules import Rule

WITHOUT_AGREEMENT, WITHOUT_CHECK = "without-agreement", "without-background-check"
WITHOUT_TRAINING, WITHOUT_PURPOSE = "without-training", "without-purpose"
OUTSIDE_HOURS, OUTSIDE_NETWORK = "outside-hours", "outside-network"
WITHOUT_CONSENT, EMERGENCY = "without-consent", "emergency"


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What holds, what ends it, and the one effect that its rules may have."""

    name: str
    about: Text
    remedy: Text
    effect: str = "deny"


DECLARED = (
    Circumstance(
        WITHOUT_AGREEMENT,
        Text("no confidentiality agreement is in force", "无有效的保密协议"),
        Text("sign the agreement and have it recorded", "请签署保密协议并登记"),
    ),
    Circumstance(
        WITHOUT_CHECK,
        Text("no background check is in force", "无有效的背景审查"),
        Text("have the background check made and recorded", "请完成背景审查并登记"),
    ),
    Circumstance(
        WITHOUT_TRAINING,
        Text(
            "protection training is older than twelve months, or there was none",
            "个人信息保护培训已超过十二个月，或从未参加",
        ),
        Text("take the training and have it recorded", "请参加培训并登记"),
    ),
    Circumstance(
        WITHOUT_PURPOSE,
        Text("no purpose of use is declared", "未声明使用目的"),
        Text("declare one in the header Baoke-Purpose", "请在请求头 Baoke-Purpose 中声明"),
    ),
    Circumstance(
        WITHOUT_CONSENT,
        Text("the customer has not consented to the declared purpose", "客户未同意所声明的使用目的"),
        Text("ask for the customer's consent and record it", "请征得客户同意并登记"),
    ),
    Circumstance(
        OUTSIDE_HOURS,
        Text("it is outside working hours", "当前不在工作时间内"),
        Text("ask again within working hours", "请在工作时间内重试"),
    ),
    Circumstance(
        OUTSIDE_NETWORK,
        Text("the request comes from outside the office networks", "请求来自办公网络之外"),
        Text("ask again from the office network", "请在办公网络内重试"),
    ),
    Circumstance(
        EMERGENCY,
        Text("the caller has a break-glass open in this role", "调用者以此角色开启了紧急授权"),
        Text("end the break-glass", "请终止紧急授权"),
        effect="allow",
    ),
)
CIRCUMSTANCES = {one.name: one for one in DECLARED}
QUALIFICATIONS = frozenset({WITHOUT_AGREEMENT, WITHOUT_CHECK, WITHOUT_TRAINING})
"""What an employee may lack; whoever is no employee lacks all of it."""
OF_REQUESTS = frozenset({WITHOUT_PURPOSE, OUTSIDE_HOURS, OUTSIDE_NETWORK})
"""What may be otherwise with each request."""
KNOWN_FIRST = frozenset(CIRCUMSTANCES) - {WITHOUT_CONSENT}
"""What is known before a plan is made."""


def mentioned(rules: Iterable[Rule]) -> frozenset[str]:
    """The circumstances that these rules speak of; no other has to be found out."""
    return frozenset(CIRCUMSTANCES.keys() & {rule.relation for rule in rules})


def resolved(rules: Iterable[Rule], held: Collection[str]) -> tuple[Rule, ...]:
    """The rules as they count while these circumstances hold and no others."""
    return tuple(
        replace(rule, relation="all") if rule.relation in held else rule
        for rule in rules
        if rule.relation not in KNOWN_FIRST or rule.relation in held
    )
