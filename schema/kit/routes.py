"""How a schema is walked: every way from a root to the objects of a type, forth and back, up to a depth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import AnyNode, ById, Merged, OfViewer, ToMany, ToOne

PAGE = 40


@dataclass(frozen=True, slots=True)
class Step:
    """One field on the way. `to`: the type behind it; `union`: the type is one of several there.

    `path`: its name, behind those of the namespaces in which it is.
    """

    path: tuple[str, ...]
    to: str
    many: bool = False
    union: bool = False

    def __str__(self) -> str:
        """`points.entries`."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Route:
    """Fields from Query to the objects of a type."""

    steps: tuple[Step, ...]

    @property
    def type_name(self) -> str:
        """The type at the end."""
        return self.steps[-1].to

    @property
    def is_list(self) -> bool:
        """Whether the last field is a connection of one type: it may be filtered, sorted and grouped."""
        return self.steps[-1].many and not self.steps[-1].union

    def ask(self, selection: str, arguments: str = "", connection: str | None = None) -> str:
        """A query that selects at the end of the route.

        `arguments` of the last connection; `connection`: what is selected of it instead of its nodes.
        """
        text = ""
        for place, step in reversed(list(enumerate(self.steps))):
            last = place == len(self.steps) - 1
            inner = selection if last else text
            if step.union:
                inner = f"__typename ... on {step.to} {{ {inner} }}"
            *spaces, field = step.path
            if step.many:
                given = arguments if last else ""
                page = "" if "last:" in given or "first:" in given else f"first: {PAGE} "
                below = connection if last and connection is not None else f"nodes {{ {inner} }}"
                text = f"{field}({page}{given}) {{ {below} }}"
            else:
                text = f"{field} {{ {inner} }}"
            text = nested(spaces, text)
        return f"{{ {text} }}"

    def __str__(self) -> str:
        """`customers.purchases`."""
        return ".".join(map(str, self.steps))


def nested(path: Sequence[str], inner: str, *, between: str = " ") -> str:
    """What is inside of namespaces: of a selection, or (`between`: a colon) of an input."""
    for name in reversed(path):
        inner = f"{name}{between}{{ {inner} }}"
    return inner


class Map:
    """The routes of one schema."""

    def __init__(self, schema: Schema, depth: int = 3) -> None:
        """`depth`: most fields on a way; a way may come through the same type again."""
        self.schema, self._depth = schema, depth

    @cached_property
    def routes(self) -> Sequence[Route]:
        """All of them, those by one id apart: shorter ones first."""
        found = [Route((step,)) for step in self._steps("Query")]
        for route in found:
            if len(route.steps) < self._depth:
                found += [Route((*route.steps, step)) for step in self._steps(route.type_name)]
        return found

    def to(self, type_name: str) -> list[Route]:
        """The routes to a type."""
        return [route for route in self.routes if route.type_name == type_name]

    @cached_property
    def lists(self) -> Sequence[Route]:
        """The routes that end in a list of one type."""
        return [route for route in self.routes if route.is_list]

    def _steps(self, type_name: str) -> Iterator[Step]:
        for path, _, target in self.schema.fields_within(type_name):
            if isinstance(target, ToMany):
                yield Step(path, target.type_name, many=True)
            elif isinstance(target, Merged):
                for member in target.members:
                    yield Step(path, member, many=True, union=True)
            elif isinstance(target, (ToOne, OfViewer)):
                yield Step(path, target.model.__name__)

    @cached_property
    def roots_by_id(self) -> dict[str, tuple[str, ...]]:
        """Type to the path of the root that gives its row by id; `node` knows all."""
        roots = self.schema.fields_within("Query")
        return {t.model.__name__: path for path, _, t in roots if isinstance(t, ById)}

    @cached_property
    def node(self) -> str:
        """The root that gives any row by its id."""
        declared = self.schema.declared("Query").items()
        return next(field for field, t in declared if isinstance(t, AnyNode) and not t.many)
