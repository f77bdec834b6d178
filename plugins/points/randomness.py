"""What is drawn by chance: numbers of cards, codes of rewards. Chance is handed in, as time is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Below: TypeAlias = Callable[[int], int]
"""A random whole number from 0 to below the given one, such as `secrets.randbelow`."""

DIGITS, TEN, NINE = 11, 10, 9


def card_number(below: Below) -> str:
    """Twelve digits, the last of which finds a mistyped one (ISO/IEC 7812-1, annex B)."""
    drawn = str(10 ** (DIGITS - 1) + below(9 * 10 ** (DIGITS - 1)))
    return drawn + check_digit(drawn)


def check_digit(digits: str) -> str:
    """The digit that makes the sum of Luhn a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        figure = int(digit) * (2 if place % 2 == 0 else 1)
        total += figure - NINE if figure > NINE else figure
    return str(-total % TEN)
