"""Columns that stand in several tables, and the condition that one of them is among many keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from schema.plugin import COMMERCIAL, PUBLIC, Among, Key, ListOf, column, reference


def of_member() -> Any:
    """Whose row it is. Each table has an index of its own that begins with it."""
    return reference("customers.id", PUBLIC, "The member.", nullable=False, index=False)


def of_transaction(about: str = "The transaction.", *, unique: bool = False) -> Any:
    """What happened in the books that the row belongs to."""
    options: dict[str, Any] = {"unique": True} if unique else {}
    return reference("p_points_transactions.id", PUBLIC, about, nullable=False, index=False, **options)


def figure(about: str, **options: Any) -> Any:
    """A number of points, or of minor units, of one member or of many."""
    return column(sa.BigInteger, COMMERCIAL, about, nullable=False, **options)


def among(operand: Any, keys: Collection[UUID]) -> Among:
    """One parameter, however many keys there are."""
    return Among(operand, sa.bindparam(None, list(keys), type_=ListOf(Key())))
