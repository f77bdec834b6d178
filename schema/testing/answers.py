"""What an answer holds: its data, or the errors that a test can look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class QueryFailed(AssertionError):
    """The answer had errors. `errors`: as they were sent; `codes`: their codes, in order."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.errors = errors

    @property
    def codes(self) -> list[str]:
        """`FORBIDDEN`, `BAD_USER_INPUT` and so on."""
        return [error["extensions"]["code"] for error in self.errors]


def data_of(said: Mapping[str, Any]) -> Any:
    """The data of an answer; QueryFailed where it has errors."""
    if "errors" in said:
        raise QueryFailed(said["errors"])
    return said["data"]
