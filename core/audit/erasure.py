"""Erasing what records hold: their digests stay, so the chains hold, and a record says what was erased.

Of a record that names several customers one can go alone: the rest gets a fresh salt, and the record of the
erasure says the digest of the content before and after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.viewer import Viewer
from core.audit import proofs
from core.audit.choices import AuditKind
from core.audit.digests import content_of
from core.audit.entries import Digits, digits
from core.audit.models import AuditedCustomer, AuditRecord
from core.audit.records import record
from core.audit.rows import new_salt
from core.db.database import UnitOfWork
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.text import Text

BATCH = 200
"""Most records of one transaction."""
KEPT = frozenset({AuditKind.ANCHOR, AuditKind.ERASURE})
"""Records that prove others; they hold nothing of a person."""
RECORD = Text("audit record", "审计记录")
PROOF = Text("this record proves others; its content stays", "此记录用于证明其他记录，其内容须保留")
GONE = Text("its content was erased before", "其内容此前已清除")


async def erase_record(work: UnitOfWork, viewer: Viewer, key: UUID, reason: str) -> None:
    """Erase a record's content. The operator alone may.

    `reason`: nothing sensitive, for it stays. NOT_FOUND; CONFLICT where it is erased already; INVALID_INPUT
    for a record that proves others.
    """
    _only_operator(viewer)
    found = await work.session.get(AuditRecord, key, with_for_update=True)
    if found is None:
        raise NotFound("record", thing=RECORD.say(viewer.language))
    if found.kind in KEPT:
        raise InvalidInput("record", PROOF)
    if found.salt is None:
        raise Conflict("record", GONE)
    said = await _erase(work, [found], None) | {"reason": reason}
    await record(work, viewer, AuditKind.ERASURE, about="AuditRecord", row_id=key, after=said)


async def erase_customer(work: UnitOfWork, viewer: Viewer, customer: UUID, reason: str) -> int:
    """Erase a customer from up to 200 records: how many; 0 when none is left. The operator alone may.

    A record that names others too keeps them; of any other the whole content goes. `reason` as above.
    """
    _only_operator(viewer)
    naming = sa.select(AuditedCustomer.record_id).where(AuditedCustomer.customer_id == customer)
    keys = (await work.session.scalars(naming.order_by(AuditedCustomer.id).limit(BATCH))).all()
    wanted = sa.select(AuditRecord).where(AuditRecord.id.in_(keys)).order_by(AuditRecord.id)
    found = (await work.session.scalars(wanted.with_for_update())).all()
    if found:
        said = await _erase(work, found, customer) | {"reason": reason}
        await record(work, viewer, AuditKind.ERASURE, about="Customer", row_id=customer, after=said)
    return len(found)


def _only_operator(viewer: Viewer) -> None:
    if not viewer.plan.unrestricted:
        raise Forbidden


async def _erase(work: UnitOfWork, rows: Sequence[Any], customer: UUID | None) -> dict[str, Any]:
    """Erase, and say of each record the digest of its content before and after."""
    session, said = work.session, dict[str, tuple[str, str | None]]()
    named = await _customers(work, [row.id for row in rows])
    for row in rows:
        customers = named[row.id]
        before = content_of(work.sealer, row.salt, row.fields, customers, (row.before, row.after))
        rest = customers - {digits(customer)} if customer is not None else None
        after = None
        if rest:
            row.salt = new_salt()
            after = content_of(work.sealer, row.salt, row.fields, rest, (row.before, row.after)).hex()
        else:
            row.fields = row.before = row.after = row.salt = None
        said[row.id.hex] = (before.hex(), after)
    gone = sa.delete(AuditedCustomer).where(AuditedCustomer.record_id.in_([row.id for row in rows]))
    whole = [row.id for row in rows if row.salt is None]
    if customer is not None:
        is_gone = AuditedCustomer.record_id.in_(whole)
        gone = gone.where(sa.or_(AuditedCustomer.customer_id == customer, is_gone))
    await session.execute(gone, execution_options={"synchronize_session": False})
    await session.flush()
    return {proofs.RECORDS: said}


async def _customers(work: UnitOfWork, keys: Collection[UUID]) -> Mapping[UUID, set[Digits]]:
    found: defaultdict[UUID, set[Digits]] = defaultdict(set)
    rows = await work.session.execute(
        sa.select(AuditedCustomer.record_id, AuditedCustomer.customer_id).where(
            AuditedCustomer.record_id.in_(keys)
        )
    )
    for key, customer in rows:
        found[key].add(digits(customer))
    return found
