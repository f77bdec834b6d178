"""One application: settings in, all its parts out. Several live in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette

from core.access.plan import AccessPlan, Catalogue
from core.access.relations import Relations
from core.access.rules import READ, Policy, Vocabulary
from core.clock import Clock
from core.db.database import Database
from core.db.migrate import migrate
from core.identity.tokens import TokenVerifier
from core.ids import Ids
from core.models import CORE_MODELS
from core.organization.principals import load_principal
from core.permissions import CORE_PERMISSIONS
from core.runtime import open_database, read_policies
from core.settings import Settings
from schema.compiler.engine import Engine
from schema.compiler.mutator import Mutator
from schema.http.app import make_http_app
from schema.http.execution import Execution
from schema.http.graphiql import SampleTokens
from schema.http.signin import SignIn
from schema.types.mutations import Mutation
from schema.types.query import ROW_TYPES, Query
from schema.vocabulary.extensions import Extension
from schema.vocabulary.schema import Schema


@dataclass(frozen=True)
class Application:
    """All parts of one application; several live in one process."""

    settings: Settings
    database: Database
    schema: Schema
    catalogue: Catalogue
    policy: Policy
    engine: Engine
    sign_in: SignIn
    execution: Execution


def make_schema(extensions: Sequence[Extension] = ()) -> Schema:
    """The GraphQL schema: the core's types, and what extensions add."""
    return Schema(Query, Mutation, models=CORE_MODELS, types=ROW_TYPES, extensions=extensions)


def sdl(schema: Schema) -> str:
    """The schema as text, ending in a line feed."""
    return schema.as_str().rstrip() + "\n"


def make_catalogue(schema: Schema) -> Catalogue:
    """What access is decided about."""
    return Catalogue(Relations(schema.models), schema.classes, schema.shown_as)


def vocabulary(catalogue: Catalogue) -> Vocabulary:
    """What policies may speak of: types with their acts, fields with their classes."""
    acts: dict[str, set[str]] = {name: {READ} for name in catalogue.relations.models}
    for permission in CORE_PERMISSIONS:
        acts[permission.type].add(permission.act)
    known = {name: frozenset(found) for name, found in acts.items()}
    relations = {name: catalogue.relations.known(name) for name in known}
    return Vocabulary(known, relations, catalogue.fields, frozenset(catalogue.fields.values()))


def build(
    settings: Settings,
    *,
    extensions: Sequence[Extension] = (),
    clock: Clock | None = None,
    ids: Ids | None = None,
    database: Database | None = None,
) -> Application:
    """Put the parts together. `clock`, `ids` and `database` may be given by tests and tools."""
    database = database or open_database(settings, clock, ids)
    schema = make_schema(extensions)
    catalogue = make_catalogue(schema)
    policy = read_policies(settings.policies, vocabulary(catalogue))
    engine = Engine(schema, database, settings)
    sign_in = SignIn(
        verifier=TokenVerifier(settings, database.clock),
        policy=lambda: policy,
        load_principal=lambda subject: load_principal(database, subject),
        plan_for=lambda roles: AccessPlan(catalogue, policy.rules_of(roles)),
        clock=database.clock,
        keep_seconds=settings.principal_cache_seconds,
    )
    mutator = Mutator(engine, policy, sign_in.forget)
    return Application(
        settings, database, schema, catalogue, policy, engine, sign_in, Execution(engine, mutator)
    )


def make_web(app: Application, sample_tokens: SampleTokens = tuple) -> Starlette:
    """The web application; it brings the database up to date when it starts and closes it when it ends."""

    @asynccontextmanager
    async def lifespan(_web: Starlette) -> AsyncIterator[None]:
        await migrate(app.database)
        try:
            yield
        finally:
            await app.database.close()

    return make_http_app(
        settings=app.settings,
        execute=app.execution,
        sign_in=app.sign_in,
        ping=app.database.ping,
        ids=app.database.ids,
        sample_tokens=sample_tokens,
        lifespan=lifespan,
    )
