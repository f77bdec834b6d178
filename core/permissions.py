"""Every act that the core asks for: beside `read`, `show`, `mask` and `write`, what policies speak of."""

from __future__ import annotations

from core.access.guard import Permission
from core.activities import permissions as activities
from core.assessments import permissions as assessments
from core.customers import permissions as customers
from core.explaining import permissions as explaining
from core.impact import permissions as impact
from core.organization import permissions as organization
from core.policies import permissions as policies
from core.tiers import permissions as tiers

CORE_PERMISSIONS: tuple[Permission, ...] = (
    *organization.ALL,
    *explaining.ALL,
    *customers.ALL,
    *tiers.ALL,
    *activities.ALL,
    *assessments.ALL,
    *policies.ALL,
    *impact.ALL,
)
