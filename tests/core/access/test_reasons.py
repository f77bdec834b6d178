"""What has to be said says something (ACC-4, ACC-3, BEY-8)."""

import pytest

from core.access.reasons import explained, remarked
from core.errors import InvalidInput
from core.text import Text

TOO_SHORT = Text("{least} or more", "不少于 {least}")
JOINERS = "\u200b\u2060\ufe0f"
NOTHING = ("", " \n\u3000", "\u200b", "\ufe0f" * 30, "\u3164 \u2800", JOINERS)


@pytest.mark.parametrize("text", [*NOTHING, "...", "？！", "👍"])
def test_what_has_no_letter_explains_nothing(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"finding: say why"):
        explained("finding", text)


@pytest.mark.parametrize("text", NOTHING)
def test_a_remark_that_nobody_sees_is_none(text: str) -> None:
    assert remarked("comment", text) is None
    assert remarked("comment", None) is None


def test_what_is_said_is_kept_but_for_its_ends() -> None:
    for text in ("x", "原因", "7", "as agreed: 👍", f"a{JOINERS}b"):
        assert explained("reason", f" {text}\n") == text
        assert remarked("reason", f" {text}\n") == text
    assert remarked("comment", "👍") == "👍"


@pytest.mark.parametrize("text", ["a b", f"a{JOINERS}b", "a" + " " * 30 + "b", f"a {JOINERS} b", "a.."])
def test_only_what_is_seen_counts(text: str) -> None:
    with pytest.raises(InvalidInput, match="reason: 4 or more"):
        explained("reason", text, TOO_SHORT, 4)
    assert explained("reason", f"{text}cd", TOO_SHORT, 4) == f"{text}cd"


@pytest.mark.parametrize("text", ["a\x07", "a\0", "a" * 10_001])
def test_what_can_not_be_stored_is_refused(text: str) -> None:
    for read in (explained, remarked):
        with pytest.raises(InvalidInput, match="too long"):
            read("reason", text)
