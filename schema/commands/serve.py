"""`baoke serve`: start, and in development show a newcomer the way."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import typer

from core.cli.frame import Frame, frame_of
from core.cli.token import holder_of
from core.demo.load import load_demo
from core.errors import Conflict
from core.identity.tokens import sign_development_token
from core.logging import configure_logging
from core.runtime import operator
from core.settings import load_settings
from core.text import Text
from schema.application import Application, build, make_web, prepared
from schema.http.protocol import SampleToken
from schema.http.serving import listen, run, serve_on
from schema.plugin.adopting import adopt

ADOPTED = "suggested by the plugin, adopted with the demo data"
LISTENING = Text(
    "Baoke listens on {address} "
    "(GraphQL: POST /graphql, health: /healthz and /readyz; in development GraphiQL: /graphiql)",
    "保客正在监听 {address}"
    "（GraphQL：POST /graphql；健康检查：/healthz 与 /readyz；开发模式下 GraphiQL：/graphiql）",
)
SAMPLE = Text("\nToken of {employee} as {role}:\n{token}", "\n{employee} 以 {role} 身份的令牌：\n{token}")
TRY = Text("\nThree queries to try:\n\n{queries}", "\n可以试试这三个查询：\n\n{queries}")
QUERIES = (
    (
        "{ me { name department { name } } "
        "customers(first: 3) { totalCount nodes { name phone spend { amount currency } } } }"
    ),
    (
        "{ customers(first: 3, "
        "where: {tierAssignments: {some: {endedAt: {isNull: true}, tier: {rank: {eq: 1}}}}}) "
        "{ nodes { name tierAssignments(first: 1) { nodes { tier { name } reason } } } } }"
    ),
    (
        "{ customers(first: 1) { nodes { name timeline(first: 5) { nodes { __typename "
        "... on Purchase { at amount { amount } } ... on Interaction { at kind } } } } } }"
    ),
)


@dataclass(frozen=True)
class Sample:
    """An employee of the database and a role that they hold, to try things out with."""

    role: str
    employee: str
    subject: str

    def token(self, app: Application) -> SampleToken:
        """A fresh token; development only."""
        signed = sign_development_token(app.settings, app.database.clock, self.subject, self.role)
        return SampleToken(f"{self.role} · {self.employee}", signed)


async def samples(app: Application) -> list[Sample]:
    """The first holder of each of the sample roles of the settings."""
    found = []
    for role in (name.strip() for name in app.settings.sample_roles.split(",")):
        holder = await holder_of(app.database, role)
        found += [Sample(role, holder.name, holder.subject)] if holder else []
    return found


def serve(context: typer.Context) -> None:
    """Start the server.

    In development an empty database is filled with demo data, and sample tokens are printed.
    """
    frame = frame_of(context)
    settings = load_settings()
    configure_logging(settings)
    run(_serve(frame, build(settings)))


async def _serve(frame: Frame, app: Application) -> None:
    app = await prepared(app)
    known: list[Sample] = []
    with listen(app.settings) as listening:
        if app.settings.development:
            with suppress(Conflict):  # there is data already
                frame.say((await load_demo(app.database, app.settings, plugins=app.plugins)).text)
                for plugin in app.plugins.on:
                    await adopt(app.keeper, operator(), plugin, ADOPTED)
            known = await samples(app)
        host, port = listening.getsockname()[:2]
        frame.say(LISTENING, address=f"http://{f'[{host}]' if ':' in host else host}:{port}")
        for sample in known:
            frame.say(SAMPLE, role=sample.role, employee=sample.employee, token=sample.token(app).token)
        if known:
            frame.say(TRY, queries="\n\n".join(QUERIES))
        await serve_on(
            listening, make_web(app, lambda: [sample.token(app) for sample in known]), app.settings
        )
