"""The policy that a change would make: of lines at hand, or of a change that somebody proposed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
import sqlalchemy as sa

from core.access.rules import Policy, PolicyError
from core.access.viewer import Viewer
from core.db.asking import ask
from core.db.types import Key
from core.policies.change import changed, faults_in, misfits, read_change
from core.policies.errors import PolicyRefused
from core.policies.keeper import PolicyKeeper
from core.policies.models import PolicyChange

FIELDS = ("added", "removed")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of policies to add and to remove, as they stand in files."""

    add: Sequence[str]
    remove: Sequence[str]


async def lines_of_change(keeper: PolicyKeeper, viewer: Viewer, key: UUID) -> Lines | None:
    """The lines of a proposed change; None where there is none or it is not visible."""
    plan, name = viewer.plan, PolicyChange.__name__
    rows = plan.rows(name)
    if not rows or not all(plan.shown_everywhere(name, field, rows) for field in FIELDS):
        return None
    statement = sa.select(PolicyChange.added, PolicyChange.removed).where(
        PolicyChange.id == sa.bindparam("change", type_=Key())
    )
    found = await ask(keeper.database, statement, {"change": key})
    return Lines(*map(orjson.loads, found[0])) if found else None


async def proposed(keeper: PolicyKeeper, now: Policy, lines: Lines) -> Policy:
    """The policy in force with these lines; POLICY_REFUSED names each line that can't count."""

    def made() -> Policy | list[PolicyError]:
        faults: list[PolicyError] = []
        change = read_change(lines.add, lines.remove, faults)
        faults += misfits(now, change)
        faults += faults_in(now, change, keeper.words, {})
        return faults or changed(now, change)

    found = await asyncio.to_thread(made)
    if isinstance(found, Policy):
        return found
    raise PolicyRefused(found)
