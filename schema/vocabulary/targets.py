"""What a GraphQL field points at.

Pure data: the compiler, the interpreter and the generated inputs all read these.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa

from core.access.viewer import Viewer
from core.db.model import Model
from core.db.sealing import SealedField
from core.db.sensitivity import PUBLIC, Sensitivity
from core.errors import Expected
from core.events.declare import Event

METADATA = "baoke"
"""Key of the target in a strawberry field's metadata."""


@dataclass(frozen=True)
class Stored:
    """A column of the row's own table."""

    column: str
    kind: str
    nullable: bool
    sensitivity: Sensitivity
    type: sa.types.TypeEngine[Any]


@dataclass(frozen=True)
class Sealed:
    """A sealed field: opened after the statement where it is shown, its stored mask where it is masked."""

    field: SealedField
    kind: str = "sealed"
    nullable: bool = True

    @property
    def sensitivity(self) -> Sensitivity:
        """The class of the sealed field."""
        return self.field.sensitivity


@dataclass(frozen=True)
class MoneyColumns:
    """An amount in minor units and its currency: two columns that are one value."""

    minor: str
    currency: str
    nullable: bool
    sensitivity: Sensitivity
    kind: str = "money"


@dataclass(frozen=True)
class Expression:
    """An SQL expression over the row; other tables through a correlated subquery.

    `kind` as in `core.db.types.kind_of`.
    """

    build: Callable[[Any], sa.ColumnElement[Any]]
    kind: str
    nullable: bool
    sensitivity: Sensitivity
    type: sa.types.TypeEngine[Any]


@dataclass(frozen=True)
class BatchContext:
    """What a batch resolver may use."""

    viewer: Viewer
    rows: Callable[[str, Sequence[Any]], Awaitable[Sequence[Sequence[Any]]]]


@dataclass(frozen=True)
class Batch:
    """Python, once per answer: keys in, values that JSON can carry out, in the same order."""

    resolve: Callable[[BatchContext, list[Any]], Awaitable[Sequence[Any]]]
    key: str
    sensitivity: Sensitivity
    kind: str = "batch"
    nullable: bool = True


@dataclass(frozen=True)
class NodeId:
    """The row's global id."""

    prefix: str
    column: str = "id"
    kind: str = "id"
    nullable: bool = False
    sensitivity: Sensitivity = PUBLIC


@dataclass(frozen=True)
class ViewerRelation:
    """In which relations the row stands to the caller; tells which effect of a redaction applies to it."""

    kind: str = "relation"
    nullable: bool = False
    sensitivity: Sensitivity = PUBLIC


@dataclass(frozen=True)
class ToOne:
    """The row that a foreign key of this row names.

    `on_path`: the declared path to the row's anchor; the cell stays. `backward`: the one row that names this
    one by a unique foreign key.
    """

    model: type[Model]
    local: str
    remote: str
    on_path: bool
    sensitivity: Sensitivity = PUBLIC
    backward: bool = False


@dataclass(frozen=True)
class ById:
    """A root: the row with the id that the argument carries."""

    model: type[Model]


@dataclass(frozen=True)
class OfViewer:
    """A root: the caller's own row."""

    model: type[Model]


@dataclass(frozen=True)
class ToMany:
    """A connection: the rows whose `remote` column names this row; at a root, all rows (`remote` is None).

    `versions`: the columns that say from which version on a row counts, and from which on no more; then the
    list has the argument `version`, and holds what counts now unless it is given.
    """

    model: type[Model]
    remote: str | None
    local: str
    order: tuple[tuple[str, bool], ...]
    on_path: bool
    versions: tuple[str, str] | None = None

    @property
    def type_name(self) -> str:
        """The GraphQL type of the elements: the model's class name."""
        return self.model.__name__


@dataclass(frozen=True)
class Member:
    """One type of a timeline, and its field that says when.

    A row whose `when` is not shown is not in the timeline.
    """

    model: type[Model]
    when: str


@dataclass(frozen=True)
class Merged:
    """A connection over rows of several types that belong to this row: a timeline.

    `source` is a selectable with the columns `id`, `kind` (the type's name), `at` and the one that names the
    parent; newest first.
    """

    source: Callable[[], sa.Subquery]
    union: str
    members: Mapping[str, Member]
    remote: str
    local: str = "id"


@dataclass(frozen=True)
class Namespace:
    """A group of fields on the same row, such as a plugin's `Customer.points`."""


@dataclass(frozen=True)
class AnyNode:
    """A root: the row with a global id, of whatever type (`node`), or several (`nodes`)."""

    many: bool


@dataclass(frozen=True)
class Changed:
    """A field of a mutation's payload: the row with the key that the mutation gave, read after the commit."""

    model: type[Model]


@dataclass(frozen=True)
class Mutates:
    """A root of Mutation: what is done, with which input, and what comes of it."""

    act: Callable[[Any, Any], Awaitable[Mapping[str, Any]]]
    input: type
    payload: type
    errors: tuple[type[Expected], ...]


@dataclass(frozen=True)
class Happened:
    """A root of Subscription: of each such event, the row whose key the event's field `key` carries."""

    event: type[Event]
    model: type[Model]
    key: str


Value: TypeAlias = Stored | Sealed | MoneyColumns | Expression | Batch | NodeId | ViewerRelation
Target: TypeAlias = (
    Value | ToOne | ById | OfViewer | ToMany | Merged | Namespace | AnyNode | Changed | Mutates | Happened
)
VALUES = (Stored, Sealed, MoneyColumns, Expression, Batch, NodeId, ViewerRelation)


def columns_of(target: Target) -> tuple[str, ...]:
    """The columns that a field shows."""
    if isinstance(target, Stored):
        return (target.column,)
    if isinstance(target, MoneyColumns):
        return target.minor, target.currency
    return (target.local,) if isinstance(target, ToOne) and not target.backward else ()
