"""The round: every caller, every probe, every twin; what was found."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import islice

from schema.kit.attack import Attack, Case, Probe, Session, visible
from schema.kit.checks import Columns, Marks, wrong_values
from schema.kit.door import Told
from schema.kit.hidden import TWINS, Change, Twin
from schema.kit.probes import PROBES
from schema.kit.routes import Map
from schema.kit.stage import Caller, Stage
from schema.kit.watch import hearing, overhearing

DEFECT = 500


@dataclass(frozen=True)
class Finding:
    """Something that tells a caller what it may not see: by what it was found, and of which fields."""

    probe: str
    caller: str
    kind: str
    fields: tuple[str, ...]
    attack: str
    told: str = ""

    def __str__(self) -> str:
        """All of it, for a person."""
        what = ", ".join(self.fields)
        return f"{self.probe} as {self.caller}: {self.kind} {what}\n  {self.attack}\n  {self.told}"


@dataclass
class Report:
    """What was tried and found. `tried`: attacks by probe; `answers`: answers by status."""

    findings: list[Finding] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True)
class Plan:
    """How much is tried. `most`: attacks of a probe by one caller; `depth`: longest way through types.

    `first`: one finding is enough, and nobody asks of which fields it tells.
    """

    most: int = 3
    seed: int = 0
    depth: int = 3
    reading: Sequence[Twin] = TWINS
    writing: Sequence[Twin] = ("near",)
    first: bool = False


async def assail(
    stage: Stage,
    callers: Iterable[Caller],
    plan: Plan | None = None,
    probes: Sequence[Probe] = PROBES,
) -> Report:
    """Let every caller try every probe."""
    plan, report = plan or Plan(), Report()
    ways = Map(stage.app.schema, plan.depth)
    for caller in callers:
        case = Case(stage, caller, ways, random.Random(f"{plan.seed} {caller}"))  # noqa: S311 choices of a test
        await _Round(case, report, first=plan.first).run(probes, plan)
    return report


class _Round:
    """One caller's turn."""

    def __init__(self, case: Case, report: Report, *, first: bool) -> None:
        self._case, self._report, self._first = case, report, first
        self._written = ""
        self._marks, self._columns = Marks(case), Columns(case)

    async def run(self, probes: Sequence[Probe], plan: Plan) -> None:
        if not self._case.rows:
            return  # sees everything
        for writes, twins in ((False, plan.reading), (True, plan.writing)):
            tried = [
                (probe, attack)
                for probe in probes
                if probe.writes == writes
                for attack in islice(probe.attacks(self._case), plan.most)
            ]
            if not tried:
                continue
            self._report.tried.update(probe.name for probe, _ in tried)
            first = await self._all(tried, [], writes=writes, check=True)
            for twin in twins:
                changes = self._case.sight.changes(twin, self._case.hidden)
                again = await self._all(tried, changes, writes=writes)
                for (probe, attack), one, other in zip(tried, first, again, strict=True):
                    if one != other and not (self._first and self._report.findings):
                        await self._differs(probe, attack, twin, _unlike(one, other), writes=writes)

    async def _all(
        self,
        tried: Sequence[tuple[Probe, Attack]],
        changes: Sequence[Change],
        *,
        writes: bool,
        check: bool = False,
    ) -> list[list[Told]]:
        """What each attack is told in the world with these changes."""
        stage = self._case.stage
        async with AsyncExitStack() as stack:
            if changes:
                await stack.enter_async_context(stage.changed(changes))
            if writes:
                await stack.enter_async_context(stage.restored())
            statements = stack.enter_context(overhearing(stage.app.database))
            lines = stack.enter_context(hearing())
            policies, policy = stage.app.policies, stage.app.policies.current
            found = []
            for place, (probe, attack) in enumerate(tried):
                stage.ids.rewind(place)
                session = Session(self._case, statements)
                lines.clear()
                await attack.run(session)
                if policies.current is not policy:  # a mutation that changes policies was tried
                    policies.replace(policy, policies.epoch)
                found.append([visible(told) for told in session.told])
                if check:
                    self._check(probe, attack, session, lines, writes=writes)
            return found

    def _check(
        self, probe: Probe, attack: Attack, session: Session, lines: list[str], *, writes: bool
    ) -> None:
        """What one answer or line alone gives away."""
        sent = " ".join(text + variables for text, variables in session.asked)
        if writes:  # what a caller wrote before may come back
            sent = self._written = f"{self._written} {sent}"
        for told in session.told:
            self._report.answers[told.status] += 1
            head = " ".join(f"{n!r} {v!r}" for n, v in told.headers)
            self._note(probe, attack, "mark", self._marks.found(f"{head} {told.body.decode()}", sent), told)
            if not writes:
                self._note(probe, attack, "value", set(wrong_values(self._case, told.data)), told)
            if told.status == DEFECT:
                self._note(probe, attack, "defect", {"INTERNAL"}, told)
        for one, other in session.unlike:
            self._note(probe, attack, "unlike", {str(other)[:300]}, one)
        self._note(probe, attack, "log", self._marks.found(" ".join(lines)))
        if probe.plain:
            self._note(probe, attack, "statement", self._columns.found(session.sent))

    def _note(
        self, probe: Probe, attack: Attack, kind: str, fields: set[str], told: Told | None = None
    ) -> None:
        if fields:
            caller = str(self._case.caller)
            said = str(told)[:2000] if told else ""
            self._report.findings.append(
                Finding(probe.name, caller, kind, tuple(sorted(fields)), attack.text, said)
            )

    async def _differs(
        self, probe: Probe, attack: Attack, twin: Twin, pair: tuple[Told, Told], *, writes: bool
    ) -> None:
        """Note it, with the fields whose change alone is noticed."""
        fields = set()
        alone = [(probe, attack)]
        whole = await self._all(alone, [], writes=writes)
        names = dict.fromkeys((h.row.type_name, h.field) for h in self._case.hidden)
        for name in () if self._first else names:
            hidden = [h for h in self._case.hidden if (h.row.type_name, h.field) == name]
            changes = self._case.sight.changes(twin, hidden) if twin != "more" else []
            if changes and await self._all(alone, changes, writes=writes) != whole:
                fields.add(f"{name[0]}.{name[1]}")
        self._note(probe, attack, f"differs ({twin})", fields or {"several together"}, pair[1])


def _unlike(one: list[Told], other: list[Told]) -> tuple[Told, Told]:
    """The first answers that differ."""
    return next((a, b) for a, b in zip(one, other, strict=True) if a != b)
