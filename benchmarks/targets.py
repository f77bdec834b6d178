"""The servers that are measured: how each is started, asked, checked against the others and watched."""

from __future__ import annotations

import asyncio
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import sqlalchemy as sa

from benchmarks.install import PEERS, ROOT, node
from benchmarks.load import settings_for
from benchmarks.queries import DIALECTS, Dialect, Differs, data_of, same
from benchmarks.rows import LEADER, MANAGER, SEED
from core.clock import SystemClock
from core.customers.models import Customer
from core.identity.tokens import sign_development_token
from core.organization.models import Employee
from core.runtime import open_database

HOST, POOL, PATIENCE, SAMPLES = "127.0.0.1", "10", 60.0, 20
FLOOR, POSTGRAPHILE, MERCURIUS, NAIVE = "floor+", "postgraphile", "mercurius", "naive"
OURS, SCOPED = "ours leader", "ours manager"
OUR_SERVER = ("-c", "from server import main; main()", "serve")
# Hidden from an account manager outside their own and their teams' customers, or shown masked.
REDACTED = {SCOPED: ("birthday", "phone", "email")}


@dataclass(frozen=True)
class Target:
    """A server as one caller asks it. `customers`: those whose ids go into bodies."""

    name: str
    url: str
    dialect: Dialect
    process: subprocess.Popen[bytes]
    customers: Sequence[UUID]
    token: str = ""
    own: Sequence[UUID] = ()
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=PATIENCE, trust_env=False))

    def bodies(self, query: str) -> list[bytes]:
        """The requests; one who may record purchases of their own customers alone is asked for these."""
        return self.dialect.bodies(query, self.own if query == "Q4" and self.own else self.customers)

    def ask(self, body: bytes) -> bytes:
        """The answer to one request."""
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        return self.client.post(self.url, content=body, headers=headers).content


@contextmanager
def targets(work: Path, url: str, wanted: Sequence[str], plugins: str = "") -> Iterator[list[Target]]:
    """The wanted servers, started one after the other and stopped in the end. `plugins`: of ours."""
    customers, own, subjects = asyncio.run(_people(url))
    with ExitStack() as stack:

        def start(name: str, argv: Sequence[str | Path], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
            log = stack.enter_context((work / f"{name}.log").open("wb"))
            process = subprocess.Popen(  # noqa: S603 our own servers
                list(map(str, argv)), cwd=work, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
            stack.callback(_stop, process)
            return process

        made: list[Target] = []
        if any(name.startswith("ours") for name in wanted):
            port = free_port()
            env = {"BAOKE_ENV": "development", "BAOKE_DATABASE_URL": url, "BAOKE_PORT": str(port)}
            env |= {"BAOKE_PLUGINS": plugins, "PYTHONPATH": str(ROOT)}
            process = start("ours", [sys.executable, *OUR_SERVER], env)
            for name, (number, role) in {
                OURS: (LEADER, "leader"),
                SCOPED: (MANAGER, "account_manager"),
            }.items():
                if name in wanted:
                    token = sign_development_token(settings_for(url), SystemClock(), subjects[number], role)
                    address, mine = f"http://{HOST}:{port}/graphql", own if name == SCOPED else ()
                    made.append(Target(name, address, DIALECTS["ours"], process, customers, token, mine))
        programs: dict[str, tuple[str, tuple[str | Path, ...]]] = {
            FLOOR: ("plain", (sys.executable, PEERS.parent / "floor.py")),
            NAIVE: ("plain", (sys.executable, PEERS / "naive.py")),
            POSTGRAPHILE: (POSTGRAPHILE, (node(work), work / "peers" / "postgraphile.mjs")),
            MERCURIUS: ("plain", (node(work), work / "peers" / "mercurius.mjs")),
        }
        for name, (dialect, program) in programs.items():
            if name in wanted:
                port = free_port()
                argv = [*program, url, str(port), POOL]
                process = start(name, argv, {"NODE_ENV": "production", "GRAPHILE_ENV": "production"})
                made.append(
                    Target(name, f"http://{HOST}:{port}/graphql", DIALECTS[dialect], process, customers)
                )
        for target in made:
            _wait(target)
        yield made


def check(found: Sequence[Target], queries: Sequence[str]) -> None:
    """Differs unless all servers give the same content to the same requests."""
    for query in queries:
        chance = random.Random(SEED + 1)
        for _ in range(SAMPLES):
            state, reference = chance.getstate(), None
            for target in found:
                chance.setstate(state)
                of = target.own if query == "Q4" and target.own else target.customers
                answer = data_of(target.ask(target.dialect.body(query, of, chance)))
                reference = answer if reference is None else reference
                if not same(answer, reference, REDACTED.get(target.name, ())):
                    raise Differs(
                        f"{query}: {target.name} says {answer!s:.500}, {found[0].name} {reference!s:.500}"
                    )
    print(f"{len(found)} servers agree on {', '.join(queries)}", flush=True)


async def _people(url: str) -> tuple[list[UUID], list[UUID], dict[str, str]]:
    """All customers, those of the account manager, and the subjects of employees by staff number."""
    database = open_database(settings_for(url))
    try:
        async with database.unit_of_work() as work:
            keys = sa.select(Customer.id).order_by(Customer.id)
            manager = sa.select(Employee.id).where(Employee.staff_number == MANAGER).scalar_subquery()
            everyone = list(await work.session.scalars(keys))
            own = list(await work.session.scalars(keys.where(Customer.owner_id == manager)))
            found = await work.session.execute(sa.select(Employee.staff_number, Employee.subject))
            return everyone, own, dict(found.tuples().all())
    finally:
        await database.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(target: Target) -> None:
    body = target.dialect.body("Q1", target.customers, random.Random(SEED))
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            data_of(target.ask(body))
        except httpx.TransportError:
            if target.process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
