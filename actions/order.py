"""An order that was placed: where it is, taking it back, changing it."""

import math
import re
from datetime import date
from typing import Any, Final

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import shop, wards
from actions.forms import (
    BARE_STOP,
    NOT_AN_ANSWER,
    Field,
    Form,
    Heard,
    Request,
    Values,
    asks_back,
    entity,
    hand_off,
    leave,
    register,
    says_no_more,
    says_yes,
)
from actions.talk import Event, plain

WEEKDAYS: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
WHERE: Final = {
    "received": "đang chờ đóng gói",
    "packing": "đang được đóng gói",
    "shipping": "đang trên đường giao",
}
SAID: Final = frozenset(
    {"received", "packing", "shipping", "delivered", "failed", "cancelled", "returning"}
)


def bare_code(text: str) -> str | None:
    """Eight digits alone, however they are spaced, are an order code."""
    bare = re.sub(r"[\s.\-]", "", text)
    return "BT" + bare if re.fullmatch(r"\d{8}", bare) else None


def read_last4(heard: Heard) -> str | None:
    """The last four digits of a phone, or of the whole number."""
    phone = heard.first("phone")
    if phone:
        return str(phone)[-4:]
    if heard.first("phone_last4"):
        return str(heard.first("phone_last4"))
    bare = re.sub(r"[\s.\-]", "", heard.text)
    return bare if heard.asked and re.fullmatch(r"\d{4}", bare) else None


# Not for Rasa: Carebot itself proves with a code who they are, and then names their orders.
NO_CODE: Final = ({"title": "Không nhớ mã đơn", "payload": "/prove"},)
ORDER_CODE: Final = Field(
    "order_code", entity("order_code", bare=bare_code), "mã đơn hàng", "BT26110123", helps=NO_CODE
)
PHONE_LAST4: Final = Field(
    "phone_last4", read_last4, "4 số cuối của số điện thoại đặt hàng", "0001"
)
IDENTITY: Final = ("order_code", "phone_last4")


# --- Where is it


def look_up(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Asks the shop and tells what it said."""
    code, last4 = request.values["order_code"], request.values["phone_last4"]
    found = shop.look_up_order(code, last4, request.requester)
    if not isinstance(found, (shop.NotFound, shop.Locked)):
        proved(dispatcher, code, last4)
    tell(dispatcher, found)
    return []


ValidateOrderForm, SubmitOrder = register(
    Form("order_form", (ORDER_CODE, PHONE_LAST4), look_up, own=frozenset({"track_order"}))
)


def proved(dispatcher: CollectingDispatcher, code: str, last4: str) -> None:
    """The shop took code and digits for proof of whose order it is: Carebot may remember it."""
    dispatcher.utter_message(json_message={"proved": {"order_code": code, "phone_last4": last4}})


def tell(dispatcher: CollectingDispatcher, found: shop.Order | shop.NotFound | shop.Locked) -> None:
    """Says the shop's answer. Raises ShopDown when an order lacks what we would say about it."""
    if isinstance(found, shop.NotFound):
        dispatcher.utter_message(response="utter_order_not_found")
        return
    if isinstance(found, shop.Locked):
        tell_locked(dispatcher, found)
        return
    try:
        response, facts = sentence(found)
    except (KeyError, TypeError, ValueError) as exc:
        raise shop.ShopDown(f"order not understood: {type(exc).__name__}") from exc
    dispatcher.utter_message(response=response, **facts)


def tell_locked(dispatcher: CollectingDispatcher, locked: shop.Locked) -> None:
    """Too many wrong tries: until when, and the way to a person."""
    minutes = max(1, math.ceil(locked.retry_after / 60))
    dispatcher.utter_message(response="utter_locked", minutes=minutes)


def sentence(order: shop.Order) -> tuple[str, dict[str, str]]:
    """The response for an order's state, and what it is filled with."""
    state = order["state"]
    if state not in SAID:
        raise ValueError(f"unknown state {state!r}")
    facts = {"code": order["code"], "items": name_all(order)}
    if order["late"] and state in WHERE:
        promised = say_date(order["promised_on"])
        return "utter_order_late", {**facts, "promised": promised, "where": WHERE[state]}
    if state in ("received", "packing", "shipping", "failed"):
        facts["promised"] = say_date(order["promised_on"])
    if state in ("shipping", "failed"):
        facts["carrier"] = order["carrier"]
    if state == "shipping":
        facts["tracking"] = order["tracking"]
    if state == "delivered":
        facts["delivered"] = say_date(order["delivered_on"])
    return f"utter_order_{state}", facts


def name_all(order: shop.Order) -> str:
    """Like "2 cáp sạc, củ sạc 30 W"."""
    return ", ".join(name_items(item) for item in order["items"])


def name_items(item: dict[str, Any]) -> str:
    """Like "2 cáp sạc": the number only when there are several."""
    quantity = int(item["quantity"])
    return f"{quantity} {item['name']}" if quantity > 1 else str(item["name"])


def say_date(iso: str) -> str:
    """Like "thứ Hai 23/11"."""
    day = date.fromisoformat(iso)
    return f"{WEEKDAYS[day.weekday()]} {day.day}/{day.month}"


# --- Whose is it, for flows that write


def identified(dispatcher: CollectingDispatcher, request: Request) -> shop.Order | list[Event]:
    """The order that code and digits name, with what we say of it; or what follows when they name
    none. Raises ShopDown when the order lacks what a flow needs."""
    code, last4 = request.values["order_code"], request.values["phone_last4"]
    order = shop.look_up_order(code, last4, request.requester)
    if isinstance(order, (shop.NotFound, shop.Locked)):
        return unknown(dispatcher, request, order)
    proved(dispatcher, code, last4)
    try:
        needed = ("can_cancel", "can_change", "why_not")
        return {"items": name_all(order), **{key: order[key] for key in needed}}
    except (KeyError, TypeError, ValueError) as exc:
        raise shop.ShopDown(f"order not understood: {type(exc).__name__}") from exc


def unknown(
    dispatcher: CollectingDispatcher, request: Request, no: shop.NotFound | shop.Locked
) -> list[Event]:
    """Wrong code or digits: both are asked again, and nothing is told."""
    if isinstance(no, shop.Locked):
        tell_locked(dispatcher, no)
        return leave(request.tracker)
    dispatcher.utter_message(response="utter_order_not_matched")
    return [SlotSet(slot, None) for slot in (*IDENTITY, "found")]


def tell_refused(dispatcher: CollectingDispatcher, code: str, why: str, refusal: str) -> None:
    """Why the shop does not do it, and what can be done instead."""
    known = why if why in ("shipped", "delivered", "cancelled") else "shipped"
    dispatcher.utter_message(response=f"{refusal}_{known}", code=code)


# --- Taking it back


BECAUSE: Final = re.compile(
    r"\b(?:vi|do|tai|ly do|nham|lon|trung|doi y|lau qua|re hon|khong can|co nguoi tang|het tien)\b"
)
NOT_CANCELLED: Final = re.compile(
    r"\b(?:khoi|dung|khong|ko|k|thoi|hong|hok|chua)\b(?: \w+)? (?:huy|bo don|xoa)\b(?! duoc)"
    r"|\bgiu (?:lai )?don\b"
)
CANCELLED: Final = re.compile(
    r"\b(?:huy|bo) (?:di|luon|don|giup|gium|nha|nhe|em|shop)\b|\bdong y huy\b"
)


def read_reason(heard: Heard) -> str | None:
    """Why an order is given up, in the customer's words."""
    said = plain(heard.text)
    if heard.intent in NOT_AN_ANSWER:
        return None
    if not heard.asked:
        told = heard.intent in ("cancel_order", "inform") and BECAUSE.search(said)
        return heard.text[:200] if told else None
    if asks_back(heard) or heard.first("order_code"):
        return None
    return heard.text[:200] if len(heard.text) > 1 and said not in ("ok", "huy", "") else None


def keeps_order(heard: Heard) -> bool:
    """A change of mind about cancelling: the order stays."""
    said = plain(heard.text)
    asked_how = heard.text.endswith("?") or "duoc khong" in said
    if BARE_STOP.fullmatch(said):  # here "huỷ" says nothing: it is asked again
        return False
    return says_no_more(heard) or bool(NOT_CANCELLED.search(said) and not asked_how)


def is_cancelled(heard: Heard) -> bool:
    """A yes, also as "huỷ luôn đi em"."""
    if says_yes(heard):
        return True
    said = plain(heard.text)
    return (
        heard.intent in ("cancel_order", "stop_form")
        and bool(CANCELLED.search(said))
        and not re.search(r"\b(?:khong|ko|k|thao tac|yeu cau)\b", said)
        and len(said.split()) <= 7
    )


def may_cancel(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Only before the order is sent; else the way to give it back."""
    if request.values["found"]:
        return []
    order = identified(dispatcher, request)
    if isinstance(order, list):
        return order
    if not order["can_cancel"]:
        tell_refused(dispatcher, request.values["order_code"], order["why_not"], "utter_cancel")
        return leave(request.tracker)
    return [SlotSet("found", {"items": order["items"]})]


def cancel_summary(values: Values) -> Values:
    return {"code": values["order_code"], "items": values["found"]["items"]}


def cancel(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Cancels, and tells the outcome."""
    code, last4 = request.values["order_code"], request.values["phone_last4"]
    done = shop.cancel_order(
        code, last4, request.requester, request.values["reason"] or "", request.key
    )
    if isinstance(done, shop.Done):
        dispatcher.utter_message(
            response="utter_order_now_cancelled", code=code, reference=done.reference
        )
    elif isinstance(done, shop.Refused):
        tell_refused(dispatcher, code, done.why, "utter_cancel")
    else:
        tell(dispatcher, done)
    return []


REASON: Final = Field(
    "reason", read_reason, "lý do", "đặt nhầm màu", ask="utter_ask_cancel_reason", optional=True
)

ValidateCancelOrder, SubmitCancelOrder = register(
    Form(
        "cancel_order_form",
        (ORDER_CODE, PHONE_LAST4, REASON),
        cancel,
        confirm="utter_confirm_cancel",
        summary=cancel_summary,
        own=frozenset({"cancel_order"}),
        identity=IDENTITY,
        settle=may_cancel,
        stops=keeps_order,
        stopped="utter_order_kept",
        agrees=is_cancelled,
    )
)


# --- Changing it

LABELS: Final = {
    "address": "địa chỉ giao hàng",
    "phone": "số điện thoại nhận hàng",
    "receiver": "người nhận",
    "item": "sản phẩm",
}
SLOTS: Final = {
    "address": "address",
    "phone": "phone",
    "receiver": "person_name",
    "item": "item_wish",
}
# What a wish to change is about; the first that fits.
ABOUT: Final = (
    ("phone", re.compile(r"\b(?:sdt|so dien thoai|so dt|dt|so nhan hang|doi so|sua so)\b")),
    ("address", re.compile(r"\b(?:dia chi|d c|so nha|dc (?:giao|nhan)|chuyen tro|don nha)\b")),
    ("receiver", re.compile(r"\b(?:nguoi nhan|ten (?:nguoi )?nhan|nguoi khac nhan)\b")),
    (
        "other",
        re.compile(
            r"\b(?:gio (?:giao|nhan)|ngay (?:giao|nhan)|doi gio|doi ngay|hen lai|hoan giao"
            r"|giao (?:som|lai|buoi|sau)|thanh toan|chuyen khoan|cod|tra tien|ghi chu|ma giam gia"
            r"|gop|tach|(?:qua|sang) bua)\b"
        ),
    ),
    (
        "address",
        re.compile(r"\b(?:(?:giao|gui) (?:ve|qua|den|toi|sang)|cho giao|noi giao|dia chi)\b"),
    ),
    (
        "item",
        re.compile(
            r"\b(?:mau|ban \d+\w*|size|so luong|them|bot|san pham|mon|mau ma"
            r"|(?:doi|thay|sua) (?:qua|sang|con|cai)|tang len|giam (?:so luong|xuong|con))\b"
        ),
    ),
)
CHANGES: Final = re.compile(r"\b(?:doi|sua|thay|cap nhat|chuyen|chinh)\b")
NEW_PHONE: Final = re.compile(
    r"\b(?:doi|sua|thay|cap nhat|chuyen)\b.{0,40}\b(?:so|sdt|dt|dien thoai)\b|\bso moi\b"
)
TO: Final = re.compile(
    r"\b(?:sang|thành|thanh|lại là|lai la|mới là|moi la|giao về|giao ve|giao đến|giao den"
    r"|giao tới|giao toi|giao qua|gửi về|gui ve|là|la)\s*:?\s+(?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
SORRY: Final = re.compile(
    r"^(?:(?:à|a|ừ|dạ|da|ấy|ủa)\s+)?(?:nhầm|nham|lộn|lon|quên|quen|sai)(?:\s+(?:rồi|roi))?"
    r"[\s,.:]*(?:(?:phải là|phai la|là|la|số|so|địa chỉ|dia chi|tên|ten)\s+)?",
    re.IGNORECASE,
)
PLEASE: Final = re.compile(
    r"[\s,.]*(?:\b(?:giúp|giup|giùm|gium|dùm|dum|hộ(?=\s+(?:mình|em|anh|chị)))"
    r"(?:\s+(?:mình|minh|em|anh|chị|chi|tui|cái|cai))*"
    r"|\b(?:với|voi|vs|nhé|nhe|nha|nghen|ạ|em|shop|được không|duoc khong|đc không|dc k"
    r"|đc k))[\s.!]*$",
    re.IGNORECASE,
)
ROAD: Final = re.compile(
    r"\d|\b(?:duong|pho|ngo|hem|ngach|thon|ap|xom|to|khu|toa|chung cu|can ho|xa|dac khu)\b"
)


def read_change(heard: Heard) -> str | None:
    """What of the order is to be another: a key of LABELS, or "other"."""
    said = plain(heard.text)
    wished = heard.intent == "change_order" or (heard.intent == "inform" and CHANGES.search(said))
    if not heard.asked and not wished:
        return None
    return next((kind for kind, words in ABOUT if words.search(said)), None)


def read_owner(heard: Heard) -> str | None:
    """The digits of the phone that ordered, never those of the phone to put in its place."""
    explicit = heard.first("phone_last4")
    phones = heard.entities.get("phone", ())
    if heard.asked or len(phones) > 1 or (phones and not NEW_PHONE.search(plain(heard.text))):
        return read_last4(heard)
    return str(explicit) if explicit else None


def read_new_phone(heard: Heard) -> str | None:
    """The phone to call instead; after the owner's own when both are in one message."""
    phones = heard.entities.get("phone", ())
    if not phones:
        return None
    if heard.asked or heard.known.get("found") or NEW_PHONE.search(plain(heard.text)):
        return str(phones[-1])
    return None


def read_address(heard: Heard) -> str | None:
    """Where to instead: with a house, a road or a village, or it is no address."""
    given = _new_words(heard, "address")
    if not given or len(given) < 8 or not ROAD.search(plain(given)):
        return None
    place = [heard.first(kind) or "" for kind in ("ward", "district", "province")]
    return wards.with_present(given, *place)


def read_receiver(heard: Heard) -> str | None:
    given = _new_words(heard, "receiver")
    return given if given and not re.search(r"\d", given) and len(given.split()) <= 6 else None


def read_item(heard: Heard) -> str | None:
    """The wish about the goods, as it is written: people read it."""
    if heard.asked:
        another = heard.intent in NOT_AN_ANSWER or asks_back(heard)
        return None if another or len(heard.text) < 2 else heard.text[:200]
    return heard.text[:200] if read_change(heard) == "item" and TO.search(heard.text) else None


def _new_words(heard: Heard, kind: str) -> str | None:
    """What follows "đổi thành" and the like, or the answer itself, without the politeness."""
    if heard.intent in NOT_AN_ANSWER or (asks_back(heard) and kind != "address"):
        return None
    told = TO.search(heard.text)
    corrected = SORRY.match(heard.text)
    if heard.asked:
        text = told["what"] if told and heard.intent == "change_order" else heard.text
    elif told and read_change(heard) == kind:
        text = told["what"]
    elif heard.known.get("change_what") == kind and heard.known.get(SLOTS[kind]) and corrected:
        text = heard.text
    else:
        return None
    bare = re.sub(
        r"^(?:địa chỉ|dia chi)(?: (?:mới|moi))?(?: (?:là|la))?\s*:?\s*", "", SORRY.sub("", text)
    )
    for _ in range(3):  # "giúp em với nhé"
        bare = PLEASE.sub("", bare)
    return bare.strip(" .,!")[:200] or None


def _is(kind: str) -> Any:
    return lambda values: values.get("change_what") == kind


def may_change(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Only before the order is sent; what only staff can change goes to them."""
    found = request.values["found"]
    if not found:
        order = identified(dispatcher, request)
        if isinstance(order, list):
            return order
        if not order["can_change"]:
            return change_refused(dispatcher, request, order["why_not"])
        found = {"items": order["items"]}
    if request.values["change_what"] == "other":
        dispatcher.utter_message(response="utter_change_by_person")
        return hand_off(dispatcher, request.tracker, "order_change")
    return [SlotSet("found", found)]


def change_refused(dispatcher: CollectingDispatcher, request: Request, why: str) -> list[Event]:
    """What is on its way only a person can still turn."""
    tell_refused(dispatcher, request.values["order_code"], why, "utter_change")
    if why in ("delivered", "cancelled"):
        return leave(request.tracker)
    return hand_off(dispatcher, request.tracker, "order_change")


def change_summary(values: Values) -> Values:
    kind = values["change_what"]
    return {
        "code": values["order_code"],
        "items": values["found"]["items"],
        "what": LABELS[kind],
        "value": values[SLOTS[kind]],
    }


def change(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Changes, and tells the outcome; what the shop refuses now goes to a person."""
    code, last4 = request.values["order_code"], request.values["phone_last4"]
    kind = request.values["change_what"]
    value = request.values[SLOTS[kind]]
    done = shop.change_order(code, last4, request.requester, {kind: value}, request.key)
    if isinstance(done, shop.Done):
        said = "utter_order_wish_noted" if kind == "item" else "utter_order_changed"
        about = {"code": code, "what": LABELS[kind], "value": value, "reference": done.reference}
        dispatcher.utter_message(response=said, **about)
        return []
    if isinstance(done, shop.Refused):
        return change_refused(dispatcher, request, done.why)
    tell(dispatcher, done)
    return []


OWNER: Final = Field("phone_last4", read_owner, PHONE_LAST4.what, PHONE_LAST4.example)
CHANGE_WHAT: Final = Field(
    "change_what", read_change, "phần cần đổi", "địa chỉ, số điện thoại, người nhận hay sản phẩm"
)
NEW_ADDRESS: Final = Field(
    "address",
    read_address,
    "địa chỉ mới đầy đủ",
    "12 Trần Phú, phường Hải Châu, Đà Nẵng",
    ask="utter_ask_new_address",
    needed=_is("address"),
)
PHONE_TO_CALL: Final = Field(
    "phone",
    read_new_phone,
    "số điện thoại mới",
    "0900 000 012",
    ask="utter_ask_new_phone",
    needed=_is("phone"),
)
RECEIVER: Final = Field(
    "person_name",
    read_receiver,
    "tên người nhận",
    "Nguyễn Thị Hoa",
    ask="utter_ask_new_receiver",
    needed=_is("receiver"),
)
ITEM_WISH: Final = Field(
    "item_wish",
    read_item,
    "nội dung muốn đổi",
    "đổi sang màu trắng",
    needed=_is("item"),
)


ValidateChangeOrder, SubmitChangeOrder = register(
    Form(
        "change_order_form",
        (ORDER_CODE, OWNER, CHANGE_WHAT, NEW_ADDRESS, PHONE_TO_CALL, RECEIVER, ITEM_WISH),
        change,
        confirm="utter_confirm_change",
        summary=change_summary,
        own=frozenset({"change_order"}),
        identity=IDENTITY,
        settle=may_change,
    )
)
