"""Asking for the value itself: straight, dressed up, along every way, and by id."""

from __future__ import annotations

from collections.abc import Iterator

from schema.kit.attack import Attack, Case, Probe, Session, asks
from schema.kit.planting import Planted
from schema.kit.routes import Route, nested
from schema.kit.texts import fields_of

NOBODY = "0" * 32
DRESSES = (
    "{fields}",
    "... on {type} {{ {fields} }}",
    "... {{ ... on {type} @include(if: true) {{ {fields} }} }}",
    "...F ...F",
    "{fields} ...F",
)


def selects(case: Case) -> Iterator[Attack]:
    """Each type by its shortest way, everything on it; and each field alone under another name."""
    ways = [case.map.to(name)[0] for name in case.stage.garden.rows if case.map.to(name)]
    for i, route in enumerate(case.routes(ways)):
        yield asks(_dressed(case, route, DRESSES[i % len(DRESSES)]))
        yield asks(route.ask("id " + _renamed(case, route.type_name)))


def _dressed(case: Case, route: Route, dress: str) -> str:
    fields = fields_of(case.stage.app.schema, route.type_name)
    text = route.ask(dress.format(fields=fields, type=route.type_name))
    return f"{text} fragment F on {route.type_name} {{ {fields} }}" if "...F" in dress else text


def _renamed(case: Case, type_name: str) -> str:
    """Each plain field under two other names."""
    declared = case.stage.app.schema.declared(type_name)
    plain = [f for f, t in declared.items() if getattr(t, "kind", "money") not in ("money", "id")]
    return " ".join(f"a{i}: {name} b{i}: {name}" for i, name in enumerate(plain))


def along(case: Case) -> Iterator[Attack]:
    """Along every way through other types and back, with everything on the type at its end."""
    for route in case.routes(r for r in case.map.routes if len(r.steps) > 1):
        yield asks(route.ask(fields_of(case.stage.app.schema, route.type_name)))


def by_id(case: Case) -> Iterator[Attack]:
    """By the global id of a row, in all roots that take one; invisible and not there answer alike."""
    for row in case.telling(case.rows, lambda row: row.type_name):
        yield _one_row(case, row)


def _one_row(case: Case, row: Planted) -> Attack:
    fields = fields_of(case.stage.app.schema, row.type_name)
    on = f"... on {row.type_name} {{ {fields} }}"
    *spaces, root = case.map.roots_by_id.get(row.type_name) or ("",)
    more = nested(spaces, f'one: {root}(id: "$") {{ {fields} }}') if root else ""
    text = f'{{ {case.map.node}(id: "$") {{ {on} }} nodes(ids: ["$", "$"]) {{ {on} }} {more} }}'
    id_ = case.stage.id(row)
    nobody = f"{id_.partition('_')[0]}_{NOBODY}"

    async def run(session: Session) -> None:
        told = await session.ask(text.replace("$", id_))
        if not case.sight.sees(row):
            session.alike(told, await session.ask(text.replace("$", nobody)))

    return Attack(text.replace("$", id_), run)


def timelines(case: Case) -> Iterator[Attack]:
    """What stands in a list of several types, how many there are, and at which place."""
    ways = [r for r in case.map.routes if r.steps[-1].union]
    for route in case.routes(ways):
        fields = fields_of(case.stage.app.schema, route.type_name)
        page = (
            "edges { cursor node { __typename } } totalCount pageInfo { hasNextPage startCursor endCursor }"
        )
        yield asks(route.ask("", case.draw.choice(("", "first: 2 ", "last: 3 ")), page))
        yield asks(route.ask(fields, f"kinds: [{route.type_name}]"))


PROBES = (
    Probe("selects", "the value itself, plain, renamed and in fragments", selects, plain=True),
    Probe("nested", "the value along every way through other types and back", along),
    Probe("by_id", "the row by its id; invisible and not there answer alike", by_id, plain=True),
    Probe("timelines", "lists of several types: their entries, order, cursors and counts", timelines),
)
