"""From the header Authorization to the viewer (PRM-4): token, then principal, then the plan of the role."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol
from uuid import UUID

from core.access.current import Policies
from core.access.plan import AccessPlan
from core.access.rules import EVERYONE
from core.access.viewer import Viewer
from core.clock import Clock
from core.errors import Unauthenticated
from core.identity.tokens import Claims, TokenVerifier
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
    def narrow(self) -> frozenset[str]:
        """Types of which the employee is related to few rows."""
        ...

    @property
    def departments(self) -> Sequence[UUID]:
        """The employee's department and all below it."""
        ...


LoadPrincipal = Callable[[str], Awaitable[Principal | None]]
PlanFor = Callable[[tuple[str, ...]], AccessPlan]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a subject, and until when; in seconds since 1970. `viewers`: by role and language."""

    principal: Principal | None
    until: float
    viewers: dict[tuple[str, Language], Viewer] = field(default_factory=dict)


class SignIn:
    """Signs requests in. Principals are kept for a moment, plans until `forget`."""

    def __init__(
        self,
        *,
        verifier: TokenVerifier,
        policies: Policies,
        load_principal: LoadPrincipal,
        plan_for: PlanFor,
        clock: Clock,
        keep_seconds: float,
    ) -> None:
        """`policies`: the one in force; `load_principal`: by subject, None for one that is no employee."""
        self._verifier, self._policies = verifier, policies
        self._load, self._plan_for = load_principal, plan_for
        self._clock, self._keep_seconds = clock, keep_seconds
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._loading: dict[str, asyncio.Future[Principal | None]] = {}
        self._plans: dict[str, AccessPlan] = {}
        policies.listeners.append(self.forget)

    async def __call__(self, authorization: bytes | None, language: Language) -> Viewer:
        """The viewer; Unauthenticated, always in the same words, for anyone who may not come in."""
        return await self.viewer_of(bearer(authorization), language)

    async def viewer_of(self, token: str, language: Language) -> Viewer:
        """The viewer of a bare token, as `connection_init` of a WebSocket carries it (PRM-5)."""
        now = self._clock.now().timestamp()
        claims = await self._verifier.verify(token, now)
        role = claims.role
        if role == EVERYONE or role not in self._policies.current.roles:
            raise Unauthenticated
        kept = self._kept.get(claims.subject)
        if kept is None or now >= kept.until:
            kept = Kept(await self._principal(claims.subject, now), 0)
        viewer = kept.viewers.get((role, language))
        if viewer is None:
            viewer = kept.viewers[role, language] = self._viewer(claims, kept.principal, language)
        return viewer

    async def expires_at(self, token: str) -> float:
        """When an accepted token expires, in seconds since 1970; Unauthenticated for another one."""
        return (await self._verifier.verify(token)).expires_at

    def _viewer(self, claims: Claims, principal: Principal | None, language: Language) -> Viewer:
        role = claims.role
        if principal is not None and (principal.suspended or role not in principal.roles):
            raise Unauthenticated
        plan = self._plans.get(role)
        if plan is None:
            plan = self._plans[role] = self._plan_for((role,))
        if principal is None:
            return Viewer(claims.subject, None, (), (role,), plan, language)
        departments, narrow = tuple(principal.departments), principal.narrow
        return Viewer(claims.subject, principal.employee, departments, (role,), plan, language, narrow)

    def forget(self, subject: str | None = None) -> None:
        """Read this subject anew at the next request; without one, everybody, and make all plans anew."""
        if subject is None:
            self._kept.clear()
            self._loading.clear()
            self._plans.clear()
        else:
            self._kept.pop(subject, None)
            self._loading.pop(subject, None)

    async def _principal(self, subject: str, now: float) -> Principal | None:
        task = self._loading.get(subject)
        if task is None:
            # One question for all requests that wait for it; none of them can cancel it for the others.
            task = self._loading[subject] = asyncio.ensure_future(self._load(subject))
            # What was read is as old as the question.
            task.add_done_callback(partial(self._loaded, subject, now + self._keep_seconds))
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


def bearer(authorization: bytes | None) -> str:
    """The token of the header's value; the scheme in any case, the token in none but the header."""
    scheme, _, token = (authorization or b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()
