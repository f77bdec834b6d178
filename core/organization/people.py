"""Who is who changes: whoever keeps something about employees learns of it, in every process (ACC-4)."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from core.db.model import Model, column, reference
from core.db.sensitivity import INTERNAL
from core.db.types import Text
from core.db.work import UnitOfWork


class PeopleStamp(Model):
    """One row that counts the changes. No GraphQL type: processes look at it every second."""

    __tablename__ = "people_stamps"

    id = column(sa.Integer, INTERNAL, "The only one.", primary_key=True, autoincrement=False)
    number = column(sa.BigInteger, INTERNAL, "How often people changed.", nullable=False)


class FormerSubject(Model):
    """What an employee's tokens said before. No GraphQL type: sign-in refuses it."""

    __tablename__ = "former_subjects"

    subject = column(Text, INTERNAL, "The `sub` of those tokens.", primary_key=True)
    employee_id = reference(
        "employees.id", INTERNAL, "Whose it was last.", on_delete="CASCADE", nullable=False
    )


STAMP = sa.select(PeopleStamp.number)


async def stamp(work: UnitOfWork) -> None:
    """Other processes notice, within a second or two of the commit."""
    await work.session.execute(sa.update(PeopleStamp).values(number=PeopleStamp.number + 1))


class People:
    """Tells those who keep something about employees to ask anew."""

    def __init__(self) -> None:
        """Nobody listens, and no stamp was seen."""
        self.listeners: list[Callable[[], None]] = []
        self._seen: int | None = None

    def changed(self) -> None:
        """Somebody was suspended, got other roles, was moved, in this process or another one."""
        for listener in self.listeners:
            listener()

    def seen(self, number: int) -> None:
        """The stamp as it is in the database: with another one than last, somebody changed."""
        if number != self._seen:
            self._seen = number
            self.changed()
