"""Two applications over the same rows, one a database, and the people who ask them."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from core.access.circumstances import resolved
from core.access.plan import AccessPlan
from core.access.purposes import NECESSARY, Purpose
from core.access.rules import READ, Policy, Role, Rule
from core.access.viewer import Viewer
from core.clock import HeldClock
from core.db.database import Database
from core.db.migrate import migrate
from core.db.sealing import development_sealer
from core.errors import RequestError
from core.ids import SeededIds
from core.settings import Settings
from core.text import Text
from schema.application import Application, build, make_schema
from schema.compiler.engine import body
from schema.vocabulary.schema import Schema
from tests.core.world import policy
from tests.schema.plugin import LARGE, LOYALTY
from tests.schema.rows import START, Row, Rows, load
from tests.schema.straw import make_tables

T = TypeVar("T")
NOTHING = frozenset[str]()


@lru_cache
def schema() -> Schema:
    """With a plugin of straw; making it takes longer than all the rest of an application."""
    return make_schema(LOYALTY, [LARGE])


def settings(**overrides: Any) -> Settings:
    """Limits so wide that generated operations stay within them."""
    wide = {
        "max_aliases": 500,
        "max_repeats": 100,
        "max_depth": 30,
        "max_tokens": 20_000,
        "max_directives": 500,
        "max_cost": 2**62,
    }
    return Settings(env="development", _env_file=None, **{**wide, **overrides})


def open_database(url: str) -> Database:
    """A database whose clock stands."""
    clock = HeldClock(START)
    return Database(url, clock=clock, ids=SeededIds(1, clock), sealer=development_sealer(), pool=2)


async def fill(url: str, rows: Rows) -> None:
    """Migrate a database and load the rows."""
    database = open_database(url)
    await migrate(database)
    await make_tables(database)
    await load(database, rows)
    await database.close()


@dataclass(frozen=True)
class Asked:
    """What came back: the whole body, or the code of the refusal. `told`: what the audit heard."""

    body: bytes | None
    code: str | None = None
    told: frozenset[tuple[str, UUID | None]] = frozenset()


class Heard:
    """Stands for the audit: keeps what it is told, each field with each customer, or with none."""

    full = False

    def __init__(self) -> None:
        self.told: set[tuple[str, UUID | None]] = set()
        self.refused: list[tuple[str, str | None]] = []

    def note_read(self, _viewer: Viewer, _operation: str, fields: Any, customers: Any) -> None:
        keys = [UUID(hex=key.decode()) for key in customers]
        self.told |= {(field, key) for field in fields for key in keys} | (
            set() if keys else {(field, None) for field in fields}
        )

    def note_refusal(self, _viewer: Viewer, _operation: str, code: str, field: str | None) -> None:
        self.refused.append((code, field))

    async def write_now(
        self, viewer: Viewer, _kind: Any, operation: str, fields: Any, customers: Any
    ) -> None:
        self.note_read(viewer, operation, fields, customers)

    async def flush(self) -> None:
        pass


class World:
    """The rows, an application on each database, and a loop to run them in."""

    def __init__(self, urls: Mapping[str, str], rows: Rows, **overrides: Any) -> None:
        self.rows, self.runner = rows, asyncio.Runner()
        given = settings(**overrides)
        self.apps: dict[str, Application] = {
            name: build(given, plugins=LOYALTY, schema=schema(), database=open_database(url))
            for name, url in urls.items()
        }
        self.app = next(iter(self.apps.values()))

    def run(self, what: Awaitable[T]) -> T:
        """Wait for it."""

        async def wait() -> T:
            return await what

        return self.runner.run(wait())

    def close(self) -> None:
        """Give everything back."""
        for app in self.apps.values():
            self.run(app.database.close())
        self.runner.close()

    # -- who asks
    def viewer(
        self,
        roles: Sequence[str],
        employee: int | None = 0,
        of: Policy | None = None,
        purpose: Purpose | None = None,
        held: frozenset[str] = NOTHING,
    ) -> Viewer:
        """An employee by number (None: a stranger) in these roles, under a policy or the shipped one."""
        rules = resolved((of or shipped()).rules_of(roles), held)
        by_consent = purpose is not None and purpose not in NECESSARY
        found: Row | None = None if employee is None else self.rows["Employee"][employee]
        departments = departments_below(self.rows["Department"], found["department_id"]) if found else ()
        return Viewer(
            "somebody",
            found["id"] if found else None,
            tuple(d["id"] for d in departments),
            tuple(roles),
            AccessPlan(self.app.catalogue.by_consent if by_consent else self.app.catalogue, rules),
            # Half of them are read for as those who are related to few: the answers must be the same.
            narrow=frozenset({"Customer"} if employee and employee % 2 else ()),
            purpose=purpose,
            held=held,
        )

    # -- asking
    def ask(
        self,
        app: Application,
        text: str,
        variables: Mapping[str, Any] | None,
        viewer: Viewer,
        *,
        interpret: bool = False,
    ) -> Asked:
        """One way of answering a query."""
        heard = app.engine.audit = Heard()
        try:
            document = app.engine.documents.get(text, None)
            answer = self.run(app.engine.query(document, variables, viewer, interpret=interpret))
        except RequestError as error:
            return Asked(None, error.code)
        return Asked(body(answer), told=frozenset(heard.told))

    def every_way(
        self, text: str, variables: Mapping[str, Any] | None, viewer: Viewer
    ) -> dict[tuple[str, str], Asked]:
        """Compiled and interpreted, on each database."""
        return {
            (name, way): self.ask(app, text, variables, viewer, interpret=way == "interpreted")
            for name, app in self.apps.items()
            for way in ("compiled", "interpreted")
        }


def departments_below(departments: Sequence[Row], top: Any) -> list[Row]:
    """A department and all below it."""
    found = [d for d in departments if d["id"] == top]
    for one in found:
        found += [d for d in departments if d["parent_id"] == one["id"] and d not in found]
    return found


@lru_cache
def shipped() -> Policy:
    """The policy that the product comes with; who reads purchases reads the plugin's rows below customers."""
    known = policy()
    more = [
        replace(rule, object="type:LoyaltyEntry") for rule in known.rules if rule.object == "type:Purchase"
    ]
    more.append(Rule("everyone", "type:LoyaltyReward", READ, "all", "allow"))
    return replace(known, rules=(*known.rules, *more))


def policy_of(rules: Sequence[Rule]) -> Policy:
    """These rules, for the roles that they name, under the shipped model."""
    names = {rule.role for rule in rules} | {"a", "b", "everyone"}
    return Policy(
        tuple(rules), {n: Role(n, Text(n, n)) for n in names}, {"b": frozenset({"a"})}, policy().model
    )
