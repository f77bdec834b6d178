"""The health checks of plugins, as /readyz asks them."""

from __future__ import annotations

import asyncio

import structlog

from core.extension.plugin import HealthCheck
from core.extension.plugins import Plugins
from core.services import Services
from schema.http.protocol import Checked

log = structlog.get_logger(__name__)


class Health:
    """Asks all checks at once; none may keep another one waiting, or the answer.

    Whoever comes while they are being asked gets the same answer: anybody may ask, and checks may be dear.
    """

    def __init__(self, plugins: Plugins, services: Services) -> None:
        """`services`: what the checks find."""
        self._checks: list[HealthCheck] = list(plugins.each("health"))
        self._failed = [Checked(one.id, well=False, critical=False) for one in plugins.failed]
        self._services = services
        self._asking: asyncio.Future[list[Checked]] | None = None

    async def __call__(self) -> list[Checked]:
        """In order of declaration, then the plugins that were left out, which keep nobody from being ready.

        What a check says when it fails goes to the log alone.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._ask_all())
        return await asyncio.shield(self._asking)

    async def _ask_all(self) -> list[Checked]:
        return [*await asyncio.gather(*map(self._ask, self._checks)), *self._failed]

    async def _ask(self, one: HealthCheck) -> Checked:
        try:
            async with asyncio.timeout(one.seconds):
                await one.check(self._services)
        except Exception as error:  # noqa: BLE001  # whatever it was, the plugin is not well
            log.warning("health check failed", check=one.name, error=type(error).__name__)
            return Checked(one.name, well=False, critical=one.critical)
        return Checked(one.name, well=True, critical=one.critical)
