"""What the database could not do, told as Timeout or Unavailable, without its words (PRM-3, PRM-10)."""

from __future__ import annotations

import sqlite3

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from core.errors import Timeout, Unavailable

CANCELLED = "57014"
AWAY = ("08", "40", "53", "55", "57", "58", "3D")
"""How SQLSTATEs of PostgreSQL begin for which trying again helps: connection lost, rolled back for another's
sake, out of resources, locked, shut down or starting, trouble of its machine, no such database."""
LOST = (OperationalError, InterfaceError, sqlite3.OperationalError, OSError)


def told(error: Exception) -> Exception:
    """The error itself where it is no failure of the database, or a defect of ours."""
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None) or ""
    if state == CANCELLED:
        return Timeout()
    if state.startswith(AWAY) or isinstance(error, LOST):
        return Unavailable()
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Unavailable()
    # asyncpg's own: a closed connection, or one in the middle of being lost; but a value that does not fit
    # its parameter is a defect.
    own = isinstance(error, (asyncpg.InterfaceError, asyncpg.InternalClientError))
    if own and not isinstance(error, ValueError):
        return Unavailable()
    return error
