"""Qualifications: recording, revoking, and what sign-in makes of them (ACC-6)."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.access.circumstances import QUALIFICATIONS, WITHOUT_AGREEMENT, WITHOUT_CHECK, WITHOUT_TRAINING
from core.clock import HeldClock
from core.errors import Forbidden, InvalidInput, NotFound
from core.organization.errors import NotYourself
from core.organization.principals import Principal, load_principal
from core.qualifications.choices import QualificationKind
from core.qualifications.service import QualificationService, year_after
from core.settings import Settings
from tests.core.world import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = dt.date(2026, 11, 2)
AGREEMENT, CHECK, TRAINING = QualificationKind


async def act(world: World, role: str, name: str, *args: Any) -> Any:
    async with world.database.unit_of_work() as work:
        return await getattr(QualificationService(work, world.viewer(role), SHANGHAI), name)(*args)


async def record(
    world: World, kind: QualificationKind, obtained: dt.date, until: dt.date | None = None, **more: Any
) -> Any:
    given = {"kind": kind, "obtained_on": obtained, "valid_until": until, **more}
    return await act(world, "administrator", "record", world.employees["legal"], given)


async def principal(world: World) -> Principal:
    if world.database.services.get(Settings) is None:
        world.database.services.add(Settings(env="development", _env_file=None))
    found = await load_principal(world.database, "legal")
    assert found is not None
    return found


async def test_who_has_nothing_lacks_everything(world: World) -> None:
    found = await principal(world)
    assert (found.missing, found.missing_until) == (QUALIFICATIONS, None)


async def test_what_is_recorded_is_not_lacking(world: World) -> None:
    made = await record(world, AGREEMENT, TODAY - dt.timedelta(900), note=" No. 7 ")
    assert (made.valid_until, made.note, made.revoked_at) == (None, "No. 7", None)
    assert made.recorded_by_id == world.employees["administrator"]
    found = await principal(world)
    assert found.missing == {WITHOUT_CHECK, WITHOUT_TRAINING}
    assert found.missing_until is None
    await record(world, CHECK, TODAY, TODAY)
    found = await principal(world)
    assert found.missing == {WITHOUT_TRAINING}
    assert found.missing_until == dt.datetime(2026, 11, 3, tzinfo=SHANGHAI)


async def test_a_training_counts_for_twelve_months_of_the_company(world: World) -> None:
    """Through the same day of the next year, as the company's clocks show it."""
    clock = world.database.clock
    assert isinstance(clock, HeldClock)
    made = await record(world, TRAINING, dt.date(2025, 11, 2))
    assert made.valid_until == TODAY
    assert WITHOUT_TRAINING not in (await principal(world)).missing
    midnight = dt.datetime(2026, 11, 3, tzinfo=SHANGHAI)
    clock.advance(midnight - clock.now() - dt.timedelta(seconds=1))
    assert (await principal(world)).missing_until == midnight
    clock.advance(dt.timedelta(seconds=1))
    assert WITHOUT_TRAINING in (await principal(world)).missing
    await record(world, TRAINING, dt.date(2026, 11, 3))  # it is that day in Shanghai already
    assert WITHOUT_TRAINING not in (await principal(world)).missing


def test_a_year_after_a_leap_day() -> None:
    assert year_after(dt.date(2024, 2, 29)) == dt.date(2025, 2, 28)
    assert year_after(dt.date(2023, 2, 28)) == dt.date(2024, 2, 28)


async def test_of_several_the_longest_counts(world: World) -> None:
    await record(world, AGREEMENT, TODAY, TODAY + dt.timedelta(9))
    await record(world, AGREEMENT, TODAY, TODAY + dt.timedelta(99))
    long = await principal(world)
    assert long.missing_until == dt.datetime(2027, 2, 10, tzinfo=SHANGHAI)
    await record(world, AGREEMENT, TODAY)
    assert (await principal(world)).missing_until is None


async def test_what_is_revoked_counts_no_more(world: World) -> None:
    made = await record(world, AGREEMENT, TODAY)
    with pytest.raises(InvalidInput) as caught:
        await act(world, "administrator", "revoke", made.id, " \u200b")
    assert caught.value.field == "reason"
    await act(world, "leader", "revoke", made.id, "the wrong person")
    again = await act(world, "administrator", "revoke", made.id, "twice")
    assert (again.revocation_reason, again.revoked_by_id) == ("the wrong person", world.employees["leader"])
    assert WITHOUT_AGREEMENT in (await principal(world)).missing


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"obtained_on": dt.date(2026, 11, 3)}, "obtainedOn"),
        ({"valid_until": dt.date(2026, 11, 1)}, "validUntil"),
        ({"kind": TRAINING, "valid_until": dt.date(2027, 11, 1)}, "validUntil"),
        ({"note": "\x07"}, "note"),
    ],
)
async def test_what_can_not_be_is_named(world: World, given: dict[str, Any], field: str) -> None:
    values = {"kind": AGREEMENT, "obtained_on": TODAY, **given}
    with pytest.raises(InvalidInput) as caught:
        await act(world, "leader", "record", world.employees["legal"], values)
    assert caught.value.field == field


async def test_nobody_records_their_own(world: World) -> None:
    """Rights may hang on it."""
    values = {"kind": AGREEMENT, "obtained_on": TODAY}
    with pytest.raises(NotYourself) as caught:
        await act(world, "leader", "record", world.employees["leader"], values)
    assert caught.value.field == "employeeId"
    with pytest.raises(Forbidden):
        await act(world, "salesperson", "record", world.employees["legal"], values)
    with pytest.raises(Forbidden):
        await act(world, "auditor", "revoke", world.customers["li"], "x")
    with pytest.raises(NotFound):
        await act(world, "leader", "record", world.customers["li"], values)
