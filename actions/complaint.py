"""Complaints, dangers, threats and frauds: few questions, no excuses, and soon a person."""

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.customer import PHOTOS, another_matter, code_of, digits_beside, with_photos
from actions.forms import (
    Field,
    Form,
    Heard,
    Request,
    Values,
    entity,
    hand_off,
    register,
)
from actions.order import ORDER_CODE, say_date, tell_locked
from actions.order import bare_code as bare_order_code
from actions.talk import Event, plain

KINDS: Final = {
    "complain_delivery": "delivery",
    "complain_quality": "quality",
    "complain_service": "service",
    "wrong_or_missing_item": "wrong_item",
}
# A message with one of these that answers nothing is a customer who has had enough.
ENOUGH: Final = frozenset({*KINDS, "insult", "bot_frustration"})
SUBSTANCE: Final = 5  # words: fewer do not tell what happened


def read_matter(heard: Heard) -> str | None:
    """What happened: told at once, or when asked."""
    if heard.opening:
        return heard.text[:500] if heard.intent in KINDS and tells(heard.text) else None
    if not heard.asked or another_matter(heard) or len(heard.text) < 4:
        return None
    return heard.text[:500]


def tells(text: str) -> bool:
    """Whether a complaint says what it is about, and not only that there is one."""
    rest = plain(text).replace("khieu nai", "").replace("phan anh", "")
    return len(rest.split()) >= SUBSTANCE and rest.strip() != ""


def read_kind(heard: Heard) -> str | None:
    """What kind of complaint the form began with."""
    return KINDS.get(heard.intent) if heard.opening else None


def summary_of_complaint(values: Values) -> Values:
    """What is read back, without what was left out."""
    told = {"Mã đơn": values["order_code"], "Số điện thoại": values["phone"]}
    lines = [f"\n• {what}: {value}" for what, value in told.items() if value != "-"]
    return {"matter": values["matter"], "rest": "".join(lines)}


def open_complaint(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """A code and the shop's promise, then a person."""
    values = request.values
    done = shop.open_complaint(
        kind=values["complaint_kind"] or "service",
        matter=with_photos(values["matter"], values["photos"]),
        order_code=values["order_code"] or "",
        phone=values["phone"] or "",
        name="",
        requester=request.requester,
        key=request.key,
    )
    dispatcher.utter_message(response="utter_complaint_opened", code=done.reference)
    return hand_off(dispatcher, request.tracker, "complaint")


ValidateComplaintForm, SubmitComplaint = register(
    Form(
        "complaint_form",
        (
            Field("complaint_kind", read_kind, "", "", optional=True, needed=lambda values: False),
            Field("matter", read_matter, "chuyện đã xảy ra", "giao trễ 3 ngày mà không ai báo"),
            Field(
                "order_code",
                entity("order_code", bare=bare_order_code),
                ORDER_CODE.what,
                ORDER_CODE.example,
                ask="utter_ask_complaint_order",
                optional=True,
            ),
            Field(
                "phone",
                entity("phone"),
                "số điện thoại",
                "0900 000 001",
                ask="utter_ask_complaint_phone",
                optional=True,
            ),
            Field(
                "photos", PHOTOS.read, "", "", optional=True, needed=lambda values: False
            ),  # never asked for, taken when sent
        ),
        open_complaint,
        confirm="utter_confirm_complaint",
        summary=summary_of_complaint,
        over=dict.fromkeys({*ENOUGH, "angry"}, "complaint"),
    )
)


# --- How far a complaint is

STATES: Final = frozenset({"received", "working", "answered", "closed"})


def look_up_complaint(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """State, who has it and until when; a broken promise brings a person."""
    values = request.values
    found = shop.complaint_status(
        values["complaint_code"], values["phone_last4"], request.requester
    )
    match found:
        case shop.NotFound():
            dispatcher.utter_message(response="utter_complaint_not_found")
        case shop.Locked():
            tell_locked(dispatcher, found)
        case _:
            if found.state not in STATES:
                raise shop.ShopDown(f"unknown state of a complaint: {found.state!r}")
            late = found.overdue and found.state in ("received", "working")
            dispatcher.utter_message(
                response="utter_complaint_overdue" if late else f"utter_complaint_{found.state}",
                code=found.code,
                owner=found.owner,
                due=say_date(found.due_on.isoformat()),
            )
            if late:
                return hand_off(dispatcher, request.tracker, "complaint")
    return []


ValidateComplaintStatusForm, SubmitComplaintStatus = register(
    Form(
        "complaint_status_form",
        (
            Field(
                "complaint_code",
                code_of("complaint_code", "KN"),
                "mã khiếu nại",
                "KN0231",
            ),
            Field(
                "phone_last4",
                digits_beside("complaint_code", "KN"),
                "4 số cuối của số điện thoại đã để lại",
                "0001",
                ask="utter_ask_complaint_digits",
            ),
        ),
        look_up_complaint,
        own=frozenset({"ask_complaint_status"}),
    )
)


# --- Said at once, then a person


class ReportSafety(Action):
    """What to do in danger, before anything else."""

    def name(self) -> str:
        return "action_report_safety"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        dispatcher.utter_message(response="utter_safety")
        return hand_off(dispatcher, tracker, "safety")


class ThreatenEscalation(Action):
    """Calm, without admitting anything."""

    def name(self) -> str:
        return "action_threaten_escalation"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        dispatcher.utter_message(response="utter_urgent")
        return hand_off(dispatcher, tracker, "legal")


class ReportScam(Action):
    """What the shop never asks for, and what to do now."""

    def name(self) -> str:
        return "action_report_scam"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        dispatcher.utter_message(response="utter_scam")
        return hand_off(dispatcher, tracker, "scam")
