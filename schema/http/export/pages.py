"""All pages of one list, each read and recorded before it is given out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from graphql import FieldNode, OperationType, VariableNode

from core.access.rules import EXPORT
from core.access.viewer import Viewer
from core.db.model import is_sensitive
from core.errors import BadUserInput, Forbidden, Unavailable
from core.text import Text
from schema.compiler.documents import Document
from schema.compiler.engine import Engine
from schema.http.protocol import GraphQLRequest
from schema.vocabulary.targets import ToMany

ONE_LIST = Text(
    "an export is a query of exactly one list at the root, without fragments around it, that takes "
    "`after: $after` and selects `nodes` and `pageInfo { hasNextPage endCursor }` by these names",
    "导出须为恰好查询一个根列表的 query（其外不用片段），带参数 `after: $after`，"
    "并以原名选择 `nodes` 与 `pageInfo { hasNextPage endCursor }`",
)
NO_AFTER = Text("leave it out: an export begins at the beginning", "请省略：导出总是从头开始")
NOT_OUT = Text(
    "your role may not export {name} rows; ask an administrator for the act `export`",
    "您的角色不可导出 {name} 数据；请向管理员申请 `export` 动作",
)
AFTER = "after"


@dataclass(frozen=True, slots=True)
class Export:
    """A list to be taken out, by somebody who may."""

    engine: Engine
    document: Document
    variables: Mapping[str, Any]
    viewer: Viewer
    root: FieldNode
    nodes: FieldNode
    type_name: str

    @classmethod
    def of(cls, engine: Engine, request: GraphQLRequest, viewer: Viewer) -> Export:
        """Of a request; BAD_USER_INPUT where it is no list, FORBIDDEN where the caller may export no row."""
        document = engine.documents.get(request.query, request.operation_name)
        selections = document.operation.selection_set.selections
        root = selections[0]
        if (
            document.operation.operation is not OperationType.QUERY
            or len(selections) != 1
            or not isinstance(root, FieldNode)
            or root.directives
        ):
            raise BadUserInput("query", ONE_LIST)
        target = engine.schema.target("Query", root.name.value)
        nodes = _nodes(root)
        if not isinstance(target, ToMany) or nodes is None:
            raise BadUserInput("query", ONE_LIST)
        if AFTER in (request.variables or {}):
            raise BadUserInput(f"variables.{AFTER}", NO_AFTER)
        if is_sensitive(target.model) and not viewer.plan.cells(target.type_name, EXPORT):
            error = Forbidden(None, NOT_OUT, name=target.type_name)
            engine.refused(document.label, error, viewer)
            raise error
        return cls(engine, document, request.variables or {}, viewer, root, nodes, target.type_name)

    async def pages(self, caller: Callable[[], Awaitable[Viewer]]) -> AsyncIterator[list[dict[str, Any]]]:
        """The nodes of one page after the other. Each is on record before it is given.

        `caller`: who asks, as of now; a slow client can draw an export out, and may be suspended meanwhile.
        """
        after: str | None = None
        key = (self.root.alias or self.root.name).value
        more = True
        while more:
            variables = {**self.variables, AFTER: after}
            viewer = await caller()
            taking = replace(viewer, plan=viewer.plan.for_export, exporting=True)
            answer = await self.engine.query(self.document, variables, taking)
            if answer.errors:  # of a field with a resolver of its own: a file has no place for them
                raise Unavailable(".".join(map(str, answer.errors[0].get("path") or ())) or None)
            page = orjson.loads(answer.data)[key]
            yield page["nodes"]
            more = page["pageInfo"]["hasNextPage"] and bool(page["nodes"])  # `first: 0` would never end
            after = page["pageInfo"]["endCursor"]


def _nodes(root: FieldNode) -> FieldNode | None:
    """`nodes`, where everything that paging needs is selected."""
    given = {argument.name.value: argument.value for argument in root.arguments or ()}
    after = given.get(AFTER)
    if not isinstance(after, VariableNode) or after.name.value != AFTER or "last" in given:
        return None
    parts = {
        one.name.value: one
        for one in (root.selection_set.selections if root.selection_set else ())
        if isinstance(one, FieldNode) and one.alias is None and not one.directives
    }
    info = parts.get("pageInfo")
    selected = {
        one.name.value
        for one in (info.selection_set.selections if info and info.selection_set else ())
        if isinstance(one, FieldNode) and one.alias is None and not one.directives
    }
    return parts.get("nodes") if selected >= {"hasNextPage", "endCursor"} else None
