"""The messages by which authors of plugins look for help are those of the product, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest

from core.text import LANGUAGES, Language
from tests.docs.pages import ROOT, in_language, rows
from tests.docs.test_laws import CODE, TEXT
from tests.docs.worlds import GAP

PAGE = ROOT / "docs" / "plugins" / "troubleshooting.md"
HOLE = re.compile(r"\{[^{}]*\}")


@lru_cache
def messages() -> list[dict[Language, str]]:
    """Every message of the product, gaps for what is filled in."""
    return [
        dict(zip(LANGUAGES, (HOLE.sub(GAP, str(ast.literal_eval(said))) for said in node.args), strict=True))
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == TEXT
        if len(node.args) == len(LANGUAGES) and all(isinstance(said, ast.Constant) for said in node.args)
    ]


def quoted(language: Language) -> Iterator[str]:
    """What stands between the gaps of the messages on the page."""
    for row in rows(in_language(PAGE, language)):
        if row[0].startswith("`"):
            yield from (part.strip() for part in re.split(f"[{GAP};；]", row[1]) if part.strip(" ,，"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_quoted_messages_are_the_products(language: Language) -> None:
    said = list(quoted(language))
    assert said
    assert [part for part in said if not any(part in one[language] for one in messages())] == []
