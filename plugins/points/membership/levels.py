"""Setting the levels, and grading all members by them (PTS-1)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from plugins.points.columns import among
from plugins.points.events import PointsLevelChanged
from plugins.points.membership.choices import PointsLevelReason
from plugins.points.membership.earned import earned, ladder, levels_in_force
from plugins.points.membership.models import PointsLevel, PointsLevelChange, PointsMember
from plugins.points.membership.rules import check, level_for, months_before
from plugins.points.permissions import UPDATE_LEVELS
from plugins.points.settings import company_zone, settings_of
from plugins.points.words import LEVEL
from schema.plugin import (
    UnitOfWork,
    Viewer,
    add,
    allowed_somewhere,
    change,
    publish,
    told,
)

ASIDE = 1_000
MEMBERS: sa.Table = PointsMember.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Levels:
    """The programme's levels, as one caller may change them."""

    work: UnitOfWork
    viewer: Viewer

    async def set(self, levels: Sequence[Mapping[str, Any]]) -> Sequence[PointsLevel]:
        """The levels from now on, the lowest first: columns of `PointsLevel` by name; `code` tells which one.

        A level that is left out retires: rewards may still ask for it, the next grading moves its members.
        """
        allowed_somewhere(self.viewer, UPDATE_LEVELS)
        given = [{**level, "code": level["code"].strip()} for level in levels]
        check(given)
        session, now = self.work.session, self.work.clock.now()
        found = await session.scalars(sa.select(PointsLevel).order_by(PointsLevel.id).with_for_update())
        known = {level.code: level for level in found}
        codes = {values["code"] for values in given}
        for level in known.values():
            if level.code not in codes:
                level.retired_at = level.retired_at or now
        await session.flush()
        for level in known.values():  # aside, or two would have one rank for a moment
            level.rank += ASIDE * (level.code in codes)
        await session.flush()
        for rank, values in enumerate(given, start=1):
            old = known.get(values["code"])
            if old is None:
                new = PointsLevel(id=self.work.ids.new(), rank=rank, created_at=now)
                await add(self.work, self.viewer, UPDATE_LEVELS, new, values)
                continue
            old.rank, old.retired_at = rank, None
            at = (PointsLevel, old.id, LEVEL)
            await change(self.work, self.viewer, UPDATE_LEVELS, at, values)
        return await levels_in_force(self.work)


async def grade(work: UnitOfWork, as_of: dt.datetime, after: UUID | None) -> UUID | None:
    """Grade the next batch of members by what they earned up to `as_of`; the last one's key, None at the end.

    Only changes are written, each with its row of history: twice changes nothing.
    """
    settings = settings_of(work)
    start = months_before(as_of, settings.level_months, company_zone(work))
    batch = (
        sa.select(
            PointsMember.id,
            PointsMember.customer_id,
            PointsMember.level_id,
            earned(PointsMember.customer_id, start, as_of).label("earned"),
        )
        .where(PointsMember.left_at.is_(None))
        .order_by(PointsMember.id)
        .limit(settings.members_batch)
    )
    rows = (
        await work.session.execute(batch if after is None else batch.where(PointsMember.id > after))
    ).all()
    steps = ladder(await levels_in_force(work))
    moved: defaultdict[tuple[UUID | None, UUID | None], dict[UUID, int]] = defaultdict(dict)
    for row in rows:
        step = level_for(steps, row.earned)
        if (level := step.id if step else None) != row.level_id:
            moved[row.level_id, level][row.customer_id] = row.earned
    for (previous, level), members in moved.items():
        await _move(work, (previous, level), members)
    return rows[-1].id if len(rows) == settings.members_batch else None


async def _move(
    work: UnitOfWork, levels: tuple[UUID | None, UUID | None], members: Mapping[UUID, int]
) -> None:
    """Write one change for the members who still stand where they were read, and their history."""
    previous, level = levels
    now = work.clock.now()
    still = sa.and_(MEMBERS.c.left_at.is_(None), MEMBERS.c.level_id.is_not_distinct_from(previous))
    done = await work.session.scalars(
        sa.update(MEMBERS)
        .where(among(MEMBERS.c.customer_id, members), still)
        .values(level_id=level, level_since=now)
        .returning(MEMBERS.c.customer_id)
    )
    history = [
        {
            "id": work.ids.new(),
            "customer_id": customer,
            "previous_id": previous,
            "level_id": level,
            "reason": PointsLevelReason.POINTS,
            "at": now,
            "earned": members[customer],
        }
        for customer in done
    ]
    if history:
        await work.session.execute(sa.insert(PointsLevelChange.__table__), history)  # type: ignore[arg-type]
        if told(work, PointsLevelChanged):
            events = (
                PointsLevelChanged(customer_id=row["customer_id"], previous_id=previous, level_id=level)
                for row in history
            )
            await publish(work, *events)
