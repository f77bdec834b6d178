"""What is noted is grouped and kept back for a while, and nothing of it is lost (ACC-3, BEY-10)."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit import memory
from core.audit.choices import AuditKind
from core.audit.entries import Entry, digits
from core.audit.memory import AGAIN, Memory
from core.clock import UTC

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=UTC)
SOON = AGAIN / 4
CUSTOMERS = [digits(UUID(int=number)) for number in range(4)]

readings = st.tuples(st.sampled_from("ab"), st.frozensets(st.sampled_from(CUSTOMERS)))
acts = st.lists(
    st.one_of(readings, readings, st.sampled_from(["tick", "tick", "fail", "all"])), min_size=10, max_size=40
)


class Company:
    """Some who read, and a process that writes it down; a quarter of the time passes with each act."""

    def __init__(self) -> None:
        self.memory, self.now = Memory(), NOON
        self.noted: list[tuple[str, frozenset[bytes], dt.datetime]] = []
        self.written: list[tuple[str, Entry, dt.datetime]] = []

    def read(self, name: str, customers: frozenset[bytes]) -> None:
        self.now += SOON
        self.noted.append((name, customers, self.now))
        self.memory.note_reading(
            name, lambda: Entry(self.now, AuditKind.READ, None, name), customers, self.now
        )

    async def write(self, *, fails: bool = False, all_of_it: bool = False) -> None:
        self.now += SOON
        self.memory.release(None if all_of_it else self.now - AGAIN)
        while len(self.memory):
            taken = self.memory.take(1, 3)
            if fails:
                self.memory.put_back(taken)
                return
            for name, group in taken.items():
                self.written.append((str(name), group.whole(), self.now))


@pytest.fixture(params=[2, 100], autouse=True, scope="module")
def _room(request: pytest.FixtureRequest) -> Iterator[None]:
    """Room for few, and for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "MOST_SHOWN", request.param)
        yield


@given(acts)
def test_every_reading_is_on_record(given: list[tuple[str, frozenset[bytes]] | str]) -> None:
    """Its calls are counted once, a record names whom it showed, the first one within a turn."""

    async def run() -> Company:
        company = Company()
        for act in given:
            if isinstance(act, tuple):
                company.read(*act)
            else:
                await company.write(fails=act == "fail", all_of_it=act == "all")
                if act != "fail":
                    assert_told(company)
        await company.write(all_of_it=True)
        return company

    company = asyncio.run(run())
    for name in "ab":
        records = [one for written, one, _ in company.written if written == name]
        noted = [customers for reader, customers, _ in company.noted if reader == name]
        assert sum(one.calls for one in records) == len(noted)
        assert set().union(*(one.customers for one in records)) == set().union(*noted)
        assert any(not one.customers for one in records) <= any(not customers for customers in noted)


def assert_told(company: Company) -> None:
    """Who was shown to somebody is on record, of the minute before or since."""
    for name, customers, at in company.noted:
        named = [
            one.customers for who, one, now in company.written if who == name and now >= at - AGAIN - SOON
        ]
        assert customers <= set().union(*named)


@pytest.mark.parametrize(("bound", "most"), [("MOST_SHOWN", 2), ("MOST_GROUPS", 1)])
def test_who_is_remembered_no_more_is_written_again(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    """So neither many customers nor many ways of reading fill the memory."""
    monkeypatch.setattr(memory, bound, most)
    company = Company()
    for name in "aabb":
        company.read(name, frozenset(CUSTOMERS[:2]))
    assert [len(company.memory.take(1, 1)) for _ in range(3)] == [1, 1, 0]
    company.memory.release()
    assert list(company.memory.take(9, 9)) == ["b"]


def test_what_waits_again_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the memory is full whether it was noted, could not be written, or was kept back."""
    monkeypatch.setattr(memory, "MOST_CUSTOMERS", 2)
    company = Company()
    company.read("a", frozenset(CUSTOMERS[:2]))
    assert company.memory.full
    taken = company.memory.take(9, 9)
    assert not company.memory.full
    company.memory.put_back(taken)
    assert company.memory.full
    company.memory.take(9, 9)
    company.read("a", frozenset(CUSTOMERS[:2]))
    assert not company.memory.full
    company.memory.release()
    assert company.memory.full
