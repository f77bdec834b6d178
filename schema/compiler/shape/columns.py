"""Which columns of its source a part of the tree reads."""

from __future__ import annotations

from typing import Any

from schema.compiler.tree import ConstantPart, Many, Members, One, Row, Value


class Columns:
    """Stands for a row source and notes which columns are read, so that a set carries these and no others."""

    def __init__(self, table: Any) -> None:
        """`table`: whose columns may be asked for."""
        self._table, self.names, self.c = table, dict[str, None](), self

    def __getattr__(self, name: str) -> Any:
        """As `source.c.name`."""
        return self[name]

    def __getitem__(self, name: str) -> Any:
        """As `source.c["name"]`."""
        self.names[name] = None
        return self._table.c[name]


def touch(item: Any, columns: Columns) -> None:
    """Note which columns of its source an item reads."""
    if isinstance(item, Value):
        item.build(columns)
    elif isinstance(item, Row):
        for sub in (*(sub for _, sub in item.items), *item.notes):
            touch(sub, columns)
    elif isinstance(item, One):
        _ = columns[item.local]
        if item.shown:
            item.shown(columns)
    elif isinstance(item, Many):
        _ = columns[item.local]
    elif isinstance(item, Members):
        _ = columns["id"], columns["kind"]


def is_flat(item: Any) -> bool:
    """Whether an element is made of its own columns alone."""
    if isinstance(item, Row):
        return all(is_flat(sub) for _, sub in item.items)
    return isinstance(item, (Value, ConstantPart, Members))
