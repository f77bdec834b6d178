"""Processes of their own, to be killed: forked from one that has imported what takes seconds to import."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

Work = Callable[..., Coroutine[Any, Any, None]]
"""What is run: a function of a module. It is given something to call whenever a piece is done."""
PATIENCE = 60.0
"""Seconds until a piece must be done."""
WHAT_IS_RUN = ("tests.core.jobs.works", "tests.plugins.points.ledger.worker")
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([*WHAT_IS_RUN])


@dataclass
class Process:
    """One that runs."""

    process: BaseProcess
    ear: Connection

    async def works(self) -> bool:
        """Wait until another piece is done; False where it has ended, and nothing more comes."""
        assert await asyncio.to_thread(self.ear.poll, PATIENCE), "nothing is done"
        try:
            self.ear.recv()
        except EOFError:
            return False
        return True

    async def end(self, *, killed: bool = False) -> int | None:
        """Wait for its end, which is now if it is killed; its exit code."""
        if killed:
            self.process.kill()
        await asyncio.to_thread(self.process.join, PATIENCE)
        self.ear.close()
        return self.process.exitcode


def start(work: Work, *given: Any) -> Process:
    """Start a process; it has to be ended."""
    ear, mouth = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_run, args=(mouth, work, given), daemon=True)
    process.start()
    mouth.close()  # the other one's end shall be the only one
    return Process(process, ear)


def _run(mouth: Connection, work: Work, given: tuple[Any, ...]) -> None:
    asyncio.run(work(lambda: mouth.send(None), *given))
