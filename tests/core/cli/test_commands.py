"""Every command, as an operator types it, on both databases."""

import asyncio
import base64
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from core.access.writing import apply
from core.audit.choices import AuditKind
from core.audit.models import AuditRecord
from core.cli.app import make_cli
from core.cli.rotation import rotate
from core.clock import HeldClock, SystemClock
from core.customers.models import Customer
from core.db.database import Database
from core.db.model import sealed_fields
from core.db.sealing import Sealer
from core.demo.customers import SAMPLE
from core.identity.tokens import TokenVerifier
from core.ids import SeededIds
from core.settings import Settings
from tests.core.world import POLICIES, build
from tests.databases import NOW

CLI = make_cli()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, address: str, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"ENV": "development", "DATABASE_URL": address, "POLICIES": str(POLICIES)}.items():
        monkeypatch.setenv(f"BAOKE_{name}", value)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def call(*words: str) -> Result:
    return CliRunner().invoke(CLI, words)


def test_import_says_its_rules_and_counts() -> None:
    """PRM-12."""
    said = call("import", "purchases", str(SAMPLE), "--layout", "cdnow")
    assert said.exit_code == 0, said.output
    for phrase in (
        "6919 rows of 2357 customers: 2357 new, 0 known",
        "purchases of their own: 21",
        "among them): 223",
        "kept: 8",
        "24409194 minor units = 244091.94 USD",
        "USD is not the company's currency",
        "imported: 6919 purchases new, 0 known already",
    ):
        assert phrase in said.output
    again = call("--lang", "zh", "import", "purchases", str(SAMPLE), "--layout", "cdnow")
    assert "新购买 0 条，6919 条早已存在" in again.output


def test_import_refuses_with_a_report(tmp_path: Path) -> None:
    """CUS-11."""
    path = tmp_path / "p.csv"
    path.write_text("customer_number,date,amount\n" + "K1,2026-01-02,x\n" * 25, encoding="utf-8")
    said = call("import", "purchases", str(path))
    assert said.exit_code == 1
    assert "line 2, amount: not an amount" in said.output
    assert "… and 5 more" in said.output
    assert len((tmp_path / "p.csv.refused.csv").read_text("utf-8").splitlines()) == 26


def test_the_report_of_an_earlier_run_goes_once_the_file_is_right(tmp_path: Path) -> None:
    path, report = tmp_path / "p.csv", tmp_path / "p.csv.refused.csv"
    head = "customer_number,date,amount\n"
    path.write_text(f"{head}K1,2026-01-02,x\n", encoding="utf-8")
    assert "1 of 1 row refused" in call("import", "purchases", str(path)).output
    path.write_text(f"{head}K1,2026-01-02,1\n", encoding="utf-8")
    call("import", "purchases", str(path), "--dry-run")
    assert report.is_file()
    said = call("import", "purchases", str(path))
    assert "1 row of 1 customer: 1 new, 0 known" in said.output
    assert "imported: 1 purchase new" in said.output
    assert not report.exists()
    path.write_text("no report", encoding="utf-8")
    call("import", "purchases", str(SAMPLE), "--layout", "cdnow", "--report", str(path))
    assert path.read_text(encoding="utf-8") == "no report"


@pytest.mark.parametrize(
    "words",
    [
        ("import", "purchases", "missing.csv"),
        ("import", "purchases", str(SAMPLE), "--layout", "xml"),
        ("import", "purchases", str(SAMPLE), "--currency", "usd"),
        ("tiers", "regrade", "--scheme", "none"),
        ("tiers", "regrade", "--as-of", "yesterday"),
        ("import", "purchases", str(SAMPLE), "--currency", "CYN"),
        ("token", "--role", "emperor"),
        ("token", "--role", "everyone"),
        ("token", "--role", "leader"),
        ("token", "--role", "leader", "--hours", "0"),
        ("policies", "check", "nowhere"),
    ],
)
def test_errors_are_one_line_without_a_trace(words: tuple[str, ...]) -> None:
    for language, chinese in (("en", False), ("zh", True)):
        said = call("--lang", language, *words)
        assert said.exit_code == 1
        assert said.stdout == ""
        assert len(said.stderr.splitlines()) == 1
        assert "Traceback" not in said.output
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said.stderr) is chinese


def test_policies_check(tmp_path: Path) -> None:
    assert "for 12 roles and everyone: all fine" in call("policies", "check").output
    for name in ("model.conf", "roles.csv", "grants.csv"):
        (tmp_path / name).write_text((POLICIES / name).read_text("utf-8"), encoding="utf-8")
    with (tmp_path / "grants.csv").open("a", encoding="utf-8") as file:
        file.write("p, leader, class:secret, show, all, allow\np, leader\n")
    said = call("policies", "check", str(tmp_path))
    assert said.exit_code == 1
    first, second = said.stderr.splitlines()
    assert "unknown class secret" in first
    lines = len((POLICIES / "grants.csv").read_text("utf-8").splitlines())
    assert (first.partition(" ")[0], second.partition(" ")[0]) == (
        f"grants.csv:{lines + 1}:",
        f"grants.csv:{lines + 2}:",
    )


def test_demo_regrade_and_token() -> None:
    assert "demo data" in call("demo").output
    said = call("demo")
    assert said.exit_code == 1
    said = call("tiers", "regrade", "--scheme", "customer_value")
    assert "rule version 1" in said.output
    assert "by hand and left alone: 3" in said.output
    assert call("token", "--role", "leader", "--employee", "E001").stdout.count(".") == 2
    said = call("token", "--role", "leader", "--employee", "E040")
    assert "no active employee" in said.stderr


async def test_the_token_is_accepted(database: Database) -> None:
    world = await build(database)
    key = world.employees["auditor"].hex
    # The command runs a loop of its own.
    said = await asyncio.to_thread(
        call, "token", "--role", "auditor", "--employee", f"emp_{key}", "--hours", "1"
    )
    assert said.exit_code == 0, said.output
    settings = Settings(env="development")
    claims = await TokenVerifier(settings, SystemClock()).verify(said.stdout.strip())
    assert (claims.subject, claims.role) == ("auditor", "auditor")


def test_no_token_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = dict(line.split("=", 1) for line in call("keys", "new").stdout.splitlines() if "=" in line)
    for name, value in fresh.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BAOKE_ENV", "production")
    monkeypatch.setenv("BAOKE_TOKEN_SECRET", "s" * 32)
    said = call("token", "--role", "leader")
    assert said.exit_code == 1
    assert "development only" in said.stderr
    assert call("db", "migrate").exit_code == 0
    assert "0 values" in call("keys", "rotate").output


async def test_rotation_seals_anew_what_an_older_key_sealed(address: str) -> None:
    """ACC-5: afterwards the older key may go; blind indices and masks stay."""
    old, fresh, index = b"o" * 32, b"f" * 32, b"i" * 32
    clock = HeldClock(NOW)
    before = Database(address, clock=clock, ids=SeededIds(2, clock), sealer=Sealer({1: old}, index))
    world = await build(before)
    table, phone = Customer.__table__, sealed_fields(Customer)["phone"]
    async with before.unit_of_work() as work:
        values = before.sealer.columns_of(phone, "13800138000")
        await work.session.execute(
            sa.update(table).where(table.c.id == world.customers["wang"]).values(values)  # type: ignore[arg-type]
        )
    await before.close()
    both = Sealer({2: fresh, 1: old}, index)
    during = Database(address, clock=clock, ids=SeededIds(3, clock), sealer=both)
    assert await rotate(during, Customer) == 1
    assert await rotate(during, Customer) == 0
    async with during.unit_of_work() as work:
        sealed = await work.session.scalar(
            sa.select(table.c.phone_sealed).where(table.c.id == world.customers["wang"])
        )
        stored = await work.session.scalar(
            sa.select(table.c.phone_index).where(table.c.id == world.customers["wang"])
        )
    await during.close()
    assert sealed is not None
    assert Sealer({2: fresh}, index).open(phone.associated, sealed) == "13800138000"
    assert stored == both.index(phone, "13800138000")


def test_a_rotation_is_on_record(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """ACC-3: by the operator, with the count; also where there was nothing to do."""
    keys = {number: bytes([number]) * 32 for number in (1, 2)}
    encoded = {number: base64.b64encode(key).decode() for number, key in keys.items()}
    clock = HeldClock(NOW)

    async def fill() -> None:
        sealer = Sealer({1: keys[1]}, keys[1])
        database = Database(address, clock=clock, ids=SeededIds(2, clock), sealer=sealer)
        world = await build(database)
        async with database.unit_of_work() as work:
            row = await work.session.get_one(Customer, world.customers["wang"])
            apply(work, row, {"phone": "13800138000", "email": "wang@example.com"})
        await database.close()

    async def said() -> list[AuditRecord]:
        database = Database(address, clock=clock, ids=SeededIds(3, clock), sealer=Sealer(keys, keys[1]))
        async with database.unit_of_work() as work:
            found = sa.select(AuditRecord).where(AuditRecord.operation == "keys rotate")
            rows = list(await work.session.scalars(found.order_by(AuditRecord.id)))
        await database.close()
        return rows

    asyncio.run(fill())
    monkeypatch.setenv("BAOKE_ENCRYPTION_KEYS", f"2:{encoded[2]},1:{encoded[1]}")
    monkeypatch.setenv("BAOKE_INDEX_KEY", encoded[1])
    assert "2 values" in call("keys", "rotate").output
    assert "0 values" in call("keys", "rotate").output
    records = asyncio.run(said())
    assert [(row.before, row.after) for row in records] == [(None, {"values": 2}), (None, {"values": 0})]
    for row in records:
        assert (row.kind, row.subject, row.employee_id) == (AuditKind.WRITE, "operator", None)
