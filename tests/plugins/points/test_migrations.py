"""The points' migrations and models say the same, up and down and up, on both databases."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from core.db.database import Database
from core.db.migrate import CORE, migrate
from core.db.model import Model
from tests.plugins.points.programme import MODELS, POINTS

OWN = {m.__tablename__ for m in MODELS.values() if m.__tablename__.startswith("p_points_")}


def differences(connection: sa.Connection) -> Any:
    def ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
        return kind != "table" or name in OWN

    options = {"compare_type": True, "compare_server_default": True, "include_object": ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata)


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda c: sa.inspect(c).get_table_names()))


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
async def test_up_down_up(database: Database) -> None:
    before = await tables(database)
    assert before >= OWN
    for _ in range(2):
        async with database.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
            company = await connection.execute(sa.text("SELECT count(*) FROM p_points_accounts"))
            assert company.scalar_one() == 4
        await migrate(database, (POINTS,), to="base")
        assert await tables(database) == before - OWN
        await migrate(database, (CORE, POINTS))
    assert await tables(database) == before


def test_prefixes_are_unique() -> None:
    prefixes = [model.__prefix__ for model in MODELS.values() if model.__prefix__]
    assert len(prefixes) == len(set(prefixes))
