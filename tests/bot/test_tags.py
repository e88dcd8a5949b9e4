"""Tags as they are kept."""

from __future__ import annotations

import pytest

from bot import tags


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Bảo   hành ", "Bảo hành"),
        ("#gấp", "gấp"),
        ("ba\u0309o ha\u0300nh", "bảo hành"),
        (" # ", ""),
        ("x" * 64, "x" * 64),
    ],
)
def test_a_tag_is_cleaned(typed, kept):
    assert tags.cleaned(typed) == kept


def test_a_tag_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="65"):
        tags.cleaned("x" * 65)


def test_capitals_and_accents_make_no_other_tag():
    assert tags.same("BAO HANH", tags.FIRST) == "Bảo hành"
    assert tags.same("bảo hiểm", tags.FIRST) is None
