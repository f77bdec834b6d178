"""Shaping: the tree becomes one Core statement that returns the response text.

PostgreSQL: to one is a LEFT JOIN; a leaf list is LATERAL and aggregated in place; a list that itself joins is
one materialised set per level, grouped by parent. SQLite: correlated scalar subqueries, to one joined.
"""

from schema.compiler.shape.shaper import Shaper

__all__ = ["Shaper"]
