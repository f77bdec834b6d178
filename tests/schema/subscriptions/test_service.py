"""Subscriptions of plugins, in their namespaces; and what a declaration may not say."""

import asyncio
from contextlib import aclosing
from functools import cache
from typing import Any
from uuid import UUID

import orjson
import pytest
import strawberry

from core.customers.events import PurchaseRecorded
from core.customers.models import Purchase
from core.customers.service import CustomerService
from core.errors import BadUserInput, ConfigurationError
from core.events.declare import Event
from core.events.registry import Events
from core.extension.manifest import Manifest
from core.extension.plugins import of
from core.text import Text
from schema.application import Application, build, make_schema
from schema.http.protocol import GraphQLRequest
from schema.plugin.base import Plugin
from schema.types.customers import Purchase as PurchaseType
from schema.vocabulary import changes
from schema.vocabulary.schema import Schema
from tests.core import conftest as core
from tests.core.world import World, founded
from tests.databases import Make
from tests.e2e.conftest import settings_of


@strawberry.type(description="What happens in the shop.")
class ShopSubscription:
    sold: PurchaseType = changes(PurchaseRecorded, Purchase, "purchase_id", "Something was sold.")
    bought: PurchaseType = changes(PurchaseRecorded, Purchase, "purchase_id", "The same.")


class Shop(Plugin):
    manifest = Manifest("shop", "1.0.0", Text("Shop", "商店"), Text("Of straw.", "稻草。"))

    def subscription(self) -> type:
        return ShopSubscription


SHOP = of([Shop()], Plugin)
world = core.world


@pytest.fixture
def make() -> Make:
    return founded


@cache
def schema() -> Schema:
    return make_schema(SHOP)


@pytest.fixture
async def app(address: str, world: World) -> Application:
    return build(settings_of(address), plugins=SHOP, schema=schema(), database=world.database)


async def first(app: Application, world: World, query: str, **variables: Any) -> Any:
    """The first result of a subscription, a purchase being made meanwhile."""

    async def caller() -> Any:
        return world.viewer("leader")

    request = GraphQLRequest(query, variables)
    async with aclosing(app.execution.stream(request, caller)) as answers, asyncio.timeout(10):
        reading = asyncio.ensure_future(anext(answers))
        while not app.execution.subscriptions.feed.listening and not reading.done():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        async with world.database.unit_of_work() as work:
            paid = {"at": work.clock.now(), "amount_minor": 1, "currency": "CNY", "reference": "R"}
            await CustomerService(work, world.operator(), "CNY").record_purchase(
                world.customers["wang"], paid
            )
        return orjson.loads((await reading).body)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("subscription { shop { sold { reference } } }", {"shop": {"sold": {"reference": "R"}}}),
        (
            "subscription { a: shop { ...F } } fragment F on ShopSubscription { b: bought { c: reference } }",
            {"a": {"b": {"c": "R"}}},
        ),
        (
            "subscription ($no: Boolean = false) { shop { sold { reference } bought @include(if: $no) { id } } }",  # noqa: E501
            {"shop": {"sold": {"reference": "R"}}},
        ),
        (
            "subscription { purchaseRecorded { __typename } }",
            {"purchaseRecorded": {"__typename": "Purchase"}},
        ),
    ],
)
async def test_a_plugin_tells_in_its_namespace(
    app: Application, world: World, query: str, found: dict[str, Any]
) -> None:
    assert (await first(app, world, query))["data"] == found


@pytest.mark.parametrize(
    "query",
    [
        "subscription { shop { sold { id } bought { id } } }",
        "subscription { shop { sold { id } __typename } }",
        "subscription { shop { __typename } }",
        "subscription { shop { sold @skip(if: true) { id } } }",
    ],
)
async def test_one_field_an_operation(app: Application, world: World, query: str) -> None:
    with pytest.raises(BadUserInput):
        await first(app, world, query)


class Strange(Event, name="strange.happened", version=1):
    """Something of a plugin that is not on."""

    purchase_id: UUID


@strawberry.type(description="What happens elsewhere.")
class ShopStrange:
    happened: PurchaseType = changes(Strange, Purchase, "purchase_id", "Something happened.")


class Elsewhere(Shop):
    def subscription(self) -> type:
        return ShopStrange


async def test_an_event_that_nobody_declares_is_told_at_the_start(address: str, world: World) -> None:
    with pytest.raises(ConfigurationError, match=r"strange\.happened"):
        build(settings_of(address), plugins=of([Elsewhere()], Plugin), database=world.database)


def test_an_event_without_such_a_key_is_no_declaration() -> None:
    with pytest.raises(ConfigurationError):
        changes(PurchaseRecorded, Purchase, "reference", "x")


def test_its_events_are_written_for_those_who_listen(app: Application) -> None:
    assert PurchaseRecorded in app.database.services[Events].listened
