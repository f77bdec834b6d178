"""PRM-4, ACC-4, PRM-8: who comes in, in which role, and how soon a change holds."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest

from core.access.current import Policies
from core.access.plan import AccessPlan
from core.access.rules import EVERYONE, Policy, Role
from core.clock import HeldClock
from core.errors import Unauthenticated, Unavailable
from core.identity.tokens import TokenVerifier
from core.text import Text
from schema.http.signin import SignIn, bearer
from tests.core.identity.test_tokens import START, claims, settings, sign

LI = UUID(int=1)
TITLE = Text("x", "x")


@dataclass
class Person:
    employee: UUID = LI
    roles: Sequence[str] = ("leader",)
    suspended: bool = False
    departments: Sequence[UUID] = (UUID(int=7),)
    narrow: frozenset[str] = frozenset()


@dataclass
class Office:
    """One who is employed, and how often was asked."""

    people: dict[str, Person] = field(default_factory=lambda: {"emp_1": Person()})
    asked: int = 0
    plans: int = 0
    gate: asyncio.Event | None = None
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def load(self, subject: str) -> Person | None:
        self.asked += 1
        self.began.set()
        found = self.people.get(subject)
        if self.gate:
            await self.gate.wait()
        return found

    def plan(self, roles: tuple[str, ...]) -> AccessPlan:
        self.plans += 1
        return cast("AccessPlan", SimpleNamespace(roles=roles))


def sign_in(office: Office, clock: HeldClock | None = None) -> SignIn:
    clock = clock or HeldClock(START)
    roles = {name: Role(name, TITLE) for name in (EVERYONE, "leader", "auditor")}
    policy = Policy((), roles, {})
    return SignIn(
        verifier=TokenVerifier(settings(), clock),
        policies=Policies(policy),
        load_principal=office.load,
        plan_for=office.plan,
        clock=clock,
        keep_seconds=2,
    )


def header(**overrides: object) -> bytes:
    return b"Bearer " + sign(claims(**overrides)).encode()


async def test_an_employee_comes_in_with_their_departments() -> None:
    viewer = await sign_in(Office())(header(), "zh")
    assert (viewer.subject, viewer.employee, viewer.departments) == ("emp_1", LI, (UUID(int=7),))
    assert (viewer.roles, viewer.language) == (("leader",), "zh")
    assert viewer.plan.roles == ("leader",)  # type: ignore[attr-defined]


async def test_a_stranger_has_no_relation() -> None:
    viewer = await sign_in(Office())(header(sub="shop-7"), "en")
    assert (viewer.subject, viewer.employee, viewer.departments) == ("shop-7", None, ())


@pytest.mark.parametrize("role", ["unknown", EVERYONE, "auditor", "Leader"])
async def test_a_role_must_be_declared_and_held(role: str) -> None:
    with pytest.raises(Unauthenticated):
        await sign_in(Office())(header(role=role), "en")


@pytest.mark.parametrize("value", [None, b"", b"Bearer", b"Bearer ", b"Basic abc", b"bearer\xff", b"Token x"])
def test_only_a_bearer_token_counts(value: bytes | None) -> None:
    with pytest.raises(Unauthenticated):
        bearer(value)


def test_the_scheme_is_case_insensitive() -> None:
    assert bearer(b"bEARER  a.b.c ") == "a.b.c"


async def test_a_suspension_holds_at_once_here_and_within_seconds_elsewhere() -> None:
    office, clock = Office(), HeldClock(START)
    checked = sign_in(office, clock)
    await checked(header(), "en")
    office.people["emp_1"] = Person(suspended=True)
    clock.advance(dt.timedelta(seconds=2))
    with pytest.raises(Unauthenticated):
        await checked(header(), "en")
    office.people["emp_1"] = Person()
    checked.forget("emp_1")
    await checked(header(), "en")


async def test_principals_are_kept_for_a_moment_and_plans_until_the_policy_changes() -> None:
    office, clock = Office(), HeldClock(START)
    checked = sign_in(office, clock)
    for _ in range(3):
        await checked(header(), "en")
    assert (office.asked, office.plans) == (1, 1)
    clock.advance(dt.timedelta(seconds=2))
    await checked(header(), "en")
    assert (office.asked, office.plans) == (2, 1)
    checked.forget()
    await checked(header(), "en")
    assert (office.asked, office.plans) == (3, 2)


async def test_many_at_once_ask_once_and_one_who_leaves_does_not_matter() -> None:
    office = Office(gate=asyncio.Event())
    checked = sign_in(office)
    waiting = [asyncio.create_task(checked(header(), "en")) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    assert office.gate
    office.gate.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(answer, BaseException) for answer in answers] == [True, False, False, False, False]
    assert office.asked == 1


async def test_what_was_read_before_it_was_forgotten_is_not_kept() -> None:
    office = Office(gate=asyncio.Event())
    checked = sign_in(office)
    waiting = asyncio.create_task(checked(header(), "en"))
    await office.began.wait()
    office.people["emp_1"] = Person(suspended=True)
    checked.forget("emp_1")
    assert office.gate
    office.gate.set()
    await waiting
    with pytest.raises(Unauthenticated):
        await checked(header(), "en")


async def test_without_the_database_nobody_comes_in() -> None:
    office = Office()
    checked = sign_in(office)

    async def away(_: str) -> Person | None:
        raise Unavailable

    checked._load = away
    for _ in range(2):
        with pytest.raises(Unavailable):
            await checked(header(), "en")


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.http.signin.MOST_KEPT", 3)
    checked = sign_in(Office())
    for number in range(6):
        await checked(header(sub=f"shop-{number}"), "en")
    assert len(checked._kept) == 3
