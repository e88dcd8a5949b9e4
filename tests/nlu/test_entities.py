"""Codes and numbers, read by rule."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.entities import find

SPACED = st.sampled_from(["", " ", ".", "-"])


def spread(digits: str, gaps: list[str]) -> str:
    return "".join(d + gap for d, gap in zip(digits, [*gaps, ""], strict=False))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BT26110123", {"order_code": "BT26110123"}),
        ("đơn bt26110123 sao rồi", {"order_code": "BT26110123"}),
        ("BT 2611 0123", {"order_code": "BT26110123"}),
        ("b.t.2611.0123", {"order_code": "BT26110123"}),
        ("mã:BT-26110123.", {"order_code": "BT26110123"}),
        ("ＢＴ２６１１０１２３", {"order_code": "BT26110123"}),
        ("BT261101\u200b23", {"order_code": "BT26110123"}),
        ("BT26110123 0900 000 001", {"order_code": "BT26110123", "phone": "0900000001"}),
        ("BT26110123 0001", {"order_code": "BT26110123", "phone_last4": "0001"}),
        ("BT2611012", {}),
        ("BT261101234", {}),
        ("BT2611 0900 000 001", {"phone": "0900000001"}),
        ("BT0900000001", {}),
        ("ABT26110123", {}),
        ("phiếu SC1024 sao rồi", {"repair_code": "SC1024"}),
        ("sc 1024", {"repair_code": "SC1024"}),
        ("SC10245", {}),
        ("vụ kn0231", {"complaint_code": "KN0231"}),
        ("0900000001", {"phone": "0900000001"}),
        ("0900.000.001", {"phone": "0900000001"}),
        ("+84 900 000 001", {"phone": "0900000001"}),
        ("84900000001", {"phone": "0900000001"}),
        ("09000000012", {}),
        ("090000000", {}),
        ("0123456789", {}),
        ("stk 0900000001", {}),
        ("imei 004999010640000", {"imei": "004999010640000"}),
        ("imei 004999010640001", {}),
        ("lan@example.com", {"email": "lan@example.com"}),
        ("0001", {"phone_last4": "0001"}),
        ("4 số cuối là 0001 nhé", {"phone_last4": "0001"}),
        ("bon so cuoi 00 01", {"phone_last4": "0001"}),
        ("đuôi 0 0 0 1", {"phone_last4": "0001"}),
        ("năm 2026", {}),
        ("30/4/2026", {}),
        ("5000đ", {}),
        ("5000 đồng", {}),
        ("1500k", {}),
        ("pin 5000 mAh", {}),
        ("6.490.000", {}),
        ("50k", {}),
        ("", {}),
    ],
)
def test_what_is_found(text: str, found: dict[str, str]) -> None:
    assert {entity.kind: entity.value for entity in find(text)} == found


@settings(max_examples=500)
@given(
    st.from_regex(r"0[35789][0-9]{8}", fullmatch=True),
    st.lists(SPACED, min_size=9, max_size=9),
    st.sampled_from(["", "số ", "sdt:", "bt ", "BT: ", "đơn bt "]),
)
def test_no_phone_is_read_as_an_order(phone: str, gaps: list[str], before: str) -> None:
    kinds = {entity.kind for entity in find(before + spread(phone, gaps))}

    assert "order_code" not in kinds


@settings(max_examples=500)
@given(
    st.from_regex(r"[0-9]{8}", fullmatch=True),
    st.lists(SPACED, min_size=7, max_size=7),
    st.sampled_from(["BT", "bt", "Bt ", "b t "]),
)
def test_no_order_is_read_as_a_phone(serial: str, gaps: list[str], letters: str) -> None:
    found = find(letters + spread(serial, gaps))

    assert [(entity.kind, entity.value) for entity in found] == [("order_code", "BT" + serial)]


@settings(max_examples=500)
@given(st.text(st.sampled_from("BTbtSCKN0123456789 .-@+đ\u200b０")))
def test_no_two_entities_share_a_letter(text: str) -> None:
    found = find(text)

    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(text[e.start : e.end] for e in found)
