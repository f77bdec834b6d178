# ruff: noqa: S608  # SQL of this file alone
"""Sound books give no findings; each planted corruption is found (BEY-15)."""

from typing import Any

import sqlalchemy as sa

from plugins.points.ledger.verify import CHECKS, verify
from tests.core.world import World
from tests.plugins.points.ledger.parts import GIFT, PURCHASE, ledger_of

A, T, E, L, K = (f"p_points_{n}" for n in ("accounts", "transactions", "entries", "lots", "takings"))
WANG, LI = (f"(SELECT id FROM customers WHERE name = '{n}')" for n in ("wang", "li"))
SPENT = f"(SELECT id FROM {T} WHERE kind = 'REDEEM' AND points = -30)"
EARNED = f"(SELECT id FROM {T} WHERE kind = 'EARN' AND points = 100)"
UNDO = f"(SELECT id FROM {T} WHERE kind = 'REVERSE')"
LI_LOT = f"(SELECT id FROM {L} WHERE customer_id = {LI})"
CORRUPTIONS = {
    "points out of thin air": f"UPDATE {A} SET balance = balance + 1 WHERE customer_id = {WANG}",
    "pending out of thin air": f"UPDATE {A} SET pending = 1 WHERE customer_id = {LI}",
    "owed by nobody": f"UPDATE {A} SET claim = claim + 1 WHERE customer_id = {WANG}",
    "one side of an entry": f"UPDATE {E} SET points = points * 2 WHERE customer_id = {LI}",
    "an entry lost": f"DELETE FROM {E} WHERE transaction_id = {SPENT} AND customer_id IS NULL",
    "all entries lost": f"DELETE FROM {E} WHERE transaction_id = {EARNED}",
    "another's entry": f"UPDATE {E} SET customer_id = {LI} WHERE customer_id = {WANG}",
    "another's account": f"UPDATE {E} SET account_id = (SELECT id FROM {A} WHERE customer_id = {LI})"
    f" WHERE customer_id = {WANG}",
    "another time": f"UPDATE {E} SET at = (SELECT opened_at FROM {A} WHERE kind = 'ISSUED')",
    "an entry on another side": f"UPDATE {E} SET side = 'PENDING' WHERE customer_id = {LI}",
    "a lot drained": f"UPDATE {L} SET remaining = remaining - 1 WHERE remaining > 1",
    "a lot called pending": f"UPDATE {L} SET state = 'PENDING' WHERE id = {LI_LOT}",
    "another's lot": f"UPDATE {L} SET customer_id = {LI} WHERE customer_id = {WANG}",
    "a taking lost": f"DELETE FROM {K} WHERE transaction_id = {SPENT}",
    "a taking of another's": f"UPDATE {K} SET lot_id = {LI_LOT} WHERE transaction_id = {SPENT}",
    "a taking by another": f"UPDATE {K} SET customer_id = {LI} WHERE transaction_id = {SPENT}",
    "another figure": f"UPDATE {T} SET points = points - 1 WHERE id = {SPENT}",
    "a reversal of nothing": f"UPDATE {T} SET reverses_id = NULL WHERE id = {UNDO}",
    "a reversal of another's": f"UPDATE {T} SET reverses_id ="
    f" (SELECT id FROM {T} WHERE customer_id = {LI}) WHERE id = {UNDO}",
    "a reversal of another": f"UPDATE {T} SET reverses_id = {EARNED} WHERE id = {UNDO}",
    "no reversal": f"UPDATE {T} SET kind = 'EARN' WHERE id = {UNDO}",
    "booked elsewhere": f"UPDATE {E} SET account_id = (SELECT id FROM {A} WHERE kind = 'ADJUSTED')"
    f" WHERE transaction_id = {UNDO} AND customer_id IS NULL",
}


async def books(world: World) -> None:
    """Something of everything."""
    async with ledger_of(world.database) as ledger:
        wang = world.customers["wang"]
        await ledger.earn(wang, 100, PURCHASE, "p1")
        await ledger.earn(world.customers["li"], 50, PURCHASE, "p2")
        await ledger.redeem(wang, 30, GIFT, "r1")
        back = await ledger.redeem(wang, 40, GIFT, "r2")
        await ledger.reverse(back.id, "returned", "u1")
        await ledger.adjust(wang, -1, "by mistake", "a1")
        late = await ledger.earn(wang, 10, PURCHASE, "p3", pending=True)
        await ledger.confirm(late.id)


async def test_each_corruption_is_found(world: World) -> None:
    """By all checks but those of what the database itself keeps."""
    await books(world)
    told = set()
    async with world.database.unit_of_work() as work:
        assert await verify(work) == []
        for name, statement in CORRUPTIONS.items():
            point = await work.session.begin_nested()
            done: Any = await work.session.execute(sa.text(statement))
            found = await verify(work)
            assert done.rowcount > 0, name
            assert found, name
            told |= {finding.about.en for finding in found}
            await point.rollback()
    kept = {"it was reversed twice", "the lot holds more than was earned, or less than nothing"}
    assert {check.about.en for check in CHECKS} - told == kept
