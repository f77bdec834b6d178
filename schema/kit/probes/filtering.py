"""Asking by conditions: each operator on each field, straight, wrapped, and through relations."""

from __future__ import annotations

from collections.abc import Iterator

from schema.kit.attack import Attack, Case, Probe, asks
from schema.kit.clues import WRAPS, Clue, clues, sealed_clues
from schema.kit.planting import Planted
from schema.kit.routes import Route, nested
from schema.kit.texts import literal
from schema.vocabulary.targets import Stored, ToMany, ToOne

FOUND = "totalCount nodes { id }"
SCOPES = ("", "", "scope: ALL, ", "scope: OWN, ", "scope: TEAM, ", "scope: DEPARTMENT, ")


def filters(case: Case) -> Iterator[Attack]:
    """Each operator on each field that is not shown, in the lists of its type."""
    for clue, condition in _each(case, clues(case)):
        route = _list_of(case, clue.owner)
        if route:
            yield asks(_where(case, route, case.draw.choice(WRAPS).format(condition)))


def related(case: Case) -> Iterator[Attack]:
    """The same conditions seen from related rows: some, none, every, and the row that is named."""
    for clue, condition in _each(case, clues(case)):
        for above, text in _from_afar(case, clue.owner, condition):
            route = _list_of(case, above)
            if route:
                yield asks(_where(case, route, case.draw.choice(WRAPS).format(text)))


def search(case: Case) -> Iterator[Attack]:
    """Whole encrypted values as somebody would type them, and the first letters of plain ones."""
    for clue in case.telling(sealed_clues(case), lambda clue: clue.owner):
        route = _list_of(case, clue.owner)
        for typed in (clue.planted, f" {clue.planted.upper()} ", clue.near):
            if route:
                yield asks(_where(case, route, f"{{{clue.path[-1]}: {{eq: {literal(typed)}}}}}"))


def unseen(case: Case) -> Iterator[Attack]:
    """Public values of rows that are invisible: found, counted, related, or one page more because of them."""
    rows = [row for row in case.rows if not case.sight.sees(row)]
    for row in case.telling(rows, lambda row: row.type_name):
        for condition in _public(case, row):
            route = _list_of(case, row.type_name)
            if route:
                yield asks(_where(case, route, condition))
            for above, text in _from_afar(case, row.type_name, condition):
                if route := _list_of(case, above):
                    yield asks(_where(case, route, text))


def _each(case: Case, among: Iterator[Clue]) -> Iterator[tuple[Clue, str]]:
    pairs = ((clue, condition) for clue in among for condition in clue.conditions(case))
    yield from case.telling(pairs, lambda pair: pair[0].owner)


def _public(case: Case, row: Planted) -> Iterator[str]:
    for field, target in case.stage.app.schema.declared(row.type_name).items():
        if isinstance(target, Stored) and target.kind == "text" and target.sensitivity.name == "public":
            yield f"{{{field}: {{eq: {literal(row.samples[target.column].planted)}}}}}"


def _from_afar(case: Case, type_name: str, condition: str) -> Iterator[tuple[str, str]]:
    """(type, condition) for every type that has a relation to this one."""
    schema = case.stage.app.schema
    for above in schema.models:
        for (*spaces, field), _, target in schema.fields_within(above):
            if isinstance(target, ToOne) and target.model.__name__ == type_name:
                text = f"{field}: {condition}"
            elif isinstance(target, ToMany) and target.type_name == type_name:
                text = f"{field}: {{{case.draw.choice(('some', 'none', 'every'))}: {condition}}}"
            else:
                continue
            yield above, f"{{{nested(spaces, text, between=': ')}}}"


def _list_of(case: Case, type_name: str) -> Route | None:
    """One of the shortest lists of a type."""
    lists = [r for r in case.map.to(type_name) if r.is_list]
    return case.draw.choice(lists[:3]) if lists else None


def _where(case: Case, route: Route, condition: str) -> str:
    return route.ask("", f"{case.draw.choice(SCOPES)}where: {condition}", FOUND)


PROBES = (
    Probe("filters", "conditions on the field, by every operator, inside and, or, not", filters),
    Probe("related", "the same conditions through relations: some, none, every", related),
    Probe("search", "whole encrypted values, as somebody would type them", search),
    Probe("unseen", "public values of invisible rows: found, counted, or felt by a related row", unseen),
)
