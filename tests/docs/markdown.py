"""What tables of the documentation are written with."""

from __future__ import annotations

import re
from collections.abc import Iterable


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown; bars in cells are escaped."""
    lines = [list(header), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |\n" for line in lines)


def in_words(text: str) -> str:
    """Without the numbers of requirements, which say nothing to a reader."""
    return re.sub(r" \([A-Z]{3}-\d+\)", "", text)
