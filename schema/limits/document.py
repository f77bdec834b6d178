"""Limits on the shape of a document (PRM-2), checked before validation, which is what attacks make slow."""

from __future__ import annotations

from graphql import DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode

from schema.limits.errors import LimitExceeded
from schema.limits.limits import Limits
from schema.limits.merging import Merger, Selected, Selection, is_list_part

# `__schema` and `__type` nest deeply by nature (ofType), and are bounded by graphql-core's own rule beside.
INTROSPECTION = {"__schema", "__type"}
INTROSPECTION_DEPTH = 20


def check_document(document: DocumentNode, schema: GraphQLSchema, limits: Limits) -> None:
    """LimitExceeded where any operation, or a fragment that none uses, asks for too much.

    Everything is counted as it would be executed. A document whose fragments expand to more selections than
    it may have tokens is refused at that point, so that the work is bounded whatever the document.
    """
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    fragments = [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]
    _at_most(limits.operations, "operations", len(operations))
    _at_most(limits.fragments, "fragments", len(fragments))
    merger = Merger(document, schema)
    for operation in operations:
        variables = operation.variable_definitions or ()
        directives = len(operation.directives or ()) + sum(len(v.directives or ()) for v in variables)
        _check(merger, operation, limits, directives)
    for fragment in fragments:
        if fragment.name.value not in merger.reached:
            _check(merger, fragment, limits, len(fragment.directives or ()))


def _check(
    merger: Merger, root: OperationDefinitionNode | FragmentDefinitionNode, limits: Limits, directives: int
) -> None:
    aliases, merger.directives = 0, directives
    todo: list[tuple[list[Selection], int, int]] = [([merger.root(root)], 0, limits.depth)]
    while todo:
        selections, level, deepest = todo.pop()
        fields = merger.merge(selections)
        _at_most(limits.tokens, "tokens", merger.selections)
        _at_most(limits.directives, "directives", merger.directives)
        for name, found in fields.items():
            _at_most(limits.repeats, "repeats", len(found))
            aliases += sum(field.node.alias is not None for field in found)
            _at_most(limits.aliases, "aliases", aliases)
            below = [selection for field in found if (selection := field.below)]
            if below:
                limit = INTROSPECTION_DEPTH if level == 0 and _introspects(found, name) else deepest
                inside = level + (not all(map(is_list_part, found)))
                _at_most(limit, "depth", inside)
                todo.append((below, inside, limit))


def _introspects(found: list[Selected], name: str) -> bool:
    return name in INTROSPECTION and all(field.node.name.value in INTROSPECTION for field in found)


def _at_most(allowed: int, limit: str, measured: int) -> None:
    if measured > allowed:
        raise LimitExceeded.of(limit, measured, allowed)
