"""The keys that tokens are verified with: one from the settings, or those of the issuer's JWKS (RFC 7517)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OctKey, OKPKey, RSAKey

from core.clock import Clock
from core.errors import ConfigurationError
from core.settings import DEVELOPMENT_SECRET, Settings
from core.text import Text

KEY_TYPES: dict[str, type[Key]] = {"HS256": OctKey, "RS256": RSAKey, "ES256": ECKey, "EdDSA": OKPKey}
SECONDS_BETWEEN_READS = 60
SECONDS_WITHOUT_ISSUER = 3600
MOST_KEYS, MOST_BYTES, SECONDS_TO_ANSWER = 50, 262_144, 5.0

NO_SECRET = Text(
    "no secret to sign in with; set BAOKE_TOKEN_SECRET", "没有登录密钥；请设置 BAOKE_TOKEN_SECRET"
)
NOT_A_KEY = Text(
    "not a public key for {algorithm}; write it as PEM", "不是 {algorithm} 的公钥；请以 PEM 格式填写"
)

Fetch = Callable[[str], Awaitable[bytes]]


class Keys(Protocol):
    """Where keys come from."""

    async def candidates(self, kid: str | None) -> Sequence[Key]:
        """The keys that may have signed a token whose header says `kid`; none where they can't be had."""
        ...

    async def reread(self) -> bool:
        """Ask the issuer anew, as no key fitted; whether that was done."""
        ...


class FixedKey:
    """The one key that the settings hold."""

    def __init__(self, key: Key) -> None:
        """`key`: the shared secret or the public key."""
        self._keys = (key,)

    async def candidates(self, kid: str | None) -> Sequence[Key]:  # noqa: ARG002
        """The key, whatever the header says."""
        return self._keys

    async def reread(self) -> bool:
        """There is nothing to read."""
        return False


class JwksKeys:
    """The issuer's keys of one type: kept, read at most every 60 s, dropped after an hour without it."""

    def __init__(self, url: str, kind: type[Key], clock: Clock, fetch: Fetch) -> None:
        """`kind`: the type of key that the algorithm needs; others in the set are passed over."""
        self._url, self._kind, self._clock, self._fetch = url, kind, clock, fetch
        self._keys: tuple[Key, ...] = ()
        self._read_at = self._tried_at = float("-inf")
        self._reading = asyncio.Lock()

    async def candidates(self, kid: str | None) -> Sequence[Key]:
        """Keys of this id; those that carry no id, and all where the token names none, are candidates too."""
        if self._now() - self._read_at > SECONDS_WITHOUT_ISSUER / 2:
            await self.reread()
        if self._now() - self._read_at > SECONDS_WITHOUT_ISSUER:
            return ()
        return [key for key in self._keys if kid is None or key.kid is None or key.kid == kid]

    async def reread(self) -> bool:
        """Read the set, at most every 60 s; one that can't be read or understood changes nothing."""
        asked_at = self._now()
        async with self._reading:
            if self._tried_at >= asked_at:
                return True  # another request did it while this one waited
            if asked_at - self._tried_at < SECONDS_BETWEEN_READS:
                return False
            self._tried_at = self._now()
            try:
                found = orjson.loads(await self._fetch(self._url))["keys"]
                self._keys = tuple(self._usable(found))
            except (OSError, ValueError, TypeError, KeyError):
                return False
            self._read_at = self._now()
            return True

    def _usable(self, found: Sequence[dict[str, str | list[str]]]) -> list[Key]:
        """The signing keys of our type; a broken one is left out, and doesn't take the others with it."""
        keys: list[Key] = []
        for each in found[:MOST_KEYS]:
            try:
                if each.get("use", "sig") == "sig" and isinstance(
                    key := JWKRegistry.import_key(each), self._kind
                ):
                    keys.append(key)
            except (JoseError, ValueError, TypeError, KeyError, AttributeError):
                continue
        return keys

    def _now(self) -> float:
        return self._clock.now().timestamp()


async def fetch(url: str) -> bytes:
    """The body behind the address; OSError or ValueError otherwise. Redirects are not followed."""
    import httpx  # noqa: PLC0415  # six megabytes, for those who have an issuer

    body = b""
    try:
        async with (
            asyncio.timeout(SECONDS_TO_ANSWER),
            httpx.AsyncClient() as client,
            client.stream("GET", url) as answer,
        ):
            answer.raise_for_status()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    message = "the key set is too large"
                    raise ValueError(message)
    except httpx.HTTPError as error:
        message = "the key set can't be had"
        raise OSError(message) from error
    return body


def keys_of(settings: Settings, clock: Clock, fetch: Fetch = fetch) -> Keys:
    """The keys that the settings name; ConfigurationError where they can't be used."""
    kind = KEY_TYPES[settings.token_algorithm]
    if kind is OctKey:
        return FixedKey(OctKey.import_key(shared_secret(settings)))
    if settings.token_jwks_url:
        return JwksKeys(settings.token_jwks_url, kind, clock, fetch)
    try:
        key = kind.import_key(settings.token_public_key or "")
    except (JoseError, ValueError, TypeError):
        raise ConfigurationError(
            "BAOKE_TOKEN_PUBLIC_KEY", NOT_A_KEY, algorithm=settings.token_algorithm
        ) from None
    return FixedKey(key)


def shared_secret(settings: Settings) -> str:
    """The HS256 secret; the development secret only in development."""
    if settings.token_secret is not None:
        return settings.token_secret.get_secret_value()
    if not settings.development:
        raise ConfigurationError("BAOKE_TOKEN_SECRET", NO_SECRET)
    return DEVELOPMENT_SECRET
