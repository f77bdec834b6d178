"""Functions that declare fields.

Types of models, relations and access paths are read from the model, not said again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, get_args
from uuid import UUID

import sqlalchemy as sa
import strawberry
from sqlalchemy.orm import InstrumentedAttribute

from core.access.relations import Via
from core.db.model import Model
from core.db.sealing import SealedField
from core.db.sensitivity import Sensitivity
from core.db.types import kind_of
from core.errors import ConfigurationError
from core.events.declare import Event
from core.text import Text
from schema.vocabulary import targets
from schema.vocabulary.targets import METADATA, Batch, BatchContext, Target

NO_KEY = Text("has no field {key} that holds the key of a row", "没有存放行键的字段 {key}")


def _field(target: Target | Callable[[], Target], description: str | None) -> Any:
    return strawberry.field(description=description, metadata={METADATA: target})


def _rooted(target: Target | Callable[[], Target], description: str) -> Any:
    """A field with arguments of its own: the schema adds them from the target."""
    return strawberry.field(resolver=_unreached, description=description, metadata={METADATA: target})


def _unreached() -> Any:
    message = (
        "declared fields are answered by the compiler or the interpreter, never by a resolver of their own"
    )
    raise AssertionError(message)


def stored(source: Any, description: str | None = None) -> Any:
    """A column or sealed field of the type's model.

    Its description is the column's own unless one is given.
    """
    if isinstance(source, SealedField):
        return _field(targets.Sealed(source), description or source.doc)
    column = _column(source)
    target = targets.Stored(
        column.name, kind_of(column.type), bool(column.nullable), column.info["class"], column.type
    )
    return _field(target, description or column.doc)


def money(minor: Any, currency: Any, description: str | None = None) -> Any:
    """Two columns as one amount of money; the class is that of the minor units."""
    amount, unit = _column(minor), _column(currency)
    target = targets.MoneyColumns(amount.name, unit.name, bool(amount.nullable), amount.info["class"])
    return _field(target, description or amount.doc)


def expression(
    build: Callable[[Any], sa.ColumnElement[Any]],
    result: sa.types.TypeEngine[Any],
    sensitivity: Sensitivity,
    description: str,
    *,
    nullable: bool = False,
) -> Any:
    """An SQL expression over the row `build` is given.

    Compiled into the same statement, filterable and sortable.
    """
    return _field(targets.Expression(build, kind_of(result), nullable, sensitivity, result), description)


def batch(
    resolve: Callable[[BatchContext, list[Any]], Awaitable[Sequence[Any]]],
    sensitivity: Sensitivity,
    description: str,
    *,
    key: str = "id",
) -> Any:
    """A Python function that is called once per answer with all keys."""
    return _field(Batch(resolve, key, sensitivity), description)


def node_id(model: type[Model] | None = None) -> Any:
    """The global id. On the interface Node it has no model; the schema gives each type its own."""
    prefix = (model.__prefix__ or "") if model else ""
    return _field(targets.NodeId(prefix), "The id of this row, unchanging; pass it back as it is.")


def viewer_relation() -> Any:
    """The relations in which the row stands to the caller."""
    about = "In which relations the row stands to you; tells which effect of a redaction applies to it."
    return _field(targets.ViewerRelation(), about)


def to_one(foreign_key: Any, description: str | None = None, *, backward: bool = False) -> Any:
    """The row that a foreign key of this type's model names.

    `backward`: the one row whose foreign key, which is unique, names this row.
    """
    column = _column(foreign_key)

    def target() -> targets.ToOne:
        owner = _owner(foreign_key)
        (reference,) = column.foreign_keys
        access = owner.__access__
        on_path = isinstance(access, Via) and access.column == column.name
        if backward:
            return targets.ToOne(owner, reference.column.name, column.name, on_path, backward=True)
        return targets.ToOne(
            model_of(reference.column.table),
            column.name,
            reference.column.name,
            on_path,
            column.info["class"],
        )

    return _field(target, description or column.doc)


def to_many(
    source: Any,
    description: str,
    *,
    order: Sequence[tuple[str, bool]] = (),
    versions: tuple[str, str] | None = None,
) -> Any:
    """A connection.

    Given a foreign key of another model: its rows that name this row; given a model (at a root): all rows.
    `order`: GraphQL field names with `ascending` or `descending`, used where the caller gives no `orderBy`.
    `versions`: see `targets.ToMany`.
    """

    def target() -> targets.ToMany:
        if isinstance(source, type):
            return targets.ToMany(source, None, "id", tuple(order), on_path=False, versions=versions)
        column, owner = _column(source), _owner(source)
        (reference,) = column.foreign_keys
        access = owner.__access__
        on_path = isinstance(access, Via) and access.column == column.name
        return targets.ToMany(owner, column.name, reference.column.name, tuple(order), on_path, versions)

    return _rooted(target, description)


def ascending(name: str) -> tuple[str, bool]:
    """Smallest first."""
    return name, False


def descending(name: str) -> tuple[str, bool]:
    """Largest first."""
    return name, True


def merged(
    source: Callable[[], sa.Subquery],
    union: str,
    members: Mapping[str, targets.Member],
    remote: str,
    description: str,
) -> Any:
    """A connection over rows of several types, newest first; see `targets.Merged`."""
    return _rooted(targets.Merged(source, union, members, remote), description)


def by_id(model: type[Model], description: str) -> Any:
    """A root field `x(id:)`: the row, or null where there is none or it is not visible (both alike)."""
    return _rooted(targets.ById(model), description)


def of_viewer(model: type[Model], description: str) -> Any:
    """A root field: the caller's own row; null for a caller who is no employee."""
    return _field(targets.OfViewer(model), description)


def any_node(*, many: bool, description: str) -> Any:
    """The roots `node` and `nodes`."""
    return _rooted(targets.AnyNode(many), description)


def changes(event: type[Event], model: type[Model], key: str, description: str) -> Any:
    """A root of Subscription: each such event gives a result, the row whose key the event carries in `key`.

    It is read under the caller's plan as it then is; of a row that is not visible nothing is told.
    """
    carried = event.model_fields.get(key)
    if carried is None or UUID not in (carried.annotation, *get_args(carried.annotation)):
        raise ConfigurationError(event.event_name, NO_KEY, key=key)
    return _rooted(targets.Happened(event, model, key), description)


def namespace(description: str) -> Any:
    """A group of fields on the same row."""
    return _field(targets.Namespace(), description)


def _column(source: Any) -> sa.Column[Any]:
    if not isinstance(source, InstrumentedAttribute):
        message = f"{source!r} is not a mapped column or sealed field"
        raise TypeError(message)
    column: sa.Column[Any] = source.property.columns[0]
    return column


def _owner(source: Any) -> type[Model]:
    return source.class_  # type: ignore[no-any-return]


def model_of(table: sa.FromClause) -> type[Model]:
    """The model of a table."""
    return next(m.class_ for m in Model.registry.mappers if m.local_table is table)
