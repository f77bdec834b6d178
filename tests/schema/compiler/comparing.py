"""One comparison for all: every way of answering against the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.access.rules import Policy
from tests.schema.compiler.judge import Judge, Verdict
from tests.schema.world import Asked, World, shipped


class Differs(AssertionError):
    """Some way of answering is not what the judge says."""


@dataclass(frozen=True)
class Caller:
    """Who asks: an employee by number (None: a stranger), roles, and the policy they are read from."""

    roles: Sequence[str]
    employee: int | None = 0
    policy: Policy | None = None


def compare(
    world: World, judge: Judge, text: str, variables: Mapping[str, Any], caller: Caller
) -> tuple[Verdict, Asked]:
    """Raise Differs unless all answers are the judge's, to the byte."""
    viewer = world.viewer(caller.roles, caller.employee, caller.policy)
    verdict = judge.judge(text, variables, viewer, caller.policy or shipped(), keep=caller.policy is None)
    answers = world.every_way(text, variables, viewer)
    for way, asked in answers.items():
        if verdict.body != asked.body or (verdict.body is None and asked.code not in verdict.codes):
            wanted, said = (verdict.body or b"").decode(), (asked.body or b"").decode()
            start = max(
                0, next((i for i, (a, b) in enumerate(zip(wanted, said, strict=False)) if a != b), 0) - 200
            )
            rules = caller.policy and caller.policy.rules
            raise Differs(
                f"{way}\n{text}\nvariables {variables!r}\nby {caller.roles} {caller.employee} {rules}\n"
                f"judge   {sorted(verdict.codes)} …{wanted[start : start + 500]}\n"
                f"product {asked.code} …{said[start : start + 500]}"
            )
    return verdict, next(iter(answers.values()))
