"""One application: settings in, all its parts out. Several live in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from starlette.applications import Starlette

from core.access.breadth import Breadth
from core.access.current import Policies
from core.access.plan import AccessPlan, Catalogue
from core.access.relations import Relations
from core.access.rules import READ, Vocabulary
from core.clock import Clock
from core.db.database import Database
from core.db.migrate import migrate
from core.explaining.service import Explanations
from core.identity.tokens import TokenVerifier
from core.ids import Ids
from core.models import CORE_MODELS
from core.organization.principals import Principal, load_principal
from core.permissions import CORE_PERMISSIONS
from core.policies.keeper import PolicyKeeper
from core.policies.permissions import APPROVE_CHANGE, PROPOSE_CHANGE
from core.policies.watch import watching
from core.runtime import open_database, read_policies
from core.services import Services
from core.settings import Settings
from schema.compiler.engine import Engine
from schema.compiler.mutator import Mutator
from schema.http.app import make_http_app
from schema.http.execution import Execution
from schema.http.graphiql import SampleTokens
from schema.http.signin import SignIn
from schema.recording.dry_run import DryRun
from schema.recording.recorder import Recorder, recording
from schema.types.mutations import Mutation
from schema.types.query import ROW_TYPES, Query
from schema.vocabulary.extensions import Extension
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import Namespace


@dataclass(frozen=True)
class Application:
    """All parts of one application; several live in one process."""

    settings: Settings
    database: Database
    schema: Schema
    catalogue: Catalogue
    policies: Policies
    keeper: PolicyKeeper
    engine: Engine
    sign_in: SignIn
    execution: Execution
    recorder: Recorder

    async def ready(self) -> None:
        """Raise Unavailable unless the database answers and the policies are confirmed."""
        await self.database.ping()
        _ = self.policies.current


def make_schema(extensions: Sequence[Extension] = ()) -> Schema:
    """The GraphQL schema: the core's types, and what extensions add."""
    return Schema(Query, Mutation, models=CORE_MODELS, types=ROW_TYPES, extensions=extensions)


def sdl(schema: Schema) -> str:
    """The schema as text, ending in a line feed."""
    return schema.as_str().rstrip() + "\n"


def make_catalogue(schema: Schema) -> Catalogue:
    """What access is decided about."""
    return Catalogue(Relations(schema.models), schema.classes, schema.shown_as, hosts_of(schema))


def hosts_of(schema: Schema) -> dict[str, str]:
    """Each type of a group of fields (a plugin's `Customer.points`) to the type on whose rows it stands."""
    groups = {
        schema.type_behind(made.name, name): made.name
        for made in schema.object_types
        for name in made.fields
        if isinstance(schema.target(made.name, name), Namespace)
    }
    found = {}
    for group, host in groups.items():
        while host in groups:  # a group within a group
            host = groups[host]  # noqa: PLW2901
        found[group] = host
    return found


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
    words = vocabulary(catalogue)
    policies = Policies(read_policies(settings.policies, words))
    keeper = PolicyKeeper(database, policies, words)
    services = Services()
    engine = Engine(schema, database, settings, services)
    granting = (PROPOSE_CHANGE, APPROVE_CHANGE)
    explanations = Explanations(database, catalogue, lambda: policies.current, CORE_PERMISSIONS, granting)
    recorder = Recorder(schema, database, settings)
    engine.note = recorder.note if settings.operations_days else None
    dry_run = DryRun(keeper, engine)
    for one in (settings, database, catalogue, policies, keeper, engine, explanations, dry_run):
        services.add(one)
    breadth = Breadth(catalogue.relations)

    async def principal_of(subject: str) -> Principal | None:
        found = await load_principal(database, subject)
        if found is None:
            return None
        return replace(found, narrow=await breadth.narrow(database, found.employee, found.departments))

    sign_in = SignIn(
        verifier=TokenVerifier(settings, database.clock),
        policies=policies,
        load_principal=principal_of,
        plan_for=lambda roles: AccessPlan(catalogue, policies.current.rules_of(roles)),
        clock=database.clock,
        keep_seconds=settings.principal_cache_seconds,
    )
    mutator = Mutator(engine, policies, services, sign_in.forget)
    return Application(
        settings,
        database,
        schema,
        catalogue,
        policies,
        keeper,
        engine,
        sign_in,
        Execution(engine, mutator),
        recorder,
    )


def make_web(app: Application, sample_tokens: SampleTokens = tuple) -> Starlette:
    """The web application; it brings the database up to date when it starts and closes it when it ends."""

    @asynccontextmanager
    async def lifespan(_web: Starlette) -> AsyncIterator[None]:
        await migrate(app.database)
        try:
            async with watching(app.keeper), recording(app.recorder):
                yield
        finally:
            await app.database.close()

    return make_http_app(
        settings=app.settings,
        execute=app.execution,
        sign_in=app.sign_in,
        ping=app.ready,
        ids=app.database.ids,
        sample_tokens=sample_tokens,
        lifespan=lifespan,
    )
