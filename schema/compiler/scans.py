"""Scans: the rows of a connection. Row scope, filters, keyset, order, limit, rank, count, cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from schema.compiler.dialect import Dialect
from schema.compiler.elements import Concat, hole
from schema.compiler.tree import Collected, Key, Many, Place, Source, Summed


class Scans:
    """Makes the row sources of one statement."""

    def __init__(self, dialect: Dialect) -> None:
        """Sources are named in order."""
        self.d, self._count = dialect, 0

    def name(self, prefix: str) -> str:
        """A fresh name for a source."""
        self._count += 1
        return f"{prefix}{self._count}"

    def rows(self, many: Many, link: Any, needs: Iterable[str]) -> Any:
        """The page's rows: needed columns, key values `_k0`… and, where pageInfo is asked, `_rank`."""
        page = many.page
        limit = page.more if many.paged else page.limit
        needed = list(needs)
        if many.collected is None:
            out = self._scan(many, link, needs=needed, limit=limit)
        else:
            out = self._of_collected(many, many.collected, needed, limit)
        if many.paged:
            inner = out.subquery(self.name("x"))
            rank = (
                sa.func.row_number()
                .over(order_by=self._order(many, inner, backward=page.backward))
                .label("_rank")
            )
            out = sa.select(inner, rank).select_from(inner)
            if not self.d.lateral:
                out = out.order_by(sa.desc("_rank") if page.backward else sa.asc("_rank"))
        elif page.backward:
            inner = out.subquery(self.name("x"))
            out = sa.select(inner).order_by(*self._order(many, inner))
        return out

    def _of_collected(self, many: Many, collected: Collected, needed: list[str], limit: Any) -> Any:
        """A page of each of the few, and of these the page: no plan can walk the whole list for them."""
        keys = self._keys(collected)
        own = replace(many, remote=collected.column, keep=None)
        rows = self._scan(own, keys.c.id, needs=needed, limit=limit).lateral(self.name("l"))
        out = sa.select(rows).select_from(keys.join(rows, sa.true()))
        return out.order_by(*self._order(many, rows, backward=many.page.backward)).limit(limit)

    def _keys(self, collected: Collected) -> Any:
        return collected.keys().cte(self.name("k")).prefix_with("MATERIALIZED", dialect="postgresql")

    def all_rows(self, many: Many, link: Any, columns: Callable[[Source], list[Any]]) -> Any:
        """All rows of a list, whatever the page, with these columns, which are labelled."""
        if many.collected is not None:
            keys = self._keys(many.collected)
            # OFFSET 0 is a fence: PostgreSQL asks for the rows of each key, and never reads the whole table.
            fence: sa.ColumnElement[int] = sa.literal_column("0")
            own = replace(many, remote=many.collected.column, collected=None, keep=None)
            rows = self.all_rows(own, keys.c.id, columns).offset(fence).lateral(self.name("l"))
            return sa.select(rows).select_from(keys.join(rows, sa.true()))
        source = many.row.table.alias(self.name("t"))
        conditions = self._conditions(many, source, link)
        query = sa.select(*columns(source)).select_from(source).where(*conditions)
        return query if link is None else query.correlate(link.table)

    @staticmethod
    def named(summed: Summed | None, source: Source) -> list[Any]:
        """The customers whom a row is about, as `alike` wants them."""
        columns = summed.columns if summed else ()
        return [sa.cast(source.c[name], sa.Text).label(f"_m{i}") for i, name in enumerate(columns)]

    @staticmethod
    def alike(summed: Summed, rows: Source) -> Concat:
        """The mark of the customer whom all of some rows are about; nothing where they are of several."""
        marks = []
        for i in range(len(summed.columns)):
            least, most = (pick(rows.c[f"_m{i}"]) for pick in (sa.func.min, sa.func.max))
            marks.append(sa.case((least == most, hole(summed.hole, least)), else_=Concat([""])))
        return Concat(marks)

    def total(self, many: Many, link: Any) -> Any:
        """How many rows in all, as text, whatever the page."""
        if many.row.summed is None:
            return sa.cast(self.count(many, link).scalar_subquery(), sa.Text)
        summed = many.row.summed
        rows = self.all_rows(many, link, lambda source: self.named(summed, source)).subquery(self.name("r"))
        text = Concat([self.alike(summed, rows), sa.cast(sa.func.count(), sa.Text)])
        return sa.select(text).select_from(rows).scalar_subquery()

    def count(self, many: Many, link: Any) -> Any:
        """How many rows in all, whatever the page."""
        if many.collected is not None:
            rows = self.all_rows(many, link, lambda _source: [sa.literal_column("1").label("_one")])
            return sa.select(sa.func.count()).select_from(rows.subquery(self.name("r")))
        return self.all_rows(many, link, lambda _source: [sa.func.count()])

    def display_order(self, many: Many, source: Source) -> list[Any]:
        """The order in which the page is shown."""
        if many.paged:
            rank = source.c["_rank"]
            return [rank.desc() if many.page.backward else rank.asc()]
        return self._order(many, source)

    def cursor(self, many: Many, source: Source) -> Any:
        """Hex of `[signature, key values…]`, see `cursors`; before it the marks of what it tells."""
        values = [
            x
            for i, key in enumerate(many.keys)
            for x in (",", self.d.json(key.kind, source.c[f"_k{i}"], nullable=key.nullable))
        ]
        text = self.d.hex_of_text(Concat([f'["{many.signature}"', *values, "]"]))
        return Concat([*(note.build(source) for note in many.row.notes), text])

    # -- one scan
    def _scan(self, many: Many, link: Any, *, needs: list[str], limit: Any) -> Any:
        source = many.row.table.alias(self.name("t"))
        columns = [source.c[n] for n in needs] + [
            key.build(source).label(f"_k{i}") for i, key in enumerate(many.keys)
        ]
        conditions = self._conditions(many, source, link)
        for place, before in ((many.page.after, False), (many.page.before, True)):
            if place is not None:
                conditions.append(_beyond(many.keys, place, source, before=before))
        order = [_sort(key, key.build(source), backward=many.page.backward) for key in many.keys]
        query = sa.select(*columns).select_from(source).where(*conditions).order_by(*order).limit(limit)
        # SQLAlchemy does not correlate a subquery in FROM by itself: the parent would silently join the inner
        # FROM once more
        return query if link is None else query.correlate(link.table)

    def _conditions(self, many: Many, source: Source, link: Any) -> list[Any]:
        found = [many.keep(source)] if many.keep else []
        found += [condition(source) for condition in many.conditions]
        if link is not None:
            found.append(source.c[many.remote] == link)
        return found

    def _order(self, many: Many, source: Source, *, backward: bool = False) -> list[Any]:
        return [_sort(key, source.c[f"_k{i}"], backward=backward) for i, key in enumerate(many.keys)]


def _sort(key: Key, value: Any, *, backward: bool) -> Any:
    made = value.desc() if key.desc != backward else value.asc()
    if not key.nullable:
        return made
    return made.nulls_first() if backward else made.nulls_last()


def _beyond(keys: list[Key], place: Place, source: Source, *, before: bool) -> Any:
    """Rows behind (or ahead of) a place. One row comparison where all keys run one way, else expanded."""
    if len({key.desc for key in keys}) == 1 and not any(key.nullable for key in keys):
        left, right = sa.tuple_(*(key.build(source) for key in keys)), sa.tuple_(*(p for p, _ in place.parts))
        return left < right if keys[0].desc != before else left > right
    found: list[Any] = []
    same: list[Any] = []
    for key, (parameter, is_null) in zip(keys, place.parts, strict=True):
        value = key.build(source)
        beyond: sa.ColumnElement[bool] | None
        if is_null:  # nulls come last: nothing is behind one by this key
            beyond = value.is_not(None) if before else None
        else:
            beyond = value < parameter if key.desc != before else value > parameter
            if key.nullable and not before:
                beyond = sa.or_(beyond, value.is_(None))
        if beyond is not None:
            found.append(sa.and_(*same, beyond))
        same = [*same, value.is_(None) if is_null else value == parameter]
    return sa.or_(sa.false(), *found)
