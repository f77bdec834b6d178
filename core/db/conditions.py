"""What has to hold before anything is written: asked by itself, or together with the writes.

A guard is a query that fails where its condition does not hold, and takes the writes along that are sent with
it. PostgreSQL's log then says `invalid input syntax for type integer: "unmet"`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import sqlalchemy as sa

from core.db.statements import Statement

Asked: TypeAlias = tuple[Statement, Mapping[str, Any]]
"""A statement and its values."""


class Unmet(Exception):
    """The condition of a guard does not hold; nothing was done."""


class Condition(Protocol):
    """Something that is true of the database."""

    @property
    def question(self) -> Asked:
        """A query from which `heard` learns it."""
        ...

    @property
    def guard(self) -> Asked:
        """A query that fails where it does not hold (`failing_unless`)."""
        ...

    def heard(self, rows: Sequence[Sequence[Any]]) -> None:
        """What the question gave; raises the caller's error where it does not hold."""
        ...


def failing_unless(found: sa.Select[Any]) -> Statement:
    """A query that fails where this one finds no row."""
    # Not a division by zero, which PostgreSQL would do while it plans.
    said = sa.case((found.exists(), sa.literal_column("'0'")), else_=sa.literal_column("'unmet'"))
    return Statement(sa.select(sa.cast(said, sa.Integer)))
