"""Rotation of keys: values that an older key sealed are sealed anew with the active one (ACC-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db.database import Database, UnitOfWork
from core.db.model import Model, sealed_fields
from core.db.sealing import SealedField

BATCH = 500


async def rotate(database: Database, model: type[Model]) -> int:
    """How many values of a model were sealed anew. A batch is a transaction; interrupted, run it again."""
    fields = sealed_fields(model)
    count, after = 0, UUID(int=0)
    while fields:
        async with database.unit_of_work() as work:
            rows = await _batch(work, model, list(fields), after)
            if not rows:
                break
            after = rows[-1].id
            for name, field in fields.items():
                count += await _reseal(work, model, field, [(row.id, getattr(row, name)) for row in rows])
    return count


async def _batch(work: UnitOfWork, model: type[Model], names: list[str], after: UUID) -> Any:
    c = model.__table__.c
    sealed = [c[f"{name}_sealed"].label(name) for name in names]
    wanted = sa.select(c.id, *sealed).where(c.id > after).order_by(c.id).limit(BATCH)
    return (await work.session.execute(wanted)).all()


async def _reseal(
    work: UnitOfWork, model: type[Model], field: SealedField, values: list[tuple[UUID, bytes | None]]
) -> int:
    sealer, table = work.sealer, model.__table__
    column = table.c[f"{field.name}_sealed"]
    changes = [
        {"key": key, "old": old, "new": sealer.seal(field, sealer.open(field.associated, old))}
        for key, old in values
        if old is not None and not sealer.is_current(old)
    ]
    # Whoever changed the value meanwhile sealed it with the active key: that one stays.
    change = (
        sa.update(table)  # type: ignore[arg-type]
        .where(table.c.id == sa.bindparam("key"), column == sa.bindparam("old"))
        .values({column: sa.bindparam("new")})
    )
    if changes:
        await work.session.execute(change, changes)
    return len(changes)
