"""What becomes of a query: for `baoke explain`, and in development for whoever asks in the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, InlineFragmentNode

from core.access.cells import name_of
from core.access.viewer import Viewer
from core.text import Text
from schema.compiler.documents import Document
from schema.compiler.engine import Answer, Engine, Read
from schema.vocabulary.schema import Schema

ASKED = "explain"
"""The entry of the request's `extensions` that asks for it, and of the answer's that has it."""
RESOLVERS = Text("a field has a resolver of its own", "某字段有自己的解析器")
TOO_DEEP = Text("its lists are nested deeper than this database takes", "列表嵌套深度超出此数据库所能接受")


@dataclass(frozen=True, slots=True)
class Explanation:
    """`rows`: the cells whose rows are visible, by type; `sql`: of the one statement, else `why` not."""

    plan: str
    rows: Mapping[str, list[str]]
    redactions: list[dict[str, Any]]
    sql: str | None
    why: Text | None


def explain(schema: Schema, document: Document, read: Read, viewer: Viewer) -> Explanation:
    """Of a compiled read. What is in no redaction is shown."""
    names = sorted(_types(schema, document))
    rows = {name: [name_of(cell) for cell in sorted(viewer.plan.rows(name))] for name in names}
    if read.program is not None:
        return Explanation(viewer.plan.hash, rows, read.redactions, read.program.sql, None)
    why = TOO_DEEP if read.tree is not None and not read.tree.opaque else RESOLVERS
    return Explanation(viewer.plan.hash, rows, read.redactions, None, why)


async def query_explained(
    engine: Engine, document: Document, given: Mapping[str, Any] | None, viewer: Viewer
) -> Answer:
    """As `Engine.query`, with the explanation in the answer's extensions."""
    variables, shape = engine.documents.coerce(document, given)
    cached = engine.has_read(document, shape, viewer)
    answer = await engine.query(document, given, viewer)
    found = explain(engine.schema, document, engine.read(document, variables, shape, viewer), viewer)
    said = {
        "plan": found.plan,
        "rows": found.rows,
        "way": "compiled" if found.sql else "interpreted",
        "cached": cached,
        **({"sql": found.sql} if found.sql else {}),
        **({"why": found.why.say(viewer.language)} if found.why else {}),
    }
    answer.extensions = {ASKED: said}
    return answer


def _types(schema: Schema, document: Document) -> set[str]:
    """The types with rows that the document's fields can reach."""
    found: set[str] = set()
    todo: list[tuple[Any, str]] = [(document.operation, "Query")]
    todo += [(fragment, fragment.type_condition.name.value) for fragment in document.fragments.values()]
    while todo:
        node, type_name = todo.pop()
        for sub in node.selection_set.selections if node.selection_set else ():
            if isinstance(sub, FieldNode):
                if sub.name.value.startswith("__"):
                    continue
                inner = schema.type_behind(type_name, sub.name.value)
                found |= {inner} & set(schema.models)
                todo.append((sub, inner))
            elif isinstance(sub, InlineFragmentNode):
                todo.append((sub, sub.type_condition.name.value if sub.type_condition else type_name))
    return found
