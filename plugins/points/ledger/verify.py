"""Whether the books are right (BEY-15): what must hold is asked of the rows themselves.

Each check is a query for rows that contradict each other; a sound ledger gives none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from plugins.points.ledger.books import ACCOUNTS, ENTRIES, LOTS, TAKINGS, TRANSACTIONS
from plugins.points.ledger.choices import (
    PointsAccountKind,
    PointsLotState,
    PointsSide,
    PointsTransactionKind,
)
from schema.plugin import Text, UnitOfWork

MEMBER = ACCOUNTS.c.kind == PointsAccountKind.MEMBER
CONFIRM, REVERSE = PointsTransactionKind.CONFIRM, PointsTransactionKind.REVERSE


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold. `wrong` gives the keys of the rows that contradict it."""

    about: Text
    wrong: sa.Select[Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that contradicts the others."""

    about: Text
    key: UUID


async def verify(work: UnitOfWork, most: int = 1_000) -> list[Finding]:
    """What is wrong, at most so many findings for each check; empty for sound books."""
    found = []
    for check in CHECKS:
        keys = (await work.session.execute(check.wrong.limit(most))).scalars()
        found += [Finding(check.about, key) for key in keys]
    return found


def _sum(of: sa.Table, *where: sa.ColumnElement[bool], figure: str = "points") -> sa.ScalarSelect[Any]:
    total = sa.func.coalesce(sa.func.sum(of.c[figure]), 0)
    return sa.select(total).where(*where).scalar_subquery()


def _figures() -> Iterator[Check]:
    """The three figures of a member against entries, and two of them against lots."""
    for name, side, sign in (
        ("balance", PointsSide.AVAILABLE, 1),
        ("pending", PointsSide.PENDING, 1),
        ("claim", PointsSide.CLAIM, -1),
    ):
        posted = _sum(ENTRIES, ENTRIES.c.account_id == ACCOUNTS.c.id, ENTRIES.c.side == side)
        off = sa.select(ACCOUNTS.c.id).where(MEMBER, ACCOUNTS.c[name] != sign * posted)
        yield Check(
            Text(f"the account's {name} is not the sum of its entries", f"账户 {name} 与分录之和不符"), off
        )
    for name, state in (("balance", PointsLotState.AVAILABLE), ("pending", PointsLotState.PENDING)):
        left = _sum(LOTS, LOTS.c.account_id == ACCOUNTS.c.id, LOTS.c.state == state, figure="remaining")
        off = sa.select(ACCOUNTS.c.id).where(MEMBER, ACCOUNTS.c[name] != left)
        yield Check(
            Text(f"the account's {name} is not what its lots hold", f"账户 {name} 与批次余量之和不符"), off
        )


def _transactions() -> Iterator[Check]:
    mine = ENTRIES.c.transaction_id == TRANSACTIONS.c.id
    keys = sa.select(TRANSACTIONS.c.id)
    members = _sum(ENTRIES, mine, ENTRIES.c.customer_id.is_not(None))
    confirmed = -_sum(ENTRIES, mine, ENTRIES.c.side == PointsSide.PENDING)
    told = sa.case((TRANSACTIONS.c.kind == CONFIRM, confirmed), else_=members)
    owned = _sum(ENTRIES, mine, ENTRIES.c.customer_id.is_not(None), ENTRIES.c.side.in_(HELD))
    made = _sum(LOTS, LOTS.c.transaction_id == TRANSACTIONS.c.id, figure="earned")
    took = _sum(TAKINGS, TAKINGS.c.transaction_id == TRANSACTIONS.c.id)
    yield Check(
        Text("the entries do not sum to zero", "分录之和不为零"), keys.where(_sum(ENTRIES, mine) != 0)
    )
    yield Check(
        Text("the transaction has no entries", "交易没有分录"),
        keys.where(~sa.exists(sa.select(ENTRIES.c.id).where(mine))),
    )
    yield Check(
        Text("the entries do not say what the transaction says", "分录与交易积分不符"),
        keys.where(TRANSACTIONS.c.points != told),
    )
    yield Check(
        Text("the lots do not move as the entries say", "批次变动与分录不符"),
        keys.where(owned != made - took),
    )


HELD = (PointsSide.AVAILABLE, PointsSide.PENDING)


def _lots() -> Iterator[Check]:
    took = _sum(TAKINGS, TAKINGS.c.lot_id == LOTS.c.id)
    keys = sa.select(LOTS.c.id)
    yield Check(
        Text("what remains of the lot is not what was not taken", "批次余量与取用记录不符"),
        keys.where(LOTS.c.remaining != LOTS.c.earned - took),
    )
    yield Check(
        Text("the lot holds more than was earned, or less than nothing", "批次余量超出范围"),
        keys.where(sa.or_(LOTS.c.remaining < 0, LOTS.c.remaining > LOTS.c.earned)),
    )
    maker = sa.select(TRANSACTIONS.c.id).where(
        TRANSACTIONS.c.id == LOTS.c.transaction_id, TRANSACTIONS.c.customer_id == LOTS.c.customer_id
    )
    yield Check(
        Text("the lot belongs to no transaction of its member", "批次不属于其会员的交易"),
        keys.where(~sa.exists(maker)),
    )


def _owners() -> Iterator[Check]:
    """Rows that name each other belong to the same member."""
    lot = sa.select(LOTS.c.id).where(
        LOTS.c.id == TAKINGS.c.lot_id, LOTS.c.customer_id == TAKINGS.c.customer_id
    )
    by = sa.select(TRANSACTIONS.c.id).where(
        TRANSACTIONS.c.id == TAKINGS.c.transaction_id, TRANSACTIONS.c.customer_id == TAKINGS.c.customer_id
    )
    yield Check(
        Text("the taking is of no lot, or no transaction, of its member", "取用记录不属于其会员的批次或交易"),
        sa.select(TAKINGS.c.id).where(~sa.and_(sa.exists(lot), sa.exists(by))),
    )
    account = sa.select(ACCOUNTS.c.id).where(
        ACCOUNTS.c.id == ENTRIES.c.account_id,
        ACCOUNTS.c.customer_id.is_not_distinct_from(ENTRIES.c.customer_id),
    )
    told = sa.select(TRANSACTIONS.c.id).where(
        TRANSACTIONS.c.id == ENTRIES.c.transaction_id,
        TRANSACTIONS.c.at == ENTRIES.c.at,
        sa.or_(ENTRIES.c.customer_id.is_(None), TRANSACTIONS.c.customer_id == ENTRIES.c.customer_id),
    )
    yield Check(
        Text("the entry is not its account's and its transaction's", "分录与账户或交易不符"),
        sa.select(ENTRIES.c.id).where(~sa.and_(sa.exists(account), sa.exists(told))),
    )
    yield Check(
        Text(
            "a figure of the account is below zero, or it owes while it has points",
            "账户数额为负，或有余额仍欠积分",
        ),
        sa.select(ACCOUNTS.c.id).where(
            sa.or_(
                ACCOUNTS.c.balance < 0,
                ACCOUNTS.c.pending < 0,
                ACCOUNTS.c.claim < 0,
                sa.and_(ACCOUNTS.c.claim > 0, ACCOUNTS.c.balance > 0),
            )
        ),
    )


def _reversals() -> Iterator[Check]:
    first, second = TRANSACTIONS.alias("first"), TRANSACTIONS.alias("second")
    reversible = (PointsTransactionKind.EARN, PointsTransactionKind.REDEEM, PointsTransactionKind.ADJUST)
    original = sa.select(first.c.id).where(
        first.c.id == TRANSACTIONS.c.reverses_id,
        first.c.customer_id == TRANSACTIONS.c.customer_id,
        first.c.kind.in_(reversible),
    )
    keys = sa.select(TRANSACTIONS.c.id)
    yield Check(
        Text(
            "the reversal reverses nothing of its member that can be reversed", "冲正未指向其会员可冲正的交易"
        ),
        keys.where(TRANSACTIONS.c.kind == REVERSE, ~sa.exists(original)),
    )
    yield Check(
        Text("the transaction names another one, though it is no reversal", "非冲正交易指向了另一交易"),
        keys.where(TRANSACTIONS.c.kind != REVERSE, TRANSACTIONS.c.reverses_id.is_not(None)),
    )
    again = sa.select(second.c.id).where(
        second.c.reverses_id == TRANSACTIONS.c.reverses_id, second.c.id != TRANSACTIONS.c.id
    )
    yield Check(Text("it was reversed twice", "重复冲正"), keys.where(sa.exists(again)))
    undone, done = ENTRIES.alias("undone"), ENTRIES.alias("done")
    total = sa.select(sa.func.coalesce(sa.func.sum(done.c.points), 0)).where(
        done.c.transaction_id == TRANSACTIONS.c.id, done.c.account_id == undone.c.account_id
    )
    # What was posted against the company; the member's side may differ by what expired and what is owed.
    against = sa.select(undone.c.id).where(
        undone.c.transaction_id == TRANSACTIONS.c.reverses_id,
        undone.c.customer_id.is_(None),
        undone.c.points != -total.correlate(TRANSACTIONS, undone).scalar_subquery(),
    )
    yield Check(
        Text("the reversal does not undo what was posted", "冲正与原分录不符"), keys.where(sa.exists(against))
    )


CHECKS: tuple[Check, ...] = (*_transactions(), *_figures(), *_lots(), *_owners(), *_reversals())
