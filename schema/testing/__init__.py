"""Fixtures for authors of plugins: `pytest_plugins = ["schema.testing"]` in conftest.py brings them.

The application with the plugins of the project, on SQLite and PostgreSQL; a small company; clients that sign
in over HTTP. The names below are for annotations. `docs/plugins/testing.md` explains all.
"""

from core.jobs.worker import Worker
from schema.application import Application
from schema.testing.answers import QueryFailed
from schema.testing.clients import AsEmployee, Client, Clients
from schema.testing.clock import Clock
from schema.testing.company import Company
from schema.testing.counting import Statements
from schema.testing.leaking import Leaks
from schema.testing.listening import Heard

__all__ = [
    "Application",
    "AsEmployee",
    "Client",
    "Clients",
    "Clock",
    "Company",
    "Heard",
    "Leaks",
    "QueryFailed",
    "Statements",
    "Worker",
]

pytest_plugins = ["schema.testing.fixtures"]
