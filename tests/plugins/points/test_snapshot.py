"""The schema that clients see changes on purpose only."""

from tests.plugins.points.snapshot import FILE, text


def test_the_reviewed_schema_is_the_schema() -> None:
    told = "run `make schema` and review the difference"
    assert FILE.read_text(encoding="utf-8") == text(), told
