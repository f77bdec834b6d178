"""Walking a list page by page gives every row once, in either direction, whatever the order (PRM-6)."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from schema.vocabulary.inputs import sortable
from tests.schema.compiler.comparing import Caller, compare
from tests.schema.compiler.judge import Judge
from tests.schema.world import World

WALKS = 12
PAGE = (
    "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"
)


def question(name: str, count: str, end: str) -> str:
    """One page of a root."""
    order = {"customers": "CustomerOrder", "purchases": "PurchaseOrder"}[name]
    given = f"{count}: $n, {end}: $c, orderBy: $o, scope: $s"
    return f"query($n: Int!, $c: String, $o: [{order}!], $s: Scope) {{ {name}({given}) {{ {PAGE} }} }}"


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk(world: World, judge: Judge, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    name = draw.choice(("customers", "purchases"))
    declared = world.app.schema.declared("Customer" if name == "customers" else "Purchase")
    fields = draw.sample(sorted(f for f, t in declared.items() if sortable(t)), k=draw.randint(0, 3))
    variables: dict[str, Any] = {
        "o": [{field: draw.choice(("ASC", "DESC"))} for field in fields],
        "s": draw.choice(("ALL", "ALL", "OWN", "DEPARTMENT")),
    }
    caller = Caller((draw.choice(("leader", "leader", "marketing_manager", "finance")),), draw.choice((0, 1)))
    count, end, edge, goes_on = draw.choice(
        [("first", "after", "endCursor", "hasNextPage"), ("last", "before", "startCursor", "hasPreviousPage")]
    )

    def page(n: int, cursor: str | None) -> Any:
        _, asked = compare(
            world, judge, question(name, count, end), {**variables, "n": n, "c": cursor}, caller
        )
        return orjson.loads(asked.body)["data"][name] if asked.body else None

    whole = page(100, None)
    if whole is None:
        return  # refused: the order is none of theirs
    seen: list[str] = []
    cursor, size = None, draw.randint(3, 11)
    while True:
        one = page(size, cursor)
        ids = [e["node"]["id"] for e in one["edges"]]
        seen = [*seen, *ids] if count == "first" else [*ids, *seen]
        assert one["totalCount"] == len(whole["edges"])
        if not one["pageInfo"][goes_on]:
            break
        cursor = one["pageInfo"][edge]
    assert seen == [e["node"]["id"] for e in whole["edges"]]


@pytest.mark.parametrize("beside", ["", "nodes { id }", "nodes { id purchases(first: 1) { nodes { id } } }"])
def test_nothing_may_be_left_of_page_info(world: World, judge: Judge, beside: str) -> None:
    """Everything in it may be skipped."""
    text = f"{{ customers(first: 2) {{ {beside} pageInfo {{ endCursor @skip(if: true) }} }} }}"
    compare(world, judge, text, {}, Caller(("leader",)))
