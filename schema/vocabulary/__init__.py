"""The vocabulary in which GraphQL types are declared.

A field of a type points at data: a stored column, an SQL expression, another row, a list of rows, or a batch
resolver. From that one declaration come the field, its filter and sort, its mask, its redaction and its
documentation.
"""

from schema.vocabulary.connections import Connection, Edge, PageInfo
from schema.vocabulary.declare import (
    any_node,
    ascending,
    batch,
    by_id,
    changes,
    descending,
    expression,
    merged,
    money,
    namespace,
    node_id,
    of_viewer,
    stored,
    to_many,
    to_one,
    viewer_relation,
)
from schema.vocabulary.nodes import Node
from schema.vocabulary.relations import Relation
from schema.vocabulary.scalars import DateTime, Json, Long, MoneyType

__all__ = [
    "Connection",
    "DateTime",
    "Edge",
    "Json",
    "Long",
    "MoneyType",
    "Node",
    "PageInfo",
    "Relation",
    "any_node",
    "ascending",
    "batch",
    "by_id",
    "changes",
    "descending",
    "expression",
    "merged",
    "money",
    "namespace",
    "node_id",
    "of_viewer",
    "stored",
    "to_many",
    "to_one",
    "viewer_relation",
]
