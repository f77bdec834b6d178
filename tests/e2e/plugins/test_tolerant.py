"""A plugin that fails late, in its services, registries or migrations: it stops the start, or is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from core.extension.failing import PluginError
from core.extension.plugins import Plugins, of
from schema.application import Application, build, make_web
from schema.plugin import Context, Event, Handler, Job, Manifest, Payload, Plugin, Services, Text
from tests.core.world import World
from tests.e2e.company import Company, open_company
from tests.e2e.conftest import settings_of
from tests.e2e.plugins.straw import Counter, Straw

FRAIL = "{ plugins { id state version error { code message } } }"
WORDS = Text("Frail", "脆弱")
SECRET = "postgresql://baoke:hunter2@db/baoke"
HALF = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "frail_0001", None
def upgrade():
    op.create_table("p_frail_things", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO p_frail_things (id) VALUES (1)")
    {then}
def downgrade():
    op.drop_table("p_frail_things")
"""
NO_TABLE = 'op.execute("INSERT INTO nowhere VALUES (1)")'
DANGLES = (
    """op.execute("INSERT INTO employee_roles (id, employee_id, role) VALUES ('{key}', '{key}', 'x')")"""
)


class Undeclared(Event, name="frail.undeclared"):
    """Nobody gives it in `events`."""


async def _handle(_context: Context, _events: Sequence[Event]) -> None:
    """Never called."""


async def _run(_context: Context, _payload: Payload) -> None:
    """Never called."""


def made(name: str, requires: tuple[str, ...] = (), **hooks: Any) -> Plugin:
    """A plugin whose hooks give these values."""
    body: dict[str, Any] = {"manifest": Manifest(name, "1.0.0", WORDS, requires=requires)}
    for hook, value in hooks.items():
        body[hook] = lambda _self, *given, value=value: value(*given) if callable(value) else value
    plugin: Plugin = type("Made", (Plugin,), body)()
    return plugin


def raises(_offered: Services) -> Sequence[object]:
    raise RuntimeError(SECRET)


Breaks = dict[str, Any]
LATE: dict[str, tuple[Breaks, str]] = {
    "services": ({"services": raises}, "could not be loaded: RuntimeError"),
    "offered twice": ({"services": lambda _: (Counter(), Counter())}, "offered twice"),
    "one name": (
        {"handlers": (Handler("frail.x", Undeclared, _handle),), "jobs": (Job("frail.x", _run, WORDS),),
         "events": (Undeclared,)},
        "frail.x: declared twice",
    ),
    "undeclared": ({"handlers": (Handler("frail.y", Undeclared, _handle),)}, "which nobody declares"),
}  # fmt: skip


def beside(**breaks: Any) -> Plugins:
    """The frail one, one that requires it, one that requires that one, and one that is well."""
    frail, needy = made("frail", **breaks), made("needy", ("frail",))
    return of([frail, needy, made("needier", ("needy",)), Straw()], Plugin)


def application(address: str, world: World, plugins: Plugins, *, tolerant: bool) -> Application:
    settings = settings_of(address, plugins_tolerant=tolerant)
    return build(settings, plugins=plugins, database=world.database)


async def tables(world: World) -> set[str]:
    async with world.database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))


async def assert_left_out(company: Company) -> None:
    """The three, over HTTP; what is well works."""
    said = (await company.ask("leader", FRAIL))["plugins"]
    assert [(one["id"], one["state"]) for one in said] == [
        ("straw", "ON"), ("frail", "FAILED"), ("needy", "FAILED"), ("needier", "FAILED"),
    ]  # fmt: skip
    assert {one["error"]["code"] for one in said[1:]} == {"CONFIGURATION"}
    assert said[2]["error"]["message"] == "needy: needs the plugin frail, which failed"
    assert said[1]["version"] == "1.0.0"
    assert SECRET not in str(said)
    ready = await company.client.get("/readyz")
    lines = ["ok", "straw.well: ok", "frail: failing", "needy: failing", "needier: failing"]
    assert (ready.status_code, ready.text.splitlines()) == (200, lines)
    assert await company.ask("leader", "{ straw { marks { totalCount } } }")
    assert (await company.client.post("/plugins/straw/hook", content=b"y")).status_code == 200


@pytest.mark.parametrize("fault", LATE)
async def test_one_that_can_not_be_equipped(address: str, world: World, fault: str) -> None:
    breaks, words = LATE[fault]
    plugins = beside(**breaks)
    with pytest.raises(PluginError, match=words) as caught:
        application(address, world, plugins, tolerant=False)
    assert str(caught.value).startswith("frail: ")
    with capture_logs() as logs:
        app = application(address, world, plugins, tolerant=True)
    told = {one["plugin"]: one["error"] for one in logs if one["event"] == "plugin left out"}
    assert told.keys() == {"frail", "needy", "needier"}
    assert words in told["frail"]
    async with open_company(app, world) as company:
        await assert_left_out(company)


@pytest.fixture(params=[NO_TABLE, "raise RuntimeError('of its own')", "2 +", DANGLES])
def versions(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a migration that fails."""
    then = request.param.format(key="0" * 32)
    (tmp_path / "0001.py").write_text(HALF.format(then=then), encoding="utf-8")
    return tmp_path


async def test_one_whose_tables_can_not_be_made_stops_the_start(
    address: str, world: World, versions: Path
) -> None:
    before = await tables(world)
    web = make_web(application(address, world, beside(migrations=versions), tolerant=False))
    with pytest.raises(PluginError, match=r"^frail: its tables can't be brought up to date"):
        async with web.router.lifespan_context(web):
            raise AssertionError
    assert await tables(world) == before, "neither its tables nor those of others"


async def test_one_whose_tables_can_not_be_made_is_left_out(
    address: str, world: World, versions: Path
) -> None:
    app = application(address, world, beside(migrations=versions), tolerant=True)
    async with open_company(app, world) as company:
        assert not [name for name in await tables(world) if "frail" in name]
        assert {"p_straw_marks", "alembic_straw"} <= await tables(world)
        await assert_left_out(company)


async def test_a_web_application_answers_nothing_of_what_was_left_out(
    address: str, world: World, versions: Path
) -> None:
    """It was made with the plugin, and started without it."""
    plugins = beside(migrations=versions, routes=Straw().routes())
    web = make_web(application(address, world, plugins, tolerant=True))
    transport = httpx.ASGITransport(web)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://baoke") as client,
        web.router.lifespan_context(web),
    ):
        assert (await client.post("/plugins/frail/hook")).status_code == 404
        assert (await client.post("/plugins/straw/hook")).status_code == 200


async def test_services_are_asked_again_where_another_one_failed(address: str, world: World) -> None:
    """An object is made for each attempt; what was offered before is gone."""
    asked: list[Services] = []

    def offers(offered: Services) -> Sequence[object]:
        asked.append(offered)
        return ()

    plugins = of([made("early", services=offers), made("frail", services=raises)], Plugin)
    app = application(address, world, plugins, tolerant=True)
    assert len({id(one) for one in asked}) == 2
    assert [one.manifest.id for one in app.plugins.on] == ["early"]
