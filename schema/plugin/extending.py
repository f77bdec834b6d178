"""From what plugins declare to what the schema is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import strawberry

from core.errors import ConfigurationError
from core.extension.declared import Declared
from core.extension.names import Provided, of_plugin, owns
from core.extension.plugins import Plugins
from core.text import Text
from schema.plugin.base import fields_of
from schema.vocabulary.declare import namespace
from schema.vocabulary.extensions import Extension

ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
FIELD, ROUTE = Text("field", "字段"), Text("route", "路径")

NOT_STRAWBERRY = Text(
    "{hook} gives {given}, which is no strawberry type: decorate it with @strawberry.type",
    "{hook} 给出的 {given} 不是 strawberry 类型：请用 @strawberry.type 装饰",
)
OTHER_NAME = Text(
    "adds {name}; a plugin adds one field to a type, called {wanted}",
    "添加了 {name}；插件在每个类型上只添加一个名为 {wanted} 的字段",
)
OTHER_TYPE = Text(
    "its type {name} must be called {start}, then a capital letter and the rest",
    "其类型 {name} 的名称必须以 {start} 开头，其后接大写字母",
)
NO_FORM = Text("its type {name} has no model of that name", "其类型 {name} 没有同名的模型")


def extensions_of(plugins: Plugins) -> list[Extension]:
    """What each plugin adds to types of others."""
    return [Extension(one.manifest.id, dict(_fields(one))) for one in plugins.on]


def types_of(plugins: Plugins) -> list[Any]:
    """The types with rows that plugins declare."""
    for one in plugins.on:
        known = {model.__name__ for model in one["models"]}
        for kind in one["types"]:
            _strawberry(one, "types", kind)
            if kind.__name__ not in known:
                raise ConfigurationError(one.manifest.id, NO_FORM, name=kind.__name__)
    return list(plugins.each("types"))


def provided(declared: Declared) -> list[Provided]:
    """Everything that a plugin provides, by name."""
    name = declared.manifest.id
    added = [
        Provided(FIELD, f"{host}.{field.python_name}") for host, made in _fields(declared) for field in made
    ]
    routes = [Provided(ROUTE, f"/plugins/{name}{one.path}") for one in declared["routes"]]
    return [*of_plugin(declared), *added, *routes]


def _fields(declared: Declared) -> Iterator[tuple[str, list[Any]]]:
    manifest = declared.manifest
    for host, kind in declared["fields"].items():
        _strawberry(declared, "fields", kind)
        made = fields_of(kind)
        for field in made:
            if field.python_name != manifest.id:
                name = f"{host}.{field.python_name}"
                raise ConfigurationError(manifest.id, OTHER_NAME, name=name, wanted=manifest.id)
            _named(declared, field.type)
        yield host, made
    for hook, root in ROOTS.items():
        kind = declared[hook]
        if kind is not None:
            _strawberry(declared, hook, kind)
            _named(declared, kind)
            about = f"{manifest.name.en}. {manifest.about.en}".strip()
            host_type = type(
                f"{manifest.prefix}On{root}",
                (),
                {"__annotations__": {manifest.id: kind}, manifest.id: namespace(about)},
            )
            yield root, fields_of(strawberry.type(host_type))


def _named(declared: Declared, kind: Any) -> None:
    """A group of fields is a type too: policies speak of its fields, so its name says whose it is."""
    name = getattr(getattr(kind, "__strawberry_definition__", None), "name", None)
    if isinstance(name, str) and not owns(declared.manifest, name):
        raise ConfigurationError(declared.manifest.id, OTHER_TYPE, name=name, start=declared.manifest.prefix)


def _strawberry(declared: Declared, hook: str, kind: Any) -> None:
    if not hasattr(kind, "__strawberry_definition__"):
        raise ConfigurationError(declared.manifest.id, NOT_STRAWBERRY, hook=hook, given=repr(kind))
