"""All checks, in order."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack
from pathlib import Path

from core.text import Text
from schema.conformance import attacks, declared, granting, mutating, queries, sources, tables, working
from schema.conformance.outcome import Check, Outcome, Skipped, State
from schema.conformance.stand import Stand, standing
from schema.conformance.subject import Subject
from schema.kit.watch import hearing
from schema.testing.databases import NO_POSTGRESQL, SYSTEMS, open_server

NOT_FILLED = Text("its tables can't be filled with made-up rows: see above", "无法填入虚构数据：见上文")

CHECKS: tuple[Check, ...] = (
    *declared.CHECKS,
    *sources.CHECKS,
    *granting.CHECKS,
    *tables.CHECKS,
    *queries.CHECKS,
    *attacks.CHECKS,
    *mutating.CHECKS,
    *working.CHECKS,
)


async def run(
    subject: Subject, only: Collection[str] = (), systems: Collection[str] = SYSTEMS
) -> AsyncIterator[Outcome]:
    """What came of each check; `only`: those with these names. Those that try it, once for each system."""
    wanted = [check for check in CHECKS if not only or check.name in only]
    for check in wanted:
        if check.looks is not None:
            yield _looked(check, subject)
    trying = [check for check in wanted if check.tries is not None]
    for system in systems if trying else ():
        async with AsyncExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            server = stack.enter_context(open_server(system, Path(folder)))
            if server is None:
                for check in trying:
                    yield Outcome(check, State.SKIPPED, system=system, why=NO_POSTGRESQL)
                continue
            try:
                stand = await stack.enter_async_context(standing(subject, system, server))
            except Exception as error:  # noqa: BLE001  # its migrations fail, or its tables take no made-up rows
                for place, check in enumerate(trying):
                    said = () if place else (_told(error),)
                    state = State.FAILED if said else State.SKIPPED
                    yield Outcome(check, state, said, system, None if said else NOT_FILLED)
                continue
            for check in trying:
                yield await _tried(check, stand)


def _looked(check: Check, subject: Subject) -> Outcome:
    assert check.looks is not None  # noqa: S101  # as was asked
    places: list[str] = []
    try:
        places.extend(check.looks(subject))
    except Skipped as skipped:
        return Outcome(check, State.SKIPPED, skipped.places, why=skipped.why)
    except Exception as error:  # noqa: BLE001  # a check that breaks has found something
        places.append(_told(error))
    return _judged(check, places)


async def _tried(check: Check, stand: Stand) -> Outcome:
    assert check.tries is not None  # noqa: S101
    places: list[str] = []
    try:
        with hearing():  # what is logged meanwhile is no part of the report
            async for place in check.tries(stand):
                places.append(place)  # noqa: PERF401  # what was found before it broke counts
    except Skipped as skipped:
        return Outcome(check, State.SKIPPED, skipped.places, stand.system, skipped.why)
    except Exception as error:  # noqa: BLE001
        places.append(_told(error))
    return _judged(check, places, stand.system)


def _judged(check: Check, places: list[str], system: str = "") -> Outcome:
    wrong = State.FAILED if check.serious else State.WARNED
    return Outcome(check, wrong if places else State.OK, tuple(dict.fromkeys(places)), system=system)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]
