"""Shaping aggregates: an inner set with what is grouped by and measured, grouped once, gathered in order."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from schema.compiler.dialect import Dialect
from schema.compiler.elements import Concat, Gather, json_object
from schema.compiler.scans import Scans
from schema.compiler.tree import ConstantPart, GroupsPart, Many, Source


class GroupShaper:
    """Shapes `groups` of one statement."""

    def __init__(self, dialect: Dialect, scans: Scans) -> None:
        """`scans` gives the rows of a list."""
        self.d, self._scans = dialect, scans

    def of(self, many: Many, part: GroupsPart, link: Any) -> Any:
        """The JSON list of groups of a list."""

        def columns(source: Source) -> list[Any]:
            keys = [base(source).label(f"_g{i}") for i, (base, _) in enumerate(part.keys)]
            carried = [base(source).label(f"_v{i}") for i, base in enumerate(part.carried)]
            return [*keys, *carried, *self._scans.named(summed, source)] or [
                sa.literal_column("1").label("_one")
            ]

        summed = many.row.summed
        base = self._scans.all_rows(many, link, columns).subquery(self._scans.name("r"))
        keys = [base.c[f"_g{i}"] for i in range(len(part.keys))]
        count = sa.func.count()
        text = self._object(part, base, keys, count)
        if summed:
            text = Concat([self._scans.alike(summed, base), text])
        columns_out = [text.label("j"), count.label("_n"), *keys]
        grouped = sa.select(*columns_out).select_from(base)
        if keys:
            grouped = grouped.group_by(*keys)
        order = [key.asc().nulls_last() for key in keys]
        if part.largest_first:
            order.insert(0, sa.desc(count))
        page = grouped.order_by(*order).limit(part.limit).subquery(self._scans.name("g"))
        outer = [page.c[key.name].asc().nulls_last() for key in keys]
        if part.largest_first:
            outer.insert(0, page.c["_n"].desc())
        if not self.d.lateral:
            page = sa.select(page).order_by(*outer).subquery(self._scans.name("g"))
        gathered = sa.func.coalesce(Gather(page.c.j, outer), Concat([""]))
        return sa.select(Concat(["[", gathered, "]"])).select_from(page).scalar_subquery()

    def _object(self, part: GroupsPart, base: Source, keys: list[Any], count: Any) -> Concat:
        def value(what: Any) -> Any:
            if isinstance(what, ConstantPart):
                return what.text
            if what == "count":
                return sa.cast(count, sa.Text)
            if what != "keys":
                return what(base)
            texts: list[Any] = []
            for key, (_, text) in zip(keys, part.keys, strict=True):
                texts += [*([","] if texts else []), text(key)]
            return ["[", *texts, "]"]

        return json_object((response, value(what)) for response, what in part.fields)
