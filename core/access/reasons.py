"""What people write in their own words: reasons, findings, decisions, remarks."""

from __future__ import annotations

import unicodedata

from core.access.writing import read_long
from core.db.normal import NOT_PLAIN
from core.errors import InvalidInput
from core.text import Text

REASON = Text("say why", "请说明原因")
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs of Unicode that show nothing."""
VISIBLE = frozenset("LNPS")
"""Letters, numbers, punctuation, signs; the first letters of their categories."""


def explained(field: str, text: str, missing: Text = REASON, least: int = 1) -> str:
    """What was said, trimmed; INVALID_INPUT, `missing`, where it has no letter, or too few characters.

    What can't be seen does not count, and a run of spaces counts as one.
    """
    said = _storable(field, text)
    if _length(said) < least or not any(c.isalnum() and _seen(c) for c in said):
        raise InvalidInput(field, missing, least=least)
    return said


def remarked(field: str, text: str | None) -> str | None:
    """What was said, trimmed, where it need not be; None where nothing can be seen."""
    said = _storable(field, text or "")
    return said if _length(said) else None


def _storable(field: str, text: str) -> str:
    said = read_long(text.strip())
    if said is None:
        raise InvalidInput(field, NOT_PLAIN)
    return said


def _length(text: str) -> int:
    words = ("".join(filter(_seen, word)) for word in text.split())
    return len(" ".join(filter(None, words)))


def _seen(character: str) -> bool:
    category = unicodedata.category(character)
    return character not in BLANK and (category[0] in VISIBLE or category == "Mc")
