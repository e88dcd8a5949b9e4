"""A body for each call of the shop's API that gets a yes, and what to do with it."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

import requests

from tests.actions.conftest import Shop

Json = dict[str, Any]

WHO: Final = {"requester": "c1"}
WRITES: Final = {**WHO, "idempotency_key": "k1"}
GOODS: Final = {
    "product_id": "bong-phone-5",
    "quantity": 1,
    "color": "đen",
    "storage": "128 GB",
    "payment_method": "cod",
}
# Delivered three days ago; and not sent yet.
DELIVERED: Final = {"order_code": "BT26110145", "phone_last4": "0005"}
PACKING: Final = {"code": "BT26110131", "phone_last4": "0003"}

READS: Final[dict[str, Json]] = {
    "products": {"query": "tai nghe bống air 2"},
    "nearest": {"query": "ip 15"},
    "not-sold": {"brand": "Apple"},
    "stock": {"product_id": "bong-phone-5"},
    "ship-quote": {"province": "Huế", "ward": "", "subtotal": 100000},
    "trade-in": {"model": "iphone 12", "condition": "good"},
    "orders/lookup": {**PACKING, **WHO},
    "orders/quote": {**GOODS, "province": "Hà Nội"},
    "refunds/status": {"order_code": "BT26110091", "phone_last4": "0006", **WHO},
    "warranty": {**DELIVERED, **WHO},
    "repairs/status": {"code": "SC1024", "phone_last4": "0001", **WHO},
    "complaints/status": {"code": "KN0231", "phone_last4": "0002", **WHO},
    "loyalty": {"phone": "0900000001", "order_code": "BT26110123", **WHO},
}
WRITTEN: Final[dict[str, Json]] = {
    "orders/cancel": {**PACKING, "reason": "đặt nhầm", **WRITES},
    "orders/change": {**PACKING, "change": {"receiver": "Lan"}, **WRITES},
    "orders/place": {
        **GOODS,
        "name": "Trần Lan",
        "phone": "0900000099",
        "address": "12 Trần Phú, phường Hải Châu, Đà Nẵng",
        **WRITES,
    },
    "holds": {
        "product_id": "bong-vang",
        "city": "Hà Nội",
        "name": "Lan",
        "phone": "0900000099",
        **WRITES,
    },
    "payments/report": {
        "order_code": "BT26110102",
        "amount": 8990000,
        "paid_at": "sáng nay 9 giờ",
        "kind": "transfer",
        "note": "",
        **WRITES,
    },
    "invoices": {
        "order_code": "BT26110145",
        "tax_code": "0000000001",
        "company": "Công ty Cá Vàng",
        "address": "1 Hàng Bống, Hà Nội",
        "email": "ketoan@example.com",
        **WRITES,
    },
    "repairs": {
        "item": "tivi",
        "symptom": "sọc màn hình",
        "phone": "0900000099",
        "name": "Lan",
        "way": "pickup",
        "address": "12 Trần Phú, Đà Nẵng",
        **WRITES,
    },
    "returns": {
        **DELIVERED,
        "reason": "không hợp",
        "condition": "unused",
        "wish": "refund",
        **WRITES,
    },
    "complaints": {
        "kind": "delivery",
        "matter": "hẹn mà không giao",
        "order_code": "BT26110102",
        "phone": "0900000099",
        "name": "Lan",
        **WRITES,
    },
    "callbacks": {
        "phone": "0900000099",
        "at": "2026-11-24T15:00:00+07:00",
        "matter": "hỏi trả góp",
        **WRITES,
    },
    "feedback": {"kind": "praise", "text": "giao nhanh", **WRITES},
    "b2b": {
        "company": "Trường Bống",
        "tax_code": "",
        "items": "15 máy in",
        "contact": "Lan 0900000099",
        **WRITES,
    },
    "data-requests": {**DELIVERED, "kind": "see", "note": "", **WRITES},
}
BODIES: Final = {**READS, **WRITTEN}
PROVEN: Final = {path: body for path, body in BODIES.items() if "phone_last4" in body}


def ask(shop: Shop, path: str, body: Json) -> requests.Response:
    return requests.post(f"{shop.url}/api/{path}", json=body, timeout=5)


def written(shop: Shop) -> int:
    """How many records the shop has."""
    with sqlite3.connect(shop.data_dir / "shop.sqlite3") as db:
        return int(db.execute("select count(*) from written").fetchone()[0])
