"""The text of an operation without its values: literals, aliases, labels and comments are gone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLScalarType,
    ListValueNode,
    NameNode,
    NullValueNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    print_ast,
    separate_operations,
    value_from_ast_untyped,
    visit,
)

from schema.compiler.documents import CURSORS, Document
from schema.recording.values import Placeholders, node_of, once
from schema.vocabulary.schema import Schema

NUMBER = re.compile(r"\d{4}")
MOST_NAME = 80


class Names:
    """Words of a client's own choice: `a_1` for an alias, `F_1` for a fragment.

    Operations and variables keep their names, which tell what they are for, unless they look like values.
    """

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}

    def anew(self, sort: str, name: str) -> str:
        """Another name, always the same for the same one."""
        numbered = sum(known == sort for known, _ in self._given)
        return self._given.setdefault((sort, name), f"{sort}_{numbered + 1}")

    def kept(self, name: str) -> str:
        """The name itself, unless it holds a number or is too long."""
        return self.anew("v", name) if NUMBER.search(name) or len(name) > MOST_NAME else name


def shape_of_text(
    document: Document, schema: Schema, placeholders: Placeholders
) -> tuple[str | None, str, dict[str, str]]:
    """Name and text of an operation without its values, and each variable's name in it."""
    info, names = TypeInfo(schema.core), Names()
    own = separate_operations(document.ast).get(
        document.operation.name.value if document.operation.name else ""
    )
    bare: DocumentNode = visit(
        own or document.ast, TypeInfoVisitor(info, _Replacer(info, placeholders, names))
    )
    name = document.operation.name
    variables = {one: names.kept(one) for one in document.types}
    return names.kept(name.value) if name else None, print_ast(bare), variables


class _Replacer(Visitor):
    """Puts placeholders in place of values."""

    def __init__(self, info: TypeInfo, placeholders: Placeholders, names: Names) -> None:
        super().__init__()
        self._info, self._placeholders, self._names = info, placeholders, names
        self._directive = False

    # -- words
    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> Any:
        return replace(node, name=NameNode(value=self._names.kept(node.name.value))) if node.name else None

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> Any:
        return replace(node, name=self._fragment(node.name))

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> Any:
        return replace(node, name=self._fragment(node.name))

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        if node.alias is None:
            return None
        return replace(node, alias=NameNode(value=self._names.anew("a", node.alias.value)))

    def enter_variable(self, node: VariableNode, *_: Any) -> Any:
        return replace(node, name=NameNode(value=self._names.kept(node.name.value)))

    def _fragment(self, name: NameNode) -> NameNode:
        return NameNode(value=self._names.anew("F", name.value))

    # -- values
    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        """What is skipped or included is shape; anything else in a directive is a label."""
        self._directive = True
        kept = [a for a in node.arguments or () if isinstance(a.value, (VariableNode, BooleanValueNode))]
        return replace(node, arguments=tuple(kept))

    def leave_directive(self, *_: Any) -> None:
        self._directive = False

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        """A cursor holds the values of a row."""
        if node.name.value in CURSORS and not isinstance(node.value, VariableNode):
            return replace(node, value=NullValueNode())
        return None

    def enter_list_value(self, node: ListValueNode, *_: Any) -> Any:
        if (kind := self._scalar()) is None:
            return None
        samples = [x if isinstance(x, VariableNode) else self._sample(x, kind) for x in node.values]
        return replace(
            node, values=tuple(x if isinstance(x, VariableNode) else node_of(x) for x in once(samples))
        )

    def enter_object_value(self, node: ValueNode, *_: Any) -> Any:
        return self._leaf(node)

    def enter_string_value(self, node: ValueNode, *_: Any) -> Any:
        return self._leaf(node)

    def enter_int_value(self, node: ValueNode, *_: Any) -> Any:
        return self._leaf(node)

    def enter_float_value(self, node: ValueNode, *_: Any) -> Any:
        return self._leaf(node)

    def enter_boolean_value(self, node: ValueNode, *_: Any) -> Any:
        return None if self._directive else self._leaf(node)

    def _leaf(self, node: ValueNode) -> Any:
        kind = self._scalar()
        return None if kind is None else node_of(self._sample(node, kind))

    def _sample(self, node: ValueNode, kind: GraphQLScalarType) -> Any:
        if isinstance(node, NullValueNode):
            return None
        return self._placeholders.of_leaf(value_from_ast_untyped(node), kind)

    def _scalar(self) -> GraphQLScalarType | None:
        """The scalar that is expected here; none where enums or objects are."""
        kind = self._info.get_input_type()
        named = get_named_type(kind) if kind is not None else None
        return named if isinstance(named, GraphQLScalarType) else None
