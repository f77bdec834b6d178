"""Points and membership (PTS-1 to PTS-4, BEY-15): a plugin like everybody's; the core knows nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from plugins.points import commands, demo, permissions, signals
from plugins.points.analysis.jobs import ANALYSIS
from plugins.points.earning import handlers
from plugins.points.events import EVENTS
from plugins.points.graphql.customer import OnCustomer
from plugins.points.graphql.mutations import PointsMutation
from plugins.points.graphql.query import PointsQuery
from plugins.points.graphql.types import ROWS
from plugins.points.ledger.jobs import LEDGER
from plugins.points.membership.jobs import LEVELS
from plugins.points.models import MODELS
from plugins.points.rewards.jobs import REWARDS
from plugins.points.settings import PointsSettings
from schema.plugin import (
    Demo,
    Event,
    Handler,
    Job,
    Manifest,
    Model,
    Permission,
    Plugin,
    Signal,
    Text,
)

HERE = Path(__file__).parent


class Points(Plugin):
    """The plugin."""

    manifest = Manifest(
        id="points",
        version="1.0.0",
        name=Text("Points", "积分"),
        about=Text(
            "Membership with levels, a ledger of points, rewards, and what to speak with members about.",
            "会员等级、积分账本、奖品兑换与会员营销建议。",
        ),
        core=">=0.1,<1",
        settings=PointsSettings,
    )

    def models(self) -> Sequence[type[Model]]:
        """Its tables."""
        return MODELS

    def migrations(self) -> Path:
        """Their history."""
        return HERE / "migrations"

    def permissions(self) -> Sequence[Permission]:
        """What can be asked."""
        return permissions.ALL

    def grants(self) -> Path:
        """Who should get yes: `baoke plugin adopt points` puts it in force."""
        return HERE / "grants.csv"

    def events(self) -> Sequence[type[Event]]:
        """What others may act upon."""
        return EVENTS

    def handlers(self) -> Sequence[Handler[Any]]:
        """Purchases and participations earn."""
        return handlers.HANDLERS

    def jobs(self) -> Sequence[Job]:
        """What the clock does."""
        return (*LEDGER, LEVELS, REWARDS, ANALYSIS)

    def signals(self) -> Sequence[Signal]:
        """What the rules of tiers may ask for."""
        return signals.SIGNALS

    def commands(self) -> typer.Typer:
        """`baoke points verify`, `baoke points liability`."""
        return commands.app

    def demo(self) -> Demo:
        """A programme with members."""
        return demo.fill

    def types(self) -> Sequence[type]:
        """The GraphQL forms of the tables."""
        return ROWS

    def fields(self) -> Mapping[str, type]:
        """`Customer.points`."""
        return {"Customer": OnCustomer}

    def query(self) -> type:
        """`Query.points`."""
        return PointsQuery

    def mutation(self) -> type:
        """`Mutation.points`."""
        return PointsMutation
