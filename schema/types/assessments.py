"""Assessments (ASM-1 to ASM-5)."""

from __future__ import annotations

import strawberry

from core.assessments import models
from core.assessments.choices import Grade
from schema.types.organization import Department, Employee
from schema.vocabulary import DateTime, Long, Node, Relation, stored, to_one, viewer_relation
from schema.vocabulary.enums import expose
from schema.vocabulary.scalars import Day

expose(Grade)


@strawberry.type(description="One indicator of an employee, a department or the company over a period.")
class Assessment(Node):
    """GraphQL form of `core.assessments.models.Assessment`."""

    viewer_relation: list[Relation] = viewer_relation()
    indicator: str = stored(models.Assessment.indicator)
    period_start: Day = stored(models.Assessment.period_start)
    period_end: Day = stored(models.Assessment.period_end)
    value_millis: Long | None = stored(models.Assessment.value_millis)
    grade: Grade | None = stored(models.Assessment.grade)
    computed: bool = stored(models.Assessment.computed)
    created_at: DateTime | None = stored(models.Assessment.created_at)
    employee: Employee | None = to_one(models.Assessment.employee_id)
    department: Department | None = to_one(models.Assessment.department_id)
    created_by: Employee | None = to_one(models.Assessment.created_by_id)
