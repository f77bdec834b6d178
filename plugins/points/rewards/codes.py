"""Redemption codes: made from randomness that is handed in, typed by people, worth money.

16 characters of an alphabet of 30 without those that look alike (0 O, 1 I L, U V): 78 bits. Whoever sees the
mask, the last four, is left to guess 58 bits.
"""

from __future__ import annotations

import re

from plugins.points.randomness import Below
from schema.plugin import InvalidInput, Sensitivity, Text

VOUCHER = Sensitivity(
    "points_voucher", Text("codes that are worth money to whoever has them", "持有即可兑现的兑换码")
)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP, CLEAR = 16, 4, 4
FORM = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
NOT_A_CODE = Text(
    "a code has {length} letters and digits, such as ABCD-2345-EFGH-6789",
    "兑换码为 {length} 位字母与数字，如 ABCD-2345-EFGH-6789",
)


def new_code(below: Below) -> str:
    """A fresh code, in groups of four."""
    drawn = "".join(ALPHABET[below(len(ALPHABET))] for _ in range(LENGTH))
    return grouped(drawn)


def grouped(code: str) -> str:
    """The characters in groups of four, joined by dashes."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


class Codes:
    """The form of codes: compared without dashes, spaces and case; the mask shows the last four."""

    def normalize(self, value: str, field: str) -> str:
        """`ABCD-2345-EFGH-6789`; INVALID_INPUT for what can't be a code."""
        plain = re.sub(r"[\s-]", "", value).upper()
        if not FORM.fullmatch(plain):
            raise InvalidInput(field, NOT_A_CODE, length=LENGTH)
        return grouped(plain)

    def mask(self, value: str) -> str:
        """`****-****-****-6789`."""
        return re.sub(r"[^-]", "*", value[:-CLEAR]) + value[-CLEAR:]

    def sample(self, number: int) -> str:
        """A code for `baoke plugin check`: another for each number, all with one mask."""
        digits = (
            ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LENGTH - CLEAR)
        )
        return grouped("".join(digits) + ALPHABET[0] * CLEAR)


CODE = Codes()
