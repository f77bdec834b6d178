"""Rows are inserted as declared: defaults, sealed fields, and a CONFLICT that names its field."""

from typing import Any

import pytest
import sqlalchemy as sa

from core.access.writing import apply, insert
from core.customers.choices import Collection, CustomerKind, Source
from core.customers.models import Customer
from core.db.database import Database, UnitOfWork
from core.errors import Conflict
from tests.databases import NOW


def customer(work: UnitOfWork) -> Customer:
    row = Customer(
        id=work.ids.new(),
        number="C1",
        source=Source.PURCHASE,
        collected_by=Collection.STAFF,
        spend_currency="CNY",
        created_at=NOW,
        updated_at=NOW,
    )
    apply(work, row, {"name": " 王伟 ", "kind": CustomerKind.PERSON, "phone": "138 0000 0001", "region": " "})
    return row


async def test_an_inserted_row_reads_as_the_object_says(database: Database) -> None:
    async with database.unit_of_work() as work:
        row = customer(work)
        await insert(work, row)
        assert (row.spend_minor, row.purchase_count) == (0, 0)
        found: Any = (await work.session.execute(sa.select(Customer.__table__))).one()
        said = sa.inspect(row).dict
        assert found._asdict() == {column.name: said.get(column.name) for column in Customer.__table__.c}
        assert (found.name, found.region, found.phone_masked) == ("王伟", None, "*******0001")
        assert work.sealer.open(Customer.phone.associated, found.phone_sealed) == "13800000001"
        assert row not in work.session


async def test_what_has_to_be_unique_is_named(database: Database) -> None:
    async with database.unit_of_work() as work:
        await insert(work, customer(work))
    with pytest.raises(Conflict) as caught:
        async with database.unit_of_work() as work:
            await insert(work, customer(work))
    assert caught.value.field == "number"
    assert "C1" not in str(caught.value)
