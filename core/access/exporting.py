"""Who may take data out: the act `export` of every type that holds something sensitive (ACC-3)."""

from __future__ import annotations

from collections.abc import Mapping

from core.access.guard import Permission
from core.access.rules import EXPORT
from core.db.model import Model, is_sensitive
from core.text import Text

ABOUT = Text("take {name} rows out by an export", "导出 {name} 数据")


def exports(models: Mapping[str, type[Model]]) -> tuple[Permission, ...]:
    """The act `export` of each sensitive type that has rows of its own to be asked for."""
    return tuple(
        Permission(name, EXPORT, Text(ABOUT.say("en", name=name), ABOUT.say("zh", name=name)))
        for name, model in models.items()
        if model.__prefix__ and is_sensitive(model)
    )
