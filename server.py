"""The composition root: settings in, a running application out. Imports all, is imported by nobody."""

from __future__ import annotations

from functools import cache

import typer
from starlette.applications import Starlette

from core import guard
from core.access.rules import Vocabulary
from core.cli.app import make_cli
from core.cli.frame import Parts, frame_of
from core.extension.plugins import Plugins
from core.settings import PluginChoice, Settings, load_settings
from schema.application import (
    build,
    load_plugins,
    make_catalogue,
    make_schema,
    make_web,
    sdl,
    vocabulary,
)
from schema.commands import plugins
from schema.commands.explain import explain
from schema.commands.serve import serve
from schema.subscriptions.service import listened
from schema.vocabulary.schema import Schema


def create_app(settings: Settings | None = None) -> Starlette:
    """The web application of these settings, or the environment's: `uvicorn --factory server:create_app`."""
    return make_web(build(settings or load_settings()))


def print_schema(context: typer.Context) -> None:
    """Print the GraphQL schema, with that of the plugins that are on."""
    typer.echo(sdl(make_schema(frame_of(context).parts.plugins)), nl=False)


def command() -> typer.Typer:
    """The command `baoke` with all its words. Its schema is made once, for those words that need one."""

    @cache
    def schema() -> Schema:
        return make_schema(parts.plugins)

    def words_with(plugins: Plugins) -> Vocabulary:
        return vocabulary(make_catalogue(schema()), plugins.permissions)

    parts = Parts(
        lambda: load_plugins(PluginChoice(), words),
        words_with,
        lambda _: listened(schema()),
    )
    cli = make_cli(parts)
    cli.command("serve")(serve)
    cli.command("schema")(print_schema)
    cli.command("explain")(explain)
    cli.add_typer(plugins.app, name="plugin", no_args_is_help=True)
    groups = (group.name for group in cli.registered_groups)
    words = [name for name in (*groups, *(one.name for one in cli.registered_commands)) if name is not None]
    return cli


def main() -> None:
    """Run the command."""
    guard.check()
    command()()
