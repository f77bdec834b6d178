"""The columns of an export: the leaves of what is selected on a node, by their response keys."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import orjson
from graphql import FieldNode, GraphQLSchema, get_named_type, get_nullable_type, is_list_type

from schema.compiler.documents import Document

Path: TypeAlias = tuple[str, ...]
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes text for a formula (OWASP, CSV injection)."""
MARK = "\ufeff"
"""By this a spreadsheet knows UTF-8."""


def columns_of(document: Document, schema: GraphQLSchema, nodes: FieldNode, type_name: str) -> list[Path]:
    """A path for each leaf below `nodes`; what is a list is one column, as JSON."""
    return list(dict.fromkeys(_below(document, schema, nodes, type_name, ())))


def _below(
    document: Document, schema: GraphQLSchema, node: Any, type_name: str, path: Path
) -> Iterator[Path]:
    for selected in node.selection_set.selections:
        if not isinstance(selected, FieldNode):
            name = getattr(selected, "name", None)
            inner = document.fragments[name.value] if name else selected
            yield from _below(document, schema, inner, type_name, path)
            continue
        here = (*path, (selected.alias or selected.name).value)
        field = getattr(schema.type_map[type_name], "fields", {}).get(selected.name.value)
        below = get_named_type(field.type).name if field is not None else ""
        listed = field is not None and is_list_type(get_nullable_type(field.type))
        if selected.selection_set is None or listed or below.endswith("Connection"):
            yield here
        else:
            yield from _below(document, schema, selected, below, here)


def header(columns: Sequence[Path]) -> bytes:
    """The first line."""
    return (MARK + _line([".".join(path) for path in columns])).encode()


def line(columns: Sequence[Path], node: Mapping[str, Any]) -> bytes:
    """One row; RFC 4180."""
    return _line([_text(_at(node, path)) for path in columns]).encode()


def _at(node: Any, path: Path) -> Any:
    for key in path:
        node = node.get(key) if node is not None else None
    return node


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return orjson.dumps(value).decode()
    return f"'{value}" if value.startswith(RISKY) else value


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
