"""Putting the policy lines that a plugin suggests in force: the operator's decision."""

from __future__ import annotations

from core.access.lines import read_line
from core.access.rules import Rule
from core.access.viewer import Viewer
from core.extension.declared import Declared
from core.policies.keeper import PolicyKeeper
from core.policies.models import PolicyVersion
from core.policies.service import PolicyService
from schema.plugin.describing import grants_of


async def adopt(
    keeper: PolicyKeeper, viewer: Viewer, declared: Declared, reason: str
) -> tuple[PolicyVersion | None, list[Rule], list[Rule]]:
    """The new version, None where all lines are in force; the lines that came, and those without a role."""
    await keeper.seed()
    await keeper.load()
    policy = keeper.policies.current
    lines = (read_line(line, declared.manifest.id) for line in grants_of(declared))
    wanted = [line for line in lines if isinstance(line, Rule) and line not in policy.rules]
    fresh = [rule for rule in wanted if rule.role in policy.roles]
    async with keeper.database.unit_of_work() as work:
        work.operation = "plugin adopt"
        version = await PolicyService(work, viewer, keeper).replace(policy.with_rules(fresh), reason)
    return version, fresh, [rule for rule in wanted if rule.role not in policy.roles]
