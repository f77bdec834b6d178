import sys
from pathlib import Path

import pytest

from core import guard


def test_this_environment_is_clean() -> None:
    guard.check()


def test_our_own_distribution_and_foreign_names_are_fine() -> None:
    guard.check({"core": ["baoke"], "schema": ["baoke", "baoke"], "numpy": ["numpy"]})


def test_a_clash_names_the_owner_and_the_remedy() -> None:
    with pytest.raises(guard.NameClash) as refused:
        guard.check({"schema": ["schema", "baoke"], "server": ["b", "a"], "core": ["baoke"]})

    text = str(refused.value)
    assert "  schema: also in schema\n" in text
    assert "  server: also in a, b\n" in text
    assert "pip uninstall a b schema`" in text
    assert "core:" not in text


def test_an_installed_stranger_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "schema-0.7.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: schema\nVersion: 0.7.0\n", encoding="utf-8")
    (info / "RECORD").write_text("schema.py,,\nschema-0.7.0.dist-info/METADATA,,\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(guard.NameClash, match="schema: also in schema"):
        guard.check()
    with pytest.raises(SystemExit, match="Remedy"):
        guard.main()


def test_the_names_are_the_top_level_of_the_repository() -> None:
    root = Path(guard.__file__).parents[1]
    here = {path.parent.name for path in root.glob("*/__init__.py")} - {"tests"}
    assert here <= set(guard.NAMES)
    assert not set(guard.NAMES) & sys.stdlib_module_names
