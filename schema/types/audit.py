"""The audit and its digests (ACC-3, BEY-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
import strawberry

from core.access.purposes import Purpose
from core.audit import models
from core.audit.choices import AuditKind
from core.db.model import Model
from core.db.sensitivity import AUDIT
from core.db.types import Text
from core.reviews.models import AuditDigest as AuditDigestRow
from schema.types.emergencies import Emergency
from schema.types.organization import Department, Employee
from schema.vocabulary import (
    Connection,
    DateTime,
    Json,
    Node,
    Relation,
    expression,
    stored,
    to_many,
    to_one,
    viewer_relation,
)
from schema.vocabulary.enums import expose
from schema.vocabulary.scalars import Day

if TYPE_CHECKING:
    from schema.types.customers import Customer

expose(AuditKind, Purpose)


def _row_id(record: Any) -> Any:
    """The global id of the row that a record is about."""
    models = sorted((mapper.class_ for mapper in Model.registry.mappers), key=lambda model: model.__name__)
    prefixes = {model.__name__: f"{model.__prefix__}_" for model in models if model.__prefix__}
    prefix = sa.case(prefixes, value=record.c.about)
    return prefix + sa.func.replace(sa.cast(record.c.row_id, sa.Text), "-", "")


@strawberry.type(description="The records of one process of the product, each bound to the one before it.")
class AuditChain(Node):
    """GraphQL form of `core.audit.models.AuditChain`."""

    started_at: DateTime = stored(models.AuditChain.started_at)
    number: int = stored(models.AuditChain.number)


@strawberry.type(description="Something that was read or done, by whom. Readings of a moment stand together.")
class AuditRecord(Node):
    """GraphQL form of `core.audit.models.AuditRecord`."""

    viewer_relation: list[Relation] = viewer_relation()
    at: DateTime = stored(models.AuditRecord.at)
    kind: AuditKind = stored(models.AuditRecord.kind)
    subject: str | None = stored(models.AuditRecord.subject)
    role: str | None = stored(models.AuditRecord.role)
    operation: str | None = stored(models.AuditRecord.operation)
    purpose: Purpose | None = stored(models.AuditRecord.purpose)
    about: str | None = stored(models.AuditRecord.about)
    row_id: str | None = expression(
        _row_id,
        Text,
        AUDIT,
        "The id of the row that was written, if it is one.",
        nullable=True,
    )
    fields: Json | None = stored(models.AuditRecord.fields)
    customer_count: int | None = stored(models.AuditRecord.customer_count)
    calls: int | None = stored(models.AuditRecord.calls)
    before: Json | None = stored(models.AuditRecord.before)
    after: Json | None = stored(models.AuditRecord.after)
    number: int | None = stored(models.AuditRecord.number)
    employee: Employee | None = to_one(models.AuditRecord.employee_id)
    department: Department | None = to_one(models.AuditRecord.department_id)
    emergency: Emergency | None = to_one(models.AuditRecord.emergency_id)
    chain: AuditChain | None = to_one(models.AuditRecord.chain_id)
    customers: Connection[AuditedCustomer] = to_many(
        models.AuditedCustomer.record_id, "The customers who were read or written."
    )


@strawberry.type(description="A customer in a record: somebody read the customer's fields, or wrote them.")
class AuditedCustomer(Node):
    """GraphQL form of `core.audit.models.AuditedCustomer`."""

    viewer_relation: list[Relation] = viewer_relation()
    record: AuditRecord | None = to_one(models.AuditedCustomer.record_id)
    customer: Annotated[Customer, strawberry.lazy("schema.types.customers")] | None = to_one(
        models.AuditedCustomer.customer_id
    )


@strawberry.type(description="What one employee read in one week, beside the others of the department.")
class AuditDigest(Node):
    """GraphQL form of `core.reviews.models.AuditDigest`."""

    viewer_relation: list[Relation] = viewer_relation()
    week: Day = stored(AuditDigestRow.week)
    readings: int | None = stored(AuditDigestRow.readings)
    customers: int | None = stored(AuditDigestRow.customers)
    foreign_customers: int | None = stored(AuditDigestRow.foreign_customers)
    most_a_day: int | None = stored(AuditDigestRow.most_a_day)
    days_active: int | None = stored(AuditDigestRow.days_active)
    exports: int | None = stored(AuditDigestRow.exports)
    exported_customers: int | None = stored(AuditDigestRow.exported_customers)
    without_purpose: int | None = stored(AuditDigestRow.without_purpose)
    outside_hours: int | None = stored(AuditDigestRow.outside_hours)
    refusals: int | None = stored(AuditDigestRow.refusals)
    emergencies: int | None = stored(AuditDigestRow.emergencies)
    peers_customers: int | None = stored(AuditDigestRow.peers_customers)
    factor_millis: int | None = stored(AuditDigestRow.factor_millis)
    usual_foreign: int | None = stored(AuditDigestRow.usual_foreign)
    flags: Json | None = stored(AuditDigestRow.flags)
    flagged: bool | None = stored(AuditDigestRow.flagged)
    computed_at: DateTime | None = stored(AuditDigestRow.computed_at)
    employee: Employee | None = to_one(AuditDigestRow.employee_id)
    department: Department | None = to_one(AuditDigestRow.department_id)
