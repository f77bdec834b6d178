"""In development a query's answer explains itself to who asks; in production never (PRM-3)."""

from __future__ import annotations

from typing import Any

from tests.e2e.company import Company

QUERY = "query($n: String!) { customers(where: {name: {eq: $n}}) { nodes { name phone } } }"


async def ask(company: Company, query: str = QUERY, extensions: Any = None) -> Any:
    body = {"query": query, "variables": {"n": "wang"}, "extensions": extensions}
    answer = await company.post(body, company.token("auditor"))
    return answer.json()


async def test_access_and_statement_are_told(company: Company) -> None:
    asked = {"explain": True}
    first, again = [(await ask(company, extensions=asked))["extensions"] for _ in range(2)]
    assert first["redactions"][0]["path"][-1] == "phone"
    said = first["explain"]
    assert said["way"] == "compiled"
    assert said["sql"].startswith("SELECT")
    assert "wang" not in said["sql"]
    assert said["rows"].keys() == {"Customer"}
    assert "own+team" in said["rows"]["Customer"]
    assert len(said["plan"]) > 8
    assert (said["cached"], again["explain"]["cached"]) == (False, True)
    assert again["explain"] == {**said, "cached": True}


async def test_what_is_no_single_statement_says_why(company: Company) -> None:
    said = (await ask(company, "{ __schema { queryType { name } } }", {"explain": True}))["extensions"][
        "explain"
    ]
    assert said["way"] == "interpreted"
    assert said["why"] == "a field has a resolver of its own"
    assert "sql" not in said


async def test_only_who_asks_is_told(company: Company) -> None:
    for extensions in (None, {}, {"explain": False}, {"explain": "true"}, {"explain": 1}, {"other": True}):
        assert "explain" not in (await ask(company, extensions=extensions))["extensions"]


async def test_never_in_production(company: Company) -> None:
    engine = company.app.engine
    engine.settings = engine.settings.model_copy(update={"env": "production"})
    assert set((await ask(company, extensions={"explain": True}))["extensions"]) == {"redactions"}
