"""What an application refuses to start with, and what its extensions add (BEY-6, PRM-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry
from graphql import get_named_type, is_non_null_type, print_schema

from core.customers.models import Customer
from core.db.sensitivity import INTERNAL, PUBLIC
from core.errors import ConfigurationError
from schema.application import make_catalogue, make_schema
from schema.vocabulary import expression, stored
from schema.vocabulary.extensions import Extension
from schema.vocabulary.targets import VALUES, ToOne
from tests.schema.plugin import LOYALTY, fields_of


def one_field(name: str, kind: Any, field: Any) -> Sequence[Any]:
    """The fields of a class with one field."""
    return fields_of(strawberry.type(type("Added", (), {"__annotations__": {name: kind}, name: field})))


def plain(owner: str, type_name: str, name: str) -> Extension:
    made = expression(lambda row: row.c.id, sa.Uuid(), INTERNAL, "Something.")
    return Extension(owner, {type_name: one_field(name, str | None, made)})


@pytest.mark.parametrize(
    ("extensions", "said"),
    [
        ([plain("a", "Customer", "name")], "a: declares Customer.name, which core declares already"),
        (
            [plain("a", "Customer", "created_at")],
            "a: declares Customer.created_at, which core declares already",
        ),
        (
            [plain("a", "Customer", "extra"), plain("b", "Customer", "extra")],
            "b: declares Customer.extra, which a declares already",
        ),
        (
            [LOYALTY, plain("b", "Customer", "loyalty")],
            "b: declares Customer.loyalty, which loyalty declares already",
        ),
        ([plain("a", "Nowhere", "extra")], "a: adds fields to Nowhere, which is no type"),
    ],
)
def test_clashes_are_named_with_both_owners(extensions: list[Extension], said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        make_schema(extensions)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    "field",
    [
        stored(Customer.region),
        stored(Customer.phone),
        stored(Customer.created_at),
        expression(lambda c: c.c.name, sa.String(), INTERNAL, "Not public."),
        expression(lambda c: c.c.name, sa.String(), PUBLIC, "May be null.", nullable=True),
    ],
)
def test_what_may_be_hidden_or_null_is_nullable(field: Any) -> None:
    """Or a null would bubble, and take the whole row with it."""
    with pytest.raises(ConfigurationError, match=r"Customer\.extra: must be nullable"):
        make_schema([Extension("a", {"Customer": one_field("extra", str, field)})])


def test_every_field_has_a_description() -> None:
    field = strawberry.field(resolver=lambda: "x")
    with pytest.raises(ConfigurationError, match=r"Customer\.extra: has no description"):
        make_schema([Extension("a", {"Customer": one_field("extra", str, field)})])


def test_core_keeps_the_rule() -> None:
    schema = make_schema([LOYALTY])
    for made in schema.object_types:
        for name, field in made.fields.items():
            target = schema.target(made.name, name)
            if is_non_null_type(field.type) and isinstance(target, (*VALUES, ToOne)):
                assert not isinstance(target, ToOne)
                assert target.sensitivity is PUBLIC
                assert not target.nullable


def test_applications_in_one_process_do_not_share_extensions() -> None:
    bare, with_plugin = make_schema(), make_schema([LOYALTY])
    assert "loyalty" not in bare.core.type_map["Customer"].fields  # type: ignore[attr-defined]
    assert "loyalty" in with_plugin.core.type_map["Customer"].fields  # type: ignore[attr-defined]
    assert print_schema(make_schema().core) == print_schema(bare.core)
    fields = make_catalogue(with_plugin).fields.keys() - make_catalogue(bare).fields.keys()
    assert {f"{t}.{f}" for t, f in fields} >= {"CustomerLoyalty.spent", "Purchase.large"}


def test_a_plugins_fields_are_in_filters_and_orders_everywhere() -> None:
    """Wherever the type is reached, not only where the plugin put the field."""
    types = make_schema([LOYALTY]).core.type_map
    where, order = types["CustomerWhere"].fields, types["CustomerLoyaltyWhere"].fields  # type: ignore[attr-defined]
    assert {"spent", "category", "lastAt", "origin"} <= set(order)
    assert "palindrome" not in order
    assert get_named_type(where["loyalty"].type).name == "CustomerLoyaltyWhere"
    assert "large" in types["PurchaseOrder"].fields  # type: ignore[attr-defined]
    assert {"phone", "loyalty"}.isdisjoint(types["CustomerOrder"].fields)  # type: ignore[attr-defined]
