"""Redemption codes, and what a reward may say of itself (PTS-3)."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from plugins.points.rewards.codes import ALPHABET, CODE, LENGTH, new_code
from plugins.points.rewards.terms import check
from tests.databases import NOW
from tests.plugins.points.programme import COUPON, DAY, GIFT, below


def test_no_two_characters_look_alike() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 30
    assert not set("01OILU") & set(ALPHABET)


@given(st.integers(0, 2**64))
def test_a_code_is_understood_however_it_is_typed(seed: int) -> None:
    code = new_code(below(seed))
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), f" {code} "):
        assert CODE.normalize(typed, "code") == code
    assert CODE.mask(code) == f"****-****-****-{code[-4:]}"


@given(st.text(string.printable, max_size=2 * LENGTH))
def test_what_is_no_code_is_refused(text: str) -> None:
    plain = "".join(c for c in text.upper() if not c.isspace() and c != "-")
    if len(plain) != LENGTH or not set(plain) <= set(ALPHABET):
        with pytest.raises(InvalidInput):
            CODE.normalize(text, "code")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**GIFT, "points": 0}, "points"),
        ({**GIFT, "stock": -1}, "stock"),
        ({**GIFT, "per_member": 0}, "perMember"),
        ({**GIFT, "days": 0}, "days"),
        ({**GIFT, "value_minor": 5, "currency": "CNY"}, "value"),
        ({**COUPON, "value_minor": None}, "value"),
        ({**COUPON, "value_minor": 0}, "value"),
        ({**COUPON, "currency": "XTS"}, "value.currency"),
        ({**COUPON, "currency": None}, "value.currency"),
        ({**GIFT, "valid_from": NOW, "valid_until": NOW - DAY}, "validUntil"),
    ],
)
def test_contradictions_are_refused(values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(values)
    assert refused.value.field == field


def test_samples_are_codes_with_one_mask() -> None:
    made = [CODE.sample(number) for number in (0, 1, 30, 40_000)]
    assert [CODE.normalize(code, "code") for code in made] == made
    assert (len(set(made)), len({CODE.mask(code) for code in made})) == (4, 1)
