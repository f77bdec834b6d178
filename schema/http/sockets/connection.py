"""One socket from its opening to its end: who it is, and which operations go on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any, Protocol

import structlog
from starlette.types import Receive, Send

from core.access.occasion import Occasion
from core.access.viewer import Viewer
from core.clock import Clock
from core.errors import Unauthenticated, Unavailable
from core.ids import Ids
from core.settings import Settings
from core.text import Language
from schema.http.envelope import refusal
from schema.http.protocol import GraphQLRequest, Stream
from schema.http.sockets.messages import (
    Closing,
    Code,
    answered,
    errors_in,
    id_of,
    made,
    operation_of,
    payload_of,
    read,
    said_purpose,
    token_of,
)
from schema.limits.errors import LimitExceeded

INIT_SECONDS = 10.0
"""Within this, connection_init has to come (PRM-5)."""
MOST_UNSIGNED = 16_384
"""Bytes of a message before sign-in: a token fits; strangers have nothing longer to say, or to hear again."""
WAIT = 1.0
"""Seconds until it is looked again who that is, where nobody can tell."""
OK = 200

log = structlog.get_logger(__name__)


class TokenSignIn(Protocol):
    """Signs in by a bare token."""

    async def viewer_of(self, token: str, language: Language, occasion: Occasion) -> Viewer:
        """Who that is now; Unauthenticated where the token, or its bearer, is not accepted."""
        ...

    async def expires_at(self, token: str) -> float:
        """When the token of somebody who is signed in expires, in seconds since 1970."""
        ...


class Parts:
    """What all sockets of an application share."""

    def __init__(
        self, settings: Settings, stream: Stream, sign_in: TokenSignIn, clock: Clock, ids: Ids
    ) -> None:
        """`stream` answers an operation, once or many times; `ids` makes request ids."""
        self.settings, self.stream, self.sign_in, self.clock, self.ids = settings, stream, sign_in, clock, ids


class Connection:
    """One socket; `run` is its whole life."""

    def __init__(
        self, parts: Parts, language: Language, address: str | None, receive: Receive, send: Send
    ) -> None:
        """After the handshake. `address`: where it came from."""
        self._parts, self._language, self._receive, self._asgi_send = parts, language, receive, send
        self._occasion = Occasion(None, address)
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._token: str | None = None
        self._initialised = self._closed = False
        self._timers: list[asyncio.TimerHandle] = []
        self._ending = set[asyncio.Task[None]]()

    @property
    def signed(self) -> bool:
        """Whether it is known who is there."""
        return self._token is not None

    async def make_room(self) -> None:
        """Close it: others wait, and this one has not said who it is."""
        await self._close(Closing(Code.TRY_AGAIN, "Try again later"))

    async def look_again(self) -> None:
        """Close it where whoever is signed in may not be any more (ACC-4)."""
        await self._guarded(self._look_again)

    async def _look_again(self) -> None:
        while self._token is not None and not self._closed:
            try:
                await self._viewer(self._token)
            except Unavailable:  # nobody can tell just now, and nothing is answered meanwhile
                await asyncio.sleep(WAIT)
            else:
                break

    async def run(self) -> None:
        """Until either side closes it."""
        self._close_after(
            INIT_SECONDS, Closing(Code.INIT_TIMEOUT, "Connection initialisation timeout"), init=True
        )
        try:
            while (message := await self._receive())["type"] == "websocket.receive":
                if not self._closed:
                    await self._guarded(partial(self._take, message))
        finally:
            self._closed = True
            for timer in self._timers:
                timer.cancel()
            tasks = [*self._operations.values(), *self._ending]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _viewer(self, token: str) -> Viewer:
        """Who is there now."""
        return await self._parts.sign_in.viewer_of(token, self._language, self._occasion)

    # -- what the client says
    async def _take(self, message: Any) -> None:
        most = self._parts.settings.max_body
        said = read(message, most if self._token is not None else min(most, MOST_UNSIGNED))
        match said["type"]:
            case "connection_init":
                await self._init(payload_of(said))
            case "ping":
                payload = payload_of(said)
                await self._send(made("pong", payload=payload) if payload else made("pong"))
            case "pong":
                payload_of(said)
            case "subscribe":
                await self._subscribe(id_of(said), operation_of(said))
            case "complete":
                if (task := self._operations.pop(id_of(said), None)) is not None:
                    self._end(task)
            case _:
                raise Closing(Code.INVALID, "Invalid message: unknown type")

    async def _init(self, payload: dict[str, Any]) -> None:
        if self._initialised:
            raise Closing(Code.TOO_MANY_INITS, "Too many initialisation requests")
        self._initialised = True
        token = token_of(payload)
        if token is None:
            raise Closing(Code.UNAUTHORIZED, "Unauthorized")
        self._occasion = self._occasion._replace(purpose=said_purpose(payload))
        await self._viewer(token)
        left = await self._parts.sign_in.expires_at(token) - self._parts.clock.now().timestamp()
        self._close_after(left, Closing(Code.FORBIDDEN, "Forbidden: the token has expired"))
        self._token = token
        await self._send(made("connection_ack"))

    async def _subscribe(self, name: str, request: GraphQLRequest) -> None:
        if self._token is None:
            raise Closing(Code.UNAUTHORIZED, "Unauthorized")
        if name in self._operations:
            raise Closing(Code.SAME_ID, f"Subscriber for {name} already exists")
        allowed = self._parts.settings.max_socket_operations
        if len(self._operations) >= allowed:
            error = LimitExceeded.of("socket_operations", len(self._operations) + 1, allowed)
            await self._send(answered("error", name, self._errors(error)))
            return
        self._operations[name] = asyncio.create_task(
            self._guarded(partial(self._operate, name, request, self._token))
        )

    # -- what comes of it
    async def _operate(self, name: str, request: GraphQLRequest, token: str) -> None:
        """Send its results, then its end. The id is free again before the client hears of the end."""
        last = made("complete", id=name)
        try:
            caller = partial(self._viewer, token)
            async with aclosing(self._parts.stream(request, caller)) as answers:
                async for answer in answers:
                    if answer.status != OK:
                        last = answered("error", name, errors_in(answer.body))
                        break
                    await self._send(answered("next", name, answer.body))
        except (Unauthenticated, OSError):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it was: the client hears of it, in our words
            last = answered("error", name, self._errors(error))
        if self._operations.get(name) is asyncio.current_task():
            del self._operations[name]
            await self._send(last)

    def _errors(self, error: Exception) -> bytes:
        _, body, _ = refusal(error, self._parts.ids.text(), self._language)
        return errors_in(body)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        task.cancel()

    # -- closing
    async def _guarded(self, act: Callable[[], Awaitable[object]]) -> None:
        """Close the socket for what ends it."""
        try:
            await act()
        except Closing as closing:
            await self._close(closing)
        except Unauthenticated:
            await self._close(Closing(Code.FORBIDDEN, "Forbidden"))
        except Unavailable:
            await self._close(Closing(Code.TRY_AGAIN, "Try again later"))
        except OSError:  # the client is gone, as `receive` will say
            self._closed = True
        except Exception:
            log.exception("defect", request_id=self._parts.ids.text())
            await self._close(Closing(Code.DEFECT, "Internal server error"))

    def _close_after(self, seconds: float, closing: Closing, *, init: bool = False) -> None:
        def late() -> None:
            if not (init and self._initialised):
                task = asyncio.create_task(self._close(closing))
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)

        self._timers.append(asyncio.get_running_loop().call_later(max(0.0, seconds), late))

    async def _close(self, closing: Closing) -> None:
        if not self._closed:
            self._closed = True
            for task in self._operations.values():
                if task is not asyncio.current_task():
                    task.cancel()
            await self._asgi_send({"type": "websocket.close", "code": closing.code, "reason": closing.reason})

    async def _send(self, text: str) -> None:
        if not self._closed:
            await self._asgi_send({"type": "websocket.send", "text": text})
