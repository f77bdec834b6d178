"""Code in pages that stands in a file of the repository: ```python of=PATH:NAME holds what NAME is there."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from tests.docs.pages import ROOT

EXCERPT = re.compile(r"^```python of=(?P<path>[^\s:]+):(?P<name>\S+)\n.*?^```$", re.MULTILINE | re.DOTALL)


def filled(text: str) -> str:
    """The page with each excerpt as the file has it now."""
    return EXCERPT.sub(
        lambda m: f"```python of={m['path']}:{m['name']}\n{excerpt(m['path'], m['name'])}\n```", text
    )


@lru_cache
def _tree(path: str) -> tuple[list[str], ast.Module]:
    source = (ROOT / path).read_text(encoding="utf-8")
    return source.splitlines(), ast.parse(source)


def excerpt(path: str, name: str) -> str:
    """The lines of a class, function, method (`Class.method`) or constant; LookupError without one."""
    lines, tree = _tree(path)
    body: list[ast.stmt] = tree.body
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next((node for node in body if part in _names(node)), None)
        if found is None:
            raise LookupError(f"{path} has no {name}")
        body = getattr(found, "body", [])
    assert found is not None
    first = min([found.lineno, *(one.lineno for one in getattr(found, "decorator_list", []))])
    own = lines[first - 1 : found.end_lineno]
    indent = len(own[0]) - len(own[0].lstrip())
    return "\n".join(line[indent:] for line in own)


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return {node.name} if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) else set()
