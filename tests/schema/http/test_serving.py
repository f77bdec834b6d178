"""The server on its socket: requests that come whole and in pieces are answered alike (PRM-1, PRM-2)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from core.settings import Settings
from schema.http.protocol import Answer
from tests.schema.http.conftest import Edge
from tests.sockets import PATIENCE, serving

BODY = b'{"query":"{__typename}"}'
ANSWER = b'{"data":{"__typename":"Query"}}'
LONG = b'{"data":"' + b"x" * 1_000_000 + b'"}'


class Line:
    """One connection, in plain bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    async def answer(self) -> tuple[bytes, dict[bytes, bytes], bytes]:
        """Status line, headers and body of the next answer."""
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), PATIENCE)
        status, *lines = head.strip().split(b"\r\n")
        headers = dict(line.split(b": ", 1) for line in lines)
        return status, headers, await self._reader.readexactly(int(headers[b"content-length"]))

    async def ended(self) -> bool:
        """Whether the server closes it, and says nothing more; idle ones it closes after five seconds."""
        return await asyncio.wait_for(self._reader.read(), 3) == b""


@asynccontextmanager
async def line_to(web: Starlette, **overrides: Any) -> AsyncIterator[Line]:
    settings = Settings(env="development", _env_file=None, **overrides)
    async with serving(web, settings) as url:
        line = Line(*await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2])))
        try:
            yield line
        finally:
            line.writer.close()


def head(*more: str, version: str = "1.1", size: int = len(BODY)) -> bytes:
    lines = [f"POST /graphql HTTP/{version}", "host: here", "authorization: Bearer good"]
    lines += ["content-type: application/json", f"content-length: {size}", *more, "", ""]
    return "\r\n".join(lines).encode()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever does not take the short way fails."""

    async def send(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(RequestResponseCycle, "send", send)


@pytest.mark.usefixtures("short")
async def test_one_connection_is_answered_again_and_again(edge: Edge) -> None:
    async with line_to(edge.app()) as line:
        seen = set()
        for _ in range(3):
            line.writer.write(head() + BODY)
            status, headers, body = await line.answer()
            assert (status, body) == (b"HTTP/1.1 200 OK", ANSWER)
            assert headers[b"cache-control"] == b"no-store"
            seen.add(headers[b"x-request-id"])
        assert len(seen) == 3


async def test_the_short_way_says_what_the_other_says(edge: Edge) -> None:
    async with line_to(edge.app()) as line:
        line.writer.write(head() + BODY)
        brief, headers, body = await line.answer()
    app = edge.app()
    app.short_way = None  # type: ignore[attr-defined]
    async with line_to(app) as line:
        line.writer.write(head() + BODY)
        status, others, other = await line.answer()
    assert (brief, body) == (status, other)
    assert [name for name, value in headers.items() if others[name] != value] == [b"x-request-id"]
    assert list(headers) == list(others)


@pytest.mark.usefixtures("short")
async def test_a_body_that_comes_in_pieces_is_waited_for(edge: Edge) -> None:
    async with line_to(edge.app()) as line:
        for piece in (head(), BODY[:5], BODY[5:]):
            line.writer.write(piece)
            await asyncio.sleep(0.05)
        assert (await line.answer())[2] == ANSWER


@pytest.mark.usefixtures("short")
async def test_who_waits_for_leave_to_send_gets_it(edge: Edge) -> None:
    async with line_to(edge.app()) as line:
        line.writer.write(head("expect: 100-continue"))
        assert await line._reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.writer.write(BODY)
        assert (await line.answer())[2] == ANSWER


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(("version", "more"), [("1.1", ["connection: close"]), ("1.0", [])])
async def test_who_asks_once_is_told_that_it_ends(edge: Edge, version: str, more: Sequence[str]) -> None:
    async with line_to(edge.app()) as line:
        line.writer.write(head(*more, version=version) + BODY)
        _, headers, body = await line.answer()
        assert (headers[b"connection"], body) == (b"close", ANSWER)
        assert await line.ended()


@pytest.mark.usefixtures("short")
async def test_an_answer_is_compressed_on_the_short_way_too(edge: Edge) -> None:
    edge.answer = Answer(LONG)
    async with line_to(edge.app()) as line:
        line.writer.write(head("accept-encoding: gzip") + BODY)
        _, headers, body = await line.answer()
        assert headers[b"content-encoding"] == b"gzip"
        assert len(body) < len(LONG) // 10


async def test_a_body_over_the_limit_is_refused_and_the_connection_ends(edge: Edge) -> None:
    async with line_to(edge.app()) as line:
        sent = b"x" * 4000
        pieces = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (sent, b""))
        chunked = head("transfer-encoding: chunked").replace(b"content-length: 24\r\n", b"")
        line.writer.write(chunked + pieces)
        status, headers, body = await line.answer()
        assert (status.split()[1], headers[b"connection"]) == (b"413", b"close")
        assert orjson.loads(body)["errors"][0]["extensions"]["code"] == "BODY_TOO_LARGE"
        assert await line.ended()
    assert edge.asked == []


async def test_a_refusal_before_the_body_ends_the_connection(edge: Edge) -> None:
    async with line_to(edge.app()) as line:
        line.writer.write(head().replace(b"good", b"evil") + BODY)
        status, headers, _ = await line.answer()
        assert (status.split()[1], headers[b"connection"]) == (b"401", b"close")
        assert await line.ended()


@pytest.mark.usefixtures("short")
async def test_requests_that_are_sent_together_are_answered_in_their_order(edge: Edge) -> None:
    async with line_to(edge.app()) as line:
        asked = [orjson.dumps({"query": f"{{a{number}}}"}) for number in range(9)]
        line.writer.write(b"".join(head(size=len(one)) + one for one in asked))
        for _ in asked:
            assert (await line.answer())[2] == ANSWER
    assert [request.query for request, _ in edge.asked] == [f"{{a{number}}}" for number in range(9)]


async def test_who_does_not_read_is_not_answered_for_ever(edge: Edge) -> None:
    """Answers wait in the client's kernel and in one buffer, not in the memory of the server."""
    edge.answer = Answer(LONG)
    async with line_to(edge.app()) as line:
        line.writer.write((head() + BODY) * 64)
        await asyncio.sleep(1)
        assert len(edge.asked) < 32
        for _ in range(64):
            assert (await line.answer())[2] == LONG
    assert len(edge.asked) == 64


async def test_nothing_that_stands_between_is_passed_by(edge: Edge) -> None:
    async with line_to(edge.app(allowed_origins="https://app.example")) as line:
        line.writer.write(head("origin: https://app.example") + BODY)
        _, headers, body = await line.answer()
        assert (headers[b"access-control-allow-origin"], body) == (b"https://app.example", ANSWER)


async def test_of_who_goes_away_no_part_is_taken_for_the_whole(edge: Edge) -> None:
    async with line_to(edge.app()) as line:
        line.writer.write(head(size=len(BODY) + 5) + BODY)
        await line.writer.drain()
        line.writer.close()
        await asyncio.sleep(0.1)
    assert edge.asked == []
