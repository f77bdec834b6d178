"""Settings, read from `BAOKE_PRAISE_…`; the object is a service under its own type."""

from __future__ import annotations

from pydantic import Field, SecretStr

from schema.plugin import PluginSettings


class PraiseSettings(PluginSettings):
    """Every setting has a default and a description."""

    ask_after_days: int = Field(
        14,
        ge=1,
        le=365,
        description="Days after a purchase from which the customer may be asked for a review.",
    )
    webhook_secret: SecretStr | None = Field(
        None, description="Secret that channels sign their deliveries with; without it all are refused."
    )
    webhook_seconds: int = Field(
        300, ge=1, le=3_600, description="How old or early a delivery's time stamp may be."
    )
