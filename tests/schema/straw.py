"""Tables of the plugin of straw: one below customers, one that is nobody's."""

import sqlalchemy as sa

from core.access.relations import Via
from core.db.database import Database
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import COMMERCIAL, INTERNAL, PERSONAL, PUBLIC
from core.db.types import Text, UtcTime
from core.models import CORE_MODELS


class LoyaltyEntry(Model):
    """Points of a customer. Who they are told from is hidden from some, like the points."""

    __tablename__ = "p_loyalty_entries"
    __prefix__ = "ple"
    __access__ = Via("customer_id")

    id = key_column()
    customer_id = reference("customers.id", INTERNAL, "The customer.", nullable=False)
    purchase_id = reference("purchases.id", COMMERCIAL, "The purchase that earned them.")
    points = column(sa.BigInteger, COMMERCIAL, "How many.", nullable=False)
    note = column(Text, PERSONAL, "What was said.")
    at = column(UtcTime, PUBLIC, "When.", nullable=False)


class LoyaltyReward(Model):
    """What points are given for."""

    __tablename__ = "p_loyalty_rewards"
    __prefix__ = "plr"

    id = key_column()
    name = column(Text, PUBLIC, "Its name.", nullable=False)
    points = column(sa.Integer, INTERNAL, "What it takes.", nullable=False)


STRAW = (LoyaltyEntry, LoyaltyReward)
MODELS: dict[str, type[Model]] = {**CORE_MODELS, **{model.__name__: model for model in STRAW}}


async def make_tables(database: Database) -> None:
    """In a migrated database."""
    tables = [model.__table__ for model in STRAW]
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda c: Model.metadata.create_all(c, tables))  # type: ignore[arg-type]
