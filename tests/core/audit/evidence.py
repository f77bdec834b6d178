"""Acts to be recorded, processes that write them, and what an intruder with the database's password does."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.audit.chain import Chain
from core.audit.choices import AuditKind
from core.audit.entries import digits
from core.audit.models import AuditChain, AuditedCustomer, AuditRecord
from core.audit.records import record
from core.audit.service import Audit
from core.audit.verifying.findings import Fault
from core.audit.verifying.service import verify
from core.db.database import Database
from tests.core.world import World

FIELDS = ("Customer.phone",)
RECORDS: Any = AuditRecord.__table__
CHAINS: Any = AuditChain.__table__
CUSTOMERS: Any = AuditedCustomer.__table__
Found = list[tuple[Fault, UUID | None, int | None]]


def process(database: Database) -> Audit:
    """As another process would have it, with a chain of its own."""
    return Audit(database)


def chain_of(audit: Audit) -> UUID:
    """The chain that it writes."""
    chain: Chain = audit._chain
    assert chain._head is not None
    return chain._head.chain


def keys(world: World, *names: str) -> list[bytes]:
    """Customers, as answers are marked with them."""
    return [digits(world.customers[name]) for name in names]


async def read(world: World, audit: Audit, *names: str, role: str = "salesperson") -> None:
    """A reading, written."""
    audit.note_read(world.viewer(role), "Q", FIELDS, keys(world, *names))
    await audit.flush()


async def write(world: World, role: str = "salesperson", **after: Any) -> None:
    """A change of a customer, not linked yet."""
    key = world.customers["wang"]
    async with world.database.unit_of_work() as work:
        await record(
            work,
            world.viewer(role),
            AuditKind.WRITE,
            operation="updateCustomer",
            about="Customer",
            row_id=key,
            customers=[key],
            before={"phone": None},
            after={"phone": b"index", **after},
        )


async def rows(database: Database, table: Any = RECORDS) -> list[Mapping[str, Any]]:
    """All rows, records in order of their chains."""
    async with database.unit_of_work() as work:
        order = (table.c.chain_id, table.c.number) if table is RECORDS else (table.c.id,)
        found = await work.session.execute(sa.select(table).order_by(*order))
        return [dict(row) for row in found.mappings()]


async def tamper(database: Database, *statements: sa.Executable) -> None:
    """What an intruder does, with all rights on the database but without the key."""
    async with database.unit_of_work() as work:
        for statement in statements:
            await work.session.execute(statement)


def forged(row: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A record like another, with digests that the intruder made up."""
    made = {name: secrets.token_bytes(32) for name in ("content", "digest", "link")}
    return {**row, **made, **more}


async def found(database: Database) -> Found:
    """What verifying finds, as fault, chain and number."""
    report = await verify(database)
    return [(one.fault, one.chain, one.number) for one in report.findings]
