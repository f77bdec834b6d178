"""The server of `schema.testing`, which authors of plugins test with too."""

from schema.testing.postgres import RELEASES, PostgresError, PostgresServer, start_postgres

__all__ = ["RELEASES", "PostgresError", "PostgresServer", "start_postgres"]
