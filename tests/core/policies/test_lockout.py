"""Nobody locks everybody out (ACC-1)."""

import pytest

from core.policies.errors import PolicyRefused
from tests.core.policies.company import SHOW_LEGAL, Office

APPLY = "p, administrator, type:PolicyChange, apply, all, allow"
LEADER_APPROVES = "p, leader, type:PolicyChange, approve, all, allow"


@pytest.mark.parametrize(
    ("add", "remove", "places"),
    [
        ([], [APPLY], {"remove[0]"}),
        ([SHOW_LEGAL], ["p, legal, class:identity, show, all, allow", APPLY], {"remove[1]"}),
        (["p, everyone, type:PolicyChange, propose, all, deny"], [], {"add[0]"}),
        (["p, administrator, type:PolicyChange, read, all, deny"], [], {"add[0]"}),
        ([], [LEADER_APPROVES], {"remove[0]"}),
        (
            ["g, administrator, auditor", "p, auditor, type:PolicyChange, apply, all, deny"],
            [],
            {"add[0]", "add[1]"},
        ),
        # Given to a role that nobody holds.
        (
            ["role, keeper, keeper, 保管", "p, keeper, type:PolicyChange, apply, all, allow"],
            [APPLY],
            {"remove[0]"},
        ),
    ],
)
async def test_the_last_right_stays(
    office: Office, add: list[str], remove: list[str], places: set[str]
) -> None:
    refused = await refusal(office, add, remove, places)
    assert "nobody could change the policies any more" in refused.message("en")
    assert "此后将无人可变更策略" in refused.message("zh")


async def refusal(office: Office, add: list[str], remove: list[str], places: set[str]) -> PolicyRefused:
    """Of a change, because of the lines in these places."""
    with pytest.raises(PolicyRefused) as caught:
        await office.propose(*add, remove=remove)
    assert {fault.field for fault in caught.value.faults} == places
    return caught.value


ASSIGN, UPDATE = (
    [f"p, {role}, type:Employee, {act}, all, allow" for role in ("leader", "administrator")]
    for act in ("assign", "update")
)
SEE = "p, everyone, type:Employee, read, all, allow"


@pytest.mark.parametrize(
    ("add", "remove", "places"),
    [
        ([], ASSIGN, {"remove[0]", "remove[1]"}),
        (["p, everyone, type:Employee, assign, all, deny", SHOW_LEGAL], [], {"add[0]"}),
        (["p, everyone, type:Employee, assign, department, deny"], [], {"add[0]"}),
        # Giving roles is an update of somebody who can be seen.
        ([], UPDATE, {"remove[0]", "remove[1]"}),
        (["p, everyone, type:Employee, update, all, deny"], [], {"add[0]"}),
        ([], [SEE], {"remove[0]"}),
        (["p, everyone, type:Employee, read, all, deny"], [], {"add[0]"}),
    ],
)
async def test_the_last_who_gives_roles_stays(
    office: Office, add: list[str], remove: list[str], places: set[str]
) -> None:
    """Or who changes policies could be suspended, and nobody could be let in again."""
    refused = await refusal(office, add, remove, places)
    assert "nobody could give roles any more" in refused.message("en")
    assert "此后将无人可分配角色" in refused.message("zh")
    await office.propose(remove=ASSIGN[:1])


async def test_the_right_may_move(office: Office) -> None:
    acts = ("propose", "apply", "read")
    moved = [f"p, {{}}, type:PolicyChange, {act}, all, allow" for act in acts]
    await office.propose(
        *(line.format("legal") for line in moved), remove=[line.format("administrator") for line in moved]
    )


async def test_a_lone_administrator_keeps_the_rights_there_are(office: Office) -> None:
    """Where it was not safe before, a change may not make it worse, and any other change passes."""
    for who in ("leader", "administrator"):
        await office.give(who)
    await office.give("legal", "administrator")
    await office.pass_through_operator(SHOW_LEGAL)
    for remove in (APPLY, "p, administrator, type:PolicyChange, approve, all, allow"):
        with pytest.raises(PolicyRefused):
            await office.pass_through_operator(remove=[remove])
    await office.pass_through_operator(remove=[LEADER_APPROVES])


async def test_what_was_safe_when_proposed_is_asked_again_when_applied(office: Office) -> None:
    await office.give("auditor", "administrator")
    key = await office.propose(remove=[LEADER_APPROVES])
    await office.decide(key)
    await office.give("auditor", "auditor")
    with pytest.raises(PolicyRefused):
        await office.apply(key)
    assert office.policies.epoch == 1
