"""Migrations and models say the same, on both databases."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import core.idempotency
import core.models
import plugins.points
from core.db.database import Database
from core.db.migrate import CORE, Owner, migrate, newest
from core.db.model import Model, is_enforced
from core.errors import ConfigurationError
from tests.databases import open_database

OWN = {t.name for t in Model.metadata.sorted_tables if not t.name.startswith("p_")}
UNREFLECTED = "ignore:autogenerate skipping metadata-specified expression-based index"
"""SQLite has none of these indexes (`core.db.search`), and could not show them."""
ORPHANS = """
from alembic import op
revision, down_revision = "orphans", None
def upgrade():
    op.execute("INSERT INTO employee_roles (id, employee_id, role) VALUES ('{key}', '{key}', 'nobody')")
def downgrade():
    pass
"""


def differences(connection: sa.Connection) -> Any:
    def ours(item: Any, name: str | None, kind: str, *_: Any) -> bool:
        if kind == "foreign_key_constraint":
            return is_enforced(item)
        return kind != "table" or name in OWN

    return compare_metadata(
        MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_object": ours}
        ),
        Model.metadata,
    )


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda c: sa.inspect(c).get_table_names()))


@pytest.mark.filterwarnings(UNREFLECTED)
async def test_the_migrated_database_is_what_the_models_say(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_text_sorts_by_code_point(database: Database) -> None:
    """The database's own collation must not decide: every text column is told which one to use."""
    if database.dialect == "postgresql":
        async with database.engine.connect() as connection:
            other = await connection.execute(
                sa.text(
                    "SELECT table_name, column_name FROM information_schema.columns"
                    " WHERE table_schema = 'public' AND data_type = 'character varying'"
                    " AND collation_name IS DISTINCT FROM 'C' AND table_name NOT LIKE 'alembic%'"
                )
            )
        assert other.all() == []


@pytest.mark.filterwarnings(UNREFLECTED)
async def test_up_down_up(database: Database) -> None:
    before = await tables(database)
    await migrate(database, to="base")
    assert await tables(database) == {CORE.version_table}
    await migrate(database)
    assert await tables(database) == before
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_several_processes_may_start_at_once(database: Database, address: str) -> None:
    """PRM-11: the second one waits, then finds nothing to do."""
    await migrate(database, to="base")
    others = [open_database(address) for _ in range(3)]
    await asyncio.gather(*(migrate(other) for other in others))
    for other in others:
        await other.close()
    assert "customers" in await tables(database)


async def test_nothing_is_left_dangling(tmp_path: Path) -> None:
    """Foreign keys are off while SQLite migrates; what broke then is found before anything is kept."""
    orphans = tmp_path / "versions"
    orphans.mkdir()
    (orphans / "1.py").write_text(ORPHANS.format(key="0" * 32), encoding="utf-8")
    database = open_database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'core.db'}")
    with pytest.raises(ConfigurationError):
        await migrate(database, (CORE, Owner("orphans", orphans)))
    assert await tables(database) == set()
    await migrate(database)
    async with database.engine.connect() as connection:
        assert (await connection.execute(sa.text("PRAGMA foreign_keys"))).scalar_one() == 1
    await database.close()


def test_the_newest_version_is_alembics(tmp_path: Path) -> None:
    """Or tables that are behind would be left so; where the text does not tell, Alembic is asked."""
    for owner in (CORE, Owner("points", Path(plugins.points.__file__).parent / "migrations")):
        assert (
            newest(owner)
            == ScriptDirectory(
                str(owner.versions), version_locations=[str(owner.versions)]
            ).get_current_head()
        )
    made = Owner("made", tmp_path)
    assert newest(made) is None
    write = (tmp_path / "1.py").write_text
    for text, found in (
        ('revision = "a"\ndown_revision = None\n', "a"),
        ('revision: str = "a"\ndown_revision: str | None = None\n', "a"),
        ('revision, down_revision = "a", None\n', None),
        ("revision = 'a'\ndown_revision = None\n", None),
        ('revision = "a"\ndown_revision = ("b", "c")\n', None),
    ):
        write(text, encoding="utf-8")
        assert newest(made) == found
    write('revision = "a"\ndown_revision = None\n', encoding="utf-8")
    (tmp_path / "2.py").write_text('revision = "b"\ndown_revision = None\n', encoding="utf-8")
    assert newest(made) is None  # two beginnings


async def test_where_nothing_is_due_nothing_is_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.db.migrate._migrate", None)
    await migrate(database)


async def test_what_is_behind_is_brought_up(database: Database) -> None:
    await migrate(database, to="base")
    for statement in ("INSERT INTO alembic_core VALUES ('core_0001')", "DELETE FROM alembic_core"):
        async with database.engine.begin() as connection:
            await connection.execute(sa.text(statement))
    await migrate(database)
    assert "customers" in await tables(database)


def test_one_line_of_the_registry_for_every_type() -> None:
    prefixes = [m.__prefix__ for m in core.models.CORE_MODELS.values() if m.__prefix__]
    assert len(prefixes) == len(set(prefixes))
    assert core.idempotency.IdempotencyKey.__name__ not in core.models.CORE_MODELS
