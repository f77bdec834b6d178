"""Its tables: migrations there and back, equal to the models, nothing of others touched; removal."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core.db.database import Database
from core.db.migrate import Owner, migrate
from core.db.model import Model
from core.extension.removal import Removal
from core.runtime import operator
from core.text import Text
from schema.application import build
from schema.conformance.outcome import Check, Skipped
from schema.conformance.stand import Stand, empty, garden_of, without_checks
from schema.conformance.subject import Subject
from schema.kit.stage import ReplayedIds, Stage
from schema.plugin.adopting import adopt
from schema.testing.making import settings_of

NO_TABLES = Text("it has no tables", "没有数据表")
SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
POSTGRESQL = """
SELECT 'column', a.attname::text, c.relname::text,
  format_type(a.atttypid, a.atttypmod) || a.attnotnull || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT 'constraint', conname::text, conrelid::regclass::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname::text, tablename::text, indexdef FROM pg_indexes
WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgname::text, tgrelid::regclass::text, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname::text, '', pg_get_functiondef(oid)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
"""
Structure = Mapping[tuple[str, str, str], str]
"""Sort, name and table of everything that there is, to how it is defined."""


async def structure(database: Database) -> Structure:
    """All that is defined in a database."""
    query = sa.text(SQLITE if database.sqlite else POSTGRESQL)
    async with database.engine.connect() as connection:
        rows = (await connection.execute(query)).all()
    return {(sort, name, table): str(sql) for sort, name, table, sql in rows}


async def migrations(stand: Stand) -> AsyncIterator[str]:
    """Up, down and up again: each time as before, and all of it its own."""
    subject = stand.subject
    if subject.declared["migrations"] is None:
        if subject.declared["models"]:
            yield ", ".join(model.__tablename__ for model in subject.declared["models"])
            return
        raise Skipped(NO_TABLES)
    owner = Owner(subject.manifest.id, subject.declared["migrations"])
    async with empty(stand.server) as database:
        await migrate(database, subject.others.owners)
        before = await structure(database)
        await migrate(database, (owner,))
        up = await structure(database)
        for one in _unlike(before, up):
            if not _own(subject, owner, one):
                yield f"up: {' '.join(one)}"
        async for difference in _differences(subject, database):
            yield difference
        await migrate(database, (owner,), to="base")
        down = await structure(database)
        for one in _unlike(before, down):
            if owner.version_table not in one:
                yield f"down: {' '.join(one)}"
        await migrate(database, (owner,))
        for one in _unlike(up, await structure(database)):
            yield f"up again: {' '.join(one)}"


def _unlike(one: Structure, other: Structure) -> Iterator[tuple[str, str, str]]:
    return (key for key in sorted({*one, *other}) if one.get(key) != other.get(key))


def _own(subject: Subject, owner: Owner, key: tuple[str, str, str]) -> bool:
    _, name, table = key
    start = subject.manifest.tables
    return owner.version_table in (name, table) or table.startswith(start) or name.startswith(start)


async def _differences(subject: Subject, database: Database) -> AsyncIterator[str]:
    """Where the migrated tables are not as the models say, as alembic sees it."""
    start = subject.manifest.tables

    def mine(name: str | None, sort: str, parents: Mapping[str, Any]) -> bool:
        table = name if sort == "table" else parents.get("table_name")
        return sort == "schema" or (str(table).startswith(start) and str(table) in Model.metadata.tables)

    def compare(connection: sa.Connection) -> list[Any]:
        options = {"compare_type": True, "include_name": mine, "include_object": _is(start)}
        context = MigrationContext.configure(connection, opts=options)
        return [*compare_metadata(context, Model.metadata), *_collations(subject, connection)]

    async with database.engine.connect() as connection:
        for one in await connection.run_sync(compare):
            yield f"models: {_told(one)}"


def _collations(subject: Subject, connection: sa.Connection) -> Iterator[tuple[str, Any]]:
    """Columns whose text sorts otherwise than the model says, which alembic doesn't compare."""
    for model in subject.declared["models"]:
        for found in sa.inspect(connection).get_columns(model.__tablename__):
            column = model.__table__.c.get(found["name"])
            wanted = None if column is None else column.type.dialect_impl(connection.dialect)
            if getattr(wanted, "collation", None) not in (None, getattr(found["type"], "collation", None)):
                yield "modify_collation", column


def _is(start: str) -> Any:
    def include(found: Any, name: str | None, sort: str, _reflected: bool, _other: Any) -> bool:  # noqa: FBT001
        table = name if sort == "table" else found.table.name
        return str(table).startswith(start)

    return include


def _told(difference: Any) -> str:
    """`add_column p_wishes_entries.text`."""
    if isinstance(difference, list):
        return "; ".join(map(_told, difference))
    what, *about = difference
    names = [str(getattr(one, "name", one)) for one in about if one is not None and not isinstance(one, dict)]
    return f"{what} {' '.join(names)}"


async def uninstalling(stand: Stand) -> AsyncIterator[str]:
    """With rows, waiting work and rules in force: nothing of it stays."""
    subject = stand.subject
    if not subject.declared["models"]:
        raise Skipped(NO_TABLES)
    async with empty(stand.server) as database:
        await migrate(database, subject.others.owners)
        before = await structure(database)
        await migrate(database, subject.plugins.owners)
        await without_checks(database, subject)
        given = settings_of(database.url)
        app = build(given, plugins=subject.plugins, schema=subject.schema, database=database)
        assert isinstance(database.ids, ReplayedIds)  # noqa: S101  # as it was made
        await Stage(app, garden_of(subject, app.schema, ["nobody"]), database.ids).plant()
        await adopt(app.keeper, operator(models=subject.plugins.models), subject.declared, "check")
        with tempfile.TemporaryDirectory() as folder:
            await Removal(database, subject.declared).run(Path(folder) / "rows.jsonl")
        for one in _unlike(before, await structure(database)):
            yield " ".join(one)
        async with database.unit_of_work() as work:
            rules = await work.session.execute(
                sa.text(
                    "SELECT object FROM policy_rules WHERE until IS NULL AND object LIKE '%' || :like || '%'"
                ),
                {"like": f":{subject.manifest.prefix}"},
            )
            for (rule,) in rules:
                yield f"policies: {rule}"


CHECKS = (
    Check(
        "migrations",
        Text(
            "its migrations lead to what the models say and back, and touch nothing of others",
            "迁移与模型一致，可往返，且不触及他人的数据",
        ),
        Text(
            "correct the migration (a new version, once it was released); tables are called p_<id>_…",
            "请改正迁移（已发布的须新增版本）；表名为 p_<id>_…",
        ),
        tries=migrations,
    ),
    Check(
        "uninstall",
        Text("removing it leaves nothing", "卸载后不留任何内容"),
        Text("let downgrade() remove whatever upgrade() made", "downgrade() 须删除 upgrade() 所建的一切"),
        tries=uninstalling,
    ),
)
