"""How a searched column's index is called, and what it is."""

from __future__ import annotations

import sqlalchemy as sa

from core.db.types import Key, Text

PENDING = 256
"""Kilobytes of new rows that PostgreSQL keeps beside the index, and that a search reads one by one."""


def index_name(table: str, column: str) -> str:
    """PostgreSQL's index."""
    return f"ix_{table}_{column}_search"


def pieces_name(table: str, column: str) -> str:
    """SQLite's table."""
    return f"{table}_{column}_pieces"


def index_of(table: str, column: sa.ColumnElement[str]) -> sa.Index:
    """PostgreSQL's index over what its own functions make of the column."""
    grams = sa.func.search_grams(sa.func.search_fold(column))
    options = {"gin_pending_list_limit": PENDING}
    name = index_name(table, str(column.key))
    made = sa.Index(name, grams, postgresql_using="gin", postgresql_with=options)
    return made.ddl_if(dialect="postgresql")


def pieces_of(table: str, column: str) -> sa.TableClause:
    """SQLite's table: pieces of the folded text, and the keys of the rows that have them."""
    return sa.table(pieces_name(table, column), sa.column("piece", Text), sa.column("owner", Key()))
