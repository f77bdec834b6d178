"""Keeps the policy in force of one process: from the database, off the event loop, at once after a change."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from core.access.checks import faults_of, in_use
from core.access.current import Policies
from core.access.lines import lines_of
from core.access.rules import Vocabulary, refuse
from core.audit.choices import AuditKind
from core.audit.records import nobody, record
from core.db.database import Database
from core.errors import RequestError
from core.policies.change import Change
from core.policies.models import PolicyVersion
from core.policies.store import (
    NEWEST,
    Version,
    in_force,
    in_force_sql,
    lock,
    put_in_force,
    read_version,
)

log = structlog.get_logger(__name__)


class PolicyKeeper:
    """The policies of one application: the database is their truth once it has a version."""

    def __init__(self, database: Database, policies: Policies, words: Vocabulary) -> None:
        """`policies`: at first those of a folder, whose model stays; `words`: what rules may speak of."""
        self.database, self.policies, self.words = database, policies, words
        self._like = policies.current
        self._loaded: Version | None = None
        self._loading = asyncio.Lock()
        self._in_force = in_force_sql(database.engine.dialect)

    async def start(self) -> None:
        """Fill an empty database from the folder and load; PolicyError names lines that can't count."""
        await self.seed()
        await self.load()
        await asyncio.to_thread(lambda: refuse(faults_of(self.policies.current, self.words)))

    async def seed(self) -> None:
        """Version 1 from the folder, unless there is a version; of several processes one does it."""
        async with self.database.unit_of_work() as work:
            await lock(work)
            if await work.session.scalar(sa.select(sa.func.count()).select_from(PolicyVersion)):
                return
            lines = tuple(("", line) for line in lines_of(self._like))
            version = await put_in_force(work, Change(add=lines), 1, None)
            said = {"number": 1, "lines": len(lines)}
            viewer, about = nobody("system"), PolicyVersion.__name__
            await record(work, viewer, AuditKind.POLICY, about=about, row_id=version.id, after=said)

    async def load(self) -> None:
        """Put the newest version of the database in force here; Unavailable or Timeout where it is away."""
        async with self._loading:
            rows = await self.database.reader.rows(self._in_force, ())
            version = await asyncio.to_thread(self._read, rows[0][0])
            if version is not None and not self.has(version.id):
                self._loaded = version
                self.policies.replace(version.policy, version.number)

    async def refresh(self) -> None:
        """After a commit of this process. Where the database is away by now, the watch makes up for it."""
        with suppress(RequestError):
            await self.load()

    def has(self, version: UUID) -> bool:
        """Whether this version is in force here."""
        return self._loaded is not None and self._loaded.id == version

    async def newest(self, session: AsyncSession) -> Version | None:
        """The newest version as this transaction sees it."""
        found = await session.scalar(NEWEST)
        if self._loaded is not None and self._loaded.id == found:
            return self._loaded
        text = await session.scalar(in_force(self.database.engine.dialect))
        return await asyncio.to_thread(self._read, text)

    def _read(self, text: str | None) -> Version | None:
        """Rules about what a plugin brings rest while it is off: they speak of nothing that is there."""
        version = read_version(text, self._like)
        if version is None:
            return None
        rules = in_use(version.policy, self.words)
        if resting := len(version.policy.rules) - len(rules):
            log.info("policy rules at rest", rules=resting, version=version.number)
            version = replace(version, policy=replace(version.policy, rules=rules))
        version.policy.rules_of(())  # makes its index here, not on the event loop
        return version
