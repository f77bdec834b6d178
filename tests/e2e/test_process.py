"""The promise of the README: one command, and a stranger has an answer (PRM-11)."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import httpx
import pytest

from core.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds, demo data included
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
TOKEN = re.compile(r"^[\w-]+\.[\w-]+\.[\w-]+$", re.MULTILINE)
QUERY = "{ me { name } customers(first: 3) { totalCount nodes { name phone } } }"


async def until_ready(process: asyncio.subprocess.Process) -> str:
    """What is printed until the queries to try."""
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(PATIENCE):
        while "queries" not in said:
            line = (await process.stdout.readline()).decode()
            assert line, said
            said += line
    return said


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM to be told by")
async def test_a_server_is_started_asked_and_stopped(tmp_path: Path) -> None:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("BAOKE_")}  # noqa: TID251
    ours = {"PYTHONPATH": str(ROOT), "BAOKE_ENV": "development", "BAOKE_PORT": "0", "LANG": "C.UTF-8"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import server; server.main()",
        "serve",
        cwd=tmp_path,
        env={**inherited, **ours},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said = await until_ready(process)
        address, tokens = ADDRESS.search(said), TOKEN.findall(said)
        assert address is not None
        assert len(tokens) == len(Settings(env="development", _env_file=None).sample_roles.split(","))
        async with httpx.AsyncClient(base_url=address[0], trust_env=False, timeout=30) as client:
            assert (await client.get("/readyz")).status_code == 200
            for token in tokens:
                headers = {"authorization": f"Bearer {token}"}
                data = (await client.post("/graphql", json={"query": QUERY}, headers=headers)).json()["data"]
                assert data["me"]["name"]
                assert data["customers"]["nodes"]
            assert (await client.post("/graphql", json={"query": QUERY})).status_code == 401
        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode in (0, -signal.SIGTERM)
    assert b"Traceback" not in errors
