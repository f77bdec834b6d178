"""What clients read of points, and who may (PTS-1, PTS-4, ACC-1)."""

from __future__ import annotations

from typing import Any

import pytest

from schema.testing.counting import Statements
from tests.e2e.plugins.points.programme import Programme

WHOLE = """query($id: ID!) { customer(id: $id) { name points {
  member { number joinedAt level { code name } } balance pending claim earned expiring nextExpiry
  entries(first: 5) { nodes { kind side points at reason transaction { rule { nameEn } } } }
  transactions { nodes { kind points reversedBy { id } } }
  lots { nodes { earned remaining expiresAt } } redemptions { nodes { state reward { code } } }
  recommendations { nodes { kind reason } } months { nodes { month } } levelChanges { nodes { reason } }
} } }"""
RICH = """{ customers(where: {points: {balance: {gte: 100}}}, orderBy: [{points: {balance: DESC}}]) {
  nodes { name points { balance } } } }"""
AT_LEVEL = '{ customers(where: {points: {member: {level: {code: {eq: "basic"}}}}}) { nodes { name } } }'
PROGRAMME = """{ points { levels { nodes { code members { totalCount } } } rewards { nodes { code stock } }
  rules { nodes { nameEn } } members { nodes { number customer { name } } } redemptions { totalCount }
  recommendations { totalCount } figures { totalCount } } }"""


async def test_nothing_is_seen_or_done_before_the_policies_are_adopted(bare: Programme) -> None:
    said = await bare.company.whole(
        "leader",
        bare.document("join"),
        {"input": {"customerId": bare.company.id("wang"), "channel": "STAFF"}},
    )
    assert said["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    data = await bare.company.ask("leader", PROGRAMME)
    assert data["points"]["levels"]["nodes"] == []


async def test_everything_of_a_customer_is_one_statement(programme: Programme) -> None:
    await programme.buy(amount="120")
    await programme.drain()
    company = programme.company
    asked = company.id("wang")
    await company.ask("leader", WHOLE, {"id": asked})
    before = company.app.engine.compiled
    with Statements(company.app.database)() as sent:
        data = await company.ask("leader", WHOLE, {"id": asked})
    assert (len(sent), company.app.engine.compiled) == (1, before)
    found = data["customer"]["points"]
    assert found["member"]["level"] == {"code": "basic", "name": "普通"}
    assert [found[n] for n in ("balance", "pending", "claim", "earned", "expiring")] == [120, 0, 0, 120, 0]
    (entry,) = found["entries"]["nodes"]
    assert (entry["kind"], entry["side"], entry["points"]) == ("EARN", "AVAILABLE", 120)
    assert entry["transaction"]["rule"] == {"nameEn": "purchases"}
    assert found["lots"]["nodes"][0]["expiresAt"] == found["nextExpiry"]
    assert found["levelChanges"]["nodes"] == [{"reason": "JOINED"}]


async def test_points_that_expire_soon_go_by_the_applications_clock(programme: Programme) -> None:
    await programme.buy(amount="120")
    await programme.drain()
    assert await programme.figures("expiring") == 0
    programme.wait(days=35)
    assert await programme.figures("expiring", "balance") == [120, 120]
    programme.wait(days=60)
    assert await programme.figures("expiring", "nextExpiry", "balance") == [0, None, 120]


async def test_customers_are_found_and_sorted_by_points_in_one_statement(programme: Programme) -> None:
    company = programme.company
    for name, points in (("wang", 150), ("li", 300), ("zhao", 20)):
        given = {"customerId": company.id(name), "points": points, "reason": "opening"}
        assert (await programme.act("leader", "adjust", **given))["transaction"]["points"] == points
    await company.ask("leader", RICH)
    with Statements(company.app.database)() as sent:
        data = await company.ask("leader", RICH)
    assert len(sent) == 1
    assert [one["name"] for one in data["customers"]["nodes"]] == ["li", "wang"]
    data = await company.ask("leader", AT_LEVEL)
    assert [one["name"] for one in data["customers"]["nodes"]] == ["wang"]


async def test_the_programme_is_read_as_a_whole(programme: Programme) -> None:
    found = (await programme.company.ask("leader", PROGRAMME))["points"]
    assert found["levels"]["nodes"] == [
        {"code": "basic", "members": {"totalCount": 1}},
        {"code": "gold", "members": {"totalCount": 0}},
    ]
    assert [one["code"] for one in found["rewards"]["nodes"]] == ["mug", "tenner"]
    assert found["members"]["nodes"] == [{"number": "W-1", "customer": {"name": "wang"}}]


async def test_salespeople_see_the_points_of_their_own_customers_only(programme: Programme) -> None:
    company = programme.company
    for name in ("wang", "li"):
        await programme.act("leader", "adjust", customerId=company.id(name), points=200, reason="opening")
    assert await programme.figures("balance", who="salesperson") == 200
    query = "{ points { transactions { nodes { customer { name } points } } members { totalCount } } }"
    seen = (await company.ask("salesperson", query))["points"]["transactions"]["nodes"]
    assert seen == [{"customer": {"name": "wang"}, "points": 200}]
    other = (await company.ask("salesperson_west", query, role="salesperson"))["points"]
    assert other["members"]["totalCount"] == 0
    assert [one["customer"]["name"] for one in other["transactions"]["nodes"]] == ["li"]


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("where: {points: {earned: {gte: 1}}}", "customers.where.points.earned"),
        ("orderBy: [{points: {earned: DESC}}]", "customers.orderBy.points.earned"),
    ],
)
async def test_nothing_is_learnt_of_hidden_figures(programme: Programme, where: str, place: str) -> None:
    """Customer service sees balances, not what follows from purchases."""
    company = programme.company
    await programme.act("leader", "adjust", customerId=company.id("wang"), points=200, reason="opening")
    assert await programme.figures("balance", "earned", who="customer_service") == [200, None]
    assert await company.refused("customer_service", f"{{ customers({where}) {{ totalCount }} }}") == (
        "FORBIDDEN",
        place,
    )


async def test_a_balance_that_is_hidden_can_not_be_filtered_by(programme: Programme) -> None:
    code, _ = await programme.company.refused("technical_support", RICH)
    assert code == "FORBIDDEN"


async def test_what_is_owed_now_and_then(programme: Programme) -> None:
    company = programme.company
    then = programme.clock.now().isoformat()
    programme.wait(days=1)
    await programme.act("leader", "adjust", customerId=company.id("wang"), points=250, reason="opening")
    query = (
        "query($id: ID!, $at: DateTime) { points { liability(at: $at) { points value { amount currency } } "
        "balance(customer: $id, at: $at) } }"
    )

    async def owed(at: Any, who: str = "finance") -> Any:
        return (await company.ask(who, query, {"id": company.id("wang"), "at": at}))["points"]

    assert await owed(None) == {
        "liability": {"points": 250, "value": {"amount": "2.50", "currency": "CNY"}},
        "balance": 250,
    }
    assert await owed(then) == {
        "liability": {"points": 0, "value": {"amount": "0.00", "currency": "CNY"}},
        "balance": 0,
    }
    code, _ = await company.refused("salesperson", "{ points { liability { points } } }")
    assert code == "FORBIDDEN"
    mine = f'{{ points {{ balance(customer: "{company.id("wang")}") }} }}'
    assert await company.ask("salesperson", mine) == {"points": {"balance": 250}}
    assert await company.ask("salesperson_west", mine, role="salesperson") == {"points": {"balance": None}}
