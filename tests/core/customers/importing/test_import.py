"""Purchases from files: all or nothing, twice is once, exact figures (CUS-11, PRM-12)."""

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from core.access.plan import AccessPlan, Catalogue
from core.access.relations import Relations
from core.access.rules import Rule
from core.access.viewer import Viewer
from core.customers.choices import Collection, Source
from core.customers.importing.faults import Faults, FileRefused
from core.customers.importing.layouts import LAYOUTS
from core.customers.importing.lines import LONGEST_LINE, open_text
from core.customers.importing.service import PurchaseFile, Summary, import_purchases
from core.customers.models import Customer, Purchase
from core.db.database import Database
from core.demo.customers import SAMPLE
from core.errors import Forbidden
from core.models import CORE_MODELS
from core.money import Money
from core.runtime import operator

SHANGHAI = ZoneInfo("Asia/Shanghai")
Lines = Callable[..., Path]


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    def write(*rows: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "purchases.csv"
        path.write_bytes("\n".join(rows).encode(encoding))
        return path

    return write


async def load(
    database: Database,
    path: Path,
    layout: str = "csv",
    *,
    dry_run: bool = False,
    faults: Faults | None = None,
) -> Summary:
    chosen = LAYOUTS[layout]
    what = PurchaseFile(open_text(path), chosen, SHANGHAI, "CNY", chosen.currency or "CNY", dry_run)
    with faults or Faults() as refused:
        return await import_purchases(database, operator(), what, refused)


async def stored(database: Database, *columns: object) -> list[tuple[object, ...]]:
    async with database.unit_of_work() as work:
        rows = await work.session.execute(sa.select(*columns).order_by(*columns))  # type: ignore[call-overload]
        return [tuple(row) for row in rows]


async def test_cdnow_to_the_cent_and_twice_is_once(database: Database) -> None:
    """PRM-12: all rows count: exact duplicates, several purchases a day, amounts of zero."""
    first = await load(database, SAMPLE, "cdnow")
    assert first == Summary(
        rows=6919,
        refused=0,
        zero_amounts=8,
        totals=(Money(24_409_194, "USD"),),
        duplicates=21,
        same_day=223,
        customers=2357,
        new_customers=2357,
        new_purchases=6919,
        imported=True,
    )
    sums = (sa.func.count(), sa.func.sum(Purchase.amount_minor), sa.func.count(Purchase.reference.distinct()))
    before = await stored(database, *sums)
    assert before == [(6919, 24_409_194, 6919)]
    again = await load(database, SAMPLE, "cdnow")
    assert (again.new_customers, again.new_purchases, again.rows) == (0, 0, 6919)
    assert await stored(database, *sums) == before


async def test_customers_and_totals(database: Database, lines: Lines) -> None:
    """New customers say where they come from (CUS-2); totals follow in the same transaction (CUS-7)."""
    head = "customer_number;date;amount;currency;quantity;customer_name;category"
    path = lines(
        head,
        "K1;2026-01-02;10.00;;2;;音乐",
        'K1;2026/1/5;5.5;CNY;;王伟;"a;b"',
        "",
        "K1;20260103;7;USD;;;",
        "K2;2026-11-02;0;;;;",
    )
    summary = await load(database, path)
    assert summary.totals == (Money(1550, "CNY"), Money(700, "USD"))
    assert await stored(
        database, Customer.number, Customer.name, Customer.spend_minor, Customer.purchase_count
    ) == [("K1", "王伟", 1550, 3), ("K2", "K2", 0, 1)]
    origins = await stored(database, Customer.source, Customer.collected_by)
    assert set(origins) == {(Source.PURCHASE, Collection.IMPORT)}
    times = [at.isoformat() for (at,) in await stored(database, Purchase.at)]  # type: ignore[attr-defined]
    assert times[0] == "2026-01-02T04:00:00+00:00"  # noon in Shanghai
    assert times[-1] == "2026-11-02T04:00:00+00:00"  # it is 17:30 there
    longer = lines(*path.read_text().splitlines(), "K1;2026-01-02;10.00;;2;other;音乐")
    summary = await load(database, longer)
    assert (summary.new_purchases, summary.duplicates, summary.new_customers) == (1, 1, 0)
    assert (await stored(database, Customer.number, Customer.name, Customer.spend_minor))[0] == (
        "K1",
        "王伟",
        2550,
    )


async def test_one_refused_row_and_nothing_is_imported(
    database: Database, lines: Lines, tmp_path: Path
) -> None:
    """CUS-11: line, column, value, and the remedy in both languages."""
    path = lines(
        "customer_number,date,amount,currency,quantity,reference",
        "K1,2026-01-02,10,,,",
        ",2026-01-02,10,,,",
        "K1,2026-02-30,10,,,",
        "K1,2026-11-03,10,,,",
        "K1,2026-01-02,-1,,,",
        "K1,2026-01-02,1.234,,,",
        "K1,2026-01-02,1,CYN,,",
        "K1,2026-01-02,1,,0,",
        "K1,2026-01-02,1",
        'K1,2026-01-02,1,,,"x" y',
        "K1,2026-01-02,1,,,import:1",
        "K1,2026-01-02,1,,,A7",
        "K1,2026-01-02,1,,,A7",
        "=K\u0007,2026-01-02,1,,,",
    )
    report = tmp_path / "refused.csv"
    faults = Faults(report)
    summary = await load(database, path, faults=faults)
    assert (summary.rows, summary.refused, summary.imported) == (14, 12, False)
    found = {fault.line: fault.column for fault in faults.first}
    assert found == {
        3: "customer_number",
        4: "date",
        5: "date",
        6: "amount",
        7: "amount",
        8: "currency",
        9: "quantity",
        10: "-",
        11: "-",
        12: "reference",
        14: "reference",
        15: "customer_number",
    }
    written = report.read_text("utf-8-sig").splitlines()
    assert len(written) == 13
    assert written[1] == "3,customer_number,,a value is needed here,此处必须填写"
    assert "there is no such day" in written[2]
    assert ",'=K" in "\n".join(written)
    assert await stored(database, Customer.id) == []
    assert await stored(database, Purchase.id) == []


async def test_a_thousands_separator_is_called_one(database: Database, lines: Lines) -> None:
    faults = Faults()
    await load(database, lines("customer_number;date;amount", "K1;2026-01-02;1,200.00"), faults=faults)
    assert "thousands separator" in faults.first[0].reason.en


async def test_a_reference_with_another_amount_is_refused(database: Database, lines: Lines) -> None:
    head = "customer_number,date,amount,reference"
    await load(database, lines(head, "K1,2026-01-02,10,A7"))
    assert (await load(database, lines(head, "K1,2026-01-02,10,A7"))).new_purchases == 0
    faults = Faults()
    assert (await load(database, lines(head, "K1,2026-01-02,11,A7"), faults=faults)).refused == 1
    assert faults.first[0].column == "reference"
    assert (await load(database, lines(head, "K2,2026-01-02,11,A7"))).new_purchases == 1


async def test_a_dry_run_counts_and_changes_nothing(database: Database, lines: Lines) -> None:
    path = lines("customer_number,at,amount", "K1,2026-01-02T08:00:00+08:00,10", "K1,2026-01-02 9:05,10")
    dry = await load(database, path, dry_run=True)
    assert (dry.new_customers, dry.new_purchases, dry.same_day, dry.imported) == (1, 2, 1, False)
    assert await stored(database, Customer.id) == []
    assert (await load(database, path)).imported
    assert [at.isoformat()[:16] for (at,) in await stored(database, Purchase.at)] == [  # type: ignore[attr-defined]
        "2026-01-02T00:00",
        "2026-01-02T01:05",
    ]


async def test_only_who_may_everywhere_may_import(database: Database, lines: Lines) -> None:
    path = lines("customer_number,date,amount", "K1,2026-01-02,10")
    what = PurchaseFile(open_text(path), LAYOUTS["csv"], SHANGHAI, "CNY", "CNY")
    rules = tuple(
        Rule("r", f"type:{t}", a, "own", "allow") for t, a in (("Customer", "create"), ("Purchase", "record"))
    )
    viewer = Viewer("v", None, (), ("r",), AccessPlan(Catalogue(Relations(CORE_MODELS), {}), rules))
    with pytest.raises(Forbidden):
        await import_purchases(database, viewer, what, Faults())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_encodings(lines: Lines, encoding: str) -> None:
    path = lines("customer_number,date,amount,customer_name", "K1,2026-01-02,1,王伟", encoding=encoding)
    rows = list(LAYOUTS["csv"].rows(open_text(path).lines()))
    assert rows[0][1]["customer_name"] == "王伟"  # type: ignore[index]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"customer_number,amount\n",
        b"customer_number,date,at,amount\n",
        b"customer_number,date,amount,amount\n",
        b"customer_number,date,amount,price\n",
        b"\xff\xfea\x00",
        b"\x81",
        b"customer_number,date,amount\n" + b"x" * (LONGEST_LINE + 1),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f.csv").write_bytes(content)
    with pytest.raises(FileRefused):
        list(LAYOUTS["csv"].rows(open_text(tmp_path / "f.csv").lines()))


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sales.csv").write_bytes(content)
    with pytest.raises(FileRefused, match=r"sales\.csv: the file is empty"):
        open_text(tmp_path / "sales.csv")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        open_text(tmp_path / "none.csv")


async def test_memory_does_not_grow_with_the_file(database: Database, tmp_path: Path) -> None:
    """PRM-12: files of any size: four times the rows take no more memory."""

    def rows(count: int) -> Iterator[str]:
        yield "customer_number,date,amount\n"
        for number in range(count):
            yield f"K{number % 50},2026-01-{number % 28 + 1:02d},{number}.25\n"

    async def peak(count: int) -> int:
        with (tmp_path / "long.csv").open("w") as file:
            file.writelines(rows(count))
        tracemalloc.start()
        await load(database, tmp_path / "long.csv", dry_run=True)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    await peak(2_100)  # warm up
    assert await peak(10_000) < 1.3 * await peak(2_500)
