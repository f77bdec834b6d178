"""Programs: a statement rendered once, with everything needed to bind values, run it and fill its holes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from core.access.relations import DEPARTMENTS, EMPLOYEE
from core.access.viewer import Viewer
from core.db.readers import Reader
from core.db.sealing import Sealer
from schema.compiler.dialect import Dialect
from schema.compiler.parameters import Parameters
from schema.compiler.select import HOLE
from schema.compiler.values import Getter, Variables
from schema.vocabulary.targets import Batch, BatchContext, Sealed

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
    """SQL, binders, checks of values that the SQL does not need, and holes."""

    sql: str
    binders: Sequence[Binder]
    checks: Sequence[Getter]
    holes: Sequence[Batch | Sealed]

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
        """The text that the statement gives, its holes filled."""
        text = await reader.value(self.sql, arguments)
        return await filler.fill(text, self.holes) if self.holes else text


def render(
    statement: Any, dialect: Dialect, parameters: Parameters, holes: Sequence[Batch | Sealed]
) -> Program:
    """A statement that gives one text, as SQL that gives its bytes, and binders."""
    (text,) = statement.selected_columns
    made = dialect.render(statement.with_only_columns(dialect.octets(text), maintain_column_froms=True))
    binders = [
        Binder(name, parameters.getter(name, constant), made.processors[name], constant)
        for name, constant in ((name, made.constants.get(name)) for name in made.order)
    ]
    used = set(made.order)
    return Program(
        made.sql, binders, [get for name, get in parameters.getters.items() if name not in used], holes
    )


@dataclass(slots=True)
class Filler:
    """Fills the holes of one answer: opens what is sealed, asks batch resolvers once each."""

    sealer: Sealer
    context: BatchContext

    async def fill(self, text: bytes, holes: Sequence[Batch | Sealed]) -> bytes:
        """`0x01 hole:payload 0x01` becomes JSON. The byte can't come from data: JSON escapes it."""
        parts = text.split(HOLE.encode())
        batches: dict[int, list[int]] = {}
        for i in range(1, len(parts), 2):
            number, _, payload = parts[i].partition(b":")
            hole = holes[int(number)]
            if isinstance(hole, Sealed):
                parts[i] = orjson.dumps(
                    self.sealer.open(hole.field.associated, bytes.fromhex(payload.decode()))
                )
            else:
                parts[i] = payload
                batches.setdefault(int(number), []).append(i)
        for index, places in batches.items():
            batch = holes[index]
            assert isinstance(batch, Batch)  # noqa: S101
            keys = [UUID(hex=parts[i].decode()) for i in places]
            values = await batch.resolve(self.context, keys)
            for i, value in zip(places, values, strict=True):
                parts[i] = orjson.dumps(value)
        return b"".join(parts)
