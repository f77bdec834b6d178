"""Removing what a plugin that is off has left: first into a file, then out of the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import sqlalchemy as sa

from core.access.lines import write_line
from core.access.rules import Rule
from core.audit.choices import AuditKind
from core.audit.records import nobody, record
from core.db.database import Database, UnitOfWork
from core.db.migrate import Owner, migrate
from core.db.model import Model, sealed_fields
from core.db.sealing import SealedField
from core.extension.declared import Declared
from core.extension.names import is_about
from core.idempotency import KEYS
from core.jobs.models import OUTBOX, SCHEDULES
from core.policies.change import Change
from core.policies.models import PolicyRule, PolicyVersion
from core.policies.store import lock, put_in_force

BATCH = 1_000
PRIVATE = 0o600


def _private(path: Path) -> BinaryIO:
    """A new file that nobody else may read; FileExistsError where there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=PRIVATE, exist_ok=False)
    return path.open("ab")


@dataclass(frozen=True)
class Removal:
    """One plugin, which no process runs any more."""

    database: Database
    declared: Declared

    async def run(self, export: Path) -> int:
        """Write every row of its tables to a new file, then remove them; how many rows there were."""
        name, folder = self.declared.manifest.id, self.declared["migrations"]
        owner = None if folder is None else Owner(name, folder)
        if owner is not None:
            await migrate(self.database, (owner,))  # so that the tables are as its models say
        async with self.database.unit_of_work() as work:  # before anything leaves
            work.operation = "plugin uninstall"
            await record(work, nobody("operator"), AuditKind.EXPORT, after={"plugin": name})
        rows = await self._write(export)
        async with self.database.unit_of_work() as work:
            work.operation = "plugin uninstall"
            await self._forget(work, f"{name}.%")
            said = {"plugin": name, "rows": rows}
            await record(work, nobody("operator"), AuditKind.WRITE, after=said)
        if owner is not None:
            await migrate(self.database, (owner,), to="base")
            async with self.database.unit_of_work() as work:
                table = sa.Table(owner.version_table, sa.MetaData())
                await (await work.session.connection()).run_sync(table.drop, checkfirst=True)
        return rows

    async def _write(self, export: Path) -> int:
        count = 0
        with _private(export) as file:
            for model in self.declared["models"]:
                async for rows in self._rows(model):
                    for row in rows:
                        said = {"table": model.__tablename__, "row": row}
                        file.write(orjson.dumps(said, default=str) + b"\n")
                    count += len(rows)
        return count

    async def _rows(self, model: type[Model]) -> AsyncIterator[Sequence[dict[str, Any]]]:
        """All rows in order of key, a batch at a time; sealed fields opened."""
        table: Any = model.__table__
        (key,) = table.primary_key
        sealed = sealed_fields(model)
        hidden = {name for field in sealed.values() for name in field.columns()}
        after: Any = None
        while True:
            page = sa.select(table).order_by(key).limit(BATCH)
            async with self.database.unit_of_work() as work:
                found = (
                    (await work.session.execute(page if after is None else page.where(key > after)))
                    .mappings()
                    .all()
                )
                rows = [
                    {name: value for name, value in row.items() if name not in hidden}
                    | {name: self._opened(field, row[f"{name}_sealed"]) for name, field in sealed.items()}
                    for row in found
                ]
            if not found:
                return
            yield rows
            after = found[-1][key.name]

    async def _forget(self, work: UnitOfWork, like: str) -> None:
        """Waiting work, schedules, idempotency keys, and the policy rules about what is its."""
        for statement in (
            sa.delete(OUTBOX).where(sa.or_(OUTBOX.c.handler.like(like), OUTBOX.c.name.like(like))),
            sa.delete(SCHEDULES).where(SCHEDULES.c.name.like(like)),
            sa.delete(KEYS).where(KEYS.c.mutation.like(like)),
        ):
            await work.session.execute(statement)
        await self._end_rules(work)

    async def _end_rules(self, work: UnitOfWork) -> None:
        """A new version of the policies without the rules about what is its; older ones stay as they were."""
        await lock(work)
        found = await work.session.scalars(sa.select(PolicyRule).where(PolicyRule.until.is_(None)))
        rules = (Rule(row.role, row.object, row.act, row.relation, row.effect) for row in found)
        lines = [rule for rule in rules if is_about(self.declared, rule)]
        number = await work.session.scalar(sa.select(sa.func.max(PolicyVersion.number)))
        if lines and number is not None:
            reason = f"plugin {self.declared.manifest.id} removed"
            change = Change(remove=tuple(("", line) for line in lines))
            version = await put_in_force(work, change, number + 1, None, reason)
            said = {"number": version.number, "reason": reason, "removed": [write_line(one) for one in lines]}
            about, operator = PolicyVersion.__name__, nobody("operator")
            await record(work, operator, AuditKind.POLICY, about=about, row_id=version.id, after=said)

    def _opened(self, field: SealedField, data: bytes | None) -> str | None:
        return None if data is None else self.database.sealer.open(field.associated, data)
