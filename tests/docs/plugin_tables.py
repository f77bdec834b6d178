"""Tables on pages about plugins, which are there in both languages."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from core.errors import BaokeError
from core.text import Language
from plugins import points
from plugins.points import permissions as points_permissions
from tests.docs.markdown import in_words, table
from tests.docs.pages import ROOT, in_language, summary

FOLDER = ROOT / "docs" / "plugins"
HOOKS = (
    "manifest",
    "settings",
    "models",
    "migrations",
    "permissions",
    "grants",
    "types",
    "fields",
    "query",
    "mutation",
    "subscription",
    "events",
    "handlers",
    "jobs",
    "signals",
    "validators",
    "services",
    "routes",
    "health",
    "commands",
    "demo",
)
"""In the order in which one writes a plugin; test_contract finds the one that is missing."""


def hooks(language: Language) -> str:
    """Every hook, with what its page begins with."""
    found = [(name, in_language(FOLDER / "hooks" / f"{name}.md", language)) for name in HOOKS]
    rows = [[f"[`{name}`]({page.relative_to(FOLDER)})", summary(page)] for name, page in found]
    return table({"en": ("hook", "what it is"), "zh": ("扩展点", "内容")}[language], rows)


def errors_of(module: str, language: Language) -> str:
    """Codes of the errors that a module declares."""
    found = sorted((code, one) for code, one in BaokeError.catalog.items() if one.__module__ == module)
    if language == "zh":
        return table(
            ("错误码", "消息", "英文消息"), [[f"`{code}`", one.text.zh, one.text.en] for code, one in found]
        )
    rows = [
        [f"`{code}`", in_words((one.__doc__ or "").splitlines()[0]), one.text.en, one.text.zh]
        for code, one in found
    ]
    return table(("code", "when", "message", "消息"), rows)


def suggested(language: Language) -> str:
    """Every act of the points, and for which roles it is suggested."""
    lines = (Path(points.__file__).parent / "grants.csv").read_text(encoding="utf-8").splitlines()
    given = [[part.strip() for part in line.split(",")] for line in lines if line.startswith("p,")]
    rows = []
    for one in points_permissions.ALL:
        who: dict[str, list[str]] = defaultdict(list)
        for _, role, on, act, relation, _ in given:
            if (on, act) == (f"type:{one.type}", one.act):
                who[role].append(relation)
        said = ", ".join(f"{role} ({', '.join(found)})" for role, found in who.items())
        about = [one.about.zh] if language == "zh" else [one.about.en, one.about.zh]
        rows.append([f"`type:{one.type}`", f"`{one.act}`", *about, said])
    header = {
        "en": ("object", "act", "may", "可以", "suggested for"),
        "zh": ("对象", "动作", "可以", "建议授予"),
    }
    return table(header[language], rows)
