"""Asking for what may not be seen, by every door of the attack kit that leads through the plugin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from core.access.rules import EVERYONE
from core.text import Text
from schema.conformance.outcome import Check, Skipped
from schema.conformance.stand import Stand
from schema.kit.attack import Attack, Case, Probe
from schema.kit.probes import PROBES
from schema.kit.run import Plan, assail
from schema.kit.stage import Caller

MOST = 2
"""Attacks of a probe by one caller."""
LOOKED_THROUGH = 400
"""Attacks among which those are looked for that lead through the plugin."""
ROLES = 3

NOTHING = Text("it adds nothing to ask for", "没有可查询的内容")


@dataclass(frozen=True)
class _Through:
    """The attacks of a probe that name the plugin."""

    probe: Probe
    words: tuple[str, ...]

    def __call__(self, case: Case) -> Iterator[Attack]:
        seen: set[str] = set()
        for attack in islice(self.probe.attacks(case), LOOKED_THROUGH):
            if attack.text not in seen and any(word in attack.text for word in self.words):
                seen.add(attack.text)
                yield attack


def probes(stand: Stand) -> list[Probe]:
    """Those of the kit, narrowed to the plugin."""
    manifest = stand.subject.manifest
    words = (f"{manifest.id} {{", *stand.subject.types)
    return [replace(probe, attacks=_Through(probe, words)) for probe in PROBES]


async def access(stand: Stand) -> AsyncIterator[str]:
    """Some roles that the plugin's lines speak of, one of which they do not, and a stranger."""
    if not any(True for _ in stand.subject.values()):
        raise Skipped(NOTHING)
    report = await assail(stand.stage, _callers(stand), Plan(MOST, depth=2, first=True), probes(stand))
    for one in report.findings:
        yield f"{one.caller}: {one.probe}: {one.kind} {', '.join(one.fields)}\n{one.attack[:300]}"


def _callers(stand: Stand) -> list[Caller]:
    subject = stand.subject
    spoken = sorted({rule.role for rule in subject.suggested} - {EVERYONE})
    others = [role for role in sorted(subject.policy.roles) if role not in {*spoken, EVERYONE}]
    roles = [*spoken[-ROLES:], *others[:1]]
    return [*map(Caller, roles), Caller(roles[0], stranger=True)]


CHECKS = (
    Check(
        "access",
        Text("no question tells what its asker may not see", "任何查询都不泄露提问者不可见的内容"),
        Text(
            "let fields point at columns and SQL, and services begin with allowed_on(…); see docs/attacks.md",
            "字段须指向列或 SQL，服务须以 allowed_on(…) 开头；见 docs/attacks.md",
        ),
        tries=access,
    ),
)
