"""The plans of all roles under the policy in force, by the circumstances that hold."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeAlias

from core.access.circumstances import WITHOUT_CONSENT, mentioned, resolved
from core.access.current import Policies
from core.access.plan import AccessPlan, Catalogue
from core.access.purposes import NECESSARY, Purpose

MOST_PLANS = 1_000

Kept: TypeAlias = tuple[str, frozenset[str], bool]


class Plans:
    """Makes each once; they are forgotten when the policy changes."""

    def __init__(self, catalogue: Catalogue, policies: Policies) -> None:
        """Of one application."""
        self._catalogue, self._policies = catalogue, policies
        self._kept: OrderedDict[Kept, AccessPlan] = OrderedDict()
        policies.listeners.append(self._kept.clear)

    def __call__(self, role: str, held: frozenset[str], purpose: Purpose | None) -> AccessPlan:
        """The plan of a role while these circumstances hold.

        Only where the purpose needs consent, and a rule speaks of it, rows are told apart by it.
        """
        policy = self._policies.current
        rules = policy.rules_of((role,))
        asks = purpose is not None and purpose not in NECESSARY
        needs_consent = asks and WITHOUT_CONSENT in policy.circumstances
        kept = (role, held & mentioned(rules), needs_consent)
        plan = self._kept.get(kept)
        if plan is None:
            catalogue = self._catalogue.by_consent if needs_consent else self._catalogue
            plan = self._kept[kept] = AccessPlan(catalogue, resolved(rules, held))
            if len(self._kept) > MOST_PLANS:
                self._kept.popitem(last=False)
        return plan
