"""What a review must be like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from baoke_praise.models import LEAST, MOST, PraiseReview
from schema.plugin import InvalidInput, Refusal, Text, Validator, Writing

POOR = 2
STARS = Text("from {least} to {most}", "应为 {least} 至 {most}")
FUTURE = Text("this lies in the future", "时间在将来")
ADDRESS = Text("an address begins with https:// or http://", "网址须以 https:// 或 http:// 开头")
WHY = Text("say why: {poor} stars or less need a text", "请说明原因：{poor} 星及以下须填写内容")


def check(values: Mapping[str, Any], now: dt.datetime) -> None:
    """INVALID_INPUT for a value that can't be; what is not given is not asked."""
    if (stars := values.get("stars")) is not None and not LEAST <= stars <= MOST:
        raise InvalidInput("stars", STARS, least=LEAST, most=MOST)
    if (at := values.get("at")) is not None and at > now:
        raise InvalidInput("at", FUTURE)
    if (url := values.get("url")) and not url.strip().startswith(("https://", "http://")):
        raise InvalidInput("url", ADDRESS)


async def says_why(writing: Writing[PraiseReview]) -> Refusal | None:
    """An employee who records a poor review asks why; what a channel sends is kept as it comes."""
    row = writing.row
    if writing.viewer.employee is not None and row.stars <= POOR and not row.text:
        return Refusal(Text(WHY.say("en", poor=POOR), WHY.say("zh", poor=POOR)), "text")
    return None


SAYS_WHY = Validator("praise.why", Text("poor reviews say why", "差评须说明原因"), PraiseReview, says_why)
