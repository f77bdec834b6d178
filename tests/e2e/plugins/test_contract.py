"""The contract, hook by hook, with a plugin of straw behind the real application on both databases."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from core.extension.plugins import NONE, Plugins, of
from core.extension.removal import Removal
from core.runtime import operator
from core.tiers.signals import Signals
from schema import application
from schema.application import Application, build, make_web
from schema.plugin import Permission, Plugin, Text, enqueue
from schema.plugin.adopting import adopt
from tests.core.world import World
from tests.databases import Make
from tests.e2e import conftest as e2e
from tests.e2e.company import Company, assert_clean, open_company
from tests.e2e.conftest import Filled, filled_by, settings_of
from tests.e2e.plugins.straw import Counter, Straw
from tests.e2e.plugins.straw.models import StrawMark

MARK = """mutation Mark($input: StrawMarkInput!) { straw { mark(input: $input) {
  __typename ... on UserError { code message field }
  ... on StrawMarkPayload { mark { label customer { name straw { count } } } } } } }"""
MARKS = "{ straw { marks { nodes { label customer { name } } } } }"
world = e2e.world


def with_straw(world: World, address: str, plugins: Plugins | None = None) -> Application:
    plugins = of([Straw()], Plugin) if plugins is None else plugins
    return build(settings_of(address), plugins=plugins, database=world.database)


async def planted(url: str) -> Filled:
    """A company that was filled while the plugin was on."""
    return await filled_by(url, of([Straw()], Plugin))


@pytest.fixture
def make() -> Make:
    return planted


@pytest.fixture
async def company(filled: Filled, world: World) -> AsyncIterator[Company]:
    app = with_straw(world, filled.url)
    async with open_company(app, world, filled.more) as opened:
        yield opened


async def adopted(company: Company) -> Company:
    viewer = operator(models=company.app.plugins.models)
    (declared,) = company.app.plugins.on
    version, came, left = await adopt(company.app.keeper, viewer, declared, "tried out")
    assert version is not None
    assert len(came) == 4
    assert [rule.role for rule in left] == ["scarecrow"]
    return company


async def count(company: Company, customer: str) -> int:
    key = company.world.customers[customer]
    found = sa.select(sa.func.count()).select_from(StrawMark).where(StrawMark.customer_id == key)
    async with company.world.database.unit_of_work() as work:
        return int(await work.session.scalar(found) or 0)


async def test_nobody_sees_anything_of_a_plugin_until_its_policies_are_adopted(company: Company) -> None:
    """BEY-6: a new plugin is guarded on its first day."""
    given = {"customerId": company.id("wang"), "label": "gold"}
    said = await company.whole("leader", MARK, {"input": given})
    assert said["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.ask("leader", MARKS) == {"straw": {"marks": {"nodes": []}}}
    await adopted(company)
    made = await company.ask("leader", MARK, {"input": given})
    mark = made["straw"]["mark"]["mark"]
    assert mark == {"label": "gold", "customer": {"name": "wang", "straw": {"count": 1}}}
    assert (await company.ask("salesperson_west", MARKS, role="salesperson"))["straw"]["marks"]["nodes"] == []
    assert len((await company.ask("leader", MARKS))["straw"]["marks"]["nodes"]) == 1


async def test_a_server_says_which_plugin_nobody_sees(address: str, world: World) -> None:
    app = with_straw(world, address)
    with capture_logs() as logs:
        async with open_company(app, world, {}) as company:
            await adopted(company)
    said = [one for one in logs if one["event"] == "no policies of a plugin are in force"]
    assert [(one["plugin"], "baoke plugin adopt straw" in one["remedy"]) for one in said] == [("straw", True)]


async def test_a_plugins_rows_are_guarded_like_the_cores(company: Company) -> None:
    """ACC-1: rows by the relation to the customer, fields by class, in plugins too."""
    await adopted(company)
    for name in ("wang", "li"):
        await company.ask("leader", MARK, {"input": {"customerId": company.id(name), "label": name}})
    said = await company.whole("salesperson", MARKS)
    assert said["data"]["straw"]["marks"]["nodes"] == [{"label": "wang", "customer": {"name": "wang"}}]
    found = await company.ask("leader", "{ customers(where: {straw: {count: {gte: 1}}}) { totalCount } }")
    assert found["customers"]["totalCount"] == 2
    other = {"customerId": company.id("li"), "label": "mine now"}
    refused = await company.ask("salesperson", MARK, {"input": other})
    assert refused["straw"]["mark"]["code"] == "NOT_FOUND"


async def test_events_are_handled_after_the_commit_and_jobs_go_on_until_all_is_done(company: Company) -> None:
    await adopted(company)
    before = await count(company, "wang")
    bought = {"customerId": company.id("wang"), "at": "2026-11-01T08:00:00Z"}
    await company.act("leader", "recordPurchase", {**bought, "amount": {"amount": "5", "currency": "CNY"}})
    assert await count(company, "wang") == before
    await company.app.worker.drain()
    assert await count(company, "wang") > before
    await company.ask("leader", MARK, {"input": {"customerId": company.id("wang"), "label": "x"}})
    counter = company.app.database.services[Counter]
    async with company.app.database.unit_of_work() as work:
        await enqueue(work, "straw.fade", {})
    await company.app.worker.drain()
    assert await count(company, "wang") == 0
    assert counter.seen[-1] == 0
    assert [type(one).__name__ for one in counter.seen if not isinstance(one, int)] == ["Marked"]


@pytest.mark.parametrize(("language", "words"), [("en", "unlucky"), ("zh", "不吉利")])
async def test_a_validator_refuses_with_a_reason_in_the_callers_language(
    company: Company, language: str, words: str
) -> None:
    bought = {
        "customerId": company.id("wang"),
        "at": "2026-11-01T08:00:00Z",
        "amount": {"amount": "4.44", "currency": "CNY"},
    }
    body = {
        "query": "mutation Act($input: RecordPurchaseInput!) { recordPurchase(input: $input) "
        "{ __typename ... on UserError { code message field } } }",
        "variables": {"input": bought},
    }
    answer = await company.post(body, company.token("leader"), accept_language=language)
    said = answer.json()["data"]["recordPurchase"]
    assert (said["__typename"], said["code"], said["field"]) == ("RefusedError", "REFUSED", "amount")
    assert words in said["message"]
    shown = await company.ask("leader", "{ purchases { totalCount } }")
    assert shown["purchases"]["totalCount"] == 3


async def test_a_validator_that_does_not_answer_in_time_refuses(company: Company) -> None:
    given = {"id": company.id("wang"), "name": "慢"}
    said = await company.act("leader", "updateCustomer", given, "customer { name }")
    assert said["code"] == "REFUSED"
    assert "straw.slow" in said["message"]
    kept = await company.ask("leader", f'{{ customer(id: "{company.id("wang")}") {{ name }} }}')
    assert kept["customer"]["name"] == "wang"


async def test_paths_of_a_plugin_ask_for_a_sign_in_unless_they_are_public(company: Company) -> None:
    """PRM-2, PRM-4: the same limits and the same sign-in as for GraphQL."""
    client, signed = company.client, {"authorization": f"Bearer {company.token('leader')}"}
    refused = await client.post("/plugins/straw/echo/hi", content=b"x")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert_clean(refused)
    said = await client.post("/plugins/straw/echo/hi", content=b"x", headers=signed)
    assert said.json() == {"who": "leader", "said": "x", "path": {"word": "hi"}}
    assert said.headers["x-request-id"]
    assert (await client.post("/plugins/straw/hook", content=b"y")).json()["who"] is None
    large = await client.post("/plugins/straw/hook", content=b"z" * 1_100_000)
    assert large.json()["errors"][0]["extensions"]["code"] == "BODY_TOO_LARGE"
    assert (await client.get("/plugins/straw/hook")).status_code == 405


async def test_health_checks_stand_in_readyz(
    company: Company, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await company.client.get("/readyz")
    assert (said.status_code, said.text) == (200, "ok\nstraw.well: ok\n")
    monkeypatch.setenv("BAOKE_STRAW_WELL", "no")
    app = with_straw(company.world, address)
    web = make_web(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://baoke") as client:
        await app.keeper.start()
        app.policies.confirmed(app.policies.now())
        said = await client.get("/readyz")
    assert (said.status_code, said.text) == (503, "not ready\nstraw.well: failing\n")


async def test_rules_of_a_plugin_that_is_off_rest_and_its_data_stays(company: Company, address: str) -> None:
    await adopted(company)
    await company.ask("leader", MARK, {"input": {"customerId": company.id("wang"), "label": "kept"}})
    rules = '{ policyRules(where: {object: {eq: "type:StrawMark"}}) { totalCount } }'
    off = with_straw(company.world, address, NONE)
    await off.keeper.start()
    assert not [rule for rule in off.policies.current.rules if "StrawMark" in rule.object]
    assert (await company.ask("administrator", rules))["policyRules"]["totalCount"] == 4
    on = with_straw(company.world, address)
    await on.keeper.start()
    assert len([rule for rule in on.policies.current.rules if "StrawMark" in rule.object]) == 4
    assert await count(company, "wang") == 1


async def test_a_plugin_is_removed_with_all_that_it_left(company: Company, tmp_path: Path) -> None:
    await adopted(company)
    given = {"customerId": company.id("wang"), "label": "gold", "idempotencyKey": "k"}
    await company.ask("leader", MARK, {"input": given})
    (declared,) = company.app.plugins.on
    file = tmp_path / "straw.jsonl"
    assert await Removal(company.app.database, declared).run(file) == 1
    said = json.loads(file.read_text(encoding="utf-8"))
    assert (said["table"], said["row"]["label"]) == ("p_straw_marks", "gold")
    assert file.stat().st_mode & 0o077 == 0
    async with company.app.database.unit_of_work() as work:
        connection = await work.session.connection()
        tables = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        assert not [name for name in tables if "straw" in name]
        for text in (
            "select count(*) from outbox where name like 'straw.%' or handler like 'straw.%'",
            "select count(*) from idempotency_keys where mutation like 'straw.%'",
            "select count(*) from policy_rules where object like '%Straw%' and until is null",
        ):
            assert await work.session.scalar(sa.text(text)) == 0, text
        kinds = "select kind from audit_records where operation = 'plugin uninstall' order by at, id"
        assert (await work.session.scalars(sa.text(kinds))).all() == ["EXPORT", "POLICY", "WRITE"]


class Sticking(Straw):
    """It adds an act to a type of the core."""

    lines: Path

    def permissions(self) -> Sequence[Permission]:
        return (*super().permissions(), Permission("Customer", "stick", Text("stick", "粘贴")))

    def grants(self) -> Path:
        return self.lines


STICK = "p, leader, type:Customer, stick, all, allow"


async def test_rules_about_its_acts_on_types_of_the_core_go_with_it(
    address: str, world: World, tmp_path: Path
) -> None:
    lines = {"p, leader, type:StrawMark, mark, all, allow", STICK}
    plugin = Sticking()
    plugin.lines = tmp_path / "grants.csv"
    plugin.lines.write_text("\n".join(lines), encoding="utf-8")
    app = with_straw(world, address, of([plugin], Plugin))
    async with open_company(app, world, {}):
        (declared,) = app.plugins.on
        await adopt(app.keeper, operator(models=app.plugins.models), declared, "tried out")
        rules = {rule.line for rule in app.policies.current.rules}
        assert STICK in rules
        await Removal(app.database, declared).run(tmp_path / "straw.jsonl")
        await app.keeper.load()
        left = {rule.line for rule in app.policies.current.rules}
    assert rules - left == lines, "what the core's own acts on customers are granted by stays"


async def test_two_applications_with_different_plugins_in_one_process(company: Company, address: str) -> None:
    bare = with_straw(company.world, address, NONE)
    assert "StrawMark" in application.sdl(company.app.schema)
    assert "Straw" not in application.sdl(bare.schema)
    assert "straw.marks" in Signals(list(company.app.plugins.each("signals"))).by_name
    assert (await company.ask("leader", "{ plugins { id version state name provides error { code } } }"))[
        "plugins"
    ] == [
        {
            "id": "straw",
            "version": "1.2.0",
            "state": "ON",
            "name": "Straw",
            "error": None,
            "provides": [
                "type StrawMark",
                "table p_straw_marks",
                "id prefix stm",
                "act StrawMark.mark",
                "event straw.marked",
                "handler straw.bought",
                "handler straw.marked",
                "job straw.fade",
                "signal straw.marks",
                "validator straw.unlucky",
                "validator straw.slow",
                "health check straw.well",
                "command straw",
                "field Customer.straw",
                "field Query.straw",
                "field Mutation.straw",
                "route /plugins/straw/echo/{word}",
                "route /plugins/straw/hook",
            ],
        }
    ]
