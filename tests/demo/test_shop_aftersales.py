"""After the sale, as the assistant asks: warranty, repairs, returns, refunds."""

from __future__ import annotations

from datetime import date

import pytest

from actions import shop as client
from demo.days import months_later, working_days_later
from tests.actions.conftest import Clock

pytestmark = pytest.mark.usefixtures("shop")


# Warranty


@pytest.mark.parametrize(
    ("serial", "item", "ends_on", "covered"),
    [
        ("004999010640000", "điện thoại Bống Phone 5", date(2027, 7, 26), True),
        ("004999010640018", "điện thoại Bống Phone 5 Pro", date(2026, 10, 19), False),
        ("BTV50A000123", "tivi Bống Vision 50", date(2027, 9, 29), True),
        ("BTN02C000789", "tai nghe Bống Air 2", date(2026, 12, 6), True),
    ],
)
def test_a_device_is_covered_as_long_as_its_kind(
    serial: str, item: str, ends_on: date, covered: bool
) -> None:
    found = client.warranty(imei=serial)

    assert isinstance(found, client.Warranty)
    assert (found.item, found.ends_on, found.covered) == (item, ends_on, covered)
    assert found.terms


def test_a_serial_number_may_be_copied_as_it_is_printed() -> None:
    for serial in ("btv50a000123", "BTV 50A-000123"):
        found = client.warranty(imei=serial)
        assert isinstance(found, client.Warranty) and found.item == "tivi Bống Vision 50"


def test_an_unknown_device_is_not_found() -> None:
    assert client.warranty(imei="490154203237518") == client.NotFound()


def test_an_order_is_covered_from_its_delivery() -> None:
    found = client.warranty(order_code="BT26110145", phone_last4="0005", requester="c1")

    assert isinstance(found, client.Warranty)
    assert (found.item, found.bought_on) == ("laptop Bống Book 14", date(2026, 11, 20))
    assert (found.ends_on, found.covered) == (date(2027, 11, 20), True)


def test_an_order_on_its_way_will_be_covered_from_the_promised_day() -> None:
    found = client.warranty(order_code="BT26110102", phone_last4="0002", requester="c1")  # late

    assert isinstance(found, client.Warranty)
    assert (found.bought_on, found.terms) == (date(2026, 11, 23), "tính từ ngày giao hàng")


def test_a_cancelled_order_is_not_covered() -> None:
    found = client.warranty(order_code="BT26110088", phone_last4="0004", requester="c1")

    assert found == client.NotFound()


def test_warranty_by_order_needs_proof() -> None:
    def ask(last4: str) -> object:
        return client.warranty(order_code="BT26110145", phone_last4=last4, requester="c1")

    assert [ask("9999") for _ in range(5)] == [client.NotFound()] * 4 + [client.Locked(900.0)]
    assert ask("0005") == client.Locked(900.0)
    with pytest.raises(client.ShopDown):
        client.warranty(order_code="BT26110145")
    with pytest.raises(client.ShopDown):
        client.warranty()


# Repairs


@pytest.mark.parametrize(
    ("code", "last4", "state", "ready_on"),
    [
        ("SC1024", "0001", "repaired", date(2026, 11, 22)),
        ("SC1025", "0005", "checking", date(2026, 11, 25)),
        ("SC1031", "0007", "waiting_parts", date(2026, 11, 29)),
        ("SC1038", "0013", "received", date(2026, 11, 27)),
        ("SC1007", "0002", "returned", date(2026, 11, 14)),
    ],
)
def test_a_repair_tells_how_far_it_is(code: str, last4: str, state: str, ready_on: date) -> None:
    found = client.repair_status(code, last4, "c1")

    assert isinstance(found, client.Repair)
    assert (found.code, found.state, found.ready_on) == (code, state, ready_on)


def test_a_repair_is_opened_and_can_be_followed() -> None:
    done = client.open_repair("tivi", "sọc màn hình", "0900000099", "Lan", "store", "", "c1", "k1")

    assert done == client.Done("SC1101")
    found = client.repair_status("SC1101", "0099", "c1")
    assert found == client.Repair("SC1101", "tivi", "received", None, "")
    assert client.repair_status("SC1101", "0098", "c1") == client.NotFound()


def test_a_pickup_needs_an_address() -> None:
    with pytest.raises(client.ShopDown):
        client.open_repair("tivi", "sọc", "0900000099", "Lan", "pickup", "", "c1", "k1")


# Returns


def send_back(
    condition: str, code: str = "BT26110145", last4: str = "0005", wish: str = "refund"
) -> object:
    return client.open_return(code, last4, "c1", "không hợp", condition, wish, f"k-{condition}")


def test_a_new_thing_goes_back_within_a_week_at_the_buyers_cost() -> None:
    assert send_back("unused") == client.ReturnCase("TH0001", "7_days", "customer")


def test_a_faulty_one_within_a_month_at_the_shops_cost() -> None:
    assert send_back("faulty", "BT26110077", "0010") == client.ReturnCase(
        "TH0001", "30_days", "shop"
    )


@pytest.mark.parametrize(
    ("condition", "code", "last4", "why"),
    [
        ("unused", "BT26110077", "0010", "too_late"),
        ("faulty", "BT26110021", "0013", "too_late"),
        ("used", "BT26110145", "0005", "used"),
        ("unused", "BT26110123", "0001", "not_delivered"),
        ("faulty", "BT26110088", "0004", "not_delivered"),
    ],
)
def test_what_no_promise_covers_is_refused(condition: str, code: str, last4: str, why: str) -> None:
    assert send_back(condition, code, last4) == client.Refused(why)


def test_the_last_day_counts(clock: Clock) -> None:
    for condition, days in {"unused": 7, "faulty": 30}.items():
        placed = client.place_order(
            *(
                "bong-gio",
                1,
                "",
                "",
                "Lan",
                "0900000099",
                "Hà Nội",
                "bank_transfer",
                "c1",
                condition,
            )
        )
        assert isinstance(placed, client.Placed)
        clock.forward(days=1 + days)
        again = client.open_return(
            placed.code, "0099", "c1", "", condition, "swap", f"1{condition}"
        )
        assert isinstance(again, client.ReturnCase)
        clock.forward(days=1)
        late = client.open_return(placed.code, "0099", "c1", "", condition, "swap", f"2{condition}")
        assert late == client.Refused("too_late")


def test_a_stranger_returns_nothing() -> None:
    answers = [
        client.open_return("BT26110145", "9999", "c1", "", "unused", "refund", f"k{n}")
        for n in range(5)
    ]

    assert answers == [client.NotFound()] * 4 + [client.Locked(900.0)]


# Refunds


@pytest.mark.parametrize(
    ("code", "last4", "refund"),
    [
        ("BT26110091", "0006", client.Refund(890_000, "waiting", date(2026, 11, 27), False)),
        ("BT26110064", "0014", client.Refund(6_990_000, "waiting", date(2026, 11, 20), True)),
        ("BT26110058", "0015", client.Refund(1_590_000, "sent", date(2026, 11, 24), False)),
        ("BT26110049", "0016", client.Refund(5_490_000, "done", date(2026, 11, 8), False)),
        ("BT26110123", "0001", client.Refund(0, "none", None, False)),
    ],
)
def test_a_refund_tells_where_it_is(code: str, last4: str, refund: client.Refund) -> None:
    assert client.refund_status(code, last4, "c1") == refund


def test_what_was_paid_is_refunded_after_a_cancellation(clock: Clock) -> None:
    client.cancel_order("BT26110109", "0009", "c1", "đổi ý", "k1")  # paid by bank

    assert client.refund_status("BT26110109", "0009", "c1") == client.Refund(
        7_290_000, "waiting", date(2026, 12, 2), False
    )
    clock.forward(days=10)
    late = client.refund_status("BT26110109", "0009", "c1")
    assert isinstance(late, client.Refund) and late.overdue


def test_cash_that_was_never_paid_is_not_refunded() -> None:
    client.cancel_order("BT26110131", "0003", "c1", "đổi ý", "k1")

    assert client.refund_status("BT26110131", "0003", "c1") == client.Refund(0, "none", None, False)


def test_a_return_is_refunded_and_a_swap_is_not() -> None:
    send_back("unused", wish="swap")
    assert client.refund_status("BT26110145", "0005", "c1") == client.Refund(0, "none", None, False)

    send_back("faulty", wish="refund")

    assert client.refund_status("BT26110145", "0005", "c1") == client.Refund(
        15_990_000, "waiting", date(2026, 12, 2), False
    )


# Days


def test_months_end_with_their_last_day() -> None:
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 1), 24) == date(2028, 12, 1)


def test_weekends_are_no_working_days() -> None:
    assert working_days_later(date(2026, 11, 20), 1) == date(2026, 11, 23)  # Friday, Monday
    assert working_days_later(date(2026, 11, 21), 2) == date(2026, 11, 24)
    assert working_days_later(date(2026, 11, 23), 7) == date(2026, 12, 2)
