"""What is no GraphQL is told with its place (PRM-3)."""

import pytest

from schema.limits.errors import ParseFailed
from schema.limits.limits import Limits
from schema.limits.parsing import parse_document


@pytest.mark.parametrize("text", ["", "{", "{}", "{ me {} }", "query Q", "{ me { id }", "\0", "{ a(b: ) }"])
def test_text_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(ParseFailed) as found:
        parse_document(text, Limits())
    assert "line 1" in found.value.message("en")
