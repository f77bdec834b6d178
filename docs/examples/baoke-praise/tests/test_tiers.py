"""Two good reviews make a customer of the highest tier, where the company wants it so."""

from __future__ import annotations

from typing import Any

from schema.plugin import Tier, TierScheme
from schema.testing import Application, Clients, Company

THRESHOLDS = (
    """mutation($input: SetTierThresholdsInput!) { setTierThresholds(input: $input) { __typename } }"""
)
REGRADE = """mutation($input: RegradeCustomersInput!) { regradeCustomers(input: $input) {
  ... on RegradeCustomersPayload { moved }
  ... on UserError { code message }
} }"""
TIERS = "{ customers(first: 50) { nodes { id tierAssignments { nodes { tier { code } reasonEn } } } } }"


async def scheme(app: Application) -> TierScheme:
    """Fans, and others."""
    async with app.database.unit_of_work() as work:
        now = work.clock.now()
        made = TierScheme(id=work.ids.new(), code="word", name="口碑", name_en="word", created_at=now)
        work.session.add(made)
        await work.session.flush()
        for rank, code in enumerate(("fan", "other"), 1):
            name = {"code": code, "name": code, "name_en": code, "rank": rank}
            work.session.add(Tier(id=work.ids.new(), scheme_id=made.id, **name))
    return made


async def test_reviews_count_in_a_regrade(
    app: Application, client: Clients, company: Company, record: Any
) -> None:
    leader, fan = client("leader"), company.customer_of("salesperson")
    for stars in (5, 4):
        await record(leader, fan, stars)
    await record(leader, company.customer_of("leader"), 5)
    await scheme(app)
    (known,) = (await leader.query("{ tierSchemes { nodes { id } } }"))["tierSchemes"]["nodes"]
    rule = [{"code": "fan", "signals": [{"name": "praise.given", "atLeast": 2}]}, {"code": "other"}]
    given = {"schemeId": known["id"], "windowDays": 365, "currency": "CNY", "tiers": rule}
    said = await leader.query(THRESHOLDS, input=given)
    assert said["setTierThresholds"]["__typename"] == "SetTierThresholdsPayload"
    said = await leader.query(REGRADE, input={"schemeId": known["id"]})
    assert said["regradeCustomers"]["moved"] > 0
    found = (await leader.query(TIERS))["customers"]["nodes"]
    given_to = {one["id"]: one["tierAssignments"]["nodes"][0] for one in found}
    assert {key for key, one in given_to.items() if one["tier"]["code"] == "fan"} == {fan}
    assert "reviews given = 2" in given_to[fan]["reasonEn"]
