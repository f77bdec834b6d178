"""Drawn operations: compiled = interpreted = judged, on both databases, to the byte (BEY-1, PRM-7, ACC-2).

`N=5000 pytest tests/schema/compiler/test_corpus.py` draws so many; `SEED=123 N=1` repeats one that failed.
"""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from core.access.circumstances import CIRCUMSTANCES, KNOWN_FIRST
from core.access.purposes import Purpose
from core.access.rules import Rule
from schema.vocabulary.schema import Schema
from tests.core.world import policy
from tests.schema.compiler.comparing import Caller, compare
from tests.schema.compiler.judge import Judge
from tests.schema.compiler.operations import Cursors, Generator
from tests.schema.world import World, policy_of

pytestmark = pytest.mark.no_cover
"""Drawn and repeated so often that tracing every line would take longer than the tests."""

HOW_MANY = int(os.environ.get("N", "120"))  # noqa: TID251
SEED = int(os.environ.get("SEED", "0"))  # noqa: TID251
CUSTOMERS = ("Customer", "Purchase", "Interaction")
PARTS = 4
"""Parallel workers share the work by parts."""
ROLES = (
    *((role,) for role in sorted(policy().roles)),
    ("salesperson", "finance"),
    ("customer_service", "legal"),
    ("leader", "auditor"),
    ("marketing_specialist", "technical_support"),
)


def shipped(draw: random.Random) -> Caller:
    """Somebody under the policies that come with the product."""
    leaders = [("leader",), ("marketing_manager",), ("account_manager",)]
    roles = draw.choice(leaders if draw.random() < 0.3 else ROLES)
    return Caller(roles, draw.choice((0, 0, 1, 2, 5, None)))


def any_rules(draw: random.Random, schema: Schema) -> Caller:
    """Somebody under rules that nobody would write."""
    fields = sorted({(t, f) for (t, f), c in schema.classes.items() if c != "public"})
    classes = sorted(set(schema.classes.values()) - {"public"})
    rules = [
        Rule(draw.choice("ab"), f"type:{name}", "read", relation, "allow")
        for name in schema.models
        for relation in draw.sample(("own", "team", "department", "all"), k=draw.randint(0, 2))
    ]
    for _ in range(draw.randint(4, 20)):
        covered = draw.choice(
            [f"class:{draw.choice(classes)}"] * 3
            + [f"type:{draw.choice(list(schema.models))}", "field:{}.{}".format(*draw.choice(fields))]
        )
        act = draw.choice(("show", "show", "mask"))
        relation = draw.choice(("own", "team", "department", "all", "all"))
        rules.append(Rule(draw.choice("ab"), covered, act, relation, draw.choice(("allow", "allow", "deny"))))
    roles, employee = (draw.choice("ab"),), draw.choice((0, 0, 1, 2, None))
    if draw.random() < 0.5:
        return Caller(roles, employee, policy_of(list(dict.fromkeys(rules))))
    known = sorted(CIRCUMSTANCES)
    for _ in range(draw.randint(1, 4)):
        about = draw.choice([f"class:{draw.choice(classes)}", f"type:{draw.choice(CUSTOMERS)}"])
        act, circumstance = draw.choice(("show", "mask", "read")), draw.choice(known)
        rules.append(Rule("a", about, act, circumstance, CIRCUMSTANCES[circumstance].effect))
    held = frozenset(draw.sample(sorted(KNOWN_FIRST), k=3))
    policy = policy_of(list(dict.fromkeys(rules)))
    return Caller(roles, employee, policy, draw.choice((None, *Purpose)), held)


def one(world: World, judge: Judge, cursors: Cursors, seed: int) -> str:
    """Draw and compare one operation; what came of it."""
    draw = random.Random(seed)  # noqa: S311
    caller = any_rules(draw, world.app.schema) if draw.random() < 0.3 else shipped(draw)
    generator = Generator(world.app.schema, world.rows, cursors, seed, depth=draw.choice((1, 2, 2, 3, 4)))
    drawn = generator.operation()
    try:
        _, asked = compare(world, judge, drawn.text, drawn.variables, caller)
        if drawn.variables and draw.random() < 0.3:
            other = generator.again(drawn)
            compare(world, judge, other.text, other.variables, caller)
    except Exception as error:
        error.add_note(f"repeat it with SEED={seed} N=1")
        raise
    if asked.body is None:
        return asked.code or ""
    return "redacted" if b'"redactions"' in asked.body else "whole"


@pytest.mark.parametrize("part", range(PARTS))
def test_generated_operations(world: World, judge: Judge, cursors: Cursors, part: int) -> None:
    came = Counter(one(world, judge, cursors, seed) for seed in range(SEED + part, SEED + HOW_MANY, PARTS))
    if HOW_MANY >= 100:  # the corpus is worth something: most operations are answered
        assert came["whole"] + came["redacted"] > came.total() / 3, came
