"""Policies in a folder: roles.csv and grants.csv, line by line, and casbin's model.conf."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.access.lines import (
    ROLE_FORM,
    RULE_FORM,
    Line,
    Link,
    Placed,
    fault_of_roles,
    policy_of,
    read_line,
)
from core.access.rules import EVERYONE, GRANTS, ROLES, Policy, PolicyError, Role, Rule, refuse
from core.text import Text

TWICE = Text("the same rule stands at {other}; remove one", "与 {other} 重复，请删去其一")
UNKNOWN_ROLE = Text("unknown role {name}; declare it in roles.csv", "未知角色 {name}；请在 roles.csv 中声明")
NOT_UTF8 = Text("save the file as UTF-8", "请将文件另存为 UTF-8 编码")
MISSING_FILE = Text(
    "no such file; policies need model.conf, roles.csv and grants.csv",
    "文件不存在；策略需要 model.conf、roles.csv 和 grants.csv",
)
KINDS: dict[str, tuple[tuple[type, ...], Text]] = {
    ROLES: ((Role, Link), ROLE_FORM),
    GRANTS: ((Rule,), RULE_FORM),
}
"""What sort of lines a file holds, and how they are written."""


def read_policy(folder: Path, faults: list[PolicyError] | None = None) -> Policy:
    """Read `roles.csv`, `grants.csv` and `model.conf`.

    Lines that can't be used are left out and added to `faults`; PolicyError where there is no such list.
    What the lines speak of is checked by `core.access.checks`.
    """
    found: list[PolicyError] = []
    placed = [one for name in KINDS for one in lines_in(folder / name, found)]
    model = folder / "model.conf"
    if not model.is_file():
        raise PolicyError(str(model), MISSING_FILE)
    everyone = Role(EVERYONE, Text("everyone who is signed in", "所有已登录者"))
    bare = Policy((), {EVERYONE: everyone}, {}, model.read_text(encoding="utf-8"))
    kept = _sound(placed, found)
    if faults is None:
        refuse(found)
    else:
        faults += found
    return policy_of([line for _, line in kept], bare, kept)


def _sound(placed: list[Placed], faults: list[PolicyError]) -> list[Placed]:
    """The lines that stand once and name declared roles."""
    roles = {EVERYONE} | {line.name for _, line in placed if isinstance(line, Role)}
    inherits: dict[str, set[str]] = {}
    seen: dict[Line, str] = {}
    for place, line in placed:
        if line in seen:
            faults.append(PolicyError(place, TWICE, other=seen[line]))
        elif fault := fault_of_roles(place, line, roles, inherits, UNKNOWN_ROLE):
            faults.append(fault)
        else:
            seen[line] = place
            if isinstance(line, Link):
                inherits.setdefault(line.role, set()).add(line.inherits)
    return [(place, line) for line, place in seen.items()]


def lines_in(path: Path, faults: list[PolicyError]) -> Iterator[Placed]:
    """(`file:line`, line) of each that says something."""
    if not path.is_file():
        raise PolicyError(str(path), MISSING_FILE)
    kinds, form = KINDS[path.name]
    try:  # spreadsheets begin a file with a mark that nobody sees, and pad lines with commas
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise PolicyError(path.name, NOT_UTF8) from None
    for number, said in enumerate(text.splitlines(), 1):
        if not said.strip() or said.lstrip().startswith("#"):
            continue
        place = f"{path.name}:{number}"
        try:
            line = read_line(said.rstrip(", "), place, form)
        except PolicyError as fault:
            faults.append(fault)
        else:
            if isinstance(line, kinds):
                yield place, line
            else:
                faults.append(PolicyError(place, form))
