"""Purchases from a file into the archive: all of them or nothing (CUS-11, PRM-12).

The rules, which the command prints and docs/import.md explains:

- Every row is a purchase. Exact duplicates, several purchases of a customer on one day and amounts of zero
  are all kept, counted and reported; negative amounts are refused.
- One refused row and nothing is imported.
- A row is known by its customer and `reference`, or where it has none by its content and its occurrence in
  the file: importing a file again, or a longer one that begins with it, adds only what is new.
- Who is not known by number becomes a new customer; known customers keep their data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from core.access.guard import NOT_ALLOWED, Permission
from core.access.viewer import Viewer
from core.audit.choices import AuditKind
from core.audit.records import record
from core.customers.importing import staging
from core.customers.importing.faults import Fault, Faults
from core.customers.importing.layouts import Layout
from core.customers.importing.lines import TextFile
from core.customers.importing.purchases import Reading
from core.customers.importing.telling import tell
from core.customers.permissions import CREATE_CUSTOMER, RECORD_PURCHASE
from core.customers.totals import recount
from core.db.database import Database, UnitOfWork
from core.errors import Forbidden
from core.money import Money

CHUNK = 2000


@dataclass(frozen=True)
class PurchaseFile:
    """What to import. `company_currency`: of customers' totals; `currency`: of rows that name none."""

    file: TextFile
    layout: Layout
    zone: ZoneInfo
    company_currency: str
    currency: str
    dry_run: bool = False


@dataclass(frozen=True)
class Summary:
    """What an import found and did. Counts are of rows unless named otherwise; `totals` of all rows."""

    rows: int
    refused: int
    zero_amounts: int
    totals: tuple[Money, ...]
    duplicates: int = 0
    same_day: int = 0
    customers: int = 0
    new_customers: int = 0
    new_purchases: int = 0
    imported: bool = False


async def import_purchases(
    database: Database,
    viewer: Viewer,
    what: PurchaseFile,
    faults: Faults,
    read: Callable[[int], None] = lambda _bytes: None,
) -> Summary:
    """Import a file in one transaction, in bounded memory. `read` hears of every line's bytes.

    FORBIDDEN unless the viewer may enter customers and record purchases everywhere: it may name anybody.
    """
    for permission in (CREATE_CUSTOMER, RECORD_PURCHASE):
        allowed_everywhere(viewer, permission)
    async with database.unit_of_work() as work:
        session = work.session
        await staging.begin(session)
        counts, sums = await _stage(work, what, faults, read)
        async for fault in staging.faults(session):
            faults.add([fault])
        totals = tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))
        read_so_far = Summary(counts["rows"], faults.count, counts["zero"], totals)
        if faults.count:
            await session.rollback()
            return read_so_far
        summary = await _insert(work, what, read_so_far)
        await record(
            work,
            viewer,
            AuditKind.WRITE,
            operation="import purchases",
            about="Purchase",
            after={
                "rows": summary.rows,
                "newCustomers": summary.new_customers,
                "newPurchases": summary.new_purchases,
            },
        )
        if what.dry_run:
            await session.rollback()
        return summary


def allowed_everywhere(viewer: Viewer, permission: Permission) -> None:
    """FORBIDDEN unless the act is allowed on every row, whoever's it is."""
    plan = viewer.plan
    if plan.cells(permission.type, permission.act) != plan.catalogue.relations.possible(permission.type):
        raise Forbidden(None, NOT_ALLOWED)


async def _stage(
    work: UnitOfWork, what: PurchaseFile, faults: Faults, read: Callable[[int], None]
) -> tuple[Counter[str], Counter[str]]:
    reading = Reading(what.zone, what.currency, work.clock.now())
    counts, sums = Counter[str](), Counter[str]()
    chunk: list[dict[str, object]] = []
    for found in what.layout.rows(what.file.lines(read)):
        counts["rows"] += 1
        row = found if isinstance(found, Fault) else reading.row(*found)
        if isinstance(row, Fault):
            faults.add([row])
            continue
        row["id"], row["customer_id"] = work.ids.new(), work.ids.new()
        counts["zero"] += row["amount_minor"] == 0
        sums[row["currency"]] += row["amount_minor"]
        chunk.append(row)
        if len(chunk) == CHUNK:
            await staging.stage(work.session, chunk)
            chunk.clear()
    await staging.stage(work.session, chunk)
    return counts, sums


async def _insert(work: UnitOfWork, what: PurchaseFile, found: Summary) -> Summary:
    session, now = work.session, work.clock.now()
    customers, duplicates, same_day = await staging.figures(session)
    new_customers = await staging.insert_customers(session, now, what.company_currency)
    new_purchases = await staging.insert_purchases(session, now)
    await recount(session, staging.staged_customers())
    if not what.dry_run:
        await tell(work)
    await staging.end(session)
    return replace(
        found,
        customers=customers,
        duplicates=duplicates,
        same_day=same_day,
        new_customers=new_customers,
        new_purchases=new_purchases,
        imported=not what.dry_run,
    )
