"""Orders, as the assistant asks for them: looked up, placed, cancelled, changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from actions import shop as client
from tests.actions.conftest import Clock, Shop

pytestmark = pytest.mark.usefixtures("shop")


def place(
    product: str = "bong-phone-5",
    quantity: int = 1,
    color: str = "đen",
    storage: str = "128 GB",
    address: str = "12 Trần Phú, phường Hải Châu, Đà Nẵng",
    payment: str = "cod",
    key: str = "k1",
) -> client.Placed | client.Refused:
    return client.place_order(
        product_id=product,
        quantity=quantity,
        color=color,
        storage=storage,
        name="Nguyễn Hồng Hạnh",
        phone="0900000099",
        address=address,
        payment_method=payment,
        requester="c1",
        key=key,
    )


def look_up(code: str, last4: str, requester: str = "c1") -> client.Order:
    found = client.look_up_order(code, last4, requester)
    assert isinstance(found, dict), found
    return found


# Looked up


def test_an_order_tells_its_owner_all_and_nobody_else_more() -> None:
    order = look_up("BT26110150", "0001")

    assert order == {
        "code": "BT26110150",
        "state": "packing",
        "items": [{"name": "ốp lưng Bống Phone 5", "quantity": 3}],
        "carrier": None,
        "tracking": None,
        "promised_on": "2026-11-25",
        "delivered_on": None,
        "late": False,
        "total": 300000,
        "fee": 30000,
        "payment": "cod",
        "address_hint": "phường Hải Châu, Đà Nẵng",
        "receiver_name": "T*** Lan",
        "can_cancel": True,
        "can_change": True,
        "why_not": "",
    }


@pytest.mark.parametrize(
    ("code", "last4", "why_not"),
    [
        ("BT26110109", "0009", ""),
        ("BT26110131", "0003", ""),
        ("BT26110123", "0001", "shipped"),
        ("BT26110117", "0007", "shipped"),
        ("BT26110091", "0006", "shipped"),
        ("BT26110145", "0005", "delivered"),
        ("BT26110088", "0004", "cancelled"),
    ],
)
def test_only_what_is_not_sent_can_be_cancelled_or_changed(
    code: str, last4: str, why_not: str
) -> None:
    order = look_up(code, last4)

    assert order["can_cancel"] is order["can_change"] is (why_not == "")
    assert order["why_not"] == why_not
    cancelled = client.cancel_order(code, last4, "c1", "đổi ý", "k1")
    changed = client.change_order(code, last4, "c1", {"receiver": "Mai"}, "k1")
    if why_not:
        assert cancelled == changed == client.Refused(why_not)
    else:
        assert cancelled == client.Done(code)
        assert changed == client.Refused("cancelled")


# Placed


def test_an_order_is_placed_as_it_was_quoted() -> None:
    quote = client.quote_order("bong-phone-5", 2, "đen", "256 GB", "Đà Nẵng", "cod")
    placed = place(quantity=2, storage="256 GB")

    assert quote == client.Quote(subtotal=14_980_000, fee=0, total=14_980_000)
    assert placed == client.Placed("BT26110501", 14_980_000, 0, date(2026, 11, 24))
    order = look_up("BT26110501", "0099")
    assert order["items"] == [{"name": "điện thoại Bống Phone 5 256 GB đen", "quantity": 2}]
    assert order["receiver_name"] == "N*** Hạnh"
    assert order["address_hint"] == "phường Hải Châu, Đà Nẵng"
    assert (order["state"], order["can_cancel"]) == ("received", True)
    assert (order["total"], order["payment"]) == (14_980_000, "cod")


@pytest.mark.parametrize(
    ("address", "days"),
    [
        ("8 Lý Thường Kiệt, phường Cửa Nam, Hà Nội", 1),
        ("5 hung vuong, phuong thuan hoa, hue", 4),
        ("bản Phố, xã Mường Tè, Lai Châu", 7),
        ("khu phố 2, đặc khu Phú Quốc, An Giang", 7),
        ("đầu đường xó chợ", 4),
    ],
)
def test_the_promise_is_that_of_the_address(address: str, days: int) -> None:
    placed = place(address=address)

    assert isinstance(placed, client.Placed)
    assert placed.promised_on == date(2026, 11, 23) + timedelta(days=days)


def test_small_orders_and_islands_cost_delivery() -> None:
    quote = client.quote_order("cap-sac", 2, "", "", "Huế", "cod")
    assert quote == client.Quote(240_000, 30_000, 270_000)
    island = client.quote_order("bong-mat-200", 1, "", "", "Phú Quốc", "bank_transfer")
    assert island == client.Quote(5_490_000, 210_000, 5_700_000)


@pytest.mark.parametrize(
    ("why", "order"),
    [
        ("unknown_product", {"product": "iphone-15"}),
        ("out_of_stock", {"color": "tím"}),
        ("out_of_stock", {"color": "xanh", "storage": "256 GB"}),
        ("out_of_stock", {"storage": "1 TB"}),
        ("out_of_stock", {"quantity": 18}),
        ("cod_limit", {"quantity": 4}),
        ("instalment_from", {"product": "cap-sac", "color": "", "storage": "", "payment": "góp"}),
    ],
)
def test_an_order_against_the_rules_is_refused_as_its_quote_is(
    why: str, order: dict[str, str]
) -> None:
    placed = place(**order)  # type: ignore[arg-type]
    given = {"product": "bong-phone-5", "quantity": 1, "color": "đen", "storage": "128 GB"}
    asked = {**given, **order}
    quote = client.quote_order(
        str(asked["product"]),
        int(asked["quantity"]),
        str(asked["color"]),
        str(asked["storage"]),
        "Đà Nẵng",
        str(asked.get("payment", "cod")),
    )

    assert placed == quote == client.Refused(why)


def test_a_price_can_be_asked_before_all_is_known() -> None:
    quote = client.quote_order("bong-phone-5", 4, "", "", "", "")

    assert quote == client.Quote(25_960_000, 0, 25_960_000)  # and no limit of cash yet


def test_the_limit_of_cash_holds_for_cash_only() -> None:
    assert place(quantity=4, payment="cod") == client.Refused("cod_limit")
    assert isinstance(place(quantity=4, payment="chuyển khoản"), client.Placed)


def test_a_wish_may_be_loose() -> None:
    placed = place(color="màu den", storage="")

    assert isinstance(placed, client.Placed) and placed.total == 6_490_000  # the smallest storage
    assert look_up(placed.code, "0099")["items"][0]["name"].endswith("128 GB đen")


@pytest.mark.parametrize(
    "phone", ["", "090000009", "09000000999", "+84900000099x", "+849000000990", "abc"]
)
def test_an_order_without_a_phone_is_no_order(phone: str) -> None:
    with pytest.raises(client.ShopDown):
        client.place_order(*("bong-gio", 1, "", "", "Lan", phone, "Hà Nội", "cod", "c1", "k1"))


def test_a_phone_may_be_written_abroad() -> None:
    placed = client.place_order(
        *("bong-gio", 1, "", "", "Lan", "+84900000099", "Hà Nội", "cod", "c1", "k1")
    )

    assert isinstance(placed, client.Placed)
    assert client.loyalty("0900000099", placed.code, "c1") == client.Loyalty(
        0, "Thành viên", "Bạc", 500, 0, None
    )


def test_a_placed_order_travels_by_itself(clock: Clock) -> None:
    placed = place(address="5 Hùng Vương, phường Thuận Hoá, Huế", payment="bank_transfer")
    assert isinstance(placed, client.Placed)

    seen = []
    for _ in range(6):
        order = look_up(placed.code, "0099")
        assert (order["carrier"] is None) == (order["state"] in ("received", "packing"))
        assert not order["late"]
        seen.append(order["state"])
        clock.forward(days=1)

    assert seen == ["received", "packing", "shipping", "shipping", "shipping", "delivered"]
    assert look_up(placed.code, "0099")["delivered_on"] == "2026-11-27"


def test_codes_begin_anew_each_month(clock: Clock) -> None:
    first, second = place(key="k1"), place(key="k2")
    clock.forward(days=10)
    third = place(key="k3")

    codes = [each.code for each in (first, second, third) if isinstance(each, client.Placed)]
    assert codes == ["BT26110501", "BT26110502", "BT26120501"]


# Cancelled, changed


def test_a_cancelled_order_stays_cancelled(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    done = client.cancel_order("BT26110131", "0003", "c1", "đặt nhầm", "k1")
    shop.close()
    shop.open()
    monkeypatch.setenv("SHOP_API_URL", shop.url)

    assert done == client.Done("BT26110131")
    order = look_up("BT26110131", "0003")
    assert (order["state"], order["why_not"], order["late"]) == ("cancelled", "cancelled", False)
    again = client.cancel_order("BT26110131", "0003", "c1", "đặt nhầm", "k2")
    assert again == client.Refused("cancelled")


def test_a_changed_address_and_receiver_are_seen(shop: Shop) -> None:
    change = {"address": "9 Pasteur, phường Sài Gòn, TP HCM", "receiver": "Lê Văn Tám"}

    done = client.change_order("BT26110131", "0003", "c1", change, "k1")

    assert done == client.Done("SD0001")
    order = look_up("BT26110131", "0003")
    assert order["address_hint"] == "phường Sài Gòn, TP. Hồ Chí Minh"
    assert order["receiver_name"] == "L*** Tám"


def test_another_phone_to_call_does_not_change_who_owns_the_order() -> None:
    change = {"phone": "0900000098", "item": "đổi sang màu trắng"}
    client.change_order("BT26110131", "0003", "c1", change, "k1")

    assert look_up("BT26110131", "0003")
    assert client.look_up_order("BT26110131", "0098", "c2") == client.NotFound()


@pytest.mark.parametrize("change", [{}, {"total": "1"}, {"phone": "12"}, {"address": ""}])
def test_a_change_of_nothing_or_of_the_price_is_no_change(change: dict[str, str]) -> None:
    with pytest.raises(client.ShopDown):
        client.change_order("BT26110131", "0003", "c1", change, "k1")


@pytest.mark.parametrize("call", ["cancel", "change"])
def test_a_stranger_changes_nothing(call: str) -> None:
    def attempt(n: int) -> object:
        if call == "cancel":
            return client.cancel_order("BT26110131", "9999", "c1", "đổi ý", f"k{n}")
        return client.change_order("BT26110131", "9999", "c1", {"receiver": "X"}, f"k{n}")

    answers = [attempt(n) for n in range(6)]

    assert answers == [client.NotFound()] * 4 + [client.Locked(900.0)] * 2
    order = look_up("BT26110150", "0001", "c2")
    assert order["state"] == "packing"


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("12 Trần Phú, phường Hải Châu, Đà Nẵng", "phường Hải Châu, Đà Nẵng"),
        ("12 Trần Phú, P. Hải Châu, ĐN", "P. Hải Châu, Đà Nẵng"),
        ("12 tran phu, phuong hai chau, da nang", "phuong hai chau, Đà Nẵng"),
        ("12 Trần Phú, phường 7, Sài Gòn", "phường 7, TP. Hồ Chí Minh"),
        ("12 Trần Phú, Đà Nẵng", "Đà Nẵng"),
        ("phường Hải Châu 12 Trần Phú", ""),
        ("nhà số 12", ""),
    ],
)
def test_the_street_is_never_told(address: str, hint: str) -> None:
    placed = place(address=address)

    assert isinstance(placed, client.Placed)
    assert look_up(placed.code, "0099")["address_hint"] == hint
