"""The table of consents (CUS-4). Rows are never deleted: one that was withdrawn says when."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.purposes import Purpose
from core.access.relations import Via
from core.consents.choices import ConsentChannel
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import INTERNAL, PERSONAL, PUBLIC
from core.db.types import Choice, Text, UtcTime

IN_FORCE = sa.text("withdrawn_at IS NULL")


class Consent(Model):
    """That a customer agreed to a purpose, by which channel, and whether that still holds."""

    __tablename__ = "consents"
    __prefix__ = "con"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.Index(
            "uq_consents_in_force",
            "customer_id",
            "purpose",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
        sa.Index(None, "customer_id", "given_at", "id"),
    )

    id = key_column()
    customer_id = reference("customers.id", PUBLIC, "The customer.", nullable=False, index=False)
    purpose = column(Choice(Purpose), PUBLIC, "For what the customer's data may be used.", nullable=False)
    given_at = column(UtcTime, PUBLIC, "When the customer gave it.", nullable=False)
    channel = column(Choice(ConsentChannel), PUBLIC, "How the customer gave it.", nullable=False)
    evidence = column(Text, PERSONAL, "What shows it: the form, the message, the words.")
    recorded_by_id = reference(
        "employees.id", INTERNAL, "The employee who recorded it; null for the operator.", index=False
    )
    recorded_at = column(UtcTime, INTERNAL, "When it was recorded.", nullable=False)
    withdrawn_at = column(UtcTime, PUBLIC, "Since when it holds no more; null while it does.")
    withdrawn_by_id = reference(
        "employees.id", INTERNAL, "The employee who recorded that it was withdrawn.", index=False
    )
