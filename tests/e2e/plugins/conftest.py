"""Companies that are filled while plugins are on."""

from tests import databases
from tests.core import conftest as core

address = databases.address
database = databases.database
world = core.world
