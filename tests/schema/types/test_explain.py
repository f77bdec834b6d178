"""Explanations of what plugins add (BEY-4): a group of fields stands on its host's rows."""

from __future__ import annotations

from typing import Any

import orjson

from schema.application import make_catalogue, make_schema
from tests.schema.plugin import LOYALTY
from tests.schema.world import World

EXPLAIN = """query ($row: ID) {
  explainAccess(type: "LoyaltyOfCustomer", field: "spent", row: $row) {
    class roles { decisions { relation outcome rowVisible missing { add } } }
  }
}"""


def answers(world: World, row: str | None, role: str) -> list[Any]:
    """On each database."""
    viewer = world.viewer((role,))
    asked = [world.ask(app, EXPLAIN, {"row": row}, viewer) for app in world.apps.values()]
    return [orjson.loads(one.body or b"")["data"]["explainAccess"] for one in asked]


def test_a_group_of_fields_stands_in_the_relations_of_its_host(world: World) -> None:
    assert make_catalogue(make_schema(LOYALTY)).hosts == {
        "LoyaltyOfCustomer": "Customer",
        "LoyaltyDeeper": "Customer",
    }
    for found in answers(world, None, "salesperson"):
        decisions = found["roles"][0]["decisions"]
        assert found["class"] == "commercial"
        assert [d["rowVisible"] for d in decisions] == [False] + [True] * 7
        assert [d["outcome"] for d in decisions] == ["HIDE", "SHOW"] * 4
        assert decisions[0]["missing"]["add"] == [
            "p, salesperson, type:Customer, read, all, allow",
            "p, salesperson, field:LoyaltyOfCustomer.spent, show, all, allow",
        ]


def test_its_rows_are_those_of_the_host(world: World) -> None:
    """Employee 0 stands in all cells, one customer after the other."""
    for cell, customer in enumerate(world.rows["Customer"][:8]):
        for found in answers(world, f"cus_{customer['id'].hex}", "salesperson"):
            if cell == 0:
                assert found is None
            else:
                (decision,) = found["roles"][0]["decisions"]
                assert decision["outcome"] == ("SHOW" if cell & 1 else "HIDE")


def test_a_redaction_names_it_as_it_is_asked_for(world: World) -> None:
    viewer = world.viewer(("salesperson",))
    asked = world.ask(world.app, "{ customers { nodes { loyalty { spent } } } }", {}, viewer)
    (told,) = orjson.loads(asked.body or b"")["extensions"]["redactions"]
    assert (told["type"], told["field"]) == ("LoyaltyOfCustomer", "spent")
