"""Search by a part of a name, right after it was written (PRM-9)."""

from __future__ import annotations

from tests.e2e.company import Company

FIND = "query($s: String!) { customers(where: {name: {contains: $s}}) { nodes { name } } }"


async def found(company: Company, sought: str, who: str = "leader") -> set[str]:
    data = await company.ask(who, FIND, {"s": sought})
    return {node["name"] for node in data["customers"]["nodes"]}


async def test_a_name_is_found_as_soon_as_it_is_written(company: Company) -> None:
    given = {"kind": "PERSON", "name": "欧阳小明 Ｍａｘ"}
    made = await company.act("salesperson", "createCustomer", given, "customer { id }")
    for sought in ("小明", "明", "欧阳小", "max", "MAX", "ｍａ", "明 m"):
        assert await found(company, sought) == {given["name"]}
    assert await found(company, "明小") == set()
    assert await found(company, "小明", "salesperson_west") == set()
    renamed = {"id": made["customer"]["id"], "name": "司徒华"}
    await company.act("salesperson", "updateCustomer", renamed)
    assert await found(company, "小明") == set()
    assert await found(company, "徒") == {"司徒华"}
    assert len(await found(company, "")) == 4


async def test_people_departments_and_activities_are_found_alike(company: Company) -> None:
    for field, name, sought in (
        ("employees", "name", "SALESPERSON_W"),
        ("departments", "name", "Harb"),
        ("activities", "title", "ｏｐｅｎ ｄ"),
    ):
        query = f'{{ {field}(where: {{{name}: {{contains: "{sought}"}}}}) {{ totalCount }} }}'
        assert await company.ask("leader", query) == {field: {"totalCount": 1}}, field
