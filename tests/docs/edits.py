"""Edits of files that a page leads its reader through.

Behind the language of a block stands what it does:

- `file=PATH`: the block is the file;
- `file=PATH end`: it comes at the file's end, behind empty lines;
- `file=PATH after=NAME`, `file=PATH replace=NAME`: it comes behind, or in place of, what NAME is in a Python
  file: a class, function, method (`Class.method`), field (`Class.field`), or a name that is imported.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tests.docs.pages import Block


def target_of(block: Block) -> str | None:
    """The file that a block edits."""
    return _word(block, "file")


def apply(block: Block, folder: Path) -> None:
    """Do what the block says; LookupError where the file has no such name."""
    path = folder / (target_of(block) or "")
    if not (path.exists() and len(block.words) > 1):
        assert len(block.words) == 1, f"{block.place}: no such file"
        path.write_text(block.text, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    if "end" in block.words:
        between = "\n\n\n" if path.suffix == ".py" else "\n\n"
        path.write_text(text.rstrip() + between + block.text, encoding="utf-8")
        return
    replaced, behind = _word(block, "replace"), _word(block, "after")
    first, last, free = _place(text, replaced or behind or "")
    lines = text.splitlines(keepends=True)
    lines[first if replaced else last : last] = [block.text if replaced else free + block.text]
    path.write_text("".join(lines), encoding="utf-8")


def _word(block: Block, name: str) -> str | None:
    return next((w.partition("=")[2] for w in block.words if w.startswith(f"{name}=")), None)


def _place(text: str, name: str) -> tuple[int, int, str]:
    """The lines of what is called so, from and up to, and what is kept free behind it."""
    body: list[ast.stmt] = ast.parse(text).body
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next((node for node in body if part in _names(node)), None)
        if found is None:
            raise LookupError(name)
        body = getattr(found, "body", [])
    assert found is not None
    first = min([found.lineno, *(one.lineno for one in getattr(found, "decorator_list", []))])
    apart = isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    return first - 1, found.end_lineno or found.lineno, "\n" if apart else ""


def _names(node: ast.stmt) -> set[str]:
    match node:
        case ast.Assign(targets=targets):
            return {one.id for one in targets if isinstance(one, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {one.asname or one.name for one in names}
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
        case _:
            return set()
