"""One comparison for all: every way of answering against the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.access.purposes import Purpose
from core.access.rules import Policy
from core.access.viewer import Viewer
from tests.schema.compiler.judge import Judge, Verdict
from tests.schema.world import NOTHING, Asked, World, shipped


class Differs(AssertionError):
    """Some way of answering is not what the judge says."""


@dataclass(frozen=True)
class Caller:
    """Who asks: an employee by number (None: a stranger), roles, and the policy they are read from.

    For a purpose, and while circumstances hold.
    """

    roles: Sequence[str]
    employee: int | None = 0
    policy: Policy | None = None
    purpose: Purpose | None = None
    held: frozenset[str] = NOTHING

    def viewer(self, world: World) -> Viewer:
        """As sign-in would make it."""
        return world.viewer(self.roles, self.employee, self.policy, self.purpose, self.held)


def compare(
    world: World, judge: Judge, text: str, variables: Mapping[str, Any], caller: Caller
) -> tuple[Verdict, Asked]:
    """Raise Differs unless all answers are the judge's, to the byte."""
    viewer = caller.viewer(world)
    verdict = judge.judge(text, variables, viewer, caller.policy or shipped(), keep=caller.policy is None)
    answers = world.every_way(text, variables, viewer)
    first = next(iter(answers.values()))
    for way, asked in answers.items():
        if verdict.body != asked.body or (verdict.body is None and asked.code not in verdict.codes):
            wanted, said = (verdict.body or b"").decode(), (asked.body or b"").decode()
            start = max(
                0, next((i for i, (a, b) in enumerate(zip(wanted, said, strict=False)) if a != b), 0) - 200
            )
            rules = caller.policy and caller.policy.rules
            raise Differs(
                f"{way}\n{text}\nvariables {variables!r}\n"
                f"by {caller.roles} {caller.employee} {caller.purpose} {caller.held} {rules}\n"
                f"judge   {sorted(verdict.codes)} …{wanted[start : start + 500]}\n"
                f"product {asked.code} …{said[start : start + 500]}"
            )
        if asked.told != first.told or not verdict.shown <= asked.told:
            raise Differs(
                f"{way}\n{text}\nvariables {variables!r}\nby {caller.roles} {caller.employee}\n"
                f"not told to the audit {verdict.shown - asked.told}\n"
                f"told otherwise than compiled {asked.told ^ first.told}"
            )
    return verdict, first
