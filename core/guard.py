"""Refuses to run beside a distribution that owns one of our top-level names.

The packages of this application have plain names. Were the distribution `schema` installed beside it,
the import path would decide which `schema` the program gets; so that is checked, not left to chance.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import packages_distributions

DISTRIBUTION = "baoke"
NAMES = ("core", "plugins", "policies", "schema", "server")


class NameClash(RuntimeError):
    """Another distribution owns one of our top-level names."""


def clashes(owners: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The other distributions that own one of our names, by name."""
    others = {name: sorted(set(owners.get(name, ())) - {DISTRIBUTION}) for name in NAMES}
    return {name: found for name, found in others.items() if found}


def check(owners: Mapping[str, Sequence[str]] | None = None) -> None:
    """Raise `NameClash` where the environment (or the given map of names to owners) has a clash."""
    found = clashes(packages_distributions() if owners is None else owners)
    if not found:
        return
    lines = "\n".join(f"  {name}: also in {', '.join(by)}" for name, by in found.items())
    strangers = " ".join(sorted({stranger for by in found.values() for stranger in by}))
    raise NameClash(
        f"Another installed distribution owns a top-level name of Baoke:\n{lines}\n"
        f"Remedy: `{sys.executable} -m pip uninstall {strangers}`, "
        "or run Baoke in an environment of its own (`make setup`).",
    )


def main() -> None:
    """Check this environment: `python -m core.guard`."""
    try:
        check()
    except NameClash as clash:
        sys.exit(str(clash))


if __name__ == "__main__":
    main()
