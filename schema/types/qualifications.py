"""What employees have signed, passed or learnt (ACC-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from core.qualifications import models
from core.qualifications.choices import QualificationKind
from schema.vocabulary import DateTime, Node, Relation, stored, to_one, viewer_relation
from schema.vocabulary.enums import expose
from schema.vocabulary.scalars import Day

if TYPE_CHECKING:
    from schema.types.organization import Employee

expose(QualificationKind)


@strawberry.type(
    description="That an employee signed the confidentiality agreement, passed the background check or did "
    "the yearly training, and until when it counts."
)
class EmployeeQualification(Node):
    """GraphQL form of `core.qualifications.models.EmployeeQualification`."""

    viewer_relation: list[Relation] = viewer_relation()
    kind: QualificationKind = stored(models.EmployeeQualification.kind)
    obtained_on: Day = stored(models.EmployeeQualification.obtained_on)
    valid_until: Day | None = stored(models.EmployeeQualification.valid_until)
    note: str | None = stored(models.EmployeeQualification.note)
    recorded_at: DateTime | None = stored(models.EmployeeQualification.recorded_at)
    revoked_at: DateTime | None = stored(models.EmployeeQualification.revoked_at)
    revocation_reason: str | None = stored(models.EmployeeQualification.revocation_reason)
    employee: Annotated[Employee, strawberry.lazy("schema.types.organization")] | None = to_one(
        models.EmployeeQualification.employee_id
    )
    recorded_by: Annotated[Employee, strawberry.lazy("schema.types.organization")] | None = to_one(
        models.EmployeeQualification.recorded_by_id
    )
    revoked_by: Annotated[Employee, strawberry.lazy("schema.types.organization")] | None = to_one(
        models.EmployeeQualification.revoked_by_id
    )
