"""The index of a searched column stays true whoever writes, on both databases."""

import sqlite3
import sys
import unicodedata
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.access.writing import apply
from core.customers.models import Customer
from core.db.database import Database
from core.db.migrate import CORE, Owner, migrate
from core.db.normal import MOST_SHORT
from core.db.search.index import TRIGGERS
from core.db.search.tables import index_name, pieces_of
from core.db.search.text import fold, grams, pieces
from core.errors import InvalidInput
from core.models import CORE_MODELS
from tests.core.world import World

KEY = uuid.UUID(int=7)
PLUGIN = """
import uuid
import sqlalchemy as sa
from alembic import op
from core.db.search import index
from core.db.types import Key, Text
revision, down_revision = "notes_1", None
def upgrade():
    notes = op.create_table(
        "p_notes", sa.Column("id", Key, primary_key=True), sa.Column("title", Text), sa.Column("old", Text)
    )
    op.bulk_insert(notes, [{"id": uuid.UUID(int=7), "title": "Ａbc"}])
    index.add("p_notes", "title")
    with op.batch_alter_table("p_notes") as table:
        table.drop_column("old")
    index.add("p_notes", "title")
def downgrade():
    index.remove("p_notes", "title")
    op.drop_table("p_notes")
"""


async def rows(database: Database, statement: Any) -> list[Any]:
    async with database.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(statement)]


async def names(database: Database) -> set[str]:
    return {name for (name,) in await rows(database, sa.select(Customer.name))}


async def kept(database: Database, table: str, column: str) -> set[tuple[Any, str]]:
    found = pieces_of(table, column)
    return {(key, piece) for key, piece in await rows(database, sa.select(found.c.owner, found.c.piece))}


async def assert_true(database: Database) -> None:
    """PostgreSQL keeps its index by itself; what SQLite's triggers kept is what the rows say."""
    if database.sqlite:
        stored = await rows(database, sa.select(Customer.id, Customer.name))
        assert await kept(database, "customers", "name") == {
            (k, p) for k, name in stored for p in pieces(name)
        }


async def test_every_writer_is_followed(database: Database, world: World) -> None:
    """ORM, Core, INSERT … SELECT, a rename of many, an upsert, deletions."""
    table: Any = Customer.__table__
    async with database.unit_of_work() as work:
        row = await work.session.get_one(Customer, world.customers["wang"])
        row.name = "王小明"
    await assert_true(database)
    async with database.unit_of_work() as work:
        values = {c.name: c for c in table.c if c.name not in ("id", "number", "name")}
        key, two = sa.literal(KEY, sa.Uuid()), sa.literal("ＡＢ")
        chosen = sa.select(key, sa.literal("n"), two, *values.values()).where(table.c.name == "li")
        await work.session.execute(sa.insert(table).from_select(["id", "number", "name", *values], chosen))
    assert "ＡＢ" in await names(database)
    await assert_true(database)
    async with database.unit_of_work() as work:
        await work.session.execute(sa.update(table).values(name=table.c.name + "x", region="a"))
        await work.session.execute(sa.update(table).values(region="b"))
    assert "王小明x" in await names(database)
    await assert_true(database)
    async with database.unit_of_work() as work:
        await work.session.delete(await work.session.get_one(Customer, world.customers["zhao"]))
        await work.session.execute(sa.delete(table).where(table.c.id == KEY))
    assert await names(database) == {"王小明x", "lix"}
    await assert_true(database)


async def test_a_writer_without_the_functions_is_refused(sqlite_template: Path) -> None:
    """Rather than have the index say less than the rows."""
    connection = sqlite3.connect(sqlite_template)
    with pytest.raises(sqlite3.OperationalError, match="search_pieces"):
        connection.execute("INSERT INTO departments VALUES ('1', 'a', 'SALES', NULL, '')")
    connection.close()


async def test_what_is_declared_is_there(database: Database) -> None:
    """One line in a migration for each `search=True`; SQLite's triggers go when a table is rebuilt."""
    catalogue, name = ("sqlite_master", "name") if database.sqlite else ("pg_class", "relname")
    columns: Any = sa.table(catalogue, sa.column(name)).c
    there = {found for (found,) in await rows(database, sa.select(columns[name]))}
    for table, column in searched(model.__table__ for model in CORE_MODELS.values()):
        if database.sqlite:
            pieces_name = pieces_of(table, column).name
            assert there >= {pieces_name, *(f"{pieces_name}_{what}" for what in TRIGGERS)}
        else:
            assert index_name(table, column) in there


def searched(tables: Iterable[Any]) -> list[tuple[str, str]]:
    found = [(t.name, c.name) for t in tables for c in t.c if c.info.get("search")]
    assert ("customers", "name") in found
    return found


async def test_postgres_folds_like_python(database: Database) -> None:
    """Every letter, but those that one of the two does not know yet."""
    if database.sqlite:
        return
    letters = [
        chr(code) for code in range(1, sys.maxunicode + 1) if unicodedata.category(chr(code))[0] != "C"
    ]
    several = ["王小明 Alice", "Ａ·ﬀ", "e\u0301\u0327", "ΌΣΟΣ", "İstanbul", "", "a\x1fb"]
    texts = [*several, *letters]
    function = sa.func.unnest(sa.bindparam("texts", texts, sa.ARRAY(sa.Text))).column_valued("x")
    found = await rows(database, sa.select(sa.func.search_fold(function)))
    assert [folded for (folded,) in found] == [fold(text) for text in texts]
    (made,) = await rows(database, sa.select(sa.func.search_grams("王小明")))
    assert sorted(made[0]) == sorted(grams("王小明"))


async def test_a_plugin_has_the_same(database: Database, tmp_path: Path) -> None:
    """Rows that were there are found, also after the table was rebuilt."""
    (tmp_path / "1.py").write_text(PLUGIN, encoding="utf-8")
    owners = (CORE, Owner("notes", tmp_path))
    await migrate(database, owners)
    if database.sqlite:
        assert await kept(database, "p_notes", "title") == {(KEY, "abc"), (KEY, "bc"), (KEY, "c")}
    async with database.unit_of_work() as work:
        await work.session.execute(sa.text("DELETE FROM p_notes"))
    if database.sqlite:
        assert await kept(database, "p_notes", "title") == set()
    await migrate(database, (Owner("notes", tmp_path),), to="base")


async def test_what_is_searched_is_short(database: Database) -> None:
    async with database.unit_of_work() as work:
        with pytest.raises(InvalidInput):
            apply(work, Customer(), {"name": "n" * (MOST_SHORT + 1)})
