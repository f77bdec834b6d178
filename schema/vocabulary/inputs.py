"""`where` and `orderBy` inputs and connection arguments, made from the declarations of one application.

They are graphql-core objects, not strawberry types: a plugin's fields are in them from the start, and values
are read as coerced dictionaries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    get_named_type,
)

from schema.vocabulary import scalars
from schema.vocabulary.targets import (
    VALUES,
    AnyNode,
    Batch,
    ById,
    Expression,
    Happened,
    Merged,
    Namespace,
    Sealed,
    Stored,
    Target,
    ToMany,
    ToOne,
)

if TYPE_CHECKING:
    from schema.vocabulary.schema import Schema

DIRECTION = GraphQLEnumType(
    "Direction",
    {
        "ASC": GraphQLEnumValue("ASC", "Smallest first, nulls last."),
        "DESC": GraphQLEnumValue("DESC", "Largest first, nulls last."),
    },
    description="Which end of an order comes first.",
)
SCOPE = GraphQLEnumType(
    "Scope",
    {
        "OWN": GraphQLEnumValue("OWN", "Rows that are mine: customers that I own, and what belongs to them."),
        "TEAM": GraphQLEnumValue("TEAM", "Rows of customers in whose team I am."),
        "DEPARTMENT": GraphQLEnumValue("DEPARTMENT", "Rows of my department and those below it."),
        "ALL": GraphQLEnumValue("ALL", "Every row that I may see."),
    },
    description="Narrows a list to a relation between you and its rows. "
    "A filter or sort needs its field shown throughout the scope.",
)

DESCRIPTIONS = {
    "eq": "Equal to this value.",
    "in": "One of these values.",
    "isNull": "True: has no value. False: has one.",
    "lt": "Less than this value.",
    "lte": "Less than or equal to this value.",
    "gt": "Greater than this value.",
    "gte": "Greater than or equal to this value.",
    "contains": "Contains this text; case and width make no difference.",
    "startsWith": "Begins with this text, letter by letter.",
}
ORDERED = ("lt", "lte", "gt", "gte")
OPERATORS: dict[str, tuple[str, ...]] = {
    "text": ("eq", "in", *ORDERED, "contains", "startsWith"),
    "int": ("eq", "in", *ORDERED),
    "long": ("eq", "in", *ORDERED),
    "time": ("eq", "in", *ORDERED),
    "day": ("eq", "in", *ORDERED),
    "money": ("eq", *ORDERED),
    "bool": ("eq",),
    "id": ("eq", "in"),
    "choice": ("eq", "in"),
    "sealed": ("eq",),
}


def filterable(target: Target) -> bool:
    """Whether a field may stand in `where`."""
    return isinstance(target, VALUES) and target.kind in OPERATORS


def sortable(target: Target) -> bool:
    """Whether a field may stand in `orderBy`.

    What is sealed or computed in Python has no order in the database.
    """
    return filterable(target) and not isinstance(target, (Sealed, Batch))


class Inputs:
    """Makes and keeps the input types of one schema."""

    def __init__(self, schema: Schema) -> None:
        """`schema`: whose declarations are read, lazily, when graphql-core asks for the fields."""
        self._schema, self._made = schema, dict[str, Any]()

    def arguments(self, target: Target) -> dict[str, GraphQLArgument]:  # noqa: PLR0911 one for each kind
        """The arguments that a field has because of what it points at."""
        if isinstance(target, ById):
            return {"id": GraphQLArgument(GraphQLNonNull(GraphQLID), description="The id of the row.")}
        if isinstance(target, AnyNode):
            if target.many:
                ids = GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLID)))
                return {
                    "ids": GraphQLArgument(
                        ids, description="The ids of the rows; answers stand in the same order."
                    )
                }
            return {
                "id": GraphQLArgument(
                    GraphQLNonNull(GraphQLID), description="The id of the row, of any type."
                )
            }
        if isinstance(target, Merged):
            return {
                **self._paging(),
                "kinds": GraphQLArgument(
                    GraphQLList(GraphQLNonNull(self._kinds(target))), description="Only rows of these types."
                ),
            }
        if isinstance(target, ToMany):
            return {
                **self._paging(),
                **(self._version() if target.versions else {}),
                "where": GraphQLArgument(
                    self.where(target.type_name), description="Only rows that meet these conditions."
                ),
                "orderBy": GraphQLArgument(
                    GraphQLList(GraphQLNonNull(self.order(target.type_name))),
                    description="The order, most important first; ties by id.",
                ),
                "scope": GraphQLArgument(
                    SCOPE,
                    description="Narrow the list to a relation between you and its rows; ALL unless given.",
                ),
            }
        if isinstance(target, Happened):
            where = self.where(target.model.__name__)
            return {"where": GraphQLArgument(where, description="Only rows that then meet these conditions.")}
        return {}

    @staticmethod
    def _version() -> dict[str, GraphQLArgument]:
        about = "Rows as of the version with this number; those in force unless given."
        return {"version": GraphQLArgument(GraphQLInt, description=about)}

    def _paging(self) -> dict[str, GraphQLArgument]:
        return {
            "first": GraphQLArgument(
                GraphQLInt,
                description="How many rows from the start; 50 unless given, 100 at most unless configured.",
            ),
            "after": GraphQLArgument(GraphQLString, description="Only rows behind this cursor."),
            "last": GraphQLArgument(
                GraphQLInt, description="How many rows from the end; not together with `first`."
            ),
            "before": GraphQLArgument(GraphQLString, description="Only rows ahead of this cursor."),
        }

    def where(self, name: str) -> GraphQLInputObjectType:
        """The filter of a type; conditions of one object hold together."""
        key = f"{name}Where"
        if key not in self._made:
            self._made[key] = GraphQLInputObjectType(
                key,
                lambda: self._where_fields(name),
                description=f"Conditions on {name}; those named together must all hold.",
            )
        return self._made[key]  # type: ignore[no-any-return]

    def _where_fields(self, name: str) -> dict[str, GraphQLInputField]:
        this = self.where(name)
        fields = {
            "and": GraphQLInputField(GraphQLList(GraphQLNonNull(this)), description="All of these hold."),
            "or": GraphQLInputField(
                GraphQLList(GraphQLNonNull(this)), description="At least one of these holds."
            ),
            "not": GraphQLInputField(this, description="This does not hold."),
        }
        for graphql_name, target in self._schema.declared(name).items():
            if filterable(target):
                fields[graphql_name] = GraphQLInputField(
                    self._filter(name, graphql_name, target), description=f"Condition on `{graphql_name}`."
                )
            elif isinstance(target, ToOne):
                fields[graphql_name] = GraphQLInputField(
                    self.where(target.model.__name__),
                    description=f"`{graphql_name}` is visible and meets this.",
                )
            elif isinstance(target, ToMany):
                fields[graphql_name] = GraphQLInputField(
                    self._quantified(target.type_name),
                    description=f"Condition on the visible `{graphql_name}`.",
                )
            elif isinstance(target, Namespace):
                fields[graphql_name] = GraphQLInputField(
                    self.where(self._schema.type_behind(name, graphql_name)),
                    description=f"Conditions on `{graphql_name}`.",
                )
        return fields

    def order(self, name: str) -> GraphQLInputObjectType:
        """One key of an order: exactly one field."""
        key = f"{name}Order"
        if key not in self._made:

            def fields() -> dict[str, GraphQLInputField]:
                found = {}
                for field, target in self._schema.declared(name).items():
                    if sortable(target):
                        found[field] = GraphQLInputField(DIRECTION, description=f"By `{field}`.")
                    elif isinstance(target, Namespace):
                        inner = self._schema.type_behind(name, field)
                        if any(sortable(one) for _, _, one in self._schema.fields_within(inner)):
                            about = f"By a field of `{field}`."
                            found[field] = GraphQLInputField(self.order(inner), description=about)
                return found

            self._made[key] = GraphQLInputObjectType(
                key, fields, description=f"One key of an order of {name}: name exactly one field."
            )
        return self._made[key]  # type: ignore[no-any-return]

    def _filter(self, type_name: str, graphql_name: str, target: Any) -> GraphQLInputObjectType:
        value = self._value_type(type_name, graphql_name, target)
        sealed = isinstance(target, Sealed)
        key = "SealedFilter" if sealed else f"{get_named_type(value).name.removesuffix('Input')}Filter"
        if key not in self._made:
            operators = {
                op: GraphQLInputField(
                    GraphQLList(GraphQLNonNull(value)) if op == "in" else value, description=DESCRIPTIONS[op]
                )
                for op in OPERATORS[target.kind]
            }
            if target.kind != "id":
                operators["isNull"] = GraphQLInputField(GraphQLBoolean, description=DESCRIPTIONS["isNull"])
            about = "Conditions on an encrypted field."
            if not sealed:
                name = get_named_type(value).name
                about = f"Conditions on a value of type {name}; those named together must all hold."
            self._made[key] = GraphQLInputObjectType(key, operators, description=about)
        return self._made[key]  # type: ignore[no-any-return]

    def _value_type(self, type_name: str, graphql_name: str, target: Any) -> Any:
        if target.kind == "money":
            return self._schema.input_type(scalars.MoneyInput)
        if isinstance(target, (Stored, Expression)) and target.kind == "choice":
            return get_named_type(self._schema.graphql_field(type_name, graphql_name).type)
        return self._schema.scalar(target.kind)

    def _quantified(self, name: str) -> GraphQLInputObjectType:
        key = f"{name}Related"
        if key not in self._made:
            fields = {
                "some": GraphQLInputField(
                    self.where(name), description="At least one visible row meets this."
                ),
                "none": GraphQLInputField(self.where(name), description="No visible row meets this."),
                "every": GraphQLInputField(self.where(name), description="Every visible row meets this."),
            }
            self._made[key] = GraphQLInputObjectType(
                key, fields, description=f"Conditions on related rows of type {name}."
            )
        return self._made[key]  # type: ignore[no-any-return]

    def _kinds(self, target: Merged) -> GraphQLEnumType:
        key = f"{target.union}Kind"
        if key not in self._made:
            values = {name: GraphQLEnumValue(name, f"Rows of type {name}.") for name in target.members}
            self._made[key] = GraphQLEnumType(
                key, values, description=f"The types that a {target.union} can have."
            )
        return self._made[key]  # type: ignore[no-any-return]
