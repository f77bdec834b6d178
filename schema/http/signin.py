"""From the header Authorization to the viewer (PRM-4): token, then principal, then the plan of the role."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol, TypeAlias
from uuid import UUID

from core.access.circumstances import QUALIFICATIONS
from core.access.current import Policies
from core.access.occasion import UNDECLARED, Occasion, Office
from core.access.plan import AccessPlan
from core.access.purposes import Purpose
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

    @property
    def held(self) -> frozenset[str]:
        """The circumstances that hold for the employee, whatever the request."""
        ...

    @property
    def emergency(self) -> UUID | None:
        """The employee's open break-glass."""
        ...

    @property
    def until(self) -> datetime | None:
        """When `held` or `emergency` change by themselves."""
        ...

    def acting_in(self, role: str) -> Principal:
        """The employee, with what holds in this role."""
        ...


LoadPrincipal = Callable[[str], Awaitable[Principal | None]]
PlanFor = Callable[[str, frozenset[str], Purpose | None], AccessPlan]


class Witness(Protocol):
    """Who writes down who came in; see `core.audit.service`."""

    def note_sign_in(self, viewer: Viewer) -> None:
        """Somebody came in."""
        ...

    def note_refusal(self, viewer: Viewer, operation: None, code: str, field: None) -> None:
        """Somebody was kept out."""
        ...


Asking: TypeAlias = tuple[str, Language, Purpose | None, frozenset[str]]
"""Role, language, purpose, and the circumstances of the request."""
NOTHING = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a subject, and until when; in seconds since 1970."""

    principal: Principal | None
    until: float
    viewers: dict[Asking, Viewer] = field(default_factory=dict)


class SignIn:
    """Signs requests in. Principals are kept for a moment, or until `forget`."""

    def __init__(  # noqa: PLR0913  # what it is made of
        self,
        *,
        verifier: TokenVerifier,
        policies: Policies,
        load_principal: LoadPrincipal,
        plan_for: PlanFor,
        office: Office,
        clock: Clock,
        keep_seconds: float,
        witness: Witness | None = None,
    ) -> None:
        """`policies`: the one in force; `load_principal`: by subject, None for one that is no employee.

        `plan_for`: of a role, by the circumstances that hold and the purpose; `witness` hears once of each
        token that comes in, or is kept out although it is genuine.
        """
        self._verifier, self._policies, self._office = verifier, policies, office
        self._load, self._plan_for = load_principal, plan_for
        self._clock, self._keep_seconds = clock, keep_seconds
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._loading: dict[str, asyncio.Future[Principal | None]] = {}
        self._witness = witness
        self._met: OrderedDict[tuple[Claims, bool], None] = OrderedDict()
        policies.listeners.append(self.forget)

    async def __call__(
        self, authorization: bytes | None, language: Language, occasion: Occasion = UNDECLARED
    ) -> Viewer:
        """The viewer; Unauthenticated, always in the same words, for anyone who may not come in."""
        return await self.viewer_of(bearer(authorization), language, occasion)

    async def viewer_of(self, token: str, language: Language, occasion: Occasion = UNDECLARED) -> Viewer:
        """The viewer of a bare token, as `connection_init` of a WebSocket carries it (PRM-5)."""
        moment = self._clock.now()
        now = moment.timestamp()
        claims = await self._verifier.verify(token, now)
        role = claims.role
        policy = self._policies.current
        if role == EVERYONE or role not in policy.roles:
            raise Unauthenticated
        kept = self._kept.get(claims.subject)
        if kept is None or now >= kept.until:
            kept = Kept(await self._principal(claims.subject, now), 0)
            policy = self._policies.current  # it may have been replaced meanwhile
        wanted = policy.of_requests
        held = self._office.held(wanted, moment, occasion) if wanted else NOTHING
        asking = (role, language, occasion.purpose, held)
        viewer = kept.viewers.get(asking)
        if viewer is None:
            viewer = kept.viewers[asking] = self._viewer(claims, kept.principal, asking)
        return viewer

    async def expires_at(self, token: str) -> float:
        """When an accepted token expires, in seconds since 1970; Unauthenticated for another one."""
        return (await self._verifier.verify(token)).expires_at

    def _viewer(self, claims: Claims, principal: Principal | None, asking: Asking) -> Viewer:
        role, language, _, _ = asking
        if principal is not None and (principal.suspended or role not in principal.roles):
            nothing = self._plan_for(EVERYONE, NOTHING, None)
            kept_out = Viewer(claims.subject, principal.employee, (), (role,), nothing, language)
            self._meet(claims, kept_out, welcome=False)
            raise Unauthenticated
        viewer = self._welcome(claims, principal, asking)
        self._meet(claims, viewer, welcome=True)
        return viewer

    def _meet(self, claims: Claims, viewer: Viewer, *, welcome: bool) -> None:
        """Tell the witness, the first time."""
        met = (claims, welcome)
        if self._witness is None or met in self._met:
            return
        self._met[met] = None
        if len(self._met) > MOST_KEPT:
            self._met.popitem(last=False)
        if welcome:
            self._witness.note_sign_in(viewer)
        else:
            self._witness.note_refusal(viewer, None, Unauthenticated.code, None)

    def _welcome(self, claims: Claims, principal: Principal | None, asking: Asking) -> Viewer:
        role, language, purpose, of_request = asking
        principal = None if principal is None else principal.acting_in(role)
        of_caller = QUALIFICATIONS if principal is None else principal.held
        held = self._policies.current.circumstances & (of_request | of_caller)
        plan = self._plan_for(role, held, purpose)
        if principal is None:
            return Viewer(claims.subject, None, (), (role,), plan, language, purpose=purpose, held=held)
        return Viewer(
            claims.subject,
            principal.employee,
            tuple(principal.departments),
            (role,),
            plan,
            language,
            principal.narrow,
            purpose,
            principal.emergency,
            held,
        )

    def forget(self, subject: str | None = None) -> None:
        """Read this subject anew at the next request; without one, everybody."""
        if subject is None:
            self._kept.clear()
            self._loading.clear()
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
            principal = task.result()
            ends = None if principal is None else principal.until
            self._kept[subject] = Kept(principal, until if ends is None else min(until, ends.timestamp()))
            self._kept.move_to_end(subject)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def bearer(authorization: bytes | None) -> str:
    """The token of the header's value; the scheme in any case, the token in none but the header."""
    scheme, _, token = (authorization or b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()
