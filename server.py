"""The composition root: settings in, a running application out. Imports all, is imported by nobody."""

from __future__ import annotations

import typer
from starlette.applications import Starlette

from core import guard
from core.cli.app import make_cli
from core.cli.frame import Parts
from core.runtime import read_policies
from core.settings import Settings, load_settings
from schema.application import build, make_catalogue, make_schema, make_web, sdl, vocabulary
from schema.commands.explain import explain
from schema.commands.serve import serve


def create_app(settings: Settings | None = None) -> Starlette:
    """The web application of these settings, or the environment's: `uvicorn --factory server:create_app`."""
    return make_web(build(settings or load_settings()))


def print_schema() -> None:
    """Print the GraphQL schema."""
    typer.echo(sdl(make_schema()), nl=False)


def command() -> typer.Typer:
    """The command `baoke` with all its words."""
    words = vocabulary(make_catalogue(make_schema()))
    cli = make_cli(Parts(read_policies=lambda folder: read_policies(folder, words), words=lambda: words))
    cli.command("serve")(serve)
    cli.command("schema")(print_schema)
    cli.command("explain")(explain)
    return cli


def main() -> None:
    """Run the command."""
    guard.check()
    command()()
