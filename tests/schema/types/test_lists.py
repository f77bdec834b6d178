"""Every list that grows has an index in its own order: a page at any depth costs the same (PRM-11)."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from schema.application import make_schema
from schema.vocabulary.targets import NodeId, Stored, ToMany

SCHEMA = make_schema()
# Tables of the company itself: few rows in all, or few below one parent; sorting them costs nothing.
SMALL = {"Department", "Employee", "EmployeeRole", "TierScheme", "Tier", "TierRule", "CustomerMember"}
SMALL |= {
    "Preference",
    "PolicyVersion",
    "PolicyRole",
    "PolicyInheritance",
    "PolicyRule",
    "PolicyChange",
    "Approval",
    "AccessReviewUsage",
}


def lists() -> Iterator[tuple[str, ToMany]]:
    for owner in [*SCHEMA.models, "Query"]:
        for name, target in SCHEMA.declared(owner).items():
            if isinstance(target, ToMany) and target.type_name not in SMALL:
                yield f"{owner}.{name}", target


def column(type_name: str, field: str) -> str:
    target = SCHEMA.target(type_name, field)
    assert isinstance(target, NodeId | Stored), f"{type_name}.{field} is no column to order a list by"
    return target.column


def indices(table: sa.Table) -> list[list[str]]:
    unique = [
        rule for rule in table.constraints if isinstance(rule, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    return [[c.name for c in group.columns] for group in (*table.indexes, *unique)]


@pytest.mark.parametrize(("name", "target"), [pytest.param(*one, id=one[0]) for one in lists()])
def test_an_index_gives_the_list_in_its_order(name: str, target: ToMany) -> None:
    wanted = [target.remote] if target.remote else []
    keys = [*(column(target.type_name, field) for field, _ in target.order), "id"]
    wanted += keys[: keys.index("id") + 1]  # nothing is left to order behind the id
    assert len({descending for _, descending in target.order}) <= 1, (
        f"{name} runs both ways: no index serves it"
    )
    found = indices(target.model.__table__)  # type: ignore[arg-type]
    assert any(one[: len(wanted)] == wanted for one in found), f"{name} wants an index on {wanted}"


def test_the_small_ones_are_types() -> None:
    assert set(SCHEMA.models) >= SMALL
