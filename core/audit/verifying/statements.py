"""What verifying asks the database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.audit.choices import AuditKind
from core.audit.tables import CHAINS, CUSTOMERS, RECORDS
from core.db.expressions import Among, ListOf
from core.db.statements import Statement
from core.db.types import Choice, Key

BATCH = 500
c, r, n = CHAINS.c, RECORDS.c, CUSTOMERS.c


def _given(name: str, kind: Any) -> Any:
    return sa.bindparam(name, type_=kind)


CHAIN, AFTER, LAST = _given("chain", Key()), _given("after", sa.Integer()), _given("last", sa.Integer())
KEYS = _given("keys", ListOf(Key()))
SOME: Any = sa.literal_column(str(BATCH))

ALL_CHAINS = Statement(sa.select(*c).order_by(c.id))
ONE_CHAIN = Statement(sa.select(*c).where(c.id == CHAIN))
NEXT = Statement(
    sa.select(*r)
    .where(r.chain_id == CHAIN, r.number > AFTER, r.number <= LAST)
    .order_by(r.number)
    .limit(SOME)
)
UNLINKED = Statement(
    sa.select(*r).where(r.chain_id.is_(None), r.id > _given("key", Key())).order_by(r.id).limit(SOME)
)
CUSTOMERS_OF = Statement(sa.select(n.record_id, n.customer_id).where(Among(n.record_id, KEYS)))
ASTRAY = Statement(
    sa.select(*r)
    .select_from(RECORDS.outerjoin(CHAINS, c.id == r.chain_id))
    .where(
        r.chain_id.is_not(None),
        sa.or_(c.id.is_(None), r.number.is_(None), r.number > c.number, r.number <= c.pruned_number),
    )
    .order_by(r.id)
    .limit(SOME)
)
"""Records that say they are in a chain and stand where it has no place; one statement, so nothing moves."""
LINKS = Statement(
    sa.select(r.number, r.link, r.id, r.at).where(
        r.chain_id == CHAIN, Among(r.number, _given("numbers", ListOf(sa.Integer())))
    )
)
UNANCHORED = Statement(
    sa.select(*r)
    .where(
        r.chain_id == CHAIN,
        r.number > AFTER,
        r.number <= LAST,
        r.kind != sa.bindparam("anchor", AuditKind.ANCHOR, type_=Choice(AuditKind)),
    )
    .order_by(r.number)
    .limit(sa.literal_column("1"))
)
