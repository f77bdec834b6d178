"""Connections: pages both ways, filters through relations, and what may not be asked (PRM-6, PRM-7)."""

from __future__ import annotations

from typing import Any

from tests.e2e.company import Company

PAGE = (
    "query ($first: Int, $after: String, $last: Int, $before: String) {"
    " customers(first: $first, after: $after, last: $last, before: $before, orderBy: [{spend: DESC}])"
    " { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    " edges { cursor node { name } } } }"
)


async def page(company: Company, **arguments: Any) -> tuple[list[str], Any]:
    found = (await company.ask("leader", PAGE, arguments))["customers"]
    assert found["totalCount"] == 3
    return [edge["node"]["name"] for edge in found["edges"]], found["pageInfo"]


async def test_pages_forward_and_back(company: Company) -> None:
    """PRM-6."""
    first, info = await page(company, first=2)
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (["li", "wang"], True, False)
    second, info = await page(company, first=2, after=info["endCursor"])
    assert (second, info["hasNextPage"], info["hasPreviousPage"]) == (["zhao"], False, True)
    back, info = await page(company, last=1, before=info["startCursor"])
    assert (back, info["hasNextPage"], info["hasPreviousPage"]) == (["wang"], True, True)
    back, info = await page(company, last=1, before=info["startCursor"])
    assert (back, info["hasPreviousPage"]) == (["li"], False)
    assert (await page(company, last=2))[0] == ["wang", "zhao"]
    assert (await page(company, first=0))[0] == []


async def test_a_cursor_holds_its_place_while_rows_come_and_go(company: Company) -> None:
    """PRM-6: keyset, not offset."""
    info = (await page(company, first=1))[1]
    paid = {"amount": {"amount": "9999", "currency": "CNY"}, "at": "2026-10-09T00:00:00Z"}
    await company.act("leader", "recordPurchase", {"customerId": company.id("zhao"), **paid})
    assert (await page(company, first=5, after=info["endCursor"]))[0] == ["wang"]


async def test_bad_pages_are_clean(company: Company) -> None:
    """PRM-2, PRM-3."""
    cursor = (await page(company, first=1))[1]["endCursor"]
    for arguments in (
        {"first": 101},
        {"first": -1},
        {"last": -1},
        {"last": 101},
        {"first": 2**31},
        {"first": 1, "last": 1},
        {"first": 1, "before": cursor},
        {"last": 1, "after": cursor},
        *(
            {"first": 1, "after": bad}
            for bad in ("", "x", "zz", "=", cursor[:-1], cursor + "00", "00", "\0", "光标")
        ),
    ):
        answer = await company.whole("leader", PAGE, arguments)
        if "errors" not in answer:  # `first` with `before`: pages either way may be bounded at the other end
            assert set(arguments) in ({"first", "before"}, {"last", "after"}), arguments
            continue
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", arguments
    other = f'{{ customers(first: 1, after: "{cursor}", orderBy: [{{name: ASC}}]) {{ nodes {{ name }} }} }}'
    assert (await company.refused("leader", other))[0] == "BAD_USER_INPUT"


async def names(company: Company, who: str, where: str, more: str = "") -> list[str]:
    data = await company.ask(who, f"{{ customers(where: {{{where}}}{more}) {{ nodes {{ name }} }} }}")
    return [node["name"] for node in data["customers"]["nodes"]]


async def test_filters_reach_through_relations(company: Company) -> None:
    """PRM-6, PRM-7: only related rows that the caller sees count."""
    for where, found in (
        ('owner: {department: {name: {eq: "west"}}}', ["li"]),
        ('purchases: {some: {amount: {gte: {amount: "150", currency: "CNY"}}}}', ["li"]),
        ('purchases: {none: {reference: {startsWith: "A"}}}', ["li", "zhao"]),
        ('purchases: {every: {at: {lt: "2026-10-02T00:00:00Z"}}}', ["zhao"]),
        ('phone: {eq: "+86 138-0013-8001"}', ["wang"]),
        ("birthday: {isNull: true}, not: {owner: {name: {isNull: false}}}", ["zhao"]),
        (
            'or: [{region: {eq: "Chengdu"}}, {members: {some: {employee: {name: {contains: "support"}}}}}]',
            ["li", "wang"],
        ),
        ("tierAssignments: {some: {endedAt: {isNull: true}, tier: {rank: {eq: 2}}}}", ["li"]),
        ("participations: {some: {satisfaction: {gte: 5}, activity: {kind: {in: [SEMINAR]}}}}", ["wang"]),
    ):
        assert await names(company, "leader", where) == found, where
    assert await names(company, "salesperson", "purchases: {none: {}}") == ["zhao"]
    assert await names(company, "customer_service", "purchases: {some: {}}") == []


async def test_what_is_not_shown_is_not_asked_for(company: Company) -> None:
    """PRM-7: FORBIDDEN whatever the value, also one that could not be used; the place is named."""
    values = ("13800138001", "13800138009", "no number", "", "x" * 5000)
    for who in ("customer_service", "auditor", "salesperson"):
        query = "query ($v: String!) { customers(where: {phone: {eq: $v}}) { totalCount } }"
        answers = [await company.whole(who, query, {"v": value}) for value in values]
        assert answers.count(answers[0]) == len(values)
        (error,) = answers[0]["errors"]
        assert error["extensions"] == {"code": "FORBIDDEN", "field": "customers.where.phone"}
    doors = (
        "customers(orderBy: [{spend: ASC}]) { nodes { name } }",
        'customers(where: {spend: {gt: {amount: "1", currency: "CNY"}}}) { totalCount }',
        'customers(where: {not: {or: [{birthday: {lt: "1970-01-01"}}]}}) { totalCount }',
        "customers { groups(by: [BIRTHDAY_MONTH]) { keys count } }",
        "customers { groups { sum { spend { amount } } } }",
        'interactions(where: {customer: {notes: {eq: "likes tea"}}}) { totalCount }',
        'employees { nodes { customers(where: {phone: {eq: "13800138001"}}) { totalCount } } }',
        "customers(where: {owner: {phone: {isNull: true}}}) { totalCount }",
    )
    for door in doors:
        assert (await company.refused("customer_service", f"{{ {door} }}"))[0] == "FORBIDDEN", door


async def test_the_scope_opens_what_is_shown_in_it(company: Company) -> None:
    """PRM-7: own customers are shown in full, so their values may be asked for."""
    where = 'phone: {eq: "13800138001"}, spend: {gt: {amount: "1", currency: "CNY"}}'
    assert await names(company, "salesperson", where, ", scope: OWN, orderBy: [{spend: DESC}]") == ["wang"]
    assert await names(company, "salesperson", "", ", scope: TEAM") == []
    assert await names(company, "salesperson", "", ", scope: DEPARTMENT") == ["wang", "zhao"]
    assert await names(company, "technical_support", "", ", scope: TEAM") == ["wang"]


async def test_forbidden_comes_before_bad_input(company: Company) -> None:
    """PRM-7: who may not ask is not told what was wrong with the value."""
    query = '{ customers(first: -1, after: "x", where: {phone: {eq: "no number"}}) { totalCount } }'
    assert (await company.refused("customer_service", query))[0] == "FORBIDDEN"
    assert (await company.refused("leader", query))[0] == "BAD_USER_INPUT"


async def test_the_timeline_and_the_groups(company: Company) -> None:
    """CUS-1: one timeline; PRM-7: without what the caller may not place in time."""
    timeline = (
        '{ customers(where: {name: {eq: "wang"}}) { nodes { timeline(first: 9) { nodes { __typename } } } } }'
    )
    for who, kinds in (
        ("leader", ["Participation", "Purchase", "Interaction", "Purchase"]),
        ("customer_service", ["Participation", "Interaction"]),
    ):
        (node,) = (await company.ask(who, timeline))["customers"]["nodes"]
        assert [one["__typename"] for one in node["timeline"]["nodes"]] == kinds
    query = "{ purchases { groups(by: [AT_MONTH]) { keys count sum { amount { amount currency } } } } }"
    data = await company.ask("finance", query)
    money = {"amount": {"amount": "350.50", "currency": "CNY"}}
    assert data["purchases"]["groups"] == [{"keys": ["2026-10-01"], "count": 3, "sum": money}]
