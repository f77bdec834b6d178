"""`baoke tiers`: regrading on demand or from a scheduler (TIE-3)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import sqlalchemy as sa
import typer

from core.cli.frame import Frame, frame_of, run
from core.clock import Clock, midnight
from core.errors import InvalidInput
from core.settings import Settings, load_settings
from core.text import Text
from core.tiers.models import Tier, TierScheme
from core.tiers.service import TierService

app = typer.Typer(help="Tiers of customers.")

DAY = Text("write a day as 2026-11-02", "日期请写作 2026-11-02")
UNKNOWN = Text("unknown scheme; known: {known}", "未知分层方案；已知：{known}")
NO_SCHEMES = Text("there are no tier schemes", "没有分层方案")
UNSET = Text(
    "{scheme}: nobody has set thresholds, so nobody is graded; set them first",
    "{scheme}：尚未设置阈值，不评定任何客户；请先设置",
)
GRADED = Text("{scheme}, rule version {version}:", "{scheme}，规则第 {version} 版：")
TIER = Text("  {tier}: {moved} moved in, {unchanged} unchanged", "  {tier}：调入 {moved}，不变 {unchanged}")
BY_HAND = Text("  graded by hand and left alone: {count}", "  人工评定，保持不变：{count}")


@app.callback()
def start() -> None:
    """Tiers of customers."""


@app.command()
def regrade(
    context: typer.Context,
    as_of: Annotated[
        str, typer.Option(help="Grade as of the end of this day, YYYY-MM-DD; now unless given.")
    ] = "",
    scheme: Annotated[str, typer.Option(help="Code of one scheme; all unless given.")] = "",
) -> None:
    """Grade all customers by the newest rule in force."""
    run(_regrade(frame_of(context), load_settings(), as_of, scheme))


async def _regrade(frame: Frame, settings: Settings, as_of: str, code: str) -> None:
    async with frame.database(settings) as database, database.unit_of_work() as work:
        work.operation = "tiers regrade"
        at = _end_of(as_of, settings, work.clock) if as_of else None
        names = {tier.code: tier for tier in await work.session.scalars(sa.select(Tier))}
        schemes = (await work.session.scalars(sa.select(TierScheme).order_by(TierScheme.code))).all()
        chosen = [found for found in schemes if code in ("", found.code)]
        if code and not chosen:
            raise InvalidInput("--scheme", UNKNOWN, known=", ".join(found.code for found in schemes))
        if not chosen:
            frame.say(NO_SCHEMES)
        for found in chosen:
            name = found.name if frame.language == "zh" else found.name_en
            summary = await TierService(work, frame.viewer()).regrade(found.id, at)
            if summary.version is None:
                frame.say(UNSET, scheme=name)
                continue
            frame.say(GRADED, scheme=name, version=summary.version)
            for tier, count in summary.tiers.items():
                shown = names[tier].name if frame.language == "zh" else names[tier].name_en
                frame.say(TIER, tier=shown, moved=count.moved, unchanged=count.unchanged)
            frame.say(BY_HAND, count=summary.kept_by_hand)


def _end_of(text: str, settings: Settings, clock: Clock) -> dt.datetime:
    """The end of a day in the company's time zone; now for today."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("--as-of", DAY) from None
    now, end = clock.now(), midnight(day + dt.timedelta(days=1), settings.zone)
    return now if day == now.astimezone(settings.zone).date() else end
