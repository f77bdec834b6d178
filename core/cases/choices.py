"""Closed lists of values of the cases; a member's value is its name in words."""

from __future__ import annotations

import enum

from core.text import Text


class Outcome(enum.Enum):
    """What became of an employee whose permissions were suspended (ACC-4)."""

    RESTORED = Text("permissions restored", "恢复权限")
    PENALTY = Text("penalty; the suspension goes on until somebody ends it", "处罚；停权持续至另行恢复")
    DISMISSED = Text("dismissed from the company; the suspension goes on", "解除劳动关系；停权不再恢复")
