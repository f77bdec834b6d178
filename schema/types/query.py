"""The roots of reading."""

from __future__ import annotations

import strawberry

from core.activities import models as activities_
from core.assessments import models as assessments_
from core.customers import models as customers_
from core.organization import models as organization_
from core.tiers import models as tiers_
from schema.types.activities import Activity, Participation
from schema.types.assessments import Assessment
from schema.types.customers import Customer, CustomerMember, Interaction, Preference, Purchase
from schema.types.organization import Department, Employee, EmployeeRole
from schema.types.tiers import Tier, TierAssignment, TierRule, TierScheme
from schema.vocabulary import Connection, Node, any_node, ascending, by_id, descending, of_viewer, to_many

ROW_TYPES = (
    Department,
    Employee,
    EmployeeRole,
    Customer,
    CustomerMember,
    Purchase,
    Interaction,
    Preference,
    TierScheme,
    Tier,
    TierRule,
    TierAssignment,
    Activity,
    Participation,
    Assessment,
)
"""Every type with rows, so that `node(id:)` can give it though no field of Query names it."""


@strawberry.type(
    name="Query",
    description="What can be read. Each answer shows what your role may see, "
    "and tells in `extensions.redactions` what it left out.",
)
class Query:
    """Roots point at rows like every other field."""

    node: Node | None = any_node(
        many=False, description="Any row by its id; null where there is none or it is not visible to you."
    )
    nodes: list[Node | None] = any_node(
        many=True,
        description="Rows by their ids, in the same order; "
        "null where there is none or it is not visible to you.",
    )
    me: Employee | None = of_viewer(
        organization_.Employee, "Your own row; null for a token whose subject is no employee."
    )
    customer: Customer | None = by_id(
        customers_.Customer, "A customer; null where there is none or it is not visible to you."
    )
    customers: Connection[Customer] = to_many(
        customers_.Customer, "The customers that are visible to you.", order=[ascending("name")]
    )
    purchases: Connection[Purchase] = to_many(
        customers_.Purchase, "The purchases that are visible to you, latest first.", order=[descending("at")]
    )
    interactions: Connection[Interaction] = to_many(
        customers_.Interaction,
        "The contacts that are visible to you, latest first.",
        order=[descending("at")],
    )
    department: Department | None = by_id(organization_.Department, "A department.")
    departments: Connection[Department] = to_many(
        organization_.Department, "The departments.", order=[ascending("name")]
    )
    employee: Employee | None = by_id(
        organization_.Employee, "An employee; null where there is none or it is not visible to you."
    )
    employees: Connection[Employee] = to_many(
        organization_.Employee, "The employees that are visible to you.", order=[ascending("name")]
    )
    tier_schemes: Connection[TierScheme] = to_many(
        tiers_.TierScheme, "The ways in which customers are graded.", order=[ascending("code")]
    )
    tiers: Connection[Tier] = to_many(tiers_.Tier, "The tiers of all schemes.", order=[ascending("rank")])
    activity: Activity | None = by_id(
        activities_.Activity, "An activity; null where there is none or it is not visible to you."
    )
    activities: Connection[Activity] = to_many(
        activities_.Activity,
        "The activities that are visible to you, latest first.",
        order=[descending("startsAt")],
    )
    assessments: Connection[Assessment] = to_many(
        assessments_.Assessment,
        "The assessments that are visible to you, latest first.",
        order=[descending("periodEnd")],
    )
