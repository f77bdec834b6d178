"""Inputs of mutations, made from their declarations: valid values, ids of planted rows."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_nullable_type

from core.db.model import Model, camel, sealed_fields
from schema.kit.attack import Case
from schema.kit.planting import Planted
from schema.kit.routes import nested
from schema.kit.samples import FAR, SEALED
from schema.kit.texts import fields_of, literal, money
from schema.vocabulary.mutations import FILLS, Fills
from schema.vocabulary.targets import Changed, Mutates, ToOne

DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Form:
    """A mutation: what it needs, what it may be given beside, and the models whose rows it changes.

    `path`: its name, behind those of the namespaces in which it is.
    """

    path: tuple[str, ...]
    target: Mutates
    needed: tuple[str, ...]
    free: tuple[str, ...]
    fills: Mapping[str, Fills]
    models: tuple[type[Model], ...]


def forms(case: Case) -> list[Form]:
    """All mutations of the schema."""
    schema, found = case.stage.app.schema, []
    for path, _, target in schema.fields_within("Mutation"):
        if isinstance(target, Mutates):
            fields = dataclasses.fields(target.input)
            fills = {f.name: f.metadata[FILLS] for f in fields if FILLS in (f.metadata or {})}
            needed = [f.name for f in fields if _is_needed(f)]
            free = [f.name for f in fields if f.name not in needed and f.name in fills]
            models = [t.model for t in schema.declared(_payload(target)).values() if isinstance(t, Changed)]
            found.append(Form(path, target, tuple(needed), tuple(free), fills, tuple(models)))
    return found


def _is_needed(field: Any) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _payload(target: Mutates) -> str:
    name: str = target.payload.__strawberry_definition__.name  # type: ignore[attr-defined]
    return name


def values(
    case: Case, form: Form, more: tuple[str, ...] = (), ids: Mapping[str, Planted] | None = None
) -> dict[str, Any]:
    """An input with what is needed and `more` of what may be given. `ids`: rows to be named, by prefix."""
    kind = case.stage.app.schema.input_type(form.target.input)
    return {
        camel(name): _value(case, form, name, kind.fields[camel(name)].type, ids or {})
        for name in (*form.needed, *more)
    }


def _value(case: Case, form: Form, name: str, kind: Any, ids: Mapping[str, Planted]) -> Any:
    fills = form.fills.get(name)
    if fills is not None and fills.prefix is not None:
        row = ids.get(fills.prefix) or case.draw.choice(rows_of(case, fills.prefix))
        return case.stage.id(row)
    for model in form.models if fills is not None else ():
        sealed = sealed_fields(model).get(name)
        if sealed is not None:
            return {**SEALED, **case.stage.garden.sealed}[sealed.normal](FAR + case.draw.randrange(9_000))
    past = fills is not None
    return _plain(case, kind, past=past)


def _plain(case: Case, kind: Any, *, past: bool) -> Any:
    kind = get_nullable_type(kind)
    now = case.stage.app.database.clock.now() + (-DAY if past else DAY)
    if isinstance(kind, GraphQLList):
        return []
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        if "currency" in kind.fields and "amount" in kind.fields:
            return money(100, "CNY")
        needed = {n: f.type for n, f in kind.fields.items() if isinstance(f.type, GraphQLNonNull)}
        return {name: _plain(case, one, past=past) for name, one in needed.items()}
    made = {"DateTime": now.isoformat(), "Date": now.date().isoformat(), "Boolean": True, "Int": 1, "Long": 1}
    return made.get(kind.name, "CNY" if kind.name == "Currency" else f"kit {case.draw.randrange(10**6)}")


def rows_of(case: Case, prefix: str) -> list[Planted]:
    """The planted rows with such an id, but for the seat's own: who changes it can't sign in any more."""
    models, garden = case.stage.app.schema.models, case.stage.garden
    name = next(name for name, model in models.items() if model.__prefix__ == prefix)
    return [row for row in garden.rows[name] if not row.spare and row.key != garden.seat.key]


def document(case: Case, form: Form, given: Mapping[str, Any]) -> str:
    """The mutation with everything that can be selected of its payload, and of what is beside that."""
    schema = case.stage.app.schema
    parts = []
    for field, target in schema.declared(_payload(form.target)).items():
        if isinstance(target, Changed):
            name = target.model.__name__
            parts.append(f"{field} {{ {fields_of(schema, name)} {_beside(case, name)} }}")
    error = "... on UserError { code message field }"
    shown = f"__typename {error} ... on {_payload(form.target)} {{ {' '.join(parts) or '__typename'} }}"
    kind = schema.input_type(form.target.input)
    *spaces, name = form.path
    return f"mutation {{ {nested(spaces, f'{name}(input: {_written(given, kind)}) {{ {shown} }}')} }}"


def _beside(case: Case, type_name: str) -> str:
    """The rows that a row names."""
    schema = case.stage.app.schema
    ones = ((f, t.model.__name__) for f, t in schema.declared(type_name).items() if isinstance(t, ToOne))
    return " ".join(f"{field} {{ {fields_of(schema, name)} }}" for field, name in ones)


def _written(given: Mapping[str, Any], kind: Any) -> str:
    """An input as a literal; names of enums stand without quotes."""

    def one(value: Any, of: Any) -> str:
        of = get_nullable_type(of)
        if isinstance(of, GraphQLEnumType):
            return str(value)
        if isinstance(of, GraphQLInputObjectType) and isinstance(value, Mapping):
            return _written(value, of)
        if isinstance(of, GraphQLList) and isinstance(value, list):
            return "[" + ", ".join(one(x, of.of_type) for x in value) + "]"
        return literal(value)

    return "{" + ", ".join(f"{n}: {one(v, kind.fields[n].type)}" for n, v in given.items()) + "}"
