"""Normal forms and masks of sealed values (ACC-5, PRM-7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.normal import ADDRESS, EMAIL, IDENTITY_NUMBER, NOTES, PHONE, WECHAT, Form
from core.errors import InvalidInput

FORMS = (PHONE, EMAIL, WECHAT, ADDRESS, IDENTITY_NUMBER, NOTES)


@pytest.mark.parametrize(
    ("form", "written", "normal", "mask"),
    [
        (PHONE, "138 0013-8000", "13800138000", "*******8000"),
        (PHONE, "+86 138 0013 8000", "13800138000", "*******8000"),
        (PHONE, "008613800138000", "13800138000", "*******8000"),
        (PHONE, "１３８００１３８０００", "13800138000", "*******8000"),
        (PHONE, "010-12345678", "010-12345678", "*******5678"),
        (PHONE, "(010) 12345678", "010-12345678", "*******5678"),
        (PHONE, "0755 2345 6789", "0755-23456789", "*******6789"),
        (PHONE, "+86 10 1234 5678", "010-12345678", "*******5678"),
        (PHONE, "+44 20 7946 0958", "+442079460958", "*******0958"),
        (PHONE, "0044 20-7946-0958", "+442079460958", "*******0958"),
        (EMAIL, " Wang.Wei@Example.COM ", "wang.wei@example.com", "w*******"),
        (WECHAT, "WangWei_88", "wangwei_88", "w*******"),
        (ADDRESS, "广东省深圳市南山区", "广东省深圳市南山区", "广东省*******"),
        (ADDRESS, "北京", "北京", "北*******"),
        (IDENTITY_NUMBER, "11010519491231002x", "11010519491231002X", "*******002X"),
        (NOTES, "喜欢\n茶", "喜欢\n茶", "*******"),
    ],
)
def test_normal_form_and_mask(form: Form, written: str, normal: str, mask: str) -> None:
    assert form.normalize(written, "f") == normal
    assert form.normalize(normal, "f") == normal
    assert form.mask(normal) == mask


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (PHONE, "12800138000"),
        (PHONE, "1380013800"),
        (PHONE, "12345678"),
        (PHONE, "+86 12345"),
        (PHONE, "phone"),
        (EMAIL, "wang@"),
        (EMAIL, "wang@localhost"),
        (EMAIL, "a b@example.com"),
        (WECHAT, "88wang"),
        (WECHAT, "wang"),
        (ADDRESS, "x" * 501),
        (ADDRESS, "a\x00b"),
        (IDENTITY_NUMBER, "110105194912310021"),
        (IDENTITY_NUMBER, "110105194913310022"),
        (IDENTITY_NUMBER, "11010549123100"),
        (NOTES, "\ud800"),
    ],
)
def test_what_is_refused_is_not_repeated(form: Form, written: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        form.normalize(written, "phone")
    assert caught.value.field == "phone"
    assert caught.value.reason == form.refusal
    assert not caught.value.params


@given(st.sampled_from(FORMS), st.text(min_size=1, max_size=40))
def test_a_mask_shows_at_most_four_characters_and_half_of_the_value(form: Form, value: str) -> None:
    shown = form.mask(value)
    kept = shown.removesuffix("*******") if shown.endswith("*******") else shown.removeprefix("*******")
    assert len(kept) <= min(4, len(value) // 2)
    assert value.startswith(kept) or value.endswith(kept)
