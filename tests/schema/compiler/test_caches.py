"""Caches are bounded, and keyed by what decides the statement: never by a value or an employee (PRM-2)."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Forbidden
from schema.compiler import interpreter
from schema.compiler.caches import Bounded
from schema.compiler.program import Program, render
from tests.schema.world import World

TEXT = """query($w: CustomerWhere, $n: Int, $o: [CustomerOrder!], $c: String, $b: Boolean! = true) {
    customers(where: $w, first: $n, orderBy: $o, after: $c) { totalCount nodes @include(if: $b) { id } } }"""


def compilations(
    world: World, text: str, *given: dict[str, Any], roles: tuple[str, ...] = ("leader",)
) -> int:
    """How many programs these variables need, asked by several employees who are related to many rows."""
    engine = world.app.engine
    engine.reads.clear()
    before = engine.compiled
    for i, variables in enumerate(given):
        world.ask(world.app, text, variables, world.viewer(roles, i % 3 * 2))
    return engine.compiled - before


@pytest.mark.parametrize(
    ("programs", "given"),
    [
        (1, [{"n": 1}, {"n": 2}, {"n": 100}]),
        (1, [{"w": {"name": {"eq": "a"}}}, {"w": {"name": {"eq": "b"}}}]),
        (1, [{"w": {"name": {"in": ["a"]}}}, {"w": {"name": {"in": ["a", "b"]}}}]),
        (
            1,
            [
                {"w": {"name": {"eq": "a"}, "number": {"eq": "b"}}},
                {"w": {"number": {"eq": "c"}, "name": {"eq": "d"}}},
            ],
        ),
        (2, [{"w": {"name": {"eq": "a"}}}, {"w": {"number": {"eq": "a"}}}]),
        (2, [{"w": {"and": [{}]}}, {"w": {"and": [{}, {}]}}]),
        (2, [{}, {"n": None}]),
        (2, [{"o": [{"name": "ASC"}]}, {"o": [{"name": "DESC"}]}]),
        (2, [{"b": True}, {"b": False}, {"b": True}]),
    ],
)
def test_programs_go_by_shape(world: World, programs: int, given: list[dict[str, Any]]) -> None:
    assert compilations(world, TEXT, *given) == programs


def test_levels_are_rendered_once_and_bound_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is read level by level gets their own rows, by statements that were made for somebody else."""
    text = """query($w: CustomerWhere, $n: Int) { customers(where: $w, first: $n) { nodes {
        name purchases(first: $n) { nodes { id } } owner { customers(first: $n) { totalCount } } } } }"""
    rendered: list[Program] = []

    def counted(*given: Any) -> Program:
        rendered.append(render(*given))
        return rendered[-1]

    monkeypatch.setattr(interpreter, "render", counted)
    for n, letter in enumerate("abcabc", 1):
        for employee in (0, 2, 4):
            asked = {"w": {"name": {"gte": letter}}, "n": n}, world.viewer(["account_manager"], employee)
            compiled = world.ask(world.app, text, *asked)
            assert world.ask(world.app, text, *asked, interpret=True) == compiled
            assert compiled.body is not None
    assert len(rendered) == 3


def test_refused_input_leaves_nothing_behind(world: World) -> None:
    engine = world.app.engine
    engine.reads.clear()
    documents = len(engine.documents)
    for n in range(20):
        world.ask(world.app, TEXT, {"n": -n - 1}, world.viewer(["leader"]))
        world.ask(world.app, TEXT, {"c": "zz"}, world.viewer(["leader"]))
        world.ask(world.app, f"{{ nope{n} }}", {}, world.viewer(["leader"]))
        world.ask(
            world.app,
            "query($i: ID!) { node(id: $i) { id } }",
            {"i": f"{'x' * n}_1"},
            world.viewer(["leader"]),
        )
    assert len(engine.reads) <= 1
    assert len(engine.documents) <= documents + 2


def test_the_bounds_hold(world: World) -> None:
    engine = world.app.engine
    kept, engine.reads = engine.reads, Bounded(5, 10**6)
    for i in range(9):
        world.ask(
            world.app, f"{{ customers(first: {i}) {{ nodes {{ id }} }} }}", {}, world.viewer(["leader"])
        )
    assert len(engine.reads) == 5
    engine.reads = kept


def test_a_kept_refusal_holds_on_to_nobody(world: World) -> None:
    """A raised error keeps the frames that it passed, and with them the caller."""
    document = world.app.engine.documents.get("{ customers(orderBy: [{spend: ASC}]) { totalCount } }", None)
    lengths = []
    for _ in range(3):
        with pytest.raises(Forbidden) as caught:
            world.run(world.app.engine.query(document, {}, world.viewer(["auditor"])))
        lengths.append(len(traceback.extract_tb(caught.value.__traceback__)))
    assert lengths[1] == lengths[2]


@given(
    st.integers(1, 4),
    st.integers(0, 30),
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 12), st.booleans()), max_size=40),
)
def test_bounded(entries: int, size: int, steps: list[tuple[str, int, bool]]) -> None:
    """Against a list, oldest first."""
    cache: Bounded[int] = Bounded(entries, size)
    model: list[tuple[str, int]] = []
    for key, weight, put in steps:
        known = dict(model)
        if put and weight <= size:
            cache.put(key, weight, weight)
            model = [pair for pair in model if pair[0] != key] + [(key, weight)]
            while len(model) > entries or sum(w for _, w in model) > size:
                model.pop(0)
        elif put:
            cache.put(key, weight, weight)
        else:
            assert cache.get(key) == known.get(key)
            if key in known:
                model = [pair for pair in model if pair[0] != key] + [(key, known[key])]
        assert len(cache) == len(model) <= entries
        assert cache.bytes == sum(w for _, w in model) <= size
    cache.clear()
    assert (len(cache), cache.bytes) == (0, 0)
