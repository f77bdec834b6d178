"""What the client takes: media type, language, compression (RFC 9110 12). Results are kept: few are met."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from core.text import Language, preferred_language

GRAPHQL, JSON = b"application/graphql-response+json; charset=utf-8", b"application/json; charset=utf-8"
OFFERS = (("application/graphql-response+json", GRAPHQL), ("application/json", JSON))
KEPT = 256


@lru_cache(KEPT)
def media_type(accept: bytes | None) -> bytes | None:
    """The content type to answer with; None where the client takes neither. By default it is plain JSON."""
    ranges = dict(_weighted(accept or b"*/*"))
    best: tuple[float, int, bool] = (0.0, 0, False)
    found = None
    for offer, content_type in OFFERS:
        for precision, pattern in ((3, offer), (2, "application/*"), (1, "*/*")):
            if pattern in ranges:
                # Named by the client, the newer type wins a tie; matched by a wildcard, the older one.
                rank = (ranges[pattern], precision, (content_type is GRAPHQL) == (precision == 3))  # noqa: PLR2004
                if rank[0] > 0 and rank > best:
                    best, found = rank, content_type
                break
    return found


@lru_cache(KEPT)
def is_json(content_type: bytes | None) -> bool:
    """Whether a body of this type is JSON in UTF-8."""
    kind, *parameters = (content_type or b"").decode("latin-1").lower().split(";")
    charset = dict(p.strip().partition("=")[::2] for p in parameters).get("charset", "utf-8")
    return kind.strip() == "application/json" and charset.strip('"') in {"utf-8", "utf8"}


@lru_cache(KEPT)
def takes_gzip(accept_encoding: bytes | None) -> bool:
    """Whether the answer may be compressed."""
    weights = dict(_weighted(accept_encoding or b""))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


@lru_cache(KEPT)
def language_of(accept_language: bytes | None) -> Language:
    """The language to answer in."""
    return preferred_language(accept_language.decode("latin-1") if accept_language else None)


def _weighted(header: bytes) -> Iterator[tuple[str, float]]:
    """(name, weight) of each element; one with a weight that is none is left out."""
    for element in header.decode("latin-1").lower().split(","):
        name, *parameters = (part.strip() for part in element.split(";"))
        weight = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        try:
            yield name, float(weight)
        except ValueError:
            continue
