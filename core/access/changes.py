"""Who is told of each row that the API inserts, changes or removes: the door that the audit stands at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.access.viewer import Viewer
from core.db.model import Model, sealed_fields
from core.db.work import UnitOfWork

Values = Mapping[str, Any]
"""Values by column; of a sealed field, by its name, the blind index."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a row. `before`: None for a new one; `after`: None for one that is gone.

    Both have the same names: of a new or a removed row all that hold something, else those that changed.
    """

    work: UnitOfWork
    viewer: Viewer
    row: Model
    before: Values | None
    after: Values | None


class Witness(ABC):
    """Somebody who is told."""

    @abstractmethod
    async def saw(self, change: Change) -> None:
        """In the transaction; what it raises undoes the change.

        A row that is inserted `later` (`core.access.writing.add`) may not have been sent by then.
        """


class Changes:
    """All who are told in one application; services offer it."""

    def __init__(self, witnesses: Sequence[Witness]) -> None:
        """`witnesses`: told in this order."""
        self._witnesses = tuple(witnesses)

    async def tell(self, change: Change) -> None:
        """Tell all."""
        for one in self._witnesses:
            await one.saw(change)


async def tell(
    work: UnitOfWork, viewer: Viewer, row: Model, before: Values | None, after: Values | None
) -> None:
    """Tell whoever is told in this application; nobody of a change that changed nothing."""
    if before is not None and after is not None:
        changed = [name for name, value in after.items() if before[name] != value]
        if not changed:
            return
        before, after = ({name: values[name] for name in changed} for values in (before, after))
    if (changes := work.services.get(Changes)) is not None:
        await changes.tell(Change(work, viewer, row, before, after))


def values_of(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """The present values of these columns and sealed fields."""
    sealed = sealed_fields(type(row))
    return {name: getattr(row, f"{name}_index" if name in sealed else name) for name in names}


def all_values_of(row: Model) -> dict[str, Any]:
    """The present values of all columns and sealed fields that hold something, without the key."""
    return {name: value for name, value in values_of(row, _names(type(row))).items() if value is not None}


@cache
def _names(model: type[Model]) -> Sequence[str]:
    """All columns and sealed fields of a model, without the key."""
    names = dict.fromkeys(column.info.get("sealed", column.name) for column in model.__table__.c)
    return [name for name in names if name != "id"]
