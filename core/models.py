"""All models of the core, by type name. A model that is not here has no type and no policy."""

from __future__ import annotations

from core.activities.models import Activity, Participation
from core.approvals.models import Approval
from core.assessments.models import Assessment
from core.audit.models import AuditChain, AuditedCustomer, AuditRecord
from core.cases.models import AbuseCase
from core.consents.models import Consent
from core.customers.models import Customer, CustomerMember, Interaction, Preference, Purchase
from core.db.model import Model
from core.emergencies.models import Emergency
from core.operations.models import RecordedOperation, RecordedOperationDay
from core.organization.models import Department, Employee, EmployeeRole
from core.policies.models import PolicyChange, PolicyInheritance, PolicyRole, PolicyRule, PolicyVersion
from core.qualifications.models import EmployeeQualification
from core.reviews.models import AccessReview, AccessReviewItem, AccessReviewUsage, AuditDigest
from core.tiers.models import Tier, TierAssignment, TierRule, TierScheme

_MODELS: tuple[type[Model], ...] = (
    Department,
    Employee,
    EmployeeRole,
    EmployeeQualification,
    Emergency,
    AbuseCase,
    Approval,
    PolicyChange,
    PolicyVersion,
    PolicyRole,
    PolicyInheritance,
    PolicyRule,
    RecordedOperation,
    RecordedOperationDay,
    TierScheme,
    Tier,
    TierRule,
    Customer,
    CustomerMember,
    Consent,
    Purchase,
    Interaction,
    Preference,
    TierAssignment,
    Activity,
    Participation,
    Assessment,
    AuditChain,
    AuditRecord,
    AuditedCustomer,
    AuditDigest,
    AccessReview,
    AccessReviewItem,
    AccessReviewUsage,
)
CORE_MODELS: dict[str, type[Model]] = {model.__name__: model for model in _MODELS}
