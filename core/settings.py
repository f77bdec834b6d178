"""All settings, read once at start from the environment (`BAOKE_…`) or a `.env` file.

Nothing else reads `os.environ`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import ConfigurationError
from core.money import CURRENCIES, NO_CURRENCY
from core.office import Networks, WorkingHours
from core.text import Text

POLICIES = (Path(__file__).parent.parent / "policies", Path(sys.prefix) / "share" / "baoke" / "policies")
"""Where the policies lie: beside the code, or where an installed package puts them."""

DEVELOPMENT_SECRET = "baoke-development-secret-never-used-in-production"  # noqa: S105


class PluginChoice(BaseSettings):
    """Which plugins are on: commands ask for that before they need the rest, and its secrets."""

    model_config = SettingsConfigDict(env_prefix="BAOKE_", env_file=".env", extra="ignore", frozen=True)

    plugins: str = Field(
        "points",
        description="Plugins that are on, by comma: names of installed ones (`baoke plugin list`), "
        "or folders with a pyproject.toml (`./baoke-wishes`).",
    )
    plugins_tolerant: bool = Field(
        False,  # noqa: FBT003
        description="Start without a plugin that fails, and show it as failed, instead of not starting.",
    )


class Settings(PluginChoice):
    """Every setting has a documented default; see `docs/settings.md`."""

    env: Literal["production", "development"] = Field(
        "production", description="`development` switches on GraphiQL, sample tokens and fixed keys."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged."
    )

    database_url: str = Field(
        "sqlite:///var/baoke.db",
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`.",
    )
    database_pool: int = Field(10, ge=1, le=200, description="Most connections for reads in one process.")
    statement_timeout: float = Field(
        10.0, gt=0, lt=30, description="Seconds after which a statement is stopped (PRM-10)."
    )

    policies: Path = Field(
        next((folder for folder in POLICIES if folder.is_dir()), POLICIES[0]),
        description="Folder with model.conf, roles.csv and grants.csv.",
    )
    time_zone: str = Field(
        "Asia/Shanghai",
        description="The company's time zone (IANA name); days, weeks and months begin in it.",
    )
    working_hours: str = Field(
        "",
        description="Working hours, such as `Mon-Fri 08:30-18:30, Sat 09:00-12:00`, for rules about "
        "`outside-hours`; unset, no hour is outside.",
    )
    office_networks: str = Field(
        "",
        description="The office's networks by comma, such as `10.0.0.0/8`, for rules about "
        "`outside-network`; unset, nobody is outside.",
    )
    trusted_proxies: str = Field(
        "",
        description="Networks of reverse proxies whose `X-Forwarded-For` tells the client's address; "
        "none by default.",
    )
    currency: str = Field("CNY", description="The company's currency (ISO 4217).")

    encryption_keys: SecretStr | None = Field(
        None, description="`2:BASE64,1:BASE64`: keys of sealed fields, the active one first, 32 bytes each."
    )
    index_key: SecretStr | None = Field(None, description="BASE64 of 32 bytes: key of the blind indices.")

    token_algorithm: Literal["HS256", "RS256", "ES256", "EdDSA"] = Field(
        "HS256", description="The one algorithm that tokens may use (PRM-4)."
    )
    token_secret: SecretStr | None = Field(None, description="HS256: the shared secret, 32 bytes or more.")
    token_public_key: str | None = Field(None, description="RS256, ES256, EdDSA: public key, PEM.")
    token_jwks_url: str | None = Field(
        None, description="RS256, ES256, EdDSA: address of the issuer's JWKS instead of a key."
    )
    token_issuer: str = Field("baoke", description="Required `iss`.")
    token_audience: str = Field("baoke", description="Required `aud`.")
    token_role_claim: str = Field("role", description="Claim that names the role to act in.")
    token_leeway: int = Field(5, ge=0, le=60, description="Seconds of clock difference that are forgiven.")
    token_longest: int = Field(
        86_400, ge=60, description="Longest time in seconds from `iat` (or now) to `exp` that is accepted."
    )

    sample_roles: str = Field(
        "leader,account_manager,salesperson",
        description="Development: roles for which `baoke serve` prints tokens, by comma.",
    )

    max_body: int = Field(1_048_576, ge=1024, description="Largest request body in bytes (PRM-2).")
    max_tokens: int = Field(5_000, ge=10, description="Most lexical tokens in a document.")
    max_depth: int = Field(
        10,
        ge=2,
        description="Deepest nesting of object fields; "
        "a connection's `nodes` and `edges { node }` count once with it.",
    )
    max_aliases: int = Field(15, ge=0, description="Most aliases in an operation, fragments expanded.")
    max_repeats: int = Field(
        15, ge=1, description="Most times that one selection set may name the same response key."
    )
    max_directives: int = Field(50, ge=0, description="Most directives in an operation, fragments expanded.")
    max_operations: int = Field(10, ge=1, description="Most operations in a document.")
    max_fragments: int = Field(50, ge=0, description="Most fragments in a document.")
    max_page: int = Field(
        100, ge=1, le=10_000, description="Largest `first` or `last`, and most ids in `nodes`."
    )
    max_cost: int = Field(
        100_000,
        ge=1,
        description="Highest cost of an operation: a field costs 1 for each object that it may be read on.",
    )
    max_errors: int = Field(10, ge=1, description="Most errors in an answer.")
    body_timeout: float = Field(
        30.0, gt=0, le=40, description="Seconds within which a request body must have arrived."
    )

    workers: int = Field(
        1,
        ge=0,
        le=32,
        description="Batches of durable work (events handled, jobs) that a server process does at once; "
        "0 leaves them to `baoke work`.",
    )

    allowed_origins: str = Field(
        "", description="Comma-separated origins of web pages that browsers let in (CORS); none by default."
    )

    max_sockets: int = Field(
        1_000, ge=0, description="Most WebSockets that one process keeps open; 0 takes none."
    )
    max_socket_operations: int = Field(
        20, ge=1, description="Most operations that go on at once over one WebSocket (PRM-5)."
    )

    plan_cache_entries: int = Field(2_000, ge=1, description="Most compiled plans kept.")
    plan_cache_bytes: int = Field(64 * 2**20, ge=2**20, description="Most bytes of compiled plans kept.")
    document_cache_entries: int = Field(1_000, ge=1, description="Most parsed documents kept.")
    document_cache_bytes: int = Field(
        32 * 2**20, ge=2**20, description="Most bytes of parsed documents kept."
    )
    principal_cache_seconds: float = Field(
        2.0,
        ge=0,
        le=5,
        description="Longest time for which a change of an employee made by another process goes unseen.",
    )

    emergencies_a_day: int = Field(
        3, ge=0, description="Most break-glasses that one employee may open in a day; 0 allows none (BEY-8)."
    )

    review_months: int = Field(
        3,
        ge=0,
        le=12,
        description="Every how many months the rights of each department are looked over, beginning with "
        "January; 0 opens no reviews (BEY-9).",
    )

    operations_days: int = Field(
        30,
        ge=0,
        le=366,
        description="Days for which it is recorded what is asked, without values; 0 records nothing (BEY-5).",
    )
    audit_days: int = Field(
        1_095,
        ge=30,
        le=36_500,
        description="Days for which the audit is kept; older records go every night (BEY-10).",
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            message = "not a time zone; write an IANA name such as Asia/Shanghai"
            raise ValueError(message) from None
        return value

    @field_validator("working_hours")
    @classmethod
    def _known_hours(cls, value: str) -> str:
        WorkingHours.read(value, ZoneInfo("UTC"))
        return value

    @field_validator("office_networks", "trusted_proxies")
    @classmethod
    def _known_networks(cls, value: str) -> str:
        Networks(value)
        return value

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        if value not in CURRENCIES:
            raise ValueError(NO_CURRENCY.en)
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://")):
            message = "write sqlite:///FILE or postgresql://USER@HOST:PORT/DATABASE"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _production_has_secrets(self) -> Self:
        """A development key never works in production."""
        if self.env == "production":
            for name in ("encryption_keys", "index_key"):
                if getattr(self, name) is None:
                    message = (
                        f"BAOKE_{name.upper()} must be set in production "
                        "(BAOKE_ENV=development uses fixed keys)"
                    )
                    raise ValueError(message)
            if self.token_algorithm == "HS256" and self.token_secret is None:  # noqa: S105
                message = (
                    "BAOKE_TOKEN_SECRET must be set in production, "
                    "or another BAOKE_TOKEN_ALGORITHM with its key"
                )
                raise ValueError(message)
            if self.token_secret and self.token_secret.get_secret_value() == DEVELOPMENT_SECRET:
                message = "BAOKE_TOKEN_SECRET is the development secret; make one of your own"
                raise ValueError(message)
        if self.token_secret and len(self.token_secret.get_secret_value().encode()) < 32:  # noqa: PLR2004
            message = "BAOKE_TOKEN_SECRET is too short: 32 bytes or more"
            raise ValueError(message)
        if self.token_algorithm != "HS256" and bool(self.token_public_key) == bool(self.token_jwks_url):  # noqa: S105
            message = (
                f"{self.token_algorithm} needs BAOKE_TOKEN_PUBLIC_KEY or BAOKE_TOKEN_JWKS_URL (one of them)"
            )
            raise ValueError(message)
        return self

    @property
    def development(self) -> bool:
        """Whether development conveniences are on."""
        return self.env == "development"

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of web pages that browsers let in."""
        return tuple(one for part in self.allowed_origins.split(",") if (one := part.strip()))

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.time_zone)


def load_settings(**overrides: object) -> Settings:
    """The settings of this process; ConfigurationError names each bad one and the remedy."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_url=False, include_input=False, include_context=False):
            name = "BAOKE_" + "_".join(str(part) for part in fault["loc"]).upper() if fault["loc"] else ""
            faults.append(f"{name}: {fault['msg']}".removeprefix(": ").replace("Value error, ", ""))
        said = "; ".join(faults).replace("{", "{{").replace("}", "}}")
        raise ConfigurationError("settings", Text(said, said)) from None
