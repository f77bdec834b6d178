"""The roots of changing, one file a slice."""

from __future__ import annotations

from strawberry.tools import create_type

from schema.types.mutations import (
    activities,
    assessments,
    cases,
    consents,
    customers,
    emergencies,
    organization,
    policies,
    qualifications,
    reviews,
    tiers,
)

MUTATIONS = (
    *customers.MUTATIONS,
    *consents.MUTATIONS,
    *tiers.MUTATIONS,
    *organization.MUTATIONS,
    *qualifications.MUTATIONS,
    *emergencies.MUTATIONS,
    *cases.MUTATIONS,
    *activities.MUTATIONS,
    *assessments.MUTATIONS,
    *policies.MUTATIONS,
    *reviews.MUTATIONS,
)

Mutation = create_type(
    "Mutation",
    list(MUTATIONS),
    description="What can be changed. Each field takes one input and gives its payload, "
    "or a typed error and nothing changed.",
)
