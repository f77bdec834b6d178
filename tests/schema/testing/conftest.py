"""The fixtures themselves, with no plugin on."""

import pytest

from core.extension.plugins import NONE, Plugins
from schema.testing.fixtures import (
    app,
    as_employee,
    client,
    clock,
    company,
    database_url,
    leaks,
    running_app,
    statements,
    template,
    templates,
    work,
)

__all__ = [
    "app",
    "as_employee",
    "client",
    "clock",
    "company",
    "database_url",
    "leaks",
    "running_app",
    "statements",
    "template",
    "templates",
    "work",
]


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    return NONE
