"""The real application on both databases."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.access.rules import Policy
from core.runtime import read_policies
from core.settings import Settings
from schema import application
from schema.vocabulary.schema import Schema
from tests.core import conftest as core
from tests.core.world import POLICIES, World
from tests.e2e.company import Company, open_company

world = core.world


def settings_of(address: str, **overrides: Any) -> Settings:
    """Development settings of a database, whatever the environment says."""
    return Settings(env="development", _env_file=None, database_url=address, **overrides)


@functools.lru_cache
def made() -> tuple[Schema, Policy]:
    """Schema and policies never change here, and making them takes longer than most tests."""
    schema = application.make_schema()
    words = application.vocabulary(application.make_catalogue(schema))
    return schema, read_policies(POLICIES, words)


@pytest.fixture(autouse=True)
def _made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    schema, policy = made()
    monkeypatch.setattr(application, "make_schema", lambda *_: schema)
    monkeypatch.setattr(application, "read_policies", lambda *_: policy)


@pytest.fixture
async def company(address: str, world: World) -> AsyncIterator[Company]:
    """See `tests.e2e.company`."""
    app = application.build(settings_of(address), database=world.database)
    async with open_company(app, world) as opened:
        yield opened
