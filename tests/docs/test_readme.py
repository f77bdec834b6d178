"""The two front doors, and every other page in two languages, tell the same in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, headings, links, name_of, pages

TRANSLATED = [page for page in pages() if page.name.endswith(".zh-CN.md")]


def original(page: Path) -> Path:
    return page.with_name(page.name.replace(".zh-CN", ""))


def test_the_front_doors_are_there() -> None:
    names = {name_of(page) for page in TRANSLATED}
    assert names >= {"README.zh-CN.md", "docs/quickstart.zh-CN.md", "docs/access.zh-CN.md"}
    assert (ROOT / "README.md").is_file()


@pytest.mark.parametrize("page", TRANSLATED, ids=name_of)
def test_same_headings_and_same_code(page: Path) -> None:
    english = original(page)
    assert [level for level, _ in headings(page)] == [level for level, _ in headings(english)]
    mine, theirs = (
        [(b.language, b.words, b.text) for b in blocks(p) if b.language not in {"mermaid", "text"}]
        for p in (page, english)
    )
    assert mine == theirs


@pytest.mark.parametrize("page", TRANSLATED, ids=name_of)
def test_each_leads_to_the_other(page: Path) -> None:
    assert original(page).name in links(page)
    assert page.name in links(original(page))
