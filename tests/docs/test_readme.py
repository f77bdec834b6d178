"""The two front doors, and every other page in two languages, tell the same in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import (
    INLINE,
    ROOT,
    blocks,
    headings,
    in_language,
    language_of,
    links,
    name_of,
    pages,
    prose,
    rows,
    targets,
)

TRANSLATED = [page for page in pages() if language_of(page) == "zh"]
ON_PLUGINS = [page for page in pages() if page.is_relative_to(ROOT / "docs" / "plugins")]


def original(page: Path) -> Path:
    return in_language(page, "en")


def test_the_front_doors_are_there() -> None:
    names = {name_of(page) for page in TRANSLATED}
    assert names >= {"README.zh-CN.md", "docs/quickstart.zh-CN.md", "docs/access.zh-CN.md"}
    assert (ROOT / "README.md").is_file()


@pytest.mark.parametrize("page", ON_PLUGINS, ids=name_of)
def test_every_page_for_authors_of_plugins_is_there_in_both_languages(page: Path) -> None:
    assert in_language(page, "en").is_file()
    assert in_language(page, "zh").is_file()


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
def test_as_many_paragraphs(page: Path) -> None:
    mine, theirs = (len(prose(p).split("\n\n")) for p in (page, original(page)))
    assert mine == theirs


@pytest.mark.parametrize("page", TRANSLATED, ids=name_of)
def test_same_rows_of_tables(page: Path) -> None:
    """As many, and those that begin with code with the same."""
    mine, theirs = ([INLINE.findall(row[0]) for row in rows(p)] for p in (page, original(page)))
    assert mine == theirs


@pytest.mark.parametrize("page", TRANSLATED, ids=name_of)
def test_each_leads_to_the_other(page: Path) -> None:
    assert original(page).name in links(page)
    assert page.name in links(original(page))


@pytest.mark.parametrize("page", TRANSLATED, ids=name_of)
def test_both_lead_to_the_same_pages_each_in_its_language(page: Path) -> None:
    there = {one: in_language(one, "zh") for one in targets(original(page)) if one.suffix == ".md"}
    in_chinese = {one: chinese for one, chinese in there.items() if chinese.is_file()}
    assert targets(page) == {in_chinese.get(one, one) for one in targets(original(page))}
