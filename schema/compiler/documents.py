"""Documents: parsed, limited, validated once and kept.

Variables are coerced here, and the part of them found that decides the statement.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLInputObjectType,
    OperationDefinitionNode,
    VariableNode,
    get_named_type,
    get_operation_ast,
    type_from_ast,
    validate,
)
from graphql.execution.values import get_variable_values

from core.errors import BadUserInput, RequestError
from core.text import Text
from schema.compiler import cursors
from schema.compiler.caches import Bounded
from schema.compiler.coercion import Coerce, Made, Unusual, coerce, coercers_of, is_structural
from schema.limits.cost import Cost, cost_of
from schema.limits.document import check_document
from schema.limits.limits import Limits
from schema.limits.parsing import parse_document
from schema.vocabulary.defer import DEFER, without_defer
from schema.vocabulary.schema import Schema

CURSORS, IDS = ("after", "before"), ("id", "ids")
FIELDS = 3
MOST_LABEL = 200
OVERHEAD = 40
"""A parsed document takes about this many bytes for each byte of its text."""


class InvalidDocument(RequestError):
    """The document does not fit the schema; all findings, at most ten."""

    code = "GRAPHQL_VALIDATION_FAILED"
    text = Text("{what}", "{what}")

    def __init__(self, errors: list[GraphQLError]) -> None:
        """`errors`: what graphql-core found."""
        super().__init__(what=errors[0].message)
        self.errors = errors


class UnknownOperation(RequestError):
    """The request does not say which operation, or names one that the document does not have."""

    code = "OPERATION_NOT_FOUND"
    text = Text(
        "name one of the document's operations in `operationName`",
        "请在 `operationName` 中指明文档内的某个操作",
    )


@dataclass(slots=True)
class Document:
    """One operation of a document, ready to be compiled."""

    text: str
    name: str | None
    ast: DocumentNode
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    cost: Cost
    types: dict[str, Any]
    """Variable name to its GraphQL type."""
    structural: dict[str, str]
    """Variables that decide the statement by their value: `switch`, `cursor` or `id`."""
    coercers: dict[str, tuple[bool, Coerce]]
    """Variable name to whether it is required, and what coerces it."""
    deferred: bool
    """Whether the client said `@defer`. In the rest of this it no longer stands."""
    label: str
    """The operation's name; of one that has none, its first fields. At most 200 characters."""


def _label(operation: OperationDefinitionNode) -> str:
    """Cut off where it is long: the audit keeps it with every reading."""
    fields = (node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode))
    return (operation.name.value if operation.name else ", ".join([*fields][:FIELDS]))[:MOST_LABEL]


class Documents:
    """Keeps the documents of one schema; invalid ones are not kept."""

    def __init__(self, schema: Schema, limits: Limits, entries: int, size: int) -> None:
        """`entries` and `size` (bytes) bound the cache."""
        self._schema, self._limits = schema, limits
        self._kept: Bounded[Document] = Bounded(entries, size)
        self._made: Made = {}

    def get(self, text: str, name: str | None) -> Document:
        """The operation; a RequestError where the document is refused."""
        key = (text, name)
        found = self._kept.get(key)
        if found is None:
            found = self._read(text, name)
            self._kept.put(key, found, len(text) * OVERHEAD)
        return found

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def _read(self, text: str, name: str | None) -> Document:
        ast = parse_document(text, self._limits)
        check_document(ast, self._schema.core, self._limits)
        try:
            errors = validate(self._schema.core, ast, max_errors=10, hide_suggestions=True)
        except RecursionError:
            raise InvalidDocument([GraphQLError("The document is nested too deeply.")]) from None
        if errors:
            raise InvalidDocument([_plain(error) for error in errors])
        ast, deferred = without_defer(ast) if DEFER.name in text else (ast, False)
        operation = get_operation_ast(ast, name)
        if operation is None:
            raise UnknownOperation
        fragments = {d.name.value: d for d in ast.definitions if isinstance(d, FragmentDefinitionNode)}
        types = {
            v.variable.name.value: type_from_ast(self._schema.core, v.type)
            for v in operation.variable_definitions or ()
        }
        structural = _structural(ast)
        cost = cost_of(ast, operation, self._schema.core, self._limits.page // 2)
        coercers = coercers_of(operation, types, self._made)
        return Document(
            text,
            name,
            ast,
            operation,
            fragments,
            cost,
            types,
            structural,
            coercers,
            deferred,
            _label(operation),
        )

    def coerce(
        self, document: Document, given: Mapping[str, Any] | None
    ) -> tuple[Mapping[str, Any], Hashable]:
        """Coerced variables, and their shape: what of them decides the statement.

        BAD_USER_INPUT names the variable.
        """
        given = given or {}
        shape: list[Any] = []
        try:
            values = coerce(document.coercers, given, shape)
        except Unusual:
            values = self._coerce_slowly(document, given)
            shape = ["unusual", *(shape_of(values.get(name), kind) for name, kind in document.types.items())]
            shape += [name for name in document.types if name not in values]
        shape += [self._structure(role, values.get(name)) for name, role in document.structural.items()]
        return values, tuple(shape)

    def _coerce_slowly(self, document: Document, given: Mapping[str, Any]) -> dict[str, Any]:
        definitions = document.operation.variable_definitions or ()
        coerced = get_variable_values(self._schema.core, definitions, dict(given), hide_suggestions=True)
        if isinstance(coerced, list):
            raise BadUserInput(None, _quoted(coerced[0].message.partition(" Did you mean")[0]))
        return coerced.coerced

    @staticmethod
    def _structure(role: str, value: Any) -> Hashable:
        """What a variable decides by its value."""
        if value is None or role == "switch":
            return value  # type: ignore[no-any-return]
        if role == "cursor":
            return cursors.nulls_in(value)
        return tuple(
            sorted({str(x).partition("_")[0] for x in (value if isinstance(value, list) else [value])})
        )


def shape_of(value: Any, kind: Any) -> Hashable:
    """The shape of a value: which fields are given or null, enums that decide an order, empty texts.

    Any other leaf is a leaf.
    """
    if value is None:
        return None
    named = get_named_type(kind)
    if isinstance(value, (list, tuple)):
        if isinstance(named, GraphQLInputObjectType) or is_structural(named):
            return tuple(shape_of(x, named) for x in value)
        return len(value) == 0 and "empty"
    if isinstance(named, GraphQLInputObjectType) and isinstance(value, dict):
        return tuple(sorted((k, shape_of(x, named.fields[k].type)) for k, x in value.items()))
    return value if is_structural(named) or value == "" else 1


def _structural(ast: DocumentNode) -> dict[str, str]:
    found: dict[str, str] = {}
    todo: list[Any] = list(ast.definitions)
    while todo:
        node = todo.pop()
        for directive in getattr(node, "directives", None) or ():
            found.update(
                (a.value.name.value, "switch")
                for a in directive.arguments
                if isinstance(a.value, VariableNode)
            )
        if isinstance(node, FieldNode):
            for a in node.arguments or ():
                if isinstance(a.value, VariableNode) and a.name.value in CURSORS:
                    found.setdefault(a.value.name.value, "cursor")
                elif a.name.value in IDS and node.name.value in ("node", "nodes"):
                    found.update((v, "id") for v in _variables(a.value))
        todo += node.selection_set.selections if getattr(node, "selection_set", None) else ()
    return found


def _variables(value: Any) -> list[str]:
    if isinstance(value, VariableNode):
        return [value.name.value]
    return [name for item in getattr(value, "values", ()) for name in _variables(item)]


def _plain(error: GraphQLError) -> GraphQLError:
    """What was found and where; no guess at what was meant (PRM-3), and not what a scalar raised."""
    return GraphQLError(error.message.partition(" Did you mean")[0], error.nodes)


def _quoted(message: str) -> Text:
    safe = message.replace("{", "{{").replace("}", "}}")
    return Text(safe, safe)
