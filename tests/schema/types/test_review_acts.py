"""Each mutation is known to reviews as the use of some act (BEY-9)."""

from core.reviews.acts import ACTS
from schema.application import make_schema

BY_FIELDS = {"updateEmployee"}
"""Is the use of more than one act; what it wrote tells which."""


def test_every_mutation_is_the_use_of_an_act() -> None:
    mutation = make_schema().core.mutation_type
    assert mutation is not None
    known = frozenset().union(*(done.operations for done in ACTS.values()))
    assert known | BY_FIELDS == mutation.fields.keys()
