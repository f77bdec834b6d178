"""Asking for what was kept: plans, statements and redactions made for somebody else or for another policy."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from core.access.rules import READ, SHOW, Policy, Rule
from schema.kit.attack import Attack, Case, Probe, Session
from schema.kit.door import Told
from schema.kit.routes import PAGE, Route
from schema.kit.texts import fields_of


def shared(case: Case) -> Iterator[Attack]:
    """What somebody who may see more asked just before, to the letter."""
    for route in case.routes(case.map.routes):
        yield _after(route.ask(fields_of(case.stage.app.schema, route.type_name)))


def _after(text: str) -> Attack:
    async def run(session: Session) -> None:
        await session.ask_as(session.case.stage.accomplice, text)
        await session.ask(text)

    return Attack(text, run)


def outdated(case: Case) -> Iterator[Attack]:
    """What the caller could see until a moment ago, when the policy was changed."""
    for route in case.routes(case.map.routes):
        yield _until_now(case, route.ask(fields_of(case.stage.app.schema, route.type_name)))


def _until_now(case: Case, text: str) -> Attack:
    policies = case.stage.app.policies

    async def run(session: Session) -> None:
        before = policies.current
        policies.replace(_wider(before, case), policies.epoch)
        case.stage.app.sign_in.forget()  # so that the wider rights hold, whatever the build forgets by itself
        try:
            await session.ask_as(case.caller, text)
        finally:
            policies.replace(before, policies.epoch)
        await session.ask(text)

    return Attack(text, run)


def _wider(policy: Policy, case: Case) -> Policy:
    """The policy with everything shown to the caller's role, and nothing denied."""
    role, fields = case.caller.role, case.stage.app.catalogue.fields
    allowed = [Rule(role, f"type:{name}", READ, "all", "allow") for name in case.stage.garden.rows]
    allowed += [Rule(role, f"class:{name}", SHOW, "all", "allow") for name in set(fields.values())]
    kept = [rule for rule in policy.rules if rule.effect == "allow"]
    return Policy(tuple(dict.fromkeys([*kept, *allowed])), policy.roles, policy.inherits, policy.model)


def redactions(case: Case) -> Iterator[Attack]:
    """What is said of left-out fields is the same, whatever is found: all rows, one, or none."""
    for route in case.routes(r for r in case.map.lists if len(r.steps) == 1):
        yield _none_and_all(case, route)


def _none_and_all(case: Case, route: Route) -> Attack:
    text = route.ask(fields_of(case.stage.app.schema, route.type_name))

    async def run(session: Session) -> None:
        found, *fewer = [
            _redacted(await session.ask(text.replace(f"first: {PAGE}", f"first: {n}"))) for n in (PAGE, 1, 0)
        ]
        for other in fewer:
            session.alike(found, other)

    return Attack(text, run)


def _redacted(told: Told) -> Told:
    """Only what is said of left-out fields."""
    return Told(told.status, (), orjson.dumps(told.json.get("extensions")))


PROBES = (
    Probe("shared", "statements and plans that were made for somebody who sees more", shared),
    Probe("outdated", "rights that were taken away a moment ago", outdated),
    Probe("redactions", "what is said of left-out fields, with all rows, one and none", redactions),
)
