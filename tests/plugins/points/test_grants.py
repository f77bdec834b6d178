"""The suggested grants beside the company's policies: every line is understood, roles can do their work."""

import shutil
from pathlib import Path

import pytest

import plugins.points
from core.access.files import read_policy
from core.access.plan import AccessPlan
from core.access.rules import Policy
from core.access.viewer import Viewer
from core.customers.choices import Collection
from core.errors import Forbidden, NotFound
from core.extension.plugins import of
from core.runtime import read_policies
from plugins.points import Points
from plugins.points.membership.service import Membership
from plugins.points.rewards.service import Redemptions
from schema.application import make_catalogue, make_schema, vocabulary
from schema.plugin import Plugin
from tests.core.world import POLICIES
from tests.plugins.points.programme import GIFT, Programme

PLUGINS = of([Points()], Plugin)
CATALOGUE = make_catalogue(make_schema(PLUGINS))
WORDS = vocabulary(CATALOGUE, PLUGINS.permissions)


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    """As after `baoke plugin adopt points`."""
    folder = shutil.copytree(POLICIES, tmp_path / "policies")
    more = Path(plugins.points.__file__).parent / "grants.csv"
    with (folder / "grants.csv").open("a", encoding="utf-8") as grants:
        grants.write(more.read_text(encoding="utf-8"))
    read_policies(folder, WORDS)
    return read_policy(folder)


def employee(programme: Programme, policy: Policy, role: str) -> Viewer:
    plan = AccessPlan(CATALOGUE, policy.rules_of((role,)))
    world = programme.world
    return Viewer(role, world.employees[role], (world.departments["east"],), (role,), plan)


@pytest.mark.parametrize(
    "role", ["leader", "marketing_manager", "marketing_specialist", "salesperson", "customer_service"]
)
async def test_who_meets_members_serves_them(programme: Programme, policy: Policy, role: str) -> None:
    wang, who = programme.world.customers["wang"], employee(programme, policy, role)
    reward = await programme.offer(GIFT, stock=1)
    await programme.earn("wang", 100)
    async with programme.work() as work:
        await Membership(work, who).join(wang, Collection.STAFF)
    async with programme.work() as work:
        redemption = await Redemptions(work, who).issue(wang, reward)
    if role in {"leader", "marketing_manager"}:
        async with programme.work() as work:
            await Redemptions(work, who).cancel(redemption.id, "a mistake")
        return
    with pytest.raises(Forbidden):
        async with programme.work() as work:
            await Redemptions(work, who).cancel(redemption.id, "a mistake")
    code = await programme.code(redemption.id)
    async with programme.work() as work:
        await Redemptions(work, who).use(code)


@pytest.mark.parametrize(("role", "answer"), [("salesperson", NotFound), ("finance", Forbidden)])
async def test_nobody_enrols_whom_they_do_not_look_after(
    programme: Programme, policy: Policy, role: str, answer: type[Exception]
) -> None:
    who = employee(programme, policy, role)
    with pytest.raises(answer):
        async with programme.work() as work:
            await Membership(work, who).join(programme.world.customers["li"], Collection.STAFF)


@pytest.mark.parametrize(
    ("role", "effects"),
    [("leader", "SHOW"), ("marketing_manager", "MASK"), ("customer_service", "MASK"), ("finance", "HIDE")],
)
async def test_who_sees_codes(programme: Programme, policy: Policy, role: str, effects: str) -> None:
    assert set(employee(programme, policy, role).plan.effects("PointsRedemption", "code")) == {effects}
