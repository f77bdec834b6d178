"""Settings of the points (`BAOKE_POINTS_…`), and those of the company that they go by."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import Field

from schema.plugin import PluginSettings, Settings, UnitOfWork


class PointsSettings(PluginSettings):
    """Every setting has a documented default."""

    value_minor: int = Field(
        1, ge=0, description="What `value_points` points are worth, in minor units of the company's currency."
    )
    value_points: int = Field(1, ge=1, description="How many points are worth `value_minor`.")
    members_only: bool = Field(
        default=True,
        description="Whether rules give points only to customers who have joined (who have an account).",
    )
    batch: int = Field(500, ge=1, le=5_000, description="Lots that a job confirms or expires at a time.")
    level_months: int = Field(
        12, ge=1, le=120, description="Months back over which points earned count towards a level."
    )
    members_batch: int = Field(
        300, ge=1, le=10_000, description="Members that a job grades or analyses at a time."
    )
    analysis_months: int = Field(
        24,
        ge=1,
        le=120,
        description="Months, the present one included, that the analysis counts anew each run.",
    )
    expiring_days: int = Field(
        30, ge=1, le=366, description="Days before expiry in which points are spoken of."
    )
    nearly_percent: int = Field(
        20, ge=1, le=100, description="A level is near if at most this share of its points is missing."
    )
    idle_points: int = Field(1_000, ge=1, description="Least balance that counts as high.")
    idle_months: int = Field(
        12, ge=1, le=120, description="Months after which an unused balance is spoken of."
    )
    fading_months: int = Field(
        3, ge=1, le=24, description="Recent months in which purchases of the favourite category are counted."
    )
    fading_before: int = Field(
        12, ge=1, le=60, description="Months before those with which they are compared."
    )
    fading_least: int = Field(
        4, ge=1, description="Fewest purchases of a category in the months before that make it a favourite."
    )
    fading_percent: int = Field(
        50, ge=0, le=99, description="It falls off if bought at less than this share of the pace before."
    )


def settings_of(work: UnitOfWork) -> PointsSettings:
    """The application's; the defaults where it offers none."""
    return work.services.get(PointsSettings) or PointsSettings.model_construct()


def company_zone(work: UnitOfWork) -> ZoneInfo:
    """The time zone in which the company's months end."""
    company = work.services.get(Settings)
    return company.zone if company else ZoneInfo(str(Settings.model_fields["time_zone"].default))


def company_currency(work: UnitOfWork) -> str:
    """The currency in which the company counts."""
    company = work.services.get(Settings)
    return company.currency if company else str(Settings.model_fields["currency"].default)
