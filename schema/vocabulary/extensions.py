"""What one owner adds to the types of others: strictly additive, clashes named with both owners."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from strawberry.types.field import StrawberryField

from core.errors import ConfigurationError
from core.text import Text

CLASH = Text("declares {name}, which {other} declares already", "声明的 {name} 已由 {other} 声明")


class Extension:
    """Fields that one owner adds: type name to strawberry fields. Strictly additive."""

    def __init__(self, owner: str, fields: Mapping[str, Sequence[StrawberryField]]) -> None:
        """`owner` is named in every complaint about a clash."""
        self.owner, self.fields = owner, fields


def added_fields(extensions: Sequence[Extension]) -> dict[str, list[tuple[str, StrawberryField]]]:
    """Type name to (owner, field); ConfigurationError where two owners add the same field."""
    added: dict[str, list[tuple[str, StrawberryField]]] = {}
    for extension in extensions:
        for type_name, fields in extension.fields.items():
            for field in fields:
                for owner, other in added.get(type_name, ()):
                    if other.python_name == field.python_name:
                        raise ConfigurationError(
                            extension.owner, CLASH, name=f"{type_name}.{field.python_name}", other=owner
                        )
                mine = copy.copy(field)  # a field object belongs to one schema
                if mine.base_resolver is None:
                    mine._arguments = None  # noqa: SLF001
                added.setdefault(type_name, []).append((extension.owner, mine))
    return added
