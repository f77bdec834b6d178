"""PRM-4: the issuer's keys, when they change and when they can't be had."""

import datetime as dt
from typing import Any

import httpx
import orjson
import pytest
from joserfc.jwk import ECKey, RSAKey

from core.clock import HeldClock
from core.errors import Unauthenticated
from core.identity.keys import fetch, keys_of
from core.identity.tokens import TokenVerifier
from tests.core.identity.test_tokens import START, claims, settings, sign

FIRST, SECOND = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
URL = "https://issuer.example/keys"


class Issuer:
    """Serves what it is told to, and counts."""

    def __init__(self, *keys: dict[str, Any] | str) -> None:
        self.keys: list[Any] = list(keys)
        self.asked, self.down = 0, False

    async def fetch(self, url: str) -> bytes:
        assert url == URL
        self.asked += 1
        if self.down:
            raise OSError("down")
        return orjson.dumps({"keys": self.keys})


def public(key: RSAKey | ECKey, **more: str) -> dict[str, Any]:
    return {**key.as_dict(private=False), **more}


def verifier(issuer: Issuer, clock: HeldClock) -> TokenVerifier:
    using = settings(token_algorithm="RS256", token_jwks_url=URL, token_secret=None)
    return TokenVerifier(using, clock, keys_of(using, clock, issuer.fetch))


async def test_keys_are_read_once_and_chosen_by_kid() -> None:
    issuer, clock = Issuer(public(FIRST, kid="1"), public(SECOND, kid="2")), HeldClock(START)
    checked = verifier(issuer, clock)
    await checked.verify(sign(claims(), FIRST, "RS256", kid="1"))
    await checked.verify(sign(claims(), SECOND, "RS256", kid="2"))
    await checked.verify(sign(claims(), SECOND, "RS256"))
    assert issuer.asked == 1
    with pytest.raises(Unauthenticated):
        await checked.verify(sign(claims(), SECOND, "RS256", kid="1"))


async def test_keys_without_kid_are_tried() -> None:
    issuer = Issuer(public(FIRST), public(ECKey.generate_key("P-256")))
    await verifier(issuer, HeldClock(START)).verify(sign(claims(), FIRST, "RS256", kid="any"))


async def test_a_new_key_is_found_but_not_asked_for_all_the_time() -> None:
    issuer, clock = Issuer(public(FIRST, kid="1")), HeldClock(START)
    checked = verifier(issuer, clock)
    await checked.verify(sign(claims(), FIRST, "RS256", kid="1"))
    issuer.keys = [public(SECOND, kid="2")]
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await checked.verify(sign(claims(), SECOND, "RS256", kid="2"))
    assert issuer.asked == 1
    clock.advance(dt.timedelta(seconds=61))
    await checked.verify(sign(claims(), SECOND, "RS256", kid="2"))
    assert issuer.asked == 2


async def test_a_withdrawn_key_stops_working_for_remembered_tokens_too() -> None:
    issuer, clock = Issuer(public(FIRST, kid="1")), HeldClock(START)
    checked = verifier(issuer, clock)
    token = sign(claims(exp=int(START.timestamp()) + 7200), FIRST, "RS256", kid="1")
    await checked.verify(token)
    issuer.keys = []
    clock.advance(dt.timedelta(minutes=31))
    with pytest.raises(Unauthenticated):
        await checked.verify(token)


async def test_without_the_issuer_it_fails_closed() -> None:
    issuer, clock = Issuer(public(FIRST, kid="1")), HeldClock(START)
    checked = verifier(issuer, clock)
    token = sign(claims(exp=int(START.timestamp()) + 7200), FIRST, "RS256", kid="1")
    issuer.down = True
    with pytest.raises(Unauthenticated):
        await checked.verify(token)
    issuer.down = False
    clock.advance(dt.timedelta(seconds=61))
    await checked.verify(token)
    issuer.down = True
    clock.advance(dt.timedelta(minutes=59))
    await checked.verify(token)
    clock.advance(dt.timedelta(minutes=6))
    with pytest.raises(Unauthenticated):
        await checked.verify(token)


@pytest.mark.parametrize(
    "keys", [["text"], [{}], [{"kty": "RSA"}], [{"kty": "RSA", "n": "x", "e": 5}], [None]]
)
async def test_a_broken_key_does_not_take_the_others_with_it(keys: list[Any]) -> None:
    issuer = Issuer(*keys, public(SECOND, use="enc"), public(FIRST, kid="1"))
    checked = verifier(issuer, HeldClock(START))
    await checked.verify(sign(claims(), FIRST, "RS256", kid="1"))
    with pytest.raises(Unauthenticated):
        await checked.verify(sign(claims(), SECOND, "RS256"))


async def test_fetch_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/moved":
            return httpx.Response(302, headers={"location": URL})
        return httpx.Response(200, content=b"x" * (300_000 if request.url.path == "/large" else 10))

    client = httpx.AsyncClient
    monkeypatch.setattr(httpx, "AsyncClient", lambda: client(transport=httpx.MockTransport(answer)))
    assert await fetch("https://issuer.example/keys") == b"x" * 10
    with pytest.raises(ValueError, match="too large"):
        await fetch("https://issuer.example/large")
    with pytest.raises(OSError, match="can't be had"):
        await fetch("https://issuer.example/moved")
