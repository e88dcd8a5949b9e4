"""What customers leave for staff, as the assistant asks; and the points they have."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from actions import shop as client
from tests.actions.conftest import Clock, Shop

pytestmark = pytest.mark.usefixtures("shop")


def left(shop: Shop, kind: str) -> list[dict[str, Any]]:
    with sqlite3.connect(shop.data_dir / "shop.sqlite3") as db:
        rows = db.execute("select data from written where kind = ? order by at, rowid", (kind,))
        return [json.loads(data) for (data,) in rows]


# Complaints


@pytest.mark.parametrize(
    ("code", "last4", "state", "due_on", "overdue"),
    [
        ("KN0231", "0002", "working", date(2026, 11, 24), False),
        ("KN0224", "0006", "working", date(2026, 11, 22), True),
        ("KN0236", "0011", "received", date(2026, 11, 25), False),
        ("KN0198", "0010", "answered", date(2026, 11, 16), False),
        ("KN0175", "0013", "closed", date(2026, 11, 3), False),
    ],
)
def test_a_complaint_tells_how_far_it_is(
    code: str, last4: str, state: str, due_on: date, overdue: bool
) -> None:
    found = client.complaint_status(code, last4, "c1")

    assert isinstance(found, client.Complaint)
    assert (found.code, found.state, found.due_on, found.overdue) == (code, state, due_on, overdue)
    assert found.owner


def test_a_complaint_is_opened_and_answered_in_two_working_days(clock: Clock, shop: Shop) -> None:
    clock.forward(days=4)  # Friday
    done = client.open_complaint(
        "delivery", "Hẹn mà\nkhông giao", "BT26110102", "0900000099", "Lan", "c1", "k1"
    )

    assert done == client.Done("KN0301")
    found = client.complaint_status("KN0301", "0099", "c1")
    assert found == client.Complaint(
        "KN0301", "received", "tổ chăm sóc khách hàng", date(2026, 12, 1), False
    )
    [record] = left(shop, "complaint")
    assert record["matter"] == "Hẹn mà\nkhông giao"
    clock.forward(days=5)
    late = client.complaint_status("KN0301", "0099", "c1")
    assert isinstance(late, client.Complaint) and late.overdue


def test_a_complaint_may_be_anonymous_and_then_nobody_can_follow_it() -> None:
    done = client.open_complaint("service", "nhân viên cáu gắt", "", "", "", "c1", "k1")

    assert done == client.Done("KN0301")
    assert client.complaint_status("KN0301", "0000", "c1") == client.NotFound()


# Left for somebody


def test_each_wish_gets_a_reference_of_its_kind() -> None:
    at = datetime(2026, 11, 24, 15, 0, tzinfo=timezone(timedelta(hours=7)))

    assert [
        client.report_payment("BT26110102", 8990000, "sáng nay", "transfer", "", "c1", "k"),
        client.report_payment("", None, "", "problem", "quẹt QR lỗi", "c1", "k2"),
        client.request_invoice(
            "BT26110145", "0000000001-001", "Cty Cá", "1 Hàng Bống", "a.b+c@example.com", "c1", "k"
        ),
        client.book_callback("0900000099", at, "trả góp", "c1", "k"),
        client.feedback("praise", "giao nhanh", "c1", "k"),
        client.feedback("suggestion", "web chậm", "c1", "k2"),
        client.b2b_request("Trường Bống", "", "15 máy in", "Lan 0900000099", "c1", "k"),
    ] == [
        client.Done(reference)
        for reference in ("TT0001", "TT0002", "HD0001", "GL0001", "GY0001", "GY0002", "BG0001")
    ]


def test_what_is_left_is_kept_whole(shop: Shop) -> None:
    client.report_payment("BT26110102", 8990000, "sáng nay", "transfer", "đủ tiền", "c1", "k")

    assert left(shop, "payment") == [
        {
            "order_code": "BT26110102",
            "amount": 8990000,
            "paid_at": "sáng nay",
            "kind": "transfer",
            "note": "đủ tiền",
            "requester": "c1",
            "on": "2026-11-23",
        }
    ]


@pytest.mark.parametrize(
    ("tax_code", "email"),
    [
        ("123", "a@example.com"),
        ("0000000001-1", "a@example.com"),
        ("٠٠٠٠٠٠٠٠٠٠", "a@example.com"),
        ("0000000001", "a"),
        ("0000000001", "a@b"),
        ("0000000001", "a@example.com\nBcc: b@example.com"),
    ],
)
def test_an_invoice_needs_a_tax_code_and_a_mail_address(tax_code: str, email: str) -> None:
    with pytest.raises(client.ShopDown):
        client.request_invoice("BT26110145", tax_code, "Cty", "Hà Nội", email, "c1", "k")


def test_a_call_needs_a_time_with_its_zone() -> None:
    with pytest.raises(client.ShopDown):
        client.book_callback("0900000099", datetime(2026, 11, 24, 15, 0), "", "c1", "k")


# Personal data


@pytest.mark.parametrize("kind", ["see", "correct", "delete", "stop"])
def test_a_data_request_gets_a_receipt_and_a_last_day(kind: str) -> None:
    done = client.data_request(kind, "BT26110123", "0001", "c1", "", "k1")

    assert done == client.Done("DL0001", due_on=date(2026, 12, 8))


def test_a_data_request_needs_proof(shop: Shop) -> None:
    answers = [
        client.data_request("see", "BT26110123", "9999", "c1", "", f"k{n}") for n in range(5)
    ]

    assert answers == [client.NotFound()] * 4 + [client.Locked(900.0)]
    assert left(shop, "data") == []


# Points


@pytest.mark.parametrize(
    ("phone", "code", "points"),
    [
        (
            "0900000001",
            "BT26110123",
            client.Loyalty(1240, "Bạc", "Vàng", 760, 300, date(2026, 12, 31)),
        ),
        (
            "0900000001",
            "BT26110150",
            client.Loyalty(1240, "Bạc", "Vàng", 760, 300, date(2026, 12, 31)),
        ),
        ("0900000002", "BT26110102", client.Loyalty(180, "Thành viên", "Bạc", 320, 0, None)),
        (
            "0900000005",
            "BT26110145",
            client.Loyalty(5620, "Kim Cương", None, 0, 800, date(2027, 2, 21)),
        ),
        ("0900000004", "BT26110088", client.Loyalty(0, "Thành viên", "Bạc", 500, 0, None)),
    ],
)
def test_points_are_told_to_whose_order_it_is(
    phone: str, code: str, points: client.Loyalty
) -> None:
    assert client.loyalty(phone, code, "c1") == points


def test_another_customers_order_shows_no_points() -> None:
    answers = [client.loyalty("0900000001", "BT26110145", "c1") for _ in range(5)]

    assert answers == [client.NotFound()] * 4 + [client.Locked(900.0)]
