"""The rights that are looked over: rules in force that allow something sensitive (BEY-9).

`read` and `mask` are none of them: rows without their sensitive fields, and masks, leave no record.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.access.plan import Catalogue
from core.access.rules import EVERYONE, EXPORT, MASK, READ, SHOW, WRITE, Policy, Role, Rule, covers
from core.db.model import camel
from core.db.sensitivity import UNRECORDED
from core.db.work import UnitOfWork
from core.policies.store import in_force, read_version
from core.reviews.acts import Done, done_by
from core.text import Text

Fields = Mapping[tuple[str, str], str]
"""(type, field) to the name of its class."""
LIKE = Policy((), {EVERYONE: Role(EVERYONE, Text("everyone", "所有人"))}, {})


class Sort(enum.Enum):
    """What sort of record tells of a use."""

    READING = enum.auto()
    EXPORT = enum.auto()
    WRITING = enum.auto()


SORTS = {SHOW: frozenset({Sort.READING, Sort.EXPORT}), EXPORT: frozenset({Sort.EXPORT})}
"""By act; the use of every other one is a writing."""


@dataclass(frozen=True, slots=True)
class Right:
    """One rule, the roles that it reaches, and by which records its use is known."""

    rule: Rule
    roles: frozenset[str]
    done: Done

    @property
    def sorts(self) -> frozenset[Sort]:
        """What sorts of records tell of its use."""
        return SORTS.get(self.rule.act, frozenset({Sort.WRITING}))


async def policy_in_force(work: UnitOfWork) -> Policy | None:
    """As the database has it; None where it has none yet."""
    version = read_version(await work.session.scalar(in_force(work.writer.dialect)), LIKE)
    return None if version is None else version.policy


def fields_of(catalogue: Catalogue) -> Fields:
    """Every field with its class; a process without a schema knows them by their columns."""
    if catalogue.fields:
        return catalogue.fields
    found = {}
    for type_name, model in catalogue.relations.models.items():
        for column in model.__table__.c:
            name = column.info.get("sealed", column.name).removesuffix("_minor").removesuffix("_id")
            found[type_name, camel(name)] = column.info["class"].name
    return found


def rights_of(policy: Policy, fields: Fields, roles: Collection[str]) -> list[Right]:
    """The rights that reach any of these roles, in order; each with all roles that it reaches."""
    lineages = {role: policy.lineage(role).keys() for role in {*policy.roles, *roles}}
    found = []
    for rule in sorted(set(policy.rules_of(roles))):
        done = _done(rule, fields)
        if rule.effect == "allow" and done is not None:
            reached = frozenset(role for role, above in lineages.items() if rule.role in above)
            found.append(Right(rule, reached, done))
    return found


def _done(rule: Rule, fields: Fields) -> Done | None:
    """By which records the use of a rule is known; None where it is nothing sensitive."""
    if rule.act in (READ, MASK):
        return None
    if rule.act in (SHOW, WRITE):
        covered = {
            f"{of}.{name}"
            for (of, name), sensitivity in fields.items()
            if sensitivity not in UNRECORDED and covers(rule.object, of, name, sensitivity)
        }
        return Done(fields=frozenset(covered)) if covered else None
    type_name = rule.object.removeprefix("type:")
    if rule.act == EXPORT:
        return Done(fields=frozenset(f"{of}.{name}" for of, name in fields if of == type_name))
    return done_by(type_name, rule.act)
