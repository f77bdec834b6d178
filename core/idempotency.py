"""Idempotency keys: a mutation with a key applies once, also across processes (PRM-9)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.db.database import UnitOfWork
from core.db.model import Model, column
from core.db.sensitivity import INTERNAL
from core.db.statements import Statement
from core.db.types import Json, Text, UtcTime
from core.errors import IdempotencyMismatch, InvalidInput
from core.text import Text as Words

MOST_KEY = 200
KEY = Words("from 1 to {most} visible characters", "应为 1 至 {most} 个可见字符")


class IdempotencyKey(Model):
    """A key that was used, with what happened. It is no GraphQL type: only `once` reads it."""

    __tablename__ = "idempotency_keys"

    caller = column(Text, INTERNAL, "Subject of the caller.", primary_key=True)
    mutation = column(Text, INTERNAL, "Name of the mutation.", primary_key=True)
    key = column(Text, INTERNAL, "The caller's key.", primary_key=True)
    input_digest = column(sa.LargeBinary, INTERNAL, "Digest of the input.", nullable=False)
    outcome = column(Json, INTERNAL, "What happened: ids, never values that a right protects.")
    created_at = column(UtcTime, INTERNAL, "When the key was first used.", nullable=False, index=True)


KEYS: sa.Table = IdempotencyKey.__table__  # type: ignore[assignment]


def _claim(insert: Any) -> Statement:
    return Statement(insert(KEYS).on_conflict_do_nothing().returning(KEYS.c.key))


CLAIM = {"postgresql": _claim(postgresql.insert), "sqlite": _claim(sqlite.insert)}
KEEP = Statement(
    sa.update(KEYS)
    .where(*(column == sa.bindparam(f"used_{column.name}", type_=column.type) for column in KEYS.primary_key))
    .values(outcome=sa.bindparam("happened", type_=Json()))
)


def check_key(key: str) -> None:
    """INVALID_INPUT for a key that is blank, too long, or holds what nobody sees."""
    if not key.strip() or len(key) > MOST_KEY or not key.isprintable():
        raise InvalidInput("idempotencyKey", KEY, most=MOST_KEY)


async def once(
    work: UnitOfWork, caller: str, mutation: str, key: str, digest: bytes, act: Callable[[], Awaitable[Any]]
) -> Any:
    """What `act` gave, now or when the caller first used the key with this mutation.

    The key is inserted before `act` runs, in the same transaction: whoever comes second with it waits for the
    first one's end, then reads what happened; where the first failed, the second acts.
    Raises IdempotencyMismatch where the key was used with other input, InvalidInput as `check_key` does.
    """
    check_key(key)
    used = {"caller": caller, "mutation": mutation, "key": key}
    fresh = {**used, "input_digest": digest, "outcome": None, "created_at": work.clock.now()}
    if not await work.rows(CLAIM[work.dialect], fresh):
        row = await work.session.get_one(IdempotencyKey, (caller, mutation, key))
        if row.input_digest != digest:
            raise IdempotencyMismatch("idempotencyKey")
        return row.outcome
    outcome = await act()
    await work.later(KEEP, {f"used_{name}": value for name, value in used.items()} | {"happened": outcome})
    return outcome
