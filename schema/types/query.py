"""The roots of reading."""

from __future__ import annotations

import strawberry

from core.activities import models as activities_
from core.approvals import models as approvals_
from core.assessments import models as assessments_
from core.audit import models as audit_
from core.cases import models as cases_
from core.customers import models as customers_
from core.emergencies import models as emergencies_
from core.operations import models as operations_
from core.organization import models as organization_
from core.policies import models as policies_
from core.reviews import models as reviews_
from core.tiers import models as tiers_
from schema.types.activities import Activity, Participation
from schema.types.approvals import Approval
from schema.types.assessments import Assessment
from schema.types.audit import AuditChain, AuditDigest, AuditedCustomer, AuditRecord
from schema.types.cases import AbuseCase
from schema.types.consents import Consent
from schema.types.customers import Customer, CustomerMember, Interaction, Preference, Purchase
from schema.types.emergencies import Emergency
from schema.types.explain import AccessExplanation, explain_access
from schema.types.impact import PolicyImpact, policy_impact
from schema.types.matrix import AccessMatrix, access_matrix
from schema.types.operations import RecordedOperation, RecordedOperationDay
from schema.types.organization import Department, Employee, EmployeeRole
from schema.types.plugins import PluginInfo, plugins
from schema.types.policies import PolicyChange, PolicyInheritance, PolicyRole, PolicyRule, PolicyVersion
from schema.types.qualifications import EmployeeQualification
from schema.types.reviews import AccessReview, AccessReviewItem, AccessReviewUsage
from schema.types.tiers import Tier, TierAssignment, TierRule, TierScheme, TierSignal, tier_signals
from schema.vocabulary import Connection, Node, any_node, ascending, by_id, descending, of_viewer, to_many

ROW_TYPES = (
    Department,
    Employee,
    EmployeeRole,
    EmployeeQualification,
    Emergency,
    Customer,
    CustomerMember,
    Consent,
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
    AbuseCase,
    Approval,
    PolicyChange,
    PolicyVersion,
    PolicyRole,
    PolicyInheritance,
    PolicyRule,
    RecordedOperation,
    RecordedOperationDay,
    AuditChain,
    AuditRecord,
    AuditedCustomer,
    AuditDigest,
    AccessReview,
    AccessReviewItem,
    AccessReviewUsage,
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
    emergencies: Connection[Emergency] = to_many(
        emergencies_.Emergency,
        "The break-glasses that are visible to you, latest first; "
        "`where: {reviewedAt: {isNull: true}}` waits for a review.",
        order=[descending("openedAt")],
    )
    tier_schemes: Connection[TierScheme] = to_many(
        tiers_.TierScheme, "The ways in which customers are graded.", order=[ascending("code")]
    )
    tiers: Connection[Tier] = to_many(tiers_.Tier, "The tiers of all schemes.", order=[ascending("rank")])
    tier_signals: list[TierSignal] = strawberry.field(
        resolver=tier_signals,
        description="The figures that the rules of tiers can ask for beside recency, frequency and monetary "
        "value; plugins add to them.",
    )
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
    approvals: Connection[Approval] = to_many(
        approvals_.Approval,
        "What was asked for and decided by a second person, latest first; "
        "`where: {decision: {isNull: true}}` waits.",
        order=[descending("requestedAt")],
    )
    abuse_case: AbuseCase | None = by_id(
        cases_.AbuseCase, "A case of suspected abuse; null where it is not visible to you."
    )
    abuse_cases: Connection[AbuseCase] = to_many(
        cases_.AbuseCase,
        "Cases of suspected abuse, latest first; `where: {closedAt: {isNull: true}}` are open.",
        order=[descending("openedAt")],
    )
    policy_change: PolicyChange | None = by_id(
        policies_.PolicyChange, "A proposed change of the policies; null where it is not visible to you."
    )
    policy_changes: Connection[PolicyChange] = to_many(
        policies_.PolicyChange,
        "Proposed changes of the policies, latest first.",
        order=[descending("proposedAt")],
    )
    policy_versions: Connection[PolicyVersion] = to_many(
        policies_.PolicyVersion,
        "The versions of the policies, newest first; the first one is in force.",
        order=[descending("number")],
    )
    policy_roles: Connection[PolicyRole] = to_many(
        policies_.PolicyRole,
        "The roles, those in force or those of a version.",
        order=[ascending("name")],
        versions=("since", "until"),
    )
    policy_inheritances: Connection[PolicyInheritance] = to_many(
        policies_.PolicyInheritance,
        "Which role has all that another one has, in force or in a version.",
        order=[ascending("role"), ascending("inherits")],
        versions=("since", "until"),
    )
    policy_rules: Connection[PolicyRule] = to_many(
        policies_.PolicyRule,
        "The rules, those in force or those of a version.",
        order=[ascending("role"), ascending("object"), ascending("act")],
        versions=("since", "until"),
    )
    explain_access: AccessExplanation | None = strawberry.field(
        resolver=explain_access,
        description="Why a field is shown, masked or hidden, or why something may be done or not: the rules "
        "that decided, those that lost, what is missing, who can grant it. Null where the employee or the "
        "row is not there or not visible to you. To ask about others takes a right of its own.",
    )
    access_matrix: AccessMatrix | None = strawberry.field(
        resolver=access_matrix,
        description="Everything that the policies say of a type, by role, field and relation. Null where the "
        "employee is not there or not visible to you. To ask about others takes a right of its own.",
    )
    plugins: list[PluginInfo] = strawberry.field(
        resolver=plugins,
        description="The plugins of this application: those that are on, then those that failed.",
    )
    recorded_operations: Connection[RecordedOperation] = to_many(
        operations_.RecordedOperation,
        "What clients ask, without the values that they ask with; the last asked first.",
        order=[descending("lastSeenAt")],
    )
    audit_records: Connection[AuditRecord] = to_many(
        audit_.AuditRecord,
        "What was read and done, latest first: your own records, and those that your role oversees.",
        order=[descending("at")],
    )
    audit_digests: Connection[AuditDigest] = to_many(
        reviews_.AuditDigest,
        "What employees read week by week, latest first; `where: {flagged: {eq: true}}` should be looked at.",
        order=[descending("week")],
    )
    access_review: AccessReview | None = by_id(
        reviews_.AccessReview, "A review of a department's rights; null where it is not visible to you."
    )
    access_reviews: Connection[AccessReview] = to_many(
        reviews_.AccessReview,
        "Reviews of departments' rights, latest first; `where: {state: {eq: OVERDUE}}` are late.",
        order=[descending("openedAt")],
    )
    policy_impact: PolicyImpact | None = strawberry.field(
        resolver=policy_impact,
        description="Try a change of the policies on the data and the recorded operations that there are; "
        "nothing is changed. Null where the change is not there or not visible to you.",
    )
