"""`baoke points …`, as an operator types it; and the demo, whose books are right."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from core.db.migrate import migrate
from core.demo.load import load_demo
from core.extension.equipping import equip
from core.extension.plugins import of
from core.settings import Settings
from plugins.points import Points
from plugins.points.analysis.models import PointsFigure, PointsMonth, PointsRecommendation
from plugins.points.ledger.models import PointsAccount
from plugins.points.ledger.verify import CHECKS
from plugins.points.membership.models import PointsMember
from plugins.points.programme import LEVELS
from plugins.points.rewards.models import PointsRedemption
from schema.plugin import Plugin
from server import command
from tests.core.world import POLICIES
from tests.databases import open_database

PLUGINS = of([Points()], Plugin)
MEMBERS = 2_000


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the demo in it."""
    made = f"sqlite:///{tmp_path_factory.mktemp('points')}/demo.db"

    async def fill() -> None:
        database = open_database(made)
        settings = Settings(env="development", _env_file=None, database_url=made)
        equip(database, settings, PLUGINS)
        await migrate(database, PLUGINS.owners)
        await load_demo(database, settings, plugins=PLUGINS)
        await database.close()

    asyncio.run(fill())
    return made


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    given = {"ENV": "development", "DATABASE_URL": address, "POLICIES": str(POLICIES), "PLUGINS": "points"}
    for name, value in given.items():
        monkeypatch.setenv(f"BAOKE_{name}", value)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)


def call(*words: str) -> Result:
    return CliRunner().invoke(command(), words)


def change(address: str, statement: sa.Update) -> None:
    async def act() -> None:
        database = open_database(address)
        async with database.unit_of_work() as work:
            await work.session.execute(statement)
        await database.close()

    asyncio.run(act())


def number(address: str, query: sa.Select[Any]) -> int:
    async def read() -> int:
        database = open_database(address)
        async with database.unit_of_work() as work:
            found = await work.session.scalar(query)
        await database.close()
        return int(found)

    return asyncio.run(read())


def test_the_demo_has_members_with_levels_points_and_sound_books(address: str) -> None:
    assert number(address, sa.select(sa.func.count()).select_from(PointsMember)) == MEMBERS
    risen = sa.select(sa.func.count(PointsMember.level_id.distinct()))
    assert number(address, risen) == len(LEVELS)
    for model in (PointsRedemption, PointsRecommendation, PointsMonth, PointsFigure):
        assert number(address, sa.select(sa.func.count()).select_from(model)) > 0
    said = call("points", "verify")
    assert (said.exit_code, said.output) == (0, f"the books are right: {len(CHECKS)} checks\n")


def test_what_is_owed(address: str) -> None:
    owed = number(address, sa.select(sa.func.sum(PointsAccount.balance + PointsAccount.pending)))
    said = call("points", "liability")
    assert said.exit_code == 0
    assert said.output.startswith(f"{owed} points (")
    said = call("--lang", "zh", "points", "liability", "--at", "2020-01-01")
    assert said.output.startswith("0 积分")


def test_each_finding_is_a_line_and_the_exit_code_tells(address: str) -> None:
    one = sa.select(sa.func.min(PointsAccount.id)).where(PointsAccount.balance > 0).scalar_subquery()
    wrong = sa.update(PointsAccount).where(PointsAccount.id == one)
    change(address, wrong.values(balance=PointsAccount.balance + 1))
    said = call("points", "verify")
    assert said.exit_code == 1
    assert "the account's balance is not the sum of its entries" in said.output
    assert said.output.endswith("the books are wrong: 2 findings\n")
    change(address, wrong.values(balance=PointsAccount.balance - 1))
    assert call("points", "verify").exit_code == 0
