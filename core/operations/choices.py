"""Closed lists of values of recorded operations."""

from __future__ import annotations

import enum

from core.text import Text


class OperationKind(enum.Enum):
    """What sort of operation it is."""

    QUERY = Text("it reads", "查询")
    MUTATION = Text("it changes something", "变更")
