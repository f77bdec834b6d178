"""The points' part of the schema as a reviewed text: `python -m tests.plugins.points.snapshot` writes it.

It is SDL: what the plugin adds to types of the core, its own types, and in a line each, without words, the
types that are generated from those. Left out are descriptions that the core gives to fields of that name too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphql import GraphQLNamedType, Visitor, parse, print_ast, print_type, visit

import plugins.points
from core.extension.plugins import of
from plugins.points import Points
from schema.application import make_schema
from schema.plugin import Plugin

FILE = Path(plugins.points.__file__).parent / "schema.graphql"


class Words(Visitor):
    """Goes through descriptions: `keep` says of (name, text) whether it stays. One that does takes a line."""

    def __init__(self, keep: Callable[[tuple[str, str]], bool]) -> None:
        super().__init__()
        self.keep, self.seen = keep, set[tuple[str, str]]()

    def enter(self, node: Any, *_: Any) -> Any:
        description = getattr(node, "description", None)
        if description is None:
            return None
        said = node.name.value, description.value
        self.seen.add(said)
        return replace(node, description=replace(description, block=False) if self.keep(said) else None)


def text() -> str:
    """The types of the application with the plugin, beside those without it."""
    core, whole = (make_schema(of(given, Plugin)).core.type_map for given in ([], [Points()]))
    known = Words(lambda _: True)
    for name in core:
        visit(_node(core[name]), known)
    ours, none = Words(lambda said: said not in known.seen), Words(lambda _: False)
    pairs = [(core[name], whole[name]) for name in sorted(core)]
    written = [f"extend {print_ast(visit(added, ours))}" for pair in pairs if (added := _added(*pair))]
    generated = []
    for name in sorted(whole.keys() - core.keys()):
        if _is_generated(whole[name]):
            generated.append(" ".join(print_ast(visit(_node(whole[name]), none)).split()))
        else:
            written.append(print_ast(visit(_node(whole[name]), ours)))
    return "\n\n".join([*written, "\n".join(generated)]) + "\n"


def _node(kind: GraphQLNamedType) -> Any:
    return parse(print_type(kind)).definitions[0]


def _added(core: GraphQLNamedType, whole: GraphQLNamedType) -> Any:
    """The type with those of its fields alone that the core does not have; None where there are none."""
    known = {one.name.value for one in getattr(_node(core), "fields", ())}
    node = _node(whole)
    added = tuple(one for one in getattr(node, "fields", ()) if one.name.value not in known)
    bare = {"interfaces": ()} if hasattr(node, "interfaces") else {}
    return replace(node, description=None, fields=added, **bare) if added else None


def _is_generated(kind: GraphQLNamedType) -> bool:
    """Whether nobody wrote it down: filters, orders, aggregates, connections."""
    declared = kind.extensions.get("strawberry-definition")
    return declared is None or getattr(declared, "origin", Points).__module__.startswith("strawberry.")


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
