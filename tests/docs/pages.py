"""Pages and what stands in them: headings, links, fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.text import LANGUAGES, Language

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\S*)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
INLINE = re.compile(r"`[^`\n]+`")
ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)
CHINESE = ".zh-CN.md"
OUTSIDE = ("https://", "http://", "mailto:")


@dataclass(frozen=True)
class Block:
    """A fenced block. `words`: what stands behind the language, which readers do not see."""

    page: Path
    line: int
    language: str
    words: tuple[str, ...]
    text: str

    @property
    def role(self) -> str | None:
        """The role that a snippet is run in: `as=ROLE`."""
        return self._said("as=")

    @property
    def purpose(self) -> str | None:
        """The purpose that is declared, where it is `for=PURPOSE`."""
        return self._said("for=")

    def _said(self, what: str) -> str | None:
        return next((w.removeprefix(what) for w in self.words if w.startswith(what)), None)

    @property
    def place(self) -> str:
        """For messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Every page that a reader is led to."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name_of(page: Path) -> str:
    """The page as tests name it."""
    return str(page.relative_to(ROOT))


def language_of(page: Path) -> Language:
    """The language that a page is written in."""
    return "zh" if page.name.endswith(CHINESE) else "en"


def in_language(page: Path, language: Language) -> Path:
    """The page of the same content in a language, whether or not it is there."""
    plain = page.name.removesuffix(CHINESE).removesuffix(".md")
    return page.with_name(plain + (CHINESE if language == "zh" else ".md"))


@lru_cache
def blocks(page: Path) -> tuple[Block, ...]:
    """The fenced blocks in order."""
    text = page.read_text(encoding="utf-8")
    return tuple(
        Block(page, text.count("\n", 0, m.start()) + 1, m[1], tuple(m[2].split()), m[3])
        for m in FENCE.finditer(text)
    )


def all_blocks(language: str) -> list[Block]:
    """The blocks of all pages in this language."""
    return [block for page in pages() for block in blocks(page) if block.language == language]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def headings(page: Path) -> list[tuple[int, str]]:
    """(level, text) of each heading."""
    return [(len(m[1]), m[2].strip()) for m in HEADING.finditer(prose(page))]


def anchor(heading: str) -> str:
    """The fragment by which GitHub names a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.replace(" ", "-")


def links(page: Path) -> list[str]:
    """The targets of all links in the prose."""
    return LINK.findall(INLINE.sub("", prose(page)))


def target(page: Path, link: str) -> Path:
    """The file that a link of the page names."""
    path = link.partition("#")[0]
    return (page.parent / path).resolve() if path else page


def targets(page: Path) -> set[Path]:
    """The files to which the page leads, outside itself and its other language."""
    found = {target(page, link) for link in links(page) if not link.startswith(OUTSIDE)}
    return found - {in_language(page, language) for language in LANGUAGES}


def rows(page: Path) -> list[list[str]]:
    """The cells of each line of the tables in the prose."""
    return [[cell.strip() for cell in m[1].split("|")] for m in ROW.finditer(prose(page))]


def summary(page: Path) -> str:
    """The first paragraph; above it are the heading and the link to the other language."""
    _, _, first, *_ = prose(page).split("\n\n")
    return first.strip()
