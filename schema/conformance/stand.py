"""The application with the plugin, planted with rows, on one database."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from core.access.rules import READ, SHOW, WRITE, Policy, Rule
from core.db.database import Database
from core.db.migrate import migrate
from core.db.model import sealed_fields
from core.db.sealing import development_sealer
from core.errors import ConfigurationError
from core.text import Text
from schema.application import build
from schema.conformance.subject import Subject
from schema.kit.attack import Case, Session
from schema.kit.door import Told
from schema.kit.planting import Garden, Seat
from schema.kit.routes import Map
from schema.kit.samples import SEALED
from schema.kit.stage import Caller, ReplayedIds, Stage
from schema.testing.clock import START, Clock
from schema.testing.databases import Server
from schema.testing.making import fresh_name, settings_of
from schema.vocabulary.schema import Schema

ALL = "all"
NO_SAMPLE = Text(
    "to be checked, its form needs a method sample(number) -> str: valid values that end alike",
    "为接受检查，其形式须有方法 sample(number) -> str：给出末尾相同的有效值",
)


@dataclass(frozen=True)
class Stand:
    """One database. `stage`: the application with the plugin, every type with rows in every relation."""

    subject: Subject
    system: str
    server: Server
    stage: Stage
    clock: Clock

    @cached_property
    def widest(self) -> Caller:
        """A caller who sees and may do everything, under `wide`."""
        return Caller(
            next(role for role in sorted(self.subject.policy.roles) if role in self.stage.garden.seat.roles)
        )

    @cached_property
    def wide(self) -> Policy:
        """A policy under which the widest caller sees everything and may do all that the plugin asks for."""
        catalogue, role = self.stage.app.catalogue, self.widest.role
        rules = [Rule(role, f"type:{name}", READ, ALL, "allow") for name in self.subject.schema.models]
        rules += [
            Rule(role, f"class:{name}", act, ALL, "allow")
            for name in sorted(set(catalogue.fields.values()))
            for act in (SHOW, WRITE)
        ]
        rules += [Rule(role, f"type:{p.type}", p.act, ALL, "allow") for p in self.subject.plugins.permissions]
        kept = [one for one in self.subject.policy.rules if one.effect == "allow"]
        policy = self.subject.policy
        return Policy(tuple(dict.fromkeys([*kept, *rules])), policy.roles, policy.inherits, policy.model)

    @asynccontextmanager
    async def under(self, policy: Policy) -> AsyncIterator[None]:
        """The policy is in force inside the block."""
        policies, before = self.stage.app.policies, self.stage.app.policies.current
        policies.replace(policy, policies.epoch)
        self.stage.app.sign_in.forget()
        try:
            yield
        finally:
            policies.replace(before, policies.epoch)
            self.stage.app.sign_in.forget()

    def case(self, caller: Caller, seed: object = 0) -> Case:
        """A caller before the rows."""
        return Case(self.stage, caller, self.map, random.Random(f"{seed}"))  # noqa: S311

    @cached_property
    def map(self) -> Map:
        """Ways through the schema, short ones."""
        return Map(self.stage.app.schema, 2)

    async def ask(self, caller: Caller, text: str) -> Told:
        """What the caller is told."""
        return await Session(self.case(caller), []).ask(text)

    async def dump(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """The rows of the plugin's tables."""
        return await rows_of(self.stage.app.database, self.subject)


async def rows_of(database: Database, subject: Subject) -> Mapping[str, list[tuple[Any, ...]]]:
    """All rows of a plugin's tables, in order of key."""
    found = {}
    async with database.unit_of_work() as work:
        for model in subject.declared["models"]:
            table: Any = model.__table__
            query = sa.select(table).order_by(*table.primary_key.columns)
            found[model.__tablename__] = [tuple(row) for row in await work.session.execute(query)]
    return found


@asynccontextmanager
async def empty(server: Server) -> AsyncIterator[Database]:
    """A database in which nothing is."""
    name, clock = fresh_name(), Clock(START)
    server.create_database(name)
    database = Database(server.dsn(name), clock=clock, ids=ReplayedIds(), sealer=development_sealer(), pool=2)
    if database.sqlite:
        sa.event.listen(database.engine.sync_engine, "connect", _ignore_checks)
    try:
        yield database
    finally:
        await database.close()
        server.drop_database(name)


def _ignore_checks(connection: Any, _record: Any) -> None:
    """Made-up values obey types and keys, not the CHECKs of a table."""
    connection.execute("PRAGMA ignore_check_constraints = on").close()


async def without_checks(database: Database, subject: Subject) -> None:
    """The same on PostgreSQL, where they have to go."""
    if database.sqlite:
        return
    async with database.engine.begin() as connection:
        for model in subject.declared["models"]:
            table: Any = model.__table__
            found = await connection.run_sync(_checks_of, table.name)
            for name in found:
                held = sa.CheckConstraint("true", name=name)
                sa.Table(table.name, sa.MetaData(), held)
                await connection.execute(sa.schema.DropConstraint(held))


def _checks_of(connection: sa.Connection, table: str) -> list[str]:
    return [str(one["name"]) for one in sa.inspect(connection).get_check_constraints(table)]


def garden_of(subject: Subject, schema: Schema, roles: Sequence[str]) -> Garden:
    """Rows of every type; ConfigurationError where a sealed form of the plugin makes no values."""
    mine = (field for model in subject.declared["models"] for field in sealed_fields(model).values())
    makers: dict[Any, Any] = {}
    for field in mine:
        if field.normal not in SEALED:
            makers[field.normal] = getattr(field.normal, "sample", None)
            if makers[field.normal] is None:
                raise ConfigurationError(f"{field.table}.{field.name}", NO_SAMPLE)
    return Garden(schema, Seat(roles=roles), makers)


@asynccontextmanager
async def standing(subject: Subject, system: str, server: Server) -> AsyncIterator[Stand]:
    """Migrated and planted, with what the plugin suggests in force."""
    async with empty(server) as database:
        await migrate(database, subject.plugins.owners)
        await without_checks(database, subject)
        given = settings_of(database.url)
        app = build(given, plugins=subject.plugins, schema=subject.schema, database=database)
        roles = sorted(role for role in subject.policy.roles if role != "everyone")
        assert isinstance(database.ids, ReplayedIds)  # noqa: S101  # as it was made
        assert isinstance(database.clock, Clock)  # noqa: S101
        stage = Stage(app, garden_of(subject, app.schema, roles), database.ids)
        await stage.plant()
        app.policies.replace(subject.adopted, app.policies.epoch)
        yield Stand(subject, system, server, stage, database.clock)
