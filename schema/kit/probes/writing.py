"""Asking by writing: what a mutation gives back, what it refuses, what it finds taken, what it repeats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from core.db.model import camel, sealed_fields
from schema.kit.attack import Attack, Case, Probe, Session, asks
from schema.kit.door import Told
from schema.kit.forms import Form, document, forms, rows_of, values
from schema.kit.planting import Planted
from schema.kit.probes.selecting import NOBODY

MOST_ROWS = 16
BAD = ("\u0007", "x" * 12_000, "@", "-1")


def payloads(case: Case) -> Iterator[Attack]:
    """Each mutation, as the caller may do it, and everything that it gives back."""
    for form in case.shuffled(forms(case)):
        for more in ((), *((one,) for one in form.free)):
            yield asks(document(case, form, values(case, form, more)))


def errors(case: Case) -> Iterator[Attack]:
    """Refusals: bad values in each field, and rows that are invisible or not there, which answer alike."""
    for form in case.shuffled(forms(case)):
        for one in form.free:
            given = values(case, form, (one,))
            if isinstance(given[camel(one)], str) and form.fills[one].prefix is None:
                yield asks(document(case, form, {**given, camel(one): case.draw.choice(BAD)}))
        for row in case.rows:
            prefix = case.stage.id(row).partition("_")[0]
            named = [n for n in form.needed if n in form.fills and form.fills[n].prefix == prefix]
            if named and not case.sight.sees(row):
                yield _invisible(case, form, row, prefix)


def _invisible(case: Case, form: Form, row: Planted, prefix: str) -> Attack:
    text = document(case, form, values(case, form, ids={prefix: row}))
    id_ = case.stage.id(row)

    async def run(session: Session) -> None:
        told = await session.ask(text)
        session.alike(told, await session.ask(text.replace(id_, f"{prefix}_{NOBODY}")))

    return Attack(text, run)


def uniqueness(case: Case) -> Iterator[Attack]:
    """Values that other rows have, as far as the caller may not know it, given to another row."""
    for form, row, given in case.shuffled(_repeated(case)):
        ids = {} if row is None else {case.stage.id(row).partition("_")[0]: row}
        needed = values(case, form, tuple(n for n in given if n not in form.needed), ids)
        yield asks(document(case, form, {**needed, **{camel(name): value for name, value in given.items()}}))


def _repeated(case: Case) -> Iterator[tuple[Form, Planted | None, dict[str, Any]]]:
    """Form, the row to be changed (if it needs one), and what it is given of a row that is hidden."""
    for form in forms(case):
        for model in form.models:
            rows = rows_of(case, model.__prefix__ or "")
            mine = [row for row in rows if case.sight.sees(row)]
            for columns in _unique(model):
                about = {
                    h.row
                    for h in case.hidden
                    if h.row.type_name == model.__name__ and {*columns} & {*h.columns}
                }
                for row in [row for row in rows if row in about][:MOST_ROWS]:
                    given = _given(case, form, row, columns)
                    if given:
                        yield form, case.draw.choice(mine) if mine else None, given


def _unique(model: Any) -> Iterator[tuple[str, ...]]:
    """Groups of columns that are unique, or that the product compares; numbers for all are public."""
    for rule in (*model.__table__.constraints, *(i for i in model.__table__.indexes if i.unique)):
        if isinstance(rule, (sa.UniqueConstraint, sa.Index)):
            columns = [c for c in rule.columns if c.info["class"].name != "public" or c.foreign_keys]
            if columns:
                yield tuple(c.name for c in rule.columns)
    for name in sealed_fields(model):
        yield (name,)


def _given(case: Case, form: Form, row: Planted, columns: tuple[str, ...]) -> dict[str, Any]:
    """The fields of the form that fill these columns, with the row's values."""
    given: dict[str, Any] = {}
    for name, fills in form.fills.items():
        for column in fills.columns if len(fills.columns) == 1 else ():
            if column in columns:
                given[name] = _told(case, row.samples[column].planted, fills.prefix)
    place = case.stage.garden.relations.parent(row.type_name)
    above = form.fills.get(place[0]) if place and place[0] in columns else None
    if place and above is not None:
        given[place[0]] = _told(case, row.samples[place[0]].planted, above.prefix)
    return given


def _told(case: Case, value: Any, prefix: str | None) -> Any:
    return value if prefix is None else case.stage.id(case.stage.by_key[value])


def replays(case: Case) -> Iterator[Attack]:
    """A mutation that the same employee did in a role that sees more, sent again with its key."""
    for i, form in enumerate(case.shuffled([] if case.caller.stranger else forms(case))):
        more = tuple(form.free[:1])
        for given in (values(case, form), values(case, form, more)):
            yield _again(
                form.path, document(case, form, {**given, "idempotencyKey": f"kit {i} {len(given)}"})
            )


def _again(path: tuple[str, ...], text: str) -> Attack:
    first: list[tuple[str, Told]] = []

    async def run(session: Session) -> None:
        done = await session.ask_as(session.case.stage.accomplice, text)
        found = done.data
        for name in path:
            found = found.get(name) or {}
        kind = str(found.get("__typename"))
        if first and first[0][0] != kind:  # in this world nothing was done that could be repeated
            session.told.append(first[0][1])
            return
        told = await session.ask(text)
        first[:] = first or [(kind, told)]

    return Attack(text, run)


PROBES = (
    Probe("payloads", "what mutations give back", payloads, writes=True),
    Probe(
        "errors", "refusals, of bad values and of rows that are invisible or not there", errors, writes=True
    ),
    Probe("uniqueness", "values that others have, given to a new row or one's own", uniqueness, writes=True),
    Probe("replays", "a mutation of a wider role, repeated with its idempotency key", replays, writes=True),
)
