"""Money: an integer of minor units and a currency (ISO 4217). No floats anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, InvalidOperation
from typing import Self

from core.errors import InvalidInput
from core.text import Text

ZERO_DECIMALS = (
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
)
THREE_DECIMALS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
# Money that is paid with, by ISO 4217. ANG and BGN were withdrawn lately and still stand in older files.
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
    LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD
    XCG XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905
)
NO_CURRENCY = Text(
    "no currency of ISO 4217; write its code, such as CNY, USD or EUR",
    "不是 ISO 4217 币种代码；请写作 CNY、USD 或 EUR 等",
)
MOST_MINOR = 2**53 - 1
EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Rounds nothing and overflows nowhere, whatever a client writes: `1e999999`, or forty digits."""
CURRENCY = re.compile(r"[A-Z]{3}")


def decimals(currency: str) -> int:
    """How many digits stand behind the point in this currency (ISO 4217)."""
    return 0 if currency in ZERO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount. `minor` counts the currency's smallest units: fen, cents, yen."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | str, currency: str, field: str = "amount") -> Self:
        """From a decimal such as `"29.33"`.

        INVALID_INPUT for an unknown currency, more digits than it has, or an amount past 2**53.
        """
        if currency not in CURRENCIES:
            raise InvalidInput(f"{field}.currency", NO_CURRENCY)
        try:
            minor = Decimal(amount).scaleb(decimals(currency), EXACT)
        except InvalidOperation:
            raise InvalidInput(
                field, Text("not an amount; write it as 29.33", "不是金额，请写作 29.33")
            ) from None
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise InvalidInput(
                field,
                Text("{currency} has {digits} decimal places", "{currency} 有 {digits} 位小数"),
                currency=currency,
                digits=decimals(currency),
            )
        if minor.copy_abs() > MOST_MINOR:
            raise InvalidInput(field, Text("this amount is too large", "金额过大"))
        return cls(int(minor), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in the currency's main unit, exact."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    def __str__(self) -> str:
        """`29.33 CNY`."""
        return f"{self.amount:f} {self.currency}"
