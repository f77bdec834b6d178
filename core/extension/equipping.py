"""What services of the core and of plugins find at run time, in servers and commands alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.access.changes import Changes
from core.access.plan import Catalogue
from core.access.validators import Validators
from core.audit.records import Written
from core.audit.service import Audit
from core.db.database import Database
from core.db.migrate import NotMigrated, migrate
from core.events.declare import Event, Handler
from core.events.registry import Events
from core.extension.declared import Declared
from core.extension.failing import PluginError, blaming
from core.extension.plugins import Plugins, blame
from core.jobs.schedules import Schedules
from core.jobs.tasks import Jobs, Task, unique
from core.jobs.worker import Worker
from core.published import CORE_EVENTS
from core.scheduled import CORE_JOBS
from core.services import Services
from core.settings import Settings
from core.tiers.signals import Signals


def equip(database: Database, settings: Settings, plugins: Plugins) -> Services:
    """Offer the settings and the registries, then the settings and services of each plugin, in order.

    Work on this database publishes events, asks validators and finds signals from now on. PluginError names
    a plugin that can't be equipped.
    """
    services = database.services = Services()
    audited = (Audit(database), Changes([Written()]))
    for one in (settings, database, *audited, *blame(plugins, registries)):
        services.add(one)
    for declared in plugins.on:
        with blaming(declared.manifest.id):
            if declared.settings is not None:
                services.add(declared.settings)
            for one in declared.plugin.services(services):
                services.add(one)
    return services


def registries(plugins: Plugins) -> tuple[object, ...]:
    """All that plugins give to be found by name; ConfigurationError where two have one name."""
    events, jobs = events_of(plugins), Jobs((*CORE_JOBS, *plugins.each("jobs")))
    tasks_of(events, jobs)
    return Validators(list(plugins.each("validators"))), Signals(list(plugins.each("signals"))), events, jobs


async def migrate_all(database: Database, plugins: Plugins, *, tolerant: bool) -> Plugins:
    """Bring the tables of the core and of plugins up to date.

    A plugin whose tables can't be stops that, and nothing was migrated (PluginError), unless `tolerant`: then
    the others are migrated, and those that are left are given.
    """
    while True:
        try:
            await migrate(database, plugins.owners)
        except NotMigrated as error:
            plugins = plugins.without(PluginError(error.owner, error), tolerant=tolerant)
        else:
            return plugins


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
    return Worker(database, tasks_of(events, jobs), schedules, catalogue, hands=hands)


def tasks_of(events: Events, jobs: Jobs) -> list[Task]:
    """What workers do; ConfigurationError where a handler and a job have one name."""
    tasks = [*events.tasks(), *jobs.tasks()]
    unique((task.name, task.owner) for task in tasks)
    return tasks
