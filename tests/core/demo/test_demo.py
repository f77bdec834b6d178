"""Demo data: whole, true to its source, the same each time."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.access.rules import EVERYONE
from core.customers.models import Customer, Purchase
from core.db.database import Database
from core.db.migrate import migrate
from core.db.model import Model, sealed_fields
from core.db.normal import IDENTITY_NUMBER, PHONE
from core.demo.load import load_demo
from core.errors import Conflict
from core.models import CORE_MODELS
from core.organization.models import EmployeeRole
from core.settings import Settings
from core.tiers.models import TierAssignment
from tests.core.world import policy
from tests.databases import NOW, open_database

SETTINGS = Settings(env="development")


async def test_what_is_there(database: Database) -> None:
    report = await load_demo(database, SETTINGS)
    assert report.rows["customers"] == 2357
    assert report.rows["purchases"] == 6919
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
    with pytest.raises(Conflict):
        await load_demo(database, SETTINGS)


async def test_equal_seeds_make_equal_rows(tmp_path: Path) -> None:
    assert await contents(tmp_path / "a.db", 7) == await contents(tmp_path / "b.db", 7)


async def contents(path: Path, seed: int) -> Sequence[object]:
    database = open_database(f"sqlite:///{path}")
    await migrate(database)
    await load_demo(database, SETTINGS, seed)
    async with database.unit_of_work() as work:
        found = [await rows(work.session, model) for model in CORE_MODELS.values()]
    await database.close()
    return found


async def rows(session: object, model: type[Model]) -> list[tuple[object, ...]]:
    table = model.__table__
    plain = [c for c in table.c if not c.name.endswith("_sealed")]
    found = await session.execute(sa.select(*plain).order_by(table.c.id))  # type: ignore[attr-defined]
    return [tuple(row) for row in found]
