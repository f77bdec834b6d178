"""Praise (好评): what customers say of us, and whom to ask for it. An example of a Baoke plugin.

Each module is one part of the slice; this one says what there is. Nothing acts here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from baoke_praise import asking, commands, demo, figures, graphql, models, permissions, rules, webhook
from baoke_praise.events import PraiseRecorded
from baoke_praise.settings import PraiseSettings
from schema.plugin import (
    Demo,
    Event,
    Handler,
    HealthCheck,
    Job,
    Manifest,
    Model,
    Permission,
    Plugin,
    Route,
    Services,
    Signal,
    Text,
    Validator,
)

HERE = Path(__file__).parent


class Praise(Plugin):
    """The plugin."""

    manifest = Manifest(
        id="praise",
        version="1.0.0",
        name=Text("Praise", "好评"),
        about=Text(
            "What customers say of us, and whom to ask for a review.",
            "客户对我们的评价，以及可邀请评价的客户。",
        ),
        core=">=0.1,<1",
        settings=PraiseSettings,
    )

    def models(self) -> Sequence[type[Model]]:
        """Two tables."""
        return (models.PraiseReview, models.PraiseRequest)

    def migrations(self) -> Path:
        """Their history."""
        return HERE / "migrations"

    def permissions(self) -> Sequence[Permission]:
        """What can be asked."""
        return permissions.ALL

    def grants(self) -> Path:
        """Who should get yes: `baoke plugin adopt praise` puts it in force."""
        return HERE / "grants.csv"

    def events(self) -> Sequence[type[Event]]:
        """What others may act upon."""
        return (PraiseRecorded,)

    def handlers(self) -> Sequence[Handler[Any]]:
        """Purchases lead to requests, reviews close them."""
        return asking.HANDLERS

    def jobs(self) -> Sequence[Job]:
        """The request itself, some days later."""
        return (asking.ASK,)

    def signals(self) -> Sequence[Signal]:
        """What the rules of tiers may ask for."""
        return (Signal("praise.given", Text("reviews given", "评价数"), figures.given_of),)

    def validators(self) -> Sequence[Validator[Any]]:
        """Poor reviews say why."""
        return (rules.SAYS_WHY,)

    def services(self, offered: Services) -> Sequence[object]:  # noqa: ARG002
        """For other plugins."""
        return (figures.Reputation(),)

    def health(self) -> Sequence[HealthCheck]:
        """Shown by /readyz."""
        return (webhook.HEALTH,)

    def commands(self) -> typer.Typer:
        """`baoke praise summary`."""
        return commands.app

    def demo(self) -> Demo:
        """Some hundreds of reviews."""
        return demo.fill

    def types(self) -> Sequence[type]:
        """The GraphQL forms of the tables."""
        return (graphql.PraiseReview, graphql.PraiseRequest)

    def fields(self) -> Mapping[str, type]:
        """`Customer.praise`."""
        return {"Customer": graphql.OnCustomer}

    def query(self) -> type:
        """`Query.praise`."""
        return graphql.PraiseQuery

    def mutation(self) -> type:
        """`Mutation.praise`."""
        return graphql.PraiseMutation

    def subscription(self) -> type:
        """`Subscription.praise`."""
        return graphql.PraiseSubscription

    def routes(self) -> Sequence[Route]:
        """`/plugins/praise/webhooks/{channel}`."""
        return (webhook.ROUTE,)
