"""Closed lists of values of the assessments; a member's value is its name in words."""

from __future__ import annotations

import enum

from core.text import Text


class Grade(enum.Enum):
    """How well it was done (ASM-5)."""

    EXCELLENT = Text("excellent", "优秀")
    GOOD = Text("good", "良好")
    PASS = Text("pass", "合格")
    FAIL = Text("fail", "不合格")
