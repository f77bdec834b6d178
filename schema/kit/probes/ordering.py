"""Asking by place: orders, cursors and the order that a list has by itself."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from core.access.plan import SHOWN
from schema.kit.attack import Attack, Case, Probe, Session, asks
from schema.kit.probes.filtering import SCOPES
from schema.kit.routes import Route, nested
from schema.vocabulary.inputs import sortable
from schema.vocabulary.targets import VALUES, Expression

NONE = orjson.dumps(["", ""]).hex()
PLACES = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


def orders(case: Case) -> Iterator[Attack]:
    """Each field, in both directions, alone or behind another, in every list."""
    for route, path in case.telling(_sorts(case), lambda sort: sort[0].type_name):
        way, scope = case.draw.choice(("ASC", "DESC")), case.draw.choice(SCOPES)
        first = case.draw.choice(("", "", "{id: ASC}, "))
        yield asks(route.ask("", f"{scope}orderBy: [{first}{_by(path, way)}]", PLACES))


def defaults(case: Case) -> Iterator[Attack]:
    """Every list as it comes, a few rows from either end: its order and its cursors tell nothing."""
    for route in case.routes(case.map.lists):
        for page in ("", "first: 2", "last: 2"):
            yield asks(route.ask("", f"{case.draw.choice(SCOPES)}{page}", PLACES))


def cursors(case: Case) -> Iterator[Attack]:
    """A cursor of somebody who may sort, in the same order, in none, and with its values edited."""
    for route, path in case.telling(_sorts(case), lambda sort: sort[0].type_name):
        yield _borrowed(case, route, path)


def _sorts(case: Case) -> Iterator[tuple[Route, tuple[str, ...]]]:
    """Lists with the fields that may be sorted by, but not by this caller, those in namespaces too."""
    schema, plan = case.stage.app.schema, case.plan
    hidden = {(one.row.type_name, one.field) for one in case.hidden}
    for route in case.map.lists:
        for path, declaring, target in schema.fields_within(route.type_name):
            if not isinstance(target, VALUES) or not sortable(target):
                continue
            effects = plan.effects(declaring, path[-1])
            unlike = any(effects[cell] != SHOWN for cell in plan.rows(route.type_name))
            if (declaring, path[-1]) in hidden or (isinstance(target, Expression) and unlike):
                yield route, path


def _by(path: tuple[str, ...], way: str) -> str:
    return f"{{{nested(path[:-1], f'{path[-1]}: {way}', between=': ')}}}"


def _borrowed(case: Case, route: Route, path: tuple[str, ...]) -> Attack:
    order = f"orderBy: [{_by(path, 'ASC')}]"
    asked = route.ask("", order, "edges { cursor }")
    plain = route.ask("", "", "edges { cursor }")

    told: list[str] = []  # by the accomplice, and of the first world: of another one the caller has no news

    async def run(session: Session) -> None:
        told[:] = told or _cursors((await session.ask_as(case.stage.accomplice, asked)).data) or [NONE]
        mine = _cursors((await session.ask(plain)).data)
        for cursor in (told[0], _edited(told[-1]), _edited([*mine, NONE][0])):
            for arguments in (
                f'{order}, after: "{cursor}"',
                f'after: "{cursor}"',
                f'{order}, before: "{cursor}"',
            ):
                await session.ask(route.ask("", arguments, PLACES))

    return Attack(asked, run)


def _cursors(value: object) -> list[str]:
    """All cursors in an answer."""
    if isinstance(value, list):
        return [cursor for one in value for cursor in _cursors(one)]
    if not isinstance(value, dict):
        return []
    found = [value["cursor"]] if isinstance(value.get("cursor"), str) else []
    return found + [cursor for one in value.values() for cursor in _cursors(one)]


def _edited(cursor: str) -> str:
    """The same cursor at another place: further keys, or another first one."""
    mark, *keys = orjson.loads(bytes.fromhex(cursor))
    return orjson.dumps([mark, *(None if isinstance(k, str) else k for k in keys[:-1]), *keys[-1:]]).hex()


PROBES = (
    Probe("orders", "orders by the field, in both directions", orders),
    Probe("defaults", "the order and the cursors that a list has by itself", defaults),
    Probe("cursors", "cursors of others, edited ones, and those of another order", cursors),
)
