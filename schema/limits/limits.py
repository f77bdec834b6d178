"""The limits of one application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """See the settings `max_…` for what each one counts."""

    tokens: int = 5_000
    operations: int = 10
    fragments: int = 50
    depth: int = 10
    aliases: int = 15
    repeats: int = 15
    directives: int = 50
    page: int = 100

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The limits that the settings set."""
        return cls(
            tokens=settings.max_tokens,
            operations=settings.max_operations,
            fragments=settings.max_fragments,
            depth=settings.max_depth,
            aliases=settings.max_aliases,
            repeats=settings.max_repeats,
            directives=settings.max_directives,
            page=settings.max_page,
        )
