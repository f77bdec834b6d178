"""Source text in, document out, within the limit of tokens."""

from __future__ import annotations

from graphql import DocumentNode, GraphQLError, parse

from schema.limits.errors import LimitExceeded, ParseFailed
from schema.limits.limits import Limits


def parse_document(source: str, limits: Limits) -> DocumentNode:
    """The document; LimitExceeded for too many tokens or comments, ParseFailed for what is no GraphQL."""
    try:
        return parse(
            source,
            max_lexical_tokens=limits.tokens,
            max_comments=limits.tokens,
            allow_empty_selection_sets=False,
        )
    except GraphQLError as error:
        what = error.message.removeprefix("Syntax Error: ")
        if what.startswith("Document contains more than"):
            raise LimitExceeded.of("tokens", limits.tokens + 1, limits.tokens) from None
        line, column = error.locations[0] if error.locations else (1, 1)
        raise ParseFailed(what=what, line=line, column=column) from None
