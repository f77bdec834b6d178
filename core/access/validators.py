"""Validators: plugins may refuse a change of a row, with a reason, before it is committed."""

from __future__ import annotations

import asyncio
import copy
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from core.access.viewer import Viewer
from core.db.model import Model
from core.db.work import UnitOfWork
from core.errors import Expected
from core.text import Text

M = TypeVar("M", bound=Model)


class Refused(Expected):
    """A rule of a plugin forbids the change; the message says which and why. Nothing was changed."""

    code = "REFUSED"
    text = Text("a rule of {by} forbids this", "{by} 的规则不允许此操作")


TOO_LATE = Text(
    "the check {name} did not answer within {seconds} s; nothing was changed, try again",
    "检查 {name} 未在 {seconds} 秒内应答；未作任何更改，请重试",
)


class Meddled(Exception):
    """A validator changed the row that it was asked about: a defect of its, so it is logged and masked."""


@dataclass(frozen=True)
class Writing(Generic[M]):
    """A row that is about to be inserted (`new`) or changed; `changes`: what was given, by column."""

    work: UnitOfWork
    viewer: Viewer
    row: M
    changes: Mapping[str, Any]
    new: bool


@dataclass(frozen=True)
class Refusal:
    """Why a change may not be; `field`: the field of the input that it is about, as clients name it."""

    reason: Text
    field: str | None = None


@dataclass(frozen=True)
class Validator(Generic[M]):
    """Asked for each row of `model` that the API inserts or changes: a Refusal, or None where it may be.

    It reads through `writing.work` alone, changes nothing, and answers within `seconds`.
    """

    name: str
    about: Text
    model: type[M]
    check: Callable[[Writing[M]], Awaitable[Refusal | None]]
    seconds: float = 2.0


class Validators:
    """All of an application, by model."""

    def __init__(self, declared: Sequence[Validator[Any]] = ()) -> None:
        """They are asked in this order."""
        self._of: defaultdict[type[Model], list[Validator[Any]]] = defaultdict(list)
        for one in declared:
            self._of[one.model].append(one)

    async def ask(self, writing: Writing[Any]) -> None:
        """Raise REFUSED where one refuses, or does not answer in time; Meddled where it changes the row."""
        for one in self._of.get(type(writing.row), ()):
            before = _values(writing.row)
            try:
                async with asyncio.timeout(one.seconds):
                    refusal = await one.check(writing)
            except TimeoutError:
                raise Refused(None, TOO_LATE, name=one.name, seconds=one.seconds) from None
            if refusal is not None:
                raise Refused(refusal.field, refusal.reason)
            if changed := _changed(writing.row, before):
                raise Meddled(f"the validator {one.name} changes {', '.join(changed)}; it may only refuse")


def _values(row: Model) -> dict[str, Any]:
    """What is set or loaded; JSON is copied, for it may be changed where it is."""
    state = sa.inspect(row)
    held = ((name, state.dict[name]) for name in state.mapper.column_attrs.keys() if name in state.dict)  # noqa: SIM118
    return {name: copy.deepcopy(value) if isinstance(value, dict | list) else value for name, value in held}


def _changed(row: Model, before: Mapping[str, Any]) -> list[str]:
    """Columns that are not as they were. One that was only loaded meanwhile, or expired, is."""
    attributes = sa.inspect(row).attrs
    return [
        name
        for name, value in _values(row).items()
        if (before[name] != value if name in before else attributes[name].history.has_changes())
    ]


async def validate(
    work: UnitOfWork, viewer: Viewer, row: Model, changes: Mapping[str, Any], *, new: bool
) -> None:
    """Ask the validators of the application, where there are any."""
    validators = work.services.get(Validators)
    if validators is not None:
        await validators.ask(Writing(work, viewer, row, changes, new))
