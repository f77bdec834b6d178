"""Selections as they are executed: fragments expanded, fields of one response key together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    is_object_type,
)

Parent: TypeAlias = GraphQLNamedType | None
Selection: TypeAlias = tuple[SelectionSetNode, Parent]


@dataclass(frozen=True, slots=True)
class Selected:
    """A field where it is selected. `definition` is None where the schema has no such field."""

    node: FieldNode
    parent: Parent
    definition: GraphQLField | None

    @property
    def below(self) -> Selection | None:
        """What is selected on the field's value."""
        if self.node.selection_set is None:
            return None
        return self.node.selection_set, get_named_type(self.definition.type) if self.definition else None


class Merger:
    """Merges the selections of one document and counts what it meets."""

    def __init__(self, document: DocumentNode, schema: GraphQLSchema) -> None:
        """The document need not be valid."""
        self._schema = schema
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.reached: set[str] = set()
        self.selections = self.directives = 0

    def root(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> Selection:
        """Where to begin."""
        if isinstance(definition, OperationDefinitionNode):
            return definition.selection_set, self._schema.get_root_type(definition.operation)
        return definition.selection_set, self._named(definition.type_condition.name.value)

    def merge(self, selections: Iterable[Selection]) -> dict[str, list[Selected]]:
        """The fields by response key. Each fragment is expanded once, so cycles end."""
        fields: dict[str, list[Selected]] = {}
        expanded: set[str] = set()
        todo = list(selections)
        while todo:
            selected, parent = todo.pop()
            for node in selected.selections:
                self.selections += 1
                self.directives += len(node.directives or ())
                if isinstance(node, FieldNode):
                    key = (node.alias or node.name).value
                    fields.setdefault(key, []).append(
                        Selected(node, parent, self._field(parent, node.name.value))
                    )
                elif isinstance(node, InlineFragmentNode):
                    condition = node.type_condition
                    todo.append(
                        (node.selection_set, self._named(condition.name.value) if condition else parent)
                    )
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in expanded:
                    expanded.add(node.name.value)
                    if (fragment := self.fragments.get(node.name.value)) is not None:
                        self.reached.add(node.name.value)
                        self.directives += len(fragment.directives or ())
                        todo.append(self.root(fragment))
        return fields

    def _named(self, name: str) -> Parent:
        return self._schema.get_type(name)

    def _field(self, parent: Parent, name: str) -> GraphQLField | None:
        return self._schema.get_field(parent, name) if parent and is_composite_type(parent) else None


def is_connection(kind: Parent) -> bool:
    """Whether it is a Relay connection."""
    return is_object_type(kind) and kind.name.endswith("Connection") and "pageInfo" in kind.fields


def is_list_part(field: Selected) -> bool:
    """Whether the field is a part of its connection rather than a step into the graph."""
    name, parent = field.node.name.value, field.parent
    if name == "node":
        return is_object_type(parent) and parent.name.endswith("Edge") and "cursor" in parent.fields
    return name in {"nodes", "edges", "pageInfo"} and is_connection(parent)
