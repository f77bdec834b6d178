"""Three Core elements of our own. No other place writes SQL text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement

STRING = sa.String()
CHUNK = 60
"""Operands of one flat chain of `||`.

SQLite 3.40's parser holds 100 symbols, so neither an endless chain nor a tree of parentheses passes;
PostgreSQL overflows its stack at a chain of 3,000.
"""


class Literal(ColumnElement[str]):
    """Constant text of ours (JSON punctuation, response keys), quoted by the dialect.

    Never a value of the caller.
    """

    inherit_cache = False
    type = STRING

    def __init__(self, text: str) -> None:
        """`text` comes from the schema or the document's names."""
        self.text = text


class Concat(ColumnElement[str]):
    """Text of many parts in a row; neighbouring constants melt together."""

    inherit_cache = False
    type = STRING

    def __init__(self, parts: Sequence[Any]) -> None:
        """Parts are constants (str) or expressions; nested ones are taken in."""
        self.parts: list[Any] = []
        for part in parts:
            for piece in part.parts if isinstance(part, Concat) else (part,):
                text = piece.text if isinstance(piece, Literal) else piece
                if isinstance(text, str) and self.parts and isinstance(self.parts[-1], str):
                    self.parts[-1] += text
                else:
                    self.parts.append(text)


def json_object(pairs: Iterable[tuple[str, Any]]) -> Concat:
    """A JSON object of response keys and values; a value is text, an expression, or several in a row."""
    parts: list[Any] = []
    for key, value in pairs:
        parts.append(("," if parts else "{") + json.dumps(key) + ":")
        parts += value if isinstance(value, list) else [value]
    return Concat([*(parts or ["{"]), "}"])


HOLE = "\x01"
"""Marks a hole in the answer. JSON escapes control characters, so no data can forge one."""


def hole(number: int, payload: Any) -> Concat:
    """What is filled after the statement, from the payload; unknown where there is none."""
    return Concat([f"{HOLE}{number}:", payload, HOLE])


class Gather(ColumnElement[str]):
    """The texts of many rows joined by commas, in order; only rows for which `keep` holds."""

    inherit_cache = False
    type = STRING

    def __init__(self, item: Any, order: Sequence[Any] = (), keep: Any = None) -> None:
        """Without `order` the rows come in the order of the subquery that gives them."""
        self.item, self.order, self.keep = item, order, keep


NULL = Concat(["null"])


@compiles(Literal)
def _literal(element: Literal, compiler: Any, **_kw: Any) -> str:
    return compiler.render_literal_value(element.text, STRING)  # type: ignore[no-any-return]


@compiles(Concat)
def _concat(element: Concat, compiler: Any, **kw: Any) -> str:
    texts = [
        compiler.render_literal_value(part, STRING)
        if isinstance(part, str)
        else compiler.process(part.self_group(against=sa.sql.operators.concat_op), **kw)
        for part in element.parts
    ]
    if len(texts) > CHUNK:  # no outer parentheses: || binds tighter than whatever surrounds a Concat
        texts = [f"({' || '.join(texts[i : i + CHUNK])})" for i in range(0, len(texts), CHUNK)]
    return " || ".join(texts)


def _keep(element: Gather, compiler: Any, kw: dict[str, Any]) -> str:
    return "" if element.keep is None else f" FILTER (WHERE {compiler.process(element.keep, **kw)})"


@compiles(Gather, "postgresql")
def _string_agg(element: Gather, compiler: Any, **kw: Any) -> str:
    order = (
        " ORDER BY " + ", ".join(compiler.process(o, **kw) for o in element.order) if element.order else ""
    )
    return f"string_agg({compiler.process(element.item, **kw)}, ','{order}){_keep(element, compiler, kw)}"


@compiles(Gather, "sqlite")
def _group_concat(element: Gather, compiler: Any, **kw: Any) -> str:
    return f"group_concat({compiler.process(element.item, **kw)}, ','){_keep(element, compiler, kw)}"
