"""What services of the core and of plugins find at run time, in servers and commands alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.access.plan import Catalogue
from core.access.validators import Validators
from core.db.database import Database
from core.events.declare import Event, Handler
from core.events.registry import Events
from core.extension.declared import Declared
from core.extension.plugins import Plugins
from core.jobs.prune import CORE_JOBS
from core.jobs.schedules import Schedules
from core.jobs.tasks import Jobs
from core.jobs.worker import Worker
from core.published import CORE_EVENTS
from core.services import Services
from core.settings import Settings
from core.tiers.signals import Signals


def equip(database: Database, settings: Settings, plugins: Plugins) -> Services:
    """Offer the settings and the registries, then the settings and services of each plugin, in order.

    Work on this database publishes events, asks validators and finds signals from now on.
    """
    services = database.services = Services()
    offered: tuple[object, ...] = (
        settings,
        database,
        Validators(list(plugins.each("validators"))),
        Signals(list(plugins.each("signals"))),
        events_of(plugins),
        Jobs((*CORE_JOBS, *plugins.each("jobs"))),
    )
    for one in offered:
        services.add(one)
    for declared in plugins.on:
        if declared.settings is not None:
            services.add(declared.settings)
        for one in declared.plugin.services(services):
            services.add(one)
    return services


def events_of(plugins: Plugins) -> Events:
    """All events, and who is told of them."""
    types = (*CORE_EVENTS, *plugins.each("events"))
    known = set(types)
    return Events(types, (one for declared in plugins.on for one in _handlers(declared, known)))


def _handlers(declared: Declared, known: set[type[Event]]) -> Iterator[Handler[Any]]:
    """Those whose event is there; a plugin that is optional may be off, and then its events are."""
    manifest = declared.manifest
    optional = {manifest.wanted(text).name for text in manifest.optional}
    for one in declared["handlers"]:
        if one.event in known or one.event.owner() not in optional:
            yield one


def make_worker(database: Database, settings: Settings, catalogue: Catalogue, hands: int) -> Worker:
    """Does the durable work of an equipped database: up to `hands` batches at once."""
    events, jobs = database.services[Events], database.services[Jobs]
    schedules = Schedules(database, jobs.declared, settings.zone)
    return Worker(database, [*events.tasks(), *jobs.tasks()], schedules, catalogue, hands=hands)
