"""Writes whose rows nobody waits for: kept until the unit of work needs them done, then sent together.

PostgreSQL takes them as one statement, each a part of its WITH clause. All parts see the rows as they were
before and end together, so no row may be touched by two of them: an UPDATE goes along only with writes of
other tables. Foreign keys and unique constraints are checked as ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy.exc import IntegrityError

from core.db.statements import Rendered, Statement

Blame: TypeAlias = Callable[[IntegrityError], Exception | None]
"""The error to raise where a constraint forbids the write; None where it can't have been this one."""
PLACE = re.compile(r"\$(\d+)")
OWN_PARTS = "WITH "
KEPT = 500


@dataclass(frozen=True, slots=True)
class Later:
    """A write that waits."""

    statement: Statement
    rendered: Rendered
    arguments: Sequence[Any]
    blame: Blame | None = None


def groups_of(waiting: Sequence[Later]) -> list[list[Later]]:
    """What can be sent together, in order."""
    groups: list[list[Later]] = []
    for one in waiting:
        if groups and _fits(groups[-1], one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def is_open(group: Sequence[Later]) -> bool:
    """Whether more can go along: what has parts of its own has to be the last."""
    return not group[-1].rendered.sql.startswith(OWN_PARTS)


def _fits(group: Sequence[Later], one: Later) -> bool:
    new = one.statement
    return is_open(group) and all(
        (new.inserts and old.inserts) or new.writes.isdisjoint(old.writes)
        for old in (other.statement for other in group)
    )


def together(group: Sequence[Later]) -> tuple[str, list[Any]]:
    """One statement and its arguments."""
    sql = _joined(tuple((one.rendered.sql, len(one.arguments)) for one in group))
    return sql, [value for one in group for value in one.arguments]


@lru_cache(KEPT)
def _joined(parts: tuple[tuple[str, int], ...]) -> str:
    *ahead, (last, _) = parts
    moved, count = [], 0
    for sql, size in parts:
        moved.append(PLACE.sub(lambda found, past=count: f"${int(found[1]) + past}", sql))  # type: ignore[misc]
        count += size
    if not ahead:
        return last
    clauses = ", ".join(f"later_{i} AS ({sql})" for i, sql in enumerate(moved[:-1]))
    end = moved[-1]
    return (
        f"WITH {clauses}, {end.removeprefix(OWN_PARTS)}"
        if end.startswith(OWN_PARTS)
        else f"WITH {clauses} {end}"
    )


def blamed(group: Sequence[Later], error: IntegrityError) -> Exception:
    """What a refused constraint means: as the one says whose it is."""
    found = (one.blame(error) for one in group if one.blame is not None)
    return next((one for one in found if one is not None), error)
