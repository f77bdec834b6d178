"""Why can't I see this? The policies explained (BEY-4)."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from core.access.cells import name_of
from core.access.decision import AccessLoss, AccessOutcome, AccessReason, Decision, Reached
from core.explaining.granting import Granting
from core.explaining.service import About, Explained, Explanations
from core.ids import global_id
from core.organization.models import Employee
from core.text import Language
from schema.compiler.interpreter import RequestContext
from schema.vocabulary.enums import expose

expose(AccessOutcome, AccessLoss, AccessReason)
Info = strawberry.Info[RequestContext, None]


def _about(text: str) -> Any:
    return strawberry.argument(description=text)


OfType = Annotated[str, _about("The type, such as `Customer`; a redaction names it.")]
OfField = Annotated[
    str | None, _about("A field of the type, such as `phone`; without it the rows are asked about.")
]
OfAct = Annotated[
    str | None,
    _about(
        "What is to be done. With a field: `show` (unless said) or `write`. Without one: `read` (unless "
        "said) or an act of the type, such as `update`."
    ),
]
OfEmployee = Annotated[
    strawberry.ID | None,
    _about("About whom: you in your present role, unless said; another employee in every role they hold."),
]
OfRole = Annotated[str | None, _about("In which role instead, whether it is held or not.")]
OfRow = Annotated[
    strawberry.ID | None,
    _about(
        "A row of the type, or one that it belongs to (the customer of purchases): only the relation in "
        "which it stands is explained. Without it every relation that can be."
    ),
]


@strawberry.type(description="A rule of the policies that reaches a role.")
class AccessRule:
    """GraphQL form of `core.access.decision.Reached`."""

    line: str = strawberry.field(description="The rule as it stands in grants.csv.")
    role: str = strawberry.field(description="The role that it is written for.")
    object: str = strawberry.field(description="What it is about: `class:…`, `type:…` or `field:…`.")
    act: str = strawberry.field(description="The act that it allows or denies.")
    relation: str = strawberry.field(
        description="The relation in which it holds, `all` for every one; or the circumstance, such as "
        "`without-training`."
    )
    effect: str = strawberry.field(description="`allow` or `deny`.")
    place: str | None = strawberry.field(
        description="Where it stands, such as `grants.csv:12`; null for policies of the database."
    )
    through: list[str] = strawberry.field(
        description="How it reaches the role asked about: that role first, then what it inherits, "
        "up to the role that the rule is written for."
    )


@strawberry.type(description="A rule that speaks of the same thing and did not decide.")
class LostAccessRule:
    """GraphQL form of `core.access.decision.Lost`."""

    rule: AccessRule = strawberry.field(description="The rule.")
    why: AccessLoss = strawberry.field(description="Why it did not decide.")
    because: str = strawberry.field(description="The same in words, in the language of `Accept-Language`.")


@strawberry.type(description="Something about the caller, the request or a consent that rules speak of.")
class AccessCircumstance:
    """GraphQL form of `core.access.circumstances.Circumstance`."""

    name: str = strawberry.field(description="How rules name it, such as `without-training`.")
    about: str = strawberry.field(description="What holds, in the language of `Accept-Language`.")
    remedy: str = strawberry.field(description="What ends it.")


@strawberry.type(description="What would have to be otherwise: lines of policies, and circumstances.")
class AccessRemedy:
    """The smallest change that would allow all of what was asked."""

    circumstances: list[AccessCircumstance] = strawberry.field(
        description="Circumstances in the way; as long as they hold, lines alone don't help."
    )

    add: list[str] = strawberry.field(description="Lines to add; they reach no further than needed.")
    remove: list[str] = strawberry.field(description="Denies that stand in the way; other roles feel it too.")


@strawberry.type(description="What the policies decide for rows in one relation, and why.")
class AccessDecision:
    """GraphQL form of `core.access.decision.Decision`."""

    relation: str = strawberry.field(
        description="The relation in which the row stands, as in the `effect` of a redaction: "
        "`own+department`; `all` for none. `without-consent` beside them: for customers who have not "
        "consented to the declared purpose."
    )
    outcome: AccessOutcome = strawberry.field(description="What happens.")
    reason: AccessReason = strawberry.field(description="What that rests on.")
    because: str = strawberry.field(description="Both in words, in the language of `Accept-Language`.")
    row_visible: bool = strawberry.field(
        description="Whether the row is visible at all; if not, nothing of it is shown, whatever the outcome."
    )
    decided_by: list[AccessRule] = strawberry.field(
        description="The rules that decided; none where nothing is said, or the field is public."
    )
    lost: list[LostAccessRule] = strawberry.field(description="Rules on the same thing that did not decide.")
    missing: AccessRemedy | None = strawberry.field(
        description="What would have to change so that it is shown or allowed, the row included; "
        "null where nothing is missing."
    )


@strawberry.type(description="What the policies decide for one role.")
class RoleAccess:
    """GraphQL form of `core.explaining.service.Explained`."""

    role: str = strawberry.field(description="The role, as the policies name it.")
    title: str = strawberry.field(description="What people call it, in the language of `Accept-Language`.")
    decisions: list[AccessDecision] = strawberry.field(
        description="One for each relation that can be; only one where a row was given."
    )


@strawberry.type(description="An employee who may change who may do what.")
class AccessGrantor:
    """One holder of a granting role."""

    id: strawberry.ID = strawberry.field(description="The employee's id.")
    name: str = strawberry.field(description="The employee's name.")


@strawberry.type(description="A role that may change the policies, and who holds it.")
class AccessGrantingRole:
    """GraphQL form of `core.explaining.granting.Granting`."""

    role: str = strawberry.field(description="The role, as the policies name it.")
    acts: list[str] = strawberry.field(
        description="What it may do to changes of the policies: `propose`, `approve`."
    )
    employees: list[AccessGrantor] = strawberry.field(
        description="Who holds it and may sign in, as far as you see employees; the first hundred by name."
    )


async def _granted_by(info: Info) -> list[AccessGrantingRole]:
    """Read only where it is selected."""
    explanations = info.context.services[Explanations]
    return [_granting(one) for one in await explanations.who_grants(info.context.viewer)]


def _granting(one: Granting) -> AccessGrantingRole:
    prefix = Employee.__prefix__ or ""
    employees = [AccessGrantor(id=strawberry.ID(global_id(prefix, key)), name=n) for key, n in one.employees]
    return AccessGrantingRole(role=one.role, acts=list(one.acts), employees=employees)


@strawberry.type(description="Why something is shown, masked, hidden, allowed or not.")
class AccessExplanation:
    """The answer to one question."""

    type: str = strawberry.field(description="The type that was asked about.")
    field: str | None = strawberry.field(description="The field that was asked about.")
    class_: str | None = strawberry.field(name="class", description="The field's sensitivity class.")
    act: str = strawberry.field(description="The act that was asked about.")
    roles: list[RoleAccess] = strawberry.field(description="The decisions, each role by itself.")

    granted_by: list[AccessGrantingRole] = strawberry.field(
        resolver=_granted_by,
        description="Who can grant what is missing: who may propose and approve changes of the policies.",
    )


async def explain_access(  # noqa: PLR0913, PLR0917  # one parameter for each argument of the field
    info: Info,
    type: OfType,  # noqa: A002
    field: OfField = strawberry.UNSET,
    act: OfAct = strawberry.UNSET,
    employee: OfEmployee = strawberry.UNSET,
    role: OfRole = strawberry.UNSET,
    row: OfRow = strawberry.UNSET,
) -> AccessExplanation | None:
    """The resolver of `explainAccess`."""
    viewer, explanations = info.context.viewer, info.context.services[Explanations]
    found = await explanations.explain(
        viewer, About(type, *(one or None for one in (field, act, employee, role, row)))
    )
    if found is None:
        return None
    question = found.question
    return AccessExplanation(
        type=type,
        field=question.field or None,
        class_=question.sensitivity or None,
        act=question.act,
        roles=[_role(one, viewer.language) for one in found.by_role],
    )


def _role(one: Explained, language: Language) -> RoleAccess:
    made = [_decision(d, language, visible=d.cell in one.visible) for d in one.decisions]
    return RoleAccess(role=one.role.name, title=one.role.title.say(language), decisions=made)


def _rule(reached: Reached) -> AccessRule:
    rule = reached.rule
    return AccessRule(
        line=rule.line,
        role=rule.role,
        object=rule.object,
        act=rule.act,
        relation=rule.relation,
        effect=rule.effect,
        place=reached.place,
        through=list(reached.chain),
    )


def _decision(one: Decision, language: Language, *, visible: bool) -> AccessDecision:
    lost = [
        LostAccessRule(rule=_rule(x.reached), why=x.why, because=x.why.value.say(language)) for x in one.lost
    ]
    return AccessDecision(
        relation=name_of(one.cell),
        outcome=one.outcome,
        reason=one.reason,
        because=one.because(language),
        row_visible=visible,
        decided_by=[_rule(reached) for reached in one.decided],
        lost=lost,
        missing=_remedy(one, language),
    )


def _remedy(one: Decision, language: Language) -> AccessRemedy | None:
    if not (one.add or one.remove or one.ends):
        return None
    return AccessRemedy(
        circumstances=[
            AccessCircumstance(name=x.name, about=x.about.say(language), remedy=x.remedy.say(language))
            for x in one.ends
        ],
        add=[rule.line for rule in one.add],
        remove=[rule.line for rule in one.remove],
    )
