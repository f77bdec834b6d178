"""The comparison can fail: each broken build on purpose is caught within a short corpus (BEY-1).

What a break patches is private to the compiler. When a patch no longer fits, this file says so by name.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from core.access import relations
from core.access.plan import AccessPlan
from core.access.purposes import Purpose
from schema.compiler import coercion, documents, filters, scans, select
from schema.compiler.filters import Filters
from schema.compiler.lists import Lists
from schema.compiler.program import Filler
from schema.compiler.readings import Readings
from schema.compiler.select import Selector
from tests.schema.compiler.comparing import Caller
from tests.schema.compiler.judge import Judge, Verdict
from tests.schema.compiler.operations import Cursors, Generator, Operation
from tests.schema.compiler.test_access import by_consent
from tests.schema.compiler.test_corpus import any_rules, shipped
from tests.schema.world import World
from tests.schema.world import shipped as shipped_policy

pytestmark = pytest.mark.no_cover
"""Drawn and repeated so often that tracing every line would take longer than the tests."""

HOW_MANY = 24
PROBES = (
    '{ customers(where: {not: {region: {eq: "a"}}}) { totalCount } }',
    "{ customers(where: {purchases: {some: {}}}) { totalCount nodes { name } } }",
    "{ customers(first: 9) { nodes { timeline { totalCount edges { cursor } } } } }",
    "{ customers(first: 9) { nodes { phone birthday spend { minor } } } }",
    "{ customers(first: 9, orderBy: [{region: ASC}]) { nodes { region name } } }",
    "{ customers(first: 9, orderBy: [{region: DESC}]) { nodes { region name } } }",
)
"""Beside what is drawn: each is answered otherwise by one of the breaks below."""
TURNED = "query($by: [CustomerOrder!]) { customers(first: 9, orderBy: $by) { nodes { number } } }"
INVITED = "{ customers(first: 99) { nodes { phone } } }"
WAYS = ("ASC", "DESC")
CONSENTED = "a, class:contact, show, without-consent, deny"
Judged = list[tuple[Operation, Caller, Verdict]]


@pytest.fixture(scope="module")
def judged(world: World, judge: Judge, cursors: Cursors) -> Judged:
    """Operations with what must be answered; each is asked by two callers."""
    found = []
    probes = [
        (Operation(text), Caller((role,))) for text in PROBES for role in ("auditor", "salesperson", "legal")
    ]
    for seed in range(HOW_MANY):
        draw = random.Random(seed)  # noqa: S311
        generator = Generator(world.app.schema, world.rows, cursors, seed, depth=2)
        drawn = generator.operation()
        callers = (shipped(draw), any_rules(draw, world.app.schema))
        asked = [(drawn, caller) for caller in callers]
        if drawn.variables:
            asked.append((generator.again(drawn), callers[0]))
        turned = [(Operation(TURNED, {"by": [{"number": way}]}), Caller(("leader",))) for way in WAYS]
        invited = (Operation(INVITED), by_consent(Purpose.INVITATION, CONSENTED))
        for one, caller in [*probes, *turned, invited, *asked] if seed == 0 else asked:
            viewer = caller.viewer(world)
            rules, keep = caller.policy or shipped_policy(), caller.policy is None
            found.append((one, caller, judge.judge(one.text, one.variables, viewer, rules, keep=keep)))
    return found


def caught(world: World, judged: Judged) -> bool:
    """Whether some compiled answer is not the judge's."""
    for drawn, caller, verdict in judged:
        viewer = caller.viewer(world)
        for app in world.apps.values():
            try:
                asked = world.ask(app, drawn.text, drawn.variables, viewer)
            except Exception:  # noqa: BLE001  (the database refused what was built)
                return True
            if asked.body != verdict.body or (asked.body is None and asked.code not in verdict.codes):
                return True
            if not verdict.shown <= asked.told:
                return True
    return False


def shown_as(effect: str) -> Callable[[pytest.MonkeyPatch], None]:
    """What has this effect is shown."""

    def break_it(patch: pytest.MonkeyPatch) -> None:
        texts = Selector._texts

        def all_shown(self: Selector, *given: Any) -> Any:
            made = texts(self, *given)
            return {**made, effect: made["SHOW"]}

        patch.setattr(Selector, "_texts", all_shown)

    break_it.__name__ = f"{effect.lower()}_shown"
    return break_it


def no_redactions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AccessPlan, "redaction", lambda *_: None)


def no_row_scope(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(select, "scope", lambda *_: [()])


def no_scope_in_filters(patch: pytest.MonkeyPatch) -> None:
    exists = Filters._exists

    def blind(self: Filters, *given: Any, **more: Any) -> Any:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(self._s, "keep", lambda *_: None)
            return exists(self, *given, **more)

    patch.setattr(Filters, "_exists", blind)


def a_plain_not(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        filters, "negated", lambda condition: lambda source: sa.not_(sa.and_(sa.true(), condition(source)))
    )


def no_check_of_filters(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Filters, "_must_be_shown", lambda *_: None)


def anything_may_sort(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AccessPlan, "shown_everywhere", lambda *_: True)


def one_hash_for_all_plans(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AccessPlan, "hash", "the same")


def one_shape_for_all_variables(patch: pytest.MonkeyPatch) -> None:
    real = coercion.coerce
    patch.setattr(documents, "coerce", lambda coercers, given, _shape: real(coercers, given, []))
    patch.setattr(documents, "shape_of", lambda *_: 1)


def nothing_is_told(patch: pytest.MonkeyPatch) -> None:
    """ACC-3: what is shown leaves no mark for the audit."""
    patch.setattr(Readings, "shown", lambda *_: None)


def one_customer_is_told_for_all(patch: pytest.MonkeyPatch) -> None:
    real = Filler.fill

    async def fill(self: Filler, text: bytes, holes: Any) -> bytes:
        found = await real(self, text, holes)
        self.read = [(fields, sorted(customers)[:1]) for fields, customers in self.read]
        return found

    patch.setattr(Filler, "fill", fill)


def no_correlation(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sa.Select, "correlate", lambda self, *_: self)


def nulls_where_they_fall(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        scans, "_sort", lambda key, value, *, backward: value.desc() if key.desc != backward else value.asc()
    )


def no_cell_along_the_path(patch: pytest.MonkeyPatch) -> None:
    def step(self: Selector, type_name: str, _target: Any, _reach: Any, narrowed: str = "ALL") -> Any:
        possible = self.plan.catalogue.relations.possible(type_name)
        return possible, self.plan.reach(type_name, possible, narrowed)

    patch.setattr(Selector, "step", step)


def a_timeline_that_tells_when(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Lists, "_member_reach", lambda self, _target, name, cells: self._s.plan.reach(name, cells))


def everybody_consented(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(relations, "_consented", lambda *_: sa.true())


def withdrawn_consents_count(patch: pytest.MonkeyPatch) -> None:
    consented = relations._consented
    patch.setattr(
        relations, "_consented", lambda found, row: consented(replace(found, withdrawn="recorded_by_id"), row)
    )


def no_refusals(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Selector, "raise_refusal", lambda _self: None)


BREAKS = (
    shown_as("MASK"),
    shown_as("HIDE"),
    no_redactions,
    no_row_scope,
    no_scope_in_filters,
    everybody_consented,
    withdrawn_consents_count,
    a_plain_not,
    no_check_of_filters,
    anything_may_sort,
    one_hash_for_all_plans,
    one_shape_for_all_variables,
    nothing_is_told,
    one_customer_is_told_for_all,
    no_correlation,
    nulls_where_they_fall,
    no_cell_along_the_path,
    a_timeline_that_tells_when,
    no_refusals,
)


@pytest.fixture(autouse=True)
def forget(world: World) -> Iterator[None]:
    """No program outlives the build that made it."""

    def clear() -> None:
        for app in world.apps.values():
            app.engine.reads.clear()

    clear()
    yield
    clear()


def test_the_sound_build_passes(world: World, judged: Judged) -> None:
    assert not caught(world, judged)


@pytest.mark.parametrize("break_it", BREAKS, ids=lambda b: b.__name__)
def test_a_broken_build_is_caught(
    world: World,
    judged: Judged,
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[pytest.MonkeyPatch], None],
) -> None:
    break_it(monkeypatch)
    assert caught(world, judged)
