"""The access plan of one set of roles: row scopes and the effect on each field, per cell.

No rule is read while a request runs.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from core.access.cells import BITS, Cells, cells_of, name_of
from core.access.relations import Relations
from core.access.rules import (
    EFFECTS,
    EXPORT,
    MASK,
    PUBLIC,
    READ,
    SHOW,
    WRITE,
    Rule,
    acts_implying,
    objects_of,
)
from core.db.model import camel, is_sensitive

SHOWN, MASKED, HIDDEN = "SHOW", "MASK", "HIDE"
NONE: Cells = frozenset()

Effects = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What access is decided about: all types with their relations, and every field with its class."""

    relations: Relations
    fields: Mapping[tuple[str, str], str]
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(type, column) to the field that shows it, where the field is not simply named like the column."""

    hosts: Mapping[str, str] = field(default_factory=dict)
    """Type of a group of fields (a plugin's `Customer.points`) to the type on whose rows it stands."""

    def row_type(self, type_name: str) -> str:
        """The type whose rows carry this type's fields: itself, or for a group of fields its host."""
        return self.hosts.get(type_name, type_name)

    @cached_property
    def by_consent(self) -> Catalogue:
        """The same, with rows told apart by whether a consent covers the declared purpose."""
        relations = self.relations.by_consent
        return self if relations is self.relations else replace(self, relations=relations)

    @property
    def ordinary(self) -> Catalogue:
        """The same, without telling rows apart by consent: nobody's request in particular."""
        relations = self.relations.ordinary
        return self if relations is self.relations else replace(self, relations=relations)

    def possible(self, type_name: str) -> Cells:
        """The cells in which a row that carries this type's fields can stand."""
        return self.relations.possible(self.row_type(type_name))

    def field_of(self, type_name: str, column: str) -> str:
        """The field by which rules speak of a column: `amount` for `amount_minor`, `owner` for `owner_id`."""
        return self.names.get((type_name, column)) or camel(column)


@dataclass(frozen=True, eq=False)
class AccessPlan:
    """Decisions for one set of rules. Equal `hash`: the same answers, whatever the rules say otherwise.

    `unrestricted` is for the operator's own commands (import, regrade on schedule), never for a request;
    `exporting`: of sensitive types only rows that may be exported are visible.
    """

    catalogue: Catalogue
    rules: tuple[Rule, ...]
    unrestricted: bool = False
    exporting: bool = False
    _cells: dict[tuple[str, str, str, str], Cells] = field(default_factory=dict, repr=False)
    _effects: dict[tuple[str, str], Effects] = field(default_factory=dict, repr=False)

    def cells(self, type_name: str, act: str, field_name: str = "", class_name: str = "") -> Cells:
        """The cells of a type (or of one field) in which the act is allowed."""
        key = (type_name, act, field_name, class_name)
        if key not in self._cells:
            possible = (
                self.catalogue.relations.possible(type_name)
                if type_name in self.catalogue.relations.models
                else self.catalogue.relations.cells
            )
            self._cells[key] = possible if self.unrestricted else possible & self._decide(*key)
        return self._cells[key]

    @cached_property
    def _spoken(self) -> Mapping[tuple[str, str, str], Cells]:
        """(object, effect, act) to the cells of which rules say so: a decision looks at three objects."""
        found: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        for rule in self.rules:
            found[rule.object, rule.effect, rule.act].add(rule.relation)
        return {key: NONE.union(*map(cells_of, relations)) for key, relations in found.items()}

    def _decide(self, type_name: str, act: str, field_name: str, class_name: str) -> Cells:
        objects = objects_of(type_name, field_name, class_name)
        allow, deny = EFFECTS
        return self._says(allow, act, objects) - self._says(deny, act, objects)

    def _says(self, effect: str, act: str, objects: Iterable[str]) -> Cells:
        """The cells in which rules on these objects allow (or deny) the act."""
        acts = acts_implying(effect, act)
        keys = itertools.product(objects, (effect,), acts)
        return NONE.union(*[self._spoken.get(key, NONE) for key in keys])

    def rows(self, type_name: str) -> Cells:
        """The cells whose rows are visible."""
        visible = self.cells(type_name, READ)
        guarded = self.exporting and is_sensitive(self.catalogue.relations.models[type_name])
        return visible & self.cells(type_name, EXPORT) if guarded else visible

    @cached_property
    def for_export(self) -> AccessPlan:
        """The same, for taking rows out."""
        return AccessPlan(self.catalogue, self.rules, self.unrestricted, exporting=True)

    def effects(self, type_name: str, field_name: str) -> Effects:
        """What happens to the field, by cell: SHOW, MASK or HIDE."""
        key = (type_name, field_name)
        if key not in self._effects:
            class_name, cells = self.catalogue.fields[key], sorted(self.catalogue.relations.cells)
            if class_name == PUBLIC or self.unrestricted:
                self._effects[key] = (SHOWN,) * len(cells)
            else:
                show, mask = (self._decide(type_name, act, field_name, class_name) for act in (SHOW, MASK))
                self._effects[key] = tuple(
                    SHOWN if c in show else MASKED if c in mask else HIDDEN for c in cells
                )
        return self._effects[key]

    def writable(self, type_name: str, field_name: str, class_name: str) -> Cells:
        """The cells in which the field may be written."""
        return self.cells(type_name, WRITE, field_name, class_name)

    def reach(self, type_name: str, among: Cells, scope: str = "ALL") -> Cells:
        """The visible cells among the possible ones, narrowed to a connection's `scope`."""
        cells = self.rows(type_name) & among
        return cells if scope == "ALL" else frozenset(c for c in cells if c & BITS[scope.lower()])

    def shown_everywhere(self, type_name: str, field_name: str, reach: Cells) -> bool:
        """Whether the field is fully shown in every cell.

        Only then may it be filtered, sorted, grouped or aggregated.
        """
        effects = self.effects(type_name, field_name)
        return all(effects[c] == SHOWN for c in reach)

    def shown_in(self, type_name: str, column: str, among: Cells) -> Cells:
        """The cells in which the field of a column is fully shown; all for a column that is no field."""
        key = type_name, self.catalogue.field_of(type_name, column)
        if key not in self.catalogue.fields:
            return among
        effects = self.effects(*key)
        return frozenset(c for c in among if effects[c] == SHOWN)

    def redaction(self, type_name: str, field_name: str, reach: Cells) -> dict[str, object] | None:
        """What a caller is told about a field that is not shown everywhere; None where it is."""
        effects = self.effects(type_name, field_name)
        if all(effects[c] == SHOWN for c in reach):
            return None
        return {
            "type": type_name,
            "field": field_name,
            "class": self.catalogue.fields[type_name, field_name],
            "effect": {name_of(c): effects[c] for c in sorted(reach)},
        }

    @cached_property
    def hash(self) -> str:
        """Names what the plan answers about reading, not the rules it came from.

        The key of compiled statements.
        """
        rows = sorted((t, sorted(self.rows(t))) for t in self.catalogue.relations.models)
        fields = sorted((*key, *self.effects(*key)) for key in self.catalogue.fields)
        said = [rows, fields, *(["export"] if self.exporting else ())]  # of which the audit hears more
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
