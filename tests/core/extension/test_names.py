"""Each name has one owner: every clash is refused at the start, naming both."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
import typer

from core.access.guard import Permission
from core.access.validators import Validator
from core.customers.events import PurchaseRecorded
from core.customers.models import Customer
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import PUBLIC, Sensitivity
from core.db.types import Text as String
from core.errors import ConfigurationError
from core.events.declare import Handler
from core.extension.declared import collect
from core.extension.manifest import PluginSettings
from core.extension.names import Names, of_plugin
from core.extension.plugin import HealthCheck, Plugin
from core.extension.plugins import of
from core.jobs.declare import Job
from core.text import Text
from core.tiers.signals import Signal
from tests.core.extension.straw import plugin

ABOUT = Text("x", "x")
SECRET = Sensitivity("secret", ABOUT)


class StrawThing(Model):
    """Well named."""

    __tablename__ = "p_straw_things"
    __prefix__ = "cus"

    id = key_column()


class StrawOddTable(Model):
    """Its table is not."""

    __tablename__ = "p_odd_table"

    id = key_column()


class OddType(Model):
    """Its type is not."""

    __tablename__ = "p_straw_odd_type"

    id = key_column()


class StrawOddClass(Model):
    """Its class is not."""

    __tablename__ = "p_straw_odd_class"

    id = key_column()
    what = column(String, SECRET, "What.")


class StrawFar(Model):
    """It refers to a plugin's table."""

    __tablename__ = "p_straw_far"

    id = key_column()
    other_id = reference("p_other_things.id", PUBLIC, "Another.")


class OtherThing(Model):
    """Another plugin's."""

    __tablename__ = "p_other_things"

    id = key_column()


async def act(*_: Any) -> Any: ...


class Hungry(PluginSettings):
    """The core has BAOKE_MAX_BODY."""


@pytest.mark.parametrize(
    ("hooks", "words"),
    [
        ({"models": (StrawThing,)}, "id prefix cus, which core declares"),
        ({"models": (StrawOddTable,)}, "table p_odd_table must begin with p_straw_"),
        ({"models": (OddType,)}, "type OddType must begin with Straw"),
        ({"models": (StrawOddClass,)}, "class secret must begin with straw"),
        ({"models": (StrawFar,)}, "refers to p_other_things, which is neither"),
        ({"permissions": (Permission("Customer", "update", ABOUT),)}, "Customer.update, which core declares"),
        (
            {"permissions": (Permission("Nothing", "eat", ABOUT),)},
            "Nothing.eat is on a type that is not there",
        ),
        ({"events": (PurchaseRecorded,)}, "event purchase.recorded must begin with straw"),
        ({"handlers": (Handler("other.x", PurchaseRecorded, act),)}, "handler other.x must begin with straw"),
        ({"jobs": (Job("other.x", act, ABOUT),)}, "job other.x must begin"),
        ({"signals": (Signal("core.interactions", ABOUT, act),)}, "core.interactions, which core declares"),  # type: ignore[arg-type]
        ({"validators": (Validator("x", ABOUT, Customer, act),)}, "validator x must begin"),
        ({"health": (HealthCheck("x", ABOUT, act),)}, "health check x must begin"),
    ],
)
def test_a_name_of_another_or_of_a_strange_form_is_refused(hooks: dict[str, Any], words: str) -> None:
    others = [plugin("other", {"models": (OtherThing,)})]
    with pytest.raises(ConfigurationError, match=words) as caught:
        of([*others, plugin(hooks=hooks)], Plugin)
    assert caught.value.field == "straw"
    assert caught.value.message("zh") != caught.value.message("en")


def test_a_required_plugins_tables_may_be_referred_to() -> None:
    mine = plugin(hooks={"models": (StrawFar,)}, requires=("other",))
    assert len(of([mine, plugin("other", {"models": (OtherThing,)})], Plugin).on) == 2


def test_settings_may_not_run_into_the_cores() -> None:
    with pytest.raises(ConfigurationError, match="BAOKE_MAX_… would run into the core's BAOKE_MAX_BODY"):
        of([plugin("max", settings=Hungry)], Plugin)


def test_a_word_of_the_command_is_the_cores() -> None:
    declared = collect(plugin("serve", {"commands": typer.Typer()}), Plugin)
    with pytest.raises(ConfigurationError, match="command serve, which core declares"):
        Names(["serve"]).enter(declared)


def test_two_plugins_with_one_name_are_both_named() -> None:
    twin = Signal("straw.x", ABOUT, lambda _c, _t: sa.literal(1))
    names = Names()
    names.enter(collect(plugin(hooks={"signals": (twin,)}), Plugin))
    with pytest.raises(ConfigurationError, match=r"straw\.x, which straw declares already"):
        names.enter(collect(plugin("strawb", {"signals": (twin,)}), Plugin))


def test_what_a_plugin_provides_is_listed_by_sort_and_name() -> None:
    hooks = {"models": (OtherThing,), "jobs": (Job("other.x", act, ABOUT),)}
    found = [(one.sort.en, one.name) for one in of_plugin(collect(plugin("other", hooks), Plugin))]
    assert found == [("type", "OtherThing"), ("table", "p_other_things"), ("job", "other.x")]
