"""What the shipped policies say, in the words of the regulations (ACC-1, ACC-2, ACC-7)."""

import shutil
from pathlib import Path

import pytest

from core.access.cells import ALL_CELLS, DEPARTMENT, OWN, TEAM
from core.access.checks import faults_of
from core.access.plan import HIDDEN, MASKED, SHOWN, AccessPlan
from core.access.rules import READ, PolicyError
from core.runtime import read_policies
from tests.core.world import POLICIES, catalogue, policy, vocabulary

OTHER = 0


def plan(*roles: str) -> AccessPlan:
    return AccessPlan(catalogue(), policy().rules_of(roles))


def test_every_line_speaks_of_what_there_is() -> None:
    assert list(faults_of(policy(), vocabulary())) == []


def written(folder: Path, *lines: str) -> Path:
    """The shipped policies, with these lines behind line 1 of grants.csv or, for roles, of roles.csv."""
    shutil.copytree(POLICIES, folder, dirs_exist_ok=True)
    for name in ("roles.csv", "grants.csv"):
        head, *rest = (POLICIES / name).read_text("utf-8").splitlines()
        mine = [line for line in lines if (line[0] in "rg") == (name == "roles.csv")]
        (folder / name).write_text("\n".join([head, *mine, *rest]), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("p, leader, class:secret, show, all, allow", "unknown class secret; known: assessment, "),
        ("p, leader, type:Shop, read, all, allow", "unknown type Shop"),
        ("p, leader, field:Customer.shoe, show, all, allow", "unknown field Customer.shoe"),
        ("p, leader, Customer, show, all, allow", "the object is class:"),
        ("p, leader, class:contact, create, all, allow", "create is no act here"),
        ("p, leader, class:contact, show, mine, allow", "unknown relation mine; known: all, department"),
        ("p, leader, class:contact, show, all, perhaps", "allow or deny, not perhaps"),
        ("p, emperor, class:contact, show, all, allow", "unknown role emperor"),
        ("p, leader, class:contact, show, all", "write `p, ROLE"),
        ("p, leader, class:contact, Show, all, allow", "write show, not Show"),
        ("p, leader, Class:contact, show, all, allow", "the object is class:"),
        ("p, leader, class:Contact, show, all, allow", "write contact, not Contact"),
        ("p, leader, type:customer, read, all, allow", "write Customer, not customer"),
        ("p, leader, field:customer.Phone, show, all, allow", "write Customer.phone, not customer.Phone"),
        ("p, leader, class:contact, show, All, allow", "write all, not All"),
        ("p, Leader, class:contact, show, all, allow", "write leader, not Leader"),
        ("p，leader，class:contact，show，all，allow", "plain commas"),
        (
            "p, leader, type:Tier, read, department, allow",
            "department never holds for Tier; relations that can: all",
        ),
        ("p, leader, type:Employee, read, team, deny", "relations that can: own, department, all"),
        ("p, leader, type:Purchase, read, team, allow", ""),
        ("p, leader, class:contact, show, without-training, allow", "without-training can only deny"),
        ("p, leader, class:contact, show, emergency, deny", "emergency can only allow"),
        ("p, leader, class:contact, show, Without-Training, deny", "write without-training, not Without-T"),
        ("p, leader, type:Tier, read, without-consent, deny", "without-consent never holds for Tier"),
        ("p, leader, type:Tier, read, outside-hours, deny", ""),
        ("p, leader, type:Purchase, read, without-consent, deny", ""),
        ("p, everyone, class:contact, show, without-consent, deny", ""),
        ("p, leader, class:public, mask, all, deny", "a public field can't be hidden"),
        ("p, leader, field:Customer.name, show, all, deny", "a public field can't be hidden"),
        ("role，trainee，trainee，实习生", "plain commas"),
        ("role, trainee, trainee, 实习生，新人", ""),
        ("g, trainee, leader", "unknown role trainee"),
        ("g, marketing_specialist, marketing_manager", "would inherit from itself"),
        ("g, everyone, leader", "everyone inherits from nobody"),
        ("g, leader, legal,,", ""),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(line: str, remedy: str, tmp_path: Path) -> None:
    folder = written(tmp_path, line)
    if not remedy:
        read_policies(folder)
        return
    with pytest.raises(PolicyError) as caught:
        read_policies(folder)
    fault = min([caught.value, *caught.value.others], key=lambda one: remedy not in one.message("en"))
    assert remedy in fault.message("en").splitlines()[0]
    assert fault.field is not None
    assert fault.field.startswith("roles.csv:" if line[0] in "rg" else "grants.csv:")


def test_all_bad_lines_are_named_in_order(tmp_path: Path) -> None:
    bad = (
        "p, leader, class:secret, show, all, allow",
        "p, leader, class:contact, show, mine, allow",
        "p, leader, type:Tier, read, own, allow",
        "p, leader",
        "g, leader, emperor",
    )
    with pytest.raises(PolicyError) as caught:
        read_policies(written(tmp_path, *bad))
    places = [said.partition(" ")[0] for said in caught.value.message("en").splitlines()]
    assert places == ["roles.csv:2:", *(f"grants.csv:{line}:" for line in (2, 3, 4, 5))]


def test_files_come_from_spreadsheets(tmp_path: Path) -> None:
    """In UTF-8, with a mark before it or without; another encoding is told, not guessed."""
    written(tmp_path)
    for name, mended in (("roles.csv", "\ufeff"), ("grants.csv", "\ufeff")):
        (tmp_path / name).write_text(mended + (POLICIES / name).read_text("utf-8"), "utf-8")
    assert read_policies(tmp_path).rules == policy().rules
    (tmp_path / "roles.csv").write_bytes((POLICIES / "roles.csv").read_text("utf-8").encode("gbk"))
    with pytest.raises(PolicyError) as caught:
        read_policies(tmp_path)
    assert (caught.value.field, "UTF-8" in caught.value.message("en")) == ("roles.csv", True)


def test_every_role_has_a_name_in_both_languages() -> None:
    assert all(role.title.en and role.title.zh for role in policy().roles.values())
    assert len(policy().roles) == 13


@pytest.mark.parametrize(
    ("role", "field", "cell", "effect"),
    [
        ("leader", "phone", OTHER, SHOWN),
        ("leader", "identityNumber", OTHER, SHOWN),
        ("marketing_specialist", "phone", DEPARTMENT, MASKED),
        ("marketing_specialist", "birthday", DEPARTMENT, HIDDEN),
        ("marketing_supervisor", "birthday", DEPARTMENT, SHOWN),
        ("marketing_manager", "phone", OTHER, MASKED),
        ("marketing_manager", "phone", DEPARTMENT, SHOWN),
        ("salesperson", "phone", OWN, SHOWN),
        ("salesperson", "phone", DEPARTMENT, MASKED),
        ("salesperson", "spendMinor", DEPARTMENT, HIDDEN),
        ("account_manager", "phone", TEAM, SHOWN),
        ("account_manager", "phone", DEPARTMENT, MASKED),
        ("customer_service", "phone", OTHER, MASKED),
        ("customer_service", "spendMinor", OTHER, HIDDEN),
        ("technical_support", "phone", TEAM, MASKED),
        ("finance", "spendMinor", OTHER, SHOWN),
        ("finance", "phone", OTHER, HIDDEN),
        ("legal", "identityNumber", OTHER, SHOWN),
        ("legal", "phone", OTHER, HIDDEN),
        ("auditor", "phone", OWN, HIDDEN),
    ],
)
def test_what_a_role_sees_of_a_customer(role: str, field: str, cell: int, effect: str) -> None:
    assert cell in plan(role).rows("Customer")
    assert plan(role).effects("Customer", field)[cell] == effect


@pytest.mark.parametrize(
    ("role", "rows"),
    [
        ("leader", ALL_CELLS),
        ("salesperson", frozenset(range(1, 8))),
        ("marketing_specialist", frozenset(c for c in ALL_CELLS if c & (OWN | DEPARTMENT))),
        ("technical_support", frozenset(c for c in ALL_CELLS if c & TEAM)),
        ("administrator", frozenset()),
        ("everyone", frozenset()),
    ],
)
def test_which_customers_a_role_sees(role: str, rows: frozenset[int]) -> None:
    assert plan(role).cells("Customer", READ) == rows


@pytest.mark.parametrize("role", sorted(policy().roles))
def test_everyone_knows_the_company(role: str) -> None:
    for type_name in ("Department", "Employee", "Tier", "TierScheme", "Activity"):
        assert plan(role).rows(type_name) == catalogue().relations.possible(type_name)


@pytest.mark.parametrize("role", sorted(policy().roles))
def test_an_auditor_never_reads_contents_whatever_other_role_they_have(role: str) -> None:
    for field in ("phone", "email", "address", "identityNumber", "notes", "birthday"):
        assert set(plan(role, "auditor").effects("Customer", field)) == {HIDDEN}
