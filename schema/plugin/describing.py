"""What is told of an application's plugins."""

from __future__ import annotations

from core.access.files import lines_in
from core.access.lines import write_line
from core.access.rules import Policy, PolicyError, refuse
from core.errors import ConfigurationError
from core.extension.declared import Declared
from core.extension.plugins import Plugins
from core.text import Text
from schema.plugin.extending import provided
from schema.types.plugins import Described, PluginList

GRANTS = "grants.csv"
NOT_GRANTS = Text(
    "its suggested policy lines are in {name}; call the file {wanted}",
    "其建议的策略行位于 {name}；请将文件命名为 {wanted}",
)


def described(plugins: Plugins) -> PluginList:
    """Those that are on in order of loading, then those that failed."""
    on = [
        Described(
            one.manifest.id,
            one.manifest,
            tuple(f"{provision.sort.en} {provision.name}" for provision in provided(one)),
            tuple(grants_of(one)),
        )
        for one in plugins.on
    ]
    failed = [Described(one.id, one.manifest, error=one.error) for one in plugins.failed]
    return PluginList((*on, *failed))


def unadopted(plugins: PluginList, policy: Policy) -> list[str]:
    """The plugins that suggest policies of which not one is in force: nobody sees anything of them."""
    there = {rule.line for rule in policy.rules}
    return [one.id for one in plugins.all if one.grants and not there.intersection(one.grants)]


def grants_of(declared: Declared) -> list[str]:
    """The policy lines that a plugin suggests; PolicyError names each bad one."""
    path = declared["grants"]
    if path is None:
        return []
    if path.name != GRANTS:
        raise ConfigurationError(declared.manifest.id, NOT_GRANTS, name=path.name, wanted=GRANTS)
    faults: list[PolicyError] = []
    lines = [write_line(line) for _, line in lines_in(path, faults)]
    refuse(faults)
    return lines
