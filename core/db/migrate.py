"""Migrations. Every owner of tables (the core, each plugin) has its own version files and version table.

Everything that is due runs in one transaction, on PostgreSQL under an advisory lock: several processes may
start at once, and nothing is ever migrated half-way. Where nothing is due, Alembic is not even loaded: a
server that is started again takes 8 MB less, and does not look at all rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from core.db.database import Database
from core.db.model import NAMING
from core.errors import ConfigurationError
from core.text import Text

LOCK = 0x62616F6B65  # "baoke"
NOT_MIGRATED = Text(
    "its tables can't be brought up to date, and stay as they were: {error}",
    "其数据表无法更新，保持原样：{error}",
)
REVISION = re.compile(r'^(down_revision|revision)\b[^=\n]*= *(?:"(\w+)"|None)$', re.MULTILINE)
DANGLING = Text("rows refer to rows that are not there: {rows}", "有行引用了不存在的行：{rows}")


@dataclass(frozen=True)
class Owner:
    """Who owns tables. `versions` is the folder of the version files."""

    name: str
    versions: Path

    @property
    def version_table(self) -> str:
        """Where the owner's version is kept."""
        return f"alembic_{self.name}"


CORE = Owner("core", Path(__file__).parent.parent / "migrations")


class NotMigrated(ConfigurationError):
    """An owner's migrations fail; nothing was changed, of no owner's tables."""

    def __init__(self, owner: str, error: Exception) -> None:
        self.owner = owner
        first, *_ = str(error).splitlines() or [""]
        super().__init__(owner, NOT_MIGRATED, error=f"{type(error).__name__}: {first}")


async def migrate(
    database: Database, owners: Sequence[Owner] = (CORE,), *, to: Literal["head", "base"] = "head"
) -> None:
    """Bring the owners' tables to their newest version, in this order; `base` takes them away in reverse.

    Makes the folder of a SQLite file. NotMigrated names the plugin whose migrations fail, or leave foreign
    keys dangling.
    """
    if database.path is not None:
        database.path.parent.mkdir(parents=True, exist_ok=True)
    ordered = owners if to == "head" else tuple(reversed(owners))
    async with database.engine.connect() as connection:
        if to == "base" or not await connection.run_sync(_is_current, ordered):
            await connection.run_sync(_migrate, ordered, to)


def newest(owner: Owner) -> str | None:
    """The version that no other one follows, by the text of its files; None where that does not tell."""
    versions, followed = [], set()
    for path in owner.versions.glob("[!_]*.py"):
        said = REVISION.findall(path.read_text(encoding="utf-8", errors="replace"))
        named = dict(said)
        if len(said) != len(named) or len(named) != 2:  # noqa: PLR2004  # its own and the one before
            return None
        versions.append(named["revision"])
        followed.add(named["down_revision"])
    last = [one for one in versions if one not in followed]
    return last[0] if len(last) == 1 else None


def _is_current(connection: sa.Connection, owners: Sequence[Owner]) -> bool:
    """Whether all tables are known to be at their newest version."""
    with connection.begin():
        return all(_version(connection, owner) == [newest(owner)] for owner in owners)


def _version(connection: sa.Connection, owner: Owner) -> Sequence[str]:
    """What the database says of an owner's tables."""
    if not sa.inspect(connection).has_table(owner.version_table):
        return []
    kept = sa.table(owner.version_table, sa.column("version_num"))
    return connection.scalars(sa.select(kept.c.version_num)).all()


def _migrate(connection: sa.Connection, owners: Iterable[Owner], to: str) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # or rebuilding a table in a batch would delete the rows that refer to it
        _pragma(connection, "foreign_keys = off")
    try:
        with connection.begin():
            if not sqlite:
                connection.execute(sa.select(sa.func.set_config("statement_timeout", "0", True)))  # noqa: FBT003
                connection.execute(sa.select(sa.func.set_config("lock_timeout", "0", True)))  # noqa: FBT003
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            for owner in owners:
                with _blaming(owner):
                    if _run(connection, owner, to) and owner is not CORE:
                        _check_keys(connection)
            _check_keys(connection)
    finally:
        if sqlite:
            _pragma(connection, "foreign_keys = on")


@contextmanager
def _blaming(owner: Owner) -> Iterator[None]:
    """What goes wrong is the owner's fault, unless the database went away."""
    try:
        yield
    except Exception as error:
        if owner is CORE or (isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated):
            raise
        raise NotMigrated(owner.name, error) from error


def _check_keys(connection: sa.Connection) -> None:
    """Foreign keys are off while SQLite migrates: ConfigurationError where some are left dangling."""
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if dangling:
            raise ConfigurationError("database", DANGLING, rows=dangling[:5])


def _run(connection: sa.Connection, owner: Owner, to: str) -> bool:
    """Whether there was anything to do."""
    from alembic.config import Config  # noqa: PLC0415  # see above
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    script = ScriptDirectory(str(owner.versions), version_locations=[str(owner.versions)])

    due: list[Any] = []

    def steps(revision: Any, _context: Any) -> list[Any]:
        find = script._downgrade_revs if to == "base" else script._upgrade_revs  # noqa: SLF001  # as alembic does
        due.extend(find(to, revision))
        return due

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(
            connection=connection,
            version_table=owner.version_table,
            target_metadata=sa.MetaData(naming_convention=NAMING),
        )
        environment.run_migrations()
    return bool(due)


def _pragma(connection: sa.Connection, text: str) -> None:
    """Ask the driver itself: SQLAlchemy would open a transaction first, in which this pragma does nothing."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {text}")
    cursor.close()
