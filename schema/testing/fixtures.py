"""The fixtures; `docs/plugins/testing.md` lists them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from core.extension.plugins import Plugins
from core.jobs.worker import Worker
from core.settings import PluginChoice
from schema.application import Application, load_plugins
from schema.testing.clients import AsEmployee, Clients, Edge
from schema.testing.clock import START, Clock
from schema.testing.company import Company
from schema.testing.counting import Statements
from schema.testing.databases import NO_POSTGRESQL, SYSTEMS, open_server
from schema.testing.leaking import Leaks
from schema.testing.making import Template, fill, running

OPTION = "baoke_plugins"


@dataclass(frozen=True)
class Running:
    """An application that runs, and the way to it."""

    app: Application
    http: Edge


def pytest_addoption(parser: pytest.Parser) -> None:
    """`baoke_plugins` in the project's pytest settings."""
    parser.addini(
        OPTION, "Plugins that are on, as in BAOKE_PLUGINS; folders are seen from here.", default="."
    )


@pytest.fixture(scope="session")
def plugins(request: pytest.FixtureRequest) -> Plugins:
    """The plugins of the project."""
    root = request.config.rootpath
    parts = [part.strip() for part in str(request.config.getini(OPTION)).split(",")]
    wanted = [str(root / part) if part == "." or "/" in part else part for part in parts]
    return load_plugins(PluginChoice(plugins=",".join(wanted), _env_file=None))


Templates = Callable[[str], Template]


@pytest.fixture(scope="session")
def templates(plugins: Plugins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """A filled database on each system, made when a test first asks."""
    made: dict[str, Template] = {}
    with ExitStack() as stack:

        def template(system: str) -> Template:
            if system not in made:
                folder: Path = tmp_path_factory.mktemp("databases")
                server = stack.enter_context(open_server(system, folder))
                if server is None:
                    pytest.skip(NO_POSTGRESQL.en)
                made[system] = asyncio.run(fill(server, plugins))
                stack.callback(server.drop_database, made[system].name)
            return made[system]

        yield template


@pytest.fixture(params=SYSTEMS)
def template(request: pytest.FixtureRequest, templates: Templates) -> Template:
    """The filled database of the system of this test."""
    return templates(request.param)


@pytest.fixture
def database_url(template: Template) -> Iterator[str]:
    """A database of the test's own: migrated, with the company in it and the suggested grants in force."""
    name = template.clone()
    yield template.server.dsn(name)
    template.server.drop_database(name)


@pytest.fixture
def clock() -> Clock:
    """Time; it stands on a Monday morning until it is moved."""
    return Clock(START)


@pytest_asyncio.fixture
async def running_app(
    database_url: str, template: Template, plugins: Plugins, clock: Clock
) -> AsyncIterator[Running]:
    """The application from start to end."""
    async with running(database_url, plugins, template.schema, clock) as (app, http):
        yield Running(app, http)


@pytest.fixture
def app(running_app: Running) -> Application:
    """The application."""
    return running_app.app


@pytest.fixture
def company(app: Application, template: Template) -> Company:
    """Who is there."""
    return Company(app, template.cast)


@pytest.fixture
def client(running_app: Running) -> Clients:
    """`client(role)`."""
    return Clients(running_app.app, running_app.http)


@pytest.fixture
def as_employee(company: Company, running_app: Running) -> AsEmployee:
    """`as_employee(subject)`."""
    return AsEmployee(company, running_app.http)


@pytest.fixture
def work(app: Application) -> Worker:
    """Durable work: nothing of it is done before `await work.drain()`."""
    return app.worker


@pytest.fixture
def statements(app: Application) -> Statements:
    """Notes the SQL of a block."""
    return Statements(app.database)


@pytest.fixture
def leaks(app: Application, client: Clients) -> Leaks:
    """Sees to it that a role is not told a value."""
    return Leaks(app, client)
