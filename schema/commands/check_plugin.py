"""`baoke plugin check`: the conformance suite."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.frame import Frame, frame_of, run
from core.errors import BadUserInput
from core.logging import quieten
from core.text import Count, Text

if TYPE_CHECKING:
    from schema.conformance.outcome import Outcome

LINE = Text("{state}{name}{about}{on}", "{state}{name}{about}{on}")
ON = Text(" ({system})", "（{system}）")
REMEDY = Text("    → {remedy}", "    → {remedy}")
SUMMARY = Text(
    "{id} {version}: {ok} ok, {warned:warning|warnings}, {failed} failed, {skipped} skipped",
    "{id} {version}：{ok} 项通过，{warned} 项警告，{failed} 项未通过，{skipped} 项跳过",
)
NO_CHECK = Text("no such check; there are: {known}", "没有此检查项；可用：{known}")
WIDTHS = 9, 14
MOST = 20
"""Places that are shown of one check."""


def check(
    context: typer.Context,
    plugin: Annotated[
        str, typer.Argument(help="Folder with a pyproject.toml, or id of an installed plugin.")
    ] = ".",
    only: Annotated[list[str] | None, typer.Option(help="A check to run; all unless given.")] = None,
    beside: Annotated[
        str,
        typer.Option(help="Further plugins to be on, as in BAOKE_PLUGINS; what it requires is on anyway."),
    ] = "",
) -> None:
    """Check that a plugin keeps to the contract, on databases of its own; exit code 1 where it does not."""
    if run(_check(frame_of(context), plugin, beside, only or [])):
        raise typer.Exit(1)


async def _check(frame: Frame, plugin: str, beside: str, only: list[str]) -> int:
    """How many failed."""
    # Other commands start without it.
    from schema.conformance.outcome import State  # noqa: PLC0415
    from schema.conformance.subject import open_subject  # noqa: PLC0415
    from schema.conformance.suite import CHECKS  # noqa: PLC0415
    from schema.conformance.suite import run as run_suite  # noqa: PLC0415

    known = [one.name for one in CHECKS]
    for name in only:
        if name not in known:
            raise BadUserInput(name, NO_CHECK, known=", ".join(known))
    subject, counts = open_subject(plugin, beside), Counter[State]()
    quieten()
    async for outcome in run_suite(subject, only):
        counts[outcome.state] += 1
        _say(frame, outcome)
    frame.say(
        SUMMARY,
        id=subject.manifest.id,
        version=subject.manifest.version,
        ok=counts[State.OK],
        warned=Count(counts[State.WARNED]),
        failed=counts[State.FAILED],
        skipped=counts[State.SKIPPED],
    )
    return counts[State.FAILED]


def _say(frame: Frame, outcome: Outcome) -> None:
    """One line; below it the places and the remedy where something is wrong, or what came of trying."""
    check, language = outcome.check, frame.language
    state, name = outcome.state.value.say(language).ljust(WIDTHS[0]), check.name.ljust(WIDTHS[1])
    about = (outcome.why or check.about).say(language)
    on = ON.say(language, system=outcome.system) if outcome.system else ""
    frame.say(LINE, state=state, name=name, about=about, on=on)
    for place in outcome.places[:MOST]:
        frame.print("    " + place.replace("\n", "\n      "))
    if outcome.places and outcome.why is None:
        frame.say(REMEDY, remedy=check.remedy.say(language))
