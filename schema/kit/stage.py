"""A planted application: everything stored, everybody with a token, and ways to change and to undo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.circumstances import QUALIFICATIONS, WITHOUT_PURPOSE, resolved
from core.access.plan import SHOWN, AccessPlan
from core.db.database import UnitOfWork
from core.db.model import Model, sealed_fields
from core.identity.tokens import sign_development_token
from core.ids import global_id
from core.organization.principals import Principal, load_principal
from schema.application import Application, make_web
from schema.kit.hidden import Change, made_fields
from schema.kit.planting import Garden, Planted
from schema.vocabulary.asked import answered
from schema.vocabulary.targets import Expression

APART = 1000
ROW = "kit row"
"""Name of a parameter; no column is called so."""
Dump = dict[str, dict[tuple[Any, ...], sa.Row[Any]]]


class ReplayedIds:
    """Ids that come again in the same order after `rewind`: two worlds are told the same ones."""

    def __init__(self) -> None:
        self._count = 0

    def new(self) -> UUID:
        """The next key."""
        self._count += 1
        return UUID(int=0xF << 124 | self._count << 80 | 7 << 76 | 2 << 62 | self._count)

    def text(self) -> str:
        """The next key as text."""
        return str(self.new())

    def rewind(self, place: int) -> None:
        """Go to one of many places, far apart: what is made there has the same ids in every world."""
        self._count = place * APART


@dataclass(frozen=True)
class Caller:
    """Who asks: the employee of the garden's seat in a role, or (`stranger`) somebody who is no employee."""

    role: str
    stranger: bool = False

    def __str__(self) -> str:
        """`finance`, `finance (no employee)`."""
        return f"{self.role} (no employee)" if self.stranger else self.role


@dataclass
class Stage:
    """One application with its planted rows. `app` must have been built with `ids`."""

    app: Application
    garden: Garden
    ids: ReplayedIds
    made: dict[tuple[str, str, UUID], Any] = field(default_factory=dict)
    """Values of SQL expressions by declaring type, field and row, as they are planted."""
    seated: Principal | None = None
    """The circumstances that hold for the employee of the seat, as planted."""

    def __post_init__(self) -> None:
        """The web application is made once; its life is the caller's."""
        self.web = make_web(self.app)
        self.by_key = {row.key: row for rows in self.garden.rows.values() for row in rows}
        self._tokens: dict[Caller, str] = {}
        self._there: list[sa.Table] = []

    # -- who asks
    def token(self, caller: Caller) -> str:
        """A development token."""
        if caller not in self._tokens:
            subject = f"stranger_{caller.role}" if caller.stranger else self.garden.seat.subject
            self._tokens[caller] = sign_development_token(
                self.app.settings, self.app.database.clock, subject, caller.role
            )
        return self._tokens[caller]

    def plan(self, caller: Caller) -> AccessPlan:
        """The plan of the caller's role under the policy in force; nobody here declares a purpose."""
        rules = self.app.policies.current.rules_of([caller.role])
        seated = None if caller.stranger else self.seated
        held = seated.acting_in(caller.role).held if seated else QUALIFICATIONS
        return AccessPlan(self.app.catalogue, resolved(rules, held | {WITHOUT_PURPOSE}))

    @cached_property
    def accomplice(self) -> Caller:
        """Whoever is shown most under the policy with which the stage began."""

        def shown(role: str) -> int:
            plan = self.plan(Caller(role))
            rows = sum(len(plan.rows(name)) for name in self.garden.rows)
            return rows + sum(plan.effects(*field).count(SHOWN) for field in self.app.catalogue.fields)

        return Caller(max(sorted(self.garden.seat.roles), key=shown))

    def id(self, row: Planted) -> str:
        """The global id of a row."""
        return global_id(self.app.schema.models[row.type_name].__prefix__ or "", row.key)

    # -- rows
    async def plant(self) -> None:
        """Store all rows but the spare ones."""
        async with self.app.database.unit_of_work() as work:
            for name, rows in self.garden.rows.items():
                values = [self._stored(row, row.values) for row in rows if not row.spare]
                await work.session.execute(sa.insert(self._table(name)), values)
            for owner, path, declaring, target in made_fields(self.app.schema):
                if isinstance(target, Expression):
                    table = self._table(owner).alias()
                    asked = sa.select(table.c.id, target.build(table))
                    made = await work.session.execute(answered(asked, work.clock.now(), work.services))
                    self.made |= {(declaring, path[-1], key): value for key, value in made}
        self.seated = await load_principal(self.app.database, self.garden.seat.subject)

    def _table(self, name: str) -> sa.Table:
        return self.garden.table(name)

    def _stored(self, row: Planted, values: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of values; a sealed field has three."""
        sealed: Mapping[str, Any] = sealed_fields(self.app.schema.models[row.type_name])
        found: dict[str, Any] = {"id": row.key}
        for name, value in values.items():
            columns = (
                self.app.database.sealer.columns_of(sealed[name], value) if name in sealed else {name: value}
            )
            found.update(columns)
        return found

    @asynccontextmanager
    async def changed(self, changes: Sequence[Change]) -> AsyncIterator[None]:
        """A twin of the world inside the block."""
        await self._write(changes)
        try:
            yield
        finally:
            await self._write([self._back(change) for change in changes], remove=True)

    def _back(self, change: Change) -> Change:
        planted = change.row.values
        return Change(change.row, {name: planted[name] for name in change.values}, change.added)

    async def _write(self, changes: Iterable[Change], *, remove: bool = False) -> None:
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        added: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for change in changes:
            values = self._stored(change.row, change.values)
            if change.added:
                added[change.row.type_name].append(values)
            else:
                values[ROW] = values.pop("id")
                alike[change.row.type_name, *values].append(values)
        async with self.app.database.unit_of_work() as work:
            run = (await work.session.connection()).execute
            for (name, *columns), alike_rows in alike.items():
                table = self._table(name)
                update = sa.update(table).where(table.c.id == sa.bindparam(ROW))
                await run(update.values({c: sa.bindparam(c) for c in columns if c != ROW}), alike_rows)
            for name in reversed(added) if remove else added:
                table = self._table(name)
                if remove:
                    keys = [values["id"] for values in added[name]]
                    await run(sa.delete(table).where(table.c.id.in_(keys)))
                else:
                    await run(sa.insert(table), added[name])

    # -- what attacks have written
    @asynccontextmanager
    async def restored(self) -> AsyncIterator[None]:
        """Whatever is written inside the block is undone after it."""
        before = await self._dump()
        try:
            yield
        finally:
            await self._restore(before, await self._dump())

    async def _dump(self) -> Dump:
        found: Dump = {}
        async with self.app.database.unit_of_work() as work:
            run = (await work.session.connection()).execute
            for table in await self._tables(work):
                rows = await run(sa.select(table))
                places = [list(table.c).index(column) for column in table.primary_key]
                found[table.name] = {tuple(row[place] for place in places): row for row in rows}
        return found

    async def _restore(self, before: Dump, after: Dump) -> None:
        async with self.app.database.unit_of_work() as work:
            tables = await self._tables(work)
            run = (await work.session.connection()).execute
            for table in reversed(tables):
                for key in after[table.name].keys() - before[table.name].keys():
                    await run(sa.delete(table).where(_is(table, key)))
            for table in tables:
                now = after[table.name]
                lost = [row._asdict() for key, row in before[table.name].items() if key not in now]
                if lost:
                    await run(sa.insert(table), lost)
                for key, row in before[table.name].items():
                    if key in now and now[key] != row:
                        await run(sa.update(table).where(_is(table, key)).values(row._asdict()))
        self.app.sign_in.forget()

    async def _tables(self, work: UnitOfWork) -> list[sa.Table]:
        """The tables that this database has, those first that others refer to."""
        if not self._there:
            connection = await work.session.connection()
            there = await connection.run_sync(lambda sync: set(sa.inspect(sync).get_table_names()))
            self._there = [table for table in Model.metadata.sorted_tables if table.name in there]
        return self._there


def _is(table: sa.Table, key: tuple[Any, ...]) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))
