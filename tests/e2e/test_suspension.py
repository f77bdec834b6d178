"""A suspension holds in every process within five seconds, and its case ends with somebody else (ACC-4).

Clocks stand still here, so that what a process keeps of an employee never runs out by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed

from core.db.database import Database
from core.db.sealing import development_sealer
from core.ids import SeededIds
from core.policies.watch import watching
from schema import application
from schema.application import make_web
from tests.core.world import World
from tests.e2e.company import Company
from tests.e2e.conftest import settings_of
from tests.e2e.test_people import status
from tests.e2e.test_subscriptions import PURCHASES, Hall
from tests.sockets import serving

WITHIN = 5.0
NAMES = "{ customers { nodes { name } } }"


@pytest.fixture
async def elsewhere(company: Company, address: str, world: World) -> AsyncIterator[Hall]:
    """Another process of the same company, as far as this one can tell."""
    mine = company.app.database
    other = Database(address, clock=mine.clock, ids=SeededIds(2, mine.clock), sealer=development_sealer())
    app = application.build(settings_of(address), database=other)
    there = Company(app, company.client, replace(world, database=other))
    try:
        async with watching(app.keeper, app.people), serving(make_web(app), app.settings) as opened:
            yield Hall(there, opened)
    finally:
        await other.close()


async def suspend(company: Company, who: str = "salesperson") -> str:
    given = {"employeeId": company.id(who), "finding": "sold addresses"}
    found = await company.act("leader", "suspendEmployee", given, "case { id } employee { suspendedAt }")
    assert found["employee"]["suspendedAt"]
    case: str = found["case"]["id"]
    return case


async def test_elsewhere_too_tokens_are_refused_and_sockets_closed(company: Company, elsewhere: Hall) -> None:
    token = company.token("salesperson")
    async with (
        elsewhere.client("salesperson") as idle,
        elsewhere.listening("salesperson", PURCHASES) as listener,
        elsewhere.client("salesperson") as asking,
        elsewhere.client("leader") as other,
    ):
        await asking.subscribe("1", NAMES)
        assert (await asking.read())["type"] == "next"
        assert (await asking.read())["type"] == "complete"
        await suspend(company)
        assert await status(company, token) == 401  # at once where it was done
        async with asyncio.timeout(WITHIN):
            for client in (idle, listener, asking):
                assert (await client.closed(WITHIN))[0] == 4403
        with pytest.raises(ConnectionClosed):  # before it is acknowledged
            async with elsewhere.client("salesperson"):
                pass
        await other.subscribe("1", NAMES)
        assert (await other.read())["type"] == "next"


async def test_here_sockets_are_closed_at_once(company: Company) -> None:
    async with serving(make_web(company.app), company.app.settings) as address:
        hall = Hall(company, address)
        async with hall.client("salesperson") as idle, hall.client("leader") as other:
            await suspend(company)
            assert (await idle.closed(1))[0] == 4403
            await other.send(type="ping")
            assert await other.read() == {"type": "pong"}


async def test_a_case_is_led_and_decided_over_http(company: Company, elsewhere: Hall) -> None:
    case = await suspend(company)
    said = {"caseId": case, "statement": "it was my brother"}
    await company.act("leader", "recordStatement", said)
    decision = {"caseId": case, "outcome": "RESTORED", "decision": "it was"}
    assert (await company.act("leader", "decideCase", decision))["code"] == "FOUR_EYES"
    shown = "employee { suspendedAt } case { outcome closedAt }"
    found = await company.act("administrator", "decideCase", decision, shown)
    assert found["employee"] == {"suspendedAt": None}
    assert found["case"]["outcome"] == "RESTORED"
    assert await status(company, company.token("salesperson")) == 200
    async with asyncio.timeout(WITHIN):
        while True:  # there it was refused until now, if it was ever asked
            try:
                async with elsewhere.client("salesperson"):
                    break
            except ConnectionClosed:
                await asyncio.sleep(0.1)


SEEN = "{ abuseCases(where: {closedAt: {isNull: false}}) { nodes { finding outcome employee { name } } } }"


@pytest.mark.parametrize(
    ("who", "finding", "seen"),
    [
        ("leader", "asked for much", 1),
        ("auditor", None, 1),
        ("finance", "asked for much", 1),
        ("legal", None, 0),
    ],
)
async def test_who_sees_a_case(company: Company, who: str, finding: str | None, seen: int) -> None:
    """Whom it was about reads it, once they are back; auditors see that there is one."""
    nodes = (await company.ask(who, SEEN))["abuseCases"]["nodes"]
    assert [node["finding"] for node in nodes] == [finding] * seen


async def test_a_suspended_employee_keeps_the_subject(company: Company) -> None:
    """Or tokens of the old one would be a program's, which no employee answers for."""
    await suspend(company)
    given = {"id": company.id("salesperson"), "subject": "another"}
    refused = await company.act("administrator", "updateEmployee", given)
    assert (refused["code"], refused["field"]) == ("CONFLICT", "subject")
