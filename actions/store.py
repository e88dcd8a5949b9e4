"""Where the stores are, when they are open, and a product put aside in one of them."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import quote_plus

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import hours, shop
from actions.contact import read_name
from actions.forms import (
    TRIES_TO_ANSWER,
    Field,
    Form,
    Heard,
    Request,
    Values,
    entity,
    or_a_person,
    register,
)
from actions.talk import HERE, Event, entity_of, has, now_of, phrases, plain, spoken, text_of

CITIES: Final = {"hn": "Hà Nội", "dn": "Đà Nẵng", "hcm": "TP. Hồ Chí Minh"}
# The provinces, old and new, that lie nearest to each store by road.
NEAREST: Final = {
    "hn": """ha noi|hai phong|hai duong|quang ninh|bac ninh|bac giang|hung yen|thai binh|ha nam
    |nam dinh|ninh binh|vinh phuc|phu tho|hoa binh|thai nguyen|bac kan|lang son|cao bang|ha giang
    |tuyen quang|lao cai|yen bai|lai chau|dien bien|son la|thanh hoa|nghe an|ha tinh""",
    "dn": """da nang|quang nam|hue|thua thien hue|quang tri|quang binh|quang ngai|kon tum|gia lai
    |binh dinh""",
    "hcm": """ho chi minh|tphcm|sai gon|binh duong|ba ria vung tau|vung tau|dong nai|binh phuoc
    |tay ninh|long an|tien giang|ben tre|vinh long|tra vinh|dong thap|an giang|kien giang|phu quoc
    |can tho|hau giang|soc trang|bac lieu|ca mau|lam dong|dak nong|binh thuan|dak lak|phu yen
    |khanh hoa|ninh thuan""",
}
# What people say who name no province.
REGIONS: Final = {
    "hn": "mien bac|ngoai bac|hn|ho guom|ha noi|ngoai do",
    "dn": "mien trung|dn|da nang",
    "hcm": "mien nam|trong nam|mien tay|sai gon|sg|hcm|tphcm|tp hcm|ho chi minh|mien dong|go vap"
    "|tan dinh",
}


def nearest(place: str) -> str | None:
    """The key of the store nearest to a province; None for a place that is none of ours."""
    name = re.sub(r"^(tp|thanh pho|tinh) ", "", plain(place))
    for store, names in NEAREST.items():
        if name in [each.strip() for each in names.split("|")]:
            return store
    return None


def store_named(text: str, province: Any = None) -> str | None:
    """The store nearest to the place that a message names."""
    if province and (store := nearest(str(province))):
        return store
    said = plain(text)
    found = [store for store, names in REGIONS.items() if has(said, *names.split("|"))]
    return found[0] if len(found) == 1 else None


class StoreLocation(Action):
    """The nearest store to the place named, else all of them."""

    def name(self) -> str:
        return "action_store_location"

    @or_a_person
    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        text = text_of(tracker)
        province = entity_of(tracker, "province")
        store = store_named(text, province)
        if store is None:
            dispatcher.utter_message(response="utter_store_location")
            return []
        address = shop.facts()[f"store_{store}"]
        here = province is None or plain(CITIES[store]).endswith(plain(str(province)))
        dispatcher.utter_message(
            response="utter_store_here" if here else "utter_store_nearest",
            place=province or CITIES[store],
            address=address,
            map="https://www.google.com/maps/search/?api=1&query=" + quote_plus(plain(address)),
            today=say_today(hours.of_stores(), now_of(tracker)),
        )
        return []


def say_today(stores: hours.Hours, now: datetime) -> str:
    """Like "giờ này đang mở, đến 21:30"."""
    closes = stores.closes(now)
    if closes:
        return f"giờ này đang mở, đến {closes:%H:%M}"
    return f"giờ này đã đóng, mở lại lúc {hours.say_moment(stores.next_opening(now), now.date())}"


class OpeningHours(Action):
    """Whether it is open now, at the time or on the day named; else all the hours."""

    def name(self) -> str:
        return "action_opening_hours"

    @or_a_person
    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        text = text_of(tracker)
        day, at = entity_of(tracker, "date"), entity_of(tracker, "time")
        response, facts = opening(
            text,
            date.fromisoformat(str(day)[:10]) if day else None,
            time.fromisoformat(str(at)[:5]) if at else None,
            now_of(tracker),
            hours.of_stores,
            hours.of_staff,
        )
        dispatcher.utter_message(response=response, **facts)
        return []


TET: Final = ("tet", "mung", "giao thua", "nguyen dan")
NOW: Final = ("gio nay", "bay gio", "hien gio", "luc nay", "dang mo", "con mo", "gio con")
SUNDAY: Final = ("chu nhat", "cn")


def opening(
    text: str,
    day: date | None,
    at: time | None,
    now: datetime,
    stores: Callable[[], hours.Hours],
    staff: Callable[[], hours.Hours],
) -> tuple[str, Values]:
    """The response to a question about hours, and what it is filled with.

    The hours are asked for only where the answer needs them.
    """
    said, today = plain(text), now.date()
    if has(spoken(text), "tết", "mùng") or has(said, *TET):
        return "utter_tet_hours", {}
    if day is None and has(said, *SUNDAY):
        day = today + timedelta(days=(6 - today.weekday()) % 7)
    if at is not None:
        moment = datetime.combine(day or today, at, HERE)
        when = {"when": hours.say_moment(moment, today)}
        known = stores()
        if known.open_at(moment):
            return "utter_open_at", when
        return "utter_closed_at", {**when, "spans": hours.say_spans(known.of(moment.date()))}
    if day is not None and day != today:
        about = {"day": hours.say_day(day, today)}
        spans = stores().of(day)
        if not spans:
            return "utter_closed_day", about
        chat = hours.say_spans(staff().of(day)) or "nghỉ"
        return "utter_open_day", {**about, "spans": hours.say_spans(spans), "chat": chat}
    if day == today or has(said, *NOW, "hom nay", "toi nay", "hn", "hnay", "bua nay"):
        return "utter_open_now", {"today": say_today(stores(), now)}
    return "utter_opening_hours", {}


# A product put aside

HOLD: Final = phrases(
    """(giu|de danh|de phan|de lai|chua lai).{0,12}(giup|gium|dum|jup|cho|ho|minh|e|em|tui|lai)"""
)
QUESTION: Final = phrases(
    """duoc khong|dc k|dc ko|duoc hong|dc hong|khong|ko|k|hong|bao nhieu|bao lau|bn
        |may ngay|the nao"""
)


def wants_it_held(text: str) -> bool:
    """Like "giữ giúp mình một cái"."""
    return bool(HOLD.search(plain(text)))


class Deposit(Action):
    """Puts a product aside for those who ask for it; tells the others how that works."""

    def name(self) -> str:
        return "action_deposit"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        text = text_of(tracker)
        asks = QUESTION.search(plain(text)) and not entity_of(tracker, "product")
        if wants_it_held(text) and not asks:
            return [FollowupAction("hold_form")]
        dispatcher.utter_message(response="utter_faq_dat_coc_giu_hang")
        return []


NOT_SOLD: Final = "not sold: "


def read_product(heard: Heard) -> str | None:
    """The catalogue's id of the product named; when it was asked for, of the nearest one."""
    found = heard.first("product")
    if found:
        return str(found)
    likely = heard.first("category") or heard.first("brand") or heard.intent in TRIES_TO_ANSWER
    if not heard.asked or not likely or len(heard.text) < 3:
        return None
    if shop.not_sold(heard.text):
        return NOT_SOLD + heard.text
    nearest = shop.products(query=heard.text, limit=1)
    return nearest[0].id if nearest else None


def refuse_product(value: str) -> tuple[str, Values] | None:
    """Brands that are not ours; what comes nearest can be chosen."""
    if not value.startswith(NOT_SOLD):
        return None
    ours = shop.nearest(value.removeprefix(NOT_SOLD))
    return "utter_hold_not_sold", {
        "buttons": [{"title": each.name, "payload": each.name} for each in ours]
    }


def read_city(heard: Heard) -> str | None:
    """The store, by the customer's place."""
    store = store_named(heard.text, heard.first("province"))
    return CITIES[store] if store else None


PRODUCT: Final = Field(
    "product",
    read_product,
    "tên sản phẩm",
    "tai nghe Bống Air 2",
    ask="utter_ask_product_hold",
    refuse=refuse_product,
)
STORE_CITY: Final = Field("store_city", read_city, "cửa hàng", "Đà Nẵng")
PERSON_NAME: Final = Field(
    "person_name", read_name, "tên người đến nhận", "Lan", ask="utter_ask_person_name_hold"
)
PHONE: Final = Field(
    "phone", entity("phone"), "số điện thoại", "0912 345 678", ask="utter_ask_phone_hold"
)


def product_name(product_id: str) -> str:
    """As the catalogue calls it, inside a sentence. Raises ShopDown when it does not know it."""
    found = shop.products(ids=[product_id], limit=1)
    if not found:
        raise shop.ShopDown("products: one of the shop's own ids is unknown")
    name = found[0].name
    return name[0].lower() + name[1:]


def read_back(values: Values) -> Values:
    return {**values, "item": product_name(str(values["product"]))}


def hold(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Puts it aside, or says where it is left."""
    product, city = str(request.values["product"]), str(request.values["store_city"])
    item = product_name(product)
    done = shop.hold_product(
        product,
        city,
        str(request.values["person_name"]),
        str(request.values["phone"]),
        request.requester,
        request.key,
    )
    if isinstance(done, shop.Refused):
        left = [name for name, pieces in shop.stock(product).by_city.items() if pieces]
        dispatcher.utter_message(
            response="utter_hold_elsewhere" if left else "utter_hold_sold_out",
            item=item,
            city=city,
            left=", ".join(left),
        )
        return []
    store = next(key for key, name in CITIES.items() if name == city)
    until = f"{done.until.astimezone(HERE):%H:%M %-d/%-m}" if done.until else ""
    dispatcher.utter_message(
        response="utter_held",
        item=item,
        address=shop.facts()[f"store_{store}"],
        until=until,
        reference=done.reference,
    )
    return [SlotSet("promise", f" Như đã hẹn, cửa hàng {city} giữ hàng đến {until}.")]


ValidateHoldForm, SubmitHold = register(
    Form(
        "hold_form",
        (PRODUCT, STORE_CITY, PERSON_NAME, PHONE),
        hold,
        confirm="utter_confirm_hold",
        summary=read_back,
        own=frozenset({"faq_dat_coc_giu_hang"}),
    )
)
