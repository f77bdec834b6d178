"""Tables of the audit. Rows are only added; a record's content may be erased, its digest stays."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.purposes import Purpose
from core.access.relations import Anchor, Via
from core.audit.choices import AuditKind
from core.db.model import Model, column, key_column, mention, reference
from core.db.sensitivity import AUDIT, INTERNAL, PUBLIC
from core.db.types import Choice, Json, Text, UtcTime

UNLINKED = sa.text("chain_id IS NULL")


class AuditChain(Model):
    """The records of one process, each bound to the one before it."""

    __tablename__ = "audit_chains"
    __prefix__ = "ach"

    id = key_column("Ordered by time.")
    started_at = column(UtcTime, PUBLIC, "When the process began to write.", nullable=False)
    number = column(sa.Integer, PUBLIC, "Number of its last record; 0 before the first.", nullable=False)
    link = column(sa.LargeBinary, AUDIT, "Digest that its last record ends in.", nullable=False)
    anchored_number = column(
        sa.Integer,
        PUBLIC,
        "Number of the last record of it that other chains name; 0 for none.",
        nullable=False,
    )
    pruned_number = column(
        sa.Integer, PUBLIC, "Number of the last record that was removed after its time.", nullable=False
    )
    pruned_link = column(sa.LargeBinary, AUDIT, "Digest that the last removed record ended in.")


class AuditRecord(Model):
    """Something that was read or done, by whom."""

    __tablename__ = "audit_records"
    __prefix__ = "aud"
    __access__ = Anchor(own="employee_id", department="department_id")
    __table_args__ = (
        sa.UniqueConstraint("chain_id", "number"),
        sa.Index(None, "at", "id"),
        sa.Index(None, "employee_id", "id"),
        sa.Index(None, "department_id", "id"),
        sa.Index(None, "about", "row_id", "id"),
        sa.Index("ix_audit_records_unlinked", "id", sqlite_where=UNLINKED, postgresql_where=UNLINKED),
    )

    id = key_column("Ordered by time.")
    at = column(UtcTime, PUBLIC, "When it happened.", nullable=False)
    kind = column(Choice(AuditKind), PUBLIC, "What sort of thing was done.", nullable=False)
    employee_id = reference("employees.id", AUDIT, "Who did it; null for no employee.", index=False)
    department_id = reference(
        "departments.id",
        AUDIT,
        "The department that the employee belonged to when it was linked.",
        index=False,
    )
    subject = column(Text, AUDIT, "The `sub` of the token; `operator` for commands.")
    role = column(Text, AUDIT, "The role that was acted in.")
    operation = column(Text, AUDIT, "Name of the operation, of the mutation's field, or of the command.")
    purpose = column(Choice(Purpose), AUDIT, "The purpose that was declared.")
    emergency_id = mention("emergencies.id", AUDIT, "The break-glass that was open.")
    about = column(Text, AUDIT, "The type that was written, or the code of the refusal.")
    row_id = column(sa.Uuid, AUDIT, "Key of the row that was written.")
    fields = column(
        Json, AUDIT, "The fields that were read or written, as `Customer.phone`; null once erased."
    )
    customer_count = column(sa.Integer, AUDIT, "How many customers were read or written.", nullable=False)
    calls = column(sa.Integer, AUDIT, "How many requests it stands for.", nullable=False)
    before = column(
        Json, AUDIT, "Values before, by field; of a sensitive one a salted digest. Null once erased."
    )
    after = column(Json, AUDIT, "Values afterwards, in the same way. Null once erased.")
    salt = column(sa.LargeBinary, AUDIT, "Salt of the digests; null once the content is erased.")
    content = column(sa.LargeBinary, AUDIT, "Salted digest of the content.", nullable=False)
    digest = column(sa.LargeBinary, AUDIT, "Keyed digest of the record without its place.", nullable=False)
    chain_id = reference("audit_chains.id", AUDIT, "The chain; null within the first second.", index=False)
    number = column(sa.Integer, AUDIT, "Its number in the chain, from 1.")
    link = column(sa.LargeBinary, AUDIT, "Keyed digest of the link before it, its number and its own digest.")


class AuditedCustomer(Model):
    """A customer whose fields were read, or who was written."""

    __tablename__ = "audited_customers"
    __prefix__ = "auc"
    __access__ = Via("record_id")
    __table_args__ = (sa.Index(None, "customer_id", "id"), sa.Index(None, "record_id", "id"))

    id = key_column("Ordered by time.")
    # The database's looking up of keys that it has just been given would be more than half of a row's cost.
    record_id = mention("audit_records.id", INTERNAL, "The record.", nullable=False)
    customer_id = mention("customers.id", AUDIT, "The customer.", nullable=False)
