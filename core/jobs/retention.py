"""The core's job that removes audit records after their time."""

from __future__ import annotations

import datetime as dt

from core.audit.retention import prune
from core.jobs.declare import Context, Job, Payload
from core.settings import Settings
from core.text import Text


async def _prune(context: Context, payload: Payload) -> Payload | None:
    """Remove a batch; on with the next where there may be more."""
    work = context.work
    kept = dt.timedelta(days=context.services[Settings].audit_days)
    return payload if await prune(work, context.viewer, work.clock.now() - kept) else None


AUDIT = Job(
    "core.audit",
    _prune,
    Text("remove audit records after their time", "清理到期的审计记录"),
    every="40 3 * * *",
)
