"""The refusals of this folder."""

from __future__ import annotations

from typing import Self

from core.errors import RequestError
from core.text import Text


class LimitExceeded(RequestError):
    """The document asks for more than a limit allows; the message names limit, measure and remedy."""

    code = "LIMIT_EXCEEDED"
    told = ("limit", "measured", "allowed")
    text = Text(
        "over the limit `{limit}`: {measured}, and {allowed} is allowed; ask for less, or in more requests",
        "超出限制 `{limit}`：实测 {measured}，允许 {allowed}；请减少查询内容，或分多次请求",
    )

    @classmethod
    def of(cls, limit: str, measured: int, allowed: int) -> Self:
        """`limit`: the limit's name as in the settings, without `max_`."""
        # JSON readers are exact up to 2**53.
        return cls(limit=limit, measured=min(measured, 2**53), allowed=allowed)


class ParseFailed(RequestError):
    """The document is no GraphQL."""

    code = "GRAPHQL_PARSE_FAILED"
    text = Text("{what} (line {line}, column {column})", "{what}（第 {line} 行，第 {column} 列）")
