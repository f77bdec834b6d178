"""The demo company, its API over HTTP, and what a page does to it.

What a reader can follow, a test can run. On a page, in order:

- ```` ```graphql ```` is checked against the schema; with `as=ROLE` it is asked by the employee whom
  `baoke token --role ROLE` would choose, with `for=PURPOSE` under the header `Baoke-Purpose`;
- ```` ```json variables ```` behind it are its variables. An id such as `"cus_…"` is the first of its sort in
  the last answer of the page that has one, `"…"` the `endCursor` of the last answer;
- ```` ```json ```` behind it is its answer. `…` stands for any text, `"…"` for any value;
- ```` ```csv add ```` are lines of policies, valid beside those that are there; with `apply` they hold from
  there on, with `quoted` they stand in the files already;
- ```` ```diff apply ```` are lines to add (`+`) to the policies that Baoke comes with, and to remove (`-`);
  from there on these hold;
- ```` ```sh run ```` is typed into a shell, in a folder of the page; ```` ```text ```` behind it is printed,
  in the language of the page.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner

import server
from core.access.current import Policies
from core.access.rules import Policy, PolicyError, Vocabulary, refuse
from core.cli.token import holder_of
from core.clock import UTC, HeldClock
from core.db.migrate import migrate
from core.demo.load import load_demo
from core.demo.year.fill import Filling, YearPlan
from core.identity.tokens import sign_development_token
from core.ids import SeededIds
from core.policies.change import changed, misfits, read_change
from core.policies.keeper import PolicyKeeper
from core.policies.service import PolicyService
from core.runtime import open_database, operator, read_policies
from core.settings import Settings, load_settings
from schema import application
from tests.docs.pages import Block, language_of
from tests.docs.tables import POLICIES

NOW = dt.datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
GAP = "…"
ID = re.compile(r"\b([a-z]{3})_[0-9a-f]{32}\b")
END_CURSOR = re.compile(r'"endCursor":"([0-9a-f]+)"')


def settings_for(folder: Path, policies: Path = POLICIES) -> Settings:
    """Development settings of a database in this folder, whatever the environment says."""
    return load_settings(
        env="development",
        database_url=f"sqlite:///{folder / 'baoke.db'}",
        policies=policies,
        _env_file=None,
    )


async def make_demo(folder: Path) -> None:
    """A database with demo data."""
    settings = settings_for(folder)
    clock = HeldClock(NOW)
    database = open_database(settings, clock, SeededIds(7, clock))
    await migrate(database)
    await load_demo(database, settings)
    await database.close()


async def make_year(folder: Path) -> None:
    """A database as `baoke demo year --employees 40 --weeks 10` fills it."""
    settings, clock = settings_for(folder), HeldClock(NOW)
    database = open_database(settings, clock, SeededIds(1, clock))
    await migrate(database)
    catalogue = application.make_catalogue(application.make_schema())
    keeper = PolicyKeeper(database, Policies(read_policies(POLICIES, _words())), _words())
    await Filling(database, clock, settings, keeper, catalogue, YearPlan(employees=40, weeks=10)).run()
    await database.close()


def read_with(lines: str, folder: Path) -> tuple[Path, Policy]:
    """The policies with further lines, in a folder of their own; PolicyError where they can't be used."""
    shutil.copytree(POLICIES, folder, dirs_exist_ok=True)
    for line in lines.splitlines():
        name = "grants.csv" if line.startswith("p,") else "roles.csv"
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    return folder, read_policies(folder, _words())


def read_changed(lines: str) -> Policy:
    """The policies with lines `+ …` added and `- …` removed; PolicyError where these do not fit."""
    sides = {"+": list[str](), "-": list[str]()}
    for line in lines.splitlines():
        sides[line[0]].append(line[1:])
    faults: list[PolicyError] = []
    change = read_change(sides["+"], sides["-"], faults)
    policy = read_policies(POLICIES, _words())
    refuse([*faults, *misfits(policy, change)])
    return changed(policy, change)


def _words() -> Vocabulary:
    return application.vocabulary(application.make_catalogue(application.make_schema()))


@dataclass(frozen=True)
class Step:
    """A snippet with its variables and its answer."""

    snippet: Block
    variables: Any = None
    answer: Any = None


@dataclass(frozen=True)
class Typed:
    """Commands with what they print."""

    commands: Block
    output: str


def steps(found: tuple[Block, ...]) -> Iterator[Step | Typed | Block]:
    """What a page asks for, in order: what is asked, what is typed, and policies that hold from there on."""
    for i, block in enumerate(found):
        if block.language in {"csv", "diff"} and "apply" in block.words:
            yield block
        if block.language == "sh" and "run" in block.words:
            after = found[i + 1] if i + 1 < len(found) else block
            yield Typed(block, after.text if after.language == "text" else "")
        if block.language == "graphql" and block.role:
            variables = answer = None
            for after in found[i + 1 : i + 3]:
                if after.language != "json":
                    break
                if "variables" in after.words:
                    variables = json.loads(after.text)
                else:
                    answer = json.loads(after.text)
                    break
            yield Step(block, variables, answer)


@dataclass
class Company:
    """The demo company of one page. `close` it."""

    folder: Path
    app: application.Application = field(init=False)
    answers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open it under the policies that the product comes with."""
        settings, clock = settings_for(self.folder), HeldClock(NOW)
        database = open_database(settings, clock, SeededIds(8, clock))
        self.app = application.build(settings, database=database)

    async def _started(self) -> None:
        """The policies are in the database, as after a first start."""
        if not self.app.policies.epoch:
            await self.app.keeper.start()

    async def change_policies(self, lines: Block) -> None:
        """As by `baoke policies apply`, of a folder with these lines."""
        await self._started()
        if lines.language == "diff":
            policy = read_changed(lines.text)
        else:
            _, policy = read_with(lines.text, self.folder / "policies")
        async with self.app.database.unit_of_work() as work:
            await PolicyService(work, operator(), self.app.keeper).replace(policy, "as the page says")

    async def ask(self, step: Step) -> Any:
        """The whole answer over HTTP; what stays open in the variables comes from the last answer."""
        await self._started()
        role = step.snippet.role or ""
        holder = await holder_of(self.app.database, role)
        assert holder is not None, f"nobody holds {role}"
        token = sign_development_token(self.app.settings, self.app.database.clock, holder.subject, role)
        purpose = step.snippet.purpose
        declared = {"Baoke-Purpose": purpose} if purpose else {}
        transport = httpx.ASGITransport(application.make_web(self.app))
        async with httpx.AsyncClient(transport=transport, base_url="http://baoke") as client:
            answer = await client.post(
                "/graphql",
                json={"query": step.snippet.text, "variables": self._closed(step.variables)},
                headers={"Authorization": f"Bearer {token}", **declared},
            )
        self.answers.append(answer.text)
        await self.app.recorder.flush()
        return answer.json()

    async def type(self, typed: Typed) -> str:
        """What the commands print; the server then follows, as it does within seconds."""
        await self._started()
        language = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[language_of(typed.commands.page)]
        printed = await asyncio.to_thread(self._run, typed.commands.text, language)
        await self.app.keeper.load()
        return printed

    def _run(self, lines: str, language: str) -> str:
        settings = {"ENV": "development", "DATABASE_URL": self.app.settings.database_url}
        environment = {f"BAOKE_{name}": value for name, value in settings.items()} | {"LC_ALL": language}
        printed = ""
        with contextlib.chdir(self.folder):
            for line in lines.splitlines():
                words = shlex.split(line)
                if words[0] == "baoke":
                    printed += CliRunner().invoke(server.command(), words[1:], env=environment).output
                else:
                    ran = subprocess.run(["/bin/sh", "-c", line], check=True, capture_output=True, text=True)
                    printed += ran.stdout
        return printed

    def _closed(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._closed(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._closed(one) for one in value]
        if value == GAP:
            return END_CURSOR.search(self.answers[-1])[1]  # type: ignore[index]
        if isinstance(value, str) and value.endswith(f"_{GAP}"):
            told = (m for answer in reversed(self.answers) for m in ID.finditer(answer))
            return next(m[0] for m in told if m[1] == value[:3])
        return value

    async def close(self) -> None:
        """Give the connections back."""
        await self.app.database.close()


def fits(written: Any, found: Any) -> bool:
    """Whether an answer is the written one, its gaps filled."""
    if written == GAP:
        return True
    if isinstance(written, str):
        pattern = ".*".join(map(re.escape, written.split(GAP)))
        return isinstance(found, str) and re.fullmatch(pattern, found, re.DOTALL) is not None
    if isinstance(written, dict):
        same = isinstance(found, dict) and list(written) == list(found)
        return same and all(fits(one, found[name]) for name, one in written.items())
    if isinstance(written, list):
        same = isinstance(found, list) and len(written) == len(found)
        return same and all(map(fits, written, found))
    return type(written) is type(found) and bool(written == found)
