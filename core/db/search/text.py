"""What `contains` compares, and the parts of a text by which an index finds it.

The functions are also functions of the database: on SQLite these very ones, on PostgreSQL their copies in
`core.db.search.index`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import orjson

LETTERS = 3
"""Letters of a piece. A Chinese name is one piece from its first letter on; longer ones help few texts."""
MOST_SOUGHT = 32
LAST = "\U0010ffff"


def fold(text: str) -> str:
    """The form in which texts are compared: width (NFKC) and case (case folding) make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()


def pieces(text: str) -> list[str]:
    """What SQLite finds a text by: from each of its letters on, the next `LETTERS`."""
    folded = fold(text)
    return [folded[at : at + LETTERS] for at in range(len(folded))]


def piece_range(folded: str) -> tuple[str, str]:
    """The least and the greatest piece that begins like a sought text, which is not empty."""
    start = folded[:LETTERS]
    return start, start.ljust(LETTERS, LAST)


def grams(folded: str) -> list[str]:
    """What PostgreSQL finds a sought text by: its letters, and its pairs of neighbours."""
    sought = folded[:MOST_SOUGHT]
    return [*sought, *(sought[at : at + 2] for at in range(len(sought) - 1))]


def _fold(text: str | None) -> str | None:
    return None if text is None else fold(text)


def _pieces(text: str | None) -> str:
    return orjson.dumps(pieces(text or "")).decode()


FUNCTIONS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("search_fold", _fold),
    ("search_pieces", _pieces),
)
"""What each connection of SQLite is given, for our statements and the triggers."""
