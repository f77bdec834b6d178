"""The real application on both databases."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from core.access.rules import Policy
from core.db.database import Database
from core.db.migrate import migrate
from core.extension.plugin import Plugin
from core.extension.plugins import NONE, Plugins
from core.runtime import read_policies
from core.settings import Settings
from schema import application
from schema.vocabulary.schema import Schema
from tests.core.world import POLICIES, World, build
from tests.databases import Copied, Make, drawn_from, open_database
from tests.e2e.company import Company, open_company


def settings_of(address: str, **overrides: Any) -> Settings:
    """Development settings of a database, whatever the environment says; no plugins, no work unasked."""
    given = {"plugins": "", "workers": 0, **overrides}
    return Settings(env="development", _env_file=None, database_url=address, **given)


make_schema = application.make_schema
_schemas: dict[tuple[type[Plugin], ...], Schema] = {}


def made(plugins: Plugins = NONE) -> Schema:
    """Schemas follow from the plugins, and making one takes longer than most tests."""
    key = tuple(type(one.plugin) for one in plugins.on)
    if key not in _schemas:
        _schemas[key] = make_schema(plugins)
    return _schemas[key]


@functools.cache
def policies() -> Policy:
    """They never change here."""
    return read_policies(POLICIES, application.vocabulary(application.make_catalogue(made())))


@pytest.fixture(autouse=True)
def _made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "make_schema", lambda plugins=NONE, *_: made(plugins))
    monkeypatch.setattr(application, "read_policies", lambda *_: policies())


@dataclass(frozen=True)
class Filled:
    """A database with the company in it. `drawn`: ids, so that those of a test follow them."""

    url: str
    world: World
    more: dict[str, UUID]
    drawn: int


async def _nothing(_: Company) -> None:
    pass


async def filled_by(
    url: str, plugins: Plugins, then: Callable[[Company], Awaitable[None]] = _nothing
) -> Filled:
    """An application with the plugins fills it, as `open_company` does, and ends after what comes `then`."""
    database = open_database(url)
    await migrate(database, plugins.owners)
    app = application.build(settings_of(url), plugins=plugins, database=database)
    async with open_company(app, await build(database)) as company:
        await then(company)
    await database.close()
    return Filled(url, company.world, company.more, drawn_from(database))


async def fill(url: str) -> Filled:
    """No plugins."""
    return await filled_by(url, NONE)


@pytest.fixture
def make() -> Make:
    """What fills the database of a test."""
    return fill


@pytest.fixture
def filled(copied: Copied) -> Filled:
    told: Filled = copied[1]
    return replace(told, url=copied[0])


@pytest.fixture
def world(filled: Filled, database: Database) -> World:
    return replace(filled.world, database=database)


@pytest.fixture
async def company(filled: Filled, world: World) -> AsyncIterator[Company]:
    """See `tests.e2e.company`."""
    app = application.build(settings_of(filled.url), database=world.database)
    async with open_company(app, world, filled.more) as opened:
        yield opened
