"""Mutations: act in one transaction, commit, then read the payload under the caller's plan.

What the payload selects is compiled, and refused where it must be, before anything is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
import strawberry
from graphql import FieldNode

from core.access.current import Policies
from core.access.viewer import Viewer
from core.db.types import Key
from core.errors import Expected, RequestError
from core.idempotency import once
from core.organization.people import People, stamp
from core.services import Services
from schema.compiler.caches import Bounded
from schema.compiler.documents import Document
from schema.compiler.engine import Answer, Engine
from schema.compiler.inputs import builder
from schema.compiler.prepared import (
    Field,
    Fields,
    PayloadRow,
    Prepared,
    fields_in,
    is_below,
    json_of,
    name_of,
    written,
)
from schema.compiler.program import Filler, compiled
from schema.compiler.roots import lookup
from schema.compiler.select import Selector
from schema.compiler.shape import Shaper
from schema.compiler.values import Variables, arguments, plain
from schema.vocabulary.errors import error_type
from schema.vocabulary.mutations import Call
from schema.vocabulary.targets import Changed, Mutates, Namespace

CHANGED = "changed_row"


@dataclass(slots=True)
class _Given:
    """The input of one field in one request: as the act takes it, and as it was sent."""

    input: Any
    raw: Mapping[str, Any]


class Mutator:
    """Mutations of one application."""

    def __init__(self, engine: Engine, policies: Policies, services: Services, people: People) -> None:
        """`people` is told after a change of who is who."""
        self._engine, self._policies, self._services = engine, policies, services
        self._people = people
        settings = engine.settings
        self._kept: Bounded[Prepared] = Bounded(settings.plan_cache_entries, settings.plan_cache_bytes)

    async def run(self, document: Document, given: Mapping[str, Any] | None, viewer: Viewer) -> Answer:
        """All fields of the operation, one after the other, each in a transaction of its own."""
        variables, shape = self._engine.documents.coerce(document, given)
        if self._engine.note is not None:
            self._engine.note(document, shape, given, viewer)
        document.cost.check(variables, self._engine.settings.max_cost)
        key = (document.text, document.name, shape, viewer.plan.hash)
        prepared = self._kept.get(key)
        if prepared is None:
            prepared = await self._prepare(document, variables, viewer)
            self._kept.put(key, prepared, prepared.size)
        inputs = [(one, _input(one, variables)) for one in fields_in(prepared.fields)]
        answer, parts = Answer(b""), dict[tuple[str, ...], bytes]()
        filler = self._engine.filler(viewer)
        for one, input_ in inputs:
            outcome = await self._outcome(one, input_, variables, viewer, answer)
            if isinstance(outcome, bytes):
                parts[one.path] = outcome
            else:  # only of a payload that was read, something was redacted
                parts[one.path] = await self._payload(one, outcome, variables, viewer, filler)
                answer.redactions += [r for r in prepared.redactions if is_below(r["path"], one.path)]
        await self._engine.tell(filler, document, viewer)
        answer.data = written(prepared.fields, parts)
        return answer

    # -- before anything is done
    async def _prepare(self, document: Document, variables: Variables, viewer: Viewer) -> Prepared:
        """Compile once, and let the database look at what the payload reads, of no row."""
        s = self._engine.selector(viewer, document, variables)
        fields = self._fields(s, [document.operation], "Mutation", (), ())
        s.raise_refusal()
        for one in fields_in(fields):
            field = self._engine.schema.graphql_field(one.owner, one.node.name.value)
            one.given = arguments(one.node, field, variables, ".".join(one.path))["input"]
            for row in one.rows.values():
                await self._read(row, None, variables, viewer, self._engine.filler(viewer))
        return Prepared(fields, s.redactions)

    def _fields(
        self, s: Selector, above: list[Any], owner: str, path: tuple[str, ...], names: tuple[str, ...]
    ) -> Fields:
        """What is selected of Mutation, or of a namespace in it. `names`: those of the namespaces so far."""
        made: Fields = {}
        for key, nodes in s.collect(above, owner).items():
            name = nodes[0].name.value
            target = self._engine.schema.target(owner, name)
            if isinstance(target, Namespace):
                inner = self._engine.schema.type_behind(owner, name)
                made[key] = self._fields(s, nodes, inner, (*path, key), (*names, name))
            elif isinstance(target, Mutates):
                made[key] = self._field(s, (*path, key), ".".join((*names, name)), owner, target, nodes)
            else:
                made[key] = orjson.dumps(owner)  # `__typename`; Mutation has no other fields
        return made

    def _field(
        self,
        s: Selector,
        path: tuple[str, ...],
        name: str,
        owner: str,
        target: Mutates,
        nodes: list[FieldNode],
    ) -> Field:
        schema = self._engine.schema
        made = Field(path, name, owner, target, nodes[0], {}, {}, builder(schema, target.input))
        for member in (made.payload, *(name_of(error_type(e)) for e in target.errors)):
            found = s.collect(nodes, member)
            made.members[member] = [(response, subs[0].name.value) for response, subs in found.items()]
            for response, subs in found.items():
                shown = schema.target(member, subs[0].name.value)
                if isinstance(shown, Changed):
                    made.rows[response] = self._row(s, shown, subs, [*path, response], member)
        return made

    def _row(
        self, s: Selector, shown: Changed, nodes: list[FieldNode], path: list[str], payload: str
    ) -> PayloadRow:
        tree = lookup(s, shown.model.__name__, sa.bindparam(CHANGED, type_=Key()), nodes, path)
        statement = sa.select(Shaper(self._engine.dialect).lookup(tree, tree.value))
        program = compiled(s, self._engine.dialect, statement, tree)
        return PayloadRow(self._attribute(payload, nodes[0].name.value), program)

    def _attribute(self, payload: str, field: str) -> str:
        return self._engine.schema.get_field_for_type(field, payload).python_name  # type: ignore[union-attr]

    # -- acting
    async def _outcome(
        self, one: Field, given: _Given, variables: Variables, viewer: Viewer, answer: Answer
    ) -> bytes | Mapping[str, Any]:
        """What came of it; the text of an error where nothing did."""
        try:
            for row in one.rows.values():  # a bad value in the selection is refused before anything is done
                row.program.arguments(variables, viewer, {CHANGED: None})
            return await self._act(one, given, viewer)
        except Expected as error:
            self._engine.refused(one.name, error, viewer)
            return self._error(one, error, viewer)
        except RequestError as error:
            self._engine.refused(one.name, error, viewer)
            place = {"field": error.field} if error.field else {}
            said = {"message": error.message(viewer.language), "path": [*one.path]}
            answer.errors.append({**said, "extensions": {"code": error.code, **place}})
            return b"null"

    async def _act(self, one: Field, given: _Given, viewer: Viewer) -> Mapping[str, Any]:
        async with self._engine.database.unit_of_work() as work:
            work.operation = one.name
            call = Call(
                work,
                viewer,
                self._engine.settings,
                self._policies,
                self._services,
                lambda: work.after_commit.append(self._people.changed),
            )

            async def act() -> dict[str, Any]:
                done = await one.target.act(call, given.input)
                if self._people.changed in work.after_commit:  # last, for it is one row that all wait for
                    await stamp(work)
                await work.flush()
                return {name: value.hex if isinstance(value, UUID) else value for name, value in done.items()}

            key = getattr(given.input, "idempotency_key", None)
            if key is None or key is strawberry.UNSET:
                return await act()
            rest = {name: value for name, value in given.raw.items() if name != "idempotencyKey"}
            text = orjson.dumps(rest, default=str, option=orjson.OPT_SORT_KEYS)
            outcome: Mapping[str, Any] = await once(
                work, viewer.subject, one.name, key, work.sealer.digest("idempotency", text), act
            )
            return outcome

    # -- what came of it
    async def _payload(
        self, one: Field, outcome: Mapping[str, Any], variables: Variables, viewer: Viewer, filler: Filler
    ) -> bytes:
        parts: dict[str, bytes] = {}
        for response, field in one.members[one.payload]:
            if (row := one.rows.get(response)) is not None:
                key = outcome.get(row.attribute)
                parts[response] = (
                    b"null"
                    if key is None
                    else await self._read(row, UUID(hex=key), variables, viewer, filler)
                )
            elif field == "__typename":
                parts[response] = orjson.dumps(one.payload)
            else:
                parts[response] = orjson.dumps(outcome.get(self._attribute(one.payload, field)))
        return json_of(parts)

    async def _read(
        self, row: PayloadRow, key: UUID | None, variables: Variables, viewer: Viewer, filler: Filler
    ) -> bytes:
        found = row.program.arguments(variables, viewer, {CHANGED: key})
        return await row.program.run(self._engine.database.reader, found, filler)

    def _error(self, one: Field, error: Expected, viewer: Viewer) -> bytes:
        if type(error) not in one.target.errors:
            message = f"{one.name} ended in {error.code}, which it does not declare"
            raise AssertionError(message) from error
        name = name_of(error_type(type(error)))
        said = {
            "code": error.code,
            "message": error.message(viewer.language),
            "field": error.field,
            "__typename": name,
        }
        return json_of({response: orjson.dumps(said[field]) for response, field in one.members[name]})


def _input(one: Field, variables: Variables) -> _Given:
    raw = plain(one.given, variables)
    return _Given(one.build(raw), raw)
