"""Layouts of purchase files: how lines become named cells. A new layout is one entry in `LAYOUTS`."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.customers.importing.faults import Fault, FileRefused
from core.text import Text

COLUMNS: Mapping[str, Text] = {
    "customer_number": Text("number of the customer; required", "客户编号；必填"),
    "date": Text("day in the company's time zone; or `at`", "公司时区的日期；或用 at"),
    "at": Text(
        "instant, with offset or in the company's time zone; or `date`", "时刻，带时差或按公司时区；或用 date"
    ),
    "amount": Text("what was paid, such as 29.33; required", "实付金额，如 29.33；必填"),
    "currency": Text("such as CNY; the company's unless given", "币种，如 CNY；缺省为公司币种"),
    "quantity": Text("pieces; 1 unless given", "件数；缺省为 1"),
    "category": Text("category of the goods", "商品类别"),
    "channel": Text("where the purchase was made", "购买渠道"),
    "reference": Text("order number, unique for a customer", "订单号，同一客户不可重复"),
    "customer_name": Text(
        "name of a customer who is new; the number unless given", "新客户名称；缺省为客户编号"
    ),
}
DELIMITERS = ",;\t"
MOST_CELL = 2**16

NO_HEADER = Text("the first line must name the columns", "第一行须为列名")
UNKNOWN_COLUMN = Text("unknown column {name!r}; known: {known}", "未知列 {name!r}；已知：{known}")
MISSING_COLUMN = Text("the header lacks {name}", "表头缺少 {name}")
TWICE = Text("the header names {name} twice", "表头中 {name} 重复")
ONE_TIME = Text("the header needs `date` or `at`, one of them", "表头须含 date 或 at 之一")
CELLS = Text(
    "{found} cells where the header has {expected}; quote cells that hold the delimiter",
    "有 {found} 格，表头为 {expected} 格；含分隔符的格请加引号",
)
QUOTES = Text(
    "quotes are out of order; double a quote inside a quoted cell", "引号不匹配；引号内的引号须写两遍"
)
CDNOW_CELLS = Text(
    "five values are expected: two ids, day, pieces, amount", "应有五个值：两个编号、日期、件数、金额"
)

Row = tuple[int, Mapping[str, str]]


@dataclass(frozen=True)
class Layout:
    """A way to write purchases. `currency` is that of the amounts; None: the company's."""

    name: str
    about: Text
    rows: Callable[[Iterable[str]], Iterator[Row | Fault]]
    currency: str | None = None


def cdnow_rows(lines: Iterable[str]) -> Iterator[Row | Fault]:
    """CDNOW's form: id in the full cohort (the customer's number), id in the sample, day, pieces, dollars."""
    for number, line in enumerate(lines, 1):
        match line.split():
            case [customer, _, day, pieces, amount]:
                yield number, {"customer_number": customer, "date": day, "quantity": pieces, "amount": amount}
            case []:
                pass
            case _:
                yield Fault(number, "-", line.strip(), CDNOW_CELLS)


def csv_rows(lines: Iterable[str]) -> Iterator[Row | Fault]:
    """CSV (RFC 4180) with a header of names from `COLUMNS`; the delimiter is the one that the header uses."""
    source = iter(lines)
    head = next(source, "")
    delimiter = max(DELIMITERS, key=head.count)
    header = _header(next(csv.reader([head], delimiter=delimiter), []))
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Fault(reader.line_num + 1, "-", "", QUOTES)
            continue
        if len(cells) == len(header):
            yield reader.line_num + 1, dict(zip(header, cells, strict=True))
        elif cells:
            yield Fault(
                reader.line_num + 1,
                "-",
                delimiter.join(cells),
                _said(CELLS, found=len(cells), expected=len(header)),
            )


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    if not any(names):
        raise FileRefused("-", NO_HEADER)
    for name in names:
        if name not in COLUMNS:
            raise FileRefused(name, UNKNOWN_COLUMN, name=name, known=", ".join(COLUMNS))
        if names.count(name) > 1:
            raise FileRefused(name, TWICE, name=name)
    for name in ("customer_number", "amount"):
        if name not in names:
            raise FileRefused(name, MISSING_COLUMN, name=name)
    if ("date" in names) == ("at" in names):
        raise FileRefused("date", ONE_TIME)
    return names


def _said(text: Text, **params: object) -> Text:
    return Text(text.say("en", **params), text.say("zh", **params))


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("csv", Text("CSV with a header", "带表头的 CSV"), csv_rows),
        Layout(
            "cdnow",
            Text("CDNOW sample, white space, US dollars", "CDNOW 样本，空格分隔，美元"),
            cdnow_rows,
            "USD",
        ),
    )
}
