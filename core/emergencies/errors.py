"""Outcomes of break-glass that a client handles."""

from __future__ import annotations

from core.errors import Expected
from core.text import Text


class TooManyEmergencies(Expected):
    """The caller has opened as many today as one may (BEY-8)."""

    code = "TOO_MANY_EMERGENCIES"
    text = Text(
        "you have opened {most} today, and more are not possible; ask somebody who has the right",
        "您今日的紧急授权已达 {most} 次上限；请联系有权限的同事办理",
    )
