"""Closed lists of values of the tiers; a member's value is its name in words."""

from __future__ import annotations

import enum

from core.text import Text


class AssignmentKind(enum.Enum):
    """Who put a customer into a tier (TIE-4)."""

    RULE = Text("by rule", "按规则")
    MANUAL = Text("by hand", "人工")
