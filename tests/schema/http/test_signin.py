"""PRM-4, ACC-4, PRM-8: who comes in, in which role, and how soon a change holds."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from core.access.circumstances import (
    EMERGENCY,
    OUTSIDE_HOURS,
    OUTSIDE_NETWORK,
    WITHOUT_AGREEMENT,
    WITHOUT_CHECK,
    WITHOUT_PURPOSE,
    WITHOUT_TRAINING,
)
from core.access.current import Policies
from core.access.occasion import Occasion
from core.access.occasion import Office as Surroundings
from core.access.plan import AccessPlan
from core.access.purposes import Purpose
from core.access.rules import EVERYONE, Policy, Role, Rule
from core.access.viewer import Viewer
from core.clock import HeldClock
from core.errors import Unauthenticated, Unavailable
from core.identity.tokens import TokenVerifier
from core.settings import Settings
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
    held: frozenset[str] = frozenset()
    emergency: UUID | None = None
    until: dt.datetime | None = None

    def acting_in(self, _: str) -> "Person":
        return self


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

    def plan(self, role: str, held: frozenset[str], purpose: Purpose | None) -> AccessPlan:
        self.plans += 1
        return cast("AccessPlan", SimpleNamespace(role=role, held=held, purpose=purpose))


class Heard:
    """Stands for the audit."""

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []

    def note_sign_in(self, viewer: Viewer) -> None:
        self.said.append(("came in", viewer.subject, *viewer.roles))

    def note_refusal(self, viewer: Viewer, operation: None, code: str, field: None) -> None:
        assert (operation, field) == (None, None)
        self.said.append((code, viewer.subject, *viewer.roles))


def sign_in(
    office: Office,
    clock: HeldClock | None = None,
    *circumstances: str,
    witness: Heard | None = None,
    **given: Any,
) -> SignIn:
    """`circumstances`: those of which the policy has a rule; `given`: settings."""
    clock = clock or HeldClock(START)
    roles = {name: Role(name, TITLE) for name in (EVERYONE, "leader", "auditor")}
    rules = tuple(Rule(EVERYONE, "class:contact", "show", one, "deny") for one in circumstances)
    policy = Policy(rules, roles, {})
    return SignIn(
        verifier=TokenVerifier(settings(), clock),
        policies=Policies(policy),
        load_principal=office.load,
        plan_for=office.plan,
        office=Surroundings.of(Settings(env="development", _env_file=None, **given)),
        clock=clock,
        keep_seconds=2,
        witness=witness,
    )


async def test_who_came_in_and_who_was_kept_out_is_told_once_a_token() -> None:
    """ACC-3: sign-ins. A forged token tells nothing of anybody, so it is not told."""
    office, clock, heard = Office(), HeldClock(START), Heard()
    checked = sign_in(office, clock, witness=heard)
    for language in ("en", "zh", "en"):
        await checked(header(), language)
    clock.advance(dt.timedelta(seconds=3))
    await checked(header(), "en")
    assert heard.said == [("came in", "emp_1", "leader")]
    office.people["emp_1"] = Person(suspended=True)
    clock.advance(dt.timedelta(seconds=3))
    for token in (header(), header(), header()[:-2] + b"xx", b"Bearer x"):
        with pytest.raises(Unauthenticated):
            await checked(token, "en")
    assert heard.said[1:] == [("UNAUTHENTICATED", "emp_1", "leader")]


def header(**overrides: object) -> bytes:
    return b"Bearer " + sign(claims(**overrides)).encode()


async def test_an_employee_comes_in_with_their_departments() -> None:
    viewer = await sign_in(Office())(header(), "zh")
    assert (viewer.subject, viewer.employee, viewer.departments) == ("emp_1", LI, (UUID(int=7),))
    assert (viewer.roles, viewer.language) == (("leader",), "zh")
    assert viewer.plan.role == "leader"  # type: ignore[attr-defined]


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


async def test_principals_are_kept_for_a_moment() -> None:
    office, clock = Office(), HeldClock(START)
    checked = sign_in(office, clock)
    _, *viewers = [await checked(header(), "en") for _ in range(3)]
    assert office.asked == 1
    assert viewers[0] is viewers[1]
    clock.advance(dt.timedelta(seconds=2))
    await checked(header(), "en")
    assert office.asked == 2
    checked.forget()
    await checked(header(), "en")
    assert office.asked == 3


async def test_what_holds_of_the_caller_counts_where_a_rule_speaks_of_it() -> None:
    lacking = frozenset({WITHOUT_TRAINING, WITHOUT_CHECK})
    office = Office({"emp_1": Person(held=lacking)})
    viewer = await sign_in(office, None, WITHOUT_TRAINING)(header(), "en")
    assert viewer.held == viewer.plan.held == {WITHOUT_TRAINING}  # type: ignore[attr-defined]
    assert (await sign_in(office)(header(), "en")).held == frozenset()


async def test_a_stranger_has_no_qualification() -> None:
    checked = sign_in(Office(), None, WITHOUT_TRAINING, WITHOUT_AGREEMENT)
    assert (await checked(header(sub="shop-7"), "en")).held == {WITHOUT_TRAINING, WITHOUT_AGREEMENT}


async def test_nobody_is_kept_longer_than_what_holds_of_them() -> None:
    """Training runs out, a break-glass ends: at that moment, not some seconds later."""
    ends, clock = START + dt.timedelta(seconds=1), HeldClock(START)
    office = Office({"emp_1": Person(held=frozenset({EMERGENCY}), emergency=LI, until=ends)})
    checked = sign_in(office, clock, EMERGENCY)
    viewer = await checked(header(), "en")
    assert viewer.emergency == LI
    assert viewer.held == {EMERGENCY}
    office.people["emp_1"] = Person()
    clock.advance(dt.timedelta(seconds=0.9))
    assert (await checked(header(), "en")).emergency == LI
    clock.advance(dt.timedelta(seconds=0.1))
    viewer = await checked(header(), "en")
    assert (viewer.emergency, viewer.held) == (None, frozenset())


async def test_what_holds_of_the_request_is_asked_each_time() -> None:
    clock = HeldClock(START)
    checked = sign_in(
        Office(), clock, WITHOUT_PURPOSE, OUTSIDE_HOURS, OUTSIDE_NETWORK, office_networks="10.0.0.0/8"
    )
    inside, outside = Occasion(Purpose.CARE, "10.0.0.1"), Occasion(None, "8.8.8.8")
    viewer = await checked(header(), "en", inside)
    assert (viewer.purpose, viewer.held) == (Purpose.CARE, frozenset())
    assert (await checked(header(), "en", outside)).held == {WITHOUT_PURPOSE, OUTSIDE_NETWORK}
    viewer = await checked(header(), "en", inside)
    assert (await checked(header(), "en", inside)) is viewer
    late = sign_in(Office(), clock, OUTSIDE_HOURS, working_hours="Mon 00:00-00:01", time_zone="UTC")
    assert (await late(header(), "en", inside)).held == {OUTSIDE_HOURS}


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
