"""One row of a purchase file: checked, and turned into what is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import UTC
from core.customers.importing.faults import Fault
from core.customers.records import MOST_PIECES, PIECES
from core.db.normal import MOST_SHORT, NOT_PLAIN, plain_text
from core.errors import InvalidInput
from core.money import CURRENCIES, NO_CURRENCY, Money
from core.text import Text

DAY = re.compile(r"([0-9]{4})([-/.]?)([0-9]{2})\2([0-9]{2})|([0-9]{4})([-/.])([0-9]{1,2})\6([0-9]{1,2})")
AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)?")
THOUSANDS = re.compile(r"[0-9]{1,3}([,，' ][0-9]{3})+(\.[0-9]+)?")
EARLIEST, MOST_DIGITS = dt.date(1900, 1, 1), 30
OWN_REFERENCE = "import:"
REQUIRED = ("customer_number", "date", "at", "amount")
OPTIONAL = ("name", "category", "channel", "reference")
CONTENT = ("number", "amount_minor", "currency", "quantity", "category", "channel")

NOT_A_DAY = Text(
    "not a time from 1900 on; write 2026-11-02, or 2026-11-02 13:45 under `at`",
    "不是 1900 年以来的时间；请写作 2026-11-02，at 列可写 2026-11-02 13:45",
)
FUTURE = Text(
    "this lies in the future; check the date and the company's time zone", "时间在将来；请核对日期与公司时区"
)
NOT_AN_AMOUNT = Text(
    "not an amount of zero or more; write 29.33 without signs (a refund is no purchase)",
    "不是零或正数金额；请写作 29.33，不带符号（退款不是购买）",
)
SEPARATED = Text(
    "without a thousands separator: write 1200.00 for 1,200.00", "不要千位分隔符：1,200.00 请写作 1200.00"
)
NO_SUCH_DAY = Text("there is no such day", "没有这一天")
NEEDED = Text("a value is needed here", "此处必须填写")
RESERVED = Text(
    "references that begin with import: belong to the import", "以 import: 开头的单号由导入程序使用"
)

plain = plain_text(MOST_SHORT)


@dataclass(frozen=True)
class Reading:
    """How cells are understood. `currency`: of rows that name none; what lies after `now` is refused."""

    zone: ZoneInfo
    currency: str
    now: dt.datetime

    def row(self, line: int, cells: Mapping[str, str]) -> dict[str, Any] | Fault:
        """The values of a row, or the first thing that is wrong with it.

        `digest` is the row's content; rows with equal ones are exact duplicates of each other.
        """
        row = dict.fromkeys(OPTIONAL)
        row |= {"line": line, "currency": self.currency, "quantity": 1}
        column = value = ""
        try:
            for column, cell in cells.items():
                value = cell.strip()
                if not value and column in REQUIRED:
                    _needed()
                if value and column in READERS:
                    name, read = READERS[column]
                    row[name] = read(value)
            column = "at" if "at" in cells else "date"
            value = cells[column].strip()
            row["at"], row["day"], instant = _when(value, self.zone, self.now)
            column, value = "amount", cells["amount"].strip()
            row["amount_minor"] = _minor(value, row["currency"])
        except InvalidInput as fault:
            said = Text(fault.reason.say("en", **fault.params), fault.reason.say("zh", **fault.params))
            return Fault(line, column, value, said)
        content = "\x1f".join([instant, *(str(row[name]) for name in CONTENT)])
        row["digest"] = hashlib.sha256(content.encode()).hexdigest()[:32]
        return row


@lru_cache(maxsize=4096)
def _when(text: str, zone: ZoneInfo, now: dt.datetime) -> tuple[dt.datetime, dt.date, str]:
    """The instant, its day in the company's time zone, and its text.

    A day alone is noon there: so it keeps its date in most zones of the world. Today before noon is the day's
    beginning, so that no purchase lies in the future.
    """
    day_text, _, time_text = text.replace("T", " ", 1).partition(" ")
    day, local_now = _day(day_text), now.astimezone(zone)
    if day is None:
        raise InvalidInput(None, NOT_A_DAY)
    noon = dt.time(0 if day == local_now.date() and local_now.hour < 12 else 12)  # noqa: PLR2004
    time = _time(time_text.strip()) if time_text else noon
    at = dt.datetime.combine(day, time, tzinfo=time.tzinfo or zone).astimezone(UTC)
    if at > now:
        raise InvalidInput(None, FUTURE)
    return at, at.astimezone(zone).date(), at.isoformat()


def _day(text: str) -> dt.date | None:
    found = DAY.fullmatch(text)
    if found is None:
        return None
    year, month, day = (
        int(part) for part in (found[1] or found[5], found[3] or found[7], found[4] or found[8])
    )
    try:
        made = dt.date(year, month, day)
    except ValueError:
        raise InvalidInput(None, NO_SUCH_DAY) from None
    return made if made >= EARLIEST else None


def _needed() -> None:
    raise InvalidInput(None, NEEDED)


def _time(text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text if text[1:2] != ":" else f"0{text}")
    except ValueError:
        raise InvalidInput(None, NOT_A_DAY) from None


def _plain(text: str) -> str:
    if len(text) > MOST_SHORT or not (text.isprintable() or plain(text)):
        raise InvalidInput(None, NOT_PLAIN)
    return text


def _reference(text: str) -> str:
    if text.startswith(OWN_REFERENCE):
        raise InvalidInput(None, RESERVED)
    return _plain(text)


def _currency(text: str) -> str:
    if text.upper() not in CURRENCIES:
        raise InvalidInput(None, NO_CURRENCY)
    return text.upper()


@lru_cache(maxsize=4096)
def _minor(text: str, currency: str) -> int:
    if THOUSANDS.fullmatch(text):
        raise InvalidInput(None, SEPARATED)
    if len(text) > MOST_DIGITS or not AMOUNT.fullmatch(text):
        raise InvalidInput(None, NOT_AN_AMOUNT)
    return Money.of(text, currency).minor


def _pieces(text: str) -> int:
    if not text.isdecimal() or len(text) > MOST_DIGITS or not 1 <= int(text) <= MOST_PIECES:
        raise InvalidInput(None, PIECES, most=MOST_PIECES)
    return int(text)


# Column of the file to name and form of the value. What depends on other cells is read after these.
READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "customer_number": ("number", _plain),
    "customer_name": ("name", _plain),
    "currency": ("currency", _currency),
    "quantity": ("quantity", _pieces),
    "category": ("category", _plain),
    "channel": ("channel", _plain),
    "reference": ("reference", _reference),
}
