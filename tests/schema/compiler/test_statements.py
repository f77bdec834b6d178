"""One statement a query, and nothing in it that the caller may not see (BEY-1, PRM-7, ACC-2)."""

from __future__ import annotations

import re

import pytest

from schema.vocabulary.targets import AnyNode, ById
from tests.schema.compiler.comparing import Caller, compare
from tests.schema.compiler.judge import Judge
from tests.schema.compiler.statements import watching
from tests.schema.world import World

DATABASES = ("sqlite", "postgres")
WHERE = '{or: [{name: {contains: "a"}}, {not: {name: {eq: "b"}}}]}'
PAGE = f"first: 2, orderBy: [{{kind: ASC}}, {{name: DESC}}], where: {WHERE}"
INFO = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
WIDE = """id name phone email spend { amount currency minor } birthday department { name parent { name } }
    loyalty { spent palindrome }"""


def departments(levels: int) -> str:
    """Lists in lists, each with everything that a list can be asked for."""
    below = f"children({PAGE}) {departments(levels - 1)}" if levels > 1 else ""
    return f"{{ {INFO} edges {{ cursor node {{ id name parent {{ name parent {{ name }} }} {below} }} }} }}"


def customers(levels: int) -> str:
    """Lists behind a relation to one."""
    below = f"customers(first: 2) {customers(levels - 1)}" if levels > 1 else ""
    return f"{{ {INFO} edges {{ cursor node {{ {WIDE} owner {{ name phone {below} }} }} }} }}"


def ask_counting(world: World, name: str, text: str, roles: tuple[str, ...] = ("leader",)) -> list[str]:
    app = world.apps[name]
    with watching(app) as sql:
        assert world.ask(app, text, {}, world.viewer(roles)).body is not None
    return sql


@pytest.mark.parametrize("name", DATABASES)
def test_every_root_is_one_statement(world: World, name: str) -> None:
    schema = world.app.schema
    for (*spaces, root), declaring, target in schema.fields_within("Query"):
        behind = schema.type_behind(declaring, root)
        given = ""
        if isinstance(target, ById):
            given = f'(id: "{target.model.__prefix__}_{world.rows[target.model.__name__][0]["id"].hex}")'
        if isinstance(target, AnyNode):
            ids = [f'"cus_{row["id"].hex}"' for row in world.rows["Customer"][:3]]
            given = f"(ids: [{', '.join(ids)}])" if target.many else f"(id: {ids[0]})"
        selected = f"{INFO} nodes {{ id }}" if behind.endswith("Connection") else "id __typename"
        asked = f"a: {root}{given} {{ {selected} }} b: {root}{given} {{ {selected} }}"
        for space in reversed(spaces):
            asked = f"__typename {space} {{ __typename {asked} }}"
        sql = ask_counting(world, name, f"{{ {asked} }}")
        assert len(sql) == 1, root


@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize("name", DATABASES)
def test_three_full_levels_are_one_statement(world: World, name: str, levels: int) -> None:
    for role in ("leader", "salesperson", "account_manager"):
        assert (
            len(ask_counting(world, name, f"{{ departments({PAGE}) {departments(levels)} }}", (role,))) == 1
        )
        assert len(ask_counting(world, name, f"{{ customers(first: 2) {customers(levels)} }}", (role,))) == 1


@pytest.mark.parametrize("levels", [4, 5, 7])
@pytest.mark.parametrize("text", [f"{{ departments({PAGE}) %s }}", "{ customers(first: 2) %s }"])
def test_what_one_statement_cannot_hold_is_read_level_by_level(
    world: World, judge: Judge, levels: int, text: str
) -> None:
    """The same bytes; and SQLite is asked only once whether it can hold the statement."""
    text %= departments(levels) if "departments" in text else customers(levels)
    compare(world, judge, text, {}, Caller(("salesperson",)))
    again = ask_counting(world, "sqlite", text, ("salesperson",))
    assert len(again) <= levels  # fewer where the rows end earlier
    assert len(again) > 1 or (levels, "departments" in text) == (4, True)
    assert len(ask_counting(world, "postgres", text, ("salesperson",))) == 1


@pytest.mark.parametrize("name", DATABASES)
def test_more_than_the_database_can_hold_is_refused_cleanly(world: World, name: str) -> None:
    """PRM-3: no words of the database, and no 503 for what will never work."""
    deep = "{owner: {customers: {some: " * 12 + '{region: {eq: "a"}}' + "}}}" * 12
    asked = world.ask(
        world.apps[name], f"{{ customers(where: {deep}) {{ nodes {{ id }} }} }}", {}, world.viewer(["leader"])
    )
    assert asked.body is not None or asked.code == "TOO_COMPLEX"
    assert asked.body is None or name == "postgres"


SENSITIVE = """{ customers(scope: OWN) { nodes {
    phone email wechat address identityNumber notes birthday spend { amount } purchaseCount } } }"""


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize(
    ("role", "there", "absent"),
    [
        ("leader", ("phone_sealed", "spend_minor", "birthday"), ("phone_masked", "phone_index")),
        (
            "auditor",
            (),
            (
                "phone",
                "email",
                "wechat",
                "address",
                "identity",
                "notes",
                "birthday",
                "spend",
                "purchase_count",
            ),
        ),
        ("marketing_specialist", ("phone_masked", "birthday"), ("phone_sealed", "phone_index", "identity")),
        ("salesperson", ("phone_sealed", "identity_number_masked"), ("identity_number_sealed",)),
        ("finance", ("spend_minor",), ("phone", "email", "birthday", "notes")),
    ],
)
def test_what_is_hidden_or_masked_is_not_in_the_statement(
    world: World, name: str, role: str, there: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    (sql,) = ask_counting(world, name, SENSITIVE, (role,))
    columns = set(re.findall(r"\.(\w+)", sql))  # `alias.column`; response keys stand elsewhere
    assert columns >= set(there)
    assert not [column for column in columns if column.startswith(absent)]


@pytest.mark.parametrize("name", DATABASES)
def test_no_value_of_a_caller_is_in_the_statement(world: World, name: str) -> None:
    app = world.apps[name]
    with watching(app) as sql:
        where = '{name: {in: ["needle\'--"]}, phone: {eq: "13800138000"}}'
        world.ask(
            app,
            f"{{ customers(first: 41, where: {where}) {{ nodes {{ id }} }} }}",
            {},
            world.viewer(["leader"]),
        )
    assert not any(value in sql[0] for value in ("needle", "13800138000", "41"))


BRIEF = (
    "a: customer(id: $id) { name phone owner { name department { name } } } __typename",
    "node(id: $id) { id ... on Customer { name loyalty { spent } } }",
    "node(id: $id) { id } me { name }",
)
LISTS = (
    "node(id: $id) { id } customers(first: 1) { nodes { id } }",
    "customer(id: $id) { purchases(first: 1) { nodes { id } } }",
    "customer(id: $id) { owner { customers { totalCount } } }",
    "nodes(ids: [$id]) { id }",
)


@pytest.mark.parametrize("asked", [*BRIEF, *LISTS])
def test_lookups_by_key_may_share_a_round_trip(world: World, asked: str) -> None:
    """A list may take long, and holds nobody else up (PRM-10)."""
    viewer, given = world.viewer(("leader",)), {"id": f"cus_{world.rows['Customer'][0]['id'].hex}"}
    for app in world.apps.values():
        document = app.engine.documents.get(f"query ($id: ID!) {{ {asked} }}", None)
        variables, shape = app.engine.documents.coerce(document, given)
        program = app.engine.read(document, variables, shape, viewer).program
        assert program is not None
        assert program.brief is (asked in BRIEF)
