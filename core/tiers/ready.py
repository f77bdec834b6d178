"""The ready-made schemes (TIE-1). Their thresholds are the company's to set: until then they grade nobody."""

from __future__ import annotations

import sqlalchemy as sa

from core.db.database import UnitOfWork
from core.text import Text
from core.tiers.models import Tier, TierScheme

CUSTOMER_VALUE = "customer_value"
NAME = Text("customer value", "客户价值分层")
ABOUT = "按客户价值分层：最近购买、购买次数、消费金额"
TIERS = (
    ("high", Text("high-value customer", "高价值客户")),
    ("core", Text("core customer", "核心客户")),
    ("ordinary", Text("ordinary customer", "普通客户")),
)


async def ensure_ready_made(work: UnitOfWork) -> TierScheme:
    """The scheme of customer value (source A), made where it is not there yet."""
    session, now = work.session, work.clock.now()
    known = await session.scalar(sa.select(TierScheme).where(TierScheme.code == CUSTOMER_VALUE))
    if known is not None:
        return known
    scheme = TierScheme(
        id=work.ids.new(), code=CUSTOMER_VALUE, name=NAME.zh, name_en=NAME.en, about=ABOUT, created_at=now
    )
    session.add(scheme)
    await session.flush()
    session.add_all(
        Tier(id=work.ids.new(), scheme_id=scheme.id, code=code, name=name.zh, name_en=name.en, rank=rank)
        for rank, (code, name) in enumerate(TIERS, 1)
    )
    await session.flush()
    return scheme
