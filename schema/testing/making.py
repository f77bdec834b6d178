"""A database with the company in it and the suggested grants in force; applications on copies of it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.db.database import Database
from core.db.migrate import migrate
from core.db.sealing import development_sealer
from core.extension.plugins import Plugins
from core.ids import SeededIds
from core.runtime import operator
from core.settings import Settings
from schema.application import Application, build, make_schema, make_web
from schema.plugin.adopting import adopt
from schema.testing.clients import Edge
from schema.testing.clock import START, Clock
from schema.testing.company import Cast, found
from schema.testing.databases import Server
from schema.vocabulary.schema import Schema

REASON = "suggested by the plugin"


@dataclass(frozen=True)
class Template:
    """A filled database, to be cloned. `schema`: of the plugins that it was filled with, made once."""

    server: Server
    name: str
    cast: Cast
    schema: Schema

    def clone(self) -> str:
        """The name of a new database like it."""
        name = fresh_name()
        self.server.create_database(name, self.name)
        return name


def fresh_name() -> str:
    """A name that nobody else takes, whatever runs beside."""
    return f"baoke_{uuid.uuid4().hex}"  # noqa: TID251


def settings_of(address: str) -> Settings:
    """Development settings, with nobody at work unless told."""
    return Settings(
        env="development",
        _env_file=None,
        database_url=address,
        workers=0,
        database_pool=2,
        max_page=100,
    )


def open_database(address: str, clock: Clock | None = None, seed: int = 1) -> Database:
    """A database whose time stands and whose ids follow from the seed."""
    clock = clock or Clock(START)
    return Database(address, clock=clock, ids=SeededIds(seed, clock), sealer=development_sealer(), pool=2)


async def fill(server: Server, plugins: Plugins, *, adopted: bool = True) -> Template:
    """Make a template. `adopted`: with what the plugins suggest in force."""
    name, schema = fresh_name(), make_schema(plugins)
    server.create_database(name)
    database = open_database(server.dsn(name))
    try:
        await migrate(database, plugins.owners)
        settings = settings_of(server.dsn(name))
        second = open_database(server.dsn(name), seed=2)
        app = build(settings, plugins=plugins, schema=schema, database=second)
        try:
            cast = await found(database, app.policies.current.roles)
            for one in plugins.on if adopted else ():
                await adopt(app.keeper, operator(models=plugins.models), one, REASON)
        finally:
            await app.database.close()
    finally:
        await database.close()
    return Template(server, name, cast, schema)


@asynccontextmanager
async def running(
    address: str, plugins: Plugins, schema: Schema, clock: Clock
) -> AsyncIterator[tuple[Application, Edge]]:
    """The application from start to end of its life, and the way to it over HTTP."""
    database = open_database(address, clock, seed=3)
    app = build(settings_of(address), plugins=plugins, schema=schema, database=database)
    web = make_web(app)
    async with web.router.lifespan_context(web), Edge(web) as http:
        yield app, http
