"""A statement is rendered once a dialect, and its values are bound in the driver's form."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.clock import UTC
from core.db.statements import Statement
from core.db.types import UtcTime
from tests.databases import NOW


def test_once_a_dialect() -> None:
    statement = Statement(sa.select(sa.literal(7) + sa.bindparam("given", type_=sa.Integer())))
    dialects = [postgresql.asyncpg.dialect(), sqlite.dialect()]
    made = [statement.on(dialect) for dialect in dialects]
    assert [statement.on(dialect) for dialect in dialects] == made
    assert made[0].sql == "SELECT $1::INTEGER + $2::INTEGER AS anon_1"
    assert made[1].sql == "SELECT ? + ? AS anon_1"
    assert all(one.arguments({"given": 1}) == [7, 1] for one in made)


def test_values_in_the_form_of_the_driver() -> None:
    statement = Statement(sa.select(sa.bindparam("at", type_=UtcTime())))
    assert NOW.tzinfo is UTC
    assert statement.on(sqlite.dialect()).arguments({"at": NOW}) == ["2026-11-02T09:30:00.000000"]
    assert statement.on(sqlite.dialect()).arguments({"at": None}) == [None]
    on_postgres = statement.on(postgresql.asyncpg.dialect())
    assert on_postgres.arguments({"at": NOW}) == [NOW]
