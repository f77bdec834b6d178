"""Every act that the core asks for: beside `read`, `show`, `mask` and `write`, what policies speak of."""

from __future__ import annotations

from core.access.exporting import exports
from core.access.guard import Permission
from core.activities import permissions as activities
from core.assessments import permissions as assessments
from core.cases import permissions as cases
from core.consents import permissions as consents
from core.customers import permissions as customers
from core.emergencies import permissions as emergencies
from core.explaining import permissions as explaining
from core.impact import permissions as impact
from core.models import CORE_MODELS
from core.organization import permissions as organization
from core.policies import permissions as policies
from core.qualifications import permissions as qualifications
from core.reviews import permissions as reviews
from core.tiers import permissions as tiers

CORE_PERMISSIONS: tuple[Permission, ...] = (
    *organization.ALL,
    *qualifications.ALL,
    *emergencies.ALL,
    *cases.ALL,
    *explaining.ALL,
    *customers.ALL,
    *consents.ALL,
    *tiers.ALL,
    *activities.ALL,
    *assessments.ALL,
    *policies.ALL,
    *impact.ALL,
    *reviews.ALL,
    *exports(CORE_MODELS),
)
