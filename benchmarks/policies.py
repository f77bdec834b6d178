"""What large policies cost: plans, checks, one role's act, explanations and cached requests.

Ten rules against 10,000, both with 200 roles in 20 layers of inheritance; the role that is asked inherits
them all. Times are the best of many tries; both sizes take turns in one run, so ratios can be compared.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.load import settings_for
from core.access.checks import faults_of
from core.access.decision import Explainer, Question
from core.access.plan import AccessPlan
from core.access.rules import EVERYONE, MASK, READ, SHOW, WRITE, Policy, Role, Rule, Vocabulary
from core.access.viewer import Viewer
from core.db.migrate import migrate
from core.explaining.granting import granting_roles
from core.explaining.permissions import EXPLAIN_ACCESS
from core.text import Text
from schema.application import Application, build, vocabulary

SIZES, ROLES, LAYERS, DENIES, SEED, TRIES = (10, 10_000), 200, 20, 0.1, 7, 20
TOP = f"role_{ROLES - 1}"
QUERY = (
    "{ customers(first: 10) { nodes { id name phone owner { name } purchases(first: 2) { nodes { at } } } } }"
)
TARGETS = {
    "rules of a role, first time": "",
    "rules of a role, another one": "",
    "plan and its hash": "under 5",
    "every line checked": "under 150",
    "who may do one act, all roles": "",
    "one field explained": "",
    "cached request, SQLite": "ratio 1",
}


def policy(words: Vocabulary, count: int) -> Policy:
    """So many rules, drawn from what the vocabulary knows; each role inherits two of the layer above."""
    draw = random.Random(SEED)
    names = [f"role_{i}" for i in range(ROLES)]
    width = ROLES // LAYERS
    above = {
        name: frozenset(draw.sample(names[(i // width - 1) * width : i // width * width], 2))
        for i, name in enumerate(names)
        if i >= width
    }
    above[TOP] = frozenset(names) - {TOP}  # the worst case: it inherits everybody
    objects: list[tuple[str, str, tuple[str, ...]]] = [
        (f"class:{c}", a, ("own", "all")) for c in words.classes - {"public"} for a in (SHOW, MASK, WRITE)
    ]
    for name, acts in words.acts.items():
        known = tuple(sorted(words.relations[name]))
        objects += [(f"type:{name}", act, known) for act in sorted(acts | {SHOW, MASK, WRITE})]
    objects += [
        (f"field:{of}.{name}", act, tuple(sorted(words.relations[of])))
        for (of, name), class_ in words.fields.items()
        if of in words.relations and class_ != "public"
        for act in (SHOW, MASK, WRITE)
    ]
    objects.sort()
    seen = Rule(names[0], "type:Customer", READ, "all", "allow")
    rules = {seen: "grants.csv:1"}
    while len(rules) < count:
        about, act, relations = draw.choice(objects)
        effect = "deny" if act != READ and draw.random() < DENIES else "allow"
        rules.setdefault(
            Rule(draw.choice(names), about, act, draw.choice(relations), effect),
            f"grants.csv:{len(rules) + 1}",
        )
    roles = {name: Role(name, Text(name, name)) for name in (*names, EVERYONE)}
    return Policy(tuple(rules), roles, above, "", rules)


def _again(policy: Policy) -> Policy:
    """The policy with its index by role, and nothing else kept."""
    policy._memo.clear()  # noqa: SLF001
    return policy


class Bench:
    """One application, asked under one policy of each size."""

    def __init__(self, app: Application) -> None:
        self.app, self.catalogue = app, app.catalogue
        self.words = vocabulary(app.catalogue)
        self.policies = {size: policy(self.words, size) for size in SIZES}
        document = app.engine.documents.get(QUERY, None)
        self.document = document
        self.viewers = {
            size: Viewer("bench", None, (), (TOP,), AccessPlan(self.catalogue, one.rules_of((TOP,))))
            for size, one in self.policies.items()
        }

    def acts(self, size: int) -> dict[str, Callable[[], Any]]:
        """What is measured, by name; every one starts from nothing kept."""
        one, rules = self.policies[size], self.policies[size].rules_of((TOP,))
        phone = Question("Customer", SHOW, "phone", "contact")
        return {
            "rules of a role, first time": lambda: replace(one).rules_of((TOP,)),
            "rules of a role, another one": lambda: _again(one).rules_of(("role_150",)),
            "plan and its hash": lambda: AccessPlan(self.catalogue, rules).hash,
            "every line checked": lambda: list(faults_of(one, self.words)),
            "who may do one act, all roles": lambda: granting_roles(one, self.catalogue, [EXPLAIN_ACCESS]),
            "one field explained": lambda: Explainer(one, TOP).decide(phone, range(8)),
        }

    async def request(self, size: int) -> None:
        """A compiled and kept request: looked up by the plan's hash, asked of the database."""
        await self.app.engine.query(self.document, None, self.viewers[size])


async def measure(bench: Bench) -> dict[str, dict[int, float]]:
    """Milliseconds by name and size; sizes take turns, so that what else the machine does hits both."""
    times: dict[str, dict[int, float]] = {name: dict.fromkeys(SIZES, float("inf")) for name in TARGETS}
    for _ in range(TRIES):
        for size in SIZES:
            found = {name: timed(act) for name, act in bench.acts(size).items()}
            for _ in range(5):
                found["cached request, SQLite"] = await waited(bench.request, size)
                for name, taken in found.items():
                    times[name][size] = min(times[name][size], taken)
    return times


def timed(act: Callable[[], Any]) -> float:
    """Milliseconds that it takes."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1e3


async def waited(act: Callable[[int], Awaitable[None]], size: int) -> float:
    """Milliseconds that it takes."""
    started = time.perf_counter()
    await act(size)
    return (time.perf_counter() - started) * 1e3


async def _run(folder: Path) -> None:
    app = build(settings_for(f"sqlite:///{folder / 'bench.db'}"))
    await migrate(app.database)
    bench = Bench(app)
    reached = ", ".join(f"{len(p.rules_of((TOP,))):,}" for p in bench.policies.values())
    print(f"{ROLES} roles, {LAYERS} layers; rules that reach the role: {reached}; best of {TRIES}, in ms\n")
    few, many = SIZES
    print(f"| | {few} rules | {many:,} rules | ratio | target |\n| --- | --- | --- | --- | --- |")
    for name, taken in (await measure(bench)).items():
        ratio = taken[many] / taken[few]
        print(f"| {name} | {taken[few]:.2f} | {taken[many]:.2f} | {ratio:.2f} | {TARGETS[name]} |")
    await app.database.close()


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder)))


if __name__ == "__main__":
    main()
