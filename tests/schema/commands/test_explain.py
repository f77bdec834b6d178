"""`baoke explain` and `baoke schema`, as an engineer types them, on both databases."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import server
from tests.core.world import POLICIES, build
from tests.databases import open_database

QUERY = """query($n: String!) {
  customers(where: {name: {eq: $n}}) { nodes { name phone purchases { nodes { at } } } }
}"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name, value in {"ENV": "development", "DATABASE_URL": address, "POLICIES": str(POLICIES)}.items():
        monkeypatch.setenv(f"BAOKE_{name}", value)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.fixture
def company(address: str) -> None:
    async def make() -> None:
        database = open_database(address)
        await build(database)
        await database.close()

    asyncio.run(make())


def call(*words: str) -> Result:
    return CliRunner().invoke(server.command(), words)


def explain(folder: Path, query: str, *words: str) -> Result:
    file = folder / "query.graphql"
    file.write_text(query, encoding="utf-8")
    return call("explain", str(file), *words)


@pytest.mark.usefixtures("company")
def test_access_statement_and_plan_are_shown(tmp_path: Path) -> None:
    said = explain(tmp_path, QUERY, "--role", "auditor", "--variables", '{"n": "wang"}')
    assert said.exit_code == 0, said.output
    assert "Customer: rows all" in said.output
    assert "customers.nodes.*.phone (contact): all HIDE" in said.output
    assert "SELECT" in said.output
    assert "phone" not in said.output.partition("Statement:")[2].replace('"phone":null', "")
    assert "Scan" in said.output or "SCAN" in said.output or "SEARCH" in said.output


@pytest.mark.usefixtures("company")
def test_what_the_interpreter_reads_is_said(tmp_path: Path) -> None:
    said = explain(tmp_path, "{ __schema { queryType { name } } }", "--role", "leader")
    assert "a field has a resolver of its own" in said.output


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("query", "words", "fault"),
    [
        ("{ nope }", ("--role", "leader"), "Cannot query field 'nope'"),
        ("{ me { id } }", ("--role", "boss"), "unknown role boss"),
        (QUERY, ("--role", "leader"), "$n"),
        ("{ me { id } }", ("--role", "leader", "--variables", "[1]"), "not a JSON object"),
        ("mutation { __typename }", ("--role", "leader"), "only queries"),
        ("{ customers(orderBy: [{spend: ASC}]) { totalCount } }", ("--role", "auditor"), "orderBy.spend"),
    ],
)
def test_faults_are_one_clear_line(tmp_path: Path, query: str, words: tuple[str, ...], fault: str) -> None:
    said = explain(tmp_path, query, *words)
    assert said.exit_code == 1
    assert fault in said.output
    assert "Traceback" not in said.output


def test_the_schema_is_printed() -> None:
    """PRM-6."""
    said = call("schema")
    assert said.output == (Path(server.__file__).parent / "schema" / "schema.graphql").read_text("utf-8")
