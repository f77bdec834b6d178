"""Tables of the customer archive (CUS-1)."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.relations import Anchor, Consents, Team, Via
from core.consents.models import Consent
from core.customers.choices import Channel, Collection, CompanySize, CustomerKind, InteractionKind, Source
from core.db.model import Model, column, key_column, reference
from core.db.normal import ADDRESS, EMAIL, IDENTITY_NUMBER, NOTES, PHONE, WECHAT
from core.db.sealing import sealed
from core.db.sensitivity import COMMERCIAL, CONTACT, IDENTITY, INTERNAL, PERSONAL, PUBLIC
from core.db.types import Choice, Text, UtcTime


class Customer(Model):
    """A person or company that the company sells to: one archive each (CUS-1)."""

    __tablename__ = "customers"
    __prefix__ = "cus"
    __access__ = Anchor(
        own="owner_id",
        department="department_id",
        team=Team(lambda: CustomerMember.__table__, "customer_id", "employee_id"),
        many=True,
        consent=Consents(lambda: Consent.__table__, "customer_id"),
    )
    __table_args__ = (
        sa.Index(None, "name", "id"),
        sa.Index(None, "region", "name", "id"),
        sa.Index(None, "owner_id", "name", "id"),
        sa.Index(None, "department_id", "name", "id"),
    )

    id = key_column()
    kind = column(Choice(CustomerKind), PUBLIC, "Person or company.", nullable=False)
    name = column(Text, PUBLIC, "Name of the customer.", nullable=False, search=True)
    number = column(
        Text, PUBLIC, "Number by which the company knows the customer; unique.", nullable=False, unique=True
    )
    phone = sealed(CONTACT, PHONE, "Phone number.")
    email = sealed(CONTACT, EMAIL, "E-mail address.")
    wechat = sealed(CONTACT, WECHAT, "WeChat id.")
    address = sealed(CONTACT, ADDRESS, "Postal address.")
    identity_number = sealed(IDENTITY, IDENTITY_NUMBER, "Number of the resident identity card.")
    notes = sealed(PERSONAL, NOTES, "What staff noted about the customer.")
    birthday = column(sa.Date, PERSONAL, "Date of birth; null for a company.")
    industry = column(Text, INTERNAL, "Industry of the customer.")
    region = column(Text, INTERNAL, "Region of the customer.")
    size = column(Choice(CompanySize), INTERNAL, "Size of the company.")
    source = column(Choice(Source), INTERNAL, "Where the record came from.", nullable=False)
    collected_by = column(Choice(Collection), INTERNAL, "How the record was collected.", nullable=False)
    preferred_channel = column(Choice(Channel), INTERNAL, "How the customer wants to be reached.")
    spend_minor = column(
        sa.BigInteger,
        COMMERCIAL,
        "Sum of the purchases in the company's currency; other currencies are left out.",
        nullable=False,
        default=0,
    )
    spend_currency = column(Text, COMMERCIAL, "Currency of the sum (ISO 4217).", nullable=False)
    purchase_count = column(
        sa.Integer, COMMERCIAL, "How many purchases are recorded.", nullable=False, default=0
    )
    first_purchase_at = column(UtcTime, COMMERCIAL, "When the customer first bought.")
    last_purchase_at = column(UtcTime, COMMERCIAL, "When the customer last bought.")
    owner_id = reference(
        "employees.id", INTERNAL, "The employee who is responsible for the customer.", index=False
    )
    department_id = reference(
        "departments.id", INTERNAL, "The department that looks after the customer.", index=False
    )
    created_at = column(UtcTime, INTERNAL, "When the customer was entered.", nullable=False)
    updated_at = column(UtcTime, INTERNAL, "When the customer's own data last changed.", nullable=False)


class CustomerMember(Model):
    """An employee in the team of a customer."""

    __tablename__ = "customer_members"
    __prefix__ = "mem"
    __access__ = Via("customer_id")
    __table_args__ = (sa.UniqueConstraint("customer_id", "employee_id"),)

    id = key_column()
    customer_id = reference(
        "customers.id", PUBLIC, "The customer.", on_delete="CASCADE", nullable=False, index=False
    )
    employee_id = reference("employees.id", INTERNAL, "The employee.", on_delete="CASCADE", nullable=False)


class Purchase(Model):
    """One purchase of a customer."""

    __tablename__ = "purchases"
    __prefix__ = "pur"
    __access__ = Via("customer_id")
    # Unique within the customer only: no answer may tell that a stranger's purchase has this number (PRM-7).
    __table_args__ = (
        sa.Index(None, "customer_id", "at", "id"),
        sa.Index(None, "at", "id"),
        sa.UniqueConstraint("customer_id", "reference"),
    )

    id = key_column()
    customer_id = reference("customers.id", PUBLIC, "The customer who bought.", nullable=False, index=False)
    at = column(UtcTime, COMMERCIAL, "When the customer bought.", nullable=False)
    amount_minor = column(
        sa.BigInteger, COMMERCIAL, "What was paid, in minor units of the currency.", nullable=False
    )
    currency = column(Text, COMMERCIAL, "Currency of the amount (ISO 4217).", nullable=False)
    quantity = column(sa.Integer, COMMERCIAL, "How many pieces.", nullable=False)
    category = column(Text, COMMERCIAL, "Category of the goods.")
    channel = column(Text, INTERNAL, "Where the purchase was made: shop, online shop, dealer.")
    source = column(Choice(Source), INTERNAL, "Where the record came from.", nullable=False)
    collected_by = column(Choice(Collection), INTERNAL, "How the record was collected.", nullable=False)
    recorded_by_id = reference("employees.id", INTERNAL, "The employee who recorded it; null for an import.")
    created_at = column(UtcTime, INTERNAL, "When the purchase was recorded.", nullable=False)
    # Last, because it hides the function `reference` in this class.
    reference = column(Text, INTERNAL, "Order number, or the fingerprint of the imported row.")


class Interaction(Model):
    """One contact between the company and a customer."""

    __tablename__ = "interactions"
    __prefix__ = "int"
    __access__ = Via("customer_id")
    __table_args__ = (sa.Index(None, "customer_id", "at", "id"), sa.Index(None, "at", "id"))

    id = key_column()
    customer_id = reference("customers.id", PUBLIC, "The customer.", nullable=False, index=False)
    at = column(UtcTime, INTERNAL, "When it took place.", nullable=False)
    kind = column(Choice(InteractionKind), INTERNAL, "What sort of contact it was.", nullable=False)
    channel = column(Choice(Channel), INTERNAL, "By which channel.")
    summary = column(Text, PERSONAL, "What was said.")
    employee_id = reference("employees.id", INTERNAL, "The employee who was in contact.")
    source = column(Choice(Source), INTERNAL, "Where the record came from.", nullable=False)
    collected_by = column(Choice(Collection), INTERNAL, "How the record was collected.", nullable=False)
    created_at = column(UtcTime, INTERNAL, "When the interaction was recorded.", nullable=False)


class Preference(Model):
    """What a customer likes or needs, one value a topic."""

    __tablename__ = "preferences"
    __prefix__ = "pre"
    __access__ = Via("customer_id")
    __table_args__ = (sa.UniqueConstraint("customer_id", "topic"),)

    id = key_column()
    customer_id = reference("customers.id", PUBLIC, "The customer.", nullable=False, index=False)
    topic = column(Text, INTERNAL, "What the preference is about.", nullable=False)
    value = column(Text, PERSONAL, "What the customer prefers.", nullable=False)
    source = column(Choice(Source), INTERNAL, "Where the record came from.", nullable=False)
    collected_by = column(Choice(Collection), INTERNAL, "How the record was collected.", nullable=False)
    recorded_at = column(UtcTime, INTERNAL, "When the preference was last told.", nullable=False)
