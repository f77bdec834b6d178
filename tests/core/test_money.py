"""Money is exact, and of a currency that there is."""

import pytest

from core.errors import ConfigurationError, InvalidInput
from core.money import CURRENCIES, THREE_DECIMALS, ZERO_DECIMALS, Money
from core.settings import load_settings


def test_only_currencies_that_there_are() -> None:
    assert {*ZERO_DECIMALS, *THREE_DECIMALS, "CNY", "USD", "EUR"} <= CURRENCIES
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
    assert Money.of("29.33", "CNY") == Money(2933, "CNY")
    for code in ("CYN", "cny", "RMB", ""):
        with pytest.raises(InvalidInput, match=r"^price\.currency: no currency of ISO 4217; write its code"):
            Money.of("1", code, "price")


def test_the_company_counts_in_one() -> None:
    with pytest.raises(ConfigurationError, match="BAOKE_CURRENCY: no currency of ISO 4217"):
        load_settings(env="development", currency="CYN", _env_file=None)
