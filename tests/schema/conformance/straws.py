# ruff: noqa: E501  # tables: one case a line reads best
"""Plugins of straw: what `baoke plugin new` writes, each broken on purpose by small edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from schema.scaffold.making import make


@dataclass(frozen=True)
class Break:
    """An edit of the scaffold that a check must find. `%Id%` and the like are filled as in the template."""

    check: str
    file: str
    old: str
    new: str
    found: str
    """What stands in the place that the check names."""


OUGHT = 'expression(_open_count, sa.Integer(), NOTED, "How many entries are open.")'
MODEL = "class %Id%Entry(Model):"
SLOW = '''
async def _spent(context: BatchContext, keys: list[Any]) -> list[Any]:
    query = "SELECT spend_minor FROM customers WHERE id = ?"
    return [(await context.rows(query, [key.hex]))[0][0] for key in keys]


@strawberry.type(description="What is to be followed up with a customer.")
class %Id%OfCustomer:
    """`Customer.%id%`."""

    spent: Json | None = batch(_spent, PUBLIC, "One by one.")
'''
OTHER = '''
@strawberry.type(description="Of an entry.")
class %Id%OfEntry:
    """`StrawoneEntry.%id%`."""

    length: int | None = expression(lambda e: sa.func.length(e.c.text), sa.Integer(), NOTED, "How long.")


@strawberry.type(description="Adds to entries of another plugin.")
class OnEntry:
    """The one field."""

    %id%: %Id%OfEntry = namespace("Of an entry.")
'''
LOST = """


from schema.plugin import Handler, Job, Text

KEPT = Handler("other.kept", PurchaseRecorded, settle)
LOST = (Job("%id%.lost", prune, Text("lost", "遗失")), Handler("%id%.lost", PurchaseRecorded, settle))
"""

DECLARED = (
    Break(
        "descriptions",
        "graphql.py",
        '@strawberry.type(description="What is to be followed up with a customer.")',
        "@strawberry.type",
        "StrawoneOfCustomer",
    ),
    Break("settings", "settings.py", ', description="Days after which a settled entry is removed."', "",
          "BAOKE_STRAWONE_KEEP_DAYS"),
    Break(
        "codes",
        "permissions.py",
        "from schema.plugin import Permission, Text",
        "from schema.plugin import Expected, Permission, Text\n\n\nclass Full(Expected):\n"
        '    """Full."""\n\n    code = "STRAWS_ARE_FULL"\n    text = Text("full", "已满")\n',
        "STRAWS_ARE_FULL",
    ),
    Break("messages", "permissions.py", '"record an entry on a customer"', '"record {what} on a customer"',
          "permissions.py:"),
    Break("imports", "events.py", "from schema.plugin import Event",
          "from core.clock import UTC  # noqa: F401\nfrom schema.plugin import Event", "core.clock"),
    Break("grants", "grants.csv", "p, leader, type:%Id%Entry, read, all, allow",
          "p, leader, type:%Id%Entry, read, all, allow\np, leader, type:Customer, create, all, allow",
          "type:Customer, create"),
    Break("grants", "grants.csv", "p, leader, type:%Id%Entry, record, all, allow",
          "p, leader, type:%Id%Entry, fly, all, allow", "fly"),
    Break("declared", "permissions.py", "RECORD = ", "SPARE = Permission('Customer', 'spare', Text('spare', '备用'))\nRECORD = ",
          "baoke_strawone.permissions.SPARE (permissions)"),
    Break("declared", "jobs.py", "BATCH else None", "BATCH else None" + LOST, "baoke_strawone.jobs.LOST (jobs)"),
    Break("declared", "jobs.py", "", "", "baoke_strawone.jobs.LOST (handlers)"),
    Break("denied", "graphql.py", OUGHT, OUGHT.replace("NOTED", "PUBLIC"), "Customer.strawone.openCount"),
    Break("denied", "graphql.py", "from schema.plugin import (", "from schema.plugin import (\n    PUBLIC,", ""),
)  # fmt: skip
"""All in one plugin, for the checks that need no database."""

TRIED = (
    Break("migrations", "migrations/0001_entries.py", 'sa.Column("text", String, nullable=False)',
          'sa.Column("text", String)', "modify_nullable"),
    Break(
        "uninstall",
        "migrations/0001_entries.py",
        "def downgrade() -> None:",
        '    op.create_index("ix_customers_straw", "customers", ["region"])\n\n\ndef downgrade() -> None:',
        "ix_customers_straw",
    ),
    Break("migrations", "migrations/0001_entries.py", "", "", "up: index ix_customers_straw"),
    Break("migrations", "migrations/0001_entries.py", "", "", "down: index ix_customers_straw"),
    Break(
        "handlers",
        "jobs.py",
        "    await context.work.session.execute(\n        sa.update",
        "    for one in customers:\n"
        "        row = %Id%Entry(id=context.work.ids.new(), customer_id=one, text='again')\n"
        "        row.created_at = context.work.clock.now()\n"
        "        context.work.session.add(row)\n"
        "    await context.work.session.execute(\n        sa.update",
        "told twice",
    ),
    Break("budget", "graphql.py", SLOW.partition("@strawberry")[1] + SLOW.partition("@strawberry")[2].partition("    spent")[0],
          SLOW, "StrawtwoOfCustomer.spent"),
    Break("access", "graphql.py", "from schema.plugin import (",
          "from schema.plugin import (\n    PUBLIC,\n    BatchContext,\n    Json,\n    batch,", "selects"),
)  # fmt: skip
"""All in one plugin."""

SENT = (
    Break("malformed", "service.py", "        now = self.work", "        _ = values['text'].strip()[0]\n        now = self.work",
          "text: ' '"),
    Break("repeated", "graphql.py", "class %Id%RecordInput(Input):", "class %Id%RecordInput:", "idempotencyKey"),
    Break("inherited", "graphql.py", OUGHT, OUGHT.replace("NOTED", "INTERNAL"), "openCount"),
    Break("inherited", "graphql.py", "from schema.plugin import (", "from schema.plugin import (\n    INTERNAL,", ""),
    Break("types", "service.py", "CUSTOMER = Text(", "NUMBER: int = 'none'\nCUSTOMER = Text(", "Incompatible types"),
    Break("alone", "__init__.py", '        return {"Customer": graphql.OnCustomer}',
          '        return {"Customer": graphql.OnCustomer, "StrawoneEntry": graphql.OnEntry}', "StrawoneEntry"),
    Break("alone", "__init__.py", '        version="0.1.0",', '        version="0.1.0",\n        optional=("strawone",),', ""),
    Break("alone", "graphql.py", '@strawberry.type(description="Entries on customers.")',
          OTHER.strip() + '\n\n\n@strawberry.type(description="Entries on customers.")', ""),
)  # fmt: skip
"""All in one plugin, which goes with the first."""

SHUT = (
    Break("repeated", "service.py", "import Customer, Text", "import Customer, InvalidInput, Text", ""),
    Break("repeated", "service.py", "        now = self.work",
          "        raise InvalidInput('text', Text('not today', '今日不可'))\n        now = self.work", ""),
)  # fmt: skip
"""A plugin that refuses everything."""


def straw(name: str, into: Path, breaks: Sequence[Break] = ()) -> Path:
    """The scaffold with these edits."""
    folder = make(name, into)
    holes = {"%id%": name, "%Id%": name.capitalize()}
    for one in breaks:
        file = folder / f"baoke_{name}" / one.file
        text, old, new = file.read_text(encoding="utf-8"), _filled(one.old, holes), _filled(one.new, holes)
        assert old in text, f"{one.check}: {old} is not in {one.file}"
        file.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return folder


def _filled(text: str, holes: Mapping[str, str]) -> str:
    for hole, value in holes.items():
        text = text.replace(hole, value)
    return text
