"""Every job of the core."""

from __future__ import annotations

from core.emergencies import jobs as emergencies
from core.jobs.declare import Job
from core.jobs.prune import PRUNE
from core.jobs.retention import AUDIT
from core.qualifications import jobs as qualifications
from core.reviews import jobs as reviews

CORE_JOBS: tuple[Job, ...] = (PRUNE, AUDIT, *qualifications.ALL, *emergencies.ALL, *reviews.ALL)
