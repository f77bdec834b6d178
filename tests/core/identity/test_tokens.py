"""PRM-4: what a token must be, and that every refusal is the same."""

import datetime as dt
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from core.clock import UTC, HeldClock
from core.errors import ConfigurationError, Unauthenticated
from core.identity.tokens import Claims, OneAlgorithm, TokenVerifier, sign_development_token
from core.settings import DEVELOPMENT_SECRET, Settings

SECRET = "a secret of the tests, of 32 bytes or more"
START = dt.datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
NOW = int(START.timestamp())


def settings(**overrides: Any) -> Settings:
    return Settings(**{"env": "development", "token_secret": SECRET, "_env_file": None, **overrides})


def claims(**overrides: Any) -> dict[str, Any]:
    said = {"iss": "baoke", "aud": "baoke", "sub": "emp_1", "role": "leader", "iat": NOW, "exp": NOW + 600}
    return {name: value for name, value in {**said, **overrides}.items() if value is not ...}


def sign(said: Any, key: Key | str = SECRET, alg: str = "HS256", **header: Any) -> str:
    key = OctKey.import_key(key) if isinstance(key, str) else key
    payload = said if isinstance(said, bytes) else orjson.dumps(said)
    return jws.serialize_compact({"alg": alg, **header}, payload, key, registry=OneAlgorithm(alg))


def verifier(clock: HeldClock | None = None, **overrides: Any) -> TokenVerifier:
    return TokenVerifier(settings(**overrides), clock or HeldClock(START))


async def test_a_good_token_says_who_and_in_which_role() -> None:
    assert await verifier().verify(sign(claims())) == Claims("emp_1", "leader", NOW + 600)
    await verifier().verify(sign(claims(aud=["other", "baoke"], nbf=NOW - 1, iat=..., exp=NOW + 1.5)))
    elsewhere = await verifier(token_role_claim="urn:role").verify(sign(claims(**{"urn:role": "auditor"})))
    assert elsewhere.role == "auditor"


REFUSED: dict[str, Any] = {
    "no iss": claims(iss=...), "other iss": claims(iss="evil"), "list iss": claims(iss=["baoke"]),
    "no aud": claims(aud=...), "other aud": claims(aud="baokes"), "aud in aud": claims(aud=[["baoke"]]),
    "no exp": claims(exp=...),
    "text exp": claims(exp=str(NOW + 600)), "true exp": claims(exp=True),
    "past": claims(exp=NOW - 5), "too long": claims(exp=NOW + 86_401), "since long": claims(iat=NOW - 86_400),
    "no sub": claims(sub=...),
    "empty sub": claims(sub=""), "number sub": claims(sub=7), "null sub": claims(sub=None),
    "long sub": claims(sub="x" * 256), "odd sub": claims(sub="a\0b"), "blank sub": claims(sub=" "),
    "no role": claims(role=...), "list role": claims(role=["leader"]), "empty role": claims(role=""),
    "not yet": claims(nbf=NOW + 6), "text nbf": claims(nbf="now"), "from the future": claims(iat=NOW + 6),
    "null iat": claims(iat=None), "no object": [1], "text": "x", "no json": b"{", "nan": b'{"exp": NaN}',
    "deep": b"[" * 5000, "huge": claims(more="x" * 9000),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_bad_claims_are_refused_alike(name: str) -> None:
    with pytest.raises(Unauthenticated) as caught:
        await verifier().verify(sign(REFUSED[name]))
    assert caught.value.message("en") == Unauthenticated().message("en")


async def test_a_few_seconds_are_forgiven() -> None:
    await verifier().verify(sign(claims(exp=NOW - 4, iat=NOW - 600)))
    await verifier().verify(sign(claims(nbf=NOW + 5, iat=NOW + 5)))


def encoded(part: Any) -> str:
    return urlsafe_b64encode(part if isinstance(part, bytes) else orjson.dumps(part)).rstrip(b"=").decode()


def sign_raw(header: Any, secret: str) -> str:
    """As nobody's library would."""
    signed = f"{encoded(header)}.{encoded(claims())}"
    return f"{signed}.{encoded(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


FORGED: dict[str, Callable[[], str]] = {
    "other secret": lambda: sign(claims(), "another secret of the tests, 32 bytes"),
    "the development secret": lambda: sign(claims(), DEVELOPMENT_SECRET),
    "none": lambda: f"{encoded({'alg': 'none'})}.{encoded(claims())}.",
    "HS512": lambda: sign(claims(), alg="HS512"),
    "critical": lambda: sign_raw({"alg": "HS256", "crit": ["x"], "x": 1}, SECRET),
    "number kid": lambda: f"{encoded({'alg': 'HS256', 'kid': 5})}.{encoded(claims())}.x",
    "its own key": lambda: sign(claims(), "x" * 32, jwk=OctKey.import_key("x" * 32).as_dict(private=True)),
    "its own address": lambda: sign(claims(), "x" * 32, jku="https://evil/keys", x5u="https://evil/x"),
    "stripped": lambda: sign(claims()).rpartition(".")[0] + ".",
    "deep header": lambda: f"{encoded(b'[' * 4000)}.e30.x",
    "two parts": lambda: "a.b",
    "nothing": lambda: "",
    "chinese": lambda: "保.客.令",
    "surrogate": lambda: "\ud800.a.b",
}


@pytest.mark.parametrize("name", FORGED)
async def test_forged_tokens_are_refused(name: str) -> None:
    with pytest.raises(Unauthenticated):
        await verifier().verify(FORGED[name]())


async def test_unknown_headers_that_are_not_critical_do_not_matter() -> None:
    await verifier().verify(sign(claims(), kid="whatever", jku="https://elsewhere", nonce="1"))


CHECKED = verifier()


@given(st.text() | st.lists(st.text(max_size=20), min_size=3, max_size=3).map(".".join))
async def test_any_text_is_refused_cleanly(text: str) -> None:
    with pytest.raises(Unauthenticated):
        await CHECKED.verify(text)


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("RS256", RSAKey.generate_key(2048)),
        ("ES256", ECKey.generate_key("P-256")),
        ("EdDSA", OKPKey.generate_key("Ed25519")),
    ],
    ids=["RS256", "ES256", "EdDSA"],
)
async def test_public_keys(alg: str, key: RSAKey | ECKey | OKPKey) -> None:
    pem = key.as_pem(private=False).decode()
    public = verifier(token_algorithm=alg, token_public_key=pem, token_secret=None)
    assert (await public.verify(sign(claims(), key, alg))).subject == "emp_1"
    # The public key as HS256 secret is the oldest trick.
    with pytest.raises(Unauthenticated):
        await public.verify(sign_raw({"alg": "HS256"}, pem))


async def test_a_remembered_token_still_expires() -> None:
    clock = HeldClock(START)
    checked = verifier(clock)
    token = sign(claims(exp=NOW + 60))
    await checked.verify(token)
    clock.advance(dt.timedelta(seconds=64))
    await checked.verify(token)
    clock.advance(dt.timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        await checked.verify(token)


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.identity.tokens.MOST_REMEMBERED", 3)
    checked = verifier()
    for number in range(6):
        await checked.verify(sign(claims(sub=f"emp_{number}")))
    assert len(checked._remembered) == 3


async def test_development_tokens_work_in_development_only() -> None:
    clock = HeldClock(START)
    development = settings(token_secret=None)
    token = sign_development_token(development, clock, "emp_1", "leader", dt.timedelta(hours=1))
    assert await TokenVerifier(development, clock).verify(token) == Claims("emp_1", "leader", NOW + 3600)

    keys = {"encryption_keys": "1:x", "index_key": "x"}
    production = settings(env="production", **keys)
    with pytest.raises(ConfigurationError, match="development only"):
        sign_development_token(production, clock, "emp_1", "leader")
    with pytest.raises(Unauthenticated):
        await TokenVerifier(production, clock).verify(token)
    unset = Settings.model_construct(**{**production.model_dump(), "token_secret": None})
    with pytest.raises(ConfigurationError, match="BAOKE_TOKEN_SECRET"):
        TokenVerifier(unset, clock)


def test_a_key_that_is_none_is_said_at_start() -> None:
    with pytest.raises(ConfigurationError, match="not a public key for RS256"):
        verifier(token_algorithm="RS256", token_public_key="no pem", token_secret=None)
