"""Recording, correcting and reading reviews, as employees do."""

from __future__ import annotations

from typing import Any

import pytest

from schema.testing import AsEmployee, Clients, Company, Leaks, QueryFailed, Statements

CORRECT = """mutation($input: PraiseCorrectInput!) { praise { correct(input: $input) {
  ... on PraiseCorrectPayload { review { stars text } }
  ... on UserError { code field }
} } }"""
OF_CUSTOMER = """query($id: ID!) { customer(id: $id) { praise {
  count averageStars reviews { nodes { stars text recordedBy { name } } }
} } }"""


async def test_a_review_is_recorded_and_counted(client: Clients, company: Company, record: Any) -> None:
    keeper, mine = client("marketing_specialist"), company.customer_of("marketing_specialist")
    said = await record(keeper, mine, 5, text="很满意")
    assert said["review"] == {"id": said["review"]["id"], "channel": "DIANPING", "stars": 5, "text": "很满意"}
    for stars in (5, 4):
        await record(keeper, mine, stars)
    praise = (await keeper.query(OF_CUSTOMER, id=mine))["customer"]["praise"]
    assert (praise["count"], praise["averageStars"]) == (3, 467)
    said_first = {"stars": 5, "text": "很满意", "recordedBy": {"name": "marketing_specialist"}}
    assert said_first in praise["reviews"]["nodes"]


async def test_customers_are_found_and_sorted_by_what_they_say_in_one_statement(
    client: Clients, company: Company, record: Any, statements: Statements
) -> None:
    leader = client("leader")
    for owner, stars in (("salesperson", 5), ("leader", 3), ("account_manager", 4)):
        await record(leader, company.customer_of(owner), stars)
    query = """{ customers(
        where: { praise: { averageStars: { gte: 400 } } }, orderBy: [{ praise: { averageStars: DESC } }]
    ) { nodes { name praise { averageStars reviews { nodes { stars } } } } } }"""
    await leader.query(query)
    with statements() as sent:
        found = await leader.query(query)
    assert [one["praise"]["averageStars"] for one in found["customers"]["nodes"]] == [500, 400]
    assert len(sent) == 1


async def test_figures_are_shown_where_the_grants_say(client: Clients, company: Company, record: Any) -> None:
    seller, mine, others = (
        client("salesperson"),
        company.customer_of("salesperson"),
        company.customer_of("leader"),
    )
    for customer in (mine, others):
        await record(client("leader"), customer, 4)
    shown, hidden = {"count": 1, "averageStars": 400}, {"count": None, "averageStars": None}
    figures = "query($id: ID!) { customer(id: $id) { praise { count averageStars } } }"
    for reader, customer, praise in (
        (seller, mine, shown),
        (seller, others, hidden),
        (client("customer_service"), others, shown),
        (client("marketing_manager"), others, shown),
    ):
        assert await reader.query(figures, id=customer) == {"customer": {"praise": praise}}


async def test_poor_reviews_say_why(client: Clients, company: Company, record: Any) -> None:
    leader, customer = client("leader"), company.customer_of("salesperson")
    refused = await record(leader, customer, 2)
    assert (refused["code"], refused["field"]) == ("REFUSED", "text")
    review = (await record(leader, customer, 2, text="送货太慢"))["review"]["id"]

    async def correct(**changes: Any) -> Any:
        return (await leader.query(CORRECT, input={"id": review, **changes}))["praise"]["correct"]

    assert await correct(stars=None) == {"code": "INVALID_INPUT", "field": "stars"}
    assert await correct(text=None) == {"code": "REFUSED", "field": "text"}
    assert await correct(stars=4, text=None) == {"review": {"stars": 4, "text": None}}


async def test_what_can_not_be_is_refused(client: Clients, company: Company, record: Any) -> None:
    leader, customer = client("leader"), company.customer_of("salesperson")
    for stars, more, field in (
        (0, {}, "stars"),
        (6, {}, "stars"),
        (5, {"url": "javascript:0"}, "url"),
        (5, {"at": "2026-11-03T00:00:00Z"}, "at"),
    ):
        said = await record(leader, customer, stars, **more)
        assert (said.get("code"), said.get("field")) == ("INVALID_INPUT", field)
    said = [await record(leader, customer, sourceId="D-1") for _ in range(2)]
    assert [one.get("code") for one in said] == [None, "CONFLICT"]


async def test_only_who_may_does(
    as_employee: AsEmployee, client: Clients, company: Company, record: Any
) -> None:
    mine = company.customer_of("salesperson")
    said = await record(as_employee("salesperson_west"), mine)
    assert (said["code"], said["field"]) == ("NOT_FOUND", "customerId")
    with pytest.raises(QueryFailed) as refused:
        await record(client("finance"), mine)
    assert refused.value.codes == ["FORBIDDEN"]


async def test_what_was_said_is_told_to_nobody_else(
    client: Clients, company: Company, record: Any, leaks: Leaks
) -> None:
    await record(client("leader"), company.customer_of("salesperson"), text="私下说的话")
    await leaks("私下说的话", "auditor")
