"""Values that can be stored together, and whose neighbours can too."""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa

from core.db.types import Choice, Json
from schema.kit.planting import _beside, _is_single
from schema.kit.samples import sample_of

COLUMNS = ("above", "one", "other")


class Few(enum.Enum):
    A = "A"
    B = "B"
    C = "C"


class Many(enum.Enum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Ratios(Json):
    def sample(self, number: int) -> dict[str, int]:
        return {"ratio": number}


def test_a_type_may_make_values_of_its_own() -> None:
    sample = sample_of(sa.Column("ratios", Ratios), 2)
    assert (sample.planted, sample.near) == ({"ratio": 8}, {"ratio": 14})


def test_where_values_are_unique_together_a_neighbour_takes_nobody_s() -> None:
    def near(kind: Any, row: int, apart: int) -> tuple[Any, Any]:
        sample = sample_of(sa.Column("one", kind), row, apart=apart)
        return sample.planted, sample.near

    assert [near(Choice(Many), row, 1) for row in (0, 1)] == [(Many.A, Many.B), (Many.B, Many.C)]
    assert [near(Choice(Many), row, 2) for row in (0, 1)] == [(Many.A, Many.C), (Many.B, Many.D)]
    assert near(Choice(Few), 1, 2) == (Few.B, Few.B)
    assert near(sa.Boolean, 1, 1) == (False, True)
    assert near(sa.Boolean, 1, 2) == (False, False)


def test_it_is_known_what_is_unique_together() -> None:
    columns = [sa.Column(name, sa.Integer) for name in COLUMNS]
    rules = sa.UniqueConstraint("above", "one"), sa.Index("alone", "other", unique=True)
    table = sa.Table("of_pairs", sa.MetaData(), *columns, *rules)
    assert [_beside(table, name) for name in COLUMNS] == [0, 1, None]
    assert [_is_single(table, name) for name in COLUMNS] == [False, False, True]
