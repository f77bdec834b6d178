"""Selection: an operation and an access plan become the tree of what to read.

Nothing is asked of the database here. What a caller may not see never gets into the tree: hidden values are
`null` in it, masked ones point at the stored mask. Refusals are collected, so that FORBIDDEN is answered
before BAD_USER_INPUT.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from graphql import FieldNode, FragmentDefinitionNode, InlineFragmentNode, VariableNode

from core.access.cells import BITS, Cells, Predicate, choose, decide, scope
from core.access.plan import HIDDEN, MASKED, SHOWN, AccessPlan
from core.db.database import Database
from core.errors import BadUserInput, Forbidden, RequestError
from schema.compiler.dialect import Dialect
from schema.compiler.elements import NULL, Concat, hole, json_object
from schema.compiler.filters import Filters
from schema.compiler.lists import Lists
from schema.compiler.parameters import Parameters
from schema.compiler.readings import Reading, Readings
from schema.compiler.tree import Condition, ConstantPart, Item, One, Opaque, Row, Source, Value
from schema.compiler.values import NOT_NULL, Variables
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import (
    VALUES,
    Batch,
    Expression,
    Merged,
    MoneyColumns,
    Namespace,
    NodeId,
    Sealed,
    ToMany,
    ToOne,
    ViewerRelation,
)

NULL_TEXT = "null"


class Selector:
    """One use per compilation."""

    def __init__(  # noqa: PLR0913, PLR0917 (of the application, of the caller, of the operation)
        self,
        schema: Schema,
        plan: AccessPlan,
        narrow: Collection[str],
        dialect: Dialect,
        database: Database,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Variables,
        most_rows: int,
        zone: ZoneInfo,
    ) -> None:
        """Of `variables` only the structure is used. `most_rows`: largest page; `zone`: the company's.

        `narrow`: types of which the caller is related to few rows.
        """
        self.schema, self.plan, self.dialect, self.most_rows = schema, plan, dialect, most_rows
        self.narrow = narrow
        self.variables, self._fragments, self.zone = variables, fragments, zone
        self.parameters = Parameters(database)
        self.filters, self.lists = Filters(self), Lists(self)
        self.holes: list[Batch | Sealed | Reading] = []
        self.readings = Readings(plan, self.holes, self.holds, dialect.key_text)
        self.redactions: list[dict[str, Any]] = []
        self._refusals: list[RequestError] = []

    # -- refusals
    def refuse(self, error: RequestError) -> None:
        """Note a refusal and go on: another one may come first."""
        self._refusals.append(error)

    def raise_refusal(self) -> None:
        """The first FORBIDDEN, else the first other refusal."""
        for error in self._refusals:
            if isinstance(error, Forbidden):
                raise error
        if self._refusals:
            raise self._refusals[0]

    # -- fragments, @skip, @include
    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            if directive.name.value not in ("skip", "include"):
                continue
            value = directive.arguments[0].value
            on = self.variables[value.name.value] if isinstance(value, VariableNode) else value.value
            if on is None:
                self.refuse(BadUserInput(f"@{directive.name.value}", NOT_NULL))
            if on == (directive.name.value == "skip"):
                return False
        return True

    def collect(self, nodes: list[Any], type_name: str) -> dict[str, list[FieldNode]]:
        """Response key to the field nodes that are merged under it, for an object of this type."""
        found: dict[str, list[FieldNode]] = {}
        applies = self.schema.conditions(type_name)
        seen: set[str] = set()

        def walk(selection_set: Any) -> None:
            for node in selection_set.selections:
                if not self._included(node):
                    continue
                if isinstance(node, FieldNode):
                    found.setdefault((node.alias or node.name).value, []).append(node)
                    continue
                if isinstance(node, InlineFragmentNode):
                    fragment: Any = node
                else:
                    if node.name.value in seen:
                        continue
                    seen.add(node.name.value)
                    fragment = self._fragments[node.name.value]
                if fragment.type_condition is None or fragment.type_condition.name.value in applies:
                    walk(fragment.selection_set)

        for node in nodes:
            walk(node.selection_set)
        return found

    # -- access
    def holds(self, anchor: str, source: Source) -> Predicate:
        """From a relation's bit to the condition that it holds for the source's row."""
        return self.plan.catalogue.relations.predicate(anchor, source)

    def step(
        self, type_name: str, target: ToOne | ToMany, reach: Cells, narrowed: str = "ALL"
    ) -> tuple[Cells, Cells]:
        """(possible, reached) cells behind a relation. Along the declared path a row keeps its cell.

        A list tells to which row its rows belong, so those of which that may not be seen are not in it.
        """
        possible = reach if target.on_path else self.plan.catalogue.relations.possible(type_name)
        reached = self.plan.reach(type_name, possible, narrowed)
        if target.remote is not None and (isinstance(target, ToMany) or target.backward):
            reached = self.plan.shown_in(type_name, target.remote, reached)
        return possible, reached

    def keep(self, type_name: str, possible: Cells, reach: Cells) -> Condition | None:
        """The row scope as a condition; None where every row is reached."""
        wanted = scope(possible, reach)
        if wanted == [()]:
            return None
        relations = self.plan.catalogue.relations
        return lambda source: relations.within(type_name, source, wanted)  # type: ignore[return-value]

    # -- objects
    def row(  # noqa: PLR0913, PLR0917 (an object has so many parts)
        self,
        type_name: str,
        anchor: str,
        table: Any,
        reach: Cells,
        nodes: list[Any],
        path: list[str],
        above: Row | None = None,
    ) -> Row:
        """An object with everything that is selected on it. `above`: one that is about the same customers."""
        made = Row(type_name, anchor, table, reach, above=above)
        for key, fields in self.collect(nodes, type_name).items():
            made.items.append((key, self._item(made, fields, [*path, key])))
        return made

    def _item(self, row: Row, nodes: list[FieldNode], path: list[str]) -> Item:
        name = nodes[0].name.value
        if name == "__typename":
            return ConstantPart(json.dumps(row.type_name))
        target = self.schema.target(row.type_name, name)
        if isinstance(target, VALUES):
            return self._value(row, nodes, name, target, path)
        if isinstance(target, Namespace):
            inner = self.schema.type_behind(row.type_name, name)
            return self.row(inner, row.anchor, row.table, row.reach, nodes, path, row)
        if isinstance(target, ToOne):
            return self._to_one(row, name, target, nodes, path)
        if isinstance(target, (ToMany, Merged)):
            return self.lists.many(target, nodes, path, row.type_name, row.reach, row)
        return Opaque(f"{row.type_name}.{name}")

    def _to_one(self, row: Row, name: str, target: ToOne, nodes: list[FieldNode], path: list[str]) -> Item:
        effects = self._effects(row, name, path)
        self.readings.shown(row, name)
        seen = frozenset(cell for cell in row.reach if effects[cell] == SHOWN)
        type_name = target.model.__name__
        possible, reach = self.step(type_name, target, seen if target.on_path else row.reach)
        above = row if target.backward and self.readings.shares(row, target) else None
        reached = reach if seen else frozenset()
        inner = self.row(type_name, type_name, target.model.__table__, reached, nodes, path, above)
        if not seen or not reach:
            return ConstantPart(NULL_TEXT)
        shown = self.keep(row.anchor, row.reach, seen)
        return One(inner, target.local, target.remote, self.keep(type_name, possible, reach), shown)

    def _effects(self, row: Row, name: str, path: list[str]) -> tuple[str, ...]:
        if redaction := self.plan.redaction(row.type_name, name, row.reach):
            self.redactions.append({"path": path, **redaction})
        return self.plan.effects(row.type_name, name)

    # -- values
    def _value(self, row: Row, nodes: list[FieldNode], name: str, target: Any, path: list[str]) -> Item:
        effects = self._effects(row, name, path)
        if isinstance(target, ViewerRelation):
            return self._relation(row)
        mark = self.readings.shown(row, name, carries=True)
        decision = decide(sorted(row.reach), lambda cell: effects[cell])
        text = self._texts(target, nodes)
        if isinstance(target, NodeId) and all(effects[cell] == SHOWN for cell in row.reach):
            key = self.readings.identified(row, target.column)
            text = {SHOWN: lambda source: self.dialect.global_id(target.prefix, key(source))}

        def read(source: Source, effect: str | None) -> Any:
            found = text.get(effect or HIDDEN, _null)(source)
            return Concat([mark(source), found]) if mark is not None and effect == SHOWN else found

        if not row.reach or all(effects[cell] not in text for cell in row.reach):
            return ConstantPart(NULL_TEXT)
        return Value(
            lambda source: choose(
                decision, self.holds(row.anchor, source), lambda effect: read(source, effect)
            )
        )

    def _relation(self, row: Row) -> Item:
        """The relations in which a row stands, as JSON."""
        if not row.reach:
            return ConstantPart("[]")
        decision = decide(sorted(row.reach), lambda cell: cell)
        return Value(lambda source: choose(decision, self.holds(row.anchor, source), _relations))

    def _texts(self, target: Any, nodes: list[FieldNode]) -> dict[str, Callable[[Source], Any]]:
        """Effect to JSON text; an effect that is not here gives null."""
        d = self.dialect
        if isinstance(target, NodeId):
            return {SHOWN: lambda s: d.global_id(target.prefix, d.key_text(s.c[target.column]))}
        if isinstance(target, Expression):
            return {SHOWN: lambda s: d.json(target.kind, target.build(s), nullable=target.nullable)}
        if isinstance(target, MoneyColumns):
            return {SHOWN: self._money(target, nodes)}
        if isinstance(target, (Sealed, Batch)):
            number = len(self.holes)
            self.holes.append(target)
            if isinstance(target, Batch):
                return {SHOWN: lambda s: _hole(number, d.key_text(s.c[target.key]))}
            stem = target.field.name
            return {
                SHOWN: lambda s: _hole(number, d.hex_of_bytes(s.c[f"{stem}_sealed"])),
                MASKED: lambda s: d.json("text", s.c[f"{stem}_masked"], nullable=True),
            }
        return {SHOWN: lambda s: d.json(target.kind, s.c[target.column], nullable=target.nullable)}

    def _money(self, target: MoneyColumns, nodes: list[FieldNode]) -> Callable[[Source], Any]:
        text = self.money_text(nodes)

        def build(source: Source) -> Any:
            minor = source.c[target.minor]
            whole = text(minor, source.c[target.currency])
            return sa.case((minor.is_(None), NULL), else_=whole) if target.nullable else whole

        return build

    def money_text(self, nodes: list[FieldNode]) -> Callable[[Any, Any], Concat]:
        """(minor units, currency) to the JSON of what is selected of Money."""
        fields = [(key, subs[0].name.value) for key, subs in self.collect(nodes, "Money").items()]

        def value(name: str, minor: Any, currency: Any) -> Any:
            if name == "amount":
                return ['"', self.dialect.decimal(minor, currency), '"']
            if name == "currency":
                return ['"', currency, '"']
            return sa.cast(minor, sa.Text) if name == "minor" else '"Money"'

        def build(minor: Any, currency: Any) -> Concat:
            return json_object((key, value(name, minor, currency)) for key, name in fields)

        return build


def _null(_source: Source) -> Any:
    return NULL


def _hole(number: int, payload: Any) -> Any:
    """What is filled after the statement; null where there is nothing to fill it from."""
    return sa.func.coalesce(hole(number, payload), NULL)


def _relations(cell: int) -> Any:
    names = ",".join(f'"{name.upper()}"' for name, bit in BITS.items() if cell & bit)
    return Concat([f"[{names}]"])
