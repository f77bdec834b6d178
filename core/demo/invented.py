"""Invented people and companies, the same for the same seed. Nothing here reaches anybody real."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.db.normal import CHECK_DIGITS, WEIGHTS

T = TypeVar("T")

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
GIVEN = "伟芳娜敏静丽强磊洋勇艳杰娟涛明超霞平刚桂兰英华玉萍红建文云飞雪梅琳晨宇轩梓涵欣怡佳俊浩博思雨嘉宁若"
# No operator has these prefixes.
PREFIXES = ("140", "142", "143", "154")
# No area has this code (GB/T 2260).
AREA = "990101"
PLACES = (
    ("华东", "上海市", "浦东新区"),
    ("华东", "杭州市", "西湖区"),
    ("华北", "北京市", "朝阳区"),
    ("华北", "天津市", "和平区"),
    ("华南", "广州市", "天河区"),
    ("华南", "深圳市", "南山区"),
)
BRANDS = ("晨光", "远景", "恒信", "嘉禾", "天成", "瑞丰", "汇智", "金桥", "海纳", "同创", "明德", "锦程")
INDUSTRIES = (
    ("信息技术", "科技"),
    ("文化传媒", "文化传播"),
    ("批发零售", "商贸"),
    ("教育培训", "教育咨询"),
    ("餐饮住宿", "酒店管理"),
)


@dataclass(frozen=True)
class Inventor:
    """Makes things up from one stream of chances."""

    chance: random.Random

    def one(self, many: Sequence[T]) -> T:
        """One of these."""
        return many[int(self.chance.random() * len(many))]

    def often(self, share: float) -> bool:
        """True in this share of cases."""
        return self.chance.random() < share

    def person(self) -> str:
        """A name of two or three characters."""
        return self.one(SURNAMES) + "".join(self.one(GIVEN) for _ in range(1 + self.often(0.7)))

    def company(self, city: str) -> tuple[str, str]:
        """A company's name and industry."""
        industry, word = self.one(INDUSTRIES)
        return f"{city.removesuffix('市')}{self.one(BRANDS)}{self.one(BRANDS)}{word}有限公司", industry

    def phone(self) -> str:
        """A mobile number in the right form."""
        return f"{self.one(PREFIXES)}{self.chance.randrange(10**8):08d}"

    def address(self, city: str, district: str) -> str:
        """A postal address."""
        return f"{city}{district}示范路{self.chance.randint(1, 300)}号{self.chance.randint(101, 2904)}室"

    def birthday(self, today: dt.date) -> dt.date:
        """Between 18 and 70 years before today."""
        return today - dt.timedelta(days=self.chance.randint(18 * 366, 70 * 365))

    def identity(self, birthday: dt.date) -> str:
        """An identity number with the right check digit (GB 11643-1999)."""
        head = f"{AREA}{birthday:%Y%m%d}{self.chance.randrange(1000):03d}"
        remainder = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, head, strict=True)) % 11
        return head + CHECK_DIGITS[remainder]

    def before(self, now: dt.datetime, days: int) -> dt.datetime:
        """A time within these days before now, to the minute."""
        return (now - dt.timedelta(minutes=self.chance.randint(60, days * 1440))).replace(
            second=0, microsecond=0
        )
