"""One application: settings in, all its parts out. Several live in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import structlog
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.types import Lifespan

from core.access.breadth import Breadth
from core.access.current import Policies
from core.access.guard import Permission
from core.access.occasion import Office
from core.access.plan import Catalogue
from core.access.plans import Plans
from core.access.relations import Relations
from core.access.rules import READ, Vocabulary
from core.audit.service import Audit, auditing
from core.db.database import Database
from core.explaining.service import Explanations
from core.extension.equipping import equip, make_worker, migrate_all, registries
from core.extension.failing import PluginError
from core.extension.plugins import NONE, Plugins, blame, load
from core.identity.tokens import TokenVerifier
from core.jobs.worker import Worker, working
from core.organization.people import People
from core.organization.principals import Principal, load_principal
from core.permissions import CORE_PERMISSIONS
from core.policies.keeper import PolicyKeeper
from core.policies.permissions import APPROVE_CHANGE, PROPOSE_CHANGE
from core.policies.watch import watching
from core.runtime import open_database, read_policies
from core.settings import PluginChoice, Settings
from schema.compiler.engine import Engine
from schema.compiler.mutator import Mutator
from schema.http.app import GRAPHQL_PATH, HttpApp, make_http_app
from schema.http.execution import Execution
from schema.http.export.endpoint import export_route
from schema.http.graphiql import SampleTokens
from schema.http.signin import SignIn
from schema.http.sockets.connection import Parts
from schema.http.sockets.endpoint import SocketEndpoint
from schema.plugin.base import Plugin
from schema.plugin.describing import described, unadopted
from schema.plugin.extending import extensions_of, types_of
from schema.plugin.health import Health
from schema.plugin.routes import Routes
from schema.recording.dry_run import DryRun
from schema.recording.recorder import Recorder, recording
from schema.subscriptions.service import Subscriptions
from schema.types.mutations import Mutation
from schema.types.plugins import PluginList
from schema.types.query import ROW_TYPES, Query
from schema.types.subscription import Subscription
from schema.vocabulary.extensions import Extension
from schema.vocabulary.schema import Schema

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Application:
    """All parts of one application; several live in one process."""

    settings: Settings
    plugins: Plugins
    database: Database
    schema: Schema
    catalogue: Catalogue
    policies: Policies
    keeper: PolicyKeeper
    engine: Engine
    sign_in: SignIn
    people: People
    execution: Execution
    recorder: Recorder
    worker: Worker

    async def ready(self) -> None:
        """Raise Unavailable unless the database answers and the policies are confirmed."""
        await self.database.ping()
        _ = self.policies.current


def load_plugins(settings: PluginChoice, words: Iterable[str] = ()) -> Plugins:
    """The plugins of the settings; ConfigurationError names one that can't be on. `words`: of the command."""
    return load(settings.plugins, Plugin, tolerant=settings.plugins_tolerant, words=words, fits=_fits)


def _fits(plugins: Plugins) -> None:
    """Raise where they can't be put together, or can't be described."""
    registries(plugins)
    make_schema(plugins)
    described(plugins)


def make_schema(plugins: Plugins = NONE, extensions: Sequence[Extension] = ()) -> Schema:
    """The GraphQL schema: the core's types, and what plugins and further extensions add."""
    return Schema(
        Query,
        Mutation,
        Subscription,
        models=plugins.models,
        types=(*ROW_TYPES, *types_of(plugins)),
        extensions=(*extensions_of(plugins), *extensions),
    )


def sdl(schema: Schema) -> str:
    """The schema as text, ending in a line feed."""
    return schema.as_str().rstrip() + "\n"


def make_catalogue(schema: Schema) -> Catalogue:
    """What access is decided about."""
    return Catalogue(Relations(schema.models), schema.classes, schema.shown_as, hosts_of(schema))


def hosts_of(schema: Schema) -> dict[str, str]:
    """Each type of a group of fields (a plugin's `Customer.points`) to the type on whose rows it stands."""
    within = ((inner, name) for name in schema.models for inner in schema.types_within(name))
    return {inner: name for inner, name in within if inner != name}


def vocabulary(catalogue: Catalogue, permissions: Iterable[Permission] = CORE_PERMISSIONS) -> Vocabulary:
    """What policies may speak of: types with their acts, fields with their classes."""
    acts: dict[str, set[str]] = {name: {READ} for name in catalogue.relations.models}
    for permission in permissions:
        acts[permission.type].add(permission.act)
    known = {name: frozenset(found) for name, found in acts.items()}
    relations = {name: catalogue.relations.known(name) for name in known}
    return Vocabulary(known, relations, catalogue.fields, frozenset(catalogue.fields.values()))


def build(
    settings: Settings,
    *,
    plugins: Plugins | None = None,
    schema: Schema | None = None,
    extensions: Sequence[Extension] = (),
    database: Database | None = None,
) -> Application:
    """Put the parts together: the settings' plugins unless others are given.

    `schema` (of these plugins; making it takes most of the time), `extensions` and `database` may be given
    by tests and tools. PluginError names a plugin that fails, unless the settings tolerate that.
    """
    plugins = load_plugins(settings) if plugins is None else plugins
    database = database or open_database(settings)
    try:
        return _assemble(settings, plugins, schema, extensions, database)
    except PluginError as error:
        left = plugins.without(error, tolerant=settings.plugins_tolerant)
    return build(settings, plugins=left, extensions=extensions, database=database)


def _assemble(
    settings: Settings,
    plugins: Plugins,
    schema: Schema | None,
    extensions: Sequence[Extension],
    database: Database,
) -> Application:
    schema = schema or blame(plugins, lambda plugins: make_schema(plugins, extensions))
    catalogue = make_catalogue(schema)
    words = vocabulary(catalogue, plugins.permissions)
    policies = Policies(read_policies(settings.policies, words, plugins.failed))
    keeper = PolicyKeeper(database, policies, words)
    services = equip(database, settings, plugins)
    engine = Engine(schema, database, settings, services)
    granting = (PROPOSE_CHANGE, APPROVE_CHANGE)
    explanations = Explanations(database, catalogue, lambda: policies.current, plugins.permissions, granting)
    recorder = Recorder(schema, database, settings)
    engine.note = recorder.note if settings.operations_days else None
    engine.audit = services[Audit]
    dry_run = DryRun(keeper, engine)
    for one in (catalogue, policies, keeper, engine, explanations, dry_run, described(plugins)):
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
        plan_for=Plans(catalogue, policies),
        office=Office.of(settings),
        clock=database.clock,
        keep_seconds=settings.principal_cache_seconds,
        witness=services[Audit],
    )
    subscriptions = Subscriptions(engine, services)
    policies.listeners.append(subscriptions.feed.ask_again)  # behind sign_in's, which forgets plans

    people = People()
    people.listeners += (sign_in.forget, subscriptions.feed.ask_again)
    mutator = Mutator(engine, policies, services, people)
    return Application(
        settings,
        plugins,
        database,
        schema,
        catalogue,
        policies,
        keeper,
        engine,
        sign_in,
        people,
        Execution(engine, mutator, subscriptions),
        recorder,
        make_worker(database, settings, catalogue, settings.workers),
    )


def socket_endpoint(app: Application) -> SocketEndpoint:
    """What answers WebSockets."""
    database = app.database
    endpoint = SocketEndpoint(
        Parts(app.settings, app.execution.stream, app.sign_in, database.clock, database.ids)
    )
    app.people.listeners.append(endpoint.ask_again)  # behind sign_in's, which forgets who they were
    return endpoint


async def prepared(app: Application) -> Application:
    """The application, its tables up to date; another one, where a plugin whose can't be is left out."""
    plugins = await migrate_all(app.database, app.plugins, tolerant=app.settings.plugins_tolerant)
    return app if plugins is app.plugins else build(app.settings, plugins=plugins, database=app.database)


def make_web(app: Application, sample_tokens: SampleTokens = tuple) -> Starlette:
    """The web application; it brings the database up to date when it starts and closes it when it ends."""

    @asynccontextmanager
    async def lifespan(_web: Starlette) -> AsyncIterator[None]:
        running = await prepared(app)
        if running is not app:
            web.answer_as(_http_app(running, sample_tokens))
        try:
            async with (
                auditing(running.database.services[Audit]),
                watching(running.keeper, running.people),
                recording(running.recorder),
                working(running.worker),
            ):
                for name in unadopted(running.database.services[PluginList], running.policies.current):
                    remedy = f'baoke plugin adopt {name} --reason "…"'
                    log.warning("no policies of a plugin are in force", plugin=name, remedy=remedy)
                yield
        finally:
            await running.database.close()

    web = _http_app(app, sample_tokens, lifespan)
    return web


def _http_app(
    app: Application, sample_tokens: SampleTokens, lifespan: Lifespan[Starlette] | None = None
) -> HttpApp:
    return make_http_app(
        settings=app.settings,
        execute=app.execution,
        sign_in=app.sign_in,
        ping=app.ready,
        health=Health(app.plugins, app.database.services),
        ids=app.database.ids,
        sample_tokens=sample_tokens,
        routes=[
            WebSocketRoute(GRAPHQL_PATH, socket_endpoint(app)),
            export_route(app.engine, app.settings, app.sign_in),
            *Routes(app.plugins, app.settings, app.database, app.sign_in),
        ],
        lifespan=lifespan,
    )
