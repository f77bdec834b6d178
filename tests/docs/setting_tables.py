"""Tables of settings and limits."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings

from core.settings import Settings
from core.text import Language, Text
from schema.limits.limits import Limits
from tests.docs.markdown import in_words, table

HEADER = (Text("variable", "变量"), Text("default", "默认值"), Text("meaning", "含义（英文）"))
NONE = Text("none", "无")


def settings(kind: type[BaseSettings] = Settings, prefix: str = "BAOKE", language: Language = "en") -> str:
    """Every setting of the core, or of a plugin; what they mean is declared in English alone."""
    rows = []
    for name, field in kind.model_fields.items():
        default = f"`{field.default}`" if field.default not in (None, "") else NONE.say(language)
        if isinstance(field.default, Path):
            default = f"`{field.default.name}/` beside the code"
        rows.append([f"`{prefix}_{name.upper()}`", default, in_words(field.description or "")])
    return table((one.say(language) for one in HEADER), rows)


def limits() -> str:
    """The limits on documents, requests and answers."""
    names = [*(f"max_{name}" for name in Limits.__dataclass_fields__), "max_cost", "max_body", "max_errors"]
    fields = Settings.model_fields
    rows = [
        [f"`{n.removeprefix('max_')}`", f"{fields[n].default:,}", in_words(fields[n].description or "")]
        for n in names
    ]
    return table(("limit", "default", "what it counts"), rows)
