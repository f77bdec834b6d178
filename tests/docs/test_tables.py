"""Tables that are made from the code are up to date, and nothing is missing from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.permissions import CORE_PERMISSIONS
from core.settings import Settings
from tests.docs import excerpts
from tests.docs.pages import ROOT, language_of, name_of, pages
from tests.docs.tables import BOTH, ENGLISH, MARK, catalog, filled, policy, role_sentences, roles


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_tables_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert excerpts.filled(filled(text, language_of(page))) == text, (
        "run `python -m tests.docs.tables` and review the difference"
    )


def test_every_table_stands_somewhere() -> None:
    found = {
        (m[2], language_of(page)) for page in pages() for m in MARK.finditer(page.read_text(encoding="utf-8"))
    }
    assert found == {(name, "en") for name in (*ENGLISH, *BOTH)} | {(name, "zh") for name in BOTH}


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_setting_is_documented() -> None:
    assert [n for n in Settings.model_fields if f"| `BAOKE_{n.upper()}` |" not in page("settings.md")] == []
    assert [n for n, f in Settings.model_fields.items() if not f.description] == []


def test_every_error_is_documented_in_both_languages() -> None:
    text = page("errors.md")
    for code, kind in catalog().items():
        assert f"| `{code}` |" in text
        assert kind.text.zh.replace("{{", "{").replace("}}", "}") in text


def test_every_permission_and_role_is_documented() -> None:
    text = page("permissions.md")
    for one in CORE_PERMISSIONS:
        assert f"| `type:{one.type}` | `{one.act}` |" in text
    for role in roles():
        assert policy().roles[role].title.zh in text
        assert role_sentences()[role].endswith(".")
