"""The product with a plugin of straw, planted once a session on each database."""

import asyncio
import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.access.rules import Policy, Role, Rule
from core.clock import UTC, HeldClock
from core.db.database import Database
from core.db.sealing import development_sealer
from core.text import Text
from schema.application import build
from schema.kit.planting import Garden, Seat
from schema.kit.stage import ReplayedIds, Stage
from tests.core.world import policy
from tests.databases import migrated
from tests.postgres import PostgresServer
from tests.schema.plugin import LARGE, LOYALTY
from tests.schema.straw import make_tables
from tests.schema.world import settings

NOW = dt.datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ROLES = tuple(sorted(set(policy().roles) - {"everyone"}))
DRAWN = tuple(f"drawn_{i}" for i in range(16))
"""Roles with rules that nobody would write."""
RELATIONS = ("own", "team", "department", "all")


@dataclass
class Theatre:
    """Stages by database, made when first asked for, and a loop to run them in."""

    runner: asyncio.Runner
    addresses: dict[str, Callable[[], str]]
    stages: dict[str, Stage]

    def stage(self, name: str) -> Stage:
        if name not in self.stages:
            self.stages[name] = self.runner.run(_set_up(self.addresses[name]()))
        return self.stages[name]


async def _set_up(url: str) -> Stage:
    ids = ReplayedIds()
    database = Database(url, clock=HeldClock(NOW), ids=ids, sealer=development_sealer(), pool=2)
    app = build(settings(), plugins=LOYALTY, extensions=[LARGE], database=database)
    await make_tables(database)
    stage = Stage(app, Garden(app.schema, Seat(roles=(*ROLES, *DRAWN))), ids)
    await stage.plant()
    return stage


@pytest.fixture(scope="session")
def theatre(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    name = f"kit_{uuid.uuid4().hex}"  # noqa: TID251  # a name that no other worker takes

    def sqlite() -> str:
        path: Path = tmp_path_factory.mktemp("kit") / "kit.db"
        asyncio.run(migrated(f"sqlite:///{path}"))
        return f"sqlite:///{path}"

    def on_server() -> str:
        postgres.create_database(name)
        asyncio.run(migrated(postgres.dsn(name)))
        return postgres.dsn(name)

    with asyncio.Runner() as runner:
        made = Theatre(runner, {"sqlite": sqlite, "postgres": on_server}, {})
        yield made
        for stage in made.stages.values():
            runner.run(stage.app.database.close())
    if "postgres" in made.stages:
        postgres.drop_database(name)


def drawn_policy(stage: Stage, seed: int) -> Policy:
    """Rules that nobody would write; the leaders keep theirs, and nothing is everybody's."""
    draw, catalogue = random.Random(seed), stage.app.catalogue  # noqa: S311
    fields = sorted((t, f) for (t, f), c in catalogue.fields.items() if c != "public")
    classes = sorted(set(catalogue.fields.values()) - {"public"})
    kept = policy().rules_of(["leader"])
    rules = [Rule("leader", r.object, r.act, r.relation, r.effect) for r in kept]
    for role in DRAWN:
        for name in stage.garden.rows:
            relations = draw.sample(RELATIONS, k=draw.choice((0, 1, 1, 2)))
            rules += [Rule(role, f"type:{name}", "read", relation, "allow") for relation in relations]
        for act in ("create", "update", "record", "assign"):
            rules += [
                Rule(role, f"type:{name}", act, draw.choice(RELATIONS), "allow") for name in stage.garden.rows
            ]
        for _ in range(draw.randint(4, 14)):
            among = [f"class:{draw.choice(classes)}"] * 3
            among.append("field:{}.{}".format(*draw.choice(fields)))
            act = draw.choice(("show", "show", "mask", "write", "write"))
            effect = draw.choice(("allow", "allow", "allow", "deny"))
            rules.append(Rule(role, draw.choice(among), act, draw.choice(RELATIONS), effect))
    roles = {name: Role(name, Text(name, name)) for name in ("everyone", "leader", *DRAWN)}
    return Policy(tuple(dict.fromkeys(rules)), roles, {}, policy().model)
