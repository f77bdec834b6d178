"""The schema of one application: core types plus what plugins add, each checked when it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_object_type,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition, StrawberryType
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType
from strawberry.types.union import StrawberryUnion

from core.db.model import Model
from core.errors import ConfigurationError
from schema.vocabulary import scalars
from schema.vocabulary.checks import NO_TYPE, check
from schema.vocabulary.defer import DEFER
from schema.vocabulary.extensions import CLASH, Extension, added_fields
from schema.vocabulary.groups import Groups
from schema.vocabulary.inputs import Inputs
from schema.vocabulary.resolving import read_from_source, type_of_source
from schema.vocabulary.targets import METADATA, VALUES, Namespace, NodeId, Target, ToOne, columns_of

SCALAR_OF = {
    "text": str,
    "int": int,
    "bool": bool,
    "id": strawberry.ID,
    "sealed": str,
    "long": scalars.Long,
    "time": scalars.DateTime,
    "day": scalars.Day,
}


class _Names(NameConverter):
    """Names a generic type of something declared later (a lazy union) by the name of its declaration."""

    def get_name_from_type(self, type_: StrawberryType | type) -> str:
        return type_.type_name if isinstance(type_, LazyType) else super().get_name_from_type(type_)


class _Converter(GraphQLCoreConverter):
    """Adds to each declared field the arguments that follow from its target."""

    owner: Schema

    def from_field(self, field: StrawberryField, **kw: Any) -> GraphQLField:
        made = super().from_field(field, **kw)
        target = _target(field)
        if target is not None:
            made.args.update(self.owner.inputs.arguments(target))
        if target is not None or field.base_resolver is None:
            made.resolve = read_from_source(field.python_name)
        return made

    def from_object(self, object_type: StrawberryObjectDefinition) -> GraphQLObjectType:
        made = super().from_object(object_type)
        made.is_type_of = None  # rows are dictionaries, not instances of the declaring class
        element = made.name.removesuffix("Connection")
        if element != made.name and element in self.owner.models:
            own = made._fields
            made._fields = lambda: {**_called(own), "groups": self.owner.groups.field(element)}
        return made

    def from_interface(self, interface: StrawberryObjectDefinition) -> GraphQLInterfaceType:
        made = super().from_interface(interface)
        made.resolve_type = type_of_source
        return made

    def from_union(self, union: StrawberryUnion) -> GraphQLUnionType:
        made = super().from_union(union)
        made.resolve_type = type_of_source
        return made


class Schema(strawberry.Schema):
    """A strawberry schema that knows what each field points at."""

    _converter: GraphQLCoreConverter

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        *,
        models: Mapping[str, type[Model]],
        types: Sequence[Any] = (),
        extensions: Sequence[Extension] = (),
    ) -> None:
        """`models`: type name to model; `types`: object types that are reached only through interfaces."""
        self.models = dict(models)
        self.inputs, self.groups = Inputs(self), Groups(self)
        self._declared: dict[str, dict[str, Target]] = {}
        self._conditions: dict[str, frozenset[str]] = {}
        self._clashes: list[ConfigurationError] = []
        self._added = added_fields(extensions)
        super().__init__(
            query,
            mutation,
            subscription,
            types=types,
            config=StrawberryConfig(name_converter=_Names(), scalar_map=scalars.SCALARS),
        )
        self._schema.directives = (*self._schema.directives, DEFER)
        self._check(extensions)

    # strawberry's Schema names its converter class inside __init__; a property is the only door that is not
    # global
    @property
    def schema_converter(self) -> GraphQLCoreConverter:
        """The converter, with the arguments of declared fields."""
        return self._converter

    @schema_converter.setter
    def schema_converter(self, value: Any) -> None:
        value.__class__, value.owner, self._converter = _Converter, self, value

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """A type's own fields, then those that extensions add to it.

        A clash is told by `_check`: raised here, while graphql-core asks for fields, it would be a TypeError.
        """
        mine = list(type_definition.fields)
        names = {f.python_name for f in mine}
        for owner, field in self._added.get(self._name(type_definition), ()):
            if field.python_name in names:
                self._clashes.append(
                    ConfigurationError(
                        owner, CLASH, name=f"{type_definition.name}.{field.python_name}", other="core"
                    )
                )
            mine.append(field)
        return mine

    def get_field_for_type(self, field_name: str, type_name: str) -> StrawberryField | None:
        """The strawberry field behind a GraphQL field, extensions included."""
        found = self.core.type_map.get(type_name)
        field = getattr(found, "fields", {}).get(field_name)
        return field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if field else None

    @property
    def core(self) -> GraphQLSchema:
        """The graphql-core schema."""
        return self._schema

    def declared(self, type_name: str) -> dict[str, Target]:
        """GraphQL field name to target, for every declared field of a type.

        A model that has no GraphQL type has none.
        """
        if type_name not in self._converter.type_map:
            return {}
        if type_name not in self._declared:
            definition = self._converter.type_map[type_name].definition
            found: dict[str, Target] = {}
            for field in self.get_fields(definition):  # type: ignore[arg-type]
                if (target := _target(field)) is not None:
                    if isinstance(target, NodeId) and type_name in self.models:
                        target = NodeId(self.models[type_name].__prefix__ or "")
                    found[self.config.name_converter.get_graphql_name(field)] = target
            self._declared[type_name] = found
        return self._declared[type_name]

    def target(self, type_name: str, field_name: str) -> Target | None:
        """What a field points at; None for a field with a resolver of its own."""
        return self.declared(type_name).get(field_name)

    def graphql_field(self, type_name: str, field_name: str) -> GraphQLField:
        """The graphql-core field, also while the schema is still being made."""
        made: Any = self._converter.type_map[type_name].implementation
        found: GraphQLField = made.fields[field_name]
        return found

    def type_behind(self, type_name: str, field_name: str) -> str:
        """The name of the type that a field gives."""
        return get_named_type(self.graphql_field(type_name, field_name).type).name

    def types_within(self, type_name: str) -> dict[str, tuple[str, ...]]:
        """The type and those of the namespaces in it, each with the fields that lead to it."""
        found: dict[str, tuple[str, ...]] = {type_name: ()}
        todo = [type_name]
        for one in todo:
            for name, target in self.declared(one).items():
                if isinstance(target, Namespace) and (inner := self.type_behind(one, name)) not in found:
                    found[inner] = (*found[one], name)
                    todo.append(inner)
        return found

    def fields_within(self, type_name: str) -> Iterator[tuple[tuple[str, ...], str, Target]]:
        """(path, declaring type, target) of a type's declared fields, those in its namespaces too."""
        for declaring, path in self.types_within(type_name).items():
            for name, target in self.declared(declaring).items():
                if not isinstance(target, Namespace):
                    yield (*path, name), declaring, target

    def scalar(self, kind: str) -> Any:
        """The GraphQL scalar of a kind of value."""
        return self._converter.from_type(SCALAR_OF[kind])

    def json_scalar(self) -> Any:
        """The scalar JSON."""
        return self._converter.from_type(scalars.Json)

    def input_type(self, declared: type) -> Any:
        """The graphql-core type of a strawberry input."""
        return self._converter.from_type(declared)

    def conditions(self, type_name: str) -> frozenset[str]:
        """The type conditions of fragments that apply to an object: its type, interfaces and unions."""
        if type_name not in self._conditions:
            core = self.core
            made = core.type_map[type_name]
            abstract = (t for t in core.type_map.values() if is_abstract_type(t))
            names = {t.name for t in abstract if is_object_type(made) and core.is_sub_type(t, made)}
            self._conditions[type_name] = frozenset(names | {type_name})
        return self._conditions[type_name]

    @property
    def object_types(self) -> list[GraphQLObjectType]:
        """All object types of the application, introspection's own aside."""
        return [
            t
            for name, t in self.core.type_map.items()
            if isinstance(t, GraphQLObjectType) and not name.startswith("__")
        ]

    @property
    def classes(self) -> dict[tuple[str, str], str]:
        """(type, field) to sensitivity class, for every field that access is decided about."""
        found = {}
        for made in self.object_types:
            for name, target in self.declared(made.name).items():
                if isinstance(target, (*VALUES, ToOne)):
                    found[made.name, name] = target.sensitivity.name
        return found

    @property
    def shown_as(self) -> dict[tuple[str, str], str]:
        """(type, column) to the field that shows the column.

        Rules speak of fields, also where they are written.
        """
        found = {}
        for made in self.object_types:
            for name, target in self.declared(made.name).items():
                found.update({(made.name, column): name for column in columns_of(target)})
        return found

    def _check(self, extensions: Sequence[Extension]) -> None:
        if self._clashes:
            raise self._clashes[0]
        for extension in extensions:
            for name in extension.fields:
                if name not in self.core.type_map:
                    raise ConfigurationError(extension.owner, NO_TYPE, name=name)
        check(self)

    def _name(self, definition: StrawberryObjectDefinition) -> str:
        return self.config.name_converter.from_type(definition)


def _called(fields: Any) -> Any:
    return fields() if callable(fields) else fields


def _target(field: StrawberryField) -> Target | None:
    target = field.metadata.get(METADATA)
    return target() if callable(target) else target
