"""What is read by rule: codes, money, days, places, goods, people. Tables are in entities.yml."""

import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot import clock
from bot.nlu.entities import Found, address_terms, find
from bot.nlu.entities.atlas import atlas
from bot.nlu.entities.component import VietEntityExtractor
from bot.nlu.entities.goods import load
from bot.nlu.text import strip_accents
from bot.quality.sets import load as load_sets

TABLES = yaml.safe_load((Path(__file__).parent / "entities.yml").read_text(encoding="utf-8"))
TODAY = TABLES["today"]
ROWS = [row for name in TABLES["plain"] for row in TABLES[name]]
DAYS = st.dates(date(2010, 1, 1), date(2080, 12, 31))
SPACED = st.sampled_from(["", " ", ".", "-"])
AS_TYPED = {"street", "person_name", "company_name"}  # kinds whose value keeps the customer's words

CATALOGUE = """
- {id: bong-phone-5, name: Điện thoại Bống Phone 5, category: dien_thoai, brand: Bống}
- {id: bong-air-2, name: Tai nghe Bống Air 2, aliases: [tai nghe chống ồn], category: tai_nghe}
- {id: bong-vision-50, name: Tivi Bống Vision 50, category: tivi, brand: Bống}
"""


def wanted(row: dict[str, Any]) -> dict[str, list[Any]]:
    """What a row of a table asks for."""
    lists = {
        kind: value if isinstance(value, list) else [value]
        for kind, value in row.items()
        if kind not in ("text", "accents")
    }
    return {
        kind: [each.isoformat() if isinstance(each, date) else each for each in values]
        for kind, values in lists.items()
    }


def by_kind(found: list[Found]) -> dict[str, list[Any]]:
    """Values by kind, without xưng hô."""
    kinds: dict[str, list[Any]] = {}
    for entity in found:
        if not entity.kind.startswith("xung_ho"):
            kinds.setdefault(entity.kind, []).append(entity.value)
    return kinds


def test_a_set_is_read_on_the_day_it_was_written() -> None:
    said_at = load_sets(Path(__file__).parent / "sets").said_at
    assert said_at.date() == date(2026, 11, 22)
    with clock.held(said_at):
        assert by_kind(find("mai giao được không em")) == {"date": ["2026-11-23"]}


def spread(digits: str, gaps: list[str]) -> str:
    return "".join(d + gap for d, gap in zip(digits, [*gaps, ""], strict=False))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_what_is_found(row: dict[str, Any]) -> None:
    assert by_kind(find(row["text"], TODAY)) == wanted(row)


def test_the_same_is_found_without_accents() -> None:
    wrong = [
        row["text"]
        for row in ROWS
        if row.get("accents") != "needed"
        and by_kind(find(strip_accents(row["text"]), TODAY)) != without_accents(wanted(row))
    ]

    assert wrong == []


def without_accents(kinds: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The same, where a value keeps the customer's own letters."""
    return {
        kind: [strip_accents(value) for value in values] if kind in AS_TYPED else values
        for kind, values in kinds.items()
    }


@pytest.mark.parametrize(
    "retyped",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: "\u200b".join(text),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: f"{text} ạ 😊",
        lambda text: f"\ufeff{text}\r\n",
    ],
    ids=["decomposed", "zero-width", "two spaces", "no-break spaces", "polite", "byte-order mark"],
)
def test_the_same_is_found_however_it_is_typed(retyped: Callable[[str], str]) -> None:
    wrong = [
        row["text"] for row in ROWS if by_kind(find(retyped(row["text"]), TODAY)) != wanted(row)
    ]

    assert wrong == []


@pytest.mark.parametrize("row", TABLES["address_terms"], ids=lambda row: row["text"])
def test_how_the_two_sides_are_called(row: dict[str, Any]) -> None:
    terms = {found.kind: found.value for found in address_terms(row["text"])}

    assert terms == {f"xung_ho_{side}": row[side] for side in ("self", "other") if side in row}


@pytest.mark.parametrize("row", TABLES["catalogue"], ids=lambda row: row["text"])
def test_goods_of_the_catalogue(row: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "catalogue.yml"
    path.write_text(CATALOGUE, encoding="utf-8")

    assert by_kind(find(row["text"], TODAY, load(path))) == wanted(row)


def test_the_name_of_a_phone_is_not_that_of_its_cover(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.yml"
    rows = [
        "- {id: phone, name: Điện thoại Bống Phone 5, aliases: [bống phone 5], category: phone}",
        "- {id: cover, name: Ốp lưng Bống Phone 5, aliases: [ốp phone 5], category: accessory}",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")

    assert by_kind(find("bống phone 5 giá sao", TODAY, load(path))) == {"product": ["phone"]}
    assert by_kind(find("ốp lưng bống phone 5", TODAY, load(path))) == {"product": ["cover"]}


def test_categories_may_be_listed_in_the_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.yml"
    row = "categories: [{id: xe_dien, name: xe điện, aliases: [xe đạp điện, xe dap dien]}]"
    path.write_text(row, encoding="utf-8")

    found = find("có xe đạp điện không", TODAY, load(path))

    assert by_kind(found) == {"category": ["xe_dien"]}


@pytest.mark.parametrize(
    ("text", "kind", "raw"),
    [
        ("Số mình là 0900 000 001 nhé", "phone", "0900 000 001"),
        ("đơn B\u200bT 2611 01\u200b23 ạ", "order_code", "B\u200bT 2611 01\u200b23"),
        (unicodedata.normalize("NFD", "tầm bảy triệu rưỡi"), "amount", "bảy triệu rưỡi"),
        ("ship  về   Đà    Nẵng", "province", "Đà    Nẵng"),
        ("giao chiều mai 3h", "date", "mai"),
    ],
)
def test_an_entity_stands_where_it_was_typed(text: str, kind: str, raw: str) -> None:
    found = next(entity for entity in find(text, TODAY) if entity.kind == kind)

    assert unicodedata.normalize("NFC", text[found.start : found.end]) == raw


# --- codes


@settings(max_examples=300)
@given(
    st.from_regex(r"0[35789][0-9]{8}", fullmatch=True),
    st.lists(SPACED, min_size=9, max_size=9),
    st.sampled_from(["", "số ", "sdt:", "bt ", "BT: ", "đơn bt "]),
)
def test_no_phone_is_read_as_an_order(phone: str, gaps: list[str], before: str) -> None:
    kinds = {entity.kind for entity in find(before + spread(phone, gaps), TODAY)}

    assert "order_code" not in kinds
    assert before.endswith("BT: ") or "phone" in kinds


@settings(max_examples=300)
@given(
    st.from_regex(r"[0-9]{8}", fullmatch=True),
    st.lists(SPACED, min_size=7, max_size=7),
    st.sampled_from(["BT", "bt", "Bt ", "b t "]),
)
def test_no_order_is_read_as_a_phone(serial: str, gaps: list[str], letters: str) -> None:
    found = find(letters + spread(serial, gaps), TODAY)

    assert [(entity.kind, entity.value) for entity in found] == [("order_code", "BT" + serial)]


@settings(max_examples=500)
@given(st.text(st.sampled_from("BTbtSCKN0123456789 .-@+đ\u200b０kmtrh/:ếngày")))
def test_no_two_entities_share_a_letter(text: str) -> None:
    found = find(text, TODAY)

    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(text[e.start : e.end] for e in found)


@settings(max_examples=200)
@given(st.lists(st.sampled_from([row["text"] for row in ROWS]), max_size=4), st.text(max_size=20))
def test_any_mixture_can_be_read(texts: list[str], odd: str) -> None:
    text = f" {odd} ".join(texts) + odd

    found = find(text, TODAY)

    assert all(0 <= e.start < e.end <= len(text) for e in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


# --- money


@given(st.integers(1, 999))
def test_millions_in_figures(count: int) -> None:
    for text in (f"{count}tr", f"{count} triệu", f"{count}.000.000đ", f"{count}000k"):
        assert by_kind(find(f"giá {text} thôi", TODAY)) == {"amount": [count * 10**6]}, text


ONES = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def in_words(count: int) -> str:
    """A number below 1 000 as it is spoken."""
    hundreds, rest = divmod(count, 100)
    tens, ones = divmod(rest, 10)
    words = [ONES[hundreds], "trăm"] if hundreds else []
    if tens > 1:
        words += [ONES[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif hundreds and ones:
        words.append("linh")
    if ones:
        other = {1: "mốt" if tens > 1 else "một", 5: "lăm" if tens else "năm"}
        words.append(other.get(ones, ONES[ones]))
    return " ".join(words)


@given(st.integers(1, 999), st.booleans())
def test_thousands_in_words(count: int, bare: bool) -> None:
    text = f"giá {in_words(count)} nghìn"

    found = by_kind(find(strip_accents(text) if bare else text, TODAY))

    assert found == {"amount": [count * 1000]}


@given(st.integers(1, 99), st.integers(1, 99))
def test_a_range_has_two_ends(one: int, other: int) -> None:
    low, high = sorted((one, other))
    for text in (f"{low}-{high}tr", f"từ {low} đến {high} triệu", f"{low}tr tới {high}tr"):
        found = by_kind(find(text, TODAY))
        if low < high:
            ends = {"amount_min": [low * 10**6], "amount_max": [high * 10**6]}
            assert found == ends, text


# --- days


@pytest.mark.parametrize(
    "tet",
    [
        *("2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13"),
        "2030-02-02",  # the third of February in China
    ],
)
def test_tet_is_that_of_vietnam(tet: str) -> None:
    day = date.fromisoformat(tet)

    assert by_kind(find("mùng 1 Tết", day - timedelta(days=100))) == {"date": [tet]}
    assert by_kind(find(f"mùng 1 Tết {day.year}", date(2026, 1, 1))) == {"date": [tet]}


@given(st.dates(date(2000, 1, 1), date(2089, 12, 31)))
def test_a_whole_date_is_itself(day: date) -> None:
    for text in (f"{day.day}/{day.month}/{day.year}", f"{day:%d-%m-%Y}", f"{day:%Y-%m-%d}"):
        assert by_kind(find(f"ngày {text}", TODAY)) == {"date": [day.isoformat()]}, text


@given(DAYS, DAYS)
def test_a_day_and_month_is_the_next_one_or_the_last(day: date, today: date) -> None:
    coming = date.fromisoformat(by_kind(find(f"ngày {day.day}/{day.month} nhé", today))["date"][0])
    past = by_kind(find(f"đã mua hôm {day.day}/{day.month}", today))["date"][0]

    assert (coming.day, coming.month) == (day.day, day.month)
    assert coming >= today
    assert date.fromisoformat(past) <= today


@given(st.integers(2, 7), DAYS)
def test_a_weekday_is_within_a_week(number: int, today: date) -> None:
    coming = date.fromisoformat(by_kind(find(f"thứ {number} giao", today))["date"][0])
    past = date.fromisoformat(by_kind(find(f"thứ {number} vừa rồi", today))["date"][0])

    assert coming.weekday() == past.weekday() == number - 2
    assert 0 < (coming - today).days <= 7
    assert 0 < (today - past).days <= 7


# --- places


def test_the_lists_are_those_of_july_2025() -> None:
    wards = {id(place): place for places in atlas().wards.values() for place in places}
    current = [place for place in wards.values() if not place.is_old]

    assert len(current) == 3321
    assert len({place.province for place in current}) == 34
    assert Counter(place.kind for place in current) == {"phường": 687, "xã": 2621, "đặc khu": 13}


# --- the component


def extractor(config: dict[str, Any]) -> VietEntityExtractor:
    nothing: Any = None
    return VietEntityExtractor.create(config, nothing, nothing, nothing)


def test_the_component_puts_entities_on_the_message() -> None:
    message = Message({"text": "tầm 7tr5"})

    extractor(VietEntityExtractor.get_default_config()).process([message])

    assert message.get("entities") == [
        {
            "entity": "amount",
            "value": 7500000,
            "start": 4,
            "end": 8,
            "extractor": "VietEntityExtractor",
        }
    ]


def test_a_catalogue_that_is_not_there_is_done_without(tmp_path: Path) -> None:
    message = Message({"text": "tai nghe sony"})

    extractor({"catalogue": str(tmp_path / "none.yml")}).process([message])

    assert {e["entity"] for e in message.get("entities")} == {"category", "brand"}


def test_a_message_without_text_has_no_entities() -> None:
    message = Message({})

    extractor({"catalogue": None}).process([message])

    assert message.get("entities") == []


# --- time


PIECES = (
    *("0", "1 ", "ba trăm ", "12 Trần Phú P. Hải Châu Đà Nẵng ", "mai ", "p ", "cho chị ", "a@"),
    *("a.", "thứ 2 tuần ", "công ty TNHH ", "tên ", "1/", "5-", "a\u200b", "Lan ", "năm ", "BT"),
    *("0 9-", "ngày ", "từ 5 đến ", "số 5 ngõ ", "tổ 5 ", "(", "đặt hôm ", "lúc "),
)


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_message_is_read_in_time(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    started = time.perf_counter()

    find(text, TODAY)

    assert time.perf_counter() - started < 2
