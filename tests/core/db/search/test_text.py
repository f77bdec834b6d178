"""The form in which texts are compared, and the parts by which an index finds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.search.text import LETTERS, fold, grams, piece_range, pieces

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("王小明", "王小明"),
        ("Ａｌｉｃｅ　Ｗ", "alice w"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("e\u0301", "é"),
        ("ｱｷﾗ", "アキラ"),
        ("", ""),
    ],
)
def test_case_and_width_make_no_difference(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_name_is_found_from_each_letter_on() -> None:
    assert pieces("王小明") == ["王小明", "小明", "明"]
    assert grams("王小明") == ["王", "小", "明", "王小", "小明"]
    assert pieces("") == grams("") == []


@given(TEXT, TEXT, TEXT)
def test_whatever_contains_a_text_is_found_by_it(before: str, sought: str, behind: str) -> None:
    text = before + sought + behind
    low, high = piece_range(fold(sought))
    contained = fold(sought) in fold(text)  # letters of one text may melt into those beside
    assert not contained or not low or any(low <= piece <= high for piece in pieces(text))
    assert not contained or set(grams(fold(sought))) <= set(grams(fold(text)))
    assert all(len(piece) <= LETTERS for piece in pieces(text))
