"""Closed lists of values of the qualifications; a member's value is its name in words."""

from __future__ import annotations

import enum

from core.text import Text


class QualificationKind(enum.Enum):
    """What an employee has signed, passed or learnt (ACC-6)."""

    AGREEMENT = Text("confidentiality agreement", "保密协议")
    BACKGROUND_CHECK = Text("background check", "背景审查")
    TRAINING = Text("yearly protection training", "年度个人信息保护培训")
