"""How mutations are declared: one input, one result union of payload and typed errors (PRM-6).

The input's fields point at the columns that they fill, the payload's at the rows that are read after the
commit under the caller's plan. The function between them calls a service and says which rows it changed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, get_type_hints
from uuid import UUID

import strawberry

from core.access.current import Policies
from core.access.viewer import Viewer
from core.db.database import UnitOfWork
from core.db.model import Model, camel
from core.db.sealing import SealedField
from core.errors import Expected
from core.ids import key_of
from core.money import Money
from core.services import Services
from core.settings import Settings
from schema.vocabulary.declare import model_of
from schema.vocabulary.errors import COMMON, error_type
from schema.vocabulary.scalars import MoneyInput
from schema.vocabulary.targets import METADATA, Changed, Mutates

FILLS = "baoke.fills"
"""Key of an input field's meaning in its metadata."""


@dataclass(frozen=True)
class Call:
    """What a mutation may use: the transaction, the caller, and what the application offers."""

    work: UnitOfWork
    viewer: Viewer
    settings: Settings
    policies: Policies
    services: Services
    people_changed: Callable[[], None]
    """To be called after a change of employees, roles or departments, so that it holds at once."""

    def keys(self, foreign_key: Any, ids: Sequence[str], field: str) -> list[UUID]:
        """The keys of a list of global ids of the type that a foreign key names."""
        (reference,) = foreign_key.property.columns[0].foreign_keys
        prefix = model_of(reference.column.table).__prefix__ or ""
        return [key_of(one, prefix, field) for one in ids]


@strawberry.input
class Input:
    """What every input has."""

    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A key of your choice: sent again with the same input, the mutation is not applied again "
        "and gives the same result.",
    )


@dataclass(frozen=True)
class Fills:
    """Which columns an input field fills; `prefix` where it is an id."""

    columns: tuple[str, ...]
    prefix: str | None = None


def accepts(source: Any, description: str | None = None, *, required: bool = False) -> Any:
    """An input field for a column, a foreign key (as a global id) or a sealed field."""
    if isinstance(source, SealedField):
        fills, about = Fills((source.name,)), source.doc
    else:
        column = source.property.columns[0]
        foreign = next(iter(column.foreign_keys), None)
        prefix = model_of(foreign.column.table).__prefix__ if foreign else None
        fills, about = Fills((column.name,), prefix), column.doc
    return _input(fills, description or about, required=required)


def accepts_money(
    minor: Any, currency: Any, description: str | None = None, *, required: bool = False
) -> Any:
    """An input field for an amount and its currency."""
    amount, unit = minor.property.columns[0], currency.property.columns[0]
    return _input(Fills((amount.name, unit.name)), description or amount.doc, required=required)


def accepts_id(model: type[Model], description: str) -> Any:
    """The id of the row that the mutation is about; required, and no column of the change."""
    return _input(Fills((), model.__prefix__), description, required=True)


def _input(fills: Fills, description: str | None, *, required: bool) -> Any:
    default = {} if required else {"default": strawberry.UNSET}
    return strawberry.field(description=description, metadata={FILLS: fills}, **default)


def values_of(given: Any) -> dict[str, Any]:
    """Column name to value for every field that was given.

    Ids become keys, money becomes minor units and currency.
    """
    found: dict[str, Any] = {}
    for field, fills in _filling(given.__class__).items():
        value = getattr(given, field)
        if value is strawberry.UNSET or not fills.columns:
            continue
        place = camel(field)
        if isinstance(value, MoneyInput):
            money = Money.of(value.amount, value.currency, place)
            found.update(zip(fills.columns, (money.minor, money.currency), strict=True))
        elif fills.prefix is not None:
            found[fills.columns[0]] = None if value is None else key_of(value, fills.prefix, place)
        else:
            found[fills.columns[0]] = value
    return found


def key_in(given: Any, field: str) -> Any:
    """The key in a field that was declared by `accepts_id` or for a foreign key."""
    fills = _filling(given.__class__)[field]
    return key_of(getattr(given, field), fills.prefix or "", camel(field))


@cache
def _filling(given: type) -> Mapping[str, Fills]:
    return {f.name: f.metadata[FILLS] for f in dataclasses.fields(given) if FILLS in (f.metadata or {})}


def changed(model: type[Model], description: str) -> Any:
    """A payload field: the row that was changed, as it is now and as the caller may see it."""
    return strawberry.field(description=description, metadata={METADATA: Changed(model)})


def mutation(
    payload: type, description: str, *errors: type[Expected]
) -> Callable[[Callable[[Any, Any], Awaitable[Mapping[str, Any]]]], Any]:
    """Declare a root of Mutation.

    The function gets (call, input) and gives payload field to key or plain value.
    `errors`: what it may end in beside the common ones.
    """

    def declare(act: Callable[[Any, Any], Awaitable[Mapping[str, Any]]]) -> Any:
        hints = get_type_hints(act)
        given = hints["given"]
        stem = payload.__name__.removesuffix("Payload")
        members = reduce(or_, (error_type(e) for e in (*COMMON, *errors)), payload)
        about = f"What came of it: {stem}Payload, or why nothing changed."
        result: Any = Annotated[members, strawberry.union(f"{stem}Result", description=about)]

        def unreached(input: Any) -> Any:  # noqa: A002, ARG001
            message = "mutations are run by schema.compiler.mutator"
            raise AssertionError(message)

        unreached.__annotations__ = {
            "input": Annotated[given, strawberry.argument(description="What to do.")],
            "return": result | None,
        }
        target = Mutates(act, given, payload, (*COMMON, *errors))
        field = strawberry.field(resolver=unreached, description=description, metadata={METADATA: target})
        field.python_name = act.__name__
        return field

    return declare
