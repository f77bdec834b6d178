"""Every GraphQL snippet fits the schema; those that name a role are asked of the demo company."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
from pathlib import Path

import pytest
from graphql import parse, validate

from core.extension.plugins import of
from plugins.points import Points
from schema import application
from schema.plugin import Plugin
from schema.vocabulary.schema import Schema
from tests.docs.pages import Block, all_blocks, blocks, name_of, pages
from tests.docs.tables import POLICIES
from tests.docs.worlds import Company, Step, Typed, fits, make_demo, make_year, read_with, steps

pytestmark = pytest.mark.no_cover
"""Documents are executed to be true; what they run is covered by other tests."""

PLAYED = [page for page in pages() if any(steps(blocks(page)))]


OWN = [block for block in all_blocks("graphql") if not any(word.startswith("by=") for word in block.words)]
"""What is asked of Baoke alone; `by=ROLE` asks the plugin that the tutorial makes (test_tutorial)."""


def place(block: Block) -> str:
    return block.place


@pytest.fixture(scope="module")
def schema() -> Schema:
    """With the points, which are on unless the settings say otherwise."""
    return application.make_schema(of([Points()], Plugin))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of demo data; tests copy it."""
    folder = tmp_path_factory.mktemp("demo")
    asyncio.run(make_demo(folder))
    return folder


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with some weeks of the audit."""
    folder = tmp_path_factory.mktemp("year")
    asyncio.run(make_year(folder))
    return folder


@pytest.fixture
def filled(page: Path, request: pytest.FixtureRequest) -> Path:
    """The company that a page speaks of."""
    name = "year" if page.name.startswith("reading-the-audit") else "demo"
    return request.getfixturevalue(name)  # type: ignore[no-any-return]


@pytest.mark.parametrize("block", OWN, ids=place)
def test_snippets_fit_the_schema(block: Block, schema: Schema) -> None:
    assert validate(schema.core, parse(block.text)) == []


@pytest.mark.parametrize("page", PLAYED, ids=name_of)
async def test_answers_are_what_the_page_says(page: Path, filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    company = Company(tmp_path)
    try:
        for step in steps(blocks(page)):
            if isinstance(step, Block):
                await company.change_policies(step)
                continue
            if isinstance(step, Typed):
                printed = await company.type(step)
                assert fits(step.output, printed), f"{step.commands.place}\n{printed}"
                continue
            answer = await company.ask(step)
            said = f"{step.snippet.place}\n{json.dumps(answer, ensure_ascii=False, indent=2)}"
            assert "errors" not in answer or step.answer is not None, said
            assert step.answer is None or fits(step.answer, answer), said
    finally:
        await company.close()


@pytest.mark.parametrize("block", all_blocks("csv"), ids=place)
def test_policy_lines_can_be_used(block: Block, tmp_path: Path) -> None:
    if "quoted" in block.words:
        known = "".join((POLICIES / name).read_text(encoding="utf-8") for name in ("roles.csv", "grants.csv"))
        assert [line for line in block.text.splitlines() if line not in known.splitlines()] == []
    elif "add" in block.words:
        read_with(block.text, tmp_path / "policies")


@pytest.mark.parametrize("block", all_blocks("diff"), ids=place)
def test_changes_of_policies_are_applied(block: Block) -> None:
    assert "apply" in block.words


def test_a_snippet_that_is_answered_names_a_role() -> None:
    for page in pages():
        found = blocks(page)
        for block, after in itertools.pairwise(found):
            if block in OWN and after.language == "json":
                assert block.role, f"{block.place}: say as=ROLE, or the answer is never compared"


def test_gaps_stand_for_text_or_for_anything() -> None:
    assert fits({"a": "…", "b": "cus_…", "c": [1]}, {"a": 3, "b": "cus_01", "c": [1]})
    assert not fits({"b": "cus_…"}, {"b": "emp_01"})
    assert not fits({"c": 1}, {"c": True})
    assert not any(
        isinstance(step, Step) and step.snippet.role is None
        for page in PLAYED
        for step in steps(blocks(page))
    )
