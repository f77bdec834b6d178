"""What an operation may cost (PRM-2): a field costs 1 for each object that it may be read on.

A connection is read for as many objects as its page may hold, `nodes(ids:)` for as many as it is given ids.
The cost is a sum of products, made once per document and calculated in microseconds per request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import (
    DocumentNode,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    value_from_ast_untyped,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from schema.limits.errors import LimitExceeded
from schema.limits.merging import Merger, Selected, Selection, is_connection

PAGES, IDS, PARTS = ("first", "last"), "ids", {"nodes", "edges"}
MOST_DIGITS, MUCH = 10, 2**31

Defaults: TypeAlias = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Size:
    """How many objects variables ask for: the first one that says something, or else."""

    variables: tuple[tuple[str, int | None], ...]
    otherwise: int

    def at(self, given: Mapping[str, Any]) -> int:
        """The number for these variables; a value that will be refused elsewhere counts as nothing said."""
        for name, default in self.variables:
            said = _amount(given[name]) if name in given else default
            if said is not None:
                return said
        return self.otherwise


Term: TypeAlias = tuple[int, tuple[Size, ...]]


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one operation: a sum of terms, each a number times sizes."""

    terms: tuple[Term, ...]

    def at(self, variables: Mapping[str, Any]) -> int:
        """The exact cost with these variables."""
        total = 0
        for count, sizes in self.terms:
            product = count
            for size in sizes:
                product *= size.at(variables)
            total += product
        return total

    def check(self, variables: Mapping[str, Any], allowed: int) -> None:
        """LimitExceeded if the operation costs more than is allowed."""
        measured = self.at(variables)
        if measured > allowed:
            raise LimitExceeded.of("cost", measured, allowed)


def cost_of(
    document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema, page: int
) -> Cost:
    """The cost of an operation of a valid document. `page`: the objects of a page without a size."""
    merger, defaults = Merger(document, schema), _defaults(operation)
    terms: Counter[tuple[Size, ...]] = Counter()
    todo: list[tuple[list[Selection], int, tuple[Size, ...], Size | None]] = [
        ([merger.root(operation)], 1, (), None)
    ]
    while todo:
        selections, times, sizes, pending = todo.pop()
        for found in merger.merge(selections).values():
            terms[sizes] += times
            inside: dict[tuple[Size | None, Size | None], list[Selection]] = {}
            for field in found:
                if field.below:
                    read = (
                        pending if pending and field.node.name.value in PARTS else _ids(field, defaults, page)
                    )
                    inside.setdefault((read, _page(field, defaults, page)), []).append(field.below)
            for (read, next_page), below in inside.items():
                if read is None:
                    todo.append((below, times, sizes, next_page))
                elif read.variables:
                    todo.append((below, times, (*sizes, read), next_page))
                else:
                    todo.append((below, times * read.otherwise, sizes, next_page))
    return Cost(tuple((count, sizes) for sizes, count in terms.items()))


def _defaults(operation: OperationDefinitionNode) -> Defaults:
    """The sizes that the operation's variables have by default."""
    return {
        v.variable.name.value: _amount(value_from_ast_untyped(v.default_value)) if v.default_value else None
        for v in operation.variable_definitions or ()
    }


def _page(field: Selected, defaults: Defaults, page: int) -> Size | None:
    """The size of a connection's page: by `first`, else by `last`, else by the schema's defaults."""
    if field.definition is None or not is_connection(get_named_type(field.definition.type)):
        return None
    arguments = (field.definition.args.get(name) for name in PAGES)
    declared = (coerce_default_value(argument) for argument in arguments if argument)
    otherwise = next((size for value in declared if (size := _amount(value)) is not None), page)
    said = {a.name.value: a.value for a in field.node.arguments or ()}
    return _size([said[name] for name in PAGES if name in said], defaults, otherwise)


def _ids(field: Selected, defaults: Defaults, page: int) -> Size | None:
    """How many objects a list by ids has."""
    if field.definition is None or not is_list_type(get_nullable_type(field.definition.type)):
        return None
    said = [a.value for a in field.node.arguments or () if a.name.value == IDS]
    return _size(said, defaults, page) if said else None


def _size(said: list[ValueNode], defaults: Defaults, otherwise: int) -> Size:
    """The size that these argument values ask for, the first one that says something first."""
    variables: list[tuple[str, int | None]] = []
    for value in said:
        if isinstance(value, VariableNode):
            variables.append((value.name.value, defaults.get(value.name.value)))
        elif isinstance(value, IntValueNode):
            return Size(
                tuple(variables), _amount(int(value.value)) or 0 if len(value.value) <= MOST_DIGITS else MUCH
            )
        elif isinstance(value, ListValueNode):
            return Size(tuple(variables), len(value.values))
    return Size(tuple(variables), otherwise)


def _amount(value: Any) -> int | None:
    """A number of objects: the number said, or the length of the list."""
    if isinstance(value, int) and not isinstance(value, bool):
        return max(value, 0)
    return len(value) if isinstance(value, (list, tuple)) else None
