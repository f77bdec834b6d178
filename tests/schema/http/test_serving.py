"""The server on its socket: an answer in one piece, and nothing that waits for what never comes (PRM-2)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from core.settings import Settings
from schema.http.serving import OneWrite
from tests.sockets import PATIENCE, serving

SETTINGS = Settings(env="development", _env_file=None)
ENDS = b"connection: close\r\n"


class Written(asyncio.Transport):
    """What the socket is given."""

    def __init__(self) -> None:
        super().__init__({"peername": "client"})
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        self.pieces.append(bytes(data))

    def close(self) -> None:
        self.closed = True


async def plain(_: Request) -> Response:
    return PlainTextResponse("here")


async def empty(_: Request) -> Response:
    return Response(status_code=204)


async def slow(_: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"HTTP/1.1 200 is", b"HTTP/1.1 200 text", b"too"):
            yield piece
            await asyncio.sleep(0.01)

    return StreamingResponse(pieces())


async def repeated(request: Request) -> Response:
    return PlainTextResponse(await request.body())


WEB = Starlette(
    routes=[
        Route("/plain", plain),
        Route("/empty", empty),
        Route("/slow", slow),
        Route("/repeated", repeated, methods=["POST"]),
    ]
)


async def said_to(*requests: bytes, until: bytes) -> bytes:
    """What the server says on one connection, up to these bytes."""
    async with serving(WEB, SETTINGS) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        try:
            heard = b""
            for request in requests:
                writer.write(request)
                heard += await asyncio.wait_for(reader.readuntil(until), PATIENCE)
            return heard
        finally:
            writer.close()


def asked(line: str, *headers: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "host: here", *headers, "", ""]).encode()


def test_head_and_body_are_one_write() -> None:
    under = Written()
    one = OneWrite(under)
    for number in range(2):
        one.write(b"HTTP/1.1 200 OK\r\n\r\n")
        assert len(under.pieces) == number
        one.write(b"body")
    assert under.pieces == [b"HTTP/1.1 200 OK\r\n\r\nbody"] * 2
    assert one.get_extra_info("peername") == "client"


@pytest.mark.parametrize("status", ["100 Continue", "101 Switching Protocols"])
def test_what_informs_is_sent_at_once(status: str) -> None:
    under = Written()
    OneWrite(under).write(f"HTTP/1.1 {status}\r\n\r\n".encode())
    assert len(under.pieces) == 1


def test_a_head_that_is_all_is_sent_at_the_end() -> None:
    under = Written()
    one = OneWrite(under)
    one.write(b"HTTP/1.1 500 Internal Server Error\r\n\r\n")
    one.close()
    assert (len(under.pieces), under.closed) == (1, True)


async def test_one_connection_is_answered_again_and_again() -> None:
    heard = await said_to(*[asked("GET /plain")] * 3, until=b"here")
    assert heard.count(b"200 OK") == 3


@pytest.mark.parametrize("line", ["HEAD /plain", "GET /empty"])
async def test_answers_without_a_body_come_too(line: str) -> None:
    heard = await said_to(asked(line), asked(line), until=b"\r\n\r\n")
    assert heard.count(b"HTTP/1.1 20") == 2


async def test_a_body_that_comes_in_pieces_comes_whole() -> None:
    heard = await said_to(asked("GET /slow"), until=b"0\r\n\r\n")
    assert [piece for piece in heard.split(b"\r\n") if piece.endswith((b"is", b"text", b"too"))] == [
        b"HTTP/1.1 200 is",
        b"HTTP/1.1 200 text",
        b"too",
    ]


async def test_who_waits_for_leave_to_send_gets_it() -> None:
    head = asked("POST /repeated", "expect: 100-continue", "content-length: 4")
    heard = await said_to(head, b"body", until=b"\r\n\r\n")
    assert b"100 Continue" in heard
    assert b"200 OK" in heard


async def test_the_last_answer_of_a_connection_comes_whole() -> None:
    heard = await said_to(asked("GET /plain", "connection: close"), until=b"here")
    assert ENDS in heard
