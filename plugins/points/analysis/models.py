"""Tables of the analysis (PTS-4): what the job `points.analysis` found; nobody edits them."""

from __future__ import annotations

import sqlalchemy as sa

from plugins.points.analysis.choices import PointsAdvice
from plugins.points.columns import figure, of_member
from schema.plugin import (
    COMMERCIAL,
    PUBLIC,
    Choice,
    JsonColumn,
    Model,
    String,
    UtcTime,
    Via,
    column,
    key_column,
    reference,
)


class PointsMonth(Model):
    """One month of one member: what was bought, and what became of points; empty months are left out."""

    __tablename__ = "p_points_months"
    __prefix__ = "pmo"
    __access__ = Via("customer_id")
    __table_args__ = (sa.UniqueConstraint("customer_id", "month"), sa.Index(None, "month", "id"))

    id = key_column()
    customer_id = of_member()
    month = column(sa.Date, PUBLIC, "First day of the month.", nullable=False)
    purchases = column(sa.Integer, COMMERCIAL, "How many purchases.", nullable=False)
    spend_minor = figure("What was paid in the company's currency.")
    spend_currency = column(String, COMMERCIAL, "Currency of the sum (ISO 4217).", nullable=False)
    other_spend = column(
        JsonColumn, COMMERCIAL, "What was paid in other currencies: minor units by code; null for nothing."
    )
    earned = figure("Points earned, without those reversed since.")
    redeemed = figure("Points redeemed, without those given back since.")
    expired = figure("Points expired.")


class PointsFigure(Model):
    """One month of the members of one level, or of all customers who were no members, in one currency.

    A purchase counts for members if its customer was one at the time; the level is the member's present one.
    """

    __tablename__ = "p_points_figures"
    __prefix__ = "pfi"
    __table_args__ = (sa.Index(None, "month", "id"),)

    id = key_column()
    month = column(sa.Date, PUBLIC, "First day of the month.", nullable=False)
    members = column(sa.Boolean, PUBLIC, "Whether these are members.", nullable=False)
    level_id = reference("p_points_levels.id", PUBLIC, "Their level; null for customers without one.")
    currency = column(String, PUBLIC, "Currency of the purchases (ISO 4217).", nullable=False)
    buyers = column(sa.Integer, COMMERCIAL, "How many customers bought.", nullable=False)
    purchases = column(sa.Integer, COMMERCIAL, "How many purchases they made.", nullable=False)
    spend_minor = figure("What they paid.")
    basket_minor = figure("What a purchase came to on average, rounded down.")
    frequency_millis = figure("Thousandths of a purchase for each buyer, rounded down.")


class PointsRecommendation(Model):
    """A reason to speak with a member, from the data."""

    __tablename__ = "p_points_recommendations"
    __prefix__ = "prc"
    __access__ = Via("customer_id")
    __table_args__ = (sa.UniqueConstraint("customer_id", "kind"), sa.Index(None, "kind", "points", "id"))

    id = key_column()
    customer_id = of_member()
    kind = column(Choice(PointsAdvice), PUBLIC, "What it is about.", nullable=False)
    # A reason quotes the member's points and purchases, so it is guarded like those.
    reason = column(String, COMMERCIAL, "The reason with its figures, in Chinese.", nullable=False)
    reason_en = column(String, COMMERCIAL, "The reason with its figures, in English.", nullable=False)
    points = column(
        sa.BigInteger, COMMERCIAL, "The points it is about: expiring, missing, or unused; null for none."
    )
    reward_id = reference("p_points_rewards.id", COMMERCIAL, "A reward in reach that fits.")
    made_at = column(UtcTime, PUBLIC, "When it was found.", nullable=False)
