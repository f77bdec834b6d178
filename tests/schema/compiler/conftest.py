"""The judge, and cursors to begin with."""

import re
from collections import defaultdict
from typing import Any

import orjson
import pytest

from tests.schema.compiler.judge import Judge
from tests.schema.compiler.operations import Cursors
from tests.schema.plugin import FACTS
from tests.schema.world import World

CURSOR = re.compile(r"5b22(?:[0-9a-f]{2})+")


@pytest.fixture(scope="session")
def judge(world: World) -> Judge:
    return Judge(world.app.schema, world.rows, FACTS, world.app.settings)


@pytest.fixture(scope="session")
def cursors(world: World) -> Cursors:
    """Real cursors by element type, in the default orders and a few more."""
    found: dict[str, list[str]] = defaultdict(list)
    leader = world.viewer(["leader"])
    page = "(first: 4) { edges { cursor } }"
    inner = {
        "Purchase": f"purchases{page}",
        "Interaction": f"interactions{page}",
        "TimelineEntry": f"timeline{page}",
        "TierAssignment": f"tierAssignments{page}",
        "CustomerMember": f"members{page}",
        "LoyaltyEntry": f"loyalty {{ entries{page} }}",
    }
    roots = {
        "Department": "departments(first: 9)",
        "Employee": "employees(first: 9)",
        "Customer": "customers(first: 9)",
        "Activity": "activities",
        "Assessment": "assessments",
        "Tier": "tiers",
    }
    by_points = (
        "points: customers(orderBy: [{loyalty: {spent: DESC}}, {loyalty: {category: ASC}}]) "
        "{ edges { cursor } }"
    )
    by_spend = "customers(orderBy: [{spend: DESC}, {region: ASC}]) { edges { cursor } }"
    for name, text in [
        *((n, f"{{ {t} {{ edges {{ cursor }} }} }}") for n, t in roots.items()),
        *((n, f"{{ customers(first: 9) {{ nodes {{ {t} }} }} }}") for n, t in inner.items()),
        ("Customer", f"{{ {by_spend} {by_points} }}"),
        ("Customer", "{ loyalty { more { customers { edges { cursor } } } } }"),
        ("LoyaltyReward", "{ loyalty { rewards { edges { cursor } } } }"),
    ]:
        body = world.ask(world.app, text, {}, leader).body
        assert body is not None, text
        found[name] += _cursors_in(orjson.loads(body))
    return found


def _cursors_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [c for v in value.values() for c in _cursors_in(v)]
    if isinstance(value, list):
        return [c for v in value for c in _cursors_in(v)]
    return [value] if isinstance(value, str) and CURSOR.fullmatch(value) else []
