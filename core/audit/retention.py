"""Removing records after their time, from the beginnings of chains; a record says where they begin now."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.viewer import Viewer
from core.audit import proofs
from core.audit.choices import AuditKind
from core.audit.models import AuditChain
from core.audit.records import record
from core.audit.tables import CHAINS, CUSTOMERS, RECORDS
from core.db.database import UnitOfWork

BATCH = 2_000
"""About how many records of one transaction."""
c, r = CHAINS.c, RECORDS.c


async def prune(work: UnitOfWork, viewer: Viewer, before: dt.datetime) -> bool:
    """Remove the oldest records from before a time; whether more may be left.

    The oldest of all chains first: what a record says of another (an erasure, an anchor) stays as long as
    that one does. A chain of which nothing is left goes, too.
    """
    session = work.session
    at = await session.scalar(sa.select(r.at).where(_old(before)).order_by(r.at).offset(BATCH - 1).limit(1))
    limit = before if at is None else min(before, at + dt.timedelta(microseconds=1))
    numbers = sa.select(r.chain_id, sa.func.max(r.number)).where(_old(limit)).group_by(r.chain_id)
    pruned = False
    for chain, newest in (await session.execute(numbers)).all():
        pruned |= await _prune(work, chain, newest, limit)
    if pruned:
        await _say(work, viewer)
    return at is not None and pruned


def _old(before: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.and_(r.at < before, r.chain_id.is_not(None))


async def _prune(work: UnitOfWork, chain: UUID, newest: int, before: dt.datetime) -> bool:
    """Remove a chain's records up to the first that is not old; whether there were any."""
    session = work.session
    young = sa.select(sa.func.min(r.number)).where(r.chain_id == chain, r.number <= newest, r.at >= before)
    first = await session.scalar(young)
    last = newest if first is None else first - 1
    link = await session.scalar(sa.select(r.link).where(r.chain_id == chain, r.number == last))
    if link is None:
        return False
    old = sa.and_(r.chain_id == chain, r.number <= last)
    await session.execute(sa.delete(CUSTOMERS).where(CUSTOMERS.c.record_id.in_(sa.select(r.id).where(old))))
    await session.execute(sa.delete(RECORDS).where(old))
    values = {"pruned_number": last, "pruned_link": link}
    await session.execute(sa.update(CHAINS).where(c.id == chain).values(values))
    return True


async def _say(work: UnitOfWork, viewer: Viewer) -> None:
    """Record where all chains begin whose beginning is gone; remove those that are gone wholly."""
    begun = await work.session.scalars(sa.select(AuditChain).where(c.pruned_number > 0).with_for_update())
    said: dict[str, Any] = {}
    for chain in begun.all():
        said[chain.id.hex] = [chain.pruned_number, chain.pruned_link.hex()]
        if chain.pruned_number == chain.number:
            await work.session.delete(chain)
    await work.session.flush()
    await record(work, viewer, AuditKind.ERASURE, about="AuditChain", after={proofs.PRUNED: said})
