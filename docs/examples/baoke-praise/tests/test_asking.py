"""From a purchase to a request, and to what comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from schema.testing import Client, Clients, Clock, Company, Worker

REQUESTS = """{ praise { requests(where: { customer: { owner: { name: { eq: "salesperson" } } } }) {
  nodes { id outcome closedAt closedBy { name } }
} } }"""
CLOSE = """mutation($input: PraiseCloseInput!) { praise { close(input: $input) {
  ... on PraiseClosePayload { request { outcome } }
  ... on UserError { code field }
} } }"""


@pytest.fixture
def seller(client: Clients) -> Client:
    return client("salesperson")


@pytest.fixture
async def buyer(company: Company) -> str:
    """The seller's customer, who has bought twice."""
    mine = company.customer_of("salesperson")
    for _ in range(2):
        await company.purchase(mine)
    return mine


async def requests(seller: Client) -> list[dict[str, Any]]:
    """Of the seller's customer."""
    found: list[dict[str, Any]] = (await seller.query(REQUESTS))["praise"]["requests"]["nodes"]
    return found


@pytest.mark.usefixtures("buyer")
async def test_two_weeks_after_a_purchase_an_employee_asks(
    seller: Client, clock: Clock, work: Worker
) -> None:
    await work.drain()
    clock.advance(days=13)
    await work.drain()
    assert await requests(seller) == []
    clock.advance(days=1)
    await work.drain()
    (one,) = await requests(seller)
    assert one["outcome"] is None
    close = {"id": one["id"], "outcome": "ASKED"}
    said = [(await seller.query(CLOSE, input=close))["praise"]["close"] for _ in range(2)]
    assert said == [{"request": {"outcome": "ASKED"}}, {"code": "PRAISE_REQUEST_CLOSED", "field": "id"}]


async def test_who_has_spoken_is_not_asked(
    seller: Client, buyer: str, clock: Clock, work: Worker, record: Any
) -> None:
    await work.drain()
    await record(seller, buyer)
    clock.advance(days=14)
    await work.drain()
    assert await requests(seller) == []


async def test_a_review_closes_the_request(
    seller: Client, buyer: str, clock: Clock, work: Worker, record: Any
) -> None:
    await work.drain()
    clock.advance(days=14)
    await work.drain()
    await record(seller, buyer)
    await work.drain()
    (one,) = await requests(seller)
    assert (one["outcome"], one["closedBy"]) == ("REVIEWED", None)
    assert one["closedAt"] is not None


@pytest.mark.usefixtures("buyer")
async def test_purchases_of_long_ago_ask_nobody(seller: Client, clock: Clock, work: Worker) -> None:
    clock.advance(days=15)  # before the purchases are told of, as with an import
    await work.drain()
    assert await requests(seller) == []
