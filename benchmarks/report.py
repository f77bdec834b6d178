"""Measures as tables: rates, and medians of ratios that were taken within a round."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from benchmarks.run import Measure

BASES = ("postgraphile", "mercurius", "floor+", "naive")
Groups: TypeAlias = dict[tuple[str, int], dict[str, list["Measure"]]]


def report(made: Iterable[Measure]) -> None:
    """Print one table for each query and number of connections, then one of all ratios."""
    groups: Groups = defaultdict(lambda: defaultdict(list))
    for one in made:
        groups[one.query, one.connections][one.target].append(one)
    _details(groups)
    _ratios(groups)


def _ratios(groups: Groups) -> None:
    """Ours against each of the others, the medians at every number of connections side by side."""
    queries = list(dict.fromkeys(query for query, _ in groups))
    widths = list(dict.fromkeys(connections for _, connections in groups))
    names = list(dict.fromkeys(name for found in groups.values() for name in found))
    print(f"\n### Ratios at {', '.join(map(str, widths))} connections\n")
    print(f"| server | against | {' | '.join(queries)} |\n|{' --- |' * (len(queries) + 2)}")
    for mine in (name for name in names if name.startswith("ours")):
        for base in (base for base in BASES if base in names):
            cells = [
                ", ".join(
                    f"{_median(_each(groups[query, width][mine], groups[query, width][base])):.2f}"
                    for width in widths
                )
                for query in queries
            ]
            print(f"| {mine} | {base} | {' | '.join(cells)} |")


def _details(groups: Groups) -> None:
    for (query, connections), found in groups.items():
        bases = [base for base in BASES if base in found]
        heads = ["server", "req/s", *(f"x {base}" for base in bases)]
        heads += ["p50 ms", "p99 ms", "CPU µs", "database µs", "MiB"]
        print(f"\n### {query}, {connections} connection{'s' if connections > 1 else ''}\n")
        print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
        for name, measures in sorted(found.items(), key=lambda item: -_median(m.rate for m in item[1])):
            cells = [name, f"{_median(m.rate for m in measures):.0f}"]
            cells += [_ratio(measures, found[base]) for base in bases]
            cells += [f"{_median(m.p50 for m in measures):.2f}", f"{_median(m.p99 for m in measures):.2f}"]
            cells += [
                f"{_median(m.cpu for m in measures):.0f}",
                f"{_median(m.database_cpu for m in measures):.0f}",
            ]
            cells += [f"{max(m.memory for m in measures):.0f}"]
            if bad := sum(m.bad for m in measures):
                cells[0] += f" ({bad} failed)"
            print(f"| {' | '.join(cells)} |")


def _ratio(mine: Sequence[Measure], base: Sequence[Measure]) -> str:
    """Median, and in brackets the least and the greatest, of the ratios of one round each."""
    if mine is base:
        return ""
    ratios = _each(mine, base)
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def _each(mine: Sequence[Measure], base: Sequence[Measure]) -> list[float]:
    return [a.rate / b.rate for a, b in zip(mine, base, strict=True)]


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)
