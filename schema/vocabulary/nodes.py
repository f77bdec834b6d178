"""Relay's Node (PRM-6)."""

from __future__ import annotations

import strawberry

from schema.vocabulary.declare import node_id


@strawberry.interface(
    name="Node", description="Anything with an id that can be fetched again by `node(id:)`."
)
class Node:
    """The interface of every type that has rows of its own."""

    id: strawberry.ID = node_id()
