"""pageInfo: what follows from the arguments, and what the page's rows tell."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from schema.compiler.dialect import RANK_DIGITS, Dialect
from schema.compiler.elements import NULL, Concat, json_object
from schema.compiler.scans import Scans
from schema.compiler.tree import Many, PageInfoPart, Source

EMPTY_PAGE = {"hasNextPage": "false", "hasPreviousPage": "false", "startCursor": "null", "endCursor": "null"}


def known(many: Many, name: str) -> str | None:
    """A field of pageInfo that follows from the arguments.

    The page ends before, or begins after, a given row.
    """
    if name == "__typename":
        return '"PageInfo"'
    page = many.page
    if name == "hasNextPage" and (page.before or page.backward):
        return "true" if page.before else "false"
    if name == "hasPreviousPage" and (page.after or not page.backward):
        return "true" if page.after else "false"
    return None


def empty_page_info(many: Many, part: PageInfoPart) -> Concat:
    """Of a page without rows."""
    return json_object((key, known(many, name) or EMPTY_PAGE[name]) for key, name in part.fields)


def page_info(d: Dialect, scans: Scans, many: Many, part: PageInfoPart, source: Source) -> Concat:
    """Of a page whose rows are numbered by `_rank`."""
    if not part.fields:  # all was skipped, and nothing is numbered
        return json_object(())
    rank = source.c["_rank"]
    goes_on = sa.case((sa.func.count(rank) > many.page.limit, Concat(["true"])), else_=Concat(["false"]))

    def value(name: str) -> Any:
        if name not in ("startCursor", "endCursor"):
            return known(many, name) or goes_on
        # the first or last of the page in one pass: least or greatest (rank, cursor)
        pick = sa.func.min if (name == "startCursor") != many.page.backward else sa.func.max
        picked = pick(Concat([d.pad(rank), scans.cursor(many, source)])).filter(rank <= many.page.limit)
        cursor = sa.func.substr(picked, sa.literal_column(str(RANK_DIGITS + 1)))
        return sa.func.coalesce(Concat(['"', cursor, '"']), NULL)

    return json_object((key, value(name)) for key, name in part.fields)
