"""Relay connections (PRM-6): keyset cursors, both directions, a total only when asked."""

from __future__ import annotations

from typing import Generic, TypeVar

import strawberry

T = TypeVar("T")


@strawberry.type(name="PageInfo", description="Where this page stands in the whole list.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(
        description="More rows follow this page. "
        "With `last` and `before`: true, since the page ends before a row."
    )
    has_previous_page: bool = strawberry.field(
        description="Rows stand before this page. "
        "With `first` and `after`: true, since the page begins after a row."
    )
    start_cursor: str | None = strawberry.field(
        description="Cursor of the first row of the page; null where the page is empty."
    )
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last row of the page; null where the page is empty."
    )


@strawberry.type(description="One row of a list, with its place in it.")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = strawberry.field(
        description="The row's place in this order; pass it back as `after` or `before`."
    )
    node: T = strawberry.field(description="The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Relay's connection, with `nodes` as a short way to the rows."""

    edges: list[Edge[T]] = strawberry.field(description="The rows of this page with their cursors.")
    nodes: list[T] = strawberry.field(description="The rows of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the whole list.")
    total_count: int = strawberry.field(
        description="How many rows the list has in all under the same filter and scope; "
        "computed only when asked."
    )
