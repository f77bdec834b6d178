"""Names of events, handlers and jobs, and to whom they belong."""

from __future__ import annotations

import re

from core.errors import ConfigurationError
from core.text import Text

FORM = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
LONGEST = 100
CORE = "core"

NOT_A_NAME = Text(
    "the name must be lower-case words joined by dots, such as wishes.granted, in at most {most} characters",
    "名称须为以点连接的小写单词（如 wishes.granted），至多 {most} 个字符",
)
TWICE = Text("declared twice: by {one} and by {other}", "重复声明：{one} 与 {other}")


def checked(name: str, declared: object) -> str:
    """The name; ConfigurationError, naming what it was `declared` for, unless it has the form of one."""
    if len(name) > LONGEST or not FORM.fullmatch(name):
        raise ConfigurationError(f"{place_of(declared)} {name!r}", NOT_A_NAME, most=LONGEST)
    return name


def place_of(declared: object) -> str:
    """Where a class or function is declared: module and name."""
    module = getattr(declared, "__module__", "")
    return f"{module}.{getattr(declared, '__qualname__', type(declared).__qualname__)}"


def owner_of(name: str, declared: object) -> str:
    """The core, or the plugin that the first part of the name names."""
    module = getattr(declared, "__module__", None) or ""
    return CORE if module.startswith("core.") else name.partition(".")[0]
