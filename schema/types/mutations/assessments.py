"""Entering assessments by hand (ASM-2)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.assessments import models
from core.assessments.choices import Grade
from core.assessments.service import AssessmentService
from schema.types.assessments import Assessment
from schema.vocabulary import Long
from schema.vocabulary.mutations import Call, Input, accepts, changed, mutation, values_of
from schema.vocabulary.scalars import Day


@strawberry.input(description="An assessment that is entered by hand.")
class RecordAssessmentInput(Input):
    """Indicator, period and value are required."""

    indicator: str = accepts(models.Assessment.indicator, required=True)
    period_start: Day = accepts(models.Assessment.period_start, required=True)
    period_end: Day = accepts(models.Assessment.period_end, required=True)
    value_millis: Long = accepts(models.Assessment.value_millis, required=True)
    grade: Grade | None = accepts(models.Assessment.grade)
    employee_id: strawberry.ID | None = accepts(models.Assessment.employee_id)
    department_id: strawberry.ID | None = accepts(models.Assessment.department_id)


@strawberry.type(description="The assessment that was entered.")
class RecordAssessmentPayload:
    """Payload of recordAssessment."""

    assessment: Assessment | None = changed(
        models.Assessment, "The assessment; null where it is not visible to you."
    )


@mutation(RecordAssessmentPayload, "Enter an assessment by hand; it says so, and by whom.")
async def record_assessment(call: Call, given: RecordAssessmentInput) -> dict[str, Any]:
    """ASM-2."""
    return {
        "assessment": (await AssessmentService(call.work, call.viewer).record_assessment(values_of(given))).id
    }


MUTATIONS = (record_assessment,)
