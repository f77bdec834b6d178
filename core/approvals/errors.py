"""Outcomes of deciding that a client handles."""

from __future__ import annotations

from core.errors import Expected
from core.text import Text


class FourEyes(Expected):
    """Who asked for it, or wrote it, decides on it: a second person has to."""

    code = "FOUR_EYES"
    text = Text("it is yours, so somebody else has to decide on it", "此项由您本人提出，须由他人审批")
