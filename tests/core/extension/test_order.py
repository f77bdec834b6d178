"""Which plugins can be on together, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import ConfigurationError
from core.extension.plugin import Plugin
from core.extension.plugins import of
from tests.core.extension.straw import plugin


def ids(*plugins: Plugin) -> list[str]:
    return [one.manifest.id for one in of(plugins, Plugin).on]


def test_what_is_required_or_optional_comes_first() -> None:
    first, second = plugin("aa", requires=("zz>=1",)), plugin("mm", optional=("zz", "absent"))
    assert ids(first, second, plugin("zz")).index("zz") == 0


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ({"api": 2}, "level 2 .* serves level 1"),
        ({"core": ">=99"}, "works with Baoke >=99"),
        ({"requires": ("absent",)}, "needs the plugin absent"),
        ({"requires": ("other>=2",)}, "needs the plugin other>=2, and other 1.0.0 is on"),
        ({"optional": ("other>=2",)}, "needs the plugin other>=2"),
        ({"conflicts": ("other",)}, "can't be on beside other 1.0.0"),
    ],
)
def test_what_can_not_be_on_together_is_refused(manifest: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        ids(plugin("mine", **manifest), plugin("other"))
    assert caught.value.field == "mine"


def test_a_conflict_with_another_version_is_none() -> None:
    assert ids(plugin("mine", conflicts=("other<1",)), plugin("other")) == ["mine", "other"]


def test_a_circle_is_told() -> None:
    with pytest.raises(ConfigurationError, match=r"aa → bb → aa|bb → aa → bb"):
        ids(plugin("aa", requires=("bb",)), plugin("bb", requires=("aa",)))
