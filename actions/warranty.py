"""Warranty and repair: until when, sending something in, and how far it is."""

import re
from datetime import date
from typing import Any, Final

from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.customer import (
    GOODS,
    PERSON_NAME,
    PHONE,
    PHOTOS,
    another_matter,
    code_of,
    digits_beside,
    photos_line,
    picked,
    read_address,
    told,
    with_photos,
)
from actions.forms import (
    NOT_NEEDED,
    Field,
    Form,
    Heard,
    Request,
    Values,
    entity,
    register,
)
from actions.order import ORDER_CODE, proved, read_last4, say_date, tell_locked
from actions.order import bare_code as bare_order_code
from actions.talk import Event, plain
from actions.tech import symptom_of

# --- Until when


def read_imei(heard: Heard) -> str | None:
    """An IMEI, also a mistyped one; a serial number when it was asked for."""
    if found := heard.first("imei"):
        return str(found)
    if not heard.asked or heard.first("order_code") or heard.first("phone"):
        return None
    compact = re.sub(r"[\s.\-]", "", heard.text).upper()
    if number := re.search(r"\d{15}", compact):
        return number[0]
    serial = re.search(r"\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{8,20}\b", heard.text.upper())
    return serial[0] if serial else None


def refuse_imei(value: str) -> tuple[str, Values] | None:
    """Fifteen digits whose check digit is wrong were mistyped."""
    if not value.isdigit() or checks(value):
        return None
    return "utter_imei_mistyped", {}


def checks(number: str) -> bool:
    """Whether the last digit of an IMEI is right (Luhn)."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(number)]
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0


def given(values: Values, slot: str) -> bool:
    return values.get(slot) not in (None, NOT_NEEDED)


IMEI: Final = Field(
    "imei",
    read_imei,
    "số IMEI hoặc mã đơn hàng",
    "BT26110123",
    optional=True,
    needed=lambda values: not given(values, "order_code"),
    refuse=refuse_imei,
)
ORDER_INSTEAD: Final = Field(
    "order_code",
    entity("order_code", bare=bare_order_code),
    ORDER_CODE.what,
    ORDER_CODE.example,
    needed=lambda values: not given(values, "imei"),
)
DIGITS_OF_ORDER: Final = Field(
    "phone_last4",
    read_last4,
    "4 số cuối của số điện thoại đặt hàng",
    "0001",
    needed=lambda values: not given(values, "imei"),
)


def look_up_warranty(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """By IMEI if there is one, else by order."""
    values = request.values
    if values["imei"]:
        found = shop.warranty(imei=values["imei"], requester=request.requester)
    else:
        found = shop.warranty(
            order_code=values["order_code"],
            phone_last4=values["phone_last4"],
            requester=request.requester,
        )
    match found:
        case shop.NotFound():
            dispatcher.utter_message(response="utter_warranty_not_found")
        case shop.Locked():
            tell_locked(dispatcher, found)
        case _:
            if not values["imei"]:
                proved(dispatcher, values["order_code"], values["phone_last4"])
            dispatcher.utter_message(
                response="utter_warranty_covered" if found.covered else "utter_warranty_over",
                item=found.item,
                bought=say_year(found.bought_on),
                ends=say_year(found.ends_on),
                terms=sentence(found.terms),
            )
    return []


ValidateWarrantyForm, SubmitWarranty = register(
    Form(
        "warranty_form",
        (IMEI, ORDER_INSTEAD, DIGITS_OF_ORDER),
        look_up_warranty,
        own=frozenset({"check_warranty"}),
    )
)


def say_year(day: date) -> str:
    """Like "23/11/2026"."""
    return f"{day.day}/{day.month}/{day.year}"


def sentence(text: str) -> str:
    """With a capital and a full stop; nothing stays nothing."""
    bare = text.strip().rstrip(".")
    return f"{bare[0].upper()}{bare[1:]}." if bare else ""


# --- Sending something in

KEEPS_DATA: Final = re.compile(
    r"dien thoai|smartphone|phone|laptop|macbook|may tinh|ipad|tablet|o cung"
)
WAYS: Final = {
    "store": ("mang ra cửa hàng", "cửa hàng", "ra shop", "tại shop", "tự mang", "mang ra",
              "đem ra", "mang tới", "mang đến", "đem tới", "ra tiệm", "tự đem"),
    "pickup": ("đến nhà lấy máy", "đến lấy", "tới lấy", "qua lấy", "lấy tận nhà", "tận nhà",
               "tới nhà", "đến nhà", "qua nhà", "ở nhà", "đến nhà lấy", "lấy máy", "ghé lấy"),
}  # fmt: skip
SURE_WAYS: Final = {
    "store": ("mang ra cửa hàng", "tự mang ra", "đem ra shop", "mang ra shop", "đem ra cửa hàng"),
    "pickup": (
        "đến nhà lấy máy",
        "qua nhà lấy",
        "tới nhà lấy",
        "đến nhà lấy",
        "tới nhà",
        "qua nhà",
    ),
}
SAID_WAYS: Final = {"store": "mang máy ra cửa hàng", "pickup": "bên em đến nhà lấy máy"}


def read_item(heard: Heard) -> str | None:
    """What is to be repaired: a product we know, or how the customer calls it."""
    if heard.first("product"):
        return str(heard.first("product"))
    if found := GOODS.search(heard.text):
        return found[0] if heard.asked or not another_matter(heard) else None
    if heard.first("category"):
        return str(heard.first("category")) if not another_matter(heard) else None
    return told(heard)


def read_symptom(heard: Heard) -> str | None:
    """What is wrong: asked for, or told while something else was."""
    if heard.asked:
        return told(heard)
    if heard.intent in ("request_repair", "tech_support") and not another_matter(heard):
        return heard.text if symptom_of(heard.text) else None
    return None


def name_of(item: str) -> str:
    """A product's name for its catalogue id, a category's for its id, else as it was said."""
    if not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", item):
        return item
    try:
        by_id = shop.products(ids=(item,), limit=1)
        if by_id:
            return by_id[0].name
        of_kind = shop.products(category=item, limit=1)
    except shop.ShopDown:
        return item
    return of_kind[0].category_name if of_kind else item


def summary_of_repair(values: Values) -> Values:
    """What is read back; the way has its own words."""
    way = SAID_WAYS[values["way"]]
    if values["way"] == "pickup":
        way += f", địa chỉ {values['address']}"
    return {
        "item": name_of(values["item"]),
        "symptom": values["symptom"],
        "way": way,
        "name": values["person_name"],
        "phone": values["phone"],
        "photos": photos_line(values["photos"]),
    }


def open_repair(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """A ticket, then what to do with it; whoever may lose data is told so."""
    values = request.values
    item = name_of(values["item"])
    done = shop.open_repair(
        item=item,
        symptom=with_photos(values["symptom"], values["photos"]),
        phone=values["phone"],
        name=values["person_name"],
        way=values["way"],
        address=values["address"] or "",
        requester=request.requester,
        key=request.key,
    )
    dispatcher.utter_message(
        response=f"utter_repair_opened_{values['way']}", code=done.reference, phone=values["phone"]
    )
    if KEEPS_DATA.search(plain(item)):
        dispatcher.utter_message(response="utter_repair_backup")
    return []


ValidateRepairForm, SubmitRepair = register(
    Form(
        "repair_form",
        (
            Field("item", read_item, "tên máy cần sửa", "laptop Bống Book 14"),
            Field("symptom", read_symptom, "tình trạng của máy", "màn hình bị sọc"),
            PHOTOS,
            Field("way", picked(WAYS, SURE_WAYS), "cách gửi máy", "mang ra cửa hàng"),
            Field(
                "address",
                read_address,
                "địa chỉ lấy máy",
                "12 Hàng Bống, phường Cửa Nam, Hà Nội",
                ask="utter_ask_pickup_address",
                needed=lambda values: values.get("way") == "pickup",
            ),
            PERSON_NAME,
            PHONE,
        ),
        open_repair,
        confirm="utter_confirm_repair",
        summary=summary_of_repair,
        own=frozenset({"request_repair", "tech_support"}),
    )
)


# --- How far a repair is

STATES: Final = frozenset({"received", "checking", "waiting_parts", "repaired", "returned"})


def look_up_repair(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Says the state, the day it will be ready and the workshop's note, if there are any."""
    values = request.values
    found = shop.repair_status(values["repair_code"], values["phone_last4"], request.requester)
    match found:
        case shop.NotFound():
            dispatcher.utter_message(response="utter_repair_not_found")
        case shop.Locked():
            tell_locked(dispatcher, found)
        case _:
            if found.state not in STATES:
                raise shop.ShopDown(f"unknown state of a repair: {found.state!r}")
            about: dict[str, Any] = {"code": found.code, "item": found.item}
            dispatcher.utter_message(response=f"utter_repair_{found.state}", **about)
            if found.ready_on and found.state in ("received", "checking", "waiting_parts"):
                ready = say_date(found.ready_on.isoformat())
                dispatcher.utter_message(response="utter_repair_ready_on", ready=ready)
            if found.note:
                dispatcher.utter_message(response="utter_repair_note", note=sentence(found.note))
    return []


REPAIR_CODE: Final = Field(
    "repair_code", code_of("repair_code", "SC"), "mã phiếu sửa chữa", "SC1024"
)
DIGITS_OF_REPAIR: Final = Field(
    "phone_last4",
    digits_beside("repair_code", "SC"),
    "4 số cuối của số điện thoại ghi trên phiếu",
    "0001",
    ask="utter_ask_repair_digits",
)

ValidateRepairStatusForm, SubmitRepairStatus = register(
    Form(
        "repair_status_form",
        (REPAIR_CODE, DIGITS_OF_REPAIR),
        look_up_repair,
        own=frozenset({"ask_repair_status"}),
    )
)
