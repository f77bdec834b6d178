"""A plugin of straw: marks that employees stick on customers. It uses every hook, in a few lines each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import typer
from starlette.responses import JSONResponse, Response

from schema.plugin import (
    Context,
    Customer,
    Handler,
    HealthCheck,
    Job,
    Manifest,
    Payload,
    Permission,
    Plugin,
    PluginSettings,
    Purchase,
    PurchaseRecorded,
    Refusal,
    Route,
    RouteCall,
    Services,
    Signal,
    Text,
    Validator,
    Writing,
)
from tests.e2e.plugins.straw import graphql
from tests.e2e.plugins.straw.models import StrawMark
from tests.e2e.plugins.straw.service import MARK, Marked, mark_all

HERE = Path(__file__).parent
ABOUT = Text("of straw", "稻草")


class StrawSettings(PluginSettings):
    """Settings of straw."""

    label: str = "bought"
    well: bool = True


class Counter:
    """A service of the plugin."""

    def __init__(self) -> None:
        self.seen: list[Any] = []


async def bought(context: Context, events: Sequence[PurchaseRecorded]) -> None:
    """Mark whoever buys."""
    await mark_all(context.work, [one.customer_id for one in events], context.services[StrawSettings].label)


async def marked(context: Context, events: Sequence[Marked]) -> None:
    context.services[Counter].seen += events


async def fade(context: Context, payload: Payload) -> Payload | None:
    """Two marks at a time."""
    keys = list(await context.work.session.scalars(sa.select(StrawMark.id).order_by(StrawMark.id).limit(2)))
    await context.work.session.execute(sa.delete(StrawMark).where(StrawMark.id.in_(keys)))
    context.services[Counter].seen.append(len(keys))
    return {"round": int(payload.get("round", 0)) + 1} if keys else None


def marks(customers: Any, as_of: sa.BindParameter[Any]) -> Any:
    mark = StrawMark.__table__.alias()
    mine = sa.and_(mark.c.customer_id == customers.c.id, mark.c.created_at <= as_of)
    return sa.select(sa.func.count()).select_from(mark).where(mine).scalar_subquery()


async def no_unlucky_amount(writing: Writing[Purchase]) -> Refusal | None:
    if writing.row.amount_minor != 4_44:
        return None
    return Refusal(Text("4.44 is an unlucky amount", "4.44 不吉利"), "amount")


async def slow_name(writing: Writing[Customer]) -> Refusal | None:
    if writing.changes.get("name") == "慢":
        await asyncio.sleep(60)
    return None


async def echo(call: RouteCall) -> Response:
    who = None if call.viewer is None else call.viewer.subject
    return JSONResponse({"who": who, "said": call.body.decode(), "path": dict(call.path)})


async def well(services: Services) -> None:
    if not services[StrawSettings].well:
        raise RuntimeError("secret words of the check")


class Straw(Plugin):
    """Marks."""

    manifest = Manifest(
        id="straw", version="1.2.0", name=Text("Straw", "稻草"), about=ABOUT, settings=StrawSettings
    )

    def models(self) -> Sequence[type]:
        return (StrawMark,)

    def migrations(self) -> Path:
        return HERE / "migrations"

    def permissions(self) -> Sequence[Permission]:
        return (MARK,)

    def grants(self) -> Path:
        return HERE / "grants.csv"

    def events(self) -> Sequence[type[Marked]]:
        return (Marked,)

    def handlers(self) -> Sequence[Handler[Any]]:
        return (
            Handler("straw.bought", PurchaseRecorded, bought),
            Handler("straw.marked", Marked, marked),
        )

    def jobs(self) -> Sequence[Job]:
        return (Job("straw.fade", fade, ABOUT, every="0 3 * * *"),)

    def signals(self) -> Sequence[Signal]:
        return (Signal("straw.marks", Text("marks", "标记数"), marks),)

    def validators(self) -> Sequence[Validator[Any]]:
        return (
            Validator("straw.unlucky", ABOUT, Purchase, no_unlucky_amount),
            Validator("straw.slow", ABOUT, Customer, slow_name, seconds=0.05),
        )

    def services(self, offered: Services) -> Sequence[object]:
        assert offered[StrawSettings].label
        return (Counter(),)

    def health(self) -> Sequence[HealthCheck]:
        return (HealthCheck("straw.well", ABOUT, well, critical=True),)

    def commands(self) -> typer.Typer:
        app = typer.Typer(help="Straw.")

        @app.command()
        def hello() -> None:
            """Say hello."""
            typer.echo("hello from straw")

        @app.command()
        def bye() -> None:
            """Say bye."""

        return app

    def demo(self) -> Callable[[Context], Awaitable[None]]:
        async def fill(context: Context) -> None:
            some = await context.work.session.scalars(sa.select(Customer.id).order_by(Customer.id).limit(3))
            await mark_all(context.work, list(some), "demo")

        return fill

    def types(self) -> Sequence[type]:
        return (graphql.StrawMark,)

    def fields(self) -> Mapping[str, type]:
        return {"Customer": graphql.OnCustomer}

    def query(self) -> type:
        return graphql.StrawQuery

    def mutation(self) -> type:
        return graphql.StrawMutation

    def routes(self) -> Sequence[Route]:
        return (
            Route("/echo/{word}", "Says it again.", echo),
            Route("/hook", "For everybody.", echo, public=True),
        )
