"""Demo data: whole, true to its source, the same each time."""

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.access.rules import EVERYONE
from core.audit.models import AuditRecord
from core.customers.models import Customer, Purchase
from core.db.database import Database
from core.db.model import Model, sealed_fields
from core.db.normal import IDENTITY_NUMBER, PHONE
from core.demo.load import SEED, DemoReport, load_demo
from core.errors import Conflict
from core.models import CORE_MODELS
from core.organization.models import EmployeeRole
from core.settings import Settings
from core.tiers.models import TierAssignment
from tests.core.world import policy
from tests.databases import NOW, SYSTEMS, Origins, migrated, open_database

SETTINGS = Settings(env="development")


@pytest.fixture
def addresses(origins: Origins, tmp_path: Path) -> Iterator[list[str]]:
    """A SQLite file and a PostgreSQL database, migrated and empty."""
    with ExitStack() as stack:
        yield [stack.enter_context(origins.copy(system, migrated, tmp_path))[0] for system in SYSTEMS]


@pytest.fixture
async def both(addresses: list[str]) -> AsyncIterator[list[Database]]:
    opened = [open_database(address) for address in addresses]
    yield opened
    for database in opened:
        await database.close()


async def test_equal_seeds_make_equal_rows_whatever_the_database(both: list[Database]) -> None:
    one, other = [await loaded(database) for database in both]
    assert one == other


async def loaded(database: Database) -> Sequence[object]:
    """All rows of a database into which demo data was loaded."""
    report = await load_demo(database, SETTINGS, SEED)
    await whole(database, report)
    with pytest.raises(Conflict):
        await load_demo(database, SETTINGS)
    async with database.unit_of_work() as work:
        equal = [model for model in CORE_MODELS.values() if model is not AuditRecord]  # its salt is random
        return [await rows(work.session, model) for model in equal]


async def whole(database: Database, report: DemoReport) -> None:
    """What is there."""
    assert report.rows["customers"] == 2357
    assert report.rows["purchases"] == 6919
    assert report.rows["employee_qualifications"] == 3 * report.rows["employees"]
    assert 700 < report.rows["consents"] / 2 < 870
    assert str(report.total) == "244091.94 CNY"
    assert "demo" in report.text.en
    assert "演示" in report.text.zh
    assert min(report.tiers.values()) > 50
    async with database.unit_of_work() as work:
        last = await work.session.scalar(sa.select(sa.func.max(Purchase.at)).select_from(Purchase))
        assert last is not None
        assert dt.timedelta(0) < NOW - last < dt.timedelta(days=8)
        assert last.weekday() == dt.date(1998, 6, 30).weekday()
        held = set(await work.session.scalars(sa.select(EmployeeRole.role)))
        assert held == set(policy().roles) - {EVERYONE}
        opened = work.sealer
        rows = await work.session.execute(
            sa.select(Customer.__table__.c.phone_sealed, Customer.__table__.c.identity_number_sealed).limit(
                100
            )
        )
        for phone, identity in rows:
            plain = opened.open(sealed_fields(Customer)["phone"].associated, phone)
            assert PHONE.normalize(plain, "phone") == plain
            if identity:
                plain = opened.open(sealed_fields(Customer)["identity_number"].associated, identity)
                assert IDENTITY_NUMBER.normalize(plain, "identityNumber") == plain
        history = Counter(
            await work.session.scalars(
                sa.select(TierAssignment.ended_at.is_(None)).order_by(TierAssignment.id)
            )
        )
        assert history[True] == 2357
        assert history[False] > 100


async def rows(session: object, model: type[Model]) -> list[tuple[object, ...]]:
    table = model.__table__
    plain = [c for c in table.c if not c.name.endswith("_sealed")]
    found = await session.execute(sa.select(*plain).order_by(table.c.id))  # type: ignore[attr-defined]
    return [tuple(row) for row in found]
