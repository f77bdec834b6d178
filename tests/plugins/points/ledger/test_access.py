"""Who may do what to points, under the suggested grants (ACC-1, PRM-7)."""

from functools import lru_cache
from pathlib import Path

import pytest

import plugins.points
from core.access.checks import faults_of
from core.access.files import read_policy
from core.access.lines import read_line
from core.access.rules import Policy, Rule
from core.access.viewer import Viewer
from core.errors import Forbidden, NotFound
from plugins.points.earning.service import Rules
from plugins.points.ledger.service import Ledger, Posted
from tests.core.world import POLICIES, World
from tests.plugins.points.earning.test_handlers import ONE_PER_YUAN
from tests.plugins.points.ledger.parts import GIFT, PURCHASE, ledger_of
from tests.plugins.points.programme import employee
from tests.plugins.points.test_grants import WORDS

GRANTS = Path(plugins.points.__file__).parent / "grants.csv"


@lru_cache
def policy() -> Policy:
    found = read_policy(POLICIES)
    lines = [line for line in GRANTS.read_text(encoding="utf-8").splitlines() if line.startswith("p,")]
    rules = [read_line(line, f"grants.csv:{number}") for number, line in enumerate(lines)]
    return found.with_rules(rule for rule in rules if isinstance(rule, Rule))


def viewer(world: World, role: str) -> Viewer:
    return employee(world, role, policy().rules_of((role,)), "east", "harbour")


@pytest.fixture
async def earned(world: World) -> dict[str, Posted]:
    async with ledger_of(world.database) as ledger:
        return {
            name: await ledger.earn(customer, 100, PURCHASE, name)
            for name, customer in world.customers.items()
        }


def test_the_suggested_grants_speak_of_what_there_is() -> None:
    assert list(faults_of(policy(), WORDS)) == []


async def test_the_right_is_asked_where_the_customer_stands(world: World, earned: dict[str, Posted]) -> None:
    wang, li = world.customers["wang"], world.customers["li"]
    async with world.database.unit_of_work() as work:
        sales = Ledger(work, viewer(world, "salesperson"))
        assert (await sales.redeem(wang, 10, GIFT, "r1")).points == -10
        with pytest.raises(NotFound):  # another department's: as if there were no such customer
            await sales.redeem(li, 10, GIFT, "r2")
        for act in (
            sales.earn(wang, 10, PURCHASE, "p1"),
            sales.adjust(wang, 10, "a gift", "a1"),
            sales.reverse(earned["wang"].id, "returned", "u1"),
            sales.confirm(earned["wang"].id),
            sales.liability(),
            sales.expire(work.clock.now(), 10),
            sales.confirm_due(work.clock.now(), 10),
            Rules(work, sales.viewer).add_rule(ONE_PER_YUAN),
        ):
            with pytest.raises(Forbidden):
                await act


async def test_supervisors_adjust_and_reverse_in_their_department(
    world: World, earned: dict[str, Posted]
) -> None:
    async with world.database.unit_of_work() as work:
        ledger = Ledger(work, viewer(world, "marketing_supervisor"))
        await ledger.adjust(world.customers["zhao"], -10, "a mistake", "a1")
        assert (await ledger.reverse(earned["wang"].id, "returned", "u1")).points == -100
        for name in ("li", "nobody"):
            transaction = earned[name].id if name in earned else world.customers["li"]
            with pytest.raises(NotFound):
                await ledger.reverse(transaction, "returned", name)
        with pytest.raises(NotFound):
            await ledger.adjust(world.customers["li"], 10, "a gift", "a2")
        with pytest.raises(Forbidden):
            await ledger.liability()


async def test_finance_reads_and_does_nothing(world: World, earned: dict[str, Posted]) -> None:
    assert earned
    async with world.database.unit_of_work() as work:
        ledger = Ledger(work, viewer(world, "finance"))
        assert await ledger.balance(world.customers["li"]) == 100
        assert (await ledger.liability()).available == 300
        for act in (
            ledger.redeem(world.customers["li"], 1, GIFT, "r1"),
            ledger.adjust(world.customers["li"], 1, "a gift", "a1"),
        ):
            with pytest.raises(Forbidden):
                await act
        service = Ledger(work, viewer(world, "customer_service"))
        with pytest.raises(Forbidden):  # it sees the account's balance, not the entries behind it
            await service.balance(world.customers["li"])
