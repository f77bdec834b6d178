"""Operations drawn from a schema: everything that a document can say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)

from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import Merged, Namespace, ToMany
from tests.schema.compiler.drawing import BAD_COUNTS, COUNTS, STRANGE_IDS, Drawing
from tests.schema.rows import Rows

Cursors = Mapping[str, Sequence[str]]
LEFT_OUT = object()


@dataclass
class Operation:
    """A document with its variables."""

    text: str
    variables: dict[str, Any] = field(default_factory=dict)


class Generator(Drawing):
    """Draws one operation from a seed; the same seed, the same operation."""

    def __init__(self, schema: Schema, rows: Rows, cursors: Cursors, seed: int, depth: int = 3) -> None:
        """`cursors`: real ones by element type. `depth`: how deep objects nest."""
        super().__init__(schema, rows, seed)
        self._cursors, self._depth, self._count = cursors, depth, 0
        self._declared: dict[str, tuple[str, Any]] = {}
        self._given: dict[str, Any] = {}
        self._fragments: list[str] = []
        self._variables = self._random.choice((0, 0.1, 0.3))

    def operation(self) -> Operation:
        """The operation."""
        selection = self._selection("Query", self._depth)
        declared = ", ".join(f"${name}: {kind}{default}" for name, (kind, default) in self._declared.items())
        head = f"query Q({declared}) " if declared else ""
        return Operation(" ".join([head + selection, *self._fragments]), self._given)

    def again(self, drawn: Operation) -> Operation:
        """The same document with other variables: left out, null, or of another shape."""
        given = dict(drawn.variables)
        for name, (declared, default) in self._declared.items():
            if not declared.endswith("!") and self._chance(0.2):
                given[name] = None
                if default or self._chance(0.5):
                    del given[name]
            elif self._chance(0.6) and get_named_type(_type_named(self._schema, declared)).name not in (
                "ID",
                "String",
            ):
                kind = declared.removesuffix("!")
                given[name] = (
                    self._pick(COUNTS) if kind == "Int" else self._value(_type_named(self._schema, kind))
                )
        return Operation(drawn.text, given)

    def _name(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    # -- selections
    def _selection(self, type_name: str, depth: int) -> str:
        kind = self._schema.core.type_map[type_name]
        if isinstance(kind, (GraphQLInterfaceType, GraphQLUnionType)):
            return self._abstract(kind, depth)
        assert isinstance(kind, GraphQLObjectType)
        connection = type_name.endswith("Connection")
        root = type_name in self._schema.types_within("Query")
        # Of a root with a resolver of its own the judge knows nothing.
        names = [n for n in kind.fields if not root or self._schema.target(type_name, n)] + ["__typename"]
        most = 3 if type_name == "Query" else 4 if connection or depth > 1 else 7
        picked = [self._pick_of(type_name, names) for _ in range(self._random.randint(1, most))]
        parts = [self._one(kind, name, depth) for name in picked]
        if connection and self._chance(0.3):
            parts.append("pageInfo { hasNextPage hasPreviousPage startCursor endCursor }")
        return "{ " + " ".join([p for p in parts if p] or ["__typename"]) + " }"

    def _one(self, kind: GraphQLObjectType, name: str, depth: int) -> str:
        if name == "__typename":
            return self._dressed(kind, f"{self._name('t')}: __typename")
        behind = get_named_type(kind.fields[name].type)
        below = ""
        if hasattr(behind, "fields") or hasattr(behind, "types"):
            inner = behind.name
            shallow = inner.endswith(("Edge", "PageInfo", "Money")) or kind.name.endswith(
                ("Connection", "Edge")
            )
            shallow = shallow or isinstance(self._schema.target(kind.name, name), Namespace)
            if depth <= 0 and not shallow:
                return ""
            below = " " + self._selection(inner, depth if shallow else depth - 1)
        # Two fields of the same name and other arguments would clash, so what has arguments has an alias.
        arguments = self._arguments(kind.name, name)
        alias = f"{self._name('a')}: " if arguments or below or self._chance(0.2) else ""
        return self._dressed(kind, f"{alias}{name}{arguments}", below)

    def _dressed(self, kind: GraphQLObjectType, text: str, below: str = "") -> str:
        """With a directive, or inside a fragment."""
        if self._chance(0.08):
            on = self._write(
                self._pick((True, False)), "Boolean!", GraphQLNonNull(self._schema.core.type_map["Boolean"])
            )
            text += f" @{self._pick(('skip', 'include'))}(if: {on})"
        text += below
        if self._chance(0.06):
            interface = "Node" if kind.interfaces and text.startswith("id") else kind.name
            return f"... on {interface} {{ {text} }}"
        if self._chance(0.06):
            name = self._name("F")
            self._fragments.append(f"fragment {name} on {kind.name} {{ {text} }}")
            return f"...{name} ...{name}"
        return text

    def _abstract(self, kind: GraphQLInterfaceType | GraphQLUnionType, depth: int) -> str:
        members = self._schema.core.get_possible_types(kind)
        parts = ["__typename"]
        if isinstance(kind, GraphQLInterfaceType):
            parts += ["id"]
        for member in self._random.sample(list(members), k=min(len(members), self._random.randint(1, 3))):
            # Fields of other types under one key may differ in type: each gets a name of its own.
            inner = self._selection(member.name, depth - 1)
            parts.append(
                f"... on {member.name} {{ {self._name('n')}: __typename {self._apart(member, inner)} }}"
            )
        return "{ " + " ".join(parts) + " }"

    def _apart(self, kind: GraphQLObjectType, selection: str) -> str:
        plain = [n for n in kind.fields if n in selection.split()]
        words = [f"{self._name('x')}: {w}" if w in plain else w for w in selection[2:-2].split(" ")]
        nested = 0
        for i, word in enumerate(words):  # only what stands on this level
            bare = word.rpartition(": ")[2]
            if nested or (i and selection[2:-2].split(" ")[i - 1].endswith(":")):
                words[i] = bare
            nested += bare.count("{") + bare.count("(") - bare.count("}") - bare.count(")")
        return " ".join(words)

    # -- arguments
    def _arguments(self, type_name: str, name: str) -> str:
        field: Any = self._schema.core.type_map[type_name].fields[name]  # type: ignore[attr-defined]
        target = self._schema.target(type_name, name)
        backward, parts = self._chance(0.25), []
        for argument, declared in field.args.items():
            if (value := self._argument(argument, declared.type, target, backward=backward)) is LEFT_OUT:
                continue
            if not isinstance(declared.type, GraphQLNonNull) and self._chance(0.03):
                value = None
            parts.append(f"{argument}: {self._write(value, str(declared.type), declared.type)}")
        return f"({', '.join(parts)})" if parts else ""

    def _argument(self, argument: str, kind: Any, target: Any, *, backward: bool) -> Any:
        match argument:
            case "first" | "last":
                given = ((argument == "last") == backward and self._chance(0.8)) or self._chance(self._faults)
                counts = BAD_COUNTS if self._chance(self._faults) else COUNTS
                return self._pick(counts) if given else LEFT_OUT
            case "after" | "before":
                return self._cursor(target) if self._chance(0.1) else LEFT_OUT
            case "id":
                return self._id(target)
            case "ids":
                return [self._id(target) for _ in range(self._random.randint(0, 4))]
        if self._chance(0.8 if argument in ("scope", "kinds") else 0.5):
            return LEFT_OUT
        self._nested = 0
        return self._value(kind, target.type_name if isinstance(target, ToMany) else "")

    def _cursor(self, target: ToMany | Merged) -> str:
        if self._chance(self._faults):
            return self._pick(("", "zz", "5b5d", "5b2278225d", "ffff", '["x"]', "7b7d"))
        name = target.type_name if isinstance(target, ToMany) else target.union
        return self._pick(self._cursors.get(name) or [""])

    def _id(self, target: Any) -> str:
        if self._chance(self._faults):
            return self._pick(STRANGE_IDS)
        model = getattr(target, "model", None)
        name = model.__name__ if model else self._pick(self._schema.models)
        return self._id_of(name)

    # -- writing
    def _write(self, value: Any, declared: str, kind: Any) -> str:
        """A value in the document, or in a variable, as a whole or in parts."""
        required = isinstance(kind, GraphQLNonNull)
        if self._chance(self._variables):
            return self._variable(value, declared, required=required)
        kind = kind.of_type if required else kind
        if value is None:
            return "null"
        if isinstance(kind, GraphQLList) and isinstance(value, list):
            return "[" + ", ".join(self._write(v, str(kind.of_type), kind.of_type) for v in value) + "]"
        if isinstance(kind, GraphQLInputObjectType):
            parts = (
                f"{n}: {self._write(v, str(kind.fields[n].type), kind.fields[n].type)}"
                for n, v in value.items()
            )
            return "{" + ", ".join(parts) + "}"
        if isinstance(value, str) and "\ud800" <= max(value, default="") <= "\udfff":
            return self._variable(value, declared, required=required)
        return (
            value
            if isinstance(kind, GraphQLEnumType)
            else json.dumps(
                value, ensure_ascii=self._chance(0.5) or "\0" in value if isinstance(value, str) else True
            ).replace("\x7f", "\\u007f")
        )

    def _variable(self, value: Any, declared: str, *, required: bool) -> str:
        """A new variable; with a default, it may stay out, or be null where that fits."""
        name, default = self._name("v"), ""
        if self._chance(0.2) and not _is_broken(value):
            kind = declared.removesuffix("!")
            self._declared[name] = (kind, f" = {self._literal(value, kind)}")
            if self._chance(0.5):
                return f"${name}"
            if self._chance(0.1) and ((required and self._faults) or not required):
                value = None
            self._given[name] = value
            return f"${name}"
        self._declared[name] = (declared, default)
        if required or not self._chance(0.08):
            self._given[name] = value
        return f"${name}"

    def _literal(self, value: Any, kind: str) -> str:
        chance, self._variables = self._variables, 0
        made = self._write(value, kind, _type_named(self._schema, kind))
        self._variables = chance
        return made


def _is_broken(value: Any) -> bool:
    """Whether a text in it can't be written into a document."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _type_named(schema: Schema, text: str) -> Any:
    if text.endswith("!"):
        return GraphQLNonNull(_type_named(schema, text[:-1]))
    if text.startswith("["):
        return GraphQLList(_type_named(schema, text[1:-1]))
    return schema.core.type_map[text]
