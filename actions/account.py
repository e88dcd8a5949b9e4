"""The customer's account, points and personal data."""

from datetime import datetime, time
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.forms import (
    NOT_NEEDED,
    Field,
    Form,
    Heard,
    Request,
    Values,
    entity,
    hand_off,
    register,
    words,
)
from actions.order import NO_CODE, ORDER_CODE, PHONE_LAST4, bare_code, say_date, tell_locked
from actions.talk import Event, entity_of, last_response, now_of, phrases, plain, text_of

# What goes wrong with an account, by the words for it; the first that fits.
TROUBLES: Final = {
    "utter_account_stolen": phrases("hack|nguoi khac vao|nguoi la|may la|bi chiem|co nguoi doi"),
    "utter_account_person": phrases(
        """gop|trung|khoa|doi sim|mat sim|so moi|sang so|so khac|ton tai|da dang ky|lich su
        |don hang|khuon mat|lien ket"""
    ),
    "utter_account_otp": phrases("otp|ma xac (nhan|minh|thuc)|mail khoi phuc|mail gui"),
    "utter_account_new": phrases("(dang ky|dky|tao) (tk|tai khoan|acc)|tao tai khoan"),
}
TROUBLES_TOLD: Final = frozenset({*TROUBLES, "utter_account_login"})
STILL: Final = phrases("(van|chua|khong|hong|k|ko|chang) (van |the )?(duoc|dc|vao|vo|nhan|thay)")


def did_not_help(tracker: Tracker) -> bool:
    """Like "vẫn không được", said to guidance."""
    said = plain(text_of(tracker))
    return last_response(tracker) in TROUBLES_TOLD and bool(STILL.search(said))


class Account(Action):
    """Guidance by what went wrong, once. A stranger in the account is for a person at once."""

    def name(self) -> str:
        return "action_account"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        said = plain(text_of(tracker))
        response = next(
            (name for name, likely in TROUBLES.items() if likely.search(said)),
            "utter_account_login",
        )
        if last_response(tracker) == response or did_not_help(tracker):
            return hand_off(dispatcher, tracker, "no_progress")
        dispatcher.utter_message(response=response)
        if response == "utter_account_stolen":
            return hand_off(dispatcher, tracker, "scam")
        return []


# Points

OWN: Final = phrases(
    """(con|duoc|co) (bao nhieu|may|nhieu|nhiu|bn) diem|check diem|kiem tra diem
        |ktra diem|xem diem|tra diem|diem (cua|thuong cua) (minh|em|e|m|chi|anh|tui|toi)
        |diem .{0,20}con bao nhieu|diem diec gi khong|(minh|em|tui|anh|chi) dang o hang
        |hang the cua (minh|em)|chua (thay )?cong( diem)?|can (tieu|mua) them bao nhieu"""
)


class AskLoyalty(Action):
    """One's own points need an order and its phone; the rules are told to everybody."""

    def name(self) -> str:
        return "action_loyalty"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        said = plain(text_of(tracker))
        if OWN.search(said) or entity_of(tracker, "order_code") or entity_of(tracker, "phone"):
            return [FollowupAction("loyalty_form")]
        dispatcher.utter_message(response="utter_loyalty_terms")
        return []


PHONE: Final = Field(
    "phone",
    entity("phone"),
    "số điện thoại đặt hàng",
    "0912 345 678",
    ask="utter_ask_phone_loyalty",
)


def points(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Points, tier and what runs out."""
    found = shop.loyalty(
        str(request.values["phone"]), str(request.values["order_code"]), request.requester
    )
    if isinstance(found, shop.NotFound):
        dispatcher.utter_message(response="utter_loyalty_not_found")
    elif isinstance(found, shop.Locked):
        tell_locked(dispatcher, found)
    else:
        dispatcher.utter_message(response="utter_loyalty", **say_points(found))
    return []


def say_points(found: shop.Loyalty) -> Values:
    def number(count: int) -> str:
        return f"{count:,}".replace(",", ".")

    upwards = ""
    if found.next_tier:
        upwards = f" Thêm {number(found.points_needed)} điểm nữa là lên hạng {found.next_tier}."
    ending = ""
    if found.expire_points and found.expire_on:
        day = say_date(found.expire_on.isoformat())
        ending = f" Trong đó {number(found.expire_points)} điểm hết hạn vào {day}."
    return {
        "points": number(found.points),
        "tier": found.tier,
        "upwards": upwards,
        "ending": ending,
    }


ValidateLoyaltyForm, SubmitLoyalty = register(
    Form(
        "loyalty_form",
        (
            Field(
                "order_code",
                entity("order_code", bare=bare_code),
                ORDER_CODE.what,
                ORDER_CODE.example,
                ask="utter_ask_order_code_loyalty",
                helps=NO_CODE,
            ),
            PHONE,
        ),
        points,
        own=frozenset({"ask_loyalty"}),
    )
)

# Personal data

KINDS: Final = {
    "delete": "xoá dữ liệu",
    "correct": "sửa dữ liệu",
    "stop": "ngừng sử dụng dữ liệu",
    "see": "xem dữ liệu",
}
WISHES: Final = {
    "delete": phrases("xoa|go|quen toi|bo het|khong giu lai"),
    "correct": phrases("sua|chinh|cap nhat|ghi sai|doi thanh|bi sai"),
    "stop": phrases(
        """ngung|dung xu ly|dung su dung|rut lai
        |(khong|hong|ko|k|chua|khong he) (he )?dong y"""
    ),
    "see": phrases(
        """xem|ban sao|tai ve|xuat|luu (nhung )?(thong tin|gi|j)|dang luu|giu|tu dau|o dau
        |ai cho|sao shop|rang shop|sao co|chia se|ben nao|ban ghi|liet ke
        |cho (toi )?biet"""
    ),
}
OWN_DATA: Final = phrases(
    "(xoa|xem|sua|ngung dung) (het |lai )?(du lieu|thong tin|ho so)( ca nhan)?( cua)?"
    " (toi|minh|em|e|tui|anh|chi)"
)
ASKED_BEFORE: Final = phrases("xong chua|toi dau roi|den dau roi|gui tuan truoc")


def read_kind(heard: Heard) -> str | None:
    """What is wished for, told by its verb; a deletion is the strongest wish."""
    said = plain(heard.text)
    if not (heard.asked or heard.intent == "request_data_rights" or OWN_DATA.search(said)):
        return None
    return next((kind for kind, likely in WISHES.items() if likely.search(said)), None)


class DataRights(Action):
    """A wish about one's own data. One made earlier is looked up by a person."""

    def name(self) -> str:
        return "action_data_rights"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if ASKED_BEFORE.search(plain(text_of(tracker))):
            return hand_off(dispatcher, tracker, "data_request")
        return [FollowupAction("data_form")]


DATA_KIND: Final = Field("data_kind", read_kind, "loại yêu cầu", "xoá dữ liệu")
DATA_ORDER: Final = Field(
    "order_code",
    entity("order_code", bare=bare_code),
    ORDER_CODE.what,
    ORDER_CODE.example,
    ask="utter_ask_order_code_data",
    helps=NO_CODE,
)
NOTE: Final = Field(
    "note",
    words(),
    "nội dung cần sửa",
    "tên đúng là Nguyễn Thị Lan",
    ask="utter_ask_note_data",
    needed=lambda values: values.get("data_kind") == "correct",
)


def read_back(values: Values) -> Values:
    note = values["note"]
    return {
        "kind": KINDS[str(values["data_kind"])],
        "code": values["order_code"],
        "about": "" if note in (None, NOT_NEEDED) else f", nội dung: {note}",
    }


def request_data(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Hands the wish in and tells its number and last day."""
    kind = str(request.values["data_kind"])
    done = shop.data_request(
        kind,
        str(request.values["order_code"]),
        str(request.values["phone_last4"]),
        request.requester,
        str(request.values["note"] or ""),
        request.key,
    )
    if isinstance(done, shop.NotFound):
        dispatcher.utter_message(response="utter_data_not_found")
        return []
    if isinstance(done, shop.Locked):
        tell_locked(dispatcher, done)
        return []
    if done.due_on is None:
        raise shop.ShopDown("data-requests: no last day")
    due = say_date(done.due_on.isoformat())
    dispatcher.utter_message(
        response="utter_data_received", reference=done.reference, kind=KINDS[kind], due=due
    )
    # A colleague sees to it: by the law's day, or the shop's own.
    last = datetime.combine(done.due_on, time(23, 59), now_of(request.tracker).tzinfo)
    task = f"Yêu cầu {done.reference}: {KINDS[kind]}"
    promised = {"kind": "data_request", "text": task, "due_at": last.isoformat()}
    dispatcher.utter_message(json_message={"promised": promised})
    return [SlotSet("promise", f" Yêu cầu {done.reference} sẽ có kết quả trước hết {due}.")]


ValidateDataForm, SubmitData = register(
    Form(
        "data_form",
        (DATA_KIND, NOTE, DATA_ORDER, PHONE_LAST4),
        request_data,
        confirm="utter_confirm_data",
        summary=read_back,
        own=frozenset({"request_data_rights"}),
    )
)
