"""What recorded operations would answer under another plan: selected under both, never run (BEY-5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from graphql import OperationType

from core.access.cells import Cells
from core.access.plan import AccessPlan
from core.access.viewer import Viewer
from core.db.types import Key
from core.errors import Forbidden, RequestError
from core.impact.service import RolePlans
from core.operations.asked import Recorded
from schema.compiler.documents import Document, Documents
from schema.compiler.engine import Engine
from schema.compiler.roots import lookup, select_operation
from schema.compiler.select import Selector
from schema.compiler.tree import Many, below
from schema.limits.limits import Limits
from schema.vocabulary.targets import Changed, Mutates, Namespace

DOCUMENTS, BYTES = 500, 2**25
SECONDS = 5.0
"""After so long no further operation is tried; the most asked ones are first."""
KEY = sa.bindparam("row", type_=Key())


@dataclass(frozen=True, eq=False)
class Watched(AccessPlan):
    """A plan that notes what it said."""

    rows_said: set[tuple[str, str, Cells]] = field(default_factory=set)
    orders_said: set[tuple[str, str, bool]] = field(default_factory=set)

    def reach(self, type_name: str, among: Cells, scope: str = "ALL") -> Cells:
        """As the plan says."""
        said = super().reach(type_name, among, scope)
        self.rows_said.add((type_name, scope, said))
        return said

    def shown_in(self, type_name: str, column: str, among: Cells) -> Cells:
        """As the plan says: which rows a list has that tells whose they are."""
        said = super().shown_in(type_name, column, among)
        self.rows_said.add((type_name, column, said))
        return said

    def shown_everywhere(self, type_name: str, field_name: str, reach: Cells) -> bool:
        """As the plan says."""
        said = super().shown_everywhere(type_name, field_name, reach)
        self.orders_said.add((type_name, field_name, said))
        return said


@dataclass(frozen=True)
class Answer:
    """What decides an answer, the rows aside. `refused`: the place that is forbidden."""

    refused: str | None
    redactions: list[dict[str, Any]] = field(default_factory=list)
    rows: frozenset[tuple[str, str, Cells]] = frozenset()
    orders: frozenset[tuple[str, str, bool]] = frozenset()


@dataclass(frozen=True)
class Trial:
    """An operation that would be answered otherwise; without answers where it fits the schema no more."""

    operation: Recorded
    before: Answer | None = None
    after: Answer | None = None

    @property
    def answered(self) -> tuple[Answer, Answer] | None:
        """Both answers, where it is refused by neither plan."""
        one, other = self.before, self.after
        return (one, other) if one and other and one.refused is None and other.refused is None else None

    @property
    def types(self) -> list[str]:
        """The types of which it would reach other rows."""
        if self.answered is None:
            return []
        before, after = self.answered
        return sorted({name for name, _, _ in before.rows ^ after.rows})

    @property
    def reordered(self) -> bool:
        """Whether a list would come in another order, though of the same rows."""
        return (
            self.answered is not None
            and not self.types
            and self.answered[0].orders != self.answered[1].orders
        )


def own_documents(engine: Engine) -> Documents:
    """A place for the documents of dry runs, so that requests keep theirs."""
    return Documents(engine.schema, Limits.of(engine.settings), DOCUMENTS, BYTES)


async def try_operations(
    engine: Engine, documents: Documents, operations: Sequence[Recorded], plans: Sequence[RolePlans]
) -> tuple[list[Trial], int]:
    """Those of these operations that would be answered otherwise, and how many were tried in time.

    Other requests go on meanwhile.
    """
    by_role = {one.role: one for one in plans}
    found: list[Trial] = []
    loop = asyncio.get_running_loop()
    until = loop.time() + SECONDS
    for number, one in enumerate(operations):
        await asyncio.sleep(0)
        if loop.time() > until:
            return found, number
        changed = by_role[one.role]
        try:
            document = documents.get(one.text, one.name)
            variables, _ = documents.coerce(document, one.variables)
        except RequestError:
            found.append(Trial(one))
            continue
        answers = [answer_of(engine, document, variables, plan) for plan in (changed.before, changed.after)]
        before, after = answers
        if before != after and (before.refused is None or after.refused is None):
            found.append(Trial(one, before, after))
    return found, len(operations)


def answer_of(engine: Engine, document: Document, variables: Mapping[str, Any], plan: AccessPlan) -> Answer:
    """What decides the answer to an operation under a plan."""
    watched = Watched(plan.catalogue, plan.rules)
    selector = engine.selector(Viewer("trial", None, (), (), watched), document, variables)
    try:
        roots = _roots(selector, document)
        selector.raise_refusal()
    except Forbidden as refusal:
        return Answer(refusal.field or "")
    except RequestError:  # a placeholder that no value stands for; whoever asks in earnest has one
        roots = []
    rows = watched.rows_said.union((name, "", cells) for root in roots for name, cells in _merged(root))
    return Answer(None, selector.redactions, frozenset(rows), frozenset(watched.orders_said))


def _roots(s: Selector, document: Document) -> list[Any]:
    if document.operation.operation is OperationType.QUERY:
        return [select_operation(s, document.operation)]
    return list(_payloads(s, [document.operation], "Mutation", []))


def _payloads(s: Selector, above: list[Any], type_name: str, path: list[str]) -> Iterator[Any]:
    """What the payloads of mutations read after the commit; what they do is no question of reading."""
    for key, nodes in s.collect(above, type_name).items():
        name, here = nodes[0].name.value, [*path, key]
        target = s.schema.target(type_name, name)
        if isinstance(target, Namespace):
            yield from _payloads(s, nodes, s.schema.type_behind(type_name, name), here)
        elif isinstance(target, Mutates):
            payload: str = target.payload.__strawberry_definition__.name  # type: ignore[attr-defined]
            for response, subs in s.collect(nodes, payload).items():
                shown = s.schema.target(payload, subs[0].name.value)
                if isinstance(shown, Changed):
                    yield lookup(s, shown.model.__name__, KEY, subs, [*here, response])


def _merged(item: Any) -> Iterator[tuple[str, Cells]]:
    """The types of timelines, and the cells in which their rows are there: where it is shown when."""
    if isinstance(item, Many):
        yield from item.members.items()
    for one in below(item):
        yield from _merged(one)
