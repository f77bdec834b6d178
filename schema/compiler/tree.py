"""The tree of what to read: what selection makes, and what shaping and interpreting consume."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sqlalchemy as sa

from core.access.cells import Cells

Source: TypeAlias = Any
"""A row source: something with `.c`, an alias, a CTE, a subquery."""

Condition: TypeAlias = Callable[[Source], sa.ColumnElement[bool]]


@dataclass
class Value:
    """A value; `build(source)` is its JSON text. Masks and nulls by relation are already in it."""

    build: Callable[[Source], Any]


@dataclass
class Summed:
    """Whose rows figures are made of: columns that name customers, a hole, and the fields it stands for."""

    columns: Sequence[str]
    hole: int
    fields: dict[str, None]


@dataclass
class Row:
    """One object.

    `anchor`: the type whose relations decide (for a namespace: its owner's); `reach`: cells it can stand in.
    For `readings`: `above` is an object about the same customers, `used` what rows are compared and ordered
    by, `notes` the marks that stand before the object's text; of a list's row, before each cursor; `summed`
    the mark of figures that are made of such rows.
    """

    type_name: str
    anchor: str
    table: Any
    reach: Cells
    items: list[tuple[str, Item]] = field(default_factory=list)
    above: Row | None = None
    used: dict[str, None] = field(default_factory=dict)
    notes: list[Value] = field(default_factory=list)
    summed: Summed | None = None


@dataclass
class One:
    """The row whose `remote` column equals this row's `local`.

    `keep`: its row scope; `shown`: where the relation itself may be seen.
    """

    row: Row
    local: str
    remote: str
    keep: Condition | None
    shown: Condition | None


@dataclass
class Lookup:
    """A root: the row whose `column` equals a parameter."""

    row: Row
    column: str
    value: Any
    keep: Condition | None


@dataclass
class Members:
    """An object of one of several types: `kind` column of the source to the row of that type, found by id."""

    rows: Mapping[str, Row]
    type_name: str


@dataclass
class Nodes:
    """A root: rows of several types by a list of ids each; positions of other types hold null."""

    lookups: list[Lookup]
    lists: list[Any]


@dataclass
class Key:
    """One key of an order."""

    build: Callable[[Source], sa.ColumnElement[Any]]
    desc: bool
    kind: str
    nullable: bool
    type: sa.types.TypeEngine[Any]


@dataclass
class Place:
    """A decoded cursor: per key a parameter and whether it stands for null."""

    parts: list[tuple[Any, bool]]


@dataclass
class Page:
    """Which part of a list: at most `limit` rows.

    With `more` one further row tells whether the list goes on.
    """

    limit: Any
    more: Any
    backward: bool
    after: Place | None
    before: Place | None


@dataclass
class PageInfoPart:
    """Selected fields of pageInfo: (response key, field name)."""

    fields: list[tuple[str, str]]


@dataclass
class TotalPart:
    """totalCount."""


@dataclass
class ConstantPart:
    """JSON text known while compiling."""

    text: str


@dataclass
class NodesPart:
    """nodes."""

    node: Row | Members


@dataclass
class EdgesPart:
    """edges: (response key, node | CURSOR | constant)."""

    fields: list[tuple[str, Row | Members | str | ConstantPart]]


Base: TypeAlias = Callable[[Source], sa.ColumnElement[Any]]
GroupPart: TypeAlias = str | ConstantPart | Callable[[Source], Any]
"""`keys`, `count`, a constant, or the JSON text of measures over the inner set."""


@dataclass
class GroupsPart:
    """groups: keys (with their JSON text), what the inner set carries (`_v0`…), what is selected."""

    keys: list[tuple[Base, Callable[[Any], Any]]]
    carried: list[Base]
    fields: list[tuple[str, GroupPart]]
    limit: Any
    largest_first: bool

    def carry(self, read: Base) -> str:
        """Have the inner set carry an expression; its column's name there."""
        self.carried.append(read)
        return f"_v{len(self.carried) - 1}"


CURSOR = "cursor"

Part: TypeAlias = PageInfoPart | GroupsPart | TotalPart | ConstantPart | NodesPart | EdgesPart


@dataclass(frozen=True)
class Collected:
    """The few anchors' rows whose rows a list is made of: `keys` gives theirs, `column` names them."""

    keys: Callable[[], sa.Select[Any]]
    column: str


@dataclass
class Many:
    """A connection. `row` carries no items: it is the table, anchor and reach of the elements.

    `keep`: the row scope; None where every row is reached.
    """

    row: Row
    local: str
    remote: str | None
    keep: Condition | None
    conditions: list[Condition]
    keys: list[Key]
    page: Page
    signature: str
    parts: list[tuple[str, Part]] = field(default_factory=list)
    members: Mapping[str, Cells] = field(default_factory=dict)
    """Of a merged list: its types, and the cells in which their rows are in it."""
    collected: Collected | None = None
    """Where the caller is related to few rows; in place of `keep`."""
    held: Sequence[tuple[str, str]] = ()
    """The fields (type and name) whose values its cursors hold."""

    @property
    def paged(self) -> bool:
        """Whether pageInfo needs row numbers and one row more."""
        return any(isinstance(part, PageInfoPart) and part.fields for _, part in self.parts)

    @property
    def sums(self) -> bool:
        """Whether figures over all rows are selected."""
        return any(isinstance(part, (TotalPart, GroupsPart)) for _, part in self.parts)

    @property
    def gives_cursors(self) -> bool:
        """Whether a cursor of some row is selected."""
        named = {
            name
            for _, part in self.parts
            if isinstance(part, (EdgesPart, PageInfoPart))
            for _, name in part.fields
            if isinstance(name, str)
        }
        return bool(named & {CURSOR, "startCursor", "endCursor"})

    @property
    def nodes(self) -> list[Row | Members]:
        """Every node selection, of `nodes` and of `edges`."""
        found: list[Row | Members] = []
        for _, part in self.parts:
            if isinstance(part, NodesPart):
                found.append(part.node)
            elif isinstance(part, EdgesPart):
                found += [x for _, x in part.fields if isinstance(x, (Row, Members))]
        return found


@dataclass
class Opaque:
    """A field with a resolver of its own: only the interpreter can answer it."""

    name: str


@dataclass
class Space:
    """The roots of an operation, or of a namespace (`query { points { … } }`): response key and root."""

    type_name: str
    roots: list[tuple[str, Root]]

    @property
    def opaque(self) -> bool:
        """Whether some field has a resolver of its own."""
        return is_opaque(self)


Item: TypeAlias = Value | Row | One | Many | Opaque | ConstantPart
Root: TypeAlias = Lookup | Many | Nodes | ConstantPart | Opaque | Space


def below(item: Any) -> Iterator[Any]:
    """What stands directly below an item."""
    match item:
        case Space():
            yield from (root for _, root in item.roots)
        case Row():
            yield from (sub for _, sub in item.items)
        case Many():
            yield from item.nodes
        case One() | Lookup():
            yield item.row
        case Members():
            yield from item.rows.values()
        case Nodes():
            yield from item.lookups


def is_brief(item: Any) -> bool:
    """Whether it takes a few rows by their keys: no list is in it."""
    return not isinstance(item, (Many, Nodes)) and all(map(is_brief, below(item)))


def is_opaque(item: Any) -> bool:
    """Whether it, or anything below it, has a resolver of its own."""
    return isinstance(item, Opaque) or any(map(is_opaque, below(item)))
