"""Who hears of a review at the moment at which it is recorded."""

from __future__ import annotations

from typing import Any

from schema.testing import Clients, Company

RECORDED = "subscription { praise { recorded { stars customer { name } } } }"


async def test_a_salesperson_hears_of_their_own_customers(
    client: Clients, company: Company, record: Any
) -> None:
    seller, mine = client("salesperson"), company.customer_of("salesperson")
    async with seller.listen(RECORDED) as heard:
        await record(client("leader"), company.customer_of("leader"), 5)
        await record(client("leader"), mine, 4)
        said = (await heard())["praise"]["recorded"]
    asked = await seller.query("query($id: ID!) { customer(id: $id) { name } }", id=mine)
    assert said == {"stars": 4, "customer": asked["customer"]}
