"""What makes a finding, beside an answer that differs between twins: marks, values, statements, defects."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import enum
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from core.access.plan import HIDDEN, MASKED, SHOWN
from core.ids import GLOBAL_ID
from schema.kit.attack import Case
from schema.kit.hidden import told_columns
from schema.vocabulary.targets import VALUES, Namespace, Sealed, ToMany, ToOne, columns_of

WORD = re.compile(r"[0-9A-Za-z_.@+:-]{6,}")
COLUMN = re.compile(r"\.\"?(\w+)")
FOREIGN = {"key", "value"}
"""Names of columns that SQLite's own functions give."""
SECOND = 19
"""Length of a time to the second."""


class Marks:
    """Finds planted values in whatever text: as they are, in hex and in base64."""

    def __init__(self, case: Case) -> None:
        """Of what the caller may not see."""
        self._marks: dict[str, str] = {}
        for one in case.hidden:
            for column in one.columns:
                for mark in _forms(one.row.samples[column].planted):
                    self._marks[mark] = one.label
        self._clean: set[str] = set()

    def found(self, text: str, sent: str = "") -> set[str]:
        """The fields whose values stand in the text, unless the asker sent them."""
        return {label for word in set(WORD.findall(text)) for label in self._in(word, sent.lower())}

    def _in(self, word: str, sent: str, depth: int = 2) -> Iterator[str]:
        if word in self._clean:
            return
        low = word.lower()
        known = [mark for mark in (low, low[:SECOND], low.strip(".:-+")) if mark in self._marks]
        yield from (self._marks[mark] for mark in known if mark not in sent)
        inner = [w for text in _decoded(word) for w in WORD.findall(text)] if depth else []
        for one in inner:
            yield from self._in(one, sent, depth - 1)
        if not known and not inner:
            self._clean.add(word)


def _forms(value: Any) -> Iterator[str]:
    if isinstance(value, (dt.datetime, dt.date)):
        yield value.isoformat()[:SECOND].lower()
    elif isinstance(value, dict):
        yield from (form for one in value.values() for form in _forms(one))
    elif not isinstance(value, (enum.Enum, bool, UUID)) and value is not None:
        yield from (word.lower() for word in WORD.findall(str(value)))


def _decoded(word: str) -> Iterator[str]:
    """What the word says in hex or base64, if it says something."""
    for decode in (bytes.fromhex, lambda text: base64.b64decode(text, validate=True)):
        try:
            yield decode(word).decode("ascii")
        except (ValueError, binascii.Error):
            continue


def wrong_values(case: Case, value: Any) -> Iterator[str]:
    """Fields of planted rows in an answer that are more than the plan gives; rows that are not visible."""
    if isinstance(value, list):
        for one in value:
            yield from wrong_values(case, one)
    if not isinstance(value, dict):
        return
    match = GLOBAL_ID.fullmatch(str(value.get("id")))
    row = case.stage.by_key.get(UUID(hex=match[2])) if match else None
    if row is not None and row.type_name == value.get("__typename"):
        if not case.sight.sees(row):
            yield f"{row.type_name} (invisible row)"
        yield from _wrong_fields(case, row, row.type_name, value)
    for one in value.values():
        yield from wrong_values(case, one)


def _wrong_fields(case: Case, row: Any, declaring: str, value: dict[str, Any]) -> Iterator[str]:
    schema = case.stage.app.schema
    for name, target in schema.declared(declaring).items():
        found = value.get(name)
        if isinstance(target, Namespace) and isinstance(found, dict):
            yield from _wrong_fields(case, row, schema.type_behind(declaring, name), found)
        elif isinstance(target, (*VALUES, ToOne)) and found is not None:
            effect = case.sight.effect(row, name, declaring)
            if effect == HIDDEN or (effect == MASKED and not isinstance(target, Sealed)):
                yield f"{declaring}.{name}"


class Columns:
    """Finds columns in statements that the caller's statements have no use for."""

    def __init__(self, case: Case) -> None:
        """What is shown nowhere may not be read anywhere."""
        schema, plan, garden = case.stage.app.schema, case.plan, case.stage.garden
        every: set[str] = set()
        needed: set[str] = {column for (_, column), cells in told_columns(garden, plan).items() if cells}
        for name, model in schema.models.items():
            columns = model.__table__.c
            every |= set(columns.keys())
            needed |= garden.fixed(name) | {c.name for c in columns if c.foreign_keys}
            if not plan.rows(name):  # nothing is read of it, whatever the statement names
                needed |= set(columns.keys())
            for (*_, field), declaring, target in schema.fields_within(name):
                if isinstance(target, ToMany):  # a list that is empty by the plan may have any order
                    fields = schema.declared(target.type_name)
                    needed |= {c for f, _ in target.order if f in fields for c in columns_of(fields[f])}
                if not isinstance(target, VALUES):
                    continue
                effects = {plan.effects(declaring, field)[cell] for cell in plan.rows(name)}
                if isinstance(target, Sealed):
                    stem = target.field.name
                    needed |= {f"{stem}_sealed", f"{stem}_index"} if SHOWN in effects else set()
                    needed |= {f"{stem}_masked"} if MASKED in effects else set()
                elif SHOWN in effects:
                    needed |= set(columns_of(target))
        self._useless = every - needed - FOREIGN

    def found(self, statements: list[str]) -> set[str]:
        """The columns that have no business in these statements."""
        return {name for sql in statements for name in COLUMN.findall(sql) if name in self._useless}
