"""`baoke points verify`, on both databases (BEY-15)."""

import asyncio

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from core.cli.frame import Frame, Parts
from core.db.database import Database
from core.db.migrate import CORE, migrate
from plugins.points.commands import app
from tests.databases import open_database
from tests.plugins.points.programme import POINTS


async def prepare(address: str, *statements: str) -> None:
    database: Database = open_database(address)
    await migrate(database, (CORE, POINTS))
    async with database.unit_of_work() as work:
        for statement in statements:
            await work.session.execute(sa.text(statement))
    await database.close()


def call(address: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("BAOKE_ENV", "development")
    monkeypatch.setenv("BAOKE_DATABASE_URL", address)
    return CliRunner().invoke(app, ["verify"], obj=Frame("en", Parts()))


def test_it_says_what_is_wrong(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(prepare(address))
    said = call(address, monkeypatch)
    assert (said.exit_code, said.output[:19]) == (0, "the books are right")
    wrong = "UPDATE p_points_accounts SET balance = 1, kind = 'MEMBER' WHERE kind = 'ISSUED'"
    asyncio.run(prepare(address, wrong))
    said = call(address, monkeypatch)
    assert said.exit_code == 1
    assert "00000000-0000-7000-8000-000000000001: the account's balance is not" in said.output
