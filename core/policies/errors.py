"""Outcomes of changing policies that a client handles."""

from __future__ import annotations

from collections.abc import Sequence

from core.access.rules import PolicyError
from core.errors import Expected
from core.text import Language, Text


class PolicyRefused(Expected):
    """Lines that can't count; the message says place, fault and remedy of each, one a line."""

    code = "POLICY_REFUSED"
    text = Text("these lines can't count", "这些策略行不可生效")

    def __init__(self, faults: Sequence[PolicyError], field: str | None = None) -> None:
        """`faults`: at least one; places are `add[0]`, `remove[0]`, …, or a line in force itself.

        `field` of the input, where it has others than `add` and `remove`.
        """
        self.faults = faults
        place = (faults[0].field or "").partition("[")[0]
        super().__init__(field or (place if place in ("add", "remove") else None))

    def message(self, language: Language) -> str:
        """Every fault, one a line."""
        return "\n".join(fault.message(language) for fault in self.faults)


class PolicyMoved(Expected):
    """The policies changed since this was proposed, so that it does not fit any more."""

    code = "POLICY_MOVED"
    text = Text(
        "the policies have changed since; propose it anew:\n{faults}",
        "策略此后已有变更，请重新提出：\n{faults}",
    )

    def __init__(self, faults: Sequence[PolicyError]) -> None:
        """`faults`: the lines that do not fit."""
        self.faults = faults
        super().__init__("id")

    def message(self, language: Language) -> str:
        """What to do, and the lines."""
        listed = "\n".join(fault.message(language) for fault in self.faults)
        return f"{self.field}: {self.text.say(language, faults=listed)}"
