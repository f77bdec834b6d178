"""The points' part of the schema as a reviewed text: `python -m tests.plugins.points.snapshot` writes it."""

from pathlib import Path

from graphql import print_type

import plugins.points
from core.extension.plugins import of
from plugins.points import Points
from schema.application import make_schema
from schema.plugin import Plugin

FILE = Path(plugins.points.__file__).parent / "schema.graphql"


def text() -> str:
    """Every type whose name begins with that of the plugin."""
    types = make_schema(of([Points()], Plugin)).core.type_map
    return "\n\n".join(print_type(types[name]) for name in sorted(types) if name.startswith("Points")) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
