"""Logs: one JSON object a line in production, coloured lines in development; to standard error."""

from __future__ import annotations

import logging
import sys

import structlog

from core.settings import Settings

# Without local variables: they hold what customers told us (PRM-7).
TRACES = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def configure_logging(settings: Settings) -> None:
    """Set up structlog and Python's own logging (server, drivers) alike; called once at start."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = (
        [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
        if settings.development
        else [
            structlog.processors.ExceptionRenderer(TRACES),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    quieten()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def quieten() -> None:
    """Silence the libraries that log what they work on, at whatever level the rest is logged (PRM-7)."""
    # Casbin logs every denial with the request in it, httpx every address, aiosqlite every value it binds.
    for name in ("casbin", "httpx", "httpcore", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
