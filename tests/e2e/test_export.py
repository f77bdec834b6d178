"""POST /export: whole lists as files, within the act `export`, on record before they leave (ACC-3)."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import orjson
import pytest
import sqlalchemy as sa

from core.access.viewer import Viewer
from core.audit.choices import AuditKind
from core.audit.models import AuditedCustomer, AuditRecord
from core.audit.service import Audit
from core.errors import Unauthenticated
from schema.http.export.pages import Export
from schema.http.protocol import GraphQLRequest
from tests.e2e.company import Company

LIST = """query Everybody($after: String) {
  customers(first: 2, after: $after, orderBy: [{number: ASC}]) {
    nodes { number name phone spend { amount currency } owner { name } purchases { totalCount nodes { amount { minor } } } }
    pageInfo { hasNextPage endCursor }
  }
}"""  # noqa: E501
SHORT = "query($after: String) { customers(after: $after) { %s } }"
PAGES = "pageInfo { hasNextPage endCursor }"


async def take(company: Company, who: str, query: str, **more: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {company.token(who)}", "content-type": "application/json"}
    headers |= more.pop("headers", {})
    return await company.client.post("/export", headers=headers, json={"query": query, **more})


async def records(company: Company, kind: AuditKind) -> list[tuple[AuditRecord, int]]:
    """Those of a kind, each with the number of customers that it names."""
    async with company.app.database.unit_of_work() as work:
        named = sa.select(sa.func.count()).where(AuditedCustomer.record_id == AuditRecord.id)
        found = sa.select(AuditRecord, named.scalar_subquery()).where(AuditRecord.kind == kind)
        return [(row, count) for row, count in await work.session.execute(found.order_by(AuditRecord.id))]


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


async def test_a_whole_list_page_after_page(company: Company) -> None:
    answer = await take(company, "leader", LIST)
    rows = table(answer)
    everybody = await company.ask("leader", "{ customers(first: 100) { nodes { number phone } } }")
    assert sorted(row["number"] for row in rows) == sorted(
        n["number"] for n in everybody["customers"]["nodes"]
    )
    assert {row["number"]: row["phone"] or None for row in rows} == {
        n["number"]: n["phone"] for n in everybody["customers"]["nodes"]
    }
    assert list(rows[0]) == [
        "number",
        "name",
        "phone",
        "spend.amount",
        "spend.currency",
        "owner.name",
        "purchases",
    ]
    assert orjson.loads(rows[0]["purchases"])["totalCount"] >= 0
    assert answer.content.startswith("\ufeff".encode())
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="Customer.csv"'
    assert answer.headers["cache-control"] == "no-store"


async def test_every_page_is_on_record_before_it_leaves(company: Company) -> None:
    rows = table(await take(company, "leader", LIST))
    found = await records(company, AuditKind.EXPORT)  # nobody has flushed
    assert sum(count for _, count in found) == len(rows)
    assert {row.operation for row, _ in found} == {"Everybody"}
    assert {field for row, _ in found for field in row.fields} == {
        *(f"Customer.{name}" for name in ("number", "name", "phone", "spend", "owner")),
        "Purchase.amount",
    }
    assert not await records(company, AuditKind.READ)


async def test_of_what_is_not_sensitive_there_is_a_record_too(company: Company) -> None:
    """Whoever takes the names of all customers along is found; after a like reading, which leaves none."""
    text = SHORT % f"nodes {{ id name }} {PAGES}"
    await company.ask("leader", text)
    rows = table(await take(company, "leader", text))
    found = await records(company, AuditKind.EXPORT)
    assert sum(count for _, count in found) == len(rows)
    assert {field for row, _ in found for field in row.fields} == {"Customer.id", "Customer.name"}


async def test_a_page_of_nothing_ends(company: Company) -> None:
    text = f"query($after: String) {{ customers(after: $after, first: 0) {{ nodes {{ name }} {PAGES} }} }}"
    assert table(await take(company, "leader", text)) == []


async def test_who_is_suspended_meanwhile_gets_no_further_page(company: Company) -> None:
    """ACC-4: a slow client can draw an export out for as long as it likes."""
    viewer = await company.app.sign_in.viewer_of(company.token("leader"), "en")
    states = iter([viewer])

    async def caller() -> Viewer:
        try:
            return next(states)
        except StopIteration:
            raise Unauthenticated from None

    pages = Export.of(company.app.engine, GraphQLRequest(LIST), viewer).pages(caller)
    assert await anext(pages)
    with pytest.raises(Unauthenticated):
        await anext(pages)


async def test_lines_of_json(company: Company) -> None:
    answer = await take(company, "leader", LIST, headers={"accept": "application/x-ndjson"})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    nodes = [orjson.loads(line) for line in answer.content.splitlines()]
    assert len(nodes) == len(table(await take(company, "leader", LIST)))
    assert set(nodes[0]) == {"number", "name", "phone", "spend", "owner", "purchases"}


async def test_who_sees_more_than_may_leave(company: Company) -> None:
    """A manager sees all customers, and takes out those of the department: below lists and in totals too."""
    rows = table(await take(company, "marketing_manager", LIST))
    mine = await company.ask(
        "marketing_manager", "{ customers(first: 100, scope: DEPARTMENT) { nodes { number } } }"
    )
    everybody = await company.ask("marketing_manager", "{ customers { totalCount } }")
    assert {row["number"] for row in rows} == {n["number"] for n in mine["customers"]["nodes"]}
    assert len(rows) < everybody["customers"]["totalCount"]
    whole = SHORT % f"nodes {{ name owner {{ customers {{ totalCount }} }} }} totalCount {PAGES}"
    lines = await take(company, "marketing_manager", whole, headers={"accept": "application/x-ndjson"})
    if lines.status_code == 200:
        nodes = [orjson.loads(line) for line in lines.content.splitlines()]
        assert all(n["owner"] is None or n["owner"]["customers"]["totalCount"] <= len(rows) for n in nodes)


async def test_who_may_export_nothing_is_refused_and_on_record(company: Company) -> None:
    answer = await take(company, "salesperson", LIST)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "export" in error["message"]
    await company.app.database.services[Audit].flush()
    assert [row.operation for row, _ in await records(company, AuditKind.REFUSAL)] == ["Everybody"]


async def test_what_is_no_sensitive_list_needs_no_act(company: Company) -> None:
    text = "query($after: String) { departments(after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }"  # noqa: E501
    assert table(await take(company, "salesperson", text))
    found = await records(company, AuditKind.EXPORT)  # of every file, though it names nobody
    assert [(row.fields, count) for row, count in found] == [([], 0)]


@pytest.mark.parametrize(
    "query",
    [
        SHORT % "nodes { name }",
        SHORT % PAGES,
        SHORT % "nodes { name } pageInfo { endCursor }",
        SHORT % f"rows: nodes {{ name }} {PAGES}",
        SHORT % f"nodes @skip(if: true) {{ name }} {PAGES}",
        f"{{ customers {{ nodes {{ name }} {PAGES} }} }}",
        f"query($after: String) {{ customers(after: $after, last: 5) {{ nodes {{ name }} {PAGES} }} }}",
        f"query($after: String) {{ customers(after: $after) {{ nodes {{ name }} {PAGES} }} me {{ name }} }}",
        f"query($after:String) {{ customers(after: $after) @skip(if: true) {{ nodes {{ name }} {PAGES} }} }}",
        "query($after: String) { ... { customers(after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } } }",  # noqa: E501
        "{ me { name } }",
    ],
)
async def test_what_is_no_list_is_refused(company: Company, query: str) -> None:
    answer = await take(company, "leader", query)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}, error
    assert error["extensions"].get("field", "query") == "query"


async def test_an_export_begins_at_the_beginning(company: Company) -> None:
    answer = await take(company, "leader", LIST, variables={"after": "5b22"})
    (error,) = answer.json()["errors"]
    assert error["extensions"]["field"] == "variables.after"


async def test_other_forms_and_strangers(company: Company) -> None:
    assert (await take(company, "leader", LIST, headers={"accept": "image/png"})).status_code == 406
    assert (await company.client.post("/export", json={"query": LIST})).status_code == 401
    assert (await company.client.get("/export")).status_code == 405


async def test_formulas_are_text_to_a_spreadsheet(company: Company) -> None:
    given = {"id": company.id("wang"), "name": '=HYPERLINK("http://x")'}
    await company.act("leader", "updateCustomer", given)
    rows = table(await take(company, "leader", LIST))
    assert '\'=HYPERLINK("http://x")' in {row["name"] for row in rows}
