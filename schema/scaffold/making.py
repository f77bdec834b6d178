"""Writes a new plugin from the template: text files whose names and contents have `%id%` and the like."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from pathlib import Path

from core.errors import BadUserInput, Conflict
from core.extension import finding
from core.extension.manifest import BAD_ID, ID, RESERVED
from core.text import Text

TEMPLATE = Path(__file__).parent / "template"
SUFFIX = ".txt"
"""Of every file of the template: none of them is code before it has a name."""
PREFIX_LENGTHS = 4, 8

TAKEN = Text("a plugin of this name is installed already: {origin}", "已安装同名插件：{origin}")
THERE = Text("there already; nothing was written", "已存在；未写入任何内容")
NO_FOLDER = Text("no such folder", "文件夹不存在")


def make(name: str, into: Path) -> Path:
    """Write the plugin `name` into a new folder below `into`, which is returned.

    BAD_USER_INPUT for a name that can't be used, CONFLICT where the folder is there: nothing is overwritten.
    """
    if not ID.fullmatch(name) or name in RESERVED or keyword.iskeyword(name):
        raise BadUserInput(name, BAD_ID, reserved=", ".join(sorted({*RESERVED, *keyword.kwlist})))
    for source in finding.installed():
        if source.name == name:
            raise BadUserInput(name, TAKEN, origin=source.origin)
    if not into.is_dir():
        raise BadUserInput(str(into), NO_FOLDER)
    folder = into / f"baoke-{name}"
    try:
        folder.mkdir()
    except FileExistsError:
        raise Conflict(str(folder), THERE) from None
    holes = {"%id%": name, "%Id%": name.capitalize(), "%ID%": name.upper(), "%prefix%": _prefix(name)}
    for source_file in sorted(TEMPLATE.rglob(f"*{SUFFIX}")):
        place = folder / _filled(str(source_file.relative_to(TEMPLATE)).removesuffix(SUFFIX), holes)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_filled(source_file.read_text(encoding="utf-8"), holes), encoding="utf-8")
    return folder


def _prefix(name: str) -> str:
    """Of its rows' ids: letters only, and longer than those of the core, which have three."""
    least, most = PREFIX_LENGTHS
    letters = "".join(letter for letter in name if letter.isalpha())
    return (letters if len(letters) >= least else f"{letters}entry")[:most]


def _filled(text: str, holes: Mapping[str, str]) -> str:
    for hole, value in holes.items():
        text = text.replace(hole, value)
    return text
