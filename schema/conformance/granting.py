"""What it suggests to policies, and what is seen of it before anybody follows that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.access.checks import faults_of
from core.access.files import lines_in
from core.access.plan import HIDDEN, AccessPlan
from core.access.rules import PUBLIC, PolicyError, Rule
from core.extension.names import is_about
from core.text import Text
from schema.application import make_catalogue, vocabulary
from schema.conformance.outcome import Check, Skipped
from schema.conformance.subject import Subject

NO_GRANTS = Text("it suggests no policy lines", "没有建议策略")
NO_FIELDS = Text("it has no fields with values", "没有带值的字段")


def grants(subject: Subject) -> Iterator[str]:
    """Each line can be read, speaks of what there is, and of what is its own."""
    path = subject.declared["grants"]
    if path is None:
        raise Skipped(NO_GRANTS)
    faults: list[PolicyError] = []
    placed = {line: place for place, line in lines_in(path, faults) if isinstance(line, Rule)}
    yield from (fault.message("en").splitlines()[0] for fault in faults)
    words = vocabulary(make_catalogue(subject.schema), subject.plugins.permissions)
    yield from (f"{placed[line]}: {line.line}" for line in placed if not is_about(subject.declared, line))
    for fault in faults_of(replace(subject.policy, rules=tuple(placed), places=placed), words):
        yield fault.message("en")


def _seen(subject: Subject) -> Iterator[tuple[str, str]]:
    """(field, class) of what some role is shown of it on types of others, before its lines are adopted."""
    catalogue = make_catalogue(subject.schema)
    plans = [AccessPlan(catalogue, subject.policy.rules_of([role])) for role in subject.policy.roles]
    fields = [one for one in subject.values() if one[0] not in subject.types]
    for name, path, declaring, _ in fields:
        if any(
            plan.effects(declaring, path[-1])[cell] != HIDDEN for plan in plans for cell in plan.rows(name)
        ):
            yield f"{name}.{'.'.join(path)}", catalogue.fields[declaring, path[-1]]
    for name in subject.types:
        if any(plan.rows(name) for plan in plans):
            yield name, PUBLIC


def denied(subject: Subject) -> Iterator[str]:
    """Nobody sees anything of it that is public, nor rows."""
    if not any(True for _ in subject.values()):
        raise Skipped(NO_FIELDS)
    yield from (place for place, sensitivity in _seen(subject) if sensitivity == PUBLIC)


def inherited(subject: Subject) -> Iterator[str]:
    """What is shown at once, because its class is one of the core's and somebody is shown that class."""
    yield from (f"{place} ({name})" for place, name in _seen(subject) if name != PUBLIC)


CHECKS = (
    Check(
        "grants",
        Text(
            "the suggested policy lines can be read, and speak of its own types",
            "建议的策略有效，且只涉及自有类型",
        ),
        Text(
            "correct the line; what is the core's is the operator's to grant",
            "请改正该行；核心内容由运营者授权",
        ),
        grants,
    ),
    Check(
        "denied",
        Text("nobody sees anything of it before its policies are adopted", "采纳策略之前无人可见其内容"),
        Text("give the field a class other than PUBLIC", "请为字段使用 PUBLIC 以外的类别"),
        denied,
    ),
    Check(
        "inherited",
        Text(
            "nothing is shown at once by a rule on one of the core's classes",
            "没有字段因核心类别的规则而立即可见",
        ),
        Text(
            'fine where that is meant; else make a class of its own: Sensitivity("<id>_…", …)',
            '若为本意则无妨；否则请自建类别：Sensitivity("<id>_…", …)',
        ),
        inherited,
        serious=False,
    ),
)
