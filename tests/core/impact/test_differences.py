"""What differs between two plans, without a database (BEY-5)."""

from dataclasses import replace

from core.access.cells import ALL_CELLS, DEPARTMENT
from core.access.plan import AccessPlan
from core.access.rules import Policy, Rule
from core.impact.differences import Difference, differences
from tests.core.world import catalogue, policy, vocabulary

IN_DEPARTMENT = frozenset(cell for cell in ALL_CELLS if cell & DEPARTMENT)


def changed(role: str, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> list[Difference]:
    """What these rules (without the role) change for it."""
    came, went = ({Rule(role, *line.split()) for line in lines} for lines in (add, remove))
    assert went <= set(policy().rules)
    then: Policy = replace(policy(), rules=(*(set(policy().rules) - went), *came))
    before, after = (AccessPlan(catalogue(), p.rules_of((role,))) for p in (policy(), then))
    return differences(before, after, vocabulary().acts)


def told(found: list[Difference]) -> set[tuple[str, str, str | None, str, str]]:
    return {(d.type, d.act, d.sensitivity, d.before, d.after) for d in found}


def test_a_class_that_is_shown_in_a_department() -> None:
    found = changed("customer_service", add=("class:contact show department allow",))
    assert told(found) == {
        ("Customer", "show", "contact", "MASK", "SHOW"),
        ("Employee", "show", "contact", "MASK", "SHOW"),
    }
    (customer,) = (d for d in found if d.type == "Customer")
    assert customer.cells == IN_DEPARTMENT
    assert customer.fields == ("phone", "email", "wechat", "address")
    assert customer.gain


def test_one_field_stands_apart_from_its_class() -> None:
    (found,) = changed("customer_service", add=("field:Customer.phone mask all deny",))
    assert (found.fields, found.before, found.after, found.gain) == (("phone",), "MASK", "HIDE", False)
    assert found.cells == ALL_CELLS


def test_rows_take_their_fields_with_them() -> None:
    found = changed("finance", remove=("type:Customer read all allow",))
    assert {d.type for d in found} == {"Customer"}
    assert {
        ("Customer", "read", None, "SHOW", "HIDE"),
        ("Customer", "show", "commercial", "SHOW", "HIDE"),
    } <= (told(found))
    assert not any(d.gain for d in found)


def test_writes_and_acts() -> None:
    found = changed(
        "finance", add=("class:personal write all allow", "type:Customer update department allow")
    )
    assert ("Customer", "write", "personal", "DENY", "ALLOW") in told(found)
    (act,) = (d for d in found if d.act == "update")
    assert (act.type, act.before, act.after, act.cells) == ("Customer", "DENY", "ALLOW", IN_DEPARTMENT)


def test_rules_that_say_the_same_otherwise_change_nothing() -> None:
    assert changed("leader", add=("class:contact mask all allow", "type:Customer read own allow")) == []
