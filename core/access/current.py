"""The policy in force in this process, and how fresh it is (PRM-8): stale beyond the deadline, it denies."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.access.rules import Policy
from core.errors import Unavailable
from core.text import Text

DENY_AFTER = 5.0
"""Seconds without a confirmation after which nothing is allowed any more (PRM-8)."""


class PolicyUnconfirmed(Unavailable):
    """For 5 s the process could not make sure that its policy is still the one in force (PRM-8)."""

    code = "POLICY_UNCONFIRMED"
    text = Text(
        "the service can't make sure just now which policy is in force; try again shortly",
        "服务暂时无法确认现行策略，请稍后重试",
    )


class Policies:
    """Holds the policy in force. As long as nobody ever confirmed it there is no deadline: nobody watches."""

    def __init__(
        self,
        policy: Policy,
        epoch: int = 0,
        *,
        deny_after: float = DENY_AFTER,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`epoch`: number of the version, 0 for a folder's; `deny_after` and `monotonic` in seconds."""
        self._policy, self._epoch = policy, epoch
        self._deny_after = deny_after
        self._confirmed_at: float | None = None
        self.now = monotonic
        self.listeners: list[Callable[[], None]] = []
        """Called after `replace`, so that what follows from the policy is made anew."""

    @property
    def current(self) -> Policy:
        """The policy in force; PolicyUnconfirmed when it may not be that any more."""
        if self._confirmed_at is not None and self.now() - self._confirmed_at > self._deny_after:
            raise PolicyUnconfirmed
        return self._policy

    @property
    def epoch(self) -> int:
        """Number of the version in force; 0 for a folder's."""
        return self._epoch

    def replace(self, policy: Policy, epoch: int) -> None:
        """Put another version in force, and tell whoever listens."""
        self._policy, self._epoch = policy, epoch
        for listener in self.listeners:
            listener()

    def confirmed(self, at: float | None = None) -> None:
        """The version was the newest when the database was asked, at `at` (by `now`; this moment if None)."""
        at = self.now() if at is None else at
        self._confirmed_at = max(at, self._confirmed_at or at)
