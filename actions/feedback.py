"""Praise, suggestions and complaints, told apart by their words."""

import re
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.forms import Field, Form, Heard, Request, or_a_person, register, words
from actions.talk import Event, metadata_of, phrases, plain, text_of

PRAISE: Final = phrases(
    """hai long|khen|de thuong|dth|tuyet voi|tuyet|nhiet tinh|uy tin|ung|ung ho|thich
        |dinh|chu dao|co tam|tot|ngon|dep|hop ly|muot|sach|sieng|le phep|lich su
        |kien nhan|dang hoang|thong minh|xin|hang xin|oke?|[45] sao|(9|10) diem|10 10
        |quay lai|gioi thieu|khong that vong|xung dang|dang dong tien"""
)
SUGGESTION: Final = phrases(
    """gop y|nen|de nghi|de xuat|kien nghi|mong|gia ma|uoc gi|cai thien|y kien
        |them thanh toan|can nhac|lam to len|rut gon|hoi cham|hoi lau|hoi nho|kho tim
        |bi giat|so sai|sao thoi|nhung"""
)
COMPLAINT: Final = phrases(
    """that vong|buc minh|buc xuc|qua te|te qua|te that|te hai|toi te|kho chiu|lua dao
        |vo trach nhiem|mat day|thai do loi lom|khong bao gio (mua|quay lai)|[012] sao
        |kem qua|qua kem|dom|do te"""
)
# Announcing feedback without giving any.
EMPTY: Final = re.compile(
    r"^(minh |em |tui |toi |cho minh |cho em |xin |muon |da |shop oi )*"
    r"(gui |co |duoc )*(gop y|danh gia|y kien|phan hoi|nhan xet)( nho| chut| cho shop| voi shop| ve"
    r"| dich vu| vai dieu| cai nay| nhe| a| dong gop| thi nhan o day duoc khong| ban tu van hom nay"
    r"| shop| san pham| don hang)*$"
)


def kind_of(text: str) -> str | None:
    """praise, suggestion or complaint; None when nothing is said yet."""
    said = plain(text)
    if not said or EMPTY.match(said):
        return None
    if COMPLAINT.search(said) and not re.search(r"\b(khong|chua) (that vong|te)\b", said):
        return "complaint"
    if SUGGESTION.search(said):
        return "suggestion"
    return "praise" if PRAISE.search(said) else "suggestion"


class Feedback(Action):
    """Writes it down, asks for it when it was only announced, or opens a complaint."""

    def name(self) -> str:
        return "action_feedback"

    @or_a_person
    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        text = text_of(tracker)
        if kind_of(text) is None:
            return [FollowupAction("feedback_form")]
        metadata = metadata_of(tracker)
        requester = str(metadata.get("customer") or tracker.sender_id)
        key = f"{tracker.sender_id}-{metadata.get('message', len(tracker.events))}-feedback"
        return take(dispatcher, text, requester, key)


def take(dispatcher: CollectingDispatcher, text: str, requester: str, key: str) -> list[Event]:
    """Stores praise and suggestions; a complaint has its own flow."""
    kind = kind_of(text) or "suggestion"
    if kind == "complaint":
        return [FollowupAction("complaint_form")]
    shop.feedback(kind, text[:2000], requester, key)
    dispatcher.utter_message(response=f"utter_thanks_{kind}")
    return []


def read_feedback(heard: Heard) -> str | None:
    """The customer's words once they say something."""
    text = _WORDS(heard)
    return None if text is None or kind_of(str(text)) is None else str(text)


_WORDS: Final = words(longest=2000)


def submit(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    return take(dispatcher, str(request.values["feedback_text"]), request.requester, request.key)


ValidateFeedbackForm, SubmitFeedback = register(
    Form(
        "feedback_form",
        (Field("feedback_text", read_feedback, "lời góp ý", "web nên có mục bảo hành dễ tìm hơn"),),
        submit,
    )
)
