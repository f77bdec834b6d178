"""Outcomes of the customers' mutations that a client handles."""

from __future__ import annotations

from uuid import UUID

from core.errors import Expected
from core.ids import global_id
from core.text import Text


class DuplicateCustomer(Expected):
    """Another customer, whom the caller may see with this very field, has the same value."""

    code = "DUPLICATE_CUSTOMER"
    text = Text(
        "customer {id} has the same value; change that one, or say that both are meant",
        "客户 {id} 已有相同的值；请修改该客户，或声明确为两位客户",
    )

    def __init__(self, field: str, existing: UUID) -> None:
        """`existing`: key of the customer who has the value."""
        self.existing = existing
        super().__init__(field, id=global_id("cus", existing))
