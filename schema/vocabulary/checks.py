"""What a schema refuses to start with: what can't be answered, or may be null and says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphql import GraphQLField, get_named_type, is_non_null_type

from core.errors import ConfigurationError
from core.text import Text
from schema.vocabulary.targets import (
    VALUES,
    AnyNode,
    ById,
    Changed,
    Happened,
    Mutates,
    Namespace,
    OfViewer,
    Target,
    ToMany,
    ToOne,
)

if TYPE_CHECKING:
    from schema.vocabulary.schema import Schema

NO_TYPE = Text("adds fields to {name}, which is no type", "向不存在的类型 {name} 添加字段")
OTHER_TYPE = Text(
    "gives {given}, but points at rows of {wanted}: a type has the name of its model",
    "给出 {given}，所指却是 {wanted} 的行：类型须与其模型同名",
)
OTHER_SCALAR = Text(
    "gives {given}, but what it points at is {wanted}: annotate it `{like}`",
    "给出 {given}，而所指的值为 {wanted}：请注解为 `{like}`",
)
SCALARS = {
    "text": "str",
    "sealed": "str",
    "int": "int",
    "bool": "bool",
    "long": "Long",
    "time": "DateTime",
    "day": "Day",
}
"""Kinds of values that are always the same scalar, with its annotation; the others are enums or JSON."""
NO_DESCRIPTION = Text("has no description", "缺少描述")
MUST_BE_NULLABLE = Text(
    "must be nullable: only public columns that are NOT NULL may be non-null",
    "必须可空：只有公开且 NOT NULL 的列可以非空",
)
NO_PLACE = Text(
    "can't be answered on {name}: it points at what is not there", "无法在 {name} 上作答：所指的内容不在此处"
)
TAKEN = Text(
    "is a namespace of {name}, which {other} has already", "是 {name} 的命名空间，而 {other} 已使用它"
)


def check(schema: Schema) -> None:
    """Raise ConfigurationError for the first thing that is wrong."""
    _check_namespaces(schema)
    on_query, on_mutation = set(schema.types_within("Query")), set(schema.types_within("Mutation"))
    on_subscription = set(schema.types_within("Subscription"))
    for type_name, name, field in _fields(schema):
        place, target = f"{type_name}.{name}", schema.target(type_name, name)
        if not field.description and not type_name.endswith(("Connection", "Edge")):
            raise ConfigurationError(place, NO_DESCRIPTION)
        given = get_named_type(field.type).name
        _check_type(schema, place, target, given)
        _check_scalar(schema, place, target, given)
        if target is not None and is_non_null_type(field.type) and _may_be_null(target):
            raise ConfigurationError(place, MUST_BE_NULLABLE)
        if type_name in on_mutation:
            fits = isinstance(target, (Mutates, Namespace))
        elif type_name in on_subscription:
            fits = isinstance(target, (Happened, Namespace))
        elif type_name in on_query:
            fits = target is None or isinstance(target, Namespace) or _is_root(target)
        else:
            fits = target is None or not (isinstance(target, (Mutates, Happened)) or _is_root(target))
        if not fits:
            raise ConfigurationError(place, NO_PLACE, name=type_name)


def _check_type(schema: Schema, place: str, target: Target | None, given: str) -> None:
    """A field that gives rows of a model gives the type of that name."""
    if not isinstance(target, (ToOne, ToMany, ById, OfViewer, Changed, Happened)):
        return
    wanted = target.model.__name__
    if given.removesuffix("Connection") != wanted or wanted not in schema.models:
        raise ConfigurationError(place, OTHER_TYPE, given=given, wanted=wanted)


def _check_scalar(schema: Schema, place: str, target: Target | None, given: str) -> None:
    """A field that gives a value gives it as what its column or expression holds."""
    kind = getattr(target, "kind", "") if isinstance(target, VALUES) else ""
    if kind not in SCALARS:
        return
    wanted = schema.scalar(kind).name
    if given != wanted:
        like = SCALARS[kind]
        raise ConfigurationError(place, OTHER_SCALAR, given=given, wanted=wanted, like=like)


def _fields(schema: Schema) -> Iterator[tuple[str, str, GraphQLField]]:
    for made in schema.object_types:
        for name, field in made.fields.items():
            yield made.name, name, field


def _check_namespaces(schema: Schema) -> None:
    """The type of a namespace stands in one place: there it is decided whose its fields are."""
    seen: dict[str, str] = {}
    for type_name, name, _ in _fields(schema):
        if isinstance(schema.target(type_name, name), Namespace):
            inner, place = schema.type_behind(type_name, name), f"{type_name}.{name}"
            if inner in seen:
                raise ConfigurationError(place, TAKEN, name=inner, other=seen[inner])
            seen[inner] = place


def _is_root(target: Target) -> bool:
    """Whether it can be read without a row to begin with, and only so."""
    return isinstance(target, (ById, OfViewer, AnyNode)) or (
        isinstance(target, ToMany) and target.remote is None
    )


def _may_be_null(target: Target) -> bool:
    return isinstance(target, ToOne) or (
        isinstance(target, VALUES) and (target.nullable or target.sensitivity.name != "public")
    )
