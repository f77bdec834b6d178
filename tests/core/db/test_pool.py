"""Who gets which connection, and when."""

import asyncio
from collections.abc import Sequence

import pytest

from core.db.pool import Pool
from core.errors import Unavailable


class Line:
    """A connection to nowhere."""

    def __init__(self, number: int) -> None:
        self.number, self.lost, self.ended = number, False, 0

    def is_closed(self) -> bool:
        return self.lost

    def terminate(self) -> None:
        self.lost, self.ended = True, self.ended + 1

    async def close(self) -> None:
        self.terminate()


class Exchange:
    """Opens lines, or fails to."""

    def __init__(self, size: int, timeout: float | None = 5) -> None:
        self.opened: list[Line] = []
        self.down = False
        self.pool: Pool[Line] = Pool(self.open, size, timeout)

    async def open(self) -> Line:
        await asyncio.sleep(0)
        if self.down:
            raise OSError
        self.opened.append(Line(len(self.opened)))
        return self.opened[-1]

    def waiting(self, count: int) -> Sequence[asyncio.Task[Line]]:
        return [asyncio.create_task(self.pool.take()) for _ in range(count)]


async def test_the_last_one_given_back_is_taken_first() -> None:
    exchange = Exchange(3)
    lines = [await exchange.pool.take() for _ in range(2)]
    for line in lines:
        exchange.pool.give_back(line)
    assert await exchange.pool.take() is lines[1]
    assert await exchange.pool.take() is lines[0]
    assert len(exchange.opened) == 2


async def test_who_waits_longest_has_it_next() -> None:
    exchange = Exchange(1)
    line = await exchange.pool.take()
    first, second = exchange.waiting(2)
    await asyncio.sleep(0)
    exchange.pool.give_back(line)
    late = exchange.waiting(1)[0]  # comes while the line is on its way to the first
    assert await first is line
    exchange.pool.give_back(line)
    assert await second is line
    exchange.pool.give_back(line)
    assert await late is line
    assert len(exchange.opened) == 1


async def test_nobody_waits_for_ever() -> None:
    exchange = Exchange(1, 0.01)
    line = await exchange.pool.take()
    with pytest.raises(TimeoutError):
        await exchange.pool.take()
    exchange.pool.give_back(line)
    assert await exchange.pool.take() is line


async def test_who_gives_up_as_the_turn_comes_hands_it_on() -> None:
    exchange = Exchange(1)
    line = await exchange.pool.take()
    first, second = exchange.waiting(2)
    await asyncio.sleep(0)
    exchange.pool.give_back(line)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second is line


async def test_a_lost_line_makes_room() -> None:
    exchange = Exchange(1)
    line = await exchange.pool.take()
    exchange.pool.give_back(line)
    line.lost = True  # while nobody used it
    fresh = await exchange.pool.take()
    assert (fresh.number, line.ended) == (1, 1)
    waiting = exchange.waiting(1)[0]
    await asyncio.sleep(0)
    fresh.lost = True  # while it was in use
    exchange.pool.give_back(fresh)
    assert (await waiting).number == 2


async def test_a_failure_to_open_makes_room_too() -> None:
    exchange = Exchange(1)
    exchange.down = True
    first, second = exchange.waiting(2)
    for task in (first, second):  # the second tries in the first one's room
        with pytest.raises(OSError):  # noqa: PT011  # any
            await task
    exchange.down = False
    assert (await exchange.pool.take()).number == 0


async def test_a_closed_pool_keeps_nothing() -> None:
    exchange = Exchange(2)
    used, idle = [await exchange.pool.take() for _ in range(2)]
    exchange.pool.give_back(idle)
    await exchange.pool.close()
    exchange.pool.give_back(used)
    assert (used.ended, idle.ended) == (1, 1)
    with pytest.raises(Unavailable):
        await exchange.pool.take()
