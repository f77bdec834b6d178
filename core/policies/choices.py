"""The states of a proposed change."""

from __future__ import annotations

import enum

from core.text import Text


class ChangeState(enum.Enum):
    """How far a change of the policies is."""

    PROPOSED = Text("waits for a second person", "待他人审批")
    APPROVED = Text("may be applied", "已批准，可执行")
    REJECTED = Text("a second person said no", "已被驳回")
    WITHDRAWN = Text("taken back before it counted", "生效前已撤回")
    APPLIED = Text("made the version that names it", "已生效为新版本")
