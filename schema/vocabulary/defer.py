"""`@defer`: declared, so that documents with it are valid; what it marks comes with the rest.

The specification of incremental delivery leaves it to the server whether a fragment is sent later.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    REMOVE,
    DirectiveLocation,
    DirectiveNode,
    DocumentNode,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDirective,
    GraphQLNonNull,
    GraphQLString,
    Visitor,
    visit,
)

DEFER = GraphQLDirective(
    "defer",
    (DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT),
    {
        "if": GraphQLArgument(
            GraphQLNonNull(GraphQLBoolean),
            default_value=True,
            description="False: as if it did not stand here.",
        ),
        "label": GraphQLArgument(
            GraphQLString, description="A name for the fragment, unique in the document."
        ),
    },
    description="The client can wait for this fragment. Here it needs not: the whole answer comes at once.",
)
ALL_AT_ONCE = {"is_final": True}
"""Tells Relay in the answer's extensions that nothing follows; other clients see it from the media type."""


def without_defer(document: DocumentNode) -> tuple[DocumentNode, bool]:
    """The document without `@defer`, and whether it had any."""
    remover = _Remover()
    return visit(document, remover), remover.found


class _Remover(Visitor):
    found = False

    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        if node.name.value != DEFER.name:
            return None
        self.found = True
        return REMOVE
