"""Who may come in, and what changes at once when people do (ACC-4, ACC-7, PRM-4, PRM-8)."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import json

from core.clock import HeldClock
from tests.e2e.company import NOBODY, Company

NAMES = "{ customers { nodes { name } } }"


async def seen(company: Company, who: str, role: str | None = None) -> list[str]:
    found = await company.ask(who, NAMES, role=role)
    return [node["name"] for node in found["customers"]["nodes"]]


async def status(company: Company, token: str | None, **headers: str) -> int:
    """The status of an ordinary query; 401 says how to sign in, always in the same words."""
    answer = await company.post({"query": NAMES}, token, **headers)
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
        (error,) = answer.json()["errors"]
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
        assert error["message"].startswith("sign in: ")
    return answer.status_code


async def test_a_suspension_holds_at_once(company: Company) -> None:
    """ACC-4: a token that worked a moment before; restored, it works again."""
    token = company.token("salesperson")
    assert await status(company, token) == 200
    given = {"employeeId": company.id("salesperson"), "finding": "sold addresses"}
    case = (await company.act("leader", "suspendEmployee", given, "case { id }"))["case"]["id"]
    assert await status(company, token) == 401
    assert await status(company, company.token("salesperson")) == 401
    decided = {"caseId": case, "outcome": "RESTORED", "decision": "a mistake"}
    assert (await company.act("leader", "decideCase", decided))["code"] == "FOUR_EYES"
    assert (await company.act("administrator", "decideCase", decided))["__typename"] == "DecideCasePayload"
    assert await status(company, token) == 200


async def test_a_moved_employee_sees_the_new_department_at_once(company: Company) -> None:
    """ACC-7."""
    assert await seen(company, "salesperson_west") == ["li"]
    given = {"id": company.id("salesperson_west"), "departmentId": company.id("harbour")}
    await company.act("administrator", "updateEmployee", given)
    assert await seen(company, "salesperson_west") == ["li", "zhao"]  # li is still the employee's own


async def test_a_moved_department_takes_its_rows_along(company: Company) -> None:
    """ACC-7: relations follow the tree as it is now."""
    assert await seen(company, "salesperson") == ["wang", "zhao"]
    given = {"id": company.id("harbour"), "parentId": company.id("west")}
    await company.act("administrator", "updateDepartment", given)
    assert await seen(company, "salesperson") == ["wang"]
    assert await seen(company, "salesperson_west") == ["li", "zhao"]


async def test_roles_given_and_taken_hold_at_once(company: Company) -> None:
    """ACC-7, PRM-4: one acts in a role that one holds."""
    finance = company.token("legal", "finance")
    assert await status(company, finance) == 401
    roles = {"id": company.id("legal"), "roles": ["legal", "finance"]}
    await company.act("administrator", "updateEmployee", roles)
    assert await status(company, finance) == 200
    await company.act("administrator", "updateEmployee", {**roles, "roles": ["finance"]})
    assert await status(company, company.token("legal")) == 401


async def test_tokens_of_a_former_subject_are_refused(company: Company) -> None:
    """ACC-4, PRM-4: as a program's they would outlast roles and suspension."""
    old, key = company.token("salesperson"), company.id("salesperson")
    for subject in ("newcomer", "newest", "newcomer"):
        done = await company.act("administrator", "updateEmployee", {"id": key, "subject": subject})
        assert done["__typename"] == "UpdateEmployeePayload"
    stale, current = (company.token(subject, "salesperson") for subject in ("newest", "newcomer"))
    assert [await status(company, token) for token in (old, stale, current)] == [401, 401, 200]
    assert await status(company, company.token("salesperson", "leader")) == 401
    assert await status(company, company.token("stranger", "salesperson")) == 200
    await company.act("administrator", "updateEmployee", {"id": key, "subject": "salesperson"})
    assert [await status(company, token) for token in (old, current)] == [200, 401]


async def test_a_new_employee_signs_in_with_the_id(company: Company) -> None:
    """ACC-7: the subject is the employee's own id unless said otherwise."""
    given = {
        "name": "sun",
        "staffNumber": "S-1",
        "departmentId": company.id("west"),
        "roles": ["salesperson"],
    }
    shown = "employee { id subject }"
    made = (await company.act("administrator", "createEmployee", given, shown))["employee"]
    assert made["id"] == made["subject"]
    assert await seen(company, made["id"], "salesperson") == ["li"]


async def test_a_stranger_sees_what_all_may_see(company: Company) -> None:
    """ACC-2: nothing is their own, nor their department's."""
    assert await seen(company, "stranger", "salesperson") == []
    assert await seen(company, "stranger", "customer_service") == ["li", "wang", "zhao"]
    said = await company.ask("stranger", "{ me { name } departments { totalCount } }", role="finance")
    assert said == {"me": None, "departments": {"totalCount": 3}}


async def test_the_last_who_gives_roles_stays(company: Company) -> None:
    """NOBODY_LEFT: whoever asks, also a token from outside that is no employee's."""
    away = {"employeeId": company.id("administrator"), "finding": "left"}
    await company.act("leader", "suspendEmployee", away)
    leader = company.id("leader")
    for name, given in (
        ("suspendEmployee", {"employeeId": leader, "finding": "x"}),
        ("updateEmployee", {"id": leader, "roles": ["finance"]}),
    ):
        found = await company.act("outside", name, given, role="leader")
        assert (found["__typename"], found["code"]) == ("NobodyLeftError", "NOBODY_LEFT"), found
    assert await status(company, company.token("leader")) == 200


async def test_of_two_who_remove_each_other_one_stays(company: Company) -> None:
    """PRM-9: no race empties the last seat."""
    one, other = company.id("leader"), company.id("administrator")
    found = await asyncio.gather(
        company.act("outside", "suspendEmployee", {"employeeId": one, "finding": "x"}, role="leader"),
        company.act("outside", "suspendEmployee", {"employeeId": other, "finding": "x"}, role="leader"),
    )
    assert sorted(f["__typename"] for f in found) == ["NobodyLeftError", "SuspendEmployeePayload"]


def encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


async def test_tokens_that_are_none(company: Company) -> None:
    """PRM-4: missing, garbled, unsigned, of another scheme, of a role that nobody has."""
    good = company.token("leader")
    header, claims, signature = good.split(".")
    assert await status(company, None) == 401
    for bad in (
        "",
        "x",
        "x.y.z",
        good[:-2],
        f"{header}.{claims}.",
        f"{header}.{claims}",
        good + "x",
        f"{good}.x",
        "." * 9,
        f"{encoded({'alg': 'none'})}.{claims}.",
        f"{encoded({'alg': 'HS512'})}.{claims}.{signature}",
        "a" * 9_000,
        company.token("leader", "god"),
        company.token("leader", "everyone"),
        company.token("leader", "administrator"),
    ):
        assert await status(company, None, authorization=f"Bearer {bad}") == 401, bad
    for scheme, expected in (("bearer", 200), ("BEARER", 200), ("Basic", 401), ("", 401)):
        assert await status(company, None, authorization=f"{scheme} {good}".strip()) == expected
    assert (
        await company.client.post(f"/graphql?access_token={good}", json={"query": NAMES})
    ).status_code == 401


async def test_a_token_ends(company: Company) -> None:
    """PRM-4: at its time, a few seconds forgiven; one that would last too long never begins."""
    clock = company.app.database.clock
    assert isinstance(clock, HeldClock)
    token, longest = company.token("leader", hours=1), company.token("leader", hours=1_000)
    clock.advance(dt.timedelta(hours=1, seconds=4))
    assert await status(company, token) == 200
    clock.advance(dt.timedelta(seconds=1))
    assert await status(company, token) == 401
    clock.advance(dt.timedelta(hours=23, seconds=-6))
    assert await status(company, longest) == 200  # cut to a day when it was signed
    clock.advance(dt.timedelta(seconds=10))
    assert await status(company, longest) == 401


async def test_nothing_is_told_to_those_who_are_not_signed_in(company: Company) -> None:
    """PRM-6, PRM-7: neither the schema nor whether the request was well-formed."""
    for body in (b"{", b'{"query": "{ __schema { types { name } } }"}', f'{{"query": "{NOBODY}"}}'.encode()):
        answer = await company.post(body)
        assert answer.status_code == 401
        assert "data" not in answer.json()
