"""Programs: a statement rendered once, with everything needed to bind values, run it and fill its holes."""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from asyncpg.pgproto import pgproto

from core.access.relations import DEPARTMENTS, EMPLOYEE, PURPOSE
from core.access.viewer import Viewer
from core.db.readers import Reader
from core.db.sealing import Sealer
from schema.compiler.dialect import Dialect
from schema.compiler.elements import HOLE
from schema.compiler.parameters import Parameters
from schema.compiler.readings import Reading
from schema.compiler.select import Selector
from schema.compiler.tree import is_brief
from schema.compiler.values import Getter, Variables
from schema.vocabulary.targets import Batch, BatchContext, Sealed

Hole: TypeAlias = Batch | Sealed | Reading
MARK = HOLE.encode()
OVERHEAD = 4
"""A program takes about this many bytes for each byte of its SQL."""


@dataclass(slots=True)
class Binder:
    """One parameter: where its value comes from, and the driver's form of it."""

    name: str
    get: Getter | None
    make: Callable[[Any], Any] | None
    constant: Any


@dataclass(slots=True)
class Program:
    """SQL, binders, checks of values that the SQL does not need, holes.

    `brief`: it takes a few rows by their keys.
    `uses`: sensitive fields that the answer depends on and no customer can be told of.
    """

    sql: str
    binders: Sequence[Binder]
    checks: Sequence[Getter]
    holes: Sequence[Hole]
    uses: tuple[str, ...] = ()
    brief: bool = False

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
            found.append(value if binder.make is None or value is None else binder.make(value))
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
        text = await reader.value(self.sql, arguments, brief=self.brief)
        return await filler.fill(text, self.holes) if self.holes else text


def render(
    statement: Any,
    dialect: Dialect,
    parameters: Parameters,
    holes: Sequence[Hole],
    uses: Iterable[str] = (),
    *,
    brief: bool = False,
) -> Program:
    """A statement that gives one text, as SQL that gives its bytes, and binders; the rest as in `Program`."""
    (text,) = statement.selected_columns
    made = dialect.render(statement.with_only_columns(dialect.octets(text), maintain_column_froms=True))
    binders = [
        Binder(name, parameters.getter(name, constant), make, constant)
        for name, make, constant in ((name, make, made.constants.get(name)) for name, make in made.parameters)
    ]
    used = {name for name, _ in made.parameters}
    return Program(
        made.sql,
        binders,
        [get for name, get in parameters.getters.items() if name not in used],
        holes,
        tuple(uses),
        brief,
    )


def compiled(s: Selector, dialect: Dialect, statement: Any, tree: Any) -> Program:
    """The program of a whole tree, as it was selected."""
    return render(statement, dialect, s.parameters, s.holes, s.readings.uses, brief=is_brief(tree))


@dataclass(slots=True)
class Filler:
    """Fills the holes of one answer: opens what is sealed, asks batch resolvers once each.

    `read`: sensitive fields that the answer shows, with the customers whom they are of (BEY-10).
    """

    sealer: Sealer
    viewer: Viewer
    reader: Reader
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
        parts = text.split(MARK)
        if len(holes) == 1:
            parts[1::2] = await self._texts(0, holes[0], [part[2:] for part in parts[1::2]])
            return b"".join(parts)
        places: dict[bytes, list[int]] = {}
        for i in range(1, len(parts), 2):
            number, _, parts[i] = parts[i].partition(b":")
            if (of_hole := places.get(number)) is None:
                of_hole = places[number] = []
            of_hole.append(i)
        for number, found in places.items():
            texts = await self._texts(int(number), holes[int(number)], [parts[i] for i in found])
            for i, filled in zip(found, texts, strict=True):
                parts[i] = filled
        return b"".join(parts)

    async def _texts(self, index: int, hole: Hole, payloads: Sequence[bytes]) -> Iterable[bytes]:
        """What comes where one hole is, for each payload that the answer has of it."""
        match hole:
            case Reading():
                if payloads:
                    self._marked.add(index)
                    self.read.append((tuple(hole.fields), payloads))
                return payloads if hole.kept else repeat(b"", len(payloads))
            case Sealed():
                associated = hole.field.associated
                return [orjson.dumps(self.sealer.open(associated, unhexlify(one))) for one in payloads]
            case Batch():
                # The driver's UUIDs are made and compared in C.
                keys: list[UUID] = [pgproto.UUID(one.decode()) for one in payloads]
                context = BatchContext(self.viewer, self.reader.rows)
                return map(orjson.dumps, await hole.resolve(context, keys) if keys else ())
