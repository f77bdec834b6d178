"""What is recorded of an operation holds no value of it, and means the same to the compiler."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import parse, strip_ignored_characters, validate

from schema import application
from schema.compiler.documents import Documents
from schema.limits.limits import Limits
from schema.recording.texts import shape_of_text
from schema.recording.values import Placeholders, known_prefixes
from schema.vocabulary.schema import Schema
from tests.schema.plugin import LARGE, LOYALTY
from tests.schema.world import settings

CANARIES = ("13800138000", "wangxiaoming", "4242", "2031-05-06", "0badc0de", "feedface")
CUSTOMER = "cus_" + "0badc0de" * 4


@pytest.fixture(scope="module")
def schema() -> Schema:
    return application.make_schema(LOYALTY, [LARGE])


@pytest.fixture(scope="module")
def documents(schema: Schema) -> Documents:
    return Documents(schema, Limits.of(settings()), 100, 2**20)


def recorded(
    schema: Schema, documents: Documents, text: str, name: str | None = None
) -> tuple[str | None, str]:
    """Name and text as they are recorded; the text is valid and would be recorded as it is."""
    placeholders = Placeholders(known_prefixes(schema.models))
    document = documents.get(text, name)
    name, found, _ = shape_of_text(document, schema, placeholders)
    assert validate(schema.core, parse(found)) == []
    again, same, _ = shape_of_text(documents.get(found, name), schema, placeholders)
    assert (again, same) == (name, found)
    return name, found


@pytest.mark.parametrize(
    "text",
    [
        '{ customers(where: {phone: {eq: "13800138000"}}) { totalCount } }',
        '{ customers(where: {name: {in: ["wangxiaoming", "wangxiaoming"]}}) { totalCount } }',
        '{ customers(where: {name: {eq: """wangxiaoming"""}}) { totalCount } }',
        "{ customers(where: {purchaseCount: {gt: 4242}}) { totalCount } }",
        '{ customers(where: {birthday: {eq: "2031-05-06"}}) { totalCount } }',
        '{ customers(where: {createdAt: {gt: "2031-05-06T04:24:24+08:00"}}) { totalCount } }',
        '{ purchases(where: {amount: {gte: {amount: "4242.42", currency: "CNY"}}}) { totalCount } }',
        f'{{ customer(id: "{CUSTOMER}") {{ id }} }}',
        f'{{ nodes(ids: ["{CUSTOMER}", "emp_{"feedface" * 4}", "{CUSTOMER}"]) {{ id }} }}',
        f'{{ node(id: "wangxiao_{"0badc0de" * 4}") {{ id }} }}',
        '{ customers(after: "5b22feedface225d") { totalCount } }',
        "{ wangxiaoming: customers { totalCount } tel13800138000: me { wangxiaoming: id } }",
        "{ me { ...wangxiaoming } } fragment wangxiaoming on Employee { id }",
        "query Of13800138000 { me { id } }",
        "query Q($of13800138000: Int) { customers(first: $of13800138000) { totalCount } }",
        'query Q($name: String = "wangxiaoming") { customers(where: {name: {eq: $name}}) { totalCount } }',
        "# of wangxiaoming, 13800138000\n{ me { id } # wangxiaoming\n }",
        """mutation M { createCustomer(input: {name: "wangxiaoming", kind: PERSON, phone: "13800138000",
        birthday: "2031-05-06"}) { __typename } }""",
        f"""mutation {{ wangxiaoming: loyalty {{ record(input: {{customerId: "{CUSTOMER}", points: 4242,
        note: "wangxiaoming"}}) {{ __typename }} }} }}""",
        """{ loyalty { more { customers(where: {loyalty: {category: {eq: "wangxiaoming"}}}) {
        totalCount } } } }""",
    ],
)
def test_no_value_is_left(schema: Schema, documents: Documents, text: str) -> None:
    name, found = recorded(schema, documents, text)
    assert [one for one in CANARIES if one in f"{name} {found}"] == []


def test_other_operations_of_the_document_are_left_out(schema: Schema, documents: Documents) -> None:
    text = """query A { me { ...F } } fragment F on Employee { id }
      query B { customers(where: {name: {eq: "x"}}) { totalCount } }"""
    assert recorded(schema, documents, text, "A") == (
        "A",
        "query A {\n  me {\n    ...F_1\n  }\n}\n\nfragment F_1 on Employee {\n  id\n}",
    )


def test_the_shape_stays(schema: Schema, documents: Documents) -> None:
    text = """query List($more: Boolean!, $where: CustomerWhere) {
      customers(first: 20, scope: OWN, orderBy: [{name: ASC}, {region: DESC}], where: $where) {
        nodes { key: id phone @include(if: $more) owner @skip(if: false) { name } }
      }
      other: customers(where: {or: [{phone: {isNull: false}}, {kind: {in: [PERSON, COMPANY]}}, {size: null}]})
      {
        totalCount
      }
    }"""
    _, found = recorded(schema, documents, text)
    expected = """query List($more: Boolean!, $where: CustomerWhere) {
      customers(first: 1, scope: OWN, orderBy: [{name: ASC}, {region: DESC}], where: $where) {
        nodes { a_1: id phone @include(if: $more) owner @skip(if: false) { name } }
      }
      a_2: customers(where: {or: [{phone: {isNull: true}}, {kind: {in: [PERSON, COMPANY]}}, {size: null}]}) {
        totalCount
      }
    }"""
    assert strip_ignored_characters(found) == strip_ignored_characters(expected)


def test_variables_keep_their_fields_only(schema: Schema) -> None:
    placeholders = Placeholders(known_prefixes(schema.models))
    kind: Any = schema.graphql_field("Query", "customers").args["where"].type
    given = {
        "name": {"in": ["wangxiaoming", "x"]},
        "or": [{"phone": {"eq": "13800138000"}}, {"purchaseCount": {"gt": 4242}}],
        "kind": {"eq": "PERSON"},
        "region": None,
    }
    found = placeholders.of(given, kind)
    assert found == {
        "name": {"in": [""]},
        "or": [{"phone": {"eq": ""}}, {"purchaseCount": {"gt": 1}}],
        "kind": {"eq": "PERSON"},
        "region": None,
    }
    assert json.dumps(found)
