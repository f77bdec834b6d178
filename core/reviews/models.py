"""Tables of digests and of reviews. A digest counts what the audit holds, and can be computed again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.access.relations import Anchor, Via
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import AUDIT, INTERNAL, PUBLIC
from core.db.types import Choice, Json, Text, UtcTime
from core.reviews.choices import ReviewDecision, ReviewState


def _figure(about: str) -> Any:
    return column(sa.Integer, AUDIT, about, nullable=False)


class AuditDigest(Model):
    """What one employee read in one week, beside the others of the department."""

    __tablename__ = "audit_digests"
    __prefix__ = "dig"
    __access__ = Anchor(own="employee_id", department="department_id")
    __table_args__ = (
        sa.UniqueConstraint("week", "employee_id", "department_id"),
        sa.Index(None, "week", "id"),
        sa.Index(None, "employee_id", "week", "id"),
        sa.Index(None, "department_id", "week", "id"),
    )

    id = key_column()
    week = column(
        sa.Date, PUBLIC, "The Monday on which the week begins, in the company's zone.", nullable=False
    )
    employee_id = reference("employees.id", AUDIT, "Whose week it is.", nullable=False, index=False)
    department_id = reference(
        "departments.id",
        AUDIT,
        "The department that the employee then belonged to.",
        nullable=False,
        index=False,
    )
    readings = _figure("Requests that read sensitive fields.")
    customers = _figure("Customers whose sensitive fields were read, each once.")
    foreign_customers = _figure("Those of them that another employee owns, without this one in their team.")
    most_a_day = _figure("Most customers on one day.")
    days_active = _figure("Days on which anything was read or exported.")
    exports = _figure("Exports.")
    exported_customers = _figure("Customers that were exported, each once.")
    without_purpose = _figure("Readings for which no purpose was declared.")
    outside_hours = _figure("Readings outside working hours; 0 where none are set.")
    refusals = _figure("Requests that were refused.")
    emergencies = _figure("Break-glasses under which anything was done.")
    peers_customers = _figure(
        "Median of `customers` of the department's others; of the company's where those are fewer than five."
    )
    factor_millis = _figure("`customers` as a multiple of the others' median, in thousandths.")
    usual_foreign = column(
        sa.Integer,
        AUDIT,
        "Median of `foreignCustomers` of this employee's eight weeks before; null for fewer than four.",
    )
    flags = column(Json, AUDIT, "What somebody should look at: names as in docs/audit.md.", nullable=False)
    flagged = column(sa.Boolean, AUDIT, "Whether there is any flag.", nullable=False)
    computed_at = column(UtcTime, INTERNAL, "When the figures were last computed.", nullable=False)


class AccessReview(Model):
    """The rights that the employees of a department hold, looked over once in a while."""

    __tablename__ = "access_reviews"
    __prefix__ = "rev"
    __access__ = Anchor(department="department_id")
    __table_args__ = (sa.UniqueConstraint("department_id", "period_to"), sa.Index(None, "opened_at", "id"))

    id = key_column()
    department_id = reference(
        "departments.id", AUDIT, "The department whose rights are looked over.", nullable=False, index=False
    )
    period_from = column(sa.Date, PUBLIC, "First day whose use is counted.", nullable=False)
    period_to = column(sa.Date, PUBLIC, "Last day whose use is counted.", nullable=False)
    due_on = column(sa.Date, PUBLIC, "Last day on which it should be closed.", nullable=False)
    state = column(Choice(ReviewState), PUBLIC, "How far it is.", nullable=False)
    reviewer_role = column(
        Text, AUDIT, "The role in the department, or above, that is to decide; null where nobody there may."
    )
    raised_at = column(
        UtcTime, AUDIT, "Since when others may decide too: it is overdue, or nobody in the department may."
    )
    opened_at = column(UtcTime, PUBLIC, "When it was opened.", nullable=False)
    closed_at = column(UtcTime, AUDIT, "When it was closed.")
    closed_by_id = reference("employees.id", AUDIT, "The employee who closed it.")
    change_id = reference(
        "policy_changes.id", AUDIT, "The change of the policies that it proposed; null where all stays."
    )


class AccessReviewItem(Model):
    """One rule in force that allows the department something sensitive, and what becomes of it."""

    __tablename__ = "access_review_items"
    __prefix__ = "rit"
    __access__ = Via("review_id")
    __table_args__ = (
        sa.UniqueConstraint("review_id", "role", "object", "act", "relation"),
        sa.Index(None, "review_id", "role", "object", "act", "id"),
    )

    id = key_column()
    review_id = reference(
        "access_reviews.id", INTERNAL, "The review.", on_delete="CASCADE", nullable=False, index=False
    )
    role = column(Text, AUDIT, "The role that the rule speaks of; others may inherit it.", nullable=False)
    object = column(Text, AUDIT, "`class:NAME`, `type:NAME` or `field:TYPE.FIELD`.", nullable=False)
    act = column(Text, AUDIT, "`show`, `write`, or an act of the type.", nullable=False)
    relation = column(Text, AUDIT, "To which rows it reaches.", nullable=False)
    holders = _figure("Employees of the department who hold the right.")
    users = column(sa.Integer, AUDIT, "Those of them who used it; null where its use leaves no record.")
    readings = column(sa.Integer, AUDIT, "How often it was used; null where its use leaves no record.")
    last_used_at = column(UtcTime, AUDIT, "When it was last used in the period; null for never.")
    decision = column(Choice(ReviewDecision), AUDIT, "What becomes of it; null until it is decided.")
    reason = column(Text, AUDIT, "Why.")
    replacement = column(Text, AUDIT, "The line that takes its place, as in grants.csv.")
    decided_by_id = reference("employees.id", AUDIT, "The employee who decided.")
    decided_at = column(UtcTime, AUDIT, "When it was decided.")
    by_holder = column(sa.Boolean, AUDIT, "Whether who decided holds the right too.")


class AccessReviewUsage(Model):
    """How one employee of the department used one right."""

    __tablename__ = "access_review_usages"
    __prefix__ = "rus"
    __access__ = Via("item_id")
    __table_args__ = (sa.UniqueConstraint("item_id", "employee_id"),)

    id = key_column()
    item_id = reference(
        "access_review_items.id", INTERNAL, "The right.", on_delete="CASCADE", nullable=False, index=False
    )
    employee_id = reference("employees.id", AUDIT, "Who holds it.", nullable=False)
    readings = column(sa.Integer, AUDIT, "How often the right was used; null where that leaves no record.")
    customers = column(sa.Integer, AUDIT, "On how many customers, each once.")
    last_used_at = column(UtcTime, AUDIT, "When it was last used in the period; null for never.")
    peers_median = column(sa.Integer, AUDIT, "Median of `readings` of its other holders in the department.")
