"""A GraphQL request of a signed-in caller, answered: queries by the engine, mutations by the mutator."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from graphql import OperationType

from core.access.viewer import Viewer
from core.errors import BadUserInput
from core.text import Text
from schema.compiler.documents import Document, InvalidDocument
from schema.compiler.engine import Answer as Read
from schema.compiler.engine import Engine, body
from schema.compiler.explaining import ASKED, query_explained
from schema.compiler.mutator import Mutator
from schema.http.errors import error_body
from schema.http.protocol import Answer, GraphQLRequest
from schema.subscriptions.service import Subscriptions
from schema.vocabulary.defer import ALL_AT_ONCE

NO_SUBSCRIPTIONS = Text(
    "only queries and mutations are answered over HTTP; subscribe over WebSocket, in graphql-transport-ws",
    "HTTP 仅应答查询与变更；订阅请使用 WebSocket（graphql-transport-ws）",
)


class Execution:
    """What stands behind /graphql: requests by POST, operations over sockets."""

    def __init__(self, engine: Engine, mutator: Mutator, subscriptions: Subscriptions) -> None:
        """All of the same application."""
        self._engine, self._mutator, self.subscriptions = engine, mutator, subscriptions

    async def __call__(self, request: GraphQLRequest, viewer: Viewer) -> Answer:
        """The answer; a RequestError where the request is refused before anything is read."""
        try:
            document = self._engine.documents.get(request.query, request.operation_name)
        except InvalidDocument as refusal:
            return Answer(error_body(refusal.errors, viewer.language, self._engine.settings.max_errors), 400)
        answer: Read
        match document.operation.operation:
            case OperationType.QUERY:
                asked = self._engine.settings.development and (request.extensions or {}).get(ASKED) is True
                answer = await (
                    query_explained(self._engine, document, request.variables, viewer)
                    if asked
                    else self._engine.query(document, request.variables, viewer)
                )
            case OperationType.MUTATION:
                answer = await self._mutator.run(document, request.variables, viewer)
            case _:
                raise BadUserInput(None, NO_SUBSCRIPTIONS)
        return _whole(document, answer)

    async def stream(
        self, request: GraphQLRequest, caller: Callable[[], Awaitable[Viewer]]
    ) -> AsyncGenerator[Answer, None]:
        """One answer to a query or mutation, many to a subscription. `caller`: who asks, as of now."""
        viewer = await caller()
        try:
            document = self._engine.documents.get(request.query, request.operation_name)
        except InvalidDocument:
            document = None
        if document is None or document.operation.operation is not OperationType.SUBSCRIPTION:
            yield await self(request, viewer)
            return
        async with aclosing(self.subscriptions.run(document, request.variables, caller)) as answers:
            async for answer in answers:
                yield _whole(document, answer)


def _whole(document: Document, answer: Read) -> Answer:
    if document.deferred:
        answer.extensions = {**(answer.extensions or {}), **ALL_AT_ONCE}
    return Answer(body(answer))
