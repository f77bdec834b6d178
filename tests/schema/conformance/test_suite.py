"""The suite finds what is broken on purpose, and nothing on what `baoke plugin new` writes (PRM-11)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from core.db.model import Model
from core.errors import BaokeError, ConfigurationError
from schema.conformance.outcome import Outcome, State
from schema.conformance.subject import open_subject
from schema.conformance.suite import CHECKS, run
from tests.schema.conformance.straws import DECLARED, SENT, SHUT, TRIED, Break, straw

pytestmark = pytest.mark.no_cover
"""Attacks are drawn and repeated."""

LOOKING = [check.name for check in CHECKS if check.looks is not None and check.name != "types"]
TRYING = [check.name for check in CHECKS if check.tries is not None]
Judge = Callable[..., list[Outcome]]
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """What came of checks on a plugin of straw; what they leave in this process is taken away."""
    tables, path = {*Model.metadata.tables}, [*sys.path]
    folder, made = tmp_path_factory.mktemp("straws"), dict[str, Path]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaokeError, "catalog", dict(BaokeError.catalog))
        patch.setenv("MYPY_CACHE_DIR", str(ROOT / ".mypy_cache" / "straws"))  # what it knows of us is kept

        def planted(name: str, breaks: Sequence[Break]) -> str:
            if name not in made:
                made[name] = straw(name, folder, breaks)
            return str(made[name])

        def outcomes(
            name: str, breaks: Sequence[Break], only: Sequence[str], systems: Sequence[str], beside: str = ""
        ) -> list[Outcome]:
            subject = open_subject(planted(name, breaks), planted(beside, DECLARED) if beside else "")

            async def all_of_it() -> list[Outcome]:
                return [one async for one in run(subject, only, systems)]

            return asyncio.run(all_of_it())

        yield outcomes
    sys.path[:] = path
    for table in [one for name, one in Model.metadata.tables.items() if name not in tables]:
        Model.metadata.remove(table)


def _found(outcomes: Sequence[Outcome], one: Break, state: State = State.FAILED) -> None:
    places = [place for outcome in outcomes if outcome.check.name == one.check for place in outcome.places]
    states = {outcome.state for outcome in outcomes if outcome.check.name == one.check}
    assert states == {state}, (one.check, outcomes)
    assert any(one.found in place for place in places), (one, places)


def test_what_is_written_passes(judge: Judge) -> None:
    """On both systems; the attacks on one of them, for they take longest."""
    only = [name for name in (*LOOKING, *TRYING) if name != "access"]
    outcomes = judge("strawnone", (), only, ("sqlite", "postgresql")) + judge(
        "strawnone", (), ["access"], ("sqlite",)
    )
    wrong = [one for one in outcomes if one.state not in (State.OK, State.SKIPPED)]
    assert not wrong
    assert {one.check.name for one in outcomes if one.state is State.SKIPPED} == {"codes", "alone"}
    assert {one.check.name for one in outcomes} == {check.name for check in CHECKS} - {"types"}


def test_what_is_declared_amiss_is_found(judge: Judge) -> None:
    outcomes = judge("strawone", DECLARED, LOOKING, ())
    for one in DECLARED:
        _found(outcomes, one, State.WARNED if one.check == "imports" else State.FAILED)


def test_a_check_that_is_skipped_says_what_came_of_trying(judge: Judge) -> None:
    """No made-up input gets through: each mutation is named, with its answer."""
    (outcome,) = judge("strawfive", SHUT, ["repeated"], ("sqlite",))
    assert outcome.state is State.SKIPPED
    assert outcome.places == ("strawfive.record: INVALID_INPUT text text: not today",)


def test_what_goes_amiss_is_found(judge: Judge) -> None:
    names = ["migrations", "uninstall", "handlers", "budget", "access"]
    outcomes = judge("strawtwo", TRIED, names, ("sqlite",))
    for one in TRIED:
        _found(outcomes, one)


def test_what_is_sent_amiss_is_found(judge: Judge) -> None:
    names = ["malformed", "repeated", "inherited", "alone", "types"]
    outcomes = judge("strawthree", SENT, names, ("sqlite",), beside="strawone")
    for one in SENT:
        _found(outcomes, one, State.WARNED if one.check == "inherited" else State.FAILED)
    types = next(one for one in outcomes if one.check.name == "types")
    assert len(types.places) == 1, "what was written passes but for the one line"


def test_every_check_has_a_break() -> None:
    assert {one.check for one in (*DECLARED, *TRIED, *SENT)} == {check.name for check in CHECKS}


def test_the_page_names_every_check() -> None:
    page = (ROOT / "docs" / "plugins" / "conformance.md").read_text(encoding="utf-8")
    listed = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert listed == [check.name for check in CHECKS]


def test_a_plugin_that_does_not_load_is_told_in_one_line(tmp_path: Path) -> None:
    folder = straw("strawfour", tmp_path, [Break("", "models.py", '"p_%id%_entries"', '"entries"', "")])
    with pytest.raises(ConfigurationError, match="must begin with p_strawfour_"):
        open_subject(str(folder))
