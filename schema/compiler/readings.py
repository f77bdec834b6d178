"""Which sensitive fields an answer shows or depends on, and of which customers, for the audit (ACC-3).

Each object that shows some carries a mark in the answer's text: a hole that is filled with nothing, and names
the customer's key on the way. So the one statement tells both, and an object that is not there tells nothing.
A customer who is shown with their id is marked by that: the key is the hole's, and is left where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa

from core.access.cells import Cells, Predicate, choose, decide
from core.access.plan import SHOWN, AccessPlan
from core.access.viewer import Viewer
from core.audit.choices import AuditKind
from core.customers.models import Customer
from core.db.sensitivity import UNRECORDED
from schema.compiler.elements import Concat, hole
from schema.compiler.tree import Many, Row, Source, Summed, Value
from schema.vocabulary.targets import Merged, ToMany, ToOne

NOTHING = Concat([""])


@dataclass(slots=True)
class Reading:
    """A hole that is filled with nothing: these fields (`Customer.phone`) of one customer are shown.

    `used`: those of them by which rows were found, so that finding none tells of them too. `kept`: it is the
    key of an id that is shown, so it is filled with that.
    """

    fields: dict[str, None] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)
    kept: bool = False


@cache
def customers_in(table: Any) -> tuple[str, ...]:
    """The columns of a table that name customers; of their own table the key."""
    if table is Customer.__table__:
        return ("id",)
    keys = ((c.name, key.column.table) for c in table.c for key in c.foreign_keys)
    return tuple(dict.fromkeys(name for name, other in keys if other is Customer.__table__))


class Auditor(Protocol):
    """Who writes down what was read; see `core.audit.service`."""

    @property
    def full(self) -> bool:
        """Whether requests have to wait until it has written."""
        ...

    def note_read(
        self, viewer: Viewer, operation: str, fields: tuple[str, ...], customers: Collection[bytes]
    ) -> None:
        """Note it, to be written soon. `customers`: their keys as text."""
        ...

    def note_refusal(self, viewer: Viewer, operation: str, code: str, field: str | None) -> None:
        """Note that a caller was refused something."""
        ...

    async def write_now(
        self,
        viewer: Viewer,
        kind: AuditKind,
        operation: str,
        fields: tuple[str, ...],
        customers: Collection[bytes],
    ) -> None:
        """Write at once."""
        ...

    async def flush(self) -> None:
        """Write what was noted."""
        ...


class Readings:
    """Notes of one compilation. `uses`: fields that no customer can be told of."""

    def __init__(
        self,
        plan: AccessPlan,
        holes: list[Any],
        holds: Callable[[str, Source], Predicate],
        key_text: Callable[[Any], Any],
    ) -> None:
        """`holes`: all of the answer; `holds`: as `Selector.holds`; `key_text`: as of the dialect."""
        self._plan, self._holes, self._holds, self._key_text = plan, holes, holds, key_text
        self._made: dict[tuple[int, Cells], tuple[Row, Reading]] = {}
        self._identified: dict[int, Row] = {}
        self.uses: dict[str, None] = {}

    def shown(self, row: Row, name: str, *, carries: bool = False) -> Callable[[Source], Any] | None:
        """An object shows a field, in some cells at least.

        A field that `carries` gets the mark to put before its own text, where that is shown in some cells
        only: so the question in which the row stands is asked once for both.
        """
        effects = self._plan.effects(row.type_name, name)
        cells = frozenset(cell for cell in row.reach if effects[cell] == SHOWN)
        if not cells or not (self._sensitive(row.type_name, name) or self._leaves(row)):
            return None
        key = (id(row), cells)
        alone = carries and row.above is None and cells != row.reach and key not in self._made
        self._mark(row, f"{row.type_name}.{name}", cells, apart=not alone)
        return self._text(row, key) if alone and key in self._made else None

    def identified(self, row: Row, column: str) -> Callable[[Source], Any]:
        """An object shows an id in every cell: the text of the key, which is the mark where there is one."""

        def key(source: Source) -> Any:
            return self._key_text(source.c[column])

        if row.above is not None or row.table is not Customer.__table__ or column != "id":
            return key
        self._identified[id(row)], place = row, (id(row), row.reach)
        if place in self._made:
            self._made[place][1].kept = True
        return lambda source: (
            hole(self._number(self._made[place][1]), key(source)) if place in self._made else key(source)
        )

    def used(self, row: Row, declaring: str, name: str) -> None:
        """Rows are compared, ordered, grouped or measured by a field, whether it is shown or not."""
        if self._sensitive(declaring, name) or self._leaves(row):
            row.used[f"{declaring}.{name}"] = None

    def settle(self, row: Row, nodes: Iterable[Row] = (), *, summed: bool = False) -> None:
        """Tell what `row` is used by of the customers whose objects come of it; `nodes`: those objects.

        `summed`: figures over all rows come of it too, whichever are on the page. Each is of the one customer
        whom all its rows are about, or of none that could be told.
        """
        told = [row] if row.above else list(nodes)
        for name in row.used:
            if not told or (summed and not row.above):
                self.uses[name] = None
                self._sum(row, name)
            for one in told:
                self._mark(one, name, one.reach).used[name] = None

    def held(self, many: Many) -> None:
        """Tell what a list's cursors hold, as anybody can read them: the values that it is ordered by."""
        if not many.gives_cursors:
            return
        nodes = [node for node in many.nodes if isinstance(node, Row)]
        row = many.row if many.row.above is not None or not nodes else nodes[0]
        for declaring, name in many.held:
            if self._sensitive(declaring, name):
                self._mark(row, f"{declaring}.{name}", row.reach)

    @staticmethod
    def shares(above: Row, target: ToOne | ToMany | Merged) -> bool:
        """Whether the rows behind a relation are about the same customers as the object that has it."""
        if isinstance(target, Merged):
            return target.local in customers_in(above.table)
        return (
            target.on_path
            and target.local in customers_in(above.table)
            and target.remote in customers_in(target.model.__table__)
        )

    def _sensitive(self, type_name: str, name: str) -> bool:
        return self._plan.catalogue.fields.get((type_name, name), "public") not in UNRECORDED

    def _leaves(self, row: Row) -> bool:
        """Whether it is about a customer and taken out: of an export every field is told."""
        return self._plan.exporting and isinstance(row.table, sa.Table) and bool(customers_in(row.table))

    def _mark(self, row: Row, name: str, cells: Cells, *, apart: bool = True) -> Reading:
        """The mark of an object in these cells; `apart`: before the object, where nothing else carries it."""
        while row.above is not None:
            row = row.above
        columns = customers_in(row.table) if isinstance(row.table, sa.Table) else ()
        if not columns:
            self.uses[name] = None
            return Reading()
        key = (id(row), cells)
        if key not in self._made:
            reading = Reading(kept=id(row) in self._identified and cells == row.reach)
            self._made[key] = (row, reading)  # the row is kept, so that its id stays its own
            self._holes.append(self._made[key][1])
            if apart:
                row.notes.append(self._note(row, key))
        self._made[key][1].fields[name] = None
        return self._made[key][1]

    def _sum(self, row: Row, name: str) -> None:
        columns = customers_in(row.table) if isinstance(row.table, sa.Table) else ()
        if not columns:
            return
        if row.summed is None:
            row.summed = Summed(columns, len(self._holes), {})
            self._holes.append(Reading(row.summed.fields))
        row.summed.fields[name] = None

    def _note(self, row: Row, key: tuple[int, Cells]) -> Value:
        decision, text = decide(sorted(row.reach), lambda cell: cell in key[1]), self._text(row, key)
        reading = self._made[key][1]

        def note(source: Source) -> Any:
            if reading.kept:
                return NOTHING
            holds = self._holds(row.anchor, source)
            return choose(decision, holds, lambda on: text(source) if on else NOTHING)

        return Value(note)

    def _text(self, row: Row, key: tuple[int, Cells]) -> Callable[[Source], Any]:
        """The mark itself."""
        number = self._number(self._made[key][1])

        def text(source: Source) -> Any:
            marks = (hole(number, self._key_text(source.c[name])) for name in customers_in(row.table))
            return Concat([sa.func.coalesce(mark, NOTHING) for mark in marks])

        return text

    def _number(self, reading: Reading) -> int:
        return next(i for i, one in enumerate(self._holes) if one is reading)
