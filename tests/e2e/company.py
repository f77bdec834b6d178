"""A small company behind the real application, asked over HTTP; every answer is looked through."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from core.access.purposes import Purpose
from core.activities.choices import ActivityKind
from core.activities.service import ActivityService
from core.approvals.choices import Decision
from core.assessments.choices import Grade
from core.assessments.service import AssessmentService
from core.cases.choices import Outcome
from core.cases.models import AbuseCase
from core.clock import UTC
from core.consents.choices import ConsentChannel
from core.consents.service import ConsentService
from core.customers.choices import InteractionKind
from core.customers.service import CustomerService
from core.db.database import UnitOfWork
from core.emergencies.models import Emergency
from core.identity.tokens import sign_development_token
from core.ids import global_id
from core.policies.service import PolicyService
from core.qualifications.choices import QualificationKind
from core.qualifications.service import QualificationService
from core.reviews.choices import ReviewDecision, ReviewState
from core.reviews.models import AccessReview, AccessReviewItem, AccessReviewUsage
from core.tiers.models import Tier
from core.tiers.ready import ensure_ready_made
from core.tiers.service import TierService
from schema.application import Application, make_web
from tests.core.world import World

NOBODY = "0" * 32
A_YEAR = dt.timedelta(days=365)
# SQL, drivers, hosts, Python, codecs: none of their words may reach a client (PRM-3).
FOREIGN = re.compile(
    r"select\s|insert into|returning|where\s+\w+\.|sqlite|asyncpg|postgres|sqlalchemy|psycopg|constraint|"
    r"traceback|exception|nonetype|\bpython|\.py\b|binascii|codec|orjson|pydantic|starlette|strawberry|casbin|127\.0\.0\.1|"
    r"localhost|did you mean|<class|object at 0x",
    re.IGNORECASE,
)  # fmt: skip


def at(day: int, month: int = 10) -> dt.datetime:
    """Eight o'clock UTC of a day in 2026."""
    return dt.datetime(2026, month, day, 8, tzinfo=UTC)


@dataclass
class Company:
    """Who works where is in `world`; `more` has the keys of what was filled in."""

    app: Application
    client: httpx.AsyncClient
    world: World
    more: dict[str, UUID] = field(default_factory=dict)

    def id(self, name: str) -> str:
        """The global id of a customer, employee, department, or whatever else has this name."""
        world = self.world
        for prefix, known in (("cus", world.customers), ("emp", world.employees), ("dep", world.departments)):
            if name in known:
                return global_id(prefix, known[name])
        prefix = PREFIXES.get(name, "tie")
        return global_id(prefix, self.more[name])

    def token(self, who: str, role: str | None = None, hours: float = 8) -> str:
        """A token of an employee (or a stranger) for a role; their own unless given."""
        role = role or who.removesuffix("_west")
        lifetime = dt.timedelta(hours=hours)
        return sign_development_token(self.app.settings, self.app.database.clock, who, role, lifetime)

    async def post(self, body: Any, token: str | None = None, **headers: str) -> httpx.Response:
        """Send a body (bytes as they are, the rest as JSON); the answer holds no foreign words."""
        given = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if token is not None:
            given.setdefault("authorization", f"Bearer {token}")
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = await self.client.post("/graphql", headers=given, **sent)
        assert_clean(answer)
        return answer

    async def whole(
        self, who: str, query: str, variables: dict[str, Any] | None = None, role: str | None = None
    ) -> dict[str, Any]:
        """The whole answer, as clients of the newer media type get it."""
        token = self.token(who, role)
        accept = "application/graphql-response+json"
        answer = await self.post({"query": query, "variables": variables}, token, accept=accept)
        said: dict[str, Any] = answer.json()
        assert answer.status_code == (200 if "data" in said else 400), answer.text
        assert ("errors" in said) or set(said) <= {"data", "extensions"}
        return said

    async def ask(
        self, who: str, query: str, variables: dict[str, Any] | None = None, role: str | None = None
    ) -> Any:
        """The data of an answer without errors."""
        said = await self.whole(who, query, variables, role)
        assert "errors" not in said, said
        return said["data"]

    async def refused(self, who: str, query: str, variables: dict[str, Any] | None = None) -> tuple[str, Any]:
        """Code and place of the refusal of a whole request."""
        said = await self.whole(who, query, variables)
        assert set(said) == {"errors"}, said
        (error,) = said["errors"]
        return error["extensions"]["code"], error["extensions"].get("field")

    async def act(
        self, who: str, name: str, given: dict[str, Any], shown: str = "__typename", role: str | None = None
    ) -> dict[str, Any]:
        """What a mutation gave: the selection of its payload, or the typed error."""
        kind, stem = name[0].upper() + name[1:], "__typename ... on UserError { code message field }"
        document = (
            f"mutation Act($input: {kind}Input!) {{ {name}(input: $input) {{ {stem} "
            f"... on {kind}Payload {{ {shown} }} }} }}"
        )
        found: dict[str, Any] = (await self.ask(who, document, {"input": given}, role))[name]
        return found


def messages(value: Any) -> Iterator[str]:
    """Every text under `message`, at whatever depth."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name == "message" and isinstance(one, str):
                yield one
            yield from messages(one)
    elif isinstance(value, list):
        for one in value:
            yield from messages(one)


def assert_clean(answer: httpx.Response) -> None:
    """One JSON object with a request id; every error has a code, and no words but ours."""
    assert answer.status_code < 500 or answer.status_code in (503, 504), answer.text
    assert answer.headers["x-request-id"]
    said = answer.json()
    for error in said.get("errors", ()):
        assert re.fullmatch(r"[A-Z_]+", error["extensions"]["code"]), error
    for message in messages(said):
        assert message
        assert not FOREIGN.search(message), message


@asynccontextmanager
async def open_company(
    app: Application, world: World, more: Mapping[str, UUID] | None = None
) -> AsyncIterator[Company]:
    """The application from start to end of its life, over HTTP; filled, unless `more` says what is there."""
    web = make_web(app)
    transport = httpx.ASGITransport(web, raise_app_exceptions=False)
    async with (
        web.router.lifespan_context(web),
        httpx.AsyncClient(transport=transport, base_url="http://baoke") as client,
    ):
        company = Company(app, client, world, dict(more or {}))
        if more is None:
            await fill(company)
        yield company


PREFIXES = {
    "scheme": "sch",
    "activity": "act",
    "purchase": "pur",
    "case": "cas",
    "closed": "cas",
    "consent": "con",
    "signed": "qua",
    "opened": "emg",
    "ended": "emg",
    "own": "emg",
    **dict.fromkeys(("review", "settled", "shut", "locking"), "rev"),
    **dict.fromkeys(("right", "mine", "kept", "last"), "rit"),
} | dict.fromkeys(("proposed", "second", "withdrawn", "approved"), "pch")
CUSTOMERS: dict[str, dict[str, Any]] = {
    "wang": {
        "phone": "13800138001",
        "email": "wang@example.com",
        "identity_number": "11010519491231002X",
        "notes": "likes tea",
        "birthday": dt.date(1949, 12, 31),
        "region": "Shanghai",
    },
    "li": {"phone": "13800138002", "region": "Chengdu"},
    "zhao": {"phone": "13800138003", "region": "Shanghai"},
}

CHANGES = {
    "proposed": "p, legal, class:personal, mask, all, allow",
    "second": "p, legal, class:personal, show, all, allow",
    "withdrawn": "p, legal, class:commercial, show, all, allow",
    "approved": "p, legal, class:contact, mask, all, allow",
}


async def review(work: UnitOfWork, company: Company, name: str, place: str, *, closed: bool = False) -> None:
    """A review of a department's rights in 2025, raised so that leaders may decide."""
    row = AccessReview(
        id=work.ids.new(),
        department_id=company.world.departments[place],
        period_from=dt.date(2025, 4 if closed else 7, 1),
        period_to=dt.date(2025, 6, 30) if closed else dt.date(2025, 9, 30),
        due_on=dt.date(2099, 10, 15),
        state=ReviewState.CLOSED if closed else ReviewState.OPEN,
        raised_at=at(2) - A_YEAR,
        opened_at=at(1) - A_YEAR,
        closed_at=at(3) - A_YEAR if closed else None,
    )
    company.more[name] = row.id
    work.session.add(row)
    await work.session.flush()


async def right(
    work: UnitOfWork,
    company: Company,
    name: str,
    of: str,
    rule: tuple[str, str, str],
    decision: ReviewDecision | None = None,
) -> None:
    """A right in a review; of `mine` the leader is the only holder."""
    role, thing, act = rule
    row = AccessReviewItem(
        id=work.ids.new(),
        review_id=company.more[of],
        role=role,
        object=thing,
        act=act,
        relation="all",
        holders=1 if name == "mine" else 2,
        decision=decision,
    )
    company.more[name] = row.id
    work.session.add(row)
    await work.session.flush()
    if name == "mine":
        leader = company.world.employees["leader"]
        work.session.add(AccessReviewUsage(id=work.ids.new(), item_id=row.id, employee_id=leader))


async def fill(company: Company) -> None:
    """What happened before, from purchases to a tier by hand; and proposed changes of the policies."""
    world, more = company.world, company.more
    async with world.database.unit_of_work() as work:
        by = world.operator()
        service = CustomerService(work, by, "CNY")
        for name, values in CUSTOMERS.items():
            await service.update(world.customers[name], values)
        wang, li = world.customers["wang"], world.customers["li"]
        paid = {"currency": "CNY", "category": "tea"}
        bought = await service.record_purchase(
            wang, {"at": at(1), "amount_minor": 10_000, "reference": "A-1", **paid}
        )
        await service.record_purchase(wang, {"at": at(5), "amount_minor": 5_050, "reference": "A-2", **paid})
        await service.record_purchase(li, {"at": at(2), "amount_minor": 20_000, "reference": "B-1", **paid})
        called = {"kind": InteractionKind.CALL, "at": at(3), "summary": "asked for tea"}
        await service.record_interaction(wang, called)
        await service.set_preference(wang, {"topic": "drink", "value": "tea"})
        await service.set_team(wang, [world.employees["technical_support"]])
        activities = ActivityService(work, by)
        open_day = await activities.create_activity({"title": "Open day", "kind": ActivityKind.SEMINAR})
        await activities.register_participation(open_day.id, wang, {"satisfaction": 5})
        of_october = {"period_start": dt.date(2026, 10, 1), "period_end": dt.date(2026, 10, 31)}
        assessed = {"indicator": "satisfaction", "value_millis": 4_200, "grade": Grade.GOOD, **of_october}
        employee = world.employees["salesperson"]
        await AssessmentService(work, by).record_assessment({**assessed, "employee_id": employee})
        for name, outcome in (("case", None), ("closed", Outcome.DISMISSED)):
            case = AbuseCase(
                id=work.ids.new(),
                employee_id=world.employees["finance"],  # whose permissions hold: other tests need them
                opened_at=at(4),
                opened_by_id=world.employees["administrator"],
                finding="asked for much",
                outcome=outcome,
                closed_at=at(5) if outcome else None,
            )
            more[name] = case.id
            work.session.add(case)
        given = {"purpose": Purpose.RECOMMENDATION, "channel": ConsentChannel.APP}
        more["consent"] = (await ConsentService(work, by).record(wang, given)).id
        signed = {"kind": QualificationKind.AGREEMENT, "obtained_on": dt.date(2026, 10, 1)}
        qualifications = QualificationService(work, by, UTC)
        more["signed"] = (await qualifications.record(world.employees["legal"], signed)).id
        for name, who in (("opened", "administrator"), ("ended", "legal"), ("own", "auditor")):
            broken = Emergency(
                id=work.ids.new(),
                employee_id=world.employees[who],  # in whose role nothing hangs on it
                role=who,
                reason="nobody else was there",
                opened_at=at(2, 11),
                ends_at=at(2, 11) + dt.timedelta(hours=4),
                ended_at=None if name == "opened" else at(2, 11),
                review_due_on=dt.date(2026, 11, 5),
            )
            more[name] = broken.id
            work.session.add(broken)
        for name, place in (("review", "east"), ("settled", "west"), ("locking", "harbour")):
            await review(work, company, name, place)
        await review(work, company, "shut", "east", closed=True)
        await right(work, company, "right", "review", ("finance", "class:commercial", "show"))
        await right(work, company, "mine", "review", ("leader", "class:contact", "show"))
        await right(
            work, company, "kept", "shut", ("finance", "class:commercial", "show"), ReviewDecision.KEEP
        )
        gone = ("administrator", "type:PolicyChange", "propose")
        await right(work, company, "last", "locking", gone, ReviewDecision.REMOVE)
        scheme = await ensure_ready_made(work)
        more |= {tier.code: tier.id for tier in await work.session.scalars(sa.select(Tier))}
        await TierService(work, by).set_manual_tier(li, more["core"], "benchmark", at(30, 11))
        more |= {"scheme": scheme.id, "activity": open_day.id, "purchase": bought.id}
        keeper = PolicyService(work, world.viewer("administrator"), company.app.keeper)
        for name, line in CHANGES.items():
            more[name] = (await keeper.propose("because", [line], [])).id
        await keeper.withdraw(more["withdrawn"])
        leader = PolicyService(work, world.viewer("leader"), company.app.keeper)
        await leader.decide(more["approved"], Decision.APPROVED)
