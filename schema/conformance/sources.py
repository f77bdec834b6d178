"""What its code says: messages in both languages, imports, types."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from string import Formatter

from core.text import Text
from schema.conformance.outcome import Check, Skipped
from schema.conformance.subject import Subject

OURS = ("core", "plugins", "schema", "server")
OPEN = ("schema.plugin", "schema.testing")
BOTH = 2
PATIENCE = 300
"""Seconds that mypy may take."""

NO_MYPY = Text("mypy is not installed", "未安装 mypy")


def messages(subject: Subject) -> Iterator[str]:
    """Every `Text` has both languages, with the same holes."""
    for file, tree in subject.sources:
        names = _called(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                given = [*node.args, *(word.value for word in node.keywords)]
                said = [one.value for one in given if isinstance(one, ast.Constant)]
                if len(said) == len(given) and not _alike(said):
                    yield subject.place(file, node)


def _called(tree: ast.Module) -> set[str]:
    """The names under which a module knows `Text`."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {one.asname or one.name for node in imports for one in node.names if one.name == "Text"}


def _alike(said: Sequence[object]) -> bool:
    if len(said) != BOTH or not all(isinstance(one, str) and one for one in said):
        return False
    try:
        english, chinese = ({name for _, name, _, _ in Formatter().parse(str(one)) if name} for one in said)
    except ValueError:  # a brace without its pair
        return False
    return english == chinese


def imports(subject: Subject) -> Iterator[str]:
    """Of ours it imports the contract alone."""
    for file, tree in subject.sources:
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                if _is_closed(name, subject.package):
                    yield f"{subject.place(file, node)} {name}"


def _is_closed(name: str, package: str) -> bool:
    mine = f"{name}.".startswith(f"{package}.")
    allowed = any(f"{name}.".startswith(f"{one}.") for one in OPEN)
    return name.partition(".")[0] in OURS and not mine and not allowed


def types(subject: Subject) -> Iterator[str]:
    """It passes mypy's strict mode, with the settings of its own project if it has any."""
    if find_spec("mypy") is None:
        raise Skipped(NO_MYPY)
    where, command = subject.folder.parent, [sys.executable, "-m", "mypy", "--strict", "--no-error-summary"]
    done = subprocess.run(  # noqa: S603  # a program of this environment, on a folder that the caller named
        [*command, "-p", subject.package],
        cwd=where,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        yield from (done.stdout or done.stderr).splitlines()


CHECKS = (
    Check(
        "messages",
        Text(
            "every message stands in both languages, with the same holes", "每条消息都有中英文，且占位符一致"
        ),
        Text(
            "write Text(ENGLISH, CHINESE) with the same holes",
            "请写成 Text(英文, 中文)，两者占位符相同",
        ),
        messages,
    ),
    Check(
        "imports",
        Text("of Baoke it imports schema.plugin alone", "只从 schema.plugin 导入保客的内容"),
        Text(
            "what is not in the contract may change without a word; import it from schema.plugin",
            "契约之外的内容可能随时改变；请从 schema.plugin 导入",
        ),
        imports,
        serious=False,
    ),
    Check(
        "types",
        Text("it passes mypy --strict", "通过 mypy --strict"),
        Text("see the lines of mypy", "见 mypy 输出"),
        types,
    ),
)
