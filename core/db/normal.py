"""Normal forms of sealed values: how each is checked, compared and masked.

A mask shows at most four characters of the value, and never more than half of it (PRM-7).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import InvalidInput
from core.text import Text

STARS = "*" * 7
MOST_TEXT, MOST_SHORT = 10_000, 500

NOT_A_PHONE = Text(
    "not a phone number; write 13800138000, 010-12345678 or +44 20 7946 0958",
    "不是电话号码；请写作 13800138000、010-12345678 或 +44 20 7946 0958",
)
NOT_AN_EMAIL = Text("not an e-mail address; write name@example.com", "不是邮箱地址；请写作 name@example.com")
NOT_A_WECHAT = Text(
    "not a WeChat id: 6 to 20 letters, digits, - or _, a letter first",
    "不是微信号：6 至 20 位字母、数字、- 或 _，以字母开头",
)
NOT_AN_IDENTITY = Text(
    "not an identity number: 18 characters with a valid date and check digit",
    "不是居民身份证号：18 位，日期与校验码须有效",
)
NOT_PLAIN = Text("too long, or it holds characters that can't be stored", "内容过长或含有无法存储的字符")

MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9]\d{9})")
LANDLINE = re.compile(r"(?:\+86|0086)?0?(10|2\d|[3-9]\d{2})-?(\d{7,8})")
FOREIGN = re.compile(r"(?:\+|00)(?!86)([1-9]\d{6,14})")
EMAIL_FORM = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,63}"
)
WECHAT_FORM = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")
IDENTITY_FORM = re.compile(r"[1-9]\d{16}[0-9X]")
# GB 11643-1999: weights of the first 17 digits, and the check digit by remainder.
WEIGHTS, CHECK_DIGITS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


@dataclass(frozen=True)
class Form:
    """A sort of sealed value: `read` gives the normal form, or None for a refused value; `hide` masks it."""

    read: Callable[[str], str | None]
    hide: Callable[[str], str]
    refusal: Text

    def normalize(self, value: str, field: str) -> str:
        """The form that is stored and compared; INVALID_INPUT, without the value, where there is none."""
        normal = self.read(unicodedata.normalize("NFKC", value).strip())
        if normal is None:
            raise InvalidInput(field, self.refusal)
        return normal

    def mask(self, value: str) -> str:
        """What a masked reader sees."""
        return self.hide(value)


def _phone(value: str) -> str | None:
    """A Chinese mobile as 11 digits, a landline as `010-12345678`, any other as `+` and digits (E.164)."""
    digits = re.sub(r"[\s().·]|-(?=.*-)", "", value)
    bare = digits.replace("-", "")
    if found := MOBILE.fullmatch(bare):
        return found[1]
    if found := FOREIGN.fullmatch(bare):
        return f"+{found[1]}"
    if bare.startswith(("0", "+86")) and (found := LANDLINE.fullmatch(digits)):
        return f"0{found[1]}-{found[2]}"
    return None


def _email(value: str) -> str | None:
    low = value.lower()
    return low if EMAIL_FORM.fullmatch(low) else None


def _wechat(value: str) -> str | None:
    return value.lower() if WECHAT_FORM.fullmatch(value) else None


def _identity(value: str) -> str | None:
    number = value.upper().replace(" ", "")
    if not IDENTITY_FORM.fullmatch(number):
        return None
    try:
        dt.datetime.strptime(number[6:14], "%Y%m%d").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    remainder = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False)) % 11
    return number if number[-1] == CHECK_DIGITS[remainder] else None


def plain_text(most: int) -> Callable[[str], str | None]:
    """Text of at most so many characters, without control characters but line breaks and tabs."""

    def read(value: str) -> str | None:
        storable = all(c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in value)
        return value if storable and len(value) <= most else None

    return read


def _last(shown: int) -> Callable[[str], str]:
    """Only the last characters, and never more than half of the value."""

    def hide(value: str) -> str:
        count = min(shown, len(value) // 2)
        return STARS + value[len(value) - count :]

    return hide


def _first(shown: int) -> Callable[[str], str]:
    """Only the first characters, and never more than half of the value."""
    return lambda value: value[: min(shown, len(value) // 2)] + STARS


PHONE = Form(_phone, _last(4), NOT_A_PHONE)
EMAIL = Form(_email, _first(1), NOT_AN_EMAIL)
WECHAT = Form(_wechat, _first(1), NOT_A_WECHAT)
ADDRESS = Form(plain_text(MOST_SHORT), _first(3), NOT_PLAIN)
IDENTITY_NUMBER = Form(_identity, _last(4), NOT_AN_IDENTITY)
NOTES = Form(plain_text(MOST_TEXT), lambda _value: STARS, NOT_PLAIN)
