"""Reviews that channels send."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from baoke_praise.webhook import SIGNATURE, STAMP, sign
from schema.testing import Clients, Clock, Company

REVIEWS = "{ praise { reviews { nodes { channel sourceId stars text customer { name } } } } }"
NUMBER = "C-0000"


def delivery(**more: Any) -> bytes:
    given = {"id": "D-77", "customer": NUMBER, "stars": 5, "text": "很好", "at": "2026-11-01T08:00:00+08:00"}
    return json.dumps({**given, **more}).encode()


@dataclass(frozen=True)
class Channel:
    """A platform that sends what customers say."""

    http: httpx.AsyncClient
    clock: Clock
    secret: str

    def headers(self, body: bytes, channel: str = "dianping", age: int = 0) -> dict[str, str]:
        stamp = str(int(self.clock.now().timestamp()) - age)
        return {STAMP: stamp, SIGNATURE: sign(self.secret, stamp, channel, body)}

    async def send(self, body: bytes, headers: Any = None, channel: str = "dianping") -> httpx.Response:
        path = f"/plugins/praise/webhooks/{channel}"
        return await self.http.post(path, content=body, headers=headers or self.headers(body, channel))


@pytest.fixture
def channel(client: Clients, clock: Clock, secret: str) -> Channel:
    return Channel(client("leader").http, clock, secret)


async def test_a_delivery_counts_once(channel: Channel, client: Clients, company: Company) -> None:
    answers = await asyncio.gather(*(channel.send(delivery()) for _ in range(4)))
    answers.append(await channel.send(delivery()))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 201]
    (one,) = (await client("leader").query(REVIEWS))["praise"]["reviews"]["nodes"]
    assert one == {
        "channel": "DIANPING",
        "sourceId": "D-77",
        "stars": 5,
        "text": "很好",
        "customer": {"name": company.names[0]},
    }


async def test_a_poor_review_is_kept_as_it_comes(channel: Channel, client: Clients) -> None:
    answer = await channel.send(delivery(stars=1, text="  "))
    assert (answer.status_code, answer.json()) == (201, {"new": True})
    (one,) = (await client("leader").query(REVIEWS))["praise"]["reviews"]["nodes"]
    assert (one["stars"], one["text"]) == (1, None)


async def test_what_is_not_signed_is_refused(channel: Channel) -> None:
    body = delivery()
    good = channel.headers(body)
    for headers in (
        {},
        channel.headers(body, age=301),
        channel.headers(body, age=-301),
        channel.headers(body, "wechat"),
        channel.headers(b"{}"),
        good | {SIGNATURE: ""},
        good | {SIGNATURE: "é".encode("latin-1")},
        good | {STAMP: "²".encode("latin-1")},
    ):
        answer = await channel.send(body, headers or {STAMP: ""})
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["extensions"]["code"] == "PRAISE_BAD_SIGNATURE"


async def test_what_is_no_delivery_is_refused(channel: Channel) -> None:
    for body, field in (
        (b"{", "body"),
        (b"[]", "body"),
        (b"\xff", "body"),
        (delivery(id=""), "id"),
        (delivery(text="a\0b"), "text"),
        (delivery(at="2026-11-01T08:00:00"), "at"),
        (delivery(at="0001-01-01T00:00:00+14:00"), "at"),
        (delivery(customer="nobody"), "customer"),
        (delivery(stars=6), "stars"),
        (delivery(url="javascript:0"), "url"),
    ):
        answer = await channel.send(body)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["field"]) == (400, field)
    answer = await channel.send(delivery(), channel="nowhere")
    assert answer.json()["errors"][0]["extensions"]["field"] == "channel"


async def test_health_tells_whether_deliveries_are_taken(channel: Channel) -> None:
    assert "praise.webhook: ok" in (await channel.http.get("/readyz")).text
