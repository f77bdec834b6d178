"""The parts that every command and the server put together from the settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from core.access.checks import faults_of, in_use
from core.access.enforcer import check_model
from core.access.files import read_policy
from core.access.guard import Permission
from core.access.plan import AccessPlan, Catalogue
from core.access.relations import Relations
from core.access.rules import READ, Policy, PolicyError, Vocabulary, refuse
from core.access.viewer import Viewer
from core.clock import Clock, SystemClock
from core.db.database import Database
from core.db.model import Model, camel
from core.db.sealing import Sealer, development_sealer, sealer_from
from core.ids import Ids, RandomIds
from core.models import CORE_MODELS
from core.permissions import CORE_PERMISSIONS
from core.settings import Settings
from core.text import Language


def make_sealer(settings: Settings) -> Sealer:
    """From the settings' keys; fixed ones in development where none are set."""
    if settings.encryption_keys is None or settings.index_key is None:
        return development_sealer()
    return sealer_from(settings.encryption_keys.get_secret_value(), settings.index_key.get_secret_value())


def open_database(settings: Settings, clock: Clock | None = None, ids: Ids | None = None) -> Database:
    """The database of the settings. The caller closes it."""
    return Database(
        settings.database_url,
        clock=clock or SystemClock(),
        ids=ids or RandomIds(),
        sealer=make_sealer(settings),
        pool=settings.database_pool,
        timeout=settings.statement_timeout,
    )


def operator(language: Language = "en", models: Mapping[str, type[Model]] = CORE_MODELS) -> Viewer:
    """Whoever runs the product's own commands: no employee, and nothing is denied."""
    plan = AccessPlan(Catalogue(Relations(models), {}), (), unrestricted=True)
    return Viewer("operator", None, (), (), plan, language)


def words_of(
    models: Mapping[str, type[Model]] = CORE_MODELS, permissions: Iterable[Permission] = CORE_PERMISSIONS
) -> Vocabulary:
    """What policies may speak of, as far as tables tell: a field is named like its column."""
    acts: dict[str, set[str]] = defaultdict(set)
    for permission in permissions:
        acts[permission.type].add(permission.act)
    fields = {
        (name, camel(column.info.get("sealed", column.name))): column.info["class"].name
        for name, model in models.items()
        for column in model.__table__.c
    }
    relations = Relations(models)
    return Vocabulary(
        {name: frozenset({READ} | acts[name]) for name in models},
        {name: relations.known(name) for name in models},
        fields,
        frozenset(fields.values()),
    )


def read_policies(folder: Path, words: Vocabulary | None = None, failed: Collection[object] = ()) -> Policy:
    """The policies of a folder, checked by line and by casbin; PolicyError says every bad line and remedy.

    Where plugins `failed`, lines about what would be theirs rest, as they do in the database.
    """
    faults: list[PolicyError] = []
    policy, words = read_policy(folder, faults), words or words_of()
    if failed:
        policy = replace(policy, rules=in_use(policy, words))
    refuse([*faults, *faults_of(policy, words)])
    check_model(policy)
    return policy
