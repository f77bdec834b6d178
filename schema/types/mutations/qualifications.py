"""Changes of qualifications (ACC-6)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.organization.errors import NotYourself
from core.qualifications import models
from core.qualifications.choices import QualificationKind
from core.qualifications.service import QualificationService
from schema.types.qualifications import EmployeeQualification
from schema.vocabulary.mutations import Call, Input, accepts, accepts_id, changed, key_in, mutation, values_of
from schema.vocabulary.scalars import Day


def _service(call: Call) -> QualificationService:
    call.people_changed()
    return QualificationService(call.work, call.viewer, call.settings.zone)


@strawberry.input(description="What an employee signed, passed or learnt.")
class RecordQualificationInput(Input):
    """Employee, kind and day are required."""

    employee_id: strawberry.ID = accepts(models.EmployeeQualification.employee_id, required=True)
    kind: QualificationKind = accepts(models.EmployeeQualification.kind, required=True)
    obtained_on: Day = accepts(models.EmployeeQualification.obtained_on, required=True)
    valid_until: Day | None = accepts(
        models.EmployeeQualification.valid_until,
        "Last day on which it counts; left out where it doesn't end, and of a training: that counts for "
        "twelve months.",
    )
    note: str | None = accepts(models.EmployeeQualification.note)


@strawberry.type(description="The qualification that was recorded.")
class RecordQualificationPayload:
    """Payload of recordQualification."""

    qualification: EmployeeQualification | None = changed(
        models.EmployeeQualification, "The qualification; null where it is not visible to you."
    )


@mutation(
    RecordQualificationPayload,
    "Record that another employee signed the agreement, passed the check or did the training.",
    NotYourself,
)
async def record_qualification(call: Call, given: RecordQualificationInput) -> dict[str, Any]:
    """ACC-6."""
    values = values_of(given)
    row = await _service(call).record(values.pop("employee_id"), values)
    return {"qualification": row.id}


@strawberry.input(description="Which qualification counts no more, and why.")
class RevokeQualificationInput(Input):
    """Both are required."""

    id: strawberry.ID = accepts_id(models.EmployeeQualification, "The qualification.")
    reason: str = strawberry.field(description="Why; kept with it.")


@strawberry.type(description="The qualification that was revoked.")
class RevokeQualificationPayload:
    """Payload of revokeQualification."""

    qualification: EmployeeQualification | None = changed(
        models.EmployeeQualification, "The qualification as it is now."
    )


@mutation(RevokeQualificationPayload, "Have a qualification count no more; it stays as a record.")
async def revoke_qualification(call: Call, given: RevokeQualificationInput) -> dict[str, Any]:
    """ACC-6."""
    return {"qualification": (await _service(call).revoke(key_in(given, "id"), given.reason)).id}


MUTATIONS = (record_qualification, revoke_qualification)
