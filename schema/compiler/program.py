"""Programs: a statement rendered once, with everything needed to bind values, run it and fill its holes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from core.access.relations import DEPARTMENTS, EMPLOYEE, PURPOSE
from core.access.viewer import Viewer
from core.db.readers import Reader
from core.db.sealing import Sealer
from schema.compiler.dialect import Dialect
from schema.compiler.elements import HOLE
from schema.compiler.parameters import Parameters
from schema.compiler.readings import Reading
from schema.compiler.values import Getter, Variables
from schema.vocabulary.targets import Batch, BatchContext, Sealed

Hole: TypeAlias = Batch | Sealed | Reading
OVERHEAD = 4
"""A program takes about this many bytes for each byte of its SQL."""


@dataclass(slots=True)
class Binder:
    """One parameter: where its value comes from, and the driver's form of it."""

    name: str
    get: Getter | None
    process: Any
    constant: Any


@dataclass(slots=True)
class Program:
    """SQL, binders, checks of values that the SQL does not need, holes.

    `uses`: sensitive fields that the answer depends on and no customer can be told of.
    """

    sql: str
    binders: Sequence[Binder]
    checks: Sequence[Getter]
    holes: Sequence[Hole]
    uses: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return len(self.sql) * OVERHEAD + 2000

    def arguments(
        self, variables: Variables, viewer: Viewer, extra: Mapping[str, Any] | None = None
    ) -> list[Any]:
        """The driver's arguments.

        Every value of the caller is checked, used or not; BAD_USER_INPUT names its place.
        """
        known: Mapping[str, Any] = {
            EMPLOYEE: viewer.employee,
            DEPARTMENTS: viewer.departments,
            PURPOSE: viewer.purpose,
            **(extra or {}),
        }
        found = []
        for binder in self.binders:
            value = known.get(binder.name, binder.constant) if binder.get is None else binder.get(variables)
            found.append(None if value is None else binder.process(value))
        for check in self.checks:
            check(variables)
        return found

    async def run(self, reader: Reader, arguments: Sequence[Any], filler: Filler) -> bytes:
        """The text that the statement gives, its holes filled, and told what no customer was told of."""
        text = await self.part(reader, arguments, filler)
        filler.finish(self.holes, self.uses)
        return text

    async def part(self, reader: Reader, arguments: Sequence[Any], filler: Filler) -> bytes:
        """The same, of an answer that other statements add to."""
        text = await reader.value(self.sql, arguments)
        return await filler.fill(text, self.holes) if self.holes else text


def render(
    statement: Any,
    dialect: Dialect,
    parameters: Parameters,
    holes: Sequence[Hole],
    uses: Iterable[str] = (),
) -> Program:
    """A statement that gives one text, as SQL that gives its bytes, and binders; the rest as in `Program`."""
    (text,) = statement.selected_columns
    made = dialect.render(statement.with_only_columns(dialect.octets(text), maintain_column_froms=True))
    binders = [
        Binder(name, parameters.getter(name, constant), made.processors[name], constant)
        for name, constant in ((name, made.constants.get(name)) for name in made.order)
    ]
    used = set(made.order)
    return Program(
        made.sql,
        binders,
        [get for name, get in parameters.getters.items() if name not in used],
        holes,
        tuple(uses),
    )


@dataclass(slots=True)
class Filler:
    """Fills the holes of one answer: opens what is sealed, asks batch resolvers once each.

    `read`: sensitive fields that the answer shows, with the customers whom they are of (BEY-10).
    """

    sealer: Sealer
    context: BatchContext
    read: list[tuple[tuple[str, ...], Collection[bytes]]] = field(default_factory=list)
    _marked: set[int] = field(default_factory=set)

    def finish(self, holes: Sequence[Hole], uses: Iterable[str]) -> None:
        """Tell of `uses`, and of what rows were sought by where none was found, without customers."""
        names = dict.fromkeys(uses)
        for index, hole in enumerate(holes):
            if isinstance(hole, Reading) and index not in self._marked:
                names.update(hole.used)
        told = tuple(names)
        if told and all(told != fields for fields, _ in self.read):  # or one request would count as two
            self.read.append((told, ()))

    async def fill(self, text: bytes, holes: Sequence[Hole]) -> bytes:
        """`0x01 hole:payload 0x01` becomes JSON. The byte can't come from data: JSON escapes it."""
        parts = text.split(HOLE.encode())
        batches: dict[int, list[int]] = {}
        marked: dict[int, set[bytes]] = {}
        for i in range(1, len(parts), 2):
            number, _, payload = parts[i].partition(b":")
            index = int(number)
            hole = holes[index]
            if isinstance(hole, Reading):
                marked.setdefault(index, set()).add(payload)
                parts[i] = b""
            elif isinstance(hole, Sealed):
                parts[i] = orjson.dumps(
                    self.sealer.open(hole.field.associated, bytes.fromhex(payload.decode()))
                )
            else:
                parts[i] = payload
                batches.setdefault(index, []).append(i)
        self._marked.update(marked)
        for index, customers in marked.items():
            self.read.append((tuple(holes[index].fields), customers))  # type: ignore[union-attr]
        for index, places in batches.items():
            batch = holes[index]
            assert isinstance(batch, Batch)  # noqa: S101
            keys = [UUID(hex=parts[i].decode()) for i in places]
            values = await batch.resolve(self.context, keys)
            for i, value in zip(places, values, strict=True):
                parts[i] = orjson.dumps(value)
        return b"".join(parts)
