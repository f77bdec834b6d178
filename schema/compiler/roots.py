"""Root fields, those in namespaces too: the tree of a whole operation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, OperationDefinitionNode

from core.access.cells import ALL_CELLS
from core.access.relations import employee_parameter
from core.errors import BadUserInput
from core.ids import NOT_AN_ID, key_of, split_global_id
from core.text import Text
from schema.compiler.select import Selector
from schema.compiler.tree import ConstantPart, Lookup, Nodes, Opaque, Root, Space
from schema.compiler.values import Leaf, Variables, arguments
from schema.vocabulary.targets import AnyNode, ById, Merged, Namespace, OfViewer, ToMany

TOO_MANY_IDS = Text("at most {most} ids", "最多 {most} 个编号")


def select_operation(selector: Selector, operation: OperationDefinitionNode) -> Space:
    """The tree of a query; raises the refusal that comes first."""
    tree = _space(selector, [operation], "Query", [])
    selector.raise_refusal()
    return tree


def _space(s: Selector, nodes: list[Any], type_name: str, path: list[str]) -> Space:
    roots: list[tuple[str, Root]] = []
    for key, fields in s.collect(nodes, type_name).items():
        try:
            roots.append((key, _root(s, type_name, fields, [*path, key])))
        except BadUserInput as error:
            s.refuse(error)
    return Space(type_name, roots)


def _root(s: Selector, type_name: str, nodes: list[FieldNode], path: list[str]) -> Root:
    name, place = nodes[0].name.value, ".".join(path)
    if name == "__typename":
        return ConstantPart(json.dumps(type_name))
    target = s.schema.target(type_name, name) if not name.startswith("__") else None
    if isinstance(target, Namespace):
        return _space(s, nodes, s.schema.type_behind(type_name, name), path)
    if isinstance(target, (ToMany, Merged)):
        return s.lists.many(target, nodes, path, type_name, ALL_CELLS)
    if isinstance(target, OfViewer):
        return lookup(s, target.model.__name__, employee_parameter(), nodes, path)
    if isinstance(target, (ById, AnyNode)):
        given = arguments(nodes[0], s.schema.graphql_field(type_name, name), s.variables, place)
        if isinstance(target, ById):
            return _by_id(s, target.model.__name__, given["id"], nodes, path)
        return _nodes(s, given["ids"], nodes, path) if target.many else _node(s, given["id"], nodes, path)
    return Opaque(f"{type_name}.{name}")


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


def _node(s: Selector, given: Leaf, nodes: list[FieldNode], path: list[str]) -> Root:
    return _by_id(s, type_of(s, given.sample, f"{'.'.join(path)}.id"), given, nodes, path)


def _nodes(s: Selector, given: Leaf, nodes: list[FieldNode], path: list[str]) -> Root:
    place = f"{'.'.join(path)}.ids"
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
    lookups = [lookup(s, name, None, nodes, [*path, "*"]) for name in names]
    return Nodes(lookups, lists)
