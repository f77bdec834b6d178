"""Parameters of declared SQL whose values the application gives when a statement is run: time, settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from core.services import Services

Find = Callable[[dt.datetime, Services], Any]


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """Stands for a value that is found later."""

    find: Find


def when_asked(kind: sa.types.TypeEngine[Any], find: Find) -> sa.BindParameter[Any]:
    """A parameter of an `expression`, from the time at which it is read and the application's services.

    `when_asked(UtcTime(), lambda now, _: now)` is the time by the application's clock.
    """
    return sa.bindparam(None, Asked(find), type_=kind)


def answered(statement: sa.Select[Any], now: dt.datetime, services: Services) -> sa.Select[Any]:
    """The statement with these parameters' values, for what is run once."""

    def answer(bind: Any) -> None:
        if isinstance(bind.value, Asked):
            bind.value = bind.value.find(now, services)

    return visitors.cloned_traverse(statement, {}, {"bindparam": answer})
