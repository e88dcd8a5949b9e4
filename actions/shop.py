"""The shop's own system, asked over HTTP. `SHOP_API_URL` says where it is.

Every call raises ShopDown when the shop cannot be asked or gives no answer that can be read. Calls
that write take a `key`: the same call with the same key and requester is answered the same and
written once; the same key with another order in it is refused (ShopDown), never mixed up.

`requester` and `key` are ASCII without spaces, at most 100 and 200 characters; free text may have
2,000 characters, names and addresses 200.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, TypeVar

import requests

DEFAULT_URL: Final = "http://127.0.0.1:8090"
TIMEOUT: Final = (1.0, 3.0)  # seconds to connect, and to answer: the customer waits
FACTS_KEPT: Final = 60.0  # seconds
REFUND_STATES: Final = ("none", "waiting", "sent", "done")
REPAIR_STATES: Final = ("received", "checking", "waiting_parts", "repaired", "returned")
COMPLAINT_STATES: Final = ("received", "working", "answered", "closed")
PAYMENT_METHODS: Final = ("cod", "bank_transfer", "card", "wallet", "installment")

Json = dict[str, Any]
Order = dict[str, Any]
T = TypeVar("T")


class ShopDown(Exception):
    """The shop could not be asked, or gave no answer that can be read."""


# --- Noes


@dataclass(frozen=True)
class NotFound:
    """Nothing has this code and these digits. Which of the two is wrong is not told."""


@dataclass(frozen=True)
class Locked:
    """Too many wrong tries; ask again after so many seconds."""

    retry_after: float


@dataclass(frozen=True)
class Refused:
    """Understood, and against the shop's rules. Nothing was written."""

    why: str  # the call's own code, named in its docstring


# --- What the shop tells


@dataclass(frozen=True)
class Product:
    id: str
    name: str  # with its kind: "Điện thoại Bống Phone 5"
    category: str
    category_name: str  # lower case: "điện thoại"
    brand: str
    price: int  # today's, of the smallest storage
    old_price: int | None  # crossed out while a promotion lasts
    specs: dict[str, str]  # label -> text
    colors: tuple[str, ...]
    storages: tuple[str, ...]  # smallest first
    stock: int  # all stores together
    warranty_months: int
    drawback: str
    good_for: tuple[str, ...]
    image: str  # a path on the shop's server
    storage_prices: dict[str, int]  # today's price of each storage


@dataclass(frozen=True)
class Stock:
    available: int
    by_city: dict[str, int]  # every city with a store, also those with none left
    colors_left: tuple[str, ...]
    storages_left: tuple[str, ...]
    restock_on: date | None  # when more comes, if what was asked for is sold out


@dataclass(frozen=True)
class Promotion:
    title: str
    terms: str
    ends_on: date  # that day included


@dataclass(frozen=True)
class ShipQuote:
    fee: int | None  # None where weight decides: islands, and places we do not know
    zone: str  # inner, city, remote, unknown
    time: str
    note: str  # may be empty


@dataclass(frozen=True)
class TradeIn:
    low: int
    high: int


@dataclass(frozen=True)
class Quote:
    subtotal: int
    fee: int
    total: int


@dataclass(frozen=True)
class Refund:
    amount: int
    state: str  # of REFUND_STATES
    due_on: date | None
    overdue: bool


@dataclass(frozen=True)
class Warranty:
    item: str
    bought_on: date  # delivered; of an order on its way, the day it is promised for
    ends_on: date
    covered: bool
    terms: str


@dataclass(frozen=True)
class Repair:
    code: str
    item: str
    state: str  # of REPAIR_STATES
    ready_on: date | None
    note: str  # may be empty


@dataclass(frozen=True)
class Complaint:
    code: str
    state: str  # of COMPLAINT_STATES
    owner: str
    due_on: date
    overdue: bool


@dataclass(frozen=True)
class Loyalty:
    points: int
    tier: str
    next_tier: str | None  # None at the top
    points_needed: int  # for the next tier
    expire_points: int
    expire_on: date | None


# --- What the shop has written down


@dataclass(frozen=True)
class Done:
    reference: str  # what the customer may quote later
    due_on: date | None = None  # a data request's last day
    until: datetime | None = None  # how long a product is held


@dataclass(frozen=True)
class Placed:
    code: str
    total: int
    fee: int
    promised_on: date


@dataclass(frozen=True)
class ReturnCase:
    reference: str
    rule: str  # 7_days, 30_days
    fee_paid_by: str  # shop, customer


# --- Facts, goods, prices


_facts: tuple[str, float, dict[str, str]] = ("", 0.0, {})


def facts() -> dict[str, str]:
    """Today's facts as they are shown; asked anew once a minute."""
    global _facts
    server, asked_at, known = _facts
    if server != _server() or time.monotonic() - asked_at > FACTS_KEPT:
        known = _open("facts", None, lambda answer: _texts(answer["facts"]))
        _facts = (_server(), time.monotonic(), known)
    return dict(known)


def products(
    query: str = "",
    category: str = "",
    brand: str = "",
    ids: Sequence[str] = (),
    max_price: int | None = None,
    min_price: int | None = None,
    good_for: Sequence[str] = (),
    limit: int = 3,
) -> list[Product]:
    """The best matches first; all that is given narrows the choice.

    `query` is the customer's words, accents or not; `category` its id or how people call it.
    A query for a brand that we do not sell finds nothing: see `not_sold` and `nearest`.
    """
    asked = {
        "query": query,
        "category": category,
        "brand": brand,
        "ids": list(ids),
        "max_price": max_price,
        "min_price": min_price,
        "good_for": list(good_for),
        "limit": limit,
    }
    return _open("products", asked, lambda answer: [_product(each) for each in answer["products"]])


def nearest(query: str, limit: int = 3) -> list[Product]:
    """Ours that come nearest to something of another brand: phones for "ip 15"."""
    asked = {"query": query, "limit": limit}
    return _open("nearest", asked, lambda answer: [_product(each) for each in answer["products"]])


def stock(product_id: str, color: str = "", storage: str = "", city: str = "") -> Stock:
    """How many are left of a product, of one colour, storage or city if given."""
    asked = {"product_id": product_id, "color": color, "storage": storage, "city": city}
    return _open(
        "stock",
        asked,
        lambda answer: Stock(
            available=_count(answer["available"]),
            by_city=_counts(answer["by_city"]),
            colors_left=_list(answer["colors_left"]),
            storages_left=_list(answer["storages_left"]),
            restock_on=_date(answer["restock_on"]),
        ),
    )


def not_sold(brand: str) -> bool:
    """Whether the words name a brand, or something of a brand, that we do not sell."""
    return _open("not-sold", {"brand": brand}, lambda answer: _flag(answer["not_sold"]))


def promotions() -> list[Promotion]:
    """Those that are valid today, the one that ends first first."""
    return _open(
        "promotions",
        None,
        lambda answer: [
            Promotion(
                _text(each["title"]), _text(each["terms"]), date.fromisoformat(each["ends_on"])
            )
            for each in answer["promotions"]
        ],
    )


def ship_quote(province: str = "", ward: str = "", subtotal: int | None = None) -> ShipQuote:
    """What delivery costs, and how long it takes. Provinces from before July 2025 are known too."""
    return _open(
        "ship-quote",
        {"province": province, "ward": ward, "subtotal": subtotal},
        lambda answer: ShipQuote(
            fee=None if answer["fee"] is None else _count(answer["fee"]),
            zone=_one_of(answer["zone"], "inner", "city", "remote", "unknown"),
            time=_text(answer["time"]),
            note=_text(answer["note"]),
        ),
    )


def trade_in(model: str, condition: str) -> TradeIn | NotFound:
    """What an old device is worth. `condition` is like_new, good, worn, broken or the customer's
    words; the range is wide when they tell nothing."""
    return _searched(
        "trade-in",
        {"model": model, "condition": condition},
        lambda answer: TradeIn(_count(answer["low"]), _count(answer["high"])),
    )


# --- Orders


def look_up_order(code: str, phone_last4: str, requester: str) -> Order | NotFound | Locked:
    """The order, if the digits are those of its phone.

    Besides `code state items carrier tracking promised_on delivered_on late` it has `total`, `fee`,
    `payment` (of PAYMENT_METHODS), `address_hint`, `receiver_name` (masked), `can_cancel`,
    `can_change` and `why_not` (empty, or as in Refused of `cancel_order`).
    """
    asked = {"code": code, "phone_last4": phone_last4, "requester": requester}
    return _guarded("orders/lookup", asked, lambda answer: _same(answer, code))


def cancel_order(
    code: str, phone_last4: str, requester: str, reason: str, key: str
) -> Done | Refused | NotFound | Locked:
    """Refused: shipped, delivered, cancelled."""
    asked = {
        "code": code,
        "phone_last4": phone_last4,
        "requester": requester,
        "reason": reason,
        "idempotency_key": key,
    }
    return _guarded_choice("orders/cancel", asked, _done)


def change_order(
    code: str, phone_last4: str, requester: str, change: dict[str, str], key: str
) -> Done | Refused | NotFound | Locked:
    """`change` has one or more of address, phone (to call at delivery), receiver, item.

    Refused: shipped, delivered, cancelled. An `item` is a wish that staff read and act on.
    """
    asked = {
        "code": code,
        "phone_last4": phone_last4,
        "requester": requester,
        "change": change,
        "idempotency_key": key,
    }
    return _guarded_choice("orders/change", asked, _done)


def quote_order(
    product_id: str, quantity: int, color: str, storage: str, province: str, payment_method: str
) -> Quote | Refused:
    """What `place_order` would cost. Refused: as there. Province and payment may be empty."""
    asked = {
        "product_id": product_id,
        "quantity": quantity,
        "color": color,
        "storage": storage,
        "province": province,
        "payment_method": payment_method,
    }
    return _choice(
        "orders/quote",
        asked,
        lambda answer: Quote(
            _count(answer["subtotal"]), _count(answer["fee"]), _count(answer["total"])
        ),
    )


def place_order(
    product_id: str,
    quantity: int,
    color: str,
    storage: str,
    name: str,
    phone: str,
    address: str,
    payment_method: str,
    requester: str,
    key: str,
) -> Placed | Refused:
    """Refused: out_of_stock, cod_limit, instalment_from, unknown_product.

    An empty colour or storage is any that is left. `payment_method` is of PAYMENT_METHODS.
    """
    asked = {
        "product_id": product_id,
        "quantity": quantity,
        "color": color,
        "storage": storage,
        "name": name,
        "phone": phone,
        "address": address,
        "payment_method": payment_method,
        "requester": requester,
        "idempotency_key": key,
    }
    return _choice(
        "orders/place",
        asked,
        lambda answer: Placed(
            code=_text(answer["code"]),
            total=_count(answer["total"]),
            fee=_count(answer["fee"]),
            promised_on=date.fromisoformat(answer["promised_on"]),
        ),
    )


def hold_product(
    product_id: str, city: str, name: str, phone: str, requester: str, key: str
) -> Done | Refused:
    """One piece put aside in a store. Refused: out_of_stock, also where we have no store."""
    asked = {
        "product_id": product_id,
        "city": city,
        "name": name,
        "phone": phone,
        "requester": requester,
        "idempotency_key": key,
    }
    return _choice("holds", asked, _done)


# --- Money


def refund_status(order_code: str, phone_last4: str, requester: str) -> Refund | NotFound | Locked:
    """Where the money of a returned or cancelled order is."""
    asked = {"order_code": order_code, "phone_last4": phone_last4, "requester": requester}
    return _guarded(
        "refunds/status",
        asked,
        lambda answer: Refund(
            amount=_count(answer["amount"]),
            state=_one_of(answer["state"], *REFUND_STATES),
            due_on=_date(answer["due_on"]),
            overdue=_flag(answer["overdue"]),
        ),
    )


def report_payment(
    order_code: str,
    amount: int | None,
    paid_at: str,
    kind: str,
    note: str,
    requester: str,
    key: str,
) -> Done:
    """For the accountant: a transfer made, or a problem (`kind`). The code may be empty."""
    asked = {
        "order_code": order_code,
        "amount": amount,
        "paid_at": paid_at,
        "kind": kind,
        "note": note,
        "requester": requester,
        "idempotency_key": key,
    }
    return _open("payments/report", asked, _done)


def request_invoice(
    order_code: str,
    tax_code: str,
    company: str,
    address: str,
    email: str,
    requester: str,
    key: str,
) -> Done:
    """A VAT invoice. The tax code has 10 digits, 10-3 or 12."""
    asked = {
        "order_code": order_code,
        "tax_code": tax_code,
        "company": company,
        "address": address,
        "email": email,
        "requester": requester,
        "idempotency_key": key,
    }
    return _open("invoices", asked, _done)


# --- After the sale


def warranty(
    imei: str = "", order_code: str = "", phone_last4: str = "", requester: str = ""
) -> Warranty | NotFound | Locked:
    """By IMEI or serial number alone, or by order code, digits and requester."""
    order = {"order_code": order_code, "phone_last4": phone_last4, "requester": requester}
    asked = {"imei": imei} if imei else order
    return _guarded(
        "warranty",
        asked,
        lambda answer: Warranty(
            item=_text(answer["item"]),
            bought_on=date.fromisoformat(answer["bought_on"]),
            ends_on=date.fromisoformat(answer["ends_on"]),
            covered=_flag(answer["covered"]),
            terms=_text(answer["terms"]),
        ),
    )


def open_repair(
    item: str,
    symptom: str,
    phone: str,
    name: str,
    way: str,
    address: str,
    requester: str,
    key: str,
) -> Done:
    """`way` is store or pickup; a pickup needs an address. The reference is SC and four digits."""
    asked = {
        "item": item,
        "symptom": symptom,
        "phone": phone,
        "name": name,
        "way": way,
        "address": address,
        "requester": requester,
        "idempotency_key": key,
    }
    return _open("repairs", asked, _done)


def repair_status(code: str, phone_last4: str, requester: str) -> Repair | NotFound | Locked:
    """How far a repair (SC and four digits) is."""
    asked = {"code": code, "phone_last4": phone_last4, "requester": requester}
    return _guarded(
        "repairs/status",
        asked,
        lambda answer: Repair(
            code=_text(_same(answer, code)["code"]),
            item=_text(answer["item"]),
            state=_one_of(answer["state"], *REPAIR_STATES),
            ready_on=_date(answer["ready_on"]),
            note=_text(answer["note"]),
        ),
    )


def open_return(
    order_code: str,
    phone_last4: str,
    requester: str,
    reason: str,
    condition: str,
    wish: str,
    key: str,
) -> ReturnCase | Refused | NotFound | Locked:
    """`condition` is unused, used or faulty; `wish` is refund or swap. Refused: too_late, used,
    not_delivered. The reference is TH and four digits."""
    asked = {
        "order_code": order_code,
        "phone_last4": phone_last4,
        "requester": requester,
        "reason": reason,
        "condition": condition,
        "wish": wish,
        "idempotency_key": key,
    }
    return _guarded_choice(
        "returns",
        asked,
        lambda answer: ReturnCase(
            reference=_text(answer["reference"]),
            rule=_one_of(answer["rule"], "7_days", "30_days"),
            fee_paid_by=_one_of(answer["fee_paid_by"], "shop", "customer"),
        ),
    )


# --- Complaints and wishes


def open_complaint(
    kind: str, matter: str, order_code: str, phone: str, name: str, requester: str, key: str
) -> Done:
    """`kind` is a word like delivery or quality; order code, phone and name may be empty.

    The reference is KN and four digits; without a phone its status can be asked of staff only.
    """
    asked = {
        "kind": kind,
        "matter": matter,
        "order_code": order_code,
        "phone": phone,
        "name": name,
        "requester": requester,
        "idempotency_key": key,
    }
    return _open("complaints", asked, _done)


def complaint_status(code: str, phone_last4: str, requester: str) -> Complaint | NotFound | Locked:
    """How far a complaint (KN and four digits) is."""
    asked = {"code": code, "phone_last4": phone_last4, "requester": requester}
    return _guarded(
        "complaints/status",
        asked,
        lambda answer: Complaint(
            code=_text(_same(answer, code)["code"]),
            state=_one_of(answer["state"], *COMPLAINT_STATES),
            owner=_text(answer["owner"]),
            due_on=date.fromisoformat(answer["due_on"]),
            overdue=_flag(answer["overdue"]),
        ),
    )


def book_callback(phone: str, at: datetime, matter: str, requester: str, key: str) -> Done:
    """Somebody calls `at` that time, which must be aware."""
    asked = {
        "phone": phone,
        "at": at.isoformat(),
        "matter": matter,
        "requester": requester,
        "idempotency_key": key,
    }
    return _open("callbacks", asked, _done)


def feedback(kind: str, text: str, requester: str, key: str) -> Done:
    """`kind` is praise or suggestion."""
    asked = {"kind": kind, "text": text, "requester": requester, "idempotency_key": key}
    return _open("feedback", asked, _done)


def b2b_request(
    company: str, tax_code: str, items: str, contact: str, requester: str, key: str
) -> Done:
    """Many pieces, for a company. The tax code may be empty."""
    asked = {
        "company": company,
        "tax_code": tax_code,
        "items": items,
        "contact": contact,
        "requester": requester,
        "idempotency_key": key,
    }
    return _open("b2b", asked, _done)


# --- The customer


def loyalty(phone: str, order_code: str, requester: str) -> Loyalty | NotFound | Locked:
    """Points and tier of a phone; the order must be that phone's."""
    asked = {"phone": phone, "order_code": order_code, "requester": requester}
    return _guarded(
        "loyalty",
        asked,
        lambda answer: Loyalty(
            points=_count(answer["points"]),
            tier=_text(answer["tier"]),
            next_tier=None if answer["next_tier"] is None else _text(answer["next_tier"]),
            points_needed=_count(answer["points_needed"]),
            expire_points=_count(answer["expire_points"]),
            expire_on=_date(answer["expire_on"]),
        ),
    )


def data_request(
    kind: str, order_code: str, phone_last4: str, requester: str, note: str, key: str
) -> Done | NotFound | Locked:
    """`kind` is see, correct, delete or stop. The reference is DL and four digits; `due_on` is
    given."""
    asked = {
        "kind": kind,
        "order_code": order_code,
        "phone_last4": phone_last4,
        "requester": requester,
        "note": note,
        "idempotency_key": key,
    }
    return _guarded("data-requests", asked, _done)


# --- Over the wire


def _server() -> str:
    return os.environ.get("SHOP_API_URL", DEFAULT_URL).rstrip("/")


_threads: Final = threading.local()


def _send(path: str, asked: Json | None) -> requests.Response:
    """Each thread keeps its connection: a new one for each call took as long as the call."""
    if not hasattr(_threads, "session"):
        _threads.session = requests.Session()
        # A cookie would be of one customer, and be sent for the next.
        _threads.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    response: requests.Response = _threads.session.request(
        "GET" if asked is None else "POST",
        f"{_server()}/api/{path}",
        json=asked,
        timeout=TIMEOUT,
        allow_redirects=False,
    )
    return response


def _ask(
    path: str, asked: Json | None, read: Callable[[Json], T]
) -> T | Refused | NotFound | Locked:
    """Posts what is asked (or gets, when nothing is) and reads the answer. Raises ShopDown."""
    try:
        try:
            response = _send(path, asked)
        except requests.ConnectionError as lost:
            if isinstance(lost, requests.Timeout):
                raise
            # Or a connection that was kept has been closed by the shop just now. Calls that write
            # have a key: asked twice, they write once.
            response = _send(path, asked)
        answer = response.json()
        if response.status_code == 404 and answer["error"] == "not_found":
            return NotFound()
        if response.status_code == 409:
            return Refused(_text(answer["why"]))
        if response.status_code == 423:
            return Locked(float(answer["retry_after"]))
        if response.status_code != 200:
            raise ShopDown(f"{path} failed: status {response.status_code}")
        return read(answer)
    except (requests.RequestException, ValueError, TypeError, LookupError, AttributeError) as exc:
        raise ShopDown(f"{path} failed: {type(exc).__name__}") from exc


# The noes that a call may get; any other is no answer that can be read.


def _open(path: str, asked: Json | None, read: Callable[[Json], T]) -> T:
    answer = _ask(path, asked, read)
    if isinstance(answer, (Refused, NotFound, Locked)):
        raise ShopDown(f"{path} failed: {type(answer).__name__}")
    return answer


def _choice(path: str, asked: Json, read: Callable[[Json], T]) -> T | Refused:
    answer = _ask(path, asked, read)
    if isinstance(answer, (NotFound, Locked)):
        raise ShopDown(f"{path} failed: {type(answer).__name__}")
    return answer


def _searched(path: str, asked: Json, read: Callable[[Json], T]) -> T | NotFound:
    answer = _ask(path, asked, read)
    if isinstance(answer, (Refused, Locked)):
        raise ShopDown(f"{path} failed: {type(answer).__name__}")
    return answer


def _guarded(path: str, asked: Json, read: Callable[[Json], T]) -> T | NotFound | Locked:
    answer = _ask(path, asked, read)
    if isinstance(answer, Refused):
        raise ShopDown(f"{path} failed: Refused")
    return answer


def _guarded_choice(
    path: str, asked: Json, read: Callable[[Json], T]
) -> T | Refused | NotFound | Locked:
    return _ask(path, asked, read)


# --- Reading


def _done(answer: Json) -> Done:
    until = answer.get("until")
    return Done(
        reference=_text(answer["reference"]),
        due_on=_date(answer.get("due_on")),
        until=datetime.fromisoformat(until) if until else None,
    )


def _product(answer: Json) -> Product:
    return Product(
        id=_text(answer["id"]),
        name=_text(answer["name"]),
        category=_text(answer["category"]),
        category_name=_text(answer["category_name"]),
        brand=_text(answer["brand"]),
        price=_count(answer["price"]),
        old_price=None if answer["old_price"] is None else _count(answer["old_price"]),
        specs=_texts(answer["specs"]),
        colors=_list(answer["colors"]),
        storages=_list(answer["storages"]),
        stock=_count(answer["stock"]),
        warranty_months=_count(answer["warranty_months"]),
        drawback=_text(answer["drawback"]),
        good_for=_list(answer["good_for"]),
        image=_text(answer["image"]),
        storage_prices=_counts(answer["storage_prices"]),
    )


def _same(answer: Json, code: str) -> Json:
    if answer["code"] != code:
        raise ValueError("another code than was asked for")
    return dict(answer)


def _date(iso: str | None) -> date | None:
    return None if iso is None else date.fromisoformat(iso)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _count(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("no number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither yes nor no")
    return value


def _one_of(value: Any, *choices: str) -> str:
    if value not in choices:
        raise ValueError("not a word we know")
    return str(value)


def _list(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return tuple(_text(each) for each in value)


def _texts(value: Any) -> dict[str, str]:
    return {_text(name): _text(each) for name, each in value.items()}


def _counts(value: Any) -> dict[str, int]:
    return {_text(name): _count(each) for name, each in value.items()}
