"""Subscriptions over a real socket: who hears what, and when it ends (PRM-5, PRM-7, PRM-8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect

from core.access.current import PolicyUnconfirmed
from core.audit.choices import AuditKind
from core.customers.events import PurchaseRecorded
from core.customers.service import CustomerService
from core.db.database import Database
from core.db.sealing import development_sealer
from core.events.publish import publish
from core.ids import SeededIds
from schema import application
from schema.application import make_web
from schema.subscriptions import feed, listener
from tests.core.world import World
from tests.e2e.company import Company
from tests.e2e.conftest import settings_of
from tests.e2e.test_audit_trail import trail
from tests.e2e.test_policies import apply, propose
from tests.sockets import Client, serving

PURCHASES = "subscription { purchaseRecorded { reference amount { amount } customer { name phone } } }"
CUSTOMERS = "subscription { customerChanged { name phone viewerRelation } }"


class Hall:
    """A company with an open socket address."""

    def __init__(self, company: Company, address: str) -> None:
        self.company, self.address = company, address

    @asynccontextmanager
    async def client(self, who: str, role: str | None = None, **more: Any) -> AsyncIterator[Client]:
        options: Any = {"subprotocols": ["graphql-transport-ws"], "compression": None}
        async with connect(f"{self.address}/graphql", **options) as opened:
            client = Client(opened)
            token = self.company.token(who, role, **more)
            await client.send(type="connection_init", payload={"Authorization": f"Bearer {token}"})
            assert await client.read() == {"type": "connection_ack"}
            yield client

    @asynccontextmanager
    async def listening(self, who: str, *queries: str, role: str | None = None) -> AsyncIterator[Client]:
        """A client whose operations are called by number, when all of them listen."""
        async with self.client(who, role) as client:
            before = self.listeners
            for number, query in enumerate(queries):
                await client.subscribe(str(number), query)
            await self.until(before + len(queries))
            yield client

    @property
    def listeners(self) -> int:
        return self.company.app.execution.subscriptions.feed.listening

    async def until(self, number: int) -> None:
        async with asyncio.timeout(5):
            while self.listeners != number:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def buy(self, customer: str, reference: str, who: str = "account_manager") -> None:
        given = {
            "customerId": self.company.id(customer),
            "at": "2026-11-01T08:00:00Z",
            "amount": {"amount": "29.50", "currency": "CNY"},
            "reference": reference,
        }
        done = await self.company.act(who, "recordPurchase", given)
        assert done["__typename"] == "RecordPurchasePayload", done


@pytest.fixture
async def hall(company: Company) -> AsyncIterator[Hall]:
    async with serving(make_web(company.app), company.app.settings) as address:
        yield Hall(company, address)


def data_of(said: dict[str, Any]) -> Any:
    assert said["type"] == "next", said
    return said["payload"]["data"]


async def test_a_purchase_is_told_as_the_caller_may_see_it(hall: Hall) -> None:
    async with hall.listening("leader", PURCHASES) as leader, hall.listening("finance", PURCHASES) as finance:
        await hall.buy("wang", "A-7", who="salesperson")
        found = data_of(await leader.read())["purchaseRecorded"]
        customer = {"name": "wang", "phone": "13800138001"}
        assert found == {"reference": "A-7", "amount": {"amount": "29.50"}, "customer": customer}
        said = await finance.read()
        asked = await hall.company.whole(
            "finance", '{ purchases(where: {reference: {eq: "A-7"}}) { nodes { customer { name phone } } } }'
        )
        assert (
            data_of(said)["purchaseRecorded"]["customer"]
            == asked["data"]["purchases"]["nodes"][0]["customer"]
        )
        [redaction] = said["payload"]["extensions"]["redactions"]
        assert redaction["path"] == ["purchaseRecorded", "customer", "phone"]
    await hall.until(0)


async def test_of_a_colleagues_customers_nothing_is_told(hall: Hall) -> None:
    async with hall.listening("salesperson_west", PURCHASES, CUSTOMERS, role="salesperson") as client:
        await hall.buy("wang", "A-7", who="salesperson")
        changed = {"id": hall.company.id("wang"), "region": "Suzhou"}
        await hall.company.act("salesperson", "updateCustomer", changed)
        await client.nothing()
        changed = {"id": hall.company.id("li"), "region": "Suzhou"}
        await hall.company.act("leader", "updateCustomer", changed)
        said = await client.read()
        assert said["id"] == "1"
        assert data_of(said)["customerChanged"]["name"] == "li"


async def test_conditions_narrow_what_is_told(hall: Hall) -> None:
    where = "{customer: {id: {eq: $who}}}"
    query = f"subscription ($who: ID!) {{ told: purchaseRecorded(where: {where}) {{ reference }} }}"
    async with hall.client("leader") as client:
        await client.subscribe("1", query, variables={"who": hall.company.id("li")})
        await hall.until(1)
        await hall.buy("wang", "A-7", who="leader")
        await hall.buy("li", "B-7", who="leader")
        assert data_of(await client.read()) == {"told": {"reference": "B-7"}}


REFUSED = [
    ("leader", "subscription { purchaseRecorded { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
    (
        "leader",
        "subscription { purchaseRecorded { id } customerChanged { id } }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    ("leader", "subscription {", "GRAPHQL_PARSE_FAILED"),
    ("leader", "{ customers { nodes { nothing } } }", "GRAPHQL_VALIDATION_FAILED"),
    ("leader", 'subscription { purchaseRecorded(where: {id: {eq: "x"}}) { id } }', "BAD_USER_INPUT"),
    (
        "leader",
        "subscription { purchaseRecorded { customer { purchases(first: 1000) { nodes { id } } } } }",
        "BAD_USER_INPUT",
    ),
    (
        "technical_support",
        'subscription { customerChanged(where: {phone: {eq: "13800138001"}}) { id } }',
        "FORBIDDEN",
    ),
    (
        "leader",
        f"subscription {{ purchaseRecorded {{ {'customer { purchases { nodes { ' * 5} id {'}' * 15} }} }}",
        "LIMIT_EXCEEDED",
    ),
]


@pytest.mark.parametrize(("who", "query", "code"), REFUSED)
async def test_what_may_not_be_asked_is_refused_at_once(hall: Hall, who: str, query: str, code: str) -> None:
    async with hall.client(who) as client:
        await client.subscribe("1", query)
        said = await client.read()
        assert (said["id"], said["type"]) == ("1", "error"), said
        assert said["payload"][0]["extensions"]["code"] == code, said
        await client.send(type="ping")
        assert await client.read() == {"type": "pong"}
        assert hall.listeners == 0
    refusals = await trail(hall.company, AuditKind.REFUSAL)
    assert [one["about"] for one in refusals] == [code] * (code == "FORBIDDEN")


async def test_silence_is_on_record_where_it_tells(hall: Hall) -> None:
    """Whoever is not told of a change learns that the phone is another one."""
    filtered = 'subscription Guess { customerChanged(where: {phone: {eq: "13900139000"}}) { id } }'
    async with hall.listening("leader", filtered, CUSTOMERS) as client:
        given = {"id": hall.company.id("li"), "region": "Wuxi"}
        await hall.company.act("leader", "updateCustomer", given)
        assert (await client.read())["id"] == "1"
        async with asyncio.timeout(10):
            while not any(  # noqa: ASYNC110  # nobody tells when it is written
                (one["operation"], one["fields"], one["customers"]) == ("Guess", ["Customer.phone"], set())
                for one in await trail(hall.company, AuditKind.READ)
            ):
                await asyncio.sleep(0.02)


async def test_queries_and_mutations_are_answered_too(hall: Hall) -> None:
    async with hall.client("leader") as client:
        await client.subscribe("q", "query Q { me { name } }", operationName="Q")
        assert data_of(await client.read()) == {"me": {"name": "leader"}}
        assert await client.read() == {"id": "q", "type": "complete"}
        act = "mutation ($i: UpdateCustomerInput!) { updateCustomer(input: $i) { __typename } }"
        await client.subscribe("m", act, variables={"i": {"id": hall.company.id("li"), "region": "Wuxi"}})
        assert data_of(await client.read()) == {"updateCustomer": {"__typename": "UpdateCustomerPayload"}}
        assert await client.read() == {"id": "m", "type": "complete"}


async def test_over_http_it_says_where_to_subscribe(company: Company) -> None:
    code, _ = await company.refused("leader", PURCHASES)
    assert code == "BAD_USER_INPUT"


async def test_a_change_of_the_policies_holds_in_the_middle(hall: Hall) -> None:
    """PRM-8: what was asked is refused, or the row shows less, or is no more."""
    company, world = hall.company, hall.company.world
    filtered = 'subscription { customerChanged(where: {phone: {eq: "13800138002"}}) { name } }'

    async def change(region: str) -> None:
        async with world.database.unit_of_work() as work:
            service = CustomerService(work, world.operator(), "CNY")
            await service.update(world.customers["li"], {"region": region})

    async def decide(line: str) -> None:
        id_ = await propose(company, line)
        await company.act("leader", "approvePolicyChange", {"id": id_})
        await apply(company, id_)

    async with hall.listening("leader", CUSTOMERS, filtered) as client:
        await change("Wuxi")
        said = {one["id"]: one for one in [await client.read(), await client.read()]}
        assert data_of(said["0"])["customerChanged"]["phone"] == "13800138002"
        assert data_of(said["1"])["customerChanged"]["name"] == "li"
        await decide("p, leader, class:contact, show, all, deny")
        said = {one["id"]: one for one in [await client.read()]}  # at once, whatever happens
        assert said["1"]["type"] == "error"
        assert said["1"]["payload"][0]["extensions"]["code"] == "FORBIDDEN"
        await change("Suzhou")
        assert data_of(await client.read())["customerChanged"]["phone"] != "13800138002"
        await decide("p, leader, type:Customer, read, all, deny")
        await change("Nanjing")
        await client.nothing()


async def test_who_is_suspended_is_put_out(hall: Hall) -> None:
    async with hall.listening("salesperson", PURCHASES) as client:
        given = {"employeeId": hall.company.id("salesperson"), "finding": "sold addresses"}
        await hall.company.act("leader", "suspendEmployee", given)
        assert (await client.closed())[0] == 4403
    await hall.until(0)


async def test_who_loses_the_role_is_put_out(hall: Hall) -> None:
    async with hall.listening("legal", CUSTOMERS) as client:
        given = {"id": hall.company.id("legal"), "roles": ["auditor"]}
        await hall.company.act("leader", "updateEmployee", given)
        assert (await client.closed())[0] == 4403


async def test_an_unknown_token_stays_out(hall: Hall) -> None:
    options: Any = {"subprotocols": ["graphql-transport-ws"]}
    async with connect(f"{hall.address}/graphql", **options) as opened:
        client = Client(opened)
        await client.send(type="connection_init", payload={"token": "x.y.z"})
        assert (await client.closed())[0] == 4403


async def test_the_socket_closes_when_the_token_expires(hall: Hall) -> None:
    async with hall.client("leader", hours=1 / 3600) as client:
        await client.subscribe("1", PURCHASES)
        await client.nothing(0.3)
        assert (await client.closed(5))[0] == 4403
    await hall.until(0)


async def test_while_the_service_is_unsure_events_wait(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in = hall.company.app.sign_in
    known, sure = sign_in.viewer_of, [True]

    async def viewer_of(token: str, language: Any, occasion: Any) -> Any:
        if len(sure) > 1 and not sure.pop():
            raise PolicyUnconfirmed
        return await known(token, language, occasion)

    monkeypatch.setattr(sign_in, "viewer_of", viewer_of)
    async with hall.listening("leader", PURCHASES) as client:
        sure += [False, False]
        ids = {
            "purchase_id": hall.company.more["purchase"],
            "customer_id": hall.company.world.customers["wang"],
        }
        async with hall.company.app.database.unit_of_work() as work:
            await publish(work, PurchaseRecorded(**ids))
        assert data_of(await client.read())["purchaseRecorded"]["reference"] == "A-1"
        assert sure == [True]


async def test_what_another_process_commits_arrives(hall: Hall, address: str, world: World) -> None:
    mine = hall.company.app.database
    other = Database(address, clock=mine.clock, ids=SeededIds(2, mine.clock), sealer=development_sealer())
    app = application.build(settings_of(address), database=other)
    there = Company(
        app, hall.company.client, World(other, world.departments, world.employees, world.customers)
    )
    try:
        async with (
            serving(make_web(app), app.settings) as second,
            hall.listening("leader", PURCHASES) as client,
            Hall(there, second).client("leader") as writer,
        ):
            act = "mutation ($i: RecordPurchaseInput!) { recordPurchase(input: $i) { __typename } }"
            paid = {"amount": "1.00", "currency": "CNY"}
            given = {"at": "2026-11-01T08:00:00Z", "amount": paid, "customerId": hall.company.id("wang")}
            for reference in ("X-1", "X-2"):
                await writer.subscribe("1", act, variables={"i": {**given, "reference": reference}})
                assert (await writer.read())["type"] == "next"
                assert (await writer.read())["type"] == "complete"
            found = [data_of(await client.read())["purchaseRecorded"]["reference"] for _ in range(2)]
            assert found == ["X-1", "X-2"]
            await client.nothing(1.2)  # each once
    finally:
        await other.close()


async def test_who_does_not_read_is_let_go(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "MOST", 2)
    service = hall.company.app.execution.subscriptions
    held = asyncio.Event()
    answer = service._answer

    async def slow(*given: Any) -> Any:
        await held.wait()
        return await answer(*given)

    monkeypatch.setattr(service, "_answer", slow)
    async with hall.listening("leader", PURCHASES) as client:
        for number in range(6):
            await hall.buy("wang", f"A-{number + 10}", who="leader")
        await asyncio.sleep(2 * feed.EVERY)
        held.set()
        assert data_of(await client.read())["purchaseRecorded"]["reference"] == "A-10"
        said = await client.read()
        assert said["payload"][0]["extensions"]["code"] == "OVERLOADED"
    await hall.until(0)


async def test_nobody_listens_nobody_reads(hall: Hall) -> None:
    service = hall.company.app.execution.subscriptions
    assert service.feed._reading is None
    async with hall.listening("leader", PURCHASES):
        assert service.feed._reading is not None
    await hall.until(0)
    assert service.feed._reading is None


async def test_auditors_are_told_when_the_glass_is_broken(hall: Hall) -> None:
    """BEY-8: they, the leading group, and who did it; nobody else."""
    opened = "subscription { emergencyOpened { reason employee { name } } }"
    given = {"reason": "the customer stands at the counter", "minutes": 30}
    async with hall.listening("auditor", opened) as auditor, hall.listening("legal", opened) as legal:
        await hall.company.act("customer_service", "breakGlass", given)
        found = data_of(await auditor.read())["emergencyOpened"]
        assert found == {"reason": given["reason"], "employee": {"name": "customer_service"}}
        await legal.nothing()
