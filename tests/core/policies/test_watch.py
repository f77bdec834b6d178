"""How soon a change holds, and what happens when nobody can tell (PRM-8). Time is a clock that is moved."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from core.access.current import DENY_AFTER, Policies, PolicyUnconfirmed
from core.errors import Timeout, Unavailable
from core.policies.watch import EVERY, PATIENCE, Watch, own_reader, watching
from tests.core.policies.company import SHOW_LEGAL, Office, Time, open_office
from tests.core.world import policy


class Line:
    """A reader that can go away, or silent."""

    def __init__(self, office: Office) -> None:
        self.reader = own_reader(office.world.database)
        self.time, self.silence = office.time, 0.0
        self.fault: type[Exception] | None = None

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        self.time.at += self.silence
        if self.fault:
            raise self.fault
        return await self.reader.rows(sql, args)

    async def value(self, sql: str, args: Sequence[Any], *, brief: bool = False) -> bytes:
        return await self.reader.value(sql, args, brief=brief)

    async def close(self) -> None:
        await self.reader.close()


def test_without_a_watch_there_is_no_deadline() -> None:
    time = Time()
    policies = Policies(policy(), monotonic=time)
    time.at += 1e9
    assert policies.current is policy()
    policies.confirmed()
    time.at += DENY_AFTER
    assert policies.current is policy()
    time.at += 0.1
    with pytest.raises(PolicyUnconfirmed):
        _ = policies.current
    policies.confirmed(time.at - 1)
    assert policies.current is policy()
    policies.confirmed(time.at - 100)  # an older answer takes nothing back
    assert policies.current is policy()


def test_whoever_listens_is_told() -> None:
    policies, told = Policies(policy()), []
    policies.listeners.append(lambda: told.append(policies.epoch))
    policies.replace(policy(), 4)
    assert told == [4]


async def test_another_process_follows_within_the_time(office: Office) -> None:
    other = await open_office(office.world)
    line = Line(other)
    watch = Watch(other.keeper, line)
    await office.pass_through(SHOW_LEGAL)
    assert (office.policies.epoch, other.policies.epoch) == (2, 1)
    await watch.look()
    assert other.policies.epoch == 2
    assert other.policies.current.rules_of(("legal",)) == office.policies.current.rules_of(("legal",))
    await line.close()
    # The worst: it asked just before the change, then once more, as slowly as it may.
    assert 2 * EVERY + 2 * PATIENCE < DENY_AFTER


@pytest.mark.parametrize(("fault", "silence"), [(Unavailable, 0.0), (Timeout, PATIENCE)])
async def test_a_line_that_is_dropped_or_silent_denies_and_service_resumes(
    office: Office, fault: type[Exception], silence: float
) -> None:
    other = await open_office(office.world)
    line = Line(other)
    watch = Watch(other.keeper, line)
    await watch.look()
    line.fault, line.silence = fault, silence
    await office.pass_through(SHOW_LEGAL)
    began = other.time.at
    while other.time.at - began <= DENY_AFTER:
        assert other.policies.current.rules
        await watch.look()
        other.time.at += EVERY
    with pytest.raises(PolicyUnconfirmed):
        _ = other.policies.current
    line.fault, line.silence = None, 0.0
    await watch.look()
    assert other.policies.current.rules_of(("legal",)) == office.policies.current.rules_of(("legal",))
    await line.close()


async def test_a_slow_answer_confirms_what_was_asked_and_not_the_present(office: Office) -> None:
    line = Line(office)
    line.silence = DENY_AFTER + 1
    await Watch(office.keeper, line).look()
    with pytest.raises(PolicyUnconfirmed):
        _ = office.policies.current
    await line.close()


async def test_a_database_that_was_put_back_is_followed(office: Office) -> None:
    """Another version with the same number, or a smaller one, is another version."""
    await office.pass_through(SHOW_LEGAL)
    other = await open_office(office.world)
    assert other.keeper._loaded is not None
    object.__setattr__(other.keeper._loaded, "id", UUID(int=1))
    other.policies.replace(policy(), 9)
    line = Line(other)
    await Watch(other.keeper, line).look()
    assert other.policies.epoch == 2
    await line.close()


async def test_the_watch_runs_while_the_application_does(office: Office) -> None:
    other = Office(office.world)
    async with watching(other.keeper):
        followed = asyncio.Event()
        other.policies.listeners.append(followed.set)
        await office.pass_through(SHOW_LEGAL)
        await asyncio.wait_for(followed.wait(), DENY_AFTER)
        assert other.policies.epoch == 2
