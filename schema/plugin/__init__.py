"""The plugin contract: everything that a plugin may import. What is not here may change without a word.

`docs/plugins/` explains it; `baoke plugin new` makes a working beginning. Beside this module a plugin uses
strawberry for its types, SQLAlchemy for its SQL and alembic for its migrations.
"""

from core.access.guard import Permission, allowed_on, allowed_somewhere, cell_of, standing_of
from core.access.reasons import explained
from core.access.relations import Anchor, Team, Via
from core.access.standing import Standing
from core.access.validators import Refusal, Validator, Writing
from core.access.viewer import Viewer
from core.access.writing import add, change, insert, remove
from core.activities.events import ParticipationRecorded
from core.activities.models import Activity, Participation
from core.cli.frame import Frame, frame_of, run
from core.customers.choices import Channel, Collection, CompanySize, CustomerKind, InteractionKind, Source
from core.customers.events import (
    CustomerCreated,
    CustomerUpdated,
    InteractionRecorded,
    PreferenceSet,
    PurchaseRecorded,
)
from core.customers.models import Customer, CustomerMember, Interaction, Preference, Purchase
from core.db.database import Database, UnitOfWork
from core.db.expressions import Among, ListOf
from core.db.model import Model, column, key_column, reference
from core.db.normal import ADDRESS, EMAIL, NOTES, PHONE, WECHAT, plain_text
from core.db.sealing import sealed
from core.db.sensitivity import (
    ASSESSMENT,
    COMMERCIAL,
    CONTACT,
    IDENTITY,
    INTERNAL,
    PERSONAL,
    PUBLIC,
    Sensitivity,
)
from core.db.statements import Statement
from core.db.types import Choice, Key, UtcTime
from core.db.types import Json as JsonColumn
from core.db.types import Text as String
from core.errors import (
    BadUserInput,
    Conflict,
    Expected,
    Forbidden,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
)
from core.events.declare import Event, Handler
from core.events.publish import publish, told
from core.extension.manifest import API_LEVEL, Manifest, PluginSettings
from core.extension.plugin import Demo, HealthCheck
from core.idempotency import check_key, once
from core.ids import global_id, key_of
from core.jobs.declare import Context, Job, Payload
from core.jobs.outbox import enqueue
from core.money import CURRENCIES, Money
from core.organization.events import EmployeeRestored, EmployeeSuspended
from core.organization.models import Department, Employee
from core.policies.events import PoliciesChanged
from core.services import Services
from core.settings import Settings, load_settings
from core.text import Count, Language, Text
from core.tiers.events import TierChanged
from core.tiers.models import Tier, TierAssignment, TierScheme
from core.tiers.signals import AsOf, Signal
from schema.compiler.interpreter import RequestContext
from schema.http.errors import HttpRefusal
from schema.plugin.base import Plugin, Route, RouteCall
from schema.types.activities import Activity as ActivityType
from schema.types.customers import Customer as CustomerType
from schema.types.customers import Purchase as PurchaseType
from schema.types.organization import Employee as EmployeeType
from schema.vocabulary import (
    Connection,
    DateTime,
    Json,
    Long,
    MoneyType,
    Node,
    Relation,
    ascending,
    batch,
    by_id,
    changes,
    descending,
    expression,
    money,
    namespace,
    node_id,
    of_viewer,
    stored,
    to_many,
    to_one,
    viewer_relation,
)
from schema.vocabulary.asked import when_asked
from schema.vocabulary.enums import expose
from schema.vocabulary.mutations import (
    Call,
    Input,
    accepts,
    accepts_id,
    accepts_money,
    changed,
    key_in,
    mutation,
    values_of,
)
from schema.vocabulary.scalars import Currency, Day, MoneyInput
from schema.vocabulary.targets import BatchContext

__all__ = [
    "ADDRESS",
    "API_LEVEL",
    "ASSESSMENT",
    "COMMERCIAL",
    "CONTACT",
    "CURRENCIES",
    "EMAIL",
    "IDENTITY",
    "INTERNAL",
    "NOTES",
    "PERSONAL",
    "PHONE",
    "PUBLIC",
    "WECHAT",
    "Activity",
    "ActivityType",
    "Among",
    "Anchor",
    "AsOf",
    "BadUserInput",
    "BatchContext",
    "Call",
    "Channel",
    "Choice",
    "Collection",
    "CompanySize",
    "Conflict",
    "Connection",
    "Context",
    "Count",
    "Currency",
    "Customer",
    "CustomerCreated",
    "CustomerKind",
    "CustomerMember",
    "CustomerType",
    "CustomerUpdated",
    "Database",
    "DateTime",
    "Day",
    "Demo",
    "Department",
    "Employee",
    "EmployeeRestored",
    "EmployeeSuspended",
    "EmployeeType",
    "Event",
    "Expected",
    "Forbidden",
    "Frame",
    "Handler",
    "HealthCheck",
    "HttpRefusal",
    "IdempotencyMismatch",
    "Input",
    "Interaction",
    "InteractionKind",
    "InteractionRecorded",
    "InvalidInput",
    "Job",
    "Json",
    "JsonColumn",
    "Key",
    "Language",
    "ListOf",
    "Long",
    "Manifest",
    "Model",
    "Money",
    "MoneyInput",
    "MoneyType",
    "Node",
    "NotFound",
    "Participation",
    "ParticipationRecorded",
    "Payload",
    "Permission",
    "Plugin",
    "PluginSettings",
    "PoliciesChanged",
    "Preference",
    "PreferenceSet",
    "Purchase",
    "PurchaseRecorded",
    "PurchaseType",
    "Refusal",
    "Relation",
    "RequestContext",
    "Route",
    "RouteCall",
    "Sensitivity",
    "Services",
    "Settings",
    "Signal",
    "Source",
    "Standing",
    "Statement",
    "String",
    "Team",
    "Text",
    "Tier",
    "TierAssignment",
    "TierChanged",
    "TierScheme",
    "UnitOfWork",
    "UtcTime",
    "Validator",
    "Via",
    "Viewer",
    "Writing",
    "accepts",
    "accepts_id",
    "accepts_money",
    "add",
    "allowed_on",
    "allowed_somewhere",
    "ascending",
    "batch",
    "by_id",
    "cell_of",
    "change",
    "changed",
    "changes",
    "check_key",
    "column",
    "descending",
    "enqueue",
    "explained",
    "expose",
    "expression",
    "frame_of",
    "global_id",
    "insert",
    "key_column",
    "key_in",
    "key_of",
    "load_settings",
    "money",
    "mutation",
    "namespace",
    "node_id",
    "of_viewer",
    "once",
    "plain_text",
    "publish",
    "reference",
    "remove",
    "run",
    "sealed",
    "standing_of",
    "stored",
    "to_many",
    "to_one",
    "told",
    "values_of",
    "viewer_relation",
    "when_asked",
]
