"""What an application refuses to start with, and what its extensions add (BEY-6, PRM-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry
from graphql import get_named_type, is_non_null_type, print_schema

from core.customers.models import Customer, Purchase
from core.db.sensitivity import INTERNAL, PUBLIC
from core.errors import ConfigurationError
from schema.application import make_catalogue, make_schema
from schema.types.customers import Customer as CustomerType
from schema.types.customers import Purchase as PurchaseType
from schema.vocabulary import Connection, by_id, expression, namespace, stored, to_many
from schema.vocabulary.extensions import Extension
from schema.vocabulary.targets import VALUES, ToOne
from tests.schema.plugin import LARGE, LOYALTY, LoyaltyOfCustomer, fields_of


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
            [plain("b", "Customer", "loyalty")],
            "b: declares Customer.loyalty, which loyalty declares already",
        ),
        ([plain("a", "Nowhere", "extra")], "a: adds fields to Nowhere, which is no type"),
    ],
)
def test_clashes_are_named_with_both_owners(extensions: list[Extension], said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        make_schema(LOYALTY, extensions)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    "field",
    [
        stored(Customer.region),
        stored(Customer.phone),
        stored(Customer.industry),
        expression(lambda c: c.c.name, sa.String(), INTERNAL, "Not public."),
        expression(lambda c: c.c.name, sa.String(), PUBLIC, "May be null.", nullable=True),
    ],
)
def test_what_may_be_hidden_or_null_is_nullable(field: Any) -> None:
    """Or a null would bubble, and take the whole row with it."""
    with pytest.raises(ConfigurationError, match=r"Customer\.extra: must be nullable"):
        make_schema(extensions=[Extension("a", {"Customer": one_field("extra", str, field)})])


def test_every_field_has_a_description() -> None:
    field = strawberry.field(resolver=lambda: "x")
    with pytest.raises(ConfigurationError, match=r"Customer\.extra: has no description"):
        make_schema(extensions=[Extension("a", {"Customer": one_field("extra", str, field)})])


def test_core_keeps_the_rule() -> None:
    schema = make_schema(LOYALTY, [LARGE])
    for made in schema.object_types:
        for name, field in made.fields.items():
            target = schema.target(made.name, name)
            if is_non_null_type(field.type) and isinstance(target, (*VALUES, ToOne)):
                assert not isinstance(target, ToOne)
                assert target.sensitivity is PUBLIC
                assert not target.nullable


def test_applications_in_one_process_do_not_share_extensions() -> None:
    bare, with_plugin = make_schema(), make_schema(LOYALTY, [LARGE])
    assert "loyalty" not in bare.core.type_map["Customer"].fields  # type: ignore[attr-defined]
    assert "loyalty" in with_plugin.core.type_map["Customer"].fields  # type: ignore[attr-defined]
    assert print_schema(make_schema().core) == print_schema(bare.core)
    fields = make_catalogue(with_plugin).fields.keys() - make_catalogue(bare).fields.keys()
    assert {f"{t}.{f}" for t, f in fields} >= {"LoyaltyOfCustomer.spent", "Purchase.large"}


def test_a_plugins_fields_are_in_filters_and_orders_everywhere() -> None:
    """Wherever the type is reached, not only where the plugin put the field."""
    types = make_schema(LOYALTY, [LARGE]).core.type_map
    where, order = types["CustomerWhere"].fields, types["LoyaltyOfCustomerWhere"].fields  # type: ignore[attr-defined]
    assert {"spent", "category", "lastAt", "origin"} <= set(order)
    assert "palindrome" not in order
    assert get_named_type(where["loyalty"].type).name == "LoyaltyOfCustomerWhere"
    assert "large" in types["PurchaseOrder"].fields  # type: ignore[attr-defined]
    assert "phone" not in types["CustomerOrder"].fields  # type: ignore[attr-defined]
    inner = types["CustomerOrder"].fields["loyalty"].type  # type: ignore[attr-defined]
    assert set(inner.fields) == {"spent", "purchases", "category", "lastAt", "origin", "deeper"}


@strawberry.type(description="A namespace.")
class Nested:
    greeting: str = strawberry.field(resolver=lambda: "x", description="In Python.")


@pytest.mark.parametrize(
    ("type_name", "kind", "field", "said"),
    [
        ("Query", str | None, stored(Customer.region), "can't be answered on Query"),
        ("LoyaltyQuery", str | None, stored(Customer.region), "can't be answered on LoyaltyQuery"),
        (
            "LoyaltyQuery",
            Connection[PurchaseType],
            to_many(Purchase.customer_id, "Below a customer."),
            "can't be answered on LoyaltyQuery",
        ),
        ("Customer", CustomerType | None, by_id(Customer, "A root."), "can't be answered on Customer"),
        ("LoyaltyOfCustomer", Connection[CustomerType], to_many(Customer, "A root."), "can't be answered on"),
        (
            "LoyaltyMutation",
            str | None,
            strawberry.field(resolver=lambda: "x", description="Unsafe."),
            "can't be answered on LoyaltyMutation",
        ),
        ("LoyaltyMutation", Nested, namespace("With a resolver."), "can't be answered on Nested"),
        ("Purchase", LoyaltyOfCustomer, namespace("Again."), "is a namespace of LoyaltyOfCustomer, which"),
        ("LoyaltyOfCustomer", LoyaltyOfCustomer, namespace("Itself."), "is a namespace of LoyaltyOfCustomer"),
        ("Query", CustomerType | None, by_id(Purchase, "Another."), "gives Customer, but points at rows of"),
    ],
)
def test_what_can_never_be_answered_does_not_start(type_name: str, kind: Any, field: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        make_schema(LOYALTY, [Extension("a", {type_name: one_field("extra", kind, field)})])


def test_fields_are_found_through_namespaces() -> None:
    schema = make_schema(LOYALTY, [LARGE])
    roots = {".".join(path): declaring for path, declaring, _ in schema.fields_within("Query")}
    assert roots["customers"] == "Query"
    assert roots["loyalty.entries"] == "LoyaltyQuery"
    assert roots["loyalty.more.reward"] == "LoyaltyMore"
    assert {"loyalty", "loyalty.more", "loyalty.greeting"}.isdisjoint(roots)
    assert make_catalogue(schema).hosts == {"LoyaltyOfCustomer": "Customer", "LoyaltyDeeper": "Customer"}


@pytest.mark.parametrize(
    ("kind", "field", "said"),
    [
        (
            int | None,
            stored(Purchase.category),
            "gives Int, but what it points at is String: annotate it `str`",
        ),
        (
            str | None,
            expression(lambda row: row.c.at, sa.Date(), INTERNAL, "A day.", nullable=True),
            "gives String, but what it points at is Date: annotate it `Day`",
        ),
    ],
)
def test_an_annotation_that_contradicts_its_value_does_not_start(kind: Any, field: Any, said: str) -> None:
    """The schema would tell clients of a number, and they would get words."""
    with pytest.raises(ConfigurationError) as refused:
        make_schema(extensions=[Extension("a", {"Purchase": one_field("extra", kind, field)})])
    assert said in str(refused.value)
