"""Bearer tokens (JWT, RFC 7519): verified to the letter of PRM-4, and remembered for a while."""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key, OctKey

from core.clock import Clock
from core.errors import ConfigurationError, Unauthenticated
from core.identity.keys import Keys, keys_of, shared_secret
from core.settings import Settings
from core.text import Text

LONGEST_TOKEN, LONGEST_SUBJECT = 8192, 255
MOST_REMEMBERED, SECONDS_REMEMBERED = 10_000, 300

ONLY_IN_DEVELOPMENT = Text(
    "sample tokens are signed in development only, with HS256; in production your issuer signs them",
    "示例令牌仅在开发环境以 HS256 签发；生产环境由您的签发方签发",
)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. `expires_at`: seconds since 1970, leeway not included."""

    subject: str
    role: str
    expires_at: float


class OneAlgorithm(jws.JWSRegistry):
    """Knows the one algorithm of the settings: the header can't choose another."""

    def __init__(self, name: str) -> None:
        """Private header parameters are passed over, unknown critical ones refused."""
        super().__init__(algorithms=[name], strict_check_header=False)
        self._name = name

    def get_alg(self, name: str) -> Any:
        """The algorithm, if it is the one."""
        if name != self._name:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


class TokenVerifier:
    """Verifies tokens. Every failure is Unauthenticated, with one and the same message."""

    def __init__(self, settings: Settings, clock: Clock, keys: Keys | None = None) -> None:
        """`keys`: where keys come from, unless the settings say it."""
        self._settings, self._clock = settings, clock
        self._keys = keys or keys_of(settings, clock)
        self._registry = OneAlgorithm(settings.token_algorithm)
        self._remembered: OrderedDict[bytes, tuple[float, Claims]] = OrderedDict()

    async def verify(self, token: str, now: float | None = None) -> Claims:
        """The claims of a token that is accepted now. `now`: the clock's time, where it was just asked."""
        now = self._clock.now().timestamp() if now is None else now
        # Not the token itself: a memory dump should not hold thousands of them.
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        known = self._remembered.get(digest)
        if known and now < known[0]:
            return known[1]
        claims = await self._verify(token, now)
        # Not until it expires: a key that the issuer withdrew has to stop working.
        until = min(claims.expires_at + self._settings.token_leeway, now + SECONDS_REMEMBERED)
        self._remembered[digest] = until, claims
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return claims

    async def _verify(self, token: str, now: float) -> Claims:
        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated
        try:
            signed = jws.extract_compact(token.encode("ascii"), registry=self._registry)
            kid = signed.headers().get("kid")
            if kid is not None and not isinstance(kid, str):
                raise Unauthenticated
            if not await self._signed(signed, kid):
                raise Unauthenticated
            return self._claims(orjson.loads(signed.payload), now)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Unauthenticated from None

    async def _signed(self, signed: jws.CompactSignature, kid: str | None) -> bool:
        if any(self._verifies(signed, key) for key in await self._keys.candidates(kid)):
            return True
        # The issuer may have a new key: ask, and look once more.
        return await self._keys.reread() and any(
            self._verifies(signed, key) for key in await self._keys.candidates(kid)
        )

    def _verifies(self, signed: jws.CompactSignature, key: Key) -> bool:
        try:
            return jws.validate_compact(signed, key, registry=self._registry)
        except (JoseError, ValueError):
            return False

    def _claims(self, said: dict[str, Any], now: float) -> Claims:
        settings, leeway = self._settings, self._settings.token_leeway
        audience = said["aud"]
        expires, subject, role = _seconds(said["exp"]), said["sub"], said[settings.token_role_claim]
        issued = _seconds(said["iat"]) if "iat" in said else now
        starts = _seconds(said["nbf"]) if "nbf" in said else now
        accepted = (
            said["iss"] == settings.token_issuer
            and settings.token_audience in (audience if isinstance(audience, list) else [audience])
            and max(issued, starts) - leeway <= now < expires + leeway
            and expires - issued <= settings.token_longest
            and _plain(subject)
            and _plain(role)
        )
        if not accepted:
            raise Unauthenticated
        return Claims(subject, role, expires)


def _seconds(value: Any) -> float:
    """A NumericDate; ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _plain(value: Any) -> bool:
    """Whether it is text that names somebody or something: not empty, not endless, no control characters."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_SUBJECT
        and value.isprintable()
        and not value.isspace()
    )


def sign_development_token(
    settings: Settings, clock: Clock, subject: str, role: str, lifetime: timedelta = timedelta(hours=8)
) -> str:
    """A token for trying things out; ConfigurationError outside development."""
    if not settings.development or settings.token_algorithm != "HS256":  # noqa: S105
        raise ConfigurationError("token", ONLY_IN_DEVELOPMENT)
    now = int(clock.now().timestamp())
    claims = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "sub": subject,
        settings.token_role_claim: role,
        "iat": now,
        "exp": now + min(int(lifetime.total_seconds()), settings.token_longest),
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(shared_secret(settings)))
