"""No side door: whatever is asked, what may not be seen makes no difference (PRM-7, BEY-1, ACC-2).

`make attacks` tries a lot: N attacks of each probe by each role, SEED for other ones. A finding says how to
repeat it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import pytest

from core.access.circumstances import WITHOUT_PURPOSE
from core.access.rules import EVERYONE, SHOW, Policy, Rule
from schema.kit.probes import PROBES
from schema.kit.run import Finding, Plan, Report, assail
from schema.kit.stage import Caller
from tests.kit.conftest import DRAWN, ROLES, Theatre, drawn_policy

pytestmark = pytest.mark.no_cover
"""Drawn and repeated so often that tracing every line would take longer than the tests."""

MANY = int(os.environ.get("N", "1"))  # noqa: TID251
SEED = int(os.environ.get("SEED", "0"))  # noqa: TID251
LONG = MANY > 1
DATABASES = ("sqlite", "postgres")
PLAN = Plan(MANY, SEED, depth=4) if LONG else Plan(MANY, SEED, reading=("near", "more"))
PART = 3
"""Roles of one test; parallel workers share the parts."""


def told(findings: Iterable[Finding]) -> str:
    return "\n\n".join(f"repeat it with SEED={SEED} N={MANY}\n{finding}" for finding in findings)


def round_of(theatre: Theatre, name: str, callers: list[Caller], policy: Policy | None = None) -> Report:
    """One round; afterwards the policy is what it was."""
    stage = theatre.stage(name)
    policies, before = stage.app.policies, stage.app.policies.current
    if policy is not None:
        policies.replace(policy, policies.epoch)
    try:
        return theatre.runner.run(assail(stage, callers, PLAN))
    finally:
        policies.replace(before, policies.epoch)


def roles_of(name: str) -> Sequence[str]:
    """In short, half of them on each database."""
    return ROLES if LONG else ROLES[DATABASES.index(name) :: 2]


PARTS = [(name, part) for name in DATABASES for part in range(0, len(roles_of(name)), PART)]


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_shipped_roles(theatre: Theatre, name: str, part: int) -> None:
    callers = [Caller(role) for role in roles_of(name)[part : part + PART]]
    strangers = [Caller("salesperson", stranger=True)] if part == 0 else []
    report = round_of(theatre, name, [*callers, *strangers])
    assert not report.findings, told(report.findings)
    assert set(report.tried) == {probe.name for probe in PROBES}
    assert report.answers[200] > report.answers.total() / 3, report.answers


@pytest.mark.parametrize(("name", "role"), [("sqlite", "leader"), ("postgres", "salesperson")])
def test_without_a_purpose_no_door_gives_a_contact(theatre: Theatre, name: str, role: str) -> None:
    """ACC-6: whoever declares none has no phone numbers, not even of own customers, by whatever question."""
    line = Rule(EVERYONE, "class:contact", SHOW, WITHOUT_PURPOSE, "deny")
    policy = theatre.stage(name).app.policies.current.with_rules([line])
    report = round_of(theatre, name, [Caller(role)], policy)
    assert not report.findings, told(report.findings)
    assert report.answers[200] > report.answers.total() / 3, report.answers


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize("part", range(0, len(DRAWN) if LONG else 1, 2))
def test_drawn_roles(theatre: Theatre, name: str, part: int) -> None:
    """Under rules that nobody would write, INTERNAL fields are hidden too."""
    callers = [Caller(role) for role in DRAWN[part : part + 2]]
    policy = drawn_policy(theatre.stage(name), SEED + DATABASES.index(name))
    report = round_of(theatre, name, callers, policy)
    assert not report.findings, told(report.findings)
