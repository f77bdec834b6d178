"""Sentences that the product says to people, in both of its languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Count(int):
    """A number with its noun: `{rows:row|rows}` says `1 row` or `2 rows`; `{rows}` the number alone."""

    def __format__(self, nouns: str) -> str:
        """The number, and the noun that agrees with it."""
        one, _, many = nouns.partition("|")
        return f"{int(self)} {one if self == 1 else many}" if nouns else str(int(self))


@dataclass(frozen=True, slots=True)
class Text:
    """One message in English and Chinese; `{name}` holes are filled by `say`.

    Both languages must have the same holes; `tests/docs/test_laws.py` checks every message of the product.
    """

    en: str
    zh: str

    def say(self, language: Language, **params: object) -> str:
        """The sentence in the language, its holes filled with the parameters."""
        template = self.zh if language == "zh" else self.en
        return template.format(**params) if params else template


def preferred_language(accept_language: str | None) -> Language:
    """The language of an `Accept-Language` header (RFC 9110 12.5.4).

    The first of ours by weight, English without one.
    """
    best: tuple[float, Language] = (0.0, "en")
    for part in (accept_language or "").split(","):
        tag, _, weight = part.strip().partition(";")
        language: Language | None = {"zh": "zh", "en": "en"}.get(tag.split("-")[0].lower())  # type: ignore[assignment]
        try:
            q = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if language and q > best[0]:
            best = (q, language)
    return best[1]
