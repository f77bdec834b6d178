"""How much of the large tables an employee is related to: decides how a list is read, never what is in it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core.access.relations import DEPARTMENTS, EMPLOYEE, Anchor, Relations
from core.db.asking import ask
from core.db.database import Database
from core.db.statements import Statement

FEW = 2_000
"""Rows that are read one by one in less time than an index in the list's order is walked for them."""


class Breadth:
    """Asks in one statement; nothing counts further than it has to."""

    def __init__(self, relations: Relations) -> None:
        """Of the types whose anchor says that there may be very many."""
        declared = ((name, model.__access__) for name, model in relations.models.items())
        self._names = [name for name, access in declared if isinstance(access, Anchor) and access.many]
        counts = []
        for name in self._names:
            parts = [sa.select(keys.limit(FEW + 1).subquery()) for keys in relations.related(name)]
            counts.append(sa.select(sa.func.count()).select_from(sa.union_all(*parts).subquery()))
        self._statement = Statement(sa.select(*(count.scalar_subquery() for count in counts)))

    async def narrow(
        self, database: Database, employee: UUID, departments: tuple[UUID, ...]
    ) -> frozenset[str]:
        """The types of which the employee is related to few rows. SQLite reads all lists in one way."""
        if database.sqlite or not self._names:
            return frozenset()
        values = {EMPLOYEE: employee, DEPARTMENTS: departments}
        ((*counts,),) = await ask(database, self._statement, values)
        return frozenset(name for name, count in zip(self._names, counts, strict=True) if count <= FEW)
