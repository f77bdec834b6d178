"""The way of a read through the compiler: document, variables, plan, program, answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from core.access.viewer import Viewer
from core.audit.choices import AuditKind
from core.db.database import Database
from core.errors import BaokeError, Forbidden, RequestError, TooComplex
from core.services import Services
from core.settings import Settings
from schema.compiler.caches import Bounded
from schema.compiler.dialect import Dialect, dialect_of
from schema.compiler.documents import Document, Documents
from schema.compiler.interpreter import Asked, Interpreter
from schema.compiler.program import Filler, Program, compiled
from schema.compiler.readings import Auditor
from schema.compiler.roots import select_operation
from schema.compiler.select import Selector
from schema.compiler.shape import Shaper
from schema.compiler.tree import Space
from schema.limits.limits import Limits
from schema.vocabulary.schema import Schema

REFUSALS = frozenset({"FORBIDDEN", "REFUSED"})
"""Codes that say that a caller may not; others say that the request is wrong, or that nothing is there."""

Note: TypeAlias = Callable[[Document, Hashable, Mapping[str, Any] | None, Viewer], None]
"""Told of each operation that is asked, with the shape of its variables, before it is answered or refused."""


@dataclass(slots=True)
class Answer:
    """JSON of `data`, what was redacted of it, and further entries of `extensions`."""

    data: bytes
    redactions: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Read:
    """A compiled read: a program, or a tree for the interpreter with a program for each level read so far.

    And the redactions that come with the plan.
    """

    program: Program | None
    selector: Selector | None
    tree: Space | None
    redactions: list[dict[str, Any]]
    refusal: Forbidden | None = None
    levels: dict[int, Program] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return self.program.size if self.program else 50_000


class Engine:
    """Reads of one application."""

    def __init__(self, schema: Schema, database: Database, settings: Settings, services: Services) -> None:
        """`settings` bound the caches and the limits; `services` are what resolvers find."""
        self.schema, self.database, self.settings = schema, database, settings
        self.dialect: Dialect = dialect_of(database.dialect)
        self.documents = Documents(
            schema, Limits.of(settings), settings.document_cache_entries, settings.document_cache_bytes
        )
        self.reads: Bounded[Read] = Bounded(settings.plan_cache_entries, settings.plan_cache_bytes)
        self.interpreter = Interpreter(schema, self.dialect, database, services)
        self.compiled = 0
        self.note: Note | None = None
        self.audit: Auditor | None = None

    async def query(
        self, document: Document, given: Mapping[str, Any] | None, viewer: Viewer, *, interpret: bool = False
    ) -> Answer:
        """Answer a query operation. A RequestError is raised before any row is read.

        `interpret` sends it through the interpreter although it could be compiled; the answer is the same.
        """
        try:
            return await self._query(document, given, viewer, interpret=interpret)
        except RequestError as error:
            self.refused(document.label, error, viewer)
            raise

    async def _query(
        self, document: Document, given: Mapping[str, Any] | None, viewer: Viewer, *, interpret: bool
    ) -> Answer:
        variables, shape = self.documents.coerce(document, given)
        if self.note is not None:
            self.note(document, shape, given, viewer)
        document.cost.check(variables, self.settings.max_cost)
        read = self.read(document, variables, shape, viewer, interpret=interpret)
        filler = self.filler(viewer)
        if read.program is not None:
            arguments = read.program.arguments(variables, viewer)
            try:
                data = await read.program.run(self.database.reader, arguments, filler)
            except TooComplex:  # as the database said before it read a row: from now on level by level
                read = self.read(document, variables, shape, viewer, interpret=True)
                self._keep(document, shape, viewer, read, interpret=False)
            else:
                await self.tell(filler, document, viewer)
                return Answer(data, read.redactions)
        assert read.tree is not None  # noqa: S101
        assert read.selector is not None  # noqa: S101
        asked = Asked(read.selector, read.levels, variables, given or {}, viewer, filler)
        result = await self.interpreter.run(document, read.tree, asked)
        filler.finish(read.selector.holes, read.selector.readings.uses)
        await self.tell(filler, document, viewer)
        return Answer(result.data, read.redactions, result.errors)

    def refused(self, operation: str, error: BaokeError, viewer: Viewer) -> None:
        """Tell the audit of what a caller may not do."""
        if self.audit is not None and error.code in REFUSALS:
            self.audit.note_refusal(viewer, operation, error.code, error.field)

    async def tell(self, filler: Filler, document: Document, viewer: Viewer) -> None:
        """Tell the audit what an answer shows, before it leaves (ACC-3).

        That is written down within a second, who is shown again within a minute; exports and what is shown by
        break-glass, at once.
        """
        if self.audit is None:
            return
        if self.audit.full:  # before: what is refused then is not shown, and not noted
            await self.audit.flush()
        now = AuditKind.EXPORT if viewer.exporting else AuditKind.UNMASK if viewer.emergency else None
        if viewer.exporting and not filler.read:  # a file is on record, whatever it holds
            filler.read.append(((), ()))
        for fields, customers in filler.read:
            if now is None:
                self.audit.note_read(viewer, document.label, fields, customers)
            else:
                await self.audit.write_now(viewer, now, document.label, fields, customers)

    def read(
        self,
        document: Document,
        variables: Mapping[str, Any],
        shape: Hashable,
        viewer: Viewer,
        *,
        interpret: bool = False,
    ) -> Read:
        """The compiled read, from the cache where it is there."""
        found = self.reads.get(
            (document.text, document.name, shape, viewer.plan.hash, viewer.narrow, interpret)
        )
        if found is None:
            found = self._compile(document, variables, viewer, interpret=interpret)
            self._keep(document, shape, viewer, found, interpret=interpret)
        if found.refusal is not None:
            raise Forbidden(found.refusal.field)  # a new one: a raised error holds on to the caller's frames
        return found

    def has_read(self, document: Document, shape: Hashable, viewer: Viewer) -> bool:
        """Whether `read` finds it in the cache."""
        return (
            self.reads.get((document.text, document.name, shape, viewer.plan.hash, viewer.narrow, False))
            is not None
        )

    def _keep(
        self, document: Document, shape: Hashable, viewer: Viewer, read: Read, *, interpret: bool
    ) -> None:
        key = (document.text, document.name, shape, viewer.plan.hash, viewer.narrow, interpret)
        self.reads.put(key, read, read.size)

    def _compile(
        self, document: Document, variables: Mapping[str, Any], viewer: Viewer, *, interpret: bool
    ) -> Read:
        """Compile once.

        FORBIDDEN is a property of document and plan and is kept; other refusals depend on values.
        """
        selector = self.selector(viewer, document, variables)
        try:
            tree = select_operation(selector, document.operation)
        except Forbidden as refusal:
            return Read(None, None, None, [], refusal)
        self.compiled += 1
        if interpret or tree.opaque:
            return Read(None, selector, tree, selector.redactions)
        statement = Shaper(self.dialect).statement(tree.roots)
        return Read(compiled(selector, self.dialect, statement, tree), None, None, selector.redactions)

    def selector(self, viewer: Viewer, document: Document, variables: Mapping[str, Any]) -> Selector:
        """A selector for one compilation under the caller's plan."""
        return Selector(
            self.schema,
            viewer.plan,
            viewer.narrow,
            self.dialect,
            self.database,
            document.fragments,
            variables,
            self.settings.max_page,
            self.settings.zone,
        )

    def filler(self, viewer: Viewer) -> Filler:
        """Fills the holes of one answer."""
        return Filler(self.database.sealer, viewer, self.database.reader)


def body(answer: Answer) -> bytes:
    """The response: `data` as the database gave it, errors, redactions and other extensions."""
    parts = [b'{"data":', answer.data]
    if answer.errors:
        parts += [b',"errors":', orjson.dumps(answer.errors)]
    extensions = {"redactions": answer.redactions} if answer.redactions else {}
    if answer.extensions is not None:
        extensions.update(answer.extensions)
    if extensions:
        parts += [b',"extensions":', orjson.dumps(extensions)]
    return b"".join([*parts, b"}"])
