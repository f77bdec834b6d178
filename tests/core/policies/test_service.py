"""Propose, decide, apply, go back (ACC-1, BEY-5)."""

import asyncio

import pytest
import sqlalchemy as sa

from core.access.rules import Rule
from core.approvals.choices import Decision
from core.approvals.errors import FourEyes
from core.approvals.models import Approval
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.policies.choices import ChangeState
from core.policies.errors import PolicyMoved, PolicyRefused
from core.policies.models import PolicyChange, PolicyRule, PolicyVersion
from tests.core.policies.company import SHOW_LEGAL, Office, lines, open_office
from tests.core.world import World, policy

SHOWN = Rule("legal", "class:contact", "show", "all", "allow")


async def test_an_empty_database_is_filled_once_from_the_folder(world: World) -> None:
    offices = [await open_office(world), *await asyncio.gather(*(open_office(world) for _ in range(3)))]
    async with world.database.unit_of_work() as work:
        assert await work.session.scalar(sa.select(sa.func.count()).select_from(PolicyVersion)) == 1
    for office in offices:
        assert office.policies.epoch == 1
        assert lines(office.policies.current) == lines(policy())


async def test_a_change_passes_a_second_person_and_counts_at_once(office: Office) -> None:
    key = await office.propose(SHOW_LEGAL, "role, trainee, trainee, 实习生", "g, trainee, salesperson")
    assert await office.state(key, PolicyChange) is ChangeState.PROPOSED
    with pytest.raises(Conflict):
        await office.apply(key)
    for who in ("administrator",):
        with pytest.raises(FourEyes):
            await office.decide(key, who)
    with pytest.raises((Forbidden, NotFound)):
        await office.decide(key, "auditor")
    await office.decide(key)
    with pytest.raises(Conflict):
        await office.decide(key)
    assert SHOWN not in office.policies.current.rules
    version = await office.apply(key)
    assert (version.number, version.change_id, office.policies.epoch) == (2, key, 2)
    now = office.policies.current
    assert SHOWN in now.rules_of(("legal",))
    assert now.roles["trainee"].title.zh == "实习生"
    assert now.inherits["trainee"] == {"salesperson"}
    assert await office.state(key, PolicyChange) is ChangeState.APPLIED
    with pytest.raises(Conflict):
        await office.apply(key)


async def test_one_step_back_and_forth(office: Office) -> None:
    with pytest.raises(Conflict):
        async with office.acting("administrator") as service:
            await service.roll_back("nothing to take back")
    await office.pass_through(
        SHOW_LEGAL, remove=["p, legal, class:identity, show, all, allow", "role, legal, legal, 法务人员"][:1]
    )
    after = lines(office.policies.current)
    for number, expected in ((3, lines(policy())), (4, after), (5, lines(policy()))):
        async with office.acting("administrator") as service:
            assert (await service.roll_back("back")).number == number
        assert lines(office.policies.current) == expected
    async with office.world.database.unit_of_work() as work:
        counts = {
            number: len(
                (
                    await work.session.scalars(
                        sa.select(PolicyRule.id).where(
                            PolicyRule.since <= number,
                            sa.or_(PolicyRule.until.is_(None), PolicyRule.until > number),
                        )
                    )
                ).all()
            )
            for number in range(1, 6)
        }
    assert set(counts.values()) == {len(policy().rules)}


async def test_a_role_is_renamed(office: Office) -> None:
    await office.pass_through("role, legal, lawyer, 律师", remove=["role, legal, legal, 法务人员"])
    assert office.policies.current.roles["legal"].title.en == "lawyer"


@pytest.mark.parametrize("decision", [Decision.REJECTED, None])
async def test_rejected_and_withdrawn(office: Office, decision: Decision | None) -> None:
    key = await office.propose(SHOW_LEGAL)
    if decision:
        await office.decide(key, "leader", decision)
    else:
        async with office.acting("administrator") as service:
            await service.withdraw(key)
    state = ChangeState.REJECTED if decision else ChangeState.WITHDRAWN
    assert await office.state(key, PolicyChange) is state
    for act in (office.apply(key), office.decide(key)):
        with pytest.raises(Conflict):
            await act
    async with office.world.database.unit_of_work() as work:
        (approval,) = await work.session.scalars(sa.select(Approval))
    assert approval.decision is (decision or Decision.WITHDRAWN)
    assert approval.subject == f"pch_{key.hex}"


async def test_what_does_not_fit_any_more_is_told(office: Office) -> None:
    """Two changes of the same line; one that touches other lines still fits."""
    other = "p, legal, class:personal, show, all, allow"
    first, second, third = [await office.propose(line) for line in (SHOW_LEGAL, SHOW_LEGAL, other)]
    for key in (first, second, third):
        await office.decide(key)
    await office.apply(first)
    with pytest.raises(PolicyMoved) as caught:
        await office.apply(second)
    assert "add[0]: this line is in force already" in caught.value.message("en")
    assert "请重新提出" in caught.value.message("zh")
    assert (await office.apply(third)).number == 3


async def test_two_at_once_make_two_versions(office: Office) -> None:
    keys = [
        await office.propose(f"p, legal, class:{name}, show, all, allow") for name in ("contact", "personal")
    ]
    for key in keys:
        await office.decide(key)
    made = await asyncio.gather(*(office.apply(key) for key in keys))
    assert {version.number for version in made} == {2, 3}
    assert office.policies.epoch == 3


async def test_who_may_not(office: Office) -> None:
    for who in ("leader", "auditor", "salesperson", "program"):
        with pytest.raises(Forbidden):
            await office.propose(SHOW_LEGAL, who=who)
    with pytest.raises(InvalidInput):
        async with office.acting("administrator") as service:
            await service.propose(" \u200b", [SHOW_LEGAL], [])
    key = await office.propose(SHOW_LEGAL, who="operator")
    with pytest.raises(FourEyes):
        await office.decide(key, "operator")
    await office.decide(key, "administrator")
    with pytest.raises(PolicyRefused):
        await office.propose()
