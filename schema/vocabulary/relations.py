"""The relations of a row to the caller, as clients read them."""

from __future__ import annotations

import enum

from core.text import Text
from schema.vocabulary.enums import expose


class Relation(enum.Enum):
    """How a row stands to you."""

    OWN = Text(
        "it is yours: you own the customer, or it is about you", "属于您：您负责该客户，或与您本人有关"
    )
    TEAM = Text("you are in the customer's team", "您在该客户的团队中")
    DEPARTMENT = Text("it belongs to your department or one below", "属于您的部门或其下级部门")


expose(Relation)
