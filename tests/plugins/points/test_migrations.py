"""The points' migrations and models say the same, on both databases."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from core.db.database import Database
from core.db.migrate import CORE, migrate
from core.db.model import Model
from tests.plugins.points.programme import MODELS, POINTS

OURS = {table.name for table in Model.metadata.sorted_tables if table.name.startswith("p_points_")}


def differences(connection: sa.Connection) -> Any:
    def ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
        return kind != "table" or name in OURS

    options = {"compare_type": True, "compare_server_default": True, "include_object": ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata)


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
async def test_up_down_up(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await migrate(database, (POINTS,), to="base")
    async with database.engine.connect() as connection:
        left = await connection.run_sync(lambda c: sa.inspect(c).get_table_names())
    assert not OURS & set(left)
    await migrate(database, (CORE, POINTS))
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_prefixes_are_unique() -> None:
    prefixes = [model.__prefix__ for model in MODELS.values() if model.__prefix__]
    assert len(prefixes) == len(set(prefixes))
