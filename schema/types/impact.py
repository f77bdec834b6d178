"""Try a change of the policies before it counts (BEY-5)."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

import strawberry

from core.access.cells import name_of
from core.access.decision import AccessOutcome
from core.access.guard import allowed_somewhere
from core.errors import BadUserInput
from core.ids import global_id, key_of
from core.impact.permissions import TEST_CHANGE
from core.impact.proposal import Lines, lines_of_change
from core.impact.service import Change, RoleImpact
from core.organization.models import Employee
from core.policies.keeper import PolicyKeeper
from core.policies.models import PolicyChange
from core.text import Language, Text
from schema.compiler.interpreter import RequestContext
from schema.recording.dry_run import DryRun, Findings
from schema.types.trials import OperationImpact, operation_impact

Info = strawberry.Info[RequestContext, None]
MOST_EXAMPLES, MOST_LISTED, MOST_DAYS = 10, 1_000, 366
WHICH = Text(
    "give either `change`, or lines to `add` or to `remove`",
    "请给出 `change`，或给出要 `add` 或 `remove` 的行",
)
RANGE = Text("must be {least} to {most}", "须在 {least} 到 {most} 之间")


@strawberry.type(description="An employee whom a change concerns.")
class EmployeeImpact:
    """GraphQL form of `core.impact.service.Concerned`."""

    id: strawberry.ID | None = strawberry.field(description="The employee; null where not visible to you.")
    name: str | None = strawberry.field(description="The employee's name; null where not visible to you.")
    rows: int = strawberry.field(description="On how many rows it holds for this employee.")


def _employees(
    root: AccessChange, first: Annotated[int, strawberry.argument(description="At most so many.")] = 10
) -> list[EmployeeImpact]:
    """Named as far as the asker may see them."""
    if not 0 <= first <= MOST_LISTED:
        raise BadUserInput("employees.first", RANGE, least=0, most=MOST_LISTED)
    prefix = Employee.__prefix__ or ""
    return [
        EmployeeImpact(
            id=None if one.holder.name is None else strawberry.ID(global_id(prefix, one.holder.employee)),
            name=one.holder.name,
            rows=one.rows,
        )
        for one in root.found.concerned[:first]
    ]


@strawberry.type(description="A row that a change concerns, and that you may see.")
class ImpactExample:
    """GraphQL form of `core.impact.examples.Example`."""

    id: strawberry.ID = strawberry.field(description="Its id, for `node(id:)`.")
    name: str | None = strawberry.field(description="Its name, where it has one.")


@strawberry.type(description="Something that a role gains or loses.")
class AccessChange:
    """GraphQL form of `core.impact.service.Change`."""

    found: strawberry.Private[Change]
    type: str = strawberry.field(description="The type.")
    act: str = strawberry.field(
        description="The act, as rules name it: `read` for rows, `show` for fields, `write` for fields, "
        "or an act of the type."
    )
    class_: str | None = strawberry.field(name="class", description="The sensitivity class of the fields.")
    fields: list[str] = strawberry.field(description="The fields; none for rows and for acts of the type.")
    before: AccessOutcome = strawberry.field(description="What happens now.")
    after: AccessOutcome = strawberry.field(description="What would happen.")
    gain: bool = strawberry.field(description="Whether more would be given than now.")
    relations: list[str] = strawberry.field(
        description="For rows in which relation to the employee, as in the `effect` of a redaction."
    )
    counted: str = strawberry.field(
        description="The type whose rows are counted: for what belongs to a customer, the customers."
    )
    rows: int = strawberry.field(description="On how many rows, for the employee whom it concerns most.")
    examples: list[ImpactExample] = strawberry.field(
        description="A few of these rows that you may see too; none where you may see none."
    )

    employees: list[EmployeeImpact] = strawberry.field(
        resolver=_employees,
        description="The employees whom it concerns, the most rows first: everybody who holds the role and "
        "is not suspended, also where there are no rows yet.",
    )


@strawberry.type(description="What one role gains and loses.")
class PolicyRoleImpact:
    """GraphQL form of `core.impact.service.RoleImpact`."""

    role: str = strawberry.field(description="The role, as the policies name it.")
    title: str = strawberry.field(description="What people call it, in the language of `Accept-Language`.")
    employees: int = strawberry.field(description="How many employees hold it and may sign in.")
    changes: list[AccessChange] = strawberry.field(description="What it gains and loses.")


@strawberry.type(description="What is gained or lost of a type, over all roles.")
class ImpactTotal:
    """One line of the summary."""

    type: str = strawberry.field(description="The type.")
    act: str = strawberry.field(description="The act, as rules name it.")
    class_: str | None = strawberry.field(name="class", description="The sensitivity class.")
    gain: bool = strawberry.field(description="Whether it is gained; else it is lost.")
    roles: list[str] = strawberry.field(description="By which roles.")
    employees: int = strawberry.field(description="By how many employees.")
    rows: int = strawberry.field(description="On how many rows, for the employee whom it concerns most.")


@strawberry.type(description="What a change of the policies would do. Nothing was changed.")
class PolicyImpact:
    """GraphQL form of `schema.recording.dry_run.Findings`."""

    base: int = strawberry.field(description="The version in force, on which the change was tried.")
    roles: int = strawberry.field(description="How many roles would gain or lose something.")
    employees: int = strawberry.field(description="How many employees would.")
    totals: list[ImpactTotal] = strawberry.field(description="What is gained and lost over all roles.")
    by_role: list[PolicyRoleImpact] = strawberry.field(description="The same, role by role.")
    operations_tried: int = strawberry.field(
        description="How many recorded operations of these roles were tried, the most asked first."
    )
    operations: list[OperationImpact] | None = strawberry.field(
        description="Those that would be answered otherwise, the most asked first; "
        "null where you may not read what is recorded."
    )
    cut: bool = strawberry.field(
        description="Whether something was left out because there is too much: "
        "figures are then least ones, and examples or operations may be missing."
    )


def _argument(text: str) -> Any:
    return strawberry.argument(description=text)


async def policy_impact(  # one parameter for each argument of the field
    info: Info,
    change: Annotated[strawberry.ID | None, _argument("A proposed change.")] = None,
    add: Annotated[list[str] | None, _argument("Or lines to add, written as in the files.")] = None,
    remove: Annotated[list[str] | None, _argument("Or lines to remove, written as in the files.")] = None,
    days: Annotated[int, _argument("Operations of so many last days are tried, today included.")] = 7,
    examples: Annotated[
        int, _argument(f"At most so many example rows a change; {MOST_EXAMPLES} at most.")
    ] = 3,
) -> PolicyImpact | None:
    """The resolver of `policyImpact`."""
    viewer, services = info.context.viewer, info.context.services
    allowed_somewhere(viewer, TEST_CHANGE)
    for name, value, least, most in (("days", days, 1, MOST_DAYS), ("examples", examples, 0, MOST_EXAMPLES)):
        if not least <= value <= most:
            raise BadUserInput(name, RANGE, least=least, most=most)
    if (change is None) == (add is None and remove is None):
        raise BadUserInput("change", WHICH)
    lines: Lines | None = Lines(add or (), remove or ())
    if change is not None:
        key = key_of(change, PolicyChange.__prefix__ or "", "change")
        lines = await lines_of_change(services[PolicyKeeper], viewer, key)
    if lines is None:
        return None
    return _told(await services[DryRun].run(viewer, lines, days, examples), viewer.language)


def _told(found: Findings, language: Language) -> PolicyImpact:
    by_role = found.impact.roles
    return PolicyImpact(
        base=found.base,
        roles=len(by_role),
        employees=len({holder.employee for one in by_role for holder in one.holders}),
        totals=_totals(by_role),
        by_role=[_role(one, found, language) for one in by_role],
        operations_tried=found.tried,
        operations=None if found.trials is None else [operation_impact(one) for one in found.trials],
        cut=found.cut,
    )


def _role(one: RoleImpact, found: Findings, language: Language) -> PolicyRoleImpact:
    declared = found.before.roles.get(one.role) or found.after.roles[one.role]
    changes = [_change(change) for change in one.changes]
    return PolicyRoleImpact(
        role=one.role, title=declared.title.say(language), employees=len(one.holders), changes=changes
    )


def _change(change: Change) -> AccessChange:
    one, prefix = change.difference, change.prefix
    return AccessChange(
        found=change,
        type=one.type,
        act=one.act,
        class_=one.sensitivity,
        fields=list(one.fields),
        before=AccessOutcome[one.before],
        after=AccessOutcome[one.after],
        gain=one.gain,
        relations=[name_of(cell) for cell in sorted(one.cells)],
        counted=change.counted,
        rows=change.rows,
        examples=[
            ImpactExample(id=strawberry.ID(global_id(prefix, x.key)), name=x.label) for x in change.examples
        ],
    )


def _totals(roles: list[RoleImpact]) -> list[ImpactTotal]:
    """One line for each type, act, class and direction; losses first, then what concerns the most rows."""
    found: dict[tuple[str, str, str | None, bool], list[tuple[RoleImpact, Change]]] = defaultdict(list)
    for one in roles:
        for change in one.changes:
            d = change.difference
            found[d.type, d.act, d.sensitivity, d.gain].append((one, change))
    totals = [
        ImpactTotal(
            type=name,
            act=act,
            class_=sensitivity,
            gain=gain,
            roles=sorted({role.role for role, _ in parts}),
            employees=len({holder.employee for role, _ in parts for holder in role.holders}),
            rows=max(change.rows for _, change in parts),
        )
        for (name, act, sensitivity, gain), parts in found.items()
    ]
    return sorted(totals, key=lambda one: (one.gain, -one.rows, one.type, one.act, one.class_ or ""))
