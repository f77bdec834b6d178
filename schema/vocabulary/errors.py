"""Outcomes that a client handles, as GraphQL types: one per `Expected` error, all of them `UserError`s."""

from __future__ import annotations

from typing import Any

import strawberry

from core.access.validators import Refused
from core.errors import Conflict, Expected, IdempotencyMismatch, InvalidInput, NotFound

COMMON: tuple[type[Expected], ...] = (InvalidInput, NotFound, Conflict, Refused, IdempotencyMismatch)
"""Every mutation may end in these."""


@strawberry.interface(name="UserError", description="Why a mutation changed nothing. Nothing is half-done.")
class UserError:
    """The interface of all typed errors."""

    code: str = strawberry.field(description="Stable code, upper case; documented in docs/errors.md.")
    message: str = strawberry.field(
        description="What is wrong and the remedy, in the language of `Accept-Language`."
    )
    field: str | None = strawberry.field(description="The input field that it speaks of.")


_types: dict[type[Expected], Any] = {}


def error_type(error: type[Expected]) -> Any:
    """The GraphQL type of an expected error."""
    if error not in _types:
        name = f"{error.__name__.removesuffix('Error')}Error"
        made = type(name, (UserError,), {"__doc__": error.__doc__, "__annotations__": {}})
        about = (error.__doc__ or "").strip().splitlines()[0]
        _types[error] = strawberry.type(made, name=name, description=about)
    return _types[error]
