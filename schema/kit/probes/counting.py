"""Asking for figures: groups and measures, counts, and whether a list goes on."""

from __future__ import annotations

from collections.abc import Iterator

from schema.kit.attack import Attack, Case, Probe, asks
from schema.kit.probes.filtering import SCOPES
from schema.kit.texts import below
from schema.vocabulary.groups import MEASURES


def groups(case: Case) -> Iterator[Attack]:
    """Each way to group and each measure, in every list, nested ones too."""
    schema = case.stage.app.schema
    hidden = {(one.row.type_name, one.field) for one in case.hidden}
    asked = []
    for route in case.map.lists:
        name = route.type_name
        for member, key in schema.groups.keys(name).items():
            if (name, key.field) in hidden:
                asked.append((route, f"by: [{member}]", "keys count"))
        for measure in MEASURES:
            for field in schema.groups.measured(name, measure):
                if (name, field) in hidden:
                    of = schema.core.type_map[f"{name}{measure.capitalize()}"].fields[field].type  # type: ignore[attr-defined]
                    asked.append((route, "", f"count {measure} {{ {field}{below(of)} }}"))
    for route, by, shown in case.telling(asked, lambda one: one[0].type_name):
        scope = case.draw.choice(SCOPES)
        given = f"({by})" if by else ""
        yield asks(route.ask("", scope, f"totalCount groups{given} {{ {shown} }}"))


def totals(case: Case) -> Iterator[Attack]:
    """How many rows there are, and whether a page is the last."""
    shown = "totalCount pageInfo { hasNextPage hasPreviousPage } groups { count }"
    for route in case.routes(case.map.lists):
        scope = case.draw.choice(SCOPES)
        yield asks(route.ask("", scope, shown))
        yield asks(route.ask("", f"{scope}first: {case.draw.randint(0, 12)}", shown))


PROBES = (
    Probe("groups", "grouping by the field, and sums, averages, least and largest values", groups),
    Probe("totals", "counts, and whether a list goes on", totals),
)
