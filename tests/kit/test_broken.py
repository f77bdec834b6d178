"""Each probe is shown to find something: a build that is broken on purpose (BEY-1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from schema.kit.probes import PROBES
from schema.kit.run import Plan, Report, assail
from schema.kit.stage import Caller, Stage
from tests.kit import breaks
from tests.kit.conftest import Theatre

pytestmark = pytest.mark.no_cover
"""Drawn and repeated so often that tracing every line would take longer than the tests."""


@dataclass(frozen=True)
class Break:
    """How a build is broken, the probe that finds it, and as whom."""

    probe: str
    break_it: Callable[[pytest.MonkeyPatch], None]
    role: str = "salesperson"
    kind: str = ""
    """How it must be found, where several ways would do."""

    def __str__(self) -> str:
        return f"{self.probe}-{self.break_it.__name__}"


BREAKS = (
    Break("selects", breaks.mask_off),
    Break("selects", breaks.hidden_shown),
    Break("selects", breaks.plugin_shown, "finance", "value"),
    Break("selects", breaks.masked_in_the_resolver, "finance", "statement"),
    Break("nested", breaks.checked_at_the_top_only),
    Break("by_id", breaks.any_row_by_id),
    Break("timelines", breaks.a_timeline_that_tells_when, "auditor"),
    Break("filters", breaks.filter_unchecked),
    Break("related", breaks.filter_checked_at_the_top_only),
    Break("search", breaks.digests_unchecked),
    Break("unseen", breaks.no_row_scope_in_filters),
    Break("orders", breaks.sort_unchecked),
    Break("defaults", breaks.default_order_unchecked, "auditor"),
    Break("cursors", breaks.a_cursor_proves_the_right_to_sort),
    Break("groups", breaks.aggregate_unchecked),
    Break("totals", breaks.totals_of_all),
    Break("shared", breaks.one_hash_for_all_plans),
    Break("outdated", breaks.stale_policy),
    Break("redactions", breaks.redactions_of_what_was_found),
    Break("payloads", breaks.payload_of_an_operator),
    Break("payloads", breaks.answers_are_logged, kind="log"),
    Break("errors", breaks.invisible_is_forbidden),
    Break("uniqueness", breaks.uniqueness_told_to_all, "marketing_supervisor"),
    Break("replays", breaks.replay_as_it_was, "marketing_supervisor"),
)
"""Every probe has at least one."""
STEPS = (2, 8, 40)
"""Attacks that are tried: first few, then more."""


@pytest.fixture
def stage(theatre: Theatre) -> Iterator[Stage]:
    """Nothing that one build has made outlives it."""
    made = theatre.stage("sqlite")

    def clear() -> None:
        made.app.engine.reads.clear()
        made.app.execution._mutator._kept.clear()
        made.app.sign_in._kept.clear()
        made.app.sign_in._plan_for._kept.clear()  # type: ignore[attr-defined]

    clear()
    yield made
    clear()


def found(theatre: Theatre, stage: Stage, broken: Break, most: int) -> Report:
    probes = [probe for probe in PROBES if probe.name == broken.probe]
    plan = Plan(most, reading=("near", "more"), first=True)
    return theatre.runner.run(assail(stage, [Caller(broken.role)], plan, probes))


@pytest.mark.parametrize("broken", BREAKS, ids=str)
def test_its_probe_finds_a_broken_build(
    theatre: Theatre, stage: Stage, monkeypatch: pytest.MonkeyPatch, broken: Break
) -> None:
    broken.break_it(monkeypatch)
    kinds = (one.kind for most in STEPS for one in found(theatre, stage, broken, most).findings)
    assert any(broken.kind in kind for kind in kinds if kind != "defect")


def test_every_probe_has_a_broken_build() -> None:
    assert {broken.probe for broken in BREAKS} == {probe.name for probe in PROBES}
