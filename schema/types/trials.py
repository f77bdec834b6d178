"""Recorded operations that a change of the policies would answer otherwise (BEY-5)."""

from __future__ import annotations

import strawberry

from core.ids import global_id
from core.operations.choices import OperationKind
from core.operations.models import RecordedOperation
from schema.recording.trial import Answer, Trial
from schema.vocabulary import Json
from schema.vocabulary.enums import expose

expose(OperationKind)


@strawberry.type(description="A recorded operation that would be answered otherwise.")
class OperationImpact:
    """GraphQL form of `schema.recording.trial.Trial`."""

    id: strawberry.ID = strawberry.field(description="Id of the recorded operation.")
    role: str = strawberry.field(description="The role that asks it.")
    kind: OperationKind = strawberry.field(description="Whether it reads or changes.")
    name: str | None = strawberry.field(description="Its name; null where it has none.")
    text: str = strawberry.field(description="The operation, with placeholders for its values.")
    calls: int = strawberry.field(description="How often the role asked it in the days looked at.")
    valid: bool = strawberry.field(
        description="Whether it fits the schema as it is; one that does not is refused already."
    )
    forbidden_before: str | None = strawberry.field(
        description="The place for which it is refused now (`FORBIDDEN`); null where it is answered."
    )
    forbidden_after: str | None = strawberry.field(
        description="The place for which it would be refused; null where it would be answered."
    )
    redactions_before: Json | None = strawberry.field(
        description="`extensions.redactions` now; null where they would not change."
    )
    redactions_after: Json | None = strawberry.field(
        description="`extensions.redactions` then; null where they would not change."
    )
    other_rows: list[str] = strawberry.field(description="The types of which it would reach other rows.")
    other_order: bool = strawberry.field(
        description="Whether a list would come in another order, since a field of its order is shown "
        "now and not then, or the other way round."
    )


def operation_impact(trial: Trial) -> OperationImpact:
    """A trial as clients read it."""
    one, before, after = trial.operation, trial.before, trial.after
    redactions = [answer.redactions for answer in trial.answered or ()] or [[], []]
    same = redactions[0] == redactions[1]
    return OperationImpact(
        id=strawberry.ID(global_id(RecordedOperation.__prefix__ or "", one.key)),
        role=one.role,
        kind=one.kind,
        name=one.name,
        text=one.text,
        calls=one.calls,
        valid=before is not None,
        forbidden_before=_refusal(before),
        forbidden_after=_refusal(after),
        redactions_before=None if same else Json(redactions[0]),
        redactions_after=None if same else Json(redactions[1]),
        other_rows=trial.types,
        other_order=trial.reordered,
    )


def _refusal(answer: Answer | None) -> str | None:
    return answer.refused if answer else None
