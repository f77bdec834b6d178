"""From the header Authorization to the viewer (PRM-4): token, then principal, then the plan of the role."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from uuid import UUID

from core.access.plan import AccessPlan
from core.access.rules import EVERYONE, Policy
from core.access.viewer import Viewer
from core.clock import Clock
from core.errors import Unauthenticated
from core.identity.tokens import TokenVerifier
from core.text import Language

MOST_KEPT = 10_000


class Principal(Protocol):
    """An employee as sign-in sees one; see `core.organization.principals`."""

    @property
    def employee(self) -> UUID:
        """The employee's key."""
        ...

    @property
    def roles(self) -> Sequence[str]:
        """The roles that the employee holds."""
        ...

    @property
    def suspended(self) -> bool:
        """Whether all rights are withdrawn (ACC-4)."""
        ...

    @property
    def departments(self) -> Sequence[UUID]:
        """The employee's department and all below it."""
        ...


LoadPrincipal = Callable[[str], Awaitable[Principal | None]]
PlanFor = Callable[[tuple[str, ...]], AccessPlan]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a subject, and until when; in seconds since 1970."""

    principal: Principal | None
    until: float


class SignIn:
    """Signs requests in. Principals are kept for a moment, plans until `forget`."""

    def __init__(
        self,
        *,
        verifier: TokenVerifier,
        policy: Callable[[], Policy],
        load_principal: LoadPrincipal,
        plan_for: PlanFor,
        clock: Clock,
        keep_seconds: float,
    ) -> None:
        """`policy`: the one in force; `load_principal`: by subject, None for one that is no employee."""
        self._verifier, self._policy, self._load, self._plan_for = verifier, policy, load_principal, plan_for
        self._clock, self._keep_seconds = clock, keep_seconds
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._loading: dict[str, asyncio.Future[Principal | None]] = {}
        self._plans: dict[str, AccessPlan] = {}

    async def __call__(self, authorization: bytes | None, language: Language) -> Viewer:
        """The viewer; Unauthenticated, always in the same words, for anyone who may not come in."""
        return await self.viewer_of(bearer(authorization), language)

    async def viewer_of(self, token: str, language: Language) -> Viewer:
        """The viewer of a bare token, as `connection_init` of a WebSocket carries it (PRM-5)."""
        claims = await self._verifier.verify(token)
        role = claims.role
        if role == EVERYONE or role not in self._policy().roles:
            raise Unauthenticated
        principal = await self._principal(claims.subject)
        if principal is not None and (principal.suspended or role not in principal.roles):
            raise Unauthenticated
        plan = self._plans.get(role)
        if plan is None:
            plan = self._plans[role] = self._plan_for((role,))
        if principal is None:
            return Viewer(claims.subject, None, (), (role,), plan, language)
        return Viewer(
            claims.subject, principal.employee, tuple(principal.departments), (role,), plan, language
        )

    def forget(self, subject: str | None = None) -> None:
        """Read this subject anew at the next request; without one, everybody, and make all plans anew."""
        if subject is None:
            self._kept.clear()
            self._loading.clear()
            self._plans.clear()
        else:
            self._kept.pop(subject, None)
            self._loading.pop(subject, None)

    async def _principal(self, subject: str) -> Principal | None:
        kept = self._kept.get(subject)
        if kept and self._now() < kept.until:
            return kept.principal
        task = self._loading.get(subject)
        if task is None:
            # One question for all requests that wait for it; none of them can cancel it for the others.
            task = self._loading[subject] = asyncio.ensure_future(self._load(subject))
            # What was read is as old as the question.
            task.add_done_callback(partial(self._loaded, subject, self._now() + self._keep_seconds))
        return await asyncio.shield(task)

    def _loaded(self, subject: str, until: float, task: asyncio.Future[Principal | None]) -> None:
        if self._loading.get(subject) is not task:
            return  # forgotten while it was read
        del self._loading[subject]
        if not task.cancelled() and task.exception() is None:
            self._kept[subject] = Kept(task.result(), until)
            self._kept.move_to_end(subject)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def _now(self) -> float:
        return self._clock.now().timestamp()


def bearer(authorization: bytes | None) -> str:
    """The token of the header's value; the scheme in any case, the token in none but the header."""
    scheme, _, token = (authorization or b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()
