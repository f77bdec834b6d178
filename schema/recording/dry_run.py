"""The whole dry run: what a change of the policies would do to people, rows and operations (BEY-5)."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass

from core.access.guard import allowed_somewhere
from core.access.rules import Policy
from core.access.viewer import Viewer
from core.impact.permissions import TEST_CHANGE
from core.impact.proposal import Lines, proposed
from core.impact.service import Impact, impact_of, plans_of
from core.operations.asked import asked_by, may_read
from core.policies.keeper import PolicyKeeper
from schema.compiler.engine import Engine
from schema.recording.trial import Trial, own_documents, try_operations

MOST_OPERATIONS = 500


@dataclass(frozen=True)
class Findings:
    """What was found. `trials` is None where the asker may not read what is recorded."""

    base: int
    before: Policy
    after: Policy
    impact: Impact
    trials: list[Trial] | None
    tried: int
    cut: bool


class DryRun:
    """Dry runs of one application, one at a time, so that they never crowd out its requests."""

    def __init__(self, keeper: PolicyKeeper, engine: Engine) -> None:
        """Both of the same application."""
        self._keeper, self._engine = keeper, engine
        self._turn = asyncio.Lock()
        self._documents = own_documents(engine)  # a change is tried more than once: what was parsed stays

    async def run(self, viewer: Viewer, lines: Lines, days: int, examples: int) -> Findings:
        """Try the lines on the policy in force. FORBIDDEN or POLICY_REFUSED before any row is read.

        `days`: so many of recorded operations; `examples`: so many rows of each change.
        """
        allowed_somewhere(viewer, TEST_CHANGE)
        async with self._turn:
            base, now = self._keeper.policies.epoch, self._keeper.policies.current
            then = await proposed(self._keeper, now, lines)
            database = self._engine.database
            plans = await plans_of(viewer.plan.catalogue, now, then)
            impact = await impact_of(database, viewer, self._keeper.words.acts, plans, examples)
            if not may_read(viewer):
                return Findings(base, now, then, impact, None, 0, impact.cut)
            today = database.clock.now().astimezone(self._engine.settings.zone).date()
            since = today - dt.timedelta(days=days - 1)
            asked = await asked_by(database, [one.role for one in plans], since, MOST_OPERATIONS + 1)
            most = asked[:MOST_OPERATIONS]
            trials, tried = await try_operations(self._engine, self._documents, most, plans)
            return Findings(base, now, then, impact, trials, tried, impact.cut or tried < len(asked))
