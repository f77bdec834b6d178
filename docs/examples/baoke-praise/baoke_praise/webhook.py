"""Reviews that channels send: `POST /plugins/praise/webhooks/{channel}`, signed, each counted once."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import Annotated

import sqlalchemy as sa
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, ValidationError
from starlette.responses import JSONResponse, Response

from baoke_praise.choices import PraiseChannel
from baoke_praise.errors import PraiseBadDelivery, PraiseBadSignature
from baoke_praise.service import PraiseService
from baoke_praise.settings import PraiseSettings
from schema.plugin import (
    Conflict,
    Customer,
    HealthCheck,
    Route,
    RouteCall,
    Services,
    Text,
)

EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
UNKNOWN = Text("no customer has this number", "没有此编号的客户")
STAMP, SIGNATURE = "x-praise-timestamp", "x-praise-signature"
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]


class Delivery(BaseModel):
    """The JSON of a delivery; `customer` is the customer's number."""

    id: Name
    customer: Name
    stars: int
    text: str | None = None
    url: str | None = None
    at: AwareDatetime = Field(ge=EARLIEST)


def sign(secret: str, stamp: str, channel: str, body: bytes) -> str:
    """HMAC-SHA256 in hex. The channel is signed too: a delivery can't be sent again as another's."""
    signed = f"{stamp}.{channel}.".encode() + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


async def receive(call: RouteCall) -> Response:
    """201 where the review is new, 200 where it was known: channels send again until they are answered."""
    _check_signature(call)
    channel, delivery = _read(call)
    try:
        await _keep(call, channel, delivery)
    except Conflict:  # its id is there already; two at the same time are told apart by the database
        return JSONResponse({"new": False}, 200)
    return JSONResponse({"new": True}, 201)


async def _keep(call: RouteCall, channel: PraiseChannel, delivery: Delivery) -> None:
    """No employee acts here but the plugin: the signature was the right. The rules are the service's."""
    values = delivery.model_dump(exclude={"id", "customer"})
    async with call.database.unit_of_work() as work:
        found = sa.select(Customer.id).filter_by(number=delivery.customer)
        customer = await work.session.scalar(found)
        if customer is None:
            raise PraiseBadDelivery("customer", UNKNOWN)
        given = {**values, "channel": channel, "source_id": delivery.id}
        await PraiseService(work, call.plugin).record(customer, given)


def _check_signature(call: RouteCall) -> None:
    settings = call.services[PraiseSettings]
    stamp, given = call.headers.get(STAMP, ""), call.headers.get(SIGNATURE, "")
    if settings.webhook_secret is None or not (stamp.isascii() and stamp.isdigit()):
        raise PraiseBadSignature
    age = call.database.clock.now().timestamp() - int(stamp[:12])
    secret = settings.webhook_secret.get_secret_value()
    wanted = sign(secret, stamp, call.path["channel"], call.body)
    if abs(age) > settings.webhook_seconds or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise PraiseBadSignature


def _read(call: RouteCall) -> tuple[PraiseChannel, Delivery]:
    channel = PraiseChannel.__members__.get(call.path["channel"].upper())
    if channel is None:
        raise PraiseBadDelivery("channel")
    try:
        return channel, Delivery.model_validate_json(call.body)
    except ValidationError as error:
        place = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
        raise PraiseBadDelivery(".".join(map(str, place)) or "body") from None


async def can_receive(services: Services) -> None:
    """Raises where no secret is set: then every delivery is refused."""
    if services[PraiseSettings].webhook_secret is None:
        raise PraiseBadSignature


ROUTE = Route("/webhooks/{channel}", "Takes in a review that a channel sends.", receive, public=True)
HEALTH = HealthCheck("praise.webhook", Text("reviews can be delivered", "可接收平台推送的评价"), can_receive)
