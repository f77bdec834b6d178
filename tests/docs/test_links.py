"""Every link of the documentation leads somewhere, and every page is led to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import OUTSIDE, ROOT, anchor, headings, links, name_of, pages, target


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_resolve(page: Path) -> None:
    for link in links(page):
        if link.startswith(OUTSIDE):
            continue
        found = target(page, link)
        assert found.exists(), f"{link}: no such file"
        assert found.is_relative_to(ROOT), f"{link} leads out of the repository"
        if fragment := link.partition("#")[2]:
            assert fragment in {anchor(text) for _, text in headings(found)}, f"{link}: no such heading"


def test_every_page_of_the_docs_is_reached_from_the_index() -> None:
    todo, seen = [ROOT / "docs" / "index.md"], set[Path]()
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        todo += [target(page, link) for link in links(page) if not link.startswith(OUTSIDE)]
    assert set(pages()) - seen == set()
