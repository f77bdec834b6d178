"""`baoke audit`: check its chains, erase what records hold of somebody (BEY-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
import typer

from core.access.reasons import explained
from core.audit.erasure import erase_customer, erase_record
from core.audit.models import AuditChain, AuditRecord
from core.audit.verifying.findings import Finding, Report
from core.audit.verifying.service import verify as look
from core.cli.frame import Frame, frame_of, run
from core.customers.models import Customer
from core.db.database import Database, UnitOfWork
from core.db.model import Model
from core.errors import BadUserInput, InvalidInput, NotFound
from core.ids import global_id, key_of
from core.settings import Settings, load_settings
from core.text import Count, Text

app = typer.Typer(help="The audit: who read what of whom, who did what.")

FOUND = Text(
    "{chain} number {number}, {record}, {at}: {fault}", "{chain} 第 {number} 条，{record}，{at}：{fault}"
)
NOTHING, OPERATION = "—", "audit erase"
END = Text("{chain} from {at} ends at {number}: {link}", "{chain} 始于 {at}，末端第 {number} 条：{link}")
SOUND = Text(
    "{records:record|records} in {chains:chain|chains}, {unlinked} not in a chain yet: nothing was altered, "
    "removed or inserted",
    "{chains} 条链共 {records} 条记录，另有 {unlinked} 条待入链：未发现改动、删除或插入",
)
WRONG = Text(
    "{findings:fault|faults} in {records:record|records}; the first one above is where to begin",
    "{records} 条记录中发现 {findings} 处问题；请从最上面一处查起",
)
WHICH = Text("name a customer or records, one of them", "请指定客户或记录，二者其一")
ERASED = Text("content of {records:record|records} erased", "已清除 {records} 条记录的内容")
CUSTOMER = Text("customer", "客户")
REASON = Text("say why; nothing about a person, for it stays", "请说明原因；勿含个人信息，因其会保留")


@app.callback()
def start() -> None:
    """The audit: who read what of whom, who did what."""


@app.command()
def verify(
    context: typer.Context,
    ends: Annotated[bool, typer.Option("--ends", help="Print where each chain ends.")] = False,  # noqa: FBT002
) -> None:
    """Walk over all chains: a line for each fault, the first one first; exit code 1 where there is one."""
    frame, settings = frame_of(context), load_settings()
    report = run(_verify(frame, settings))
    if ends:
        for chain in report.ends:
            frame.say(END, **_end(chain, settings))
    for one in report.findings:
        frame.say(FOUND, **_place(frame, settings, one))
    counts = {"records": Count(report.records), "unlinked": report.unlinked}
    if report.findings:
        frame.say(WRONG, findings=Count(len(report.findings)), **counts)
        raise typer.Exit(1)
    frame.say(SOUND, chains=Count(len(report.ends)), **counts)


async def _verify(frame: Frame, settings: Settings) -> Report:
    async with frame.database(settings) as database:
        return await look(database)


@app.command()
def erase(
    context: typer.Context,
    reason: Annotated[str, typer.Option(help="Why; it stays in the record of the erasure.")],
    customer: Annotated[str, typer.Option(help="Id or number of a customer: erased from all records.")] = "",
    record: Annotated[list[str] | None, typer.Option(help="Id of a record: its content is erased.")] = None,
) -> None:
    """Erase what records hold of a customer, or what some records hold; the chains still verify.

    Who did what to which type when, and how many customers it was, stays; so does a record of the erasure.
    """
    frame = frame_of(context)
    count = run(_erase(frame, load_settings(), reason, (customer, record or [])))
    frame.say(ERASED, records=Count(count))


async def _erase(frame: Frame, settings: Settings, reason: str, what: tuple[str, list[str]]) -> int:
    customer, records = what
    if bool(customer) == bool(records):
        raise InvalidInput(None, WHICH)
    why = explained("--reason", reason, REASON)
    keys = [key_of(one, AuditRecord.__prefix__ or "", "--record") for one in records]
    async with frame.database(settings) as database:
        if customer:
            return await _erase_customer(frame, database, customer, why)
        async with database.unit_of_work() as work:
            work.operation = OPERATION
            for key in keys:
                await erase_record(work, frame.viewer(), key, why)
    return len(keys)


async def _erase_customer(frame: Frame, database: Database, name: str, reason: str) -> int:
    """A batch is a transaction; interrupted, run it again."""
    count = erased = 0
    key: UUID | None = None
    while key is None or erased:
        async with database.unit_of_work() as work:
            work.operation = OPERATION
            key = key or await _customer(frame, work, name)
            erased = await erase_customer(work, frame.viewer(), key, reason)
        count += erased
    return count


async def _customer(frame: Frame, work: UnitOfWork, name: str) -> UUID:
    """The customer of an id or a number."""
    try:
        named = Customer.id == key_of(name, Customer.__prefix__ or "")
    except BadUserInput:
        named = Customer.number == name
    found: UUID | None = await work.session.scalar(sa.select(Customer.id).where(named))
    if found is None:
        raise NotFound("--customer", thing=CUSTOMER.say(frame.language))
    return found


def _place(frame: Frame, settings: Settings, one: Finding) -> dict[str, object]:
    return {
        "chain": _id(AuditChain, one.chain),
        "number": NOTHING if one.number is None else one.number,
        "record": _id(AuditRecord, one.record),
        "at": NOTHING if one.at is None else _time(one.at, settings),
        "fault": one.fault.value.say(frame.language),
    }


def _end(chain: Mapping[str, Any], settings: Settings) -> dict[str, object]:
    at, link = _time(chain["started_at"], settings), chain["link"].hex()
    return {"chain": _id(AuditChain, chain["id"]), "at": at, "number": chain["number"], "link": link}


def _id(model: type[Model], key: UUID | None) -> str:
    return NOTHING if key is None else global_id(model.__prefix__ or "", key)


def _time(at: dt.datetime, settings: Settings) -> str:
    return at.astimezone(settings.zone).isoformat(" ", "seconds")
