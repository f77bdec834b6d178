"""Four eyes, whatever is approved: who asked, or had a hand in it, does not decide (BEY-5)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.approvals.choices import Decision
from core.approvals.errors import FourEyes
from core.approvals.models import Approval
from core.approvals.service import decide
from core.errors import Conflict, Forbidden, InvalidInput
from core.policies.service import SUBJECT
from tests.core.policies import conftest as policies
from tests.core.policies.company import SHOW_LEGAL, Office

office = policies.office


async def test_a_hand_in_it_is_enough(office: Office) -> None:
    key = await office.propose(SHOW_LEGAL)
    leader = office.world.employees["leader"]
    drafted = replace(SUBJECT, authors=lambda _: (leader,))
    for who in ("leader", "administrator"):  # who wrote, who asked
        with pytest.raises(FourEyes):
            async with office.world.database.unit_of_work() as work:
                await decide(work, office.viewer(who), drafted, key, Decision.APPROVED)
    async with office.world.database.unit_of_work() as work:
        await decide(work, office.world.operator(), drafted, key, Decision.REJECTED, " no ")
        (approval,) = await work.session.scalars(sa.select(Approval))
    assert (approval.decision, approval.comment, approval.decided_by_id) == (Decision.REJECTED, "no", None)
    assert approval.requested_by_id == office.world.employees["administrator"]


async def test_a_decision_is_made_once_and_by_a_person(office: Office) -> None:
    key = await office.propose(SHOW_LEGAL)
    with pytest.raises(Forbidden):
        await office.decide(key, "program")
    with pytest.raises(Forbidden):
        await office.decide(key, "salesperson")
    with pytest.raises(InvalidInput):
        async with office.acting("leader") as service:
            await service.decide(key, Decision.APPROVED, "\x07")
    await office.decide(key, "leader")
    for who in ("leader", "operator"):
        with pytest.raises(Conflict):
            await office.decide(key, who)
