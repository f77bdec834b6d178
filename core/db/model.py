"""The base of every table. A column without a sensitivity class does not load (BEY-6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from core.db.sealing import SealedField
from core.db.search.tables import index_of
from core.db.sensitivity import PUBLIC, UNRECORDED, Sensitivity
from core.db.types import Key

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Unclassified(TypeError):
    """A column was declared without a sensitivity class."""


class Model(DeclarativeBase):
    """A table.

    `__prefix__` is the prefix of its global ids, where it has any; `__access__` says whose row it is.
    """

    metadata = sa.MetaData(naming_convention=NAMING)
    __prefix__: ClassVar[str | None] = None
    __access__: ClassVar[Any] = None

    def __init_subclass__(cls, **kw: Any) -> None:
        """Expand sealed fields into their columns, index what is searched, refuse columns without a class."""
        for name, field in list(vars(cls).items()):
            if isinstance(field, SealedField):
                named = replace(field, table=cls.__tablename__, name=name)
                setattr(cls, name, named)
                for column_name, made in named.columns().items():
                    setattr(cls, column_name, made)
        super().__init_subclass__(**kw)
        if "__table__" in vars(cls):
            check_classes(cls.__table__)  # type: ignore[arg-type]
            for searched in [c for c in cls.__table__.c if c.info.get("search")]:
                index_of(cls.__tablename__, searched)  # it becomes the table's own


def check_classes(table: sa.Table) -> None:
    """Refuse a table with a column that has no sensitivity class."""
    for column in table.c:
        if not isinstance(column.info.get("class"), Sensitivity):
            message = (
                f"column {table.name}.{column.name} has no sensitivity class: "
                "declare it with core.db.model.column(type, CLASS, doc)"
            )
            raise Unclassified(message)


def column(
    kind: Any, sensitivity: Sensitivity, doc: str = "", *args: Any, search: bool = False, **options: Any
) -> Any:
    """A column: its type, its sensitivity class, and what it holds. Unclassified where the class is missing.

    `doc` is also its GraphQL description. `search`: short text that people look for by a part of it; its
    index is made in a migration by `core.db.search.index.add`.
    """
    if not isinstance(sensitivity, Sensitivity):
        message = f"a column of type {kind} has no sensitivity class: write column({kind}, CLASS, ...)"
        raise Unclassified(message)
    info = {"class": sensitivity, "search": search}
    return mapped_column(kind, *args, info=info, doc=doc, **options)


def key_column(doc: str = "Key of this row.") -> Any:
    """The primary key."""
    return column(Key, PUBLIC, doc, primary_key=True)


def reference(
    target: str, sensitivity: Sensitivity, doc: str, *, on_delete: str = "RESTRICT", **options: Any
) -> Any:
    """A foreign key to `table.column`, indexed."""
    options.setdefault("index", True)
    foreign = sa.ForeignKey(target, ondelete=on_delete)
    return mapped_column(Key, foreign, info={"class": sensitivity}, doc=doc, **options)


def mention(target: str, sensitivity: Sensitivity, doc: str, **options: Any) -> Any:
    """A foreign key that the database does not hold, and no index: a log may outlive what it names."""
    foreign = sa.ForeignKey(target, info={"enforced": False})
    return mapped_column(Key, foreign, info={"class": sensitivity}, doc=doc, **options)


def is_enforced(constraint: sa.ForeignKeyConstraint) -> bool:
    """Whether the database holds a foreign key of a model: no `mention`."""
    return all(one.info.get("enforced", True) for one in constraint.elements)


@cache
def sealed_fields(model: type[Model]) -> Mapping[str, SealedField]:
    """The sealed fields of a model by name."""
    return {name: f for name, f in vars(model).items() if isinstance(f, SealedField)}


@cache
def is_sensitive(model: type[Model]) -> bool:
    """Whether some column is of a class whose reading leaves an audit record (ACC-3)."""
    return any(column.info["class"].name not in UNRECORDED for column in model.__table__.c)


@lru_cache(4096)
def camel(name: str) -> str:
    """The GraphQL name of an attribute, as rules and errors name it."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
