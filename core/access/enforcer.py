"""The policies as casbin reads them: it parses `model.conf` at start, and judges the plans in tests.

No request is decided here: plans decide, and `check_model` refuses a model under which they would be wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import casbin
from casbin.model import Model
from casbin.persist import Adapter

from core.access.cells import BY_CONSENT, name_of
from core.access.circumstances import OUTSIDE_HOURS, WITHOUT_CONSENT, resolved
from core.access.plan import AccessPlan, Catalogue
from core.access.relations import Relations
from core.access.rules import (
    EVERYONE,
    MASK,
    READ,
    SHOW,
    Policy,
    PolicyError,
    Role,
    Rule,
    covers,
    implies,
    within,
)
from core.text import Text

UNREADABLE = Text("casbin can't read this model", "casbin 无法读取此模型")
OTHER_MEANING = Text(
    "this model decides otherwise than the product; restore the one that came with it",
    "此模型的判定与产品不一致；请恢复随产品提供的文件",
)
# These tell other meanings apart: deny wins, order never matters, nothing is allowed by silence.
PROBES = (
    Rule("probe", "class:c", SHOW, "own", "allow"),
    Rule("probe", "type:T", MASK, "team", "deny"),
    Rule("above", "class:c", MASK, "department", "allow"),
    Rule("above", "field:T.f", SHOW, "department", "deny"),
    Rule(EVERYONE, "type:T", READ, "all", "allow"),
    Rule("probe", "type:T", READ, "team", "deny"),
    Rule("stranger", "type:T", SHOW, "all", "deny"),
    Rule("probe", "field:T.g", MASK, WITHOUT_CONSENT, "deny"),
    Rule("above", "type:T", READ, OUTSIDE_HOURS, "deny"),
)
HELD = (frozenset[str](), frozenset({OUTSIDE_HOURS}))
QUESTIONS = (("T", "", "", READ), *(("T", field, "c", act) for field in "fg" for act in (SHOW, MASK)))


class _Rules(Adapter):  # type: ignore[misc]
    """Hands the rules of a policy to casbin, from memory."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def load_policy(self, model: Any) -> None:
        """Every rule and every inheritance; every role inherits `everyone`."""
        for rule in self.policy.rules:
            model.add_policy("p", "p", [rule.role, rule.object, rule.act, rule.relation, rule.effect])
        for role in self.policy.roles:
            for above in {*self.policy.inherits.get(role, ()), EVERYONE} - {role}:
                model.add_policy("g", "g", [role, above])


def enforcer(policy: Policy) -> casbin.Enforcer:
    """A casbin enforcer of this policy; PolicyError where casbin can't read its model.

    Ask `enforce(role, type, field, class, act, relations)`; `relations` as `said` writes them.
    """
    try:
        model = Model()
        model.load_model_from_text(policy.model)
        # Without `enable_log` casbin switches its loggers off: they would write down every refused request.
        made = casbin.Enforcer(model, _Rules(policy))
        for function in (covers, implies, within):
            made.add_function(function.__name__, function)
    except Exception as error:  # casbin raises whatever its parser happens to meet
        raise PolicyError("model.conf", UNREADABLE) from error
    return made


def check_model(policy: Policy) -> None:
    """PolicyError unless the policy's model means what plans mean; asked at start, about the probes above."""
    _check_meaning(policy.model)


@lru_cache(maxsize=16)
def _check_meaning(model: str) -> None:
    roles = {name: Role(name, Text(name, name)) for name in ("probe", "above", "stranger", EVERYONE)}
    for rules in (PROBES, PROBES[::-1]):
        probed = Policy(rules, roles, {"probe": frozenset({"above"})}, model)
        judge = enforcer(probed)
        for role, held in itertools.product(("probe", "above", EVERYONE), HELD):
            catalogue = Catalogue(Relations({}, consents=True), {})
            plan = AccessPlan(catalogue, resolved(probed.rules_of((role,)), held))
            for cell, asked in itertools.product(BY_CONSENT, QUESTIONS):
                type_name, field, class_name, act = asked
                if _judged(judge, role, asked, said(cell, held)) != (
                    cell in plan.cells(type_name, act, field, class_name)
                ):
                    raise PolicyError("model.conf", OTHER_MEANING)


def said(cell: int, held: Iterable[str] = ()) -> str:
    """The relations in which a row stands, and the circumstances that hold beside them."""
    return "+".join((name_of(cell), *sorted(held)))


def _judged(judge: casbin.Enforcer, role: str, asked: tuple[str, ...], relations: str) -> bool:
    try:
        return bool(judge.enforce(role, *asked, relations))
    except Exception as error:  # a matcher that names what is not there fails only when it is asked
        raise PolicyError("model.conf", UNREADABLE) from error
