"""Laws of CONTRIBUTING.md that no other test enforces, and that every law names something that is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import sqlalchemy as sa

from core.access.rules import EVERYONE
from core.db.model import Unclassified, check_classes, column
from core.db.sensitivity import INTERNAL
from tests.docs.pages import ROOT, Block, all_blocks
from tests.docs.tables import policy

CODE = [*(p for d in ("core", "plugins", "schema") for p in (ROOT / d).rglob("*.py")), ROOT / "server.py"]
TEXT = "Text"


def constants(tree: ast.AST) -> Iterator[ast.Constant]:
    """Constant texts, but for messages: words such as `finance` are also plain English."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == TEXT:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
        yield from constants(node)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_asks_for_a_role(path: Path) -> None:
    """Code declares what can be asked, `policies/` says who gets yes (ACC-1)."""
    roles = policy().roles.keys() - {EVERYONE}
    found = [(node.lineno, node.value) for node in constants(ast.parse(path.read_text(encoding="utf-8")))]
    assert [one for one in found if one[1] in roles] == []


def test_a_column_without_a_class_does_not_load() -> None:
    """BEY-6."""
    bare = sa.Table("probe", sa.MetaData(), sa.Column("name", sa.String))
    with pytest.raises(Unclassified, match=r"no sensitivity class: write column\("):
        column(sa.String, "What it holds.")  # type: ignore[arg-type]
    with pytest.raises(Unclassified, match=r"probe\.name"):
        check_classes(bare)
    assert column(sa.String, INTERNAL, "Some name.").column.info["class"] is INTERNAL


def holes(text: str) -> set[str]:
    """The names of a template's holes."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_messages_have_the_same_holes_in_both_languages(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == TEXT and len(node.args) == 2:
            said = [str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)]
            if len(said) == 2:
                assert holes(said[0]) == holes(said[1]), f"line {node.lineno}"


def test_every_law_names_what_enforces_it() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert named
    for path, function in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {function}(" in source if function else source, f"{path}::{function}"


@pytest.mark.parametrize("block", all_blocks("python"), ids=lambda block: block.place)
def test_python_in_the_documentation_can_be_read(block: Block) -> None:
    text = block.text if not block.text.startswith(" ") else f"class Some:\n{block.text}"
    ast.parse(text)
