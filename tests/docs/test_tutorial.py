"""The tutorial's reader types commands, makes edits, asks queries, and sees what the page says.

Beside the edits (see `edits`): ```` ```sh try ```` is typed into a shell, whose variables last;
```` ```sh serve ```` into another, and its last line runs until the next of its sort;
```` ```graphql by=ROLE ```` is asked of that server by whom `baoke token --role ROLE` chooses. `text` and
`json` behind them are what comes back; `…` stands for anything. The page in Chinese holds the same blocks
(test_readme).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.docs.edits import apply, target_of
from tests.docs.pages import ROOT, Block, blocks
from tests.docs.worlds import GAP, ID, fits

pytestmark = pytest.mark.no_cover

PAGE = ROOT / "docs" / "plugins" / "tutorial.md"
BAOKE = f'"{sys.executable}" -c "import server; server.main()" "$@"'
CHECKS = "descriptions messages imports grants denied inherited migrations handlers"
TESTS = "sqlite or a_purchase_grants"
PROGRAMS = {
    # Not the dear ones (mypy, attacks, bad input): tests/schema/conformance has them tried.
    "baoke": f"""if [ "$1 $2" = "plugin check" ]; then set -- "$@" {
        " ".join(f"--only {one}" for one in CHECKS.split())
    }; fi; exec {BAOKE}""",
    # Each test on SQLite; on PostgreSQL that of the statement which the tutorial adds.
    "pytest": f'exec "{sys.executable}" -P -m pytest -q -p no:cacheprovider -k "{TESTS}" "$@"',
    "pip": f'exec "{sys.executable}" -m tests.docs.installing "$@"',
}
"""What the reader's shell finds, made of this environment; nothing is installed into it."""
PATIENCE = 120.0  # seconds


@dataclass
class Reader:
    """In an empty folder, with Baoke installed. `close` stops the server."""

    folder: Path
    environment: dict[str, str]
    server: subprocess.Popen[bytes] | None = None
    answer: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    address: str = field(init=False)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.environment["BAOKE_PORT"] = str(port)

    def type(self, commands: str) -> str:
        """What commands print, a line of them after the other; the first that fails fails the test."""
        state = self.folder.parent / "state"
        typed = f"set -e\n{commands}\nexport -p > {state}"
        done = self._shell(typed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        printed, _ = done.communicate(timeout=600)
        assert done.returncode == 0, f"{commands}\n{printed.decode()}"
        told = subprocess.run(
            ["/bin/sh", "-c", f". {state}; env -0"], capture_output=True, check=True, env=self.environment
        )
        pairs = told.stdout.decode().rstrip("\0").split("\0")
        self.environment = dict(pair.split("=", 1) for pair in pairs)
        return printed.decode()

    def serve(self, commands: str) -> None:
        """Start the server, in place of the one that runs."""
        self.close()
        *before, last = commands.strip().splitlines()
        self.type("\n".join(before))
        self.server = self._shell(f"exec {last}", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.server.poll() is None:
            try:
                if httpx.get(f"{self.address}/readyz").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail("the server does not start")

    def ask(self, query: Block, variables: Any) -> Any:
        """The whole answer; an id such as `"cus_…"` is the first in the last answer that has one."""
        role = next(word.removeprefix("by=") for word in query.words if word.startswith("by="))
        if role not in self.tokens:
            self.tokens[role] = self.type(f"baoke token --role {role}").split()[-1]
        given = {name: self._known(value) for name, value in variables.items()}
        said = httpx.post(
            f"{self.address}/graphql",
            json={"query": query.text, "variables": given},
            headers={"authorization": f"Bearer {self.tokens[role]}"},
        )
        self.answer = said.text + self.answer
        return said.json()

    def _known(self, value: Any) -> Any:
        if not (isinstance(value, str) and value.endswith(GAP)):
            return value
        return next(m[0] for m in ID.finditer(self.answer) if m[0].startswith(value.removesuffix(GAP)))

    def _shell(self, commands: str, **streams: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["/bin/sh", "-c", commands], cwd=self.folder, env=self.environment, **streams)

    def close(self) -> None:
        """Stop the server, as Ctrl-C does."""
        if self.server is not None:
            self.server.terminate()
            self.server.wait(timeout=PATIENCE)
            self.server = None


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    folder, programs = tmp_path / "work", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    for name, line in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BAOKE_", "COV_"))}  # noqa: TID251
    path = os.pathsep.join((str(programs), kept["PATH"]))
    site = tmp_path / "site"
    places = os.pathsep.join((str(site), str(ROOT)))
    english = {"LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8"}
    own = {"PATH": path, "PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1", "SITE": str(site)}
    one = Reader(folder, kept | english | own)
    yield one
    one.close()


def following(found: tuple[Block, ...], place: int, language: str, *words: str) -> Block | None:
    """The block right behind, where it is of this sort."""
    after = found[place + 1] if place + 1 < len(found) else None
    return after if after and (after.language, after.words) == (language, words) else None


def test_the_tutorial_is_true(reader: Reader) -> None:
    found = blocks(PAGE)
    for place, block in enumerate(found):
        if target_of(block) is not None:
            apply(block, reader.folder)
        elif (block.language, block.words) == ("sh", ("serve",)):
            reader.serve(block.text)
        elif (block.language, block.words) == ("sh", ("try",)):
            printed, said = reader.type(block.text), following(found, place, "text")
            assert said is None or fits(said.text.strip(), printed.strip()), f"{block.place}\n{printed}"
        elif block.language == "graphql":
            given = following(found, place, "json", "variables")
            answer = reader.ask(block, json.loads(given.text) if given else {})
            said = following(found, place + (given is not None), "json")
            wanted = json.loads(said.text) if said else GAP
            told = json.dumps(answer, ensure_ascii=False, indent=2)
            assert fits(wanted, answer), f"{block.place}\n{told}"
            assert said is not None or "errors" not in answer, f"{block.place}\n{told}"


def test_every_block_does_something() -> None:
    """But for plain `sh`: what other tests try, or a later block of the page."""
    found = blocks(PAGE)
    idle = [
        block.place
        for block in found
        if block.language in {"python", "csv", "graphql"} and target_of(block) is None
        if not any(word.startswith("by=") for word in block.words)
    ]
    assert idle == []
