"""What a plugin may say of itself."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import ConfigurationError
from core.extension.manifest import Manifest
from core.text import Text

FINE: dict[str, Any] = {"id": "wishes", "version": "1.0.0", "name": Text("Wishes", "心愿")}


def test_names_follow_from_the_id() -> None:
    made = Manifest(**FINE)
    assert (made.prefix, made.tables) == ("Wishes", "p_wishes_")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"id": "Wishes"}, "no plugin id"),
        ({"id": "core"}, "no plugin id"),
        ({"id": "wish_list"}, "no plugin id"),
        ({"version": "one"}, "version one"),
        ({"name": Text("Wishes", "")}, "both languages"),
        ({"core": "latest"}, "latest is no range"),
        ({"requires": ("points >",)}, "is no range"),
    ],
)
def test_a_bad_one_is_refused_with_the_remedy(bad: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        Manifest(**FINE | bad)
    assert caught.value.field == (FINE | bad)["id"]
