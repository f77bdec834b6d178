"""Suspending, and what becomes of it (ACC-4)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.access.rules import Rule
from core.approvals.errors import FourEyes
from core.audit.choices import AuditKind
from core.audit.models import AuditRecord
from core.cases.choices import Outcome
from core.cases.models import AbuseCase
from core.cases.service import CaseService
from core.clock import UTC
from core.errors import Conflict, Expected, Forbidden, InvalidInput, NotFound
from core.organization.errors import NobodyLeft, NotYourself
from core.organization.models import Employee
from tests.core.world import World, policy
from tests.databases import NOW


async def act(world: World, role: str, name: str, *args: Any, more: tuple[Rule, ...] = ()) -> Any:
    async with world.database.unit_of_work() as work:
        viewer = world.operator() if role == "operator" else world.viewer(role, *more)
        return await getattr(CaseService(work, viewer, policy()), name)(*args)


async def suspended(world: World, key: UUID) -> tuple[bool, str | None]:
    async with world.database.unit_of_work() as work:
        row = await work.session.get_one(Employee, key)
        return row.suspended_at is not None, row.suspension_reason


async def test_a_case_from_its_finding_to_the_restoration(world: World) -> None:
    key = world.employees["salesperson"]
    case: AbuseCase = await act(world, "administrator", "suspend", key, " sold addresses ")
    assert (case.employee_id, case.opened_by_id) == (key, world.employees["administrator"])
    assert await suspended(world, key) == (True, "sold addresses")
    await act(world, "administrator", "record_statement", case.id, "not me")
    case = await act(world, "leader", "record_statement", case.id, "my brother did")
    assert (case.statement, case.statement_at) == ("my brother did", NOW)
    case = await act(world, "leader", "decide", case.id, Outcome.RESTORED, "it was his brother")
    assert (case.outcome, case.closed_at) == (Outcome.RESTORED, NOW.astimezone(UTC))
    assert case.decided_by_id == world.employees["leader"]
    assert await suspended(world, key) == (False, None)
    # Nothing else may be done to it, and another one may be opened.
    for name, args in (("record_statement", ("x",)), ("decide", (Outcome.DISMISSED, "x"))):
        with pytest.raises(Conflict):
            await act(world, "leader", name, case.id, *args)
    await act(world, "leader", "suspend", key, "again")


@pytest.mark.parametrize("outcome", [Outcome.PENALTY, Outcome.DISMISSED])
async def test_after_a_penalty_the_suspension_goes_on_until_it_is_ended(
    world: World, outcome: Outcome
) -> None:
    key = world.employees["salesperson"]
    case = await act(world, "administrator", "suspend", key, "sold addresses")
    with pytest.raises(Conflict):
        await act(world, "leader", "restore", key)  # not past an open case
    with pytest.raises(Conflict):
        await act(world, "leader", "suspend", key, "more of it")
    case = await act(world, "leader", "decide", case.id, outcome, "proven", " a month without access ")
    assert case.penalty == "a month without access"
    assert (await suspended(world, key))[0]
    await act(world, "administrator", "restore", key)
    assert await suspended(world, key) == (False, None)


@pytest.mark.parametrize(
    ("role", "name", "args", "error", "field"),
    [
        ("leader", "suspend", ("legal", " \u200b"), InvalidInput, "finding"),
        ("leader", "suspend", ("legal", "\x07"), InvalidInput, "finding"),
        ("leader", "suspend", ("leader", "x"), NotYourself, "employeeId"),
        ("leader", "restore", ("leader",), NotYourself, "employeeId"),
        ("leader", "suspend", (None, "x"), NotFound, "employeeId"),
        ("leader", "record_statement", (None, "x"), NotFound, "caseId"),
        ("leader", "record_statement", ("case", " "), InvalidInput, "statement"),
        ("leader", "decide", ("case", Outcome.RESTORED, " "), InvalidInput, "decision"),
        ("leader", "decide", ("case", Outcome.PENALTY, "x"), InvalidInput, "penalty"),
        ("leader", "decide", ("case", Outcome.PENALTY, "x", " \u200b"), InvalidInput, "penalty"),
        ("leader", "decide", ("case", Outcome.RESTORED, "x", "a fine"), InvalidInput, "penalty"),
        ("administrator", "decide", ("case", Outcome.RESTORED, "x"), FourEyes, "caseId"),
    ],
)
async def test_what_is_refused_names_its_field(
    world: World, role: str, name: str, args: tuple[Any, ...], error: type[Expected], field: str
) -> None:
    case = await act(world, "administrator", "suspend", world.employees["salesperson"], "x")
    keys: dict[str | None, UUID] = {"case": case.id, None: UUID(int=1)}
    keys.update(world.employees)
    with pytest.raises(error) as caught:
        await act(world, role, name, keys[args[0]], *args[1:])
    assert caught.value.field == field


async def test_nobody_acts_on_their_own_case(world: World) -> None:
    """Not even who kept a session, or acts for the operator."""
    case = await act(world, "operator", "suspend", world.employees["leader"], "x")
    for name, args in (("record_statement", ("x",)), ("decide", (Outcome.RESTORED, "x"))):
        with pytest.raises(NotYourself):
            await act(world, "leader", name, case.id, *args)
    with pytest.raises(FourEyes):
        await act(world, "operator", "decide", case.id, Outcome.RESTORED, "x")


@pytest.mark.parametrize("role", ["salesperson", "auditor", "marketing_manager"])
async def test_others_are_refused_whatever_the_value(world: World, role: str) -> None:
    for name, args in (
        ("suspend", ("",)),
        ("restore", ()),
        ("record_statement", ("",)),
        ("decide", (Outcome.RESTORED, "")),
    ):
        with pytest.raises(Forbidden):
            await act(world, role, name, world.employees["leader"], *args)


async def test_of_two_who_suspend_each_other_one_stays(world: World) -> None:
    leader, administrator = world.employees["leader"], world.employees["administrator"]
    done = await asyncio.gather(
        act(world, "administrator", "suspend", leader, "why"),
        act(world, "leader", "suspend", administrator, "why"),
        return_exceptions=True,
    )
    assert {type(d) for d in done} == {AbuseCase, NobodyLeft}


async def test_of_two_cases_at_once_one_is_opened(world: World) -> None:
    key = world.employees["legal"]
    done = await asyncio.gather(
        act(world, "administrator", "suspend", key, "why"),
        act(world, "leader", "suspend", key, "why"),
        return_exceptions=True,
    )
    assert {type(d) for d in done} == {AbuseCase, Conflict}


async def test_who_may_not_read_cases_learns_of_none(world: World) -> None:
    """PRM-7: suspended with a case or without, the answer is one; and restoring would tell as well."""
    blind = (Rule("leader", "type:AbuseCase", "read", "all", "deny"),)
    key = world.employees["salesperson"]
    case = await act(world, "leader", "suspend", key, "sold addresses", more=blind)
    said: list[str] = []
    for closing in (False, True):
        if closing:
            await act(world, "administrator", "decide", case.id, Outcome.DISMISSED, "proven")
        with pytest.raises(Conflict) as caught:
            await act(world, "leader", "suspend", key, "more of it", more=blind)
        said.append(str(caught.value))
        with pytest.raises(Forbidden):
            await act(world, "leader", "restore", key, more=blind)
    assert said[0] == said[1]
    assert (await suspended(world, key))[0]


async def test_to_restore_whose_permissions_hold_changes_nothing(world: World) -> None:
    """As with everything that is ended twice: what was wanted holds."""
    key = world.employees["salesperson"]
    await act(world, "leader", "restore", key)
    assert await suspended(world, key) == (False, None)
    async with world.database.unit_of_work() as work:
        row = (await work.session.scalars(sa.select(AuditRecord).where(AuditRecord.row_id == key))).one()
    assert row.kind is AuditKind.SUSPENSION
    assert row.before == row.after


async def test_every_step_leaves_a_record_without_the_words(world: World) -> None:
    key = world.employees["salesperson"]
    case = await act(world, "administrator", "suspend", key, "sold addresses")
    await act(world, "leader", "record_statement", case.id, "not me")
    await act(world, "leader", "decide", case.id, Outcome.PENALTY, "proven", "a fine")
    await act(world, "leader", "restore", key)
    async with world.database.unit_of_work() as work:
        found = sa.select(AuditRecord).where(AuditRecord.kind == AuditKind.SUSPENSION)
        rows = list(await work.session.scalars(found.order_by(AuditRecord.id)))
    assert [(row.about, row.row_id) for row in rows] == [("AbuseCase", case.id)] * 3 + [("Employee", key)]
    said = repr([(row.before, row.after) for row in rows])
    for word in ("sold", "not me", "proven", "fine"):
        assert word not in said
