"""In which order a list comes: `orderBy`, or the order that is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import BadUserInput, Forbidden
from core.text import Text
from schema.compiler import cursors
from schema.compiler.filters import reader
from schema.compiler.parameters import TYPES
from schema.compiler.tree import Key, Row
from schema.compiler.values import Leaf
from schema.vocabulary.targets import MoneyColumns, NodeId, ToMany

if TYPE_CHECKING:
    from schema.compiler.select import Selector

ONE_FIELD = Text("each entry of `orderBy` names exactly one field", "`orderBy` 的每一项须恰好写一个字段")


class Orders:
    """Reads the orders of one compilation. A field in a namespace is named by its path (`points.balance`)."""

    def __init__(self, selector: Selector) -> None:
        """Refusals go to the selector."""
        self._s = selector

    def order(
        self, row: Row, target: ToMany, given: Any, place: str
    ) -> tuple[list[Key], str, list[tuple[str, str]]]:
        """The keys, down to the id, what binds cursors to them, and the fields whose values cursors hold."""
        asked = self._asked(given, place)
        for name, _ in asked:
            self._s.readings.used(row, *self._declared(row, name))
        asked = asked or self._default(row, target)
        asked.append(("id", asked[-1][1] if asked else False))
        asked = asked[: next(i for i, (name, _) in enumerate(asked) if name == "id") + 1]
        keys, held = [], [self._declared(row, name) for name, _ in asked]
        for (name, desc), (declaring, field) in zip(asked, held, strict=True):
            if not self._s.plan.shown_everywhere(declaring, field, row.reach):
                self._s.refuse(Forbidden(f"{place}.{name}"))
            keys.append(_key(self._s.schema.declared(declaring)[field], desc=desc))
        return keys, cursors.signature(row.type_name, asked), held

    def _declared(self, row: Row, name: str) -> tuple[str, str]:
        """The type that declares a field, and the field's own name."""
        declaring = row.type_name
        *spaces, field = name.split(".")
        for space in spaces:
            declaring = self._s.schema.type_behind(declaring, space)
        return declaring, field

    def _default(self, row: Row, target: ToMany) -> list[tuple[str, bool]]:
        """The declared order, as far as it tells nothing that is not shown."""
        shown = self._s.plan.shown_everywhere
        return [(name, desc) for name, desc in target.order if shown(*self._declared(row, name), row.reach)]

    def _asked(self, given: Any, place: str) -> list[tuple[str, bool]]:
        asked: list[tuple[str, bool]] = []
        for entry in given if isinstance(given, list) else ():
            path, found = [], entry
            while isinstance(found, dict) and len(found) == 1:
                ((name, found),) = found.items()
                path.append(name)
            if isinstance(found, Leaf):
                asked.append((".".join(path), found.sample == "DESC"))
            else:
                self._s.refuse(BadUserInput(place, ONE_FIELD))
        return asked


def _key(target: Any, *, desc: bool) -> Key:
    if isinstance(target, NodeId):
        kind = "key"
    else:
        kind = "long" if isinstance(target, MoneyColumns) else target.kind
    return Key(reader(target), desc, kind, target.nullable, getattr(target, "type", None) or TYPES[kind])
