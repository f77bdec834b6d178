"""All commands of the core as one typer application."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli import audit, database, demo, digest, importing, keys, policies, tiers, token, work
from core.cli.frame import Frame, Group, Parts, language_of

audit.app.command("digest")(digest.digest)


def make_cli(parts: Parts | None = None) -> typer.Typer:
    """The command `baoke`; the composition root adds its own commands to it."""
    parts = parts or Parts()
    app = typer.Typer(
        name="baoke",
        cls=type("Baoke", (Group,), {"parts": parts}),
        help="Baoke (保客): marketing to retained customers.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def start(
        context: typer.Context,
        lang: Annotated[
            str,
            typer.Option(envvar=["LC_ALL", "LC_MESSAGES", "LANG"], help="Language of messages: en or zh."),
        ] = "",
    ) -> None:
        context.obj = Frame(language_of(lang), parts)

    for name, group in (
        ("import", importing.app),
        ("tiers", tiers.app),
        ("policies", policies.app),
        ("db", database.app),
        ("outbox", work.app),
        ("keys", keys.app),
        ("audit", audit.app),
    ):
        app.add_typer(group, name=name, no_args_is_help=True)
    app.command("work")(work.work)
    app.command("token")(token.token)
    app.add_typer(demo.app, name="demo")
    return app
