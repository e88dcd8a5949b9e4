"""Addresses from the message to the ward of today: the reader, then the table of the reform."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from actions import wards
from bot.nlu.entities import find
from bot.nlu.entities.atlas import atlas

ROWS = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parent / "addresses.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
BAR = 0.95


def read(text: str) -> tuple[str, str]:
    found: dict[str, str] = {}
    for entity in find(text, date(2026, 11, 22)):
        found.setdefault(entity.kind, str(entity.value))
    ward, province = found.get("ward", ""), found.get("province", "")
    now = wards.now_of(ward, found.get("district", ""), province) or (ward,)
    return " hoặc ".join(now), province


def test_old_and_new_addresses_are_read_as_they_are_called_today() -> None:
    wrong = [text for text, ward, province in ROWS if read(text) != (ward, province)]

    assert len(ROWS) >= 200
    assert 1 - len(wrong) / len(ROWS) >= BAR, wrong


def test_an_address_is_read_the_same_in_decomposed_letters() -> None:
    text = "12 Trần Phú, phường Thạch Thang, quận Hải Châu, Đà Nẵng"

    assert read(unicodedata.normalize("NFD", text)) == ("phường Hải Châu", "Đà Nẵng")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (
            ("phường Thạch Thang", "quận Hải Châu", "Đà Nẵng"),
            "phường Thạch Thang (nay là phường Hải Châu)",
        ),
        (("phường Thạch Thang", "", "Đà Nẵng"), "phường Thạch Thang (nay là phường Hải Châu)"),
        (("phường Thạch Thang", "quận Hải Châu"), "phường Thạch Thang (nay là phường Hải Châu)"),
        # Its name stayed, or it is told as it is called today.
        (("phường Hải Châu", "quận Hải Châu", "Đà Nẵng"), "phường Hải Châu"),
        (("phường Hải Châu", "", "Đà Nẵng"), "phường Hải Châu"),
        (("phường Hòa Cường", "quận Hải Châu", "Đà Nẵng"), "phường Hòa Cường"),
        # Divided: nobody can tell which without the house.
        (
            ("phường Đội Cấn", "quận Ba Đình", "Hà Nội"),
            "phường Đội Cấn, quận Ba Đình (nay là phường Ba Đình hoặc phường Ngọc Hà)",
        ),
        # Numbered wards are many; a district tells which.
        (("phường 05", "quận Gò Vấp", "Hồ Chí Minh"), "phường 05 (nay là phường An Nhơn)"),
        (("phường 5", "", "Hồ Chí Minh"), "phường 5"),
        # What no table knows stays as it was told.
        (("xã Không Có", "huyện Nào Đó", "Đà Nẵng"), "xã Không Có, huyện Nào Đó"),
        (("phường Thạch Thang",), "phường Thạch Thang"),
        # Another kind in a district that was told, never without one.
        (("phường Tân An", "", "Đồng Nai"), "phường Tân An"),
    ],
)
def test_an_old_ward_is_said_with_its_name_of_today(place: tuple[str, ...], said: str) -> None:
    assert wards.present(*place) == said


def test_an_address_in_free_words_keeps_them() -> None:
    told = "12 trần phú, p thạch thang, q hải châu, đà nẵng"
    known = ("phường Thạch Thang", "quận Hải Châu", "Đà Nẵng")

    assert wards.with_present(told, *known) == told + " (nay là phường Hải Châu)"
    assert wards.with_present(told, "phường Hải Châu", "", "Đà Nẵng") == told
    assert wards.with_present(told, "") == told


def test_every_ward_that_an_old_one_became_is_a_ward_of_today() -> None:
    today = {
        (place.province, str(place).lower())
        for places in atlas().wards.values()
        for place in places
        if not place.is_old
    }
    numbered = {name for names in wards._table().current.values() for name in names} - {
        name for _, name in today
    }

    assert {name for name in numbered if not name[-1].isdigit()} == set()
    assert len(wards._table().went) > 650
