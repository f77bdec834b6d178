"""Tables of the policies. A line is written once and counts from a version on until another takes it away."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import INTERNAL, PUBLIC
from core.db.types import Choice, Json, Text, UtcTime
from core.policies.choices import ChangeState

IN_FORCE = sa.text("until IS NULL")


def _since() -> Any:
    return column(sa.Integer, PUBLIC, "Number of the first version that has it.", nullable=False)


def _until() -> Any:
    return column(sa.Integer, PUBLIC, "Number of the first version without it; null while it is in force.")


def _once(name: str, *columns: str) -> sa.Index:
    """At any time a line is in force once."""
    return sa.Index(f"uq_{name}", *columns, unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE)


class PolicyChange(Model):
    """Lines that somebody wants added and removed, together."""

    __tablename__ = "policy_changes"
    __prefix__ = "pch"

    id = key_column()
    reason = column(Text, INTERNAL, "Why.", nullable=False)
    state = column(Choice(ChangeState), INTERNAL, "How far the change is.", nullable=False)
    base = column(
        sa.Integer, INTERNAL, "Number of the version that was in force when it was proposed.", nullable=False
    )
    added = column(Json, INTERNAL, "The lines that it adds, as they stand in files.", nullable=False)
    removed = column(Json, INTERNAL, "The lines that it removes, as they stand in files.", nullable=False)
    proposed_by_id = reference(
        "employees.id", INTERNAL, "The employee who proposed it; null for the operator of the machine."
    )
    proposed_at = column(UtcTime, PUBLIC, "When it was proposed.", nullable=False)
    closed_at = column(UtcTime, INTERNAL, "When it was rejected, withdrawn or applied.")
    approval_id = reference("approvals.id", INTERNAL, "Its approval by a second person.")


class PolicyVersion(Model):
    """A state of all policies; the one with the highest number is in force."""

    __tablename__ = "policy_versions"
    __prefix__ = "pve"

    id = key_column()
    number = column(sa.Integer, PUBLIC, "Counts from 1.", nullable=False, unique=True)
    at = column(UtcTime, PUBLIC, "When it came into force.", nullable=False)
    by_id = reference(
        "employees.id", INTERNAL, "The employee who put it in force; null for the operator of the machine."
    )
    reason = column(Text, INTERNAL, "Why; null for the first one, which came from a folder of files.")
    change_id = reference("policy_changes.id", INTERNAL, "The change that it came from, if there was one.")


class PolicyRole(Model):
    """A declared role, with its names."""

    __tablename__ = "policy_roles"
    __prefix__ = "pro"
    __table_args__ = (_once("policy_roles_in_force", "name"),)

    id = key_column()
    name = column(Text, INTERNAL, "Name of the role, as rules and tokens name it.", nullable=False)
    title_en = column(Text, INTERNAL, "What the role is called in English.", nullable=False)
    title_zh = column(Text, INTERNAL, "What the role is called in Chinese.", nullable=False)
    since = _since()
    until = _until()


class PolicyInheritance(Model):
    """A role has all that another one has."""

    __tablename__ = "policy_inheritances"
    __prefix__ = "pin"
    __table_args__ = (_once("policy_inheritances_in_force", "role", "inherits"),)

    id = key_column()
    role = column(Text, INTERNAL, "The role that inherits.", nullable=False)
    inherits = column(Text, INTERNAL, "The role whose rules it has too.", nullable=False)
    since = _since()
    until = _until()


class PolicyRule(Model):
    """One rule: an act on an object, allowed or denied to a role for a relation."""

    __tablename__ = "policy_rules"
    __prefix__ = "pru"
    __table_args__ = (_once("policy_rules_in_force", "role", "object", "act", "relation", "effect"),)

    id = key_column()
    role = column(Text, INTERNAL, "The role that it speaks of, or `everyone`.", nullable=False)
    object = column(Text, INTERNAL, "`class:NAME`, `type:NAME` or `field:TYPE.FIELD`.", nullable=False)
    act = column(Text, INTERNAL, "`read`, `show`, `mask`, `write`, or an act of the type.", nullable=False)
    relation = column(Text, INTERNAL, "`own`, `team`, `department` or `all`.", nullable=False)
    effect = column(Text, INTERNAL, "`allow` or `deny`.", nullable=False)
    since = _since()
    until = _until()
