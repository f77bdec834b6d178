"""The matrix of a type is what the plan says of it (BEY-4)."""

from core.access.cells import DEPARTMENT, OWN
from core.access.decision import AccessOutcome
from core.access.matrix import matrix
from core.access.plan import AccessPlan
from core.permissions import CORE_PERMISSIONS
from tests.core.world import catalogue, policy

SHOW, MASK, HIDE = AccessOutcome.SHOW, AccessOutcome.MASK, AccessOutcome.HIDE


def test_a_salesperson_and_customers() -> None:
    plan = AccessPlan(catalogue(), policy().rules_of(("salesperson",)))
    found = matrix(plan, "Customer", (0, OWN, DEPARTMENT), CORE_PERMISSIONS)
    assert found.visible == (False, True, True)
    fields = {one.field: one for one in found.fields}
    assert set(fields) == {name for of, name in catalogue().fields if of == "Customer"}
    assert fields["phone"].outcomes == (HIDE, SHOW, MASK)
    assert fields["phone"].writable == (False, True, False)
    assert fields["name"].outcomes == (SHOW, SHOW, SHOW)
    assert fields["name"].writable == (True, True, True)
    assert {one.act: one.allowed for one in found.acts} == {
        "create": (False, True, False),
        "update": (False, True, False),
        "assign": (False, False, False),
        "export": (False, False, False),
    }
    assert all(one.about.en and one.about.zh for one in found.acts)
