"""What an approval may end in."""

from __future__ import annotations

import enum

from core.text import Text


class Decision(enum.Enum):
    """What was decided."""

    APPROVED = Text("approved: it may be done", "已批准：可以执行")
    REJECTED = Text("rejected: it is not done", "已驳回：不予执行")
    WITHDRAWN = Text("withdrawn before anybody decided", "审批前已撤回")
