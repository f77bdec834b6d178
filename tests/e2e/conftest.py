"""The real application on both databases."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.access.rules import Policy
from core.extension.plugin import Plugin
from core.extension.plugins import NONE, Plugins
from core.runtime import read_policies
from core.settings import Settings
from schema import application
from schema.vocabulary.schema import Schema
from tests.core import conftest as core
from tests.core.world import POLICIES, World
from tests.e2e.company import Company, open_company

world = core.world


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


@pytest.fixture
async def company(address: str, world: World) -> AsyncIterator[Company]:
    """See `tests.e2e.company`."""
    app = application.build(settings_of(address), database=world.database)
    async with open_company(app, world) as opened:
        yield opened
