"""Tables of the documentation that are made from the code.

A page holds a table between `<!-- table: NAME -->` and `<!-- end -->`. `python -m tests.docs.tables` writes
all of them anew; a test finds the ones that are out of date.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType

import core
import schema
from core.access.cells import ALL_CELLS, BITS, Cells
from core.access.files import read_policy
from core.access.plan import MASKED, SHOWN, AccessPlan, Catalogue
from core.access.rules import EVERYONE, Policy
from core.db.sensitivity import CORE_CLASSES
from core.errors import BaokeError, ConfigurationError, Expected
from core.permissions import CORE_PERMISSIONS
from core.published import CORE_EVENTS
from core.scheduled import CORE_JOBS
from core.text import Language
from plugins.points.settings import PointsSettings
from schema import application
from schema.http.errors import status_of
from tests.docs import excerpts
from tests.docs.markdown import in_words, table
from tests.docs.pages import ROOT, language_of, pages
from tests.docs.plugin_tables import errors_of, hooks, suggested
from tests.docs.setting_tables import limits, settings

MARK = re.compile(r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
ORIGINS = ("core.", "schema.", "server")
POLICIES = ROOT / "policies"


def import_all(package: ModuleType) -> None:
    """Import every module below a package, so that everything it declares is known."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in found.name:
            importlib.import_module(found.name)


def catalog() -> dict[str, type[BaokeError]]:
    """Every code of the product; those that tests declare are left out."""
    for package in (core, schema):
        import_all(package)
    return {
        code: kind
        for code, kind in sorted(BaokeError.catalog.items())
        if f"{kind.__module__}.".startswith(ORIGINS)
    }


@lru_cache
def policy() -> Policy:
    """The policies that the product comes with."""
    return read_policy(POLICIES)


@lru_cache
def catalogue() -> Catalogue:
    """What access is decided about."""
    return application.make_catalogue(application.make_schema())


@lru_cache
def plan(role: str) -> AccessPlan:
    """The plan of a role."""
    return AccessPlan(catalogue(), policy().rules_of((role,)))


# -- errors
def errors(*kinds: Callable[[type[BaokeError]], bool]) -> str:
    """Codes of errors for which the condition holds."""
    rows = []
    for code, kind in catalog().items():
        if all(holds(kind) for holds in kinds):
            by_http = not (is_outcome(kind) or is_configuration(kind))
            status = str(status_of(kind.__new__(kind))) if by_http else ""
            about = in_words((kind.__doc__ or "").strip().splitlines()[0])
            rows.append([f"`{code}`", status, about, kind.text.en, kind.text.zh])
    header = ["code", "status", "when", "message", "消息"]
    if not any(row[1] for row in rows):
        header.pop(1)
        rows = [[code, *rest] for code, _, *rest in rows]
    return table(header, [[c.replace("{{", "{").replace("}}", "}") for c in row] for row in rows])


def is_configuration(kind: type[BaokeError]) -> bool:
    """What keeps the product from starting, or a command from running."""
    return issubclass(kind, ConfigurationError)


def is_outcome(kind: type[BaokeError]) -> bool:
    """Members of a mutation's result union."""
    return issubclass(kind, Expected)


# -- permissions
def relations_of(cells: Cells, possible: Cells) -> str:
    """Cells in words: `all`, or the relations that they come from."""
    if cells >= possible:
        return "all"
    return ", ".join(name for name, bit in BITS.items() if bit in cells)


def roles() -> list[str]:
    """The declared roles, in the order of the file."""
    return [role for role in policy().roles if role != EVERYONE]


def permissions() -> str:
    """Every act that code asks for, and who may."""
    rows = []
    for one in CORE_PERMISSIONS:
        who = []
        for role in roles():
            cells = plan(role).cells(one.type, one.act)
            if cells:
                words = relations_of(cells, catalogue().relations.possible(one.type))
                who.append(f"{role} ({words})")
        rows.append([f"`type:{one.type}`", f"`{one.act}`", one.about.en, one.about.zh, ", ".join(who)])
    return table(("object", "act", "may", "可以", "who, in which relation"), rows)


def classes() -> str:
    """Every sensitivity class, and the fields that carry it."""
    found: dict[str, list[str]] = defaultdict(list)
    for (type_name, field), name in catalogue().fields.items():
        found[name].append(f"{type_name}.{field}")
    rows = [
        [
            f"`{c.name}`",
            c.about.en,
            c.about.zh,
            fields_in_words(found[c.name]) if c.name != "public" else "the rest",
        ]
        for c in CORE_CLASSES
    ]
    return table(("class", "what", "说明", "fields"), rows)


def fields_in_words(names: list[str]) -> str:
    """`Customer: phone, email; Employee: phone`."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for name in names:
        type_name, field = name.split(".")
        by_type[type_name].append(field)
    return "; ".join(f"{type_name}: {', '.join(fields)}" for type_name, fields in by_type.items())


def role_sentences() -> dict[str, str]:
    """What a role does: the comment above its first line in grants.csv."""
    found: dict[str, str] = {}
    comment = ""
    for line in (POLICIES / "grants.csv").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            comment = line.removeprefix("# ")
        elif line.startswith("p,"):
            found.setdefault(line.split(",")[1].strip(), comment)
    return found


def role_table() -> str:
    """Every role: its names, what it inherits, what it does."""
    sentences = role_sentences()
    rows = []
    for name in roles():
        title = policy().roles[name].title
        above = ", ".join(f"`{a}`" for a in sorted(policy().inherits.get(name, ())))
        rows.append([f"`{name}`", title.en, title.zh, above, sentences[name]])
    return table(("role", "title", "名称", "also has", "in a sentence"), rows)


def customer_matrix() -> str:
    """What each role sees of a customer, by class and relation."""
    names = [c.name for c in CORE_CLASSES if c.name not in {"public", "internal", "assessment", "audit"}]
    example = {
        name: next(k for k, c in catalogue().fields.items() if k[0] == "Customer" and c == name)
        for name in names
    }
    rows = []
    for role in roles():
        reach = plan(role).rows("Customer")
        cells = [relations_of(reach, ALL_CELLS) or "none"]
        cells += [effects_in_words(plan(role).effects(*example[name]), reach) for name in names]
        rows.append([f"`{role}`", *cells])
    return table(("role", "customers", *names), rows)


def effects_in_words(effects: tuple[str, ...], reach: Cells) -> str:
    """`shown: own, team; masked: department`; what is not named is hidden."""
    parts = []
    for effect, word in ((SHOWN, "shown"), (MASKED, "masked")):
        cells = frozenset(c for c in reach if effects[c] == effect)
        if cells == reach and cells:
            return word
        if cells:
            parts.append(f"{word}: {relations_of_effect(effects, reach, effect)}")
    return "; ".join(parts) or "hidden"


def relations_of_effect(effects: tuple[str, ...], reach: Cells, effect: str) -> str:
    """The relations each of which alone brings the effect."""
    alone = [name for name, bit in BITS.items() if bit in reach and effects[bit] == effect]
    return ", ".join(alone + (["other"] if 0 in reach and effects[0] == effect else []))


def events() -> str:
    """Every event of the core, and what it carries."""
    rows = []
    for kind in CORE_EVENTS:
        fields = ", ".join(f"`{name}`" for name in kind.model_fields)
        rows.append([f"`{kind.event_name}`", str(kind.event_version), (kind.__doc__ or "").strip(), fields])
    return table(("event", "version", "when", "what it carries"), rows)


def jobs() -> str:
    """Every job of the core, and when it comes."""
    rows = [[f"`{one.name}`", f"`{one.every}`", one.about.en, one.about.zh] for one in CORE_JOBS]
    return table(("job", "when", "what", "内容"), rows)


ENGLISH: dict[str, Callable[[], str]] = {
    "events": events,
    "jobs": jobs,
    "settings": settings,
    "limits": limits,
    "errors-request": lambda: errors(lambda k: not is_outcome(k) and not is_configuration(k)),
    "errors-outcome": lambda: errors(is_outcome),
    "errors-configuration": lambda: errors(is_configuration),
    "permissions": permissions,
    "classes": classes,
    "roles": role_table,
    "customer-matrix": customer_matrix,
}
"""On pages that are there in English alone: some have columns in Chinese."""
BOTH: dict[str, Callable[[Language], str]] = {
    "hooks": hooks,
    "points-settings": lambda language: settings(PointsSettings, "BAOKE_POINTS", language),
    "points-errors": lambda language: errors_of("plugins.points.errors", language),
    "points-permissions": suggested,
}


def filled(text: str, language: Language) -> str:
    """A page with its tables as they should be."""

    def made(name: str) -> str:
        return BOTH[name](language) if name in BOTH else ENGLISH[name]()

    return MARK.sub(lambda m: f"{m[1]}\n{made(m[2])}\n{m[3]}", text)


def main() -> None:
    """Write all tables and excerpts anew."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        made = excerpts.filled(filled(text, language_of(page)))
        if made != text:
            page.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
