"""What stands in a cell is read as it was meant, or refused."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot import cells, records
from bot.cells import Wrong


@pytest.mark.parametrize(
    ("given", "sum_"),
    [
        ("1.290.000đ", 1_290_000), ("1,290,000", 1_290_000), ("1290000", 1_290_000),
        ("1.290.000 VNĐ", 1_290_000), ("1 290 000 ₫", 1_290_000), ("1.290.000,00", 1_290_000),
        ("1290000.00", 1_290_000), ("290.000 đồng", 290_000), ("0", 0), (1_290_000, 1_290_000),
        (1290000.0, 1_290_000),
    ],
)  # fmt: skip
def test_money_is_read_however_its_thousands_are_parted(given, sum_) -> None:
    assert cells.money(given) == sum_


@pytest.mark.parametrize(
    "given",
    ["1.29tr", "-5000", "1.290,000", "12.34", "1.2.3", "abc", "1e6", "9" * 14, True, -1, 1.5, "١٢"],
)
def test_what_is_no_clear_sum_is_refused(given) -> None:
    with pytest.raises(Wrong, match=r"money|words"):
        cells.money(given)


@pytest.mark.parametrize(
    "given",
    [
        "0912345678", "0912.345.678", "0912 345 678", "+84912345678", "84912345678",
        "+84 91 234 56 78", "0084912345678", "912345678", "(091) 234-5678", 912345678,
    ],
)  # fmt: skip
def test_a_phone_number_is_one_number_however_it_is_written(given) -> None:
    assert cells.phone(given) == "0912345678"


@pytest.mark.parametrize("given", ["02438250123", "+842438250123"])
def test_a_landline_is_a_number_too(given: str) -> None:
    assert cells.phone(given) == "02438250123"


@pytest.mark.parametrize(
    "given", ["09123", "9.12E+08", "0112345678", "09123456789", "+1 202 555 0123", "", "hỏi lại"]
)
def test_what_is_no_vietnamese_number_is_refused(given: str) -> None:
    with pytest.raises(Wrong, match="phone"):
        cells.phone(given)


@pytest.mark.parametrize(
    ("given", "utc"),
    [
        ("25/11/2026", "2026-11-24 17:00"), ("5/1/2026", "2026-01-04 17:00"),
        ("25-11-2026 14:30", "2026-11-25 07:30"), ("25.11.2026 14h30", "2026-11-25 07:30"),
        ("2026-11-25", "2026-11-24 17:00"), ("2026-11-25T14:30:00+07:00", "2026-11-25 07:30"),
        ("2026-11-25T07:30:00Z", "2026-11-25 07:30"), ("25/11/2026 23:59:59", "2026-11-25 16:59"),
    ],
)  # fmt: skip
def test_the_day_comes_first_and_times_are_vietnams(given: str, utc: str) -> None:
    assert f"{cells.moment(given):%Y-%m-%d %H:%M}" == utc
    assert cells.moment(given).tzinfo == timezone.utc


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("11/25/2026", "day"), ("31/02/2026", "day"), ("25/11/26", "day"), ("45251", "day"),
        ("hôm qua", "day"), ("01/01/1900", "too_old"), ("25/11-2026", "day"), ("2026-13-01", "day"),
        ("25/11/2026 25:00", "day"), ("9999-12-31T23:59:59-12:00", "day"),
    ],
)  # fmt: skip
def test_a_day_that_can_mean_two_or_none_is_refused(given: str, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        cells.moment(given)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2 x Quạt trần; Ấm siêu tốc", [("Quạt trần", 2), ("Ấm siêu tốc", 1)]),
        ("Cáp sạc x3", [("Cáp sạc", 3)]),
        ("Màn hình 24 inch", [("Màn hình 24 inch", 1)]),
        ("=HYPERLINK(1)", [("=HYPERLINK(1)", 1)]),
        ([{"name": "Quạt", "quantity": 2}], [("Quạt", 2)]),
    ],
)
def test_goods_are_read_with_their_number(given, read) -> None:
    assert [(each["name"], each["quantity"]) for each in cells.items(given)] == read


@pytest.mark.parametrize(
    "given",
    [
        [{"name": "Quạt", "quantity": 0}], [{"quantity": 1}], [{"name": "Quạt", "màu": "đỏ"}],
        ["Quạt"], {"name": "Quạt"}, [{"name": "Quạt", "quantity": True}], 5,
    ],
)  # fmt: skip
def test_goods_without_a_name_or_with_more_than_we_know_are_refused(given) -> None:
    with pytest.raises(Wrong):
        cells.items(given)


@pytest.mark.parametrize(
    ("given", "state"),
    [("Đã giao", "delivered"), ("da huy", "cancelled"), ("ĐANG GIAO", "shipping"), ("failed",) * 2],
)
def test_a_state_is_known_by_what_people_call_it(given: str, state: str) -> None:
    assert cells.one_of(records.ORDER_STATES)(given) == state


def test_an_unknown_state_is_refused_with_those_we_know() -> None:
    with pytest.raises(Wrong, match="state") as wrong:
        cells.one_of(records.ORDER_STATES)("bay rồi")

    assert str(wrong.value.about["known"]).startswith("Đã đặt, Đang giao")


@pytest.mark.parametrize("kind", records.KINDS)
def test_no_title_names_two_fields(kind: str) -> None:
    found: dict[str, str] = {}
    for each in records.KINDS[kind].fields.values():
        for title in {cells.plain(name) for name in (each.name, *each.titles)}:
            assert found.setdefault(title, each.name) == each.name


def test_a_clock_a_little_ahead_is_not_the_future() -> None:
    now = datetime(2026, 11, 23, tzinfo=timezone.utc)

    assert cells.in_the_past(now.replace(minute=4), now)
    assert not cells.in_the_past(now.replace(minute=6), now)
