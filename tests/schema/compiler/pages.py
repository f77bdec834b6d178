"""The judge's lists: which rows, in which order, which page; and which arguments are refused."""

from __future__ import annotations

import enum
import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.access.viewer import Viewer
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import Merged, ToMany
from tests.schema.compiler.conditions import BAD, NO, Conditions
from tests.schema.compiler.relations import Cells, Relations
from tests.schema.compiler.written import read_key, written
from tests.schema.rows import Row, Rows

DEFAULT = 50
Order = list[tuple[str, bool]]


@dataclass(frozen=True)
class Page:
    """Cursor, type and row of each element, and what pageInfo and totalCount must say."""

    rows: list[tuple[str, str, Row]]
    more: bool
    less: bool
    total: int


class Pages:
    """Lists for one caller."""

    def __init__(
        self,
        schema: Schema,
        rows: Rows,
        relations: Relations,
        viewer: Viewer,
        conditions: Conditions,
        most: int,
    ) -> None:
        self._schema, self._rows, self._is, self._viewer, self._most = schema, rows, relations, viewer, most
        self._conditions = conditions

    # -- what does not depend on rows
    def kinds(self, target: ToMany | Merged, given: dict[str, Any], among: Cells | None) -> dict[str, Cells]:
        """Type and cells of each sort of row that may stand in the list."""
        if isinstance(target, ToMany):
            name, scope = target.type_name, given.get("scope") or "ALL"
            cells = self._is.reach(name, among if target.on_path else None, scope)
            return {name: frozenset(cell for cell in cells if self._conditions.told_by_list(target, cell))}
        wanted = target.members if given.get("kinds") is None else given["kinds"]
        return {
            name: frozenset(
                cell
                for cell in self._is.reach(name, among)
                if name in wanted and self._tells_when(target, name, cell)
            )
            for name in target.members
        }

    def _tells_when(self, target: Merged, name: str, cell: str) -> bool:
        """A timeline tells when something happened: kinds whose time may not be seen are not in it."""
        when = target.members[name].when
        return self._is.effect(name, when, self._conditions.class_of(name, when), cell) == "SHOW"

    def faults(self, target: ToMany | Merged, given: dict[str, Any], kinds: dict[str, Cells]) -> set[str]:
        """The codes that the arguments earn."""
        found: set[str] = set()
        counts = [given[n] for n in ("first", "last") if given.get(n) is not None]
        if len(counts) > 1 or any(not 0 <= n <= self._most for n in counts):
            found.add(BAD)
        union, order = self._order(target, given, kinds)
        if isinstance(target, ToMany):
            if None in map(_key, given.get("orderBy") or ()):
                found.add(BAD)
            if any(not self._shown(union, name, kinds[union]) for name, _ in order):
                found.add(NO)
            if given.get("where") is not None:
                found |= self._conditions.faults(union, given["where"], kinds[union])
        for end in ("after", "before"):
            if given.get(end) is not None and self._place(union, order, given[end]) is None:
                found.add(BAD)
        return found

    # -- order
    def _order(
        self, target: ToMany | Merged, given: dict[str, Any], kinds: dict[str, Cells]
    ) -> tuple[str, Order]:
        """What was asked, else the declared order as far as it may be seen; then by id."""
        if isinstance(target, Merged):
            return target.union, [("at", True), ("id", True)]
        name = target.type_name
        asked = [key for entry in given.get("orderBy") or () if (key := _key(entry))]
        order = asked or [one for one in target.order if self._shown(name, one[0], kinds[name])]
        last = order[-1][1] if order else False
        names = [field for field, _ in order]
        return name, order[: names.index("id") + 1] if "id" in names else [*order, ("id", last)]

    def _place_of(self, name: str, path: str) -> tuple[str, str]:
        """The type that declares a field, in a namespace perhaps, and its own name."""
        *spaces, field = path.split(".")
        for space in spaces:
            name = self._schema.type_behind(name, space)
        return name, field

    def _shown(self, name: str, path: str, cells: Cells) -> bool:
        return self._conditions.shown(*self._place_of(name, path), cells)

    def _sort_value(self, name: str, row: Row, path: str) -> Any:
        declaring, field = self._place_of(name, path)
        value = self._conditions.value(declaring, row, field)
        return value.name if isinstance(value, enum.Enum) else value

    @staticmethod
    def _compare(order: Order, one: Sequence[Any], other: Sequence[Any]) -> int:
        """Nulls last, whichever way a key runs."""
        for (_, down), a, b in zip(order, one, other, strict=True):
            if a != b:
                if a is None or b is None:
                    return 1 if a is None else -1
                return (1 if a > b else -1) * (-1 if down else 1)
        return 0

    # -- cursors
    @staticmethod
    def _mark(union: str, order: Order) -> str:
        said = ",".join(name + "+-"[down] for name, down in order)
        return hashlib.sha256(f"{union}|{said}".encode()).hexdigest()[:8]

    def _cursor(self, union: str, order: Order, values: Sequence[Any]) -> str:
        plain = [self._mark(union, order), *(written(v) for v in values)]
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode().hex()

    def _place(self, union: str, order: Order, text: str) -> list[Any] | None:
        """The key values of a cursor of this list in this order; None for anything else."""
        try:
            mark, *values = json.loads(bytes.fromhex(text).decode())
            if mark != self._mark(union, order) or len(values) != len(order):
                return None
            return [self._read(union, name, v) for (name, _), v in zip(order, values, strict=True)]
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None

    def _read(self, union: str, field: str, value: Any) -> Any:
        if union not in self._schema.models:  # a timeline
            return read_key({"at": "time", "id": "id"}[field], value)
        target: Any = self._schema.target(*self._place_of(union, field))
        if value is None and target.nullable:
            return None
        if target.kind == "choice":
            return target.type.enum_class[value].name
        return read_key(target.kind, value)

    # -- over the rows
    def read(
        self, target: ToMany | Merged, given: dict[str, Any], parent: Row | None, kinds: dict[str, Cells]
    ) -> Page:
        """The page."""
        union, order = self._order(target, given, kinds)
        found = [(name, row) for name in kinds for row in self.rows_of(target, name, given, parent)]
        placed = [(self._keys(target, order, name, row), name, row) for name, row in found]
        place_of = functools.cmp_to_key(functools.partial(self._compare, order))
        placed.sort(key=lambda one: place_of(one[0]))
        window = placed
        for end, way in (("after", 1), ("before", -1)):
            if given.get(end) is not None:
                place = self._place(union, order, given[end])
                assert place is not None
                window = [one for one in window if self._compare(order, one[0], place) == way]
        count, last = given.get("first"), given.get("last")
        if last is not None:
            page = window[len(window) - min(last, len(window)) :]
            more, less = given.get("before") is not None, given.get("after") is not None or len(window) > last
        else:
            count = DEFAULT if count is None else count
            page = window[:count]
            more = given.get("before") is not None or len(window) > count
            less = given.get("after") is not None
        cursors = [(self._cursor(union, order, keys), name, row) for keys, name, row in page]
        return Page(cursors, more, less, len(placed))

    def rows_of(
        self, target: ToMany | Merged, name: str, given: dict[str, Any], parent: Row | None
    ) -> list[Row]:
        """The rows of the list, whatever the page."""
        found = []
        for row in self._rows[name]:
            if target.remote and (parent is None or row[target.remote] != parent[target.local]):
                continue
            cell = self._is.cell(self._viewer, name, row)
            if not self._is.readable(name, cell):
                continue
            if isinstance(target, Merged):
                if given.get("kinds") is not None and name not in given["kinds"]:
                    continue
                if not self._tells_when(target, name, cell):
                    continue
            elif (
                not _counts(target, row, given.get("version"))
                or not self._conditions.told_by_list(target, cell)
                or ((given.get("scope") or "ALL") != "ALL" and given["scope"].lower() not in cell.split("+"))
                or (given.get("where") is not None and not self._conditions.meets(name, row, given["where"]))
            ):
                continue
            found.append(row)
        return found

    def _keys(self, target: ToMany | Merged, order: Order, name: str, row: Row) -> list[Any]:
        if isinstance(target, Merged):
            return [self._conditions.value(name, row, target.members[name].when), row["id"]]
        return [self._sort_value(name, row, field) for field, _ in order]


def _key(entry: dict[str, Any]) -> tuple[str, bool] | None:
    """The path that an entry of `orderBy` names, and whether downwards; None unless it names just one."""
    ((name, below),) = entry.items() if len(entry) == 1 else [("", None)]
    if isinstance(below, dict):
        found = _key(below)
        return found and (f"{name}.{found[0]}", found[1])
    return below and (name, below == "DESC")


def _counts(target: ToMany, row: Row, version: int | None) -> bool:
    """Whether a row counts in a version, or now."""
    if target.versions is None:
        return True
    since, until = (row[name] for name in target.versions)
    if version is None:
        return until is None
    return since <= version and (until is None or until > version)
