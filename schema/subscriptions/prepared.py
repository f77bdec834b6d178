"""A subscription as it was selected: which event it waits for, and the program that reads the row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from graphql import FieldNode, OperationDefinitionNode

from core.access.viewer import Viewer
from core.db.types import Key
from core.errors import BadUserInput, Forbidden
from core.text import Text
from schema.compiler.dialect import Dialect
from schema.compiler.program import Program, compiled
from schema.compiler.roots import lookup
from schema.compiler.select import Selector
from schema.compiler.shape import Shaper
from schema.compiler.tree import Condition, Lookup, is_opaque
from schema.compiler.values import ABSENT, Variables, arguments
from schema.vocabulary.targets import Happened, Namespace

KEY = "happened_row"
ONE_FIELD = Text(
    "a subscription selects one field, in one namespace at most",
    "订阅只能选择一个字段（至多位于一层命名空间内）",
)
NOT_HERE = Text(
    "something selected here has no place in the database; ask for it by a query",
    "所选内容不在数据库中；请以查询获取",
)


@dataclass(slots=True, eq=False)
class Prepared:
    """A subscription operation, compiled under one plan. `refusal`: FORBIDDEN, a property of the plan."""

    target: Happened
    program: Program | None
    redactions: list[dict[str, Any]]
    before: bytes
    after: bytes
    refusal: Forbidden | None = None

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 2000 + (self.program.size if self.program else 0)

    def arguments(self, variables: Variables, viewer: Viewer, row: UUID | None) -> list[Any]:
        """The driver's arguments for a row; a new Forbidden where the plan refuses the selection."""
        if self.program is None:
            raise Forbidden(self.refusal.field if self.refusal else None)
        return self.program.arguments(variables, viewer, {KEY: row})

    def data(self, text: bytes) -> bytes:
        """The `data` of a result, around what was read."""
        return self.before + text + self.after


def prepare(s: Selector, dialect: Dialect, operation: OperationDefinitionNode) -> Prepared:
    """Compile once; BAD_USER_INPUT where it is no one field, or a value can't be used."""
    target, owner, nodes, path = _field(s, operation)
    tree = _tree(s, target, owner, nodes, path)
    before, after = "".join(f"{{{json.dumps(part)}:" for part in path).encode(), b"}" * len(path)
    made = Prepared(target, None, s.redactions, before, after)
    try:
        s.raise_refusal()
    except Forbidden as refusal:
        made.refusal = refusal
        return made
    if is_opaque(tree):
        raise BadUserInput(".".join(path), NOT_HERE)
    statement = sa.select(Shaper(dialect).lookup(tree, tree.value))
    made.program = compiled(s, dialect, statement, tree)
    return made


def _field(
    s: Selector, operation: OperationDefinitionNode
) -> tuple[Happened, str, list[FieldNode], list[str]]:
    """The one field, the type that declares it, its nodes and the response keys down to it."""
    above: list[Any] = [operation]
    owner, path = "Subscription", list[str]()
    while True:
        found = s.collect(above, owner)
        if len(found) != 1:
            raise BadUserInput(".".join(path) or None, ONE_FIELD)
        [(key, nodes)] = found.items()
        name = nodes[0].name.value
        path.append(key)
        target = s.schema.target(owner, name)
        if isinstance(target, Happened):
            return target, owner, nodes, path
        if not isinstance(target, Namespace) or len(path) > 1:
            raise BadUserInput(".".join(path), ONE_FIELD)
        owner, above = s.schema.type_behind(owner, name), nodes


def _tree(s: Selector, target: Happened, owner: str, nodes: list[FieldNode], path: list[str]) -> Lookup:
    """The row by the event's key, where it meets the conditions."""
    place = ".".join(path)
    tree = lookup(s, target.model.__name__, sa.bindparam(KEY, type_=Key()), nodes, path)
    given: Mapping[str, Any] = {"where": ABSENT}
    try:
        given = arguments(nodes[0], s.schema.graphql_field(owner, nodes[0].name.value), s.variables, place)
    except BadUserInput as error:  # go on: something else may be FORBIDDEN, which comes first
        s.refuse(error)
    if isinstance(given["where"], dict):
        tree.keep = _both(tree.keep, s.filters.where(tree.row, given["where"], f"{place}.where"))
        s.readings.settle(tree.row, [tree.row])
    return tree


def _both(scope: Condition | None, where: Condition) -> Condition:
    if scope is None:
        return where
    return lambda source: sa.and_(scope(source), where(source))
