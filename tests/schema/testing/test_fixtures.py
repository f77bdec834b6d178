"""What authors test with, on both systems."""

from __future__ import annotations

import datetime as dt

import pytest

from core.access.rules import EVERYONE
from core.jobs.outbox import enqueue
from schema.testing import (
    Application,
    AsEmployee,
    Clients,
    Clock,
    Company,
    Leaks,
    QueryFailed,
    Statements,
    Worker,
)
from schema.testing.clock import START

CUSTOMERS = "{ customers(first: 100) { totalCount nodes { id name phone owner { name } spend { amount } } } }"
ONE = "query ($id: ID!) { node(id: $id) { ... on Customer { name phone } } }"


async def test_everybody_is_there(app: Application, company: Company, client: Clients) -> None:
    roles = app.policies.current.roles.keys() - {EVERYONE}
    assert set(company.cast.owned) == roles
    found = (await client("leader").query(CUSTOMERS))["customers"]
    assert found["totalCount"] == len(roles) + 2
    mine = next(one for one in found["nodes"] if one["id"] == company.customer_of("salesperson"))
    assert (mine["owner"]["name"], mine["spend"]["amount"]) == ("salesperson", "527.00")
    assert company.key(company.employee("leader_west")) == company.cast.employees["leader_west"]


async def test_a_client_sees_what_its_role_sees(
    client: Clients, as_employee: AsEmployee, company: Company
) -> None:
    phone = (await client("salesperson").query(ONE, id=company.customer_of("salesperson")))["node"]["phone"]
    assert phone.startswith("13800138")
    assert (await client("salesperson").query(ONE, id=company.stranger))["node"] is None
    assert (await as_employee("salesperson_west").query(ONE, id=company.stranger))["node"]["name"]


async def test_errors_are_raised_and_the_answer_can_be_had_as_it_is(client: Clients) -> None:
    with pytest.raises(QueryFailed) as refused:
        await client("salesperson").query("{ customers(first: -1) { totalCount } }")
    assert refused.value.codes == ["BAD_USER_INPUT"]
    answer = await client("salesperson").raw("{ me { name } }")
    assert (answer.status_code, answer.json()["data"]) == (200, {"me": {"name": "salesperson"}})


async def test_time_is_the_test_s_own(app: Application, clock: Clock) -> None:
    clock.advance(days=1, hours=2)
    clock.advance(dt.timedelta(minutes=1))
    assert app.database.clock.now() - START == dt.timedelta(days=1, hours=2, minutes=1)


async def test_work_waits_until_it_is_drained(app: Application, work: Worker) -> None:
    async with app.database.unit_of_work() as unit:
        await enqueue(unit, "core.prune", {})
    await work.drain()
    assert not await work.round()


async def test_statements_are_counted_of_all_three_sorts(
    app: Application, client: Clients, company: Company, statements: Statements
) -> None:
    leader = client("leader")
    await leader.query(CUSTOMERS)
    with statements() as sent:
        await leader.query(CUSTOMERS)
    assert len(sent) == 1
    with statements() as sent:
        await company.purchase(company.stranger, minor=100)
    assert any("INSERT INTO purchases" in sql for sql in sent)
    assert any("SELECT" in sql for sql in sent)
    writers = app.database._writers
    with statements():
        pass
    assert app.database._writers is writers


async def test_a_leak_is_found(company: Company, leaks: Leaks) -> None:
    phone = str(13_800_138_000 + len(company.cast.owned))
    await leaks(phone, "salesperson")
    with pytest.raises(AssertionError, match="leader is told"):
        await leaks(phone, "leader")


async def test_what_happens_is_heard_by_who_may_see_it(client: Clients, company: Company) -> None:
    seller, mine = client("salesperson"), company.customer_of("salesperson")
    recorded = "subscription { purchaseRecorded { amount { minor } } }"
    async with seller.listen(recorded) as heard, client("leader").listen(recorded) as told:
        await company.purchase(company.customer_of("leader"), minor=100)
        await company.purchase(mine, minor=200)
        assert (await heard())["purchaseRecorded"]["amount"]["minor"] == 200
        assert (await told())["purchaseRecorded"]["amount"]["minor"] == 100
    for wrong in ("subscription { nothing }", "subscription { purchaseRecorded }"):
        with pytest.raises(QueryFailed):
            async with seller.listen(wrong):
                pass
