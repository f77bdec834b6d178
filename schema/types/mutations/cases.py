"""Suspending employees, and what becomes of it (ACC-4)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.approvals.errors import FourEyes
from core.cases import models
from core.cases.choices import Outcome
from core.cases.service import CaseService
from core.organization.errors import NobodyLeft, NotYourself
from core.organization.models import Employee as EmployeeRow
from schema.types.cases import AbuseCase
from schema.types.organization import Employee
from schema.vocabulary.mutations import Call, Input, accepts, accepts_id, changed, key_in, mutation


def _service(call: Call) -> CaseService:
    call.people_changed()
    return CaseService(call.work, call.viewer, call.policies.current)


@strawberry.input(description="Whose permissions are suspended, and what was found.")
class SuspendEmployeeInput(Input):
    """The finding is kept with the case."""

    employee_id: strawberry.ID = accepts_id(EmployeeRow, "The employee.")
    finding: str = accepts(models.AbuseCase.finding, required=True)


@strawberry.type(description="The employee whose permissions were suspended, and the case.")
class SuspendEmployeePayload:
    """Payload of suspendEmployee."""

    employee: Employee | None = changed(EmployeeRow, "The employee as it is now.")
    case: AbuseCase | None = changed(
        models.AbuseCase, "The case that was opened; null where not visible to you."
    )


@mutation(
    SuspendEmployeePayload,
    "Suspend an employee's permissions at once, in every process, tokens and open sockets included; "
    "and open a case, on which somebody else decides.",
    NobodyLeft,
    NotYourself,
)
async def suspend_employee(call: Call, given: SuspendEmployeeInput) -> dict[str, Any]:
    """ACC-4."""
    key = key_in(given, "employee_id")
    return {"employee": key, "case": (await _service(call).suspend(key, given.finding)).id}


@strawberry.input(description="Who gets the permissions back.")
class RestoreEmployeeInput(Input):
    """Ends a suspension."""

    employee_id: strawberry.ID = accepts_id(EmployeeRow, "The employee.")


@strawberry.type(description="The employee whose permissions hold again.")
class RestoreEmployeePayload:
    """Payload of restoreEmployee."""

    employee: Employee | None = changed(EmployeeRow, "The employee as it is now.")


@mutation(
    RestoreEmployeePayload,
    "End a suspension that went on after its case was closed, as when a penalty is over.",
    NotYourself,
)
async def restore_employee(call: Call, given: RestoreEmployeeInput) -> dict[str, Any]:
    """ACC-4."""
    return {"employee": (await _service(call).restore(key_in(given, "employee_id"))).id}


@strawberry.input(description="What a suspended employee says.")
class RecordStatementInput(Input):
    """Whoever leads the case writes it down."""

    case_id: strawberry.ID = accepts_id(models.AbuseCase, "The case.")
    statement: str = accepts(models.AbuseCase.statement, required=True)


@strawberry.type(description="The case with the statement.")
class RecordStatementPayload:
    """Payload of recordStatement."""

    case: AbuseCase | None = changed(models.AbuseCase, "The case; null where not visible to you.")


@mutation(
    RecordStatementPayload,
    "Write down what the employee says to an open case, as suspended employees can't sign in. "
    "The last statement counts.",
    NotYourself,
)
async def record_statement(call: Call, given: RecordStatementInput) -> dict[str, Any]:
    """ACC-4."""
    service = CaseService(call.work, call.viewer, call.policies.current)
    return {"case": (await service.record_statement(key_in(given, "case_id"), given.statement)).id}


@strawberry.input(description="What becomes of a case.")
class DecideCaseInput(Input):
    """A penalty says which one."""

    case_id: strawberry.ID = accepts_id(models.AbuseCase, "The case.")
    outcome: Outcome = accepts(models.AbuseCase.outcome, "What it ends in.", required=True)
    decision: str = accepts(models.AbuseCase.decision, required=True)
    penalty: str | None = accepts(
        models.AbuseCase.penalty, "The penalty; needed for PENALTY, none for RESTORED."
    )


@strawberry.type(description="The case, which is closed.")
class DecideCasePayload:
    """Payload of decideCase."""

    case: AbuseCase | None = changed(models.AbuseCase, "The case; null where not visible to you.")
    employee: Employee | None = changed(EmployeeRow, "The employee as it is now.")


@mutation(
    DecideCasePayload,
    "Close a case that somebody else opened. RESTORED gives the permissions back in the same transaction; "
    "otherwise the suspension goes on.",
    FourEyes,
    NotYourself,
)
async def decide_case(call: Call, given: DecideCaseInput) -> dict[str, Any]:
    """ACC-4."""
    penalty = None if given.penalty is strawberry.UNSET else given.penalty
    row = await _service(call).decide(key_in(given, "case_id"), given.outcome, given.decision, penalty)
    return {"case": row.id, "employee": row.employee_id}


MUTATIONS = (suspend_employee, restore_employee, record_statement, decide_case)
