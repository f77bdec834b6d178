"""The ledger's tables: accounts are held, lots read, transactions written, each for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from plugins.points.ledger.choices import COMPANY, PointsAccountKind, PointsLotState, PointsTransactionKind
from plugins.points.ledger.drafts import Account, Draft
from plugins.points.ledger.happened import tell
from plugins.points.ledger.lots import Lot
from plugins.points.ledger.models import (
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsTaking,
    PointsTransaction,
)
from plugins.points.ledger.statements import Change, Reading
from plugins.points.ledger.telling import Source, Told
from plugins.points.words import CUSTOMER
from schema.plugin import Among, IdempotencyMismatch, Key, ListOf, NotFound, String, Text, UnitOfWork, Viewer

TRANSACTION = Text("points transaction", "积分交易")
ACCOUNTS: sa.Table = PointsAccount.__table__  # type: ignore[assignment]
TRANSACTIONS: sa.Table = PointsTransaction.__table__  # type: ignore[assignment]
ENTRIES: sa.Table = PointsEntry.__table__  # type: ignore[assignment]
LOTS: sa.Table = PointsLot.__table__  # type: ignore[assignment]
TAKINGS: sa.Table = PointsTaking.__table__  # type: ignore[assignment]

OPEN = {
    "postgresql": Change(postgresql.insert(ACCOUNTS).on_conflict_do_nothing()),
    "sqlite": Change(sqlite.insert(ACCOUNTS).on_conflict_do_nothing()),
}
INSERT = {table: Change(sa.insert(table)) for table in (TRANSACTIONS, LOTS, ENTRIES, TAKINGS)}
KEYS = sa.bindparam("keys", type_=ListOf(Key()))
WORDS = sa.bindparam("words", type_=ListOf(String))


def _of(table: sa.Table, *names: str) -> sa.Select[Any]:
    return sa.select(*(table.c[name] for name in names))


THERE = Reading(_of(ACCOUNTS, "customer_id").where(Among(ACCOUNTS.c.customer_id, KEYS)))
HOLD = (
    _of(ACCOUNTS, "id", "customer_id", "balance", "pending", "claim")
    .order_by(ACCOUNTS.c.customer_id)  # all in one order: two batches never wait for each other
    .with_for_update()
)
HOLD_MEMBERS = Reading(HOLD.where(Among(ACCOUNTS.c.customer_id, KEYS)))
HOLD_ACCOUNTS = Reading(HOLD.where(Among(ACCOUNTS.c.id, KEYS)))
LOT = _of(
    LOTS,
    "id",
    "account_id",
    "transaction_id",
    "earned",
    "remaining",
    "earned_at",
    "available_at",
    "expires_at",
    "state",
)
LEFT = Reading(
    LOT.where(
        LOTS.c.account_id == sa.bindparam("account", type_=Key()),
        LOTS.c.remaining > sa.literal_column("0"),
        LOTS.c.state == sa.literal_column(f"'{PointsLotState.AVAILABLE.name}'"),
    )
)
USED = Reading(
    _of(TRANSACTIONS, "id", "customer_id", "points", "key", "input_digest").where(
        TRANSACTIONS.c.scope == sa.bindparam("within", type_=String), Among(TRANSACTIONS.c["key"], WORDS)
    )
)
FIGURES = ("balance", "pending", "claim")
OF = sa.bindparam("of", type_=Key())
KEEP_ACCOUNT = Change(
    sa.update(ACCOUNTS)
    .where(ACCOUNTS.c.id == OF)
    .values({name: sa.bindparam(name, type_=sa.BigInteger()) for name in FIGURES})
)
KEEP_LOT = Change(
    sa.update(LOTS)
    .where(LOTS.c.id == OF)
    .values({name: sa.bindparam(name, type_=LOTS.c[name].type) for name in ("remaining", "state")})
)


@dataclass(frozen=True, slots=True)
class Posted:
    """A transaction in the books. `fresh`: entered now; False where its key was used before."""

    id: UUID
    customer: UUID
    points: int
    fresh: bool


@dataclass(frozen=True)
class Books:
    """The tables, in one unit of work of one caller."""

    work: UnitOfWork
    viewer: Viewer

    def draft(
        self,
        account: Account,
        kind: PointsTransactionKind,
        points: int,
        told: Told,
        source: Source,
        **more: Any,
    ) -> Draft:
        """A transaction of the caller's, of now. `more`: reason, rule, the transaction that it reverses."""
        row = {
            "id": self.work.ids.new(),
            "customer_id": account.customer,
            "kind": kind,
            "at": self.work.clock.now(),
            "points": points,
            "reason": None,
            "source_kind": source.kind,
            "source_id": source.id,
            "rule_id": None,
            "by_id": self.viewer.employee,
            "reverses_id": None,
            "scope": told.scope,
            "key": told.key,
            "input_digest": told.digest,
        }
        return Draft(account, row | more)

    async def open(self, customers: Collection[UUID]) -> None:
        """Make the accounts that are not there; NOT_FOUND where a customer is not there."""
        asked = {"keys": list(customers)}
        there = {row[0] for row in await THERE.rows(self.work, asked)}
        missing = sorted(set(customers) - there)
        if not missing:
            return
        fresh = {"kind": PointsAccountKind.MEMBER, "balance": 0, "pending": 0, "claim": 0}
        now = self.work.clock.now()
        rows = [{**fresh, "id": self.work.ids.new(), "customer_id": one, "opened_at": now} for one in missing]
        try:
            await OPEN[self.work.dialect].run(self.work, rows)
        except IntegrityError:
            raise NotFound("customerId", thing=CUSTOMER.say(self.viewer.language)) from None

    async def hold(self, customers: Iterable[UUID]) -> dict[UUID, Account]:
        """The members' accounts, by customer; nobody else changes them before this unit of work ends."""
        found = [Account(*row) for row in await HOLD_MEMBERS.rows(self.work, {"keys": list(customers)})]
        return {account.customer: account for account in found}

    async def opened(self, customers: Collection[UUID]) -> dict[UUID, Account]:
        """As `hold`, opening the accounts that are not there."""
        # Who holds none yet can't be waited for; of many, all are opened before any is held.
        if len(customers) == 1 and (found := await self.hold(customers)):
            return found
        await self.open(customers)
        return await self.hold(customers)

    async def hold_accounts(self, keys: Iterable[UUID]) -> dict[UUID, Account]:
        """As `hold`, by the accounts' own keys."""
        found = [Account(*row) for row in await HOLD_ACCOUNTS.rows(self.work, {"keys": list(keys)})]
        return {account.id: account for account in found}

    async def left(self, account: Account) -> list[Lot]:
        """The available lots of a held account that are not empty."""
        return [Lot(*row) for row in await LEFT.rows(self.work, {"account": account.id})]

    async def lots(
        self, *chosen: sa.ColumnElement[bool], by: sa.ColumnElement[Any] = LOTS.c.id, limit: int | None = None
    ) -> list[Lot]:
        """The lots for which all of this holds, in this order."""
        rows = await self.work.session.execute(LOT.where(*chosen).order_by(by, LOTS.c.id).limit(limit))
        return [Lot(*row) for row in rows]

    async def used(self, told: Mapping[tuple[str, str], bytes]) -> dict[tuple[str, str], Posted]:
        """What was entered before, by (scope, key); IDEMPOTENCY_MISMATCH where something else was."""
        by_scope: defaultdict[str, list[str]] = defaultdict(list)
        for scope, key in told:
            by_scope[scope].append(key)
        found = {}
        for scope, keys in by_scope.items():
            rows = await USED.rows(self.work, {"within": scope, "words": keys})
            for transaction, customer, points, key, digest in rows:
                if told[scope, key] != digest:
                    raise IdempotencyMismatch("idempotencyKey")
                found[scope, key] = Posted(transaction, customer, points, fresh=False)
        return found

    async def once(self, told: Told) -> Posted | None:
        """As `used`, for one."""
        return (await self.used({told.place: told.digest})).get(told.place)

    async def transaction(self, key: UUID) -> sa.Row[Any]:
        """A transaction; NOT_FOUND where there is none."""
        rows = await self.work.session.execute(sa.select(TRANSACTIONS).where(TRANSACTIONS.c.id == key))
        found = rows.first()
        if found is None:
            raise NotFound("transactionId", thing=TRANSACTION.say(self.viewer.language))
        return found

    async def post(self, drafts: Sequence[Draft]) -> list[Posted]:
        """Write transactions, all of them or none; IDEMPOTENCY_MISMATCH for the key of another member's."""
        if not drafts:
            return []
        try:
            await self._insert(TRANSACTIONS, [draft.row for draft in drafts])
        except IntegrityError as error:
            if "scope" in str(error.orig):
                raise IdempotencyMismatch("idempotencyKey") from None
            raise
        await self._insert(LOTS, [self._lot(draft, lot) for draft in drafts for lot in draft.lots])
        await self._insert(ENTRIES, [row for draft in drafts for row in self._entries(draft)])
        await self._insert(TAKINGS, [row for draft in drafts for row in self._takings(draft)])
        await self._keep(drafts)
        await tell(self.work, drafts)
        return [Posted(draft.id, draft.account.customer, draft.row["points"], fresh=True) for draft in drafts]

    async def _insert(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        await INSERT[table].run(self.work, rows)

    async def _keep(self, drafts: Sequence[Draft]) -> None:
        """The figures that changed."""
        lots = {key: lot for draft in drafts for key, lot in draft.touched.items()}
        accounts = {draft.account.id: draft.account for draft in drafts}
        await KEEP_LOT.run(
            self.work,
            [{"of": lot.id, "remaining": lot.remaining, "state": lot.state} for lot in lots.values()],
        )
        await KEEP_ACCOUNT.run(
            self.work,
            [
                {"of": one.id, "balance": one.balance, "pending": one.pending, "claim": one.claim}
                for one in accounts.values()
            ],
        )

    def _lot(self, draft: Draft, lot: Lot) -> dict[str, Any]:
        row = {name: value for name, value in vars(lot).items() if name not in ("account", "transaction")}
        return {
            **row,
            "account_id": lot.account,
            "transaction_id": lot.transaction,
            "customer_id": draft.account.customer,
        }

    def _entries(self, draft: Draft) -> Iterable[dict[str, Any]]:
        company = set(COMPANY.values())
        for account, side, points in draft.entries:
            yield {
                "id": self.work.ids.new(),
                "transaction_id": draft.id,
                "account_id": account,
                "customer_id": None if account in company else draft.account.customer,
                "side": side,
                "points": points,
                "at": draft.row["at"],
            }

    def _takings(self, draft: Draft) -> Iterable[dict[str, Any]]:
        for lot, points in draft.takings.items():
            if points:
                yield {
                    "id": self.work.ids.new(),
                    "transaction_id": draft.id,
                    "lot_id": lot,
                    "customer_id": draft.account.customer,
                    "points": points,
                }
