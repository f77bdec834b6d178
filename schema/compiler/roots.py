"""Root fields: the tree of a whole operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, OperationDefinitionNode

from core.access.cells import ALL_CELLS
from core.access.relations import employee_parameter
from core.errors import BadUserInput
from core.ids import NOT_AN_ID, key_of, split_global_id
from core.text import Text
from schema.compiler.select import Selector
from schema.compiler.tree import ConstantPart, Lookup, Nodes, Opaque, Root, is_opaque
from schema.compiler.values import Leaf, Variables, arguments
from schema.vocabulary.targets import AnyNode, ById, Merged, OfViewer, ToMany

TOO_MANY_IDS = Text("at most {most} ids", "最多 {most} 个编号")


@dataclass
class Tree:
    """What an operation reads: response key and root, in order."""

    roots: list[tuple[str, Root]]

    @property
    def opaque(self) -> bool:
        """Whether some field has a resolver of its own."""
        return any(is_opaque(root) for _, root in self.roots)


def select_operation(selector: Selector, operation: OperationDefinitionNode) -> Tree:
    """The tree of a query; raises the refusal that comes first."""
    roots: list[tuple[str, Root]] = []
    for key, nodes in selector.collect([operation], "Query").items():
        try:
            roots.append((key, _root(selector, nodes, key)))
        except BadUserInput as error:
            selector.refuse(error)
    selector.raise_refusal()
    return Tree(roots)


def _root(s: Selector, nodes: list[FieldNode], key: str) -> Root:
    name = nodes[0].name.value
    if name == "__typename":
        return ConstantPart('"Query"')
    target = s.schema.target("Query", name) if not name.startswith("__") else None
    if isinstance(target, (ToMany, Merged)):
        return s.lists.many(target, nodes, [key], "Query", ALL_CELLS)
    if isinstance(target, OfViewer):
        return lookup(s, target.model.__name__, employee_parameter(), nodes, [key])
    if isinstance(target, (ById, AnyNode)):
        given = arguments(nodes[0], s.schema.graphql_field("Query", name), s.variables, key)
        if isinstance(target, ById):
            return _by_id(s, target.model.__name__, given["id"], nodes, [key])
        return _nodes(s, given["ids"], nodes, key) if target.many else _node(s, given["id"], nodes, key)
    return Opaque(f"Query.{name}")


def lookup(s: Selector, type_name: str, value: Any, nodes: list[FieldNode], path: list[str]) -> Lookup:
    """The row of a type by its key."""
    possible = s.plan.catalogue.relations.possible(type_name)
    reach = s.plan.reach(type_name, possible)
    table = s.plan.catalogue.relations.table(type_name)
    return Lookup(
        s.row(type_name, type_name, table, reach, nodes, path),
        "id",
        value,
        s.keep(type_name, possible, reach),
    )


def _by_id(s: Selector, type_name: str, given: Leaf, nodes: list[FieldNode], path: list[str]) -> Lookup:
    prefix = s.schema.models[type_name].__prefix__ or ""
    target = s.schema.declared(type_name)["id"]
    return lookup(
        s, type_name, s.parameters.value(target, prefix, given, f"{'.'.join(path)}.id"), nodes, path
    )


def type_of(s: Selector, text: Any, place: str) -> str:
    """The type that a global id names."""
    prefix, _ = split_global_id(text, place)
    for name, model in s.schema.models.items():
        if model.__prefix__ == prefix and name in s.schema.core.type_map:
            return name
    raise BadUserInput(place, NOT_AN_ID)


def _node(s: Selector, given: Leaf, nodes: list[FieldNode], key: str) -> Root:
    return _by_id(s, type_of(s, given.sample, f"{key}.id"), given, nodes, [key])


def _nodes(s: Selector, given: Leaf, nodes: list[FieldNode], key: str) -> Root:
    place = f"{key}.ids"
    if len(given.sample) > s.most_rows:
        s.refuse(BadUserInput(place, TOO_MANY_IDS, most=s.most_rows))
    found = set()
    for text in given.sample:
        try:
            found.add(type_of(s, text, place))
        except BadUserInput as error:
            s.refuse(error)
    names = sorted(found)
    if not names:
        return ConstantPart("[]")
    prefixes = [s.schema.models[name].__prefix__ or "" for name in names]

    def ids_of(prefix: str) -> Any:
        def ids(vs: Variables) -> list[Any]:
            texts: Sequence[str] = given.get(vs)
            if len(texts) > s.most_rows:
                raise BadUserInput(place, TOO_MANY_IDS, most=s.most_rows)
            return [key_of(text, prefix, place) if text.startswith(f"{prefix}_") else None for text in texts]

        return ids

    lists = [s.parameters.keys(ids_of(prefix)) for prefix in prefixes]
    lookups = [lookup(s, name, None, nodes, [key, "*"]) for name in names]
    return Nodes(lookups, lists)
