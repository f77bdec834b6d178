"""Signals: further figures of customers that the rules of tiers may ask for, those of plugins too (TIE-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from core.customers.models import Interaction
from core.db.work import UnitOfWork
from core.errors import ConfigurationError
from core.jobs.names import TWICE, checked, owner_of, place_of
from core.text import Text

YEAR = dt.timedelta(days=365)


class AsOf(sa.BindParameter[dt.datetime]):
    """The time of a grading, a bind parameter; `value` is the time itself, for windows."""

    inherit_cache = True
    value: dt.datetime


Expression = Callable[[Any, AsOf], sa.ColumnElement[Any]]
"""From the customers (a table alias) and the time of the grading to SQL for a whole number."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One figure of a customer.

    `name` begins with the plugin: `points.earned`. `about` names the figure in a sentence: `points earned`.
    `expression` makes a scalar of one customer, such as a correlated subquery, from what had happened up to
    the time that it is given (see `AsOf`). Null counts as 0. Whoever sees `commercial` reads it in
    the evidence of the tier: declare none on data that is guarded more closely.
    """

    name: str
    about: Text
    expression: Expression

    def __post_init__(self) -> None:
        """ConfigurationError for a name that can't be used."""
        checked(self.name, self.expression)

    @property
    def owner(self) -> str:
        """The core, or a plugin's name."""
        return owner_of(self.name, self.expression)


def _interactions(customers: Any, as_of: AsOf) -> sa.ColumnElement[int]:
    contact = Interaction.__table__.alias()
    since = sa.literal(as_of.value - YEAR, as_of.type)
    mine = sa.and_(contact.c.customer_id == customers.c.id, contact.c.at > since, contact.c.at <= as_of)
    return sa.select(sa.func.count()).select_from(contact).where(mine).scalar_subquery()


CORE_SIGNALS = (Signal("core.interactions", Text("contacts in 365 days", "365 天内联系次数"), _interactions),)


class Signals:
    """The signals of one application, by name: the core's and those of its plugins."""

    def __init__(self, declared: Sequence[Signal] = ()) -> None:
        """`declared`: by plugins. ConfigurationError for two of one name, naming where both are."""
        found: dict[str, Signal] = {}
        for one in (*CORE_SIGNALS, *declared):
            if one.name in found:
                first, second = place_of(found[one.name].expression), place_of(one.expression)
                raise ConfigurationError(one.name, TWICE, one=first, other=second)
            found[one.name] = one
        self.by_name: Mapping[str, Signal] = MappingProxyType(dict(sorted(found.items())))

    def unknown(self, names: Collection[str]) -> Sequence[str]:
        """Which of these names nobody declares."""
        return sorted(set(names) - self.by_name.keys())

    def of(self, names: Iterable[str]) -> Sequence[Signal]:
        """The signals of these names, in order of name; KeyError for one that nobody declares."""
        return [self.by_name[name] for name in sorted(set(names))]


def signals_of(work: UnitOfWork) -> Signals:
    """Those of the application; the core's alone where it has no registry."""
    return work.services.get(Signals) or Signals()
