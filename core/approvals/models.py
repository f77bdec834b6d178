"""The table of approvals. What is approved names its approval by a foreign key."""

from __future__ import annotations

from core.access.relations import Anchor
from core.approvals.choices import Decision
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import INTERNAL, PUBLIC
from core.db.types import Choice, Text, UtcTime


class Approval(Model):
    """What somebody asked for, and what a second person decided. Nobody in `…_by` means: the operator."""

    __tablename__ = "approvals"
    __prefix__ = "app"
    __access__ = Anchor(own="requested_by_id")

    id = key_column()
    subject_type = column(Text, PUBLIC, "Type of what is to be approved.", nullable=False, index=True)
    subject = column(Text, PUBLIC, "Id of what is to be approved; `node` gives it.", nullable=False)
    requested_by_id = reference(
        "employees.id", INTERNAL, "The employee who asked; null for the operator of the machine."
    )
    requested_at = column(UtcTime, PUBLIC, "When it was asked for.", nullable=False)
    decision = column(Choice(Decision), INTERNAL, "What was decided; null while it waits.")
    decided_by_id = reference("employees.id", INTERNAL, "The employee who decided; null for the operator.")
    decided_at = column(UtcTime, INTERNAL, "When it was decided.")
    comment = column(Text, INTERNAL, "What was said with the decision.")
