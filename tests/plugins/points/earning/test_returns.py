"""Who may take back the points of a purchase, and what the outcome tells them (PTS-2, PRM-7)."""

from uuid import UUID

import pytest

from core.access.viewer import Viewer
from core.errors import Forbidden
from plugins.points.earning.returns import Returns
from plugins.points.errors import NothingEarned
from plugins.points.ledger.service import Ledger, Source
from tests.plugins.points.programme import SYSTEM, Programme, viewer

SEES = (("type:Customer", "read", "all"), ("type:Purchase", "read", "all"))
READS = ("type:PointsTransaction", "read", "own")
MAY = (*SEES, READS, ("type:PointsTransaction", "reverse", "own"))
POINTS = ("field:PointsTransaction.points", "show", "own")


async def bought(programme: Programme, name: str, points: int = 0) -> UUID:
    """A purchase of a customer, that has earned so many points."""
    key = await programme.buy(name, 100)
    if points:
        async with programme.work() as work:
            customer = programme.world.customers[name]
            await Ledger(work, SYSTEM).earn(customer, points, Source("purchase", key), key.hex)
    return key


async def back(programme: Programme, who: Viewer, purchase: UUID) -> tuple[int, int | None]:
    async with programme.work() as work:
        done = await Returns(work, who).reverse_purchase(purchase, "returned", purchase.hex)
    return done.transactions, done.points


@pytest.mark.parametrize("rules", [MAY, (*SEES, *MAY[3:], ("type:PointsTransaction", "read", "team"))])
async def test_whether_a_purchase_earned_is_told_to_those_only_who_may_take_it_back(
    programme: Programme, rules: tuple[tuple[str, str, str], ...]
) -> None:
    """Of a colleague's customer, and where the books are hidden, both answer alike."""
    clerk = viewer(programme.world, "salesperson", *rules)
    name = "li" if READS in rules else "wang"
    for points in (0, 50):
        purchase = await bought(programme, name, points)
        with pytest.raises(Forbidden):
            await back(programme, clerk, purchase)


async def test_points_that_are_hidden_are_not_told(programme: Programme) -> None:
    clerk, more = viewer(programme.world, "salesperson", *MAY), (*MAY, POINTS)
    assert await back(programme, clerk, await bought(programme, "wang", 50)) == (1, None)
    shown = viewer(programme.world, "salesperson", *more)
    assert await back(programme, shown, await bought(programme, "wang", 50)) == (1, 50)
    nothing = await bought(programme, "wang")
    with pytest.raises(NothingEarned):
        await back(programme, clerk, nothing)
    assert await programme.sound()
