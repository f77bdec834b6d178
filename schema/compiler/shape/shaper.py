"""From tree to statement. Rooms beside: columns, page_info, groups."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from schema.compiler.dialect import Dialect
from schema.compiler.elements import NULL, Concat, Gather, json_object
from schema.compiler.scans import Scans
from schema.compiler.shape.columns import Columns, is_flat, touch
from schema.compiler.shape.groups import GroupShaper
from schema.compiler.shape.page_info import empty_page_info, known, page_info
from schema.compiler.tree import (
    CURSOR,
    ConstantPart,
    EdgesPart,
    GroupsPart,
    Item,
    Lookup,
    Many,
    Members,
    Nodes,
    NodesPart,
    One,
    Opaque,
    PageInfoPart,
    Part,
    Root,
    Row,
    Source,
    Space,
    TotalPart,
    Value,
)

Joins = list[tuple[Any, Any]]


class Shaper:
    """One use per statement."""

    def __init__(self, dialect: Dialect) -> None:
        """Names are counted from the start."""
        self.d = dialect
        self.scans = Scans(dialect)
        self.groups = GroupShaper(dialect, self.scans)

    def statement(self, roots: list[tuple[str, Root]]) -> sa.Select[Any]:
        """One row, one column: the JSON of `data`."""
        return sa.select(self._space(roots))

    def _space(self, roots: list[tuple[str, Root]]) -> Concat:
        return json_object((key, self._root(root)) for key, root in roots)

    def _root(self, root: Root) -> Any:
        if isinstance(root, ConstantPart):
            return root.text
        if isinstance(root, Space):
            return self._space(root.roots)
        if isinstance(root, Lookup):
            return self.lookup(root, root.value)
        if isinstance(root, Nodes):
            return self._nodes(root)
        assert isinstance(root, Many), root  # noqa: S101 (opaque roots never come here)
        return self.many(root, None, [], in_set=False, root=True)

    def lookup(self, root: Lookup, value: Any) -> Any:
        """A row by key, or null."""
        source = root.row.table.alias(self.scans.name("o"))
        joins: Joins = []
        query = _joined(sa.select(self.obj(root.row, source, joins, in_set=False)), source, joins)
        query = query.where(source.c[root.column] == value, *([root.keep(source)] if root.keep else []))
        return sa.func.coalesce(query.scalar_subquery(), NULL)

    def _nodes(self, root: Nodes) -> Any:
        source, keys, position = self.d.elements(root.lists, self.scans.name("n"))
        found = [self.lookup(lookup, key) for lookup, key in zip(root.lookups, keys, strict=True)]
        text = found[-1]
        for key, other in zip(reversed(keys[:-1]), reversed(found[:-1]), strict=True):
            text = sa.case((key.is_not(None), other), else_=text)
        inner = (
            sa.select(text.label("j"), position.label("i"))
            .select_from(source)
            .order_by(position)
            .subquery(self.scans.name("n"))
        )
        gathered = sa.select(
            Concat(["[", sa.func.coalesce(Gather(inner.c.j, [inner.c.i]), Concat([""])), "]"])
        ).select_from(inner)
        return gathered.scalar_subquery()

    # -- objects
    def obj(self, row: Row, source: Source, joins: Joins, *, in_set: bool) -> Concat:
        """The JSON of one object over a source; what must be joined is noted in `joins`."""
        text = json_object((key, self._item(item, source, joins, in_set=in_set)) for key, item in row.items)
        return Concat([*(note.build(source) for note in row.notes), text])

    def _item(self, item: Item, source: Source, joins: Joins, *, in_set: bool) -> Any:
        if isinstance(item, ConstantPart):
            return item.text
        if isinstance(item, Value):
            return item.build(source)
        if isinstance(item, Row):
            return self.obj(item, source, joins, in_set=in_set)
        if isinstance(item, One):
            return self._one(item, source, joins)
        assert not isinstance(item, Opaque), item  # noqa: S101 (the engine sends such trees to the interpreter)
        return self.many(item, source, joins, in_set=in_set)

    def _one(self, item: One, source: Source, joins: Joins) -> Any:
        other = item.row.table.alias(self.scans.name("o"))
        on = [other.c[item.remote] == source.c[item.local]]
        on += [item.keep(other)] if item.keep else []
        on += [item.shown(source)] if item.shown else []
        joins.append((other, sa.and_(*on)))
        text = self.obj(item.row, other, joins, in_set=False)
        return sa.case((other.c[item.remote].is_(None), NULL), else_=text)

    def node(self, node: Row | Members, source: Source, joins: Joins, *, in_set: bool) -> Any:
        """The JSON of a list's element."""
        if isinstance(node, Row):
            return self.obj(node, source, joins, in_set=in_set)
        whens = []
        for name, row in node.rows.items():
            found = self.lookup(Lookup(row, "id", None, None), source.c.id)
            whens.append((source.c.kind == sa.literal_column(f"'{name}'"), found))  # a name of our types
        return sa.case(*whens, else_=NULL) if whens else NULL

    # -- lists
    def many(self, many: Many, parent: Source, joins: Joins, *, in_set: bool, root: bool = False) -> Any:
        """A connection's JSON, as an expression over `parent`."""
        link = None if many.remote is None else parent.c[many.local]
        empty = self._empty(many, link)
        if all(
            isinstance(part, (ConstantPart, TotalPart, GroupsPart))
            or (isinstance(part, PageInfoPart) and all(known(many, name) for _, name in part.fields))
            for _, part in many.parts
        ):
            return empty  # nothing is read of the rows: an aggregate over them would be a row per element
        needs = Columns(many.row.table)
        for node in (*many.nodes, *many.row.notes):
            touch(node, needs)
        flat = all(is_flat(node) for node in many.nodes)
        if self.d.lateral and not flat and (in_set or root):
            return self._set(many, parent, link, joins, needs, empty)
        return self._in_place(many, link, joins, needs, root=root, flat=flat)

    def _in_place(
        self, many: Many, link: Any, joins: Joins, needs: Columns, *, root: bool, flat: bool
    ) -> Any:
        """Aggregated where it stands: a scalar subquery, or LATERAL."""
        source = self.scans.rows(many, link, needs.names).subquery(self.scans.name("s"))
        inner: Joins = []
        ordered = not self.d.lateral or (flat and not many.paged and not many.page.backward)
        query = _joined(
            sa.select(self._body(many, source, inner, link, in_set=False, ordered=ordered).label("j")),
            source,
            inner,
        )
        if root or not self.d.lateral:
            return query.scalar_subquery()
        lateral = query.lateral(self.scans.name("l"))
        joins.append((lateral, sa.true()))
        return lateral.c.j

    def _set(self, many: Many, parent: Source, link: Any, joins: Joins, needs: Columns, empty: Concat) -> Any:
        """One materialised set of all parents' rows, grouped by parent.

        MATERIALIZED, because a prepared statement's generic plan guesses a tenth of a bound LIMIT and would
        otherwise run an inlined set once per parent.
        """
        inner: Joins = []
        if link is None:
            source = (
                self.scans.rows(many, None, needs.names)
                .cte(self.scans.name("c"))
                .prefix_with("MATERIALIZED", dialect="postgresql")
            )
            return _joined(
                sa.select(self._body(many, source, inner, None, in_set=True, ordered=False)), source, inner
            ).scalar_subquery()
        rows = self.scans.rows(many, link, needs.names).lateral(self.scans.name("l"))
        source = (
            sa.select(link.label("_parent"), *rows.c)
            .select_from(parent.join(rows, sa.true()))
            .cte(self.scans.name("c"))
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        body = self._body(many, source, inner, source.c["_parent"], in_set=True, ordered=False)
        query = _joined(sa.select(source.c["_parent"], body.label("j")), source, inner).group_by(
            source.c["_parent"]
        )
        grouped = query.cte(self.scans.name("g")).prefix_with("MATERIALIZED", dialect="postgresql")
        joins.append((grouped, grouped.c["_parent"] == link))
        return sa.func.coalesce(grouped.c.j, empty)

    def _body(
        self, many: Many, source: Source, joins: Joins, link: Any, *, in_set: bool, ordered: bool
    ) -> Concat:
        """The connection's JSON: aggregates over its rows."""
        order = [] if ordered else self.scans.display_order(many, source)
        keep = source.c["_rank"] <= many.page.limit if many.paged else None

        def value(part: Part) -> Any:
            if isinstance(part, NodesPart):
                return self._gather(self.node(part.node, source, joins, in_set=in_set), order, keep)
            if isinstance(part, EdgesPart):
                return self._gather(self._edge(many, part, source, joins, in_set=in_set), order, keep)
            if isinstance(part, PageInfoPart):
                return page_info(self.d, self.scans, many, part, source)
            return self._apart(many, part, link)

        return json_object((key, value(part)) for key, part in many.parts)

    @staticmethod
    def _gather(item: Any, order: list[Any], keep: Any) -> list[Any]:
        return ["[", sa.func.coalesce(Gather(item, order, keep), Concat([""])), "]"]

    def _edge(self, many: Many, part: EdgesPart, source: Source, joins: Joins, *, in_set: bool) -> Concat:
        def value(what: Row | Members | ConstantPart | str) -> Any:
            if isinstance(what, ConstantPart):
                return what.text
            if isinstance(what, (Row, Members)):
                return self.node(what, source, joins, in_set=in_set)
            assert what == CURSOR  # noqa: S101
            return ['"', self.scans.cursor(many, source), '"']

        return json_object((key, value(what)) for key, what in part.fields)

    def _empty(self, many: Many, link: Any) -> Concat:
        """The connection's JSON where there are no rows, or none are read."""

        def value(part: Part) -> Any:
            if isinstance(part, PageInfoPart):
                return empty_page_info(many, part)
            return "[]" if isinstance(part, (NodesPart, EdgesPart)) else self._apart(many, part, link)

        return json_object((key, value(part)) for key, part in many.parts)

    def _apart(self, many: Many, part: TotalPart | GroupsPart | ConstantPart, link: Any) -> Any:
        """Parts that are read apart from the page: over all rows of the list."""
        if isinstance(part, ConstantPart):
            return part.text
        if isinstance(part, TotalPart):
            return self.scans.total(many, link)
        return self.groups.of(many, part, link)


def _joined(query: Any, source: Any, joins: Joins) -> Any:
    for right, on in joins:
        source = source.outerjoin(right, on)
    return query.select_from(source)
