"""Which page of a list: `first`, `last`, `after`, `before`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from core.errors import BadUserInput
from core.text import Text
from schema.compiler import cursors
from schema.compiler.tree import Key, Page, Place
from schema.compiler.values import Leaf, Variables

if TYPE_CHECKING:
    from schema.compiler.select import Selector

DEFAULT_PAGE = 50
RANGE = Text("must be 0 to {most}", "须在 0 到 {most} 之间")
BOTH = Text(
    "`first` and `last` can't stand together; use one of them", "`first` 与 `last` 不能同时使用；请只用其一"
)


class Pages:
    """Reads the pages of one compilation."""

    def __init__(self, selector: Selector) -> None:
        """Refusals and parameters go to the selector."""
        self._s = selector

    def page(self, given: dict[str, Any], keys: list[Key], mark: str, place: str) -> Page:
        """The page of a list in the order of `keys`, whose cursors carry `mark`."""
        first, last = (given[n] if isinstance(given[n], Leaf) else None for n in ("first", "last"))
        if first and last:
            self._s.refuse(BadUserInput(place, BOTH))
        chosen = first or last or Leaf(lambda _: DEFAULT_PAGE, DEFAULT_PAGE)
        name = f"{place}.{'last' if last and not first else 'first'}"

        def limit(vs: Variables) -> int:
            count: int = chosen.get(vs)
            if not 0 <= count <= self._s.most_rows:
                raise BadUserInput(name, RANGE, most=self._s.most_rows)
            return count

        return Page(
            limit=self._s.parameters.add(sa.Integer(), limit),
            more=self._s.parameters.add(sa.Integer(), lambda vs: limit(vs) + 1),
            backward=bool(last and not first),
            after=self._place(given["after"], keys, mark, f"{place}.after"),
            before=self._place(given["before"], keys, mark, f"{place}.before"),
        )

    def _place(self, given: Any, keys: list[Key], mark: str, place: str) -> Place | None:
        if not isinstance(given, Leaf):
            return None
        try:
            sample = cursors.values(given.sample, mark, keys, place)
        except BadUserInput as error:
            self._s.refuse(error)
            return None

        def part(i: int) -> Any:
            return lambda vs: cursors.values(given.get(vs), mark, keys, place)[i]

        return Place(
            [
                (None if value is None else self._s.parameters.add(key.type, part(i)), value is None)
                for i, (key, value) in enumerate(zip(keys, sample, strict=True))
            ]
        )
