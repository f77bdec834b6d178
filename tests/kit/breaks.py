"""Builds that are broken on purpose. What they patch is private; where it no longer fits they say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
import sqlalchemy as sa
import structlog

from core.access import guard
from core.access.current import Policies
from core.access.plan import AccessPlan
from core.access.viewer import Viewer
from core.customers import duplicates
from core.customers import service as customers
from core.errors import Forbidden, NotFound
from schema.compiler import engine, mutator, roots
from schema.compiler.elements import NULL
from schema.compiler.filters import Filters
from schema.compiler.groups import Aggregates
from schema.compiler.lists import Lists
from schema.compiler.lists.orders import Orders
from schema.compiler.scans import Scans
from schema.compiler.select import Selector
from schema.compiler.values import Leaf
from schema.http import execution
from schema.vocabulary.targets import Batch, Sealed, Stored

Patch: TypeAlias = pytest.MonkeyPatch
TOP = len(("customers", "nodes", "*", "phone"))


# -- the value itself
def texts_as(change: Callable[[Any, dict[str, Any]], dict[str, Any]]) -> Callable[[Patch], None]:
    def patch_texts(patch: Patch) -> None:
        texts = Selector._texts
        patch.setattr(
            Selector, "_texts", lambda self, target, nodes: change(target, texts(self, target, nodes))
        )

    return patch_texts


def mask_off(patch: Patch) -> None:
    texts_as(lambda _, made: {**made, "MASK": made["SHOW"]})(patch)


def hidden_shown(patch: Patch) -> None:
    texts_as(lambda _, made: {**made, "HIDE": made["SHOW"]})(patch)


def plugin_shown(patch: Patch) -> None:
    """What a plugin computes in Python is not asked about."""
    texts_as(lambda t, made: {**made, "HIDE": made["SHOW"]} if isinstance(t, Batch) else made)(patch)


def masked_in_the_resolver(patch: Patch) -> None:
    """What is hidden is read all the same, and taken away afterwards."""

    def change(target: Any, made: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(target, Stored):
            return made
        column = target.column
        return {**made, "HIDE": lambda s: sa.case((s.c[column].is_(None), NULL), else_=NULL)}

    texts_as(change)(patch)


def checked_at_the_top_only(patch: Patch) -> None:
    """Behind a relation everything is shown."""
    real = Selector._effects

    def effects(self: Selector, row: Any, name: str, path: list[str]) -> Any:
        return real(self, row, name, path) if len(path) <= TOP else ("SHOW",) * 8

    patch.setattr(Selector, "_effects", effects)


def any_row_by_id(patch: Patch) -> None:
    real = roots.lookup

    def lookup(*given: Any) -> Any:
        return replace(real(*given), keep=None)

    patch.setattr(roots, "lookup", lookup)


def a_timeline_that_tells_when(patch: Patch) -> None:
    patch.setattr(Lists, "_member_reach", lambda self, _target, name, cells: self._s.plan.reach(name, cells))


# -- conditions, orders, figures
def filter_unchecked(patch: Patch) -> None:
    patch.setattr(Filters, "_must_be_shown", lambda *_: None)


def filter_checked_at_the_top_only(patch: Patch) -> None:
    real = Filters._must_be_shown

    def check(self: Filters, row: Any, name: str, place: str) -> None:
        if not any(f".{word}" in place for word in ("some", "none", "every", "customer", "owner")):
            real(self, row, name, place)

    patch.setattr(Filters, "_must_be_shown", check)


def digests_unchecked(patch: Patch) -> None:
    """A whole phone number may be searched by whoever knows it."""
    real = Filters._must_be_shown

    def check(self: Filters, row: Any, name: str, place: str) -> None:
        if not isinstance(self._s.schema.target(row.type_name, name), Sealed):
            real(self, row, name, place)

    patch.setattr(Filters, "_must_be_shown", check)


def no_row_scope_in_filters(patch: Patch) -> None:
    """Related rows count, visible or not."""
    exists = Filters._exists

    def blind(self: Filters, *given: Any, **more: Any) -> Any:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(self._s, "keep", lambda *_: None)
            return exists(self, *given, **more)

    patch.setattr(Filters, "_exists", blind)


def sort_unchecked(patch: Patch) -> None:
    real = Orders.order

    def order(self: Orders, *given: Any) -> Any:
        kept = self._s._refusals[:]
        made = real(self, *given)
        self._s._refusals[:] = kept
        return made

    patch.setattr(Orders, "order", order)


def default_order_unchecked(patch: Patch) -> None:
    real = Orders.order
    patch.setattr(Orders, "_default", lambda _self, _row, target: list(target.order))

    def order(self: Orders, row: Any, target: Any, given: Any, place: str) -> Any:
        kept = self._s._refusals[:]
        made = real(self, row, target, given, place)
        if not isinstance(given, list):
            self._s._refusals[:] = kept
        return made

    patch.setattr(Orders, "order", order)


def a_cursor_proves_the_right_to_sort(patch: Patch) -> None:
    real = Lists._plain

    def plain(self: Lists, target: Any, given: dict[str, Any], *rest: Any) -> Any:
        kept = self._s._refusals[:]
        made = real(self, target, given, *rest)
        if isinstance(given["after"], Leaf):
            self._s._refusals[:] = kept
        return made

    patch.setattr(Lists, "_plain", plain)


def aggregate_unchecked(patch: Patch) -> None:
    patch.setattr(Aggregates, "_shown", lambda *_: None)


def totals_of_all(patch: Patch) -> None:
    real = Scans.count
    every = {"keep": None, "collected": None}
    patch.setattr(Scans, "count", lambda self, many, link: real(self, replace(many, **every), link))


# -- what is kept
def one_hash_for_all_plans(patch: Patch) -> None:
    patch.setattr(AccessPlan, "hash", "the same")


def stale_policy(patch: Patch) -> None:
    """A change of the policy is told to nobody."""

    def replace_silently(self: Policies, policy: Any, epoch: int) -> None:
        self._policy, self._epoch = policy, epoch

    patch.setattr(Policies, "replace", replace_silently)


def redactions_of_what_was_found(patch: Patch) -> None:
    real = engine.body

    def body(answer: Any) -> bytes:
        return real(answer if b'"id"' in answer.data else replace(answer, redactions=[]))

    patch.setattr(execution, "body", body)


# -- what is written
def payload_of_an_operator(patch: Patch) -> None:
    """The payload is compiled for somebody to whom nothing is denied."""
    real = engine.Engine.selector

    def selector(self: Any, viewer: Viewer, document: Any, variables: Any) -> Any:
        if document.operation.operation.value == "mutation":
            viewer = replace(viewer, plan=AccessPlan(viewer.plan.catalogue, (), unrestricted=True))
        return real(self, viewer, document, variables)

    patch.setattr(engine.Engine, "selector", selector)


def invisible_is_forbidden(patch: Patch) -> None:
    """FORBIDDEN for a row that is there, NOT_FOUND for one that is not."""
    real, cell_of = guard.cell_of, guard._cell

    async def telling(work: Any, viewer: Any, model: Any, key: Any, *rest: Any) -> int:
        try:
            return await real(work, viewer, model, key, *rest)
        except NotFound:
            if await cell_of(work, viewer, model.__name__, key) is None:
                raise
            raise Forbidden("id") from None

    patch.setattr(guard, "cell_of", telling)


def uniqueness_told_to_all(patch: Patch) -> None:
    """Whoever enters a phone number learns that it is known."""

    async def refuse(work: Any, viewer: Any, row: Any, names: Any) -> None:
        operator = replace(viewer, plan=AccessPlan(viewer.plan.catalogue, (), unrestricted=True))
        await duplicates.refuse_duplicate(work, operator, row, names)

    patch.setattr(customers, "refuse_duplicate", refuse)


def replay_as_it_was(patch: Patch) -> None:
    """A repeated mutation gives what was read the first time, whoever asks."""
    kept: dict[Any, bytes] = {}
    real = mutator.Mutator._payload

    async def payload(
        self: Any, one: Any, outcome: Any, variables: Any, viewer: Viewer, filler: Any
    ) -> bytes:
        key = viewer.subject, one.name, str(sorted(outcome.items(), key=str))
        if key not in kept:
            kept[key] = await real(self, one, outcome, variables, viewer, filler)
        return kept[key]

    patch.setattr(mutator.Mutator, "_payload", payload)


# -- beside the answer
def answers_are_logged(patch: Patch) -> None:
    """With what somebody else was told."""
    real = mutator.Mutator._read
    seen = structlog.get_logger("broken")

    async def read(self: Any, row: Any, key: Any, variables: Any, viewer: Viewer, filler: Any) -> bytes:
        if key is not None:
            async with self._engine.database.unit_of_work() as work:
                found = await work.session.execute(sa.text("SELECT notes_masked, birthday FROM customers"))
                seen.info("read", rows=[str(r) for r in found])
        return await real(self, row, key, variables, viewer, filler)

    patch.setattr(mutator.Mutator, "_read", read)
