"""Whatever is done, in whatever order: every invariant holds, and `verify` finds nothing (PTS-2, BEY-15)."""

import asyncio
import datetime as dt
import functools
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.clock import HeldClock
from core.db.migrate import CORE, migrate
from plugins.points.errors import AlreadyReversed, InsufficientPoints, NotPending, NotReversible
from plugins.points.ledger.service import Earning, Ledger, Posted
from plugins.points.ledger.verify import verify
from tests.core.world import build
from tests.databases import open_database
from tests.plugins.points.ledger.parts import GIFT, PURCHASE
from tests.plugins.points.programme import POINTS, SYSTEM

POINTS_ = st.integers(1, 60)
DAYS = st.integers(1, 5)
TEMPLATE = "template.db"


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A company whose ledger is empty, made once."""
    path = tmp_path_factory.mktemp("machine") / TEMPLATE

    async def make() -> UUID:
        database = open_database(f"sqlite:///{path}")
        await migrate(database, (CORE, POINTS))
        customer = (await build(database)).customers["wang"]
        await database.close()
        return customer

    LedgerMachine.customer = asyncio.run(make())
    LedgerMachine.template = path


class LedgerMachine(RuleBasedStateMachine):
    """One member of a SQLite ledger. `net`: balance less what is owed, counted here."""

    customer: UUID
    template: Path

    @initialize()
    def start(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="baoke-machine-"))
        shutil.copy(self.template, self.folder / "ledger.db")
        self.database = open_database(f"sqlite:///{self.folder / 'ledger.db'}")
        self.net = self.pending = self.spendable = self.count = 0
        self.standing: list[Posted] = []
        self.waiting: set[UUID] = set()
        self.earn(50, 3, old=False)
        self.redeem(30)

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.database.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    def run(self, act: Callable[[Ledger], Awaitable[Any]]) -> Any:
        async def alone() -> Any:
            async with self.database.unit_of_work() as work:
                return await act(Ledger(work, SYSTEM))

        return self.runner.run(alone())

    def do(self, act: Callable[[Ledger], Awaitable[Posted]]) -> Posted:
        """Do it; told again it changes nothing. Then all must be sound, and as it was counted."""
        done: Posted = self.run(act)
        again = self.run(act)
        assert (again.id, again.points, again.fresh) == (done.id, done.points, False)
        return done

    def key(self) -> str:
        self.count += 1
        return str(self.count)

    def days(self, days: int | None) -> dt.datetime | None:
        return None if days is None else self.database.clock.now() + dt.timedelta(days=days)

    @rule(points=POINTS_, days=st.none() | DAYS, old=st.booleans())
    def earn(self, points: int, days: int | None, *, old: bool) -> None:
        key, end, at = self.key(), self.days(days), self.days(-3 if old else 0)
        done = self.do(lambda one: one.earn(self.customer, points, PURCHASE, key, expires_at=end, at=at))
        self.net += points
        self.standing.append(done)

    @rule(points=POINTS_, days=st.none() | DAYS)
    def earn_later(self, points: int, days: int | None) -> None:
        due = self.days(days)
        one = Earning(self.customer, points, PURCHASE, self.key(), pending=True, available_at=due)

        async def act(ledger: Ledger) -> Posted:
            return (await ledger.earn_many([one]))[0]

        done = self.do(act)
        self.pending += points
        self.waiting.add(done.id)
        self.standing.append(done)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from([p for p in self.standing if p.id in self.waiting]))
        self.do(lambda ledger: ledger.confirm(one.id))
        self.confirmed(one)

    def confirmed(self, one: Posted) -> None:
        self.waiting.remove(one.id)
        self.pending -= one.points
        self.net += one.points

    @rule(points=POINTS_)
    def redeem(self, points: int) -> None:
        key = self.key()
        self.spend(points, lambda one: one.redeem(self.customer, points, GIFT, key))

    @rule(points=POINTS_ | st.integers(-60, -1))
    def adjust(self, points: int) -> None:
        key = self.key()
        self.spend(-points, lambda one: one.adjust(self.customer, points, "by hand", key))

    def spend(self, points: int, act: Callable[[Ledger], Awaitable[Posted]]) -> None:
        self.look()
        if points > max(self.spendable, 0):
            with pytest.raises(InsufficientPoints):
                self.do(act)
            return
        self.standing.append(self.do(act))
        self.net -= points

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.standing))
        key = self.key()
        lost = self.run(lambda ledger: expired_of(ledger, one.id))
        done = self.do(lambda ledger: ledger.reverse(one.id, "by mistake", key))
        assert done.points == lost - one.points
        self.standing.remove(one)
        for transaction in (one.id, done.id):
            with pytest.raises((AlreadyReversed, NotReversible)):
                self.run(functools.partial(again, transaction))
        if one.id in self.waiting:
            self.waiting.remove(one.id)
            self.pending += done.points
            with pytest.raises(NotPending):
                self.run(lambda ledger: ledger.confirm(one.id))
        else:
            self.net += done.points

    @rule(days=DAYS, limit=st.integers(1, 3))
    def time_goes_by(self, days: int, limit: int) -> None:
        assert isinstance(self.database.clock, HeldClock)
        self.database.clock.advance(dt.timedelta(days=days))
        now = self.database.clock.now()
        while self.run(lambda ledger: ledger.confirm_due(now, limit)):
            pass
        lots = {lot.transaction: lot for lot in self.run(lambda ledger: ledger.books.lots())}
        for one in [p for p in self.standing if p.id in self.waiting]:
            due = lots[one.id].available_at
            if due is not None and due <= now:
                self.confirmed(one)
        ended = [lot.remaining for lot in lots.values() if not lot.pending and not lot.spendable(now)]
        self.net -= sum(ended)
        while self.run(lambda ledger: ledger.expire(now, limit)):
            pass

    def look(self) -> tuple[int, int, int]:
        """The account's figures, once the books were found sound."""

        async def act(ledger: Ledger) -> tuple[int, int, int]:
            assert await verify(ledger.work) == []
            account = (await ledger.books.opened([self.customer]))[self.customer]
            assert account.balance == await ledger.balance(self.customer)
            now, lots = self.database.clock.now(), await ledger.books.left(account)
            self.spendable = sum(lot.remaining for lot in lots if lot.spendable(now))
            return account.balance, account.pending, account.claim

        found: tuple[int, int, int] = self.run(act)
        return found

    @invariant()
    def what_was_counted(self) -> None:
        if hasattr(self, "runner"):
            assert self.look() == (max(self.net, 0), self.pending, max(-self.net, 0))


async def again(transaction: UUID, ledger: Ledger) -> None:
    """Reverse once more."""
    await ledger.reverse(transaction, "by mistake", f"again {transaction}")


async def expired_of(ledger: Ledger, transaction: UUID) -> int:
    """How much of what a transaction earned has expired: what is lost is not taken again."""
    query = sa.text(
        "SELECT coalesce(sum(k.points), 0) FROM p_points_takings k"
        " JOIN p_points_lots l ON l.id = k.lot_id JOIN p_points_transactions t ON t.id = k.transaction_id"
        " WHERE l.transaction_id = :key AND t.kind = 'EXPIRE'"
    )
    found = await ledger.work.session.execute(query, {"key": transaction.hex})
    return int(found.scalar_one())


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
