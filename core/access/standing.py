"""Where a row stands: known, or asked together with the write that depends on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from core.access.cells import Cells
from core.access.relations import ROW
from core.access.viewer import Viewer
from core.db.conditions import Asked
from core.db.work import UnitOfWork
from core.errors import Forbidden, NotFound
from core.text import Text


class Standing:
    """The cell of a row."""

    def __init__(self, cell: int) -> None:
        """The cell is known."""
        self._cell: int | None = cell

    async def within(self, cells: Cells, field: str | None, reason: Text) -> None:
        """FORBIDDEN, naming the field of the input, unless it is one of these; at once if that is known."""
        if self._cell not in cells:
            raise Forbidden(field, reason)


class Unasked(Standing):
    """The cell of a stored row that nobody has asked for: demands are collected until somebody does.

    The unit of work asks before anything else is asked of the database, or writes under the guard that all
    demands hold. NOT_FOUND comes before whatever else is demanded.
    """

    def __init__(
        self, work: UnitOfWork, viewer: Viewer, name: str, key: UUID, missing: Callable[[], NotFound]
    ) -> None:
        """`name`: the row's type; `missing`: what is said where there is none, or none that is visible."""
        self._cell = None
        self._work, self._relations, self._name = work, viewer.plan.catalogue.relations, name
        self._values: Mapping[str, Any] = {**viewer.parameters, ROW: key}
        self._visible, self._missing = viewer.plan.rows(name), missing
        self._demands: list[tuple[Cells, str | None, Text]] = []
        self._left = self._visible & self._relations.possible(name)

    async def within(self, cells: Cells, field: str | None, reason: Text) -> None:
        """As of a known one, but as late as the writing."""
        if self._cell is not None:
            if self._cell not in cells:
                self._work.refuse(Forbidden(field, reason))
            return
        self._demands.append((cells, field, reason))
        self._left &= cells
        if not self._left:
            await self._work.settle()

    @property
    def question(self) -> Asked:
        """Its cell."""
        return self._relations.cell_query(self._name), self._values

    @property
    def guard(self) -> Asked:
        """That it is one in which all demands hold."""
        return self._relations.cell_guard(self._name, self._left), self._values

    def heard(self, rows: Sequence[Sequence[Any]]) -> None:
        """NOT_FOUND, or FORBIDDEN as the first demand that does not hold says."""
        self._cell = sum(rows[0]) if rows else None
        if self._cell not in self._visible:
            raise self._missing()
        for cells, field, reason in self._demands:
            if self._cell not in cells:
                raise Forbidden(field, reason)
