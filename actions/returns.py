"""Giving something back: the shop's own rule decides between seven and thirty days."""

import re
from dataclasses import replace
from typing import Final

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.customer import PHOTOS, another_matter, photos_line, picked, told, with_photos
from actions.forms import NOT_NEEDED, Field, Form, Heard, Request, Values, register
from actions.order import ORDER_CODE, PHONE_LAST4, tell_locked
from actions.talk import Event

CONDITIONS: Final = {
    "unused": ("chưa dùng", "chưa sử dụng", "chưa xài", "còn nguyên", "nguyên seal", "chưa bóc",
               "chưa mở", "còn mới", "nguyên hộp", "chưa khui", "chưa"),
    "used": ("đã dùng", "đã sử dụng", "dùng rồi", "xài rồi", "đã xài", "sử dụng rồi", "đã mở",
             "có dùng", "dùng thử", "mở hộp rồi", "xài thử", "rồi"),
    "faulty": ("bị lỗi", "hàng lỗi", "máy lỗi", "lỗi", "hỏng", "hư", "bị hư", "bị hỏng",
               "trục trặc", "không lên", "không hoạt động"),
}  # fmt: skip
SURE_CONDITIONS: Final = {
    "unused": (
        "chưa dùng",
        "chưa sử dụng",
        "chưa xài",
        "còn nguyên seal",
        "chưa bóc",
        "nguyên hộp",
    ),
    "used": ("đã dùng", "đã sử dụng", "đã xài"),
    "faulty": ("bị lỗi", "hàng lỗi", "máy lỗi", "bị hư", "bị hỏng", "hư rồi", "hỏng rồi"),
}
WISHES: Final = {
    "refund": ("hoàn tiền", "trả lại tiền", "lấy lại tiền", "trả tiền", "tiền", "trả lại", "trả"),
    "swap": ("đổi hàng", "đổi cái khác", "đổi máy", "đổi mới", "đổi", "cái khác", "đổi sang"),
}
SURE_WISHES: Final = {
    "refund": ("hoàn tiền", "trả lại tiền", "lấy lại tiền", "trả lại máy lấy tiền"),
    "swap": ("đổi hàng", "đổi cái khác", "đổi máy", "đổi sang", "đổi qua", "đổi cho", "đổi màu"),
}
SAID_CONDITIONS: Final = {"unused": "chưa dùng", "used": "đã dùng", "faulty": "bị lỗi"}
SAID_WISHES: Final = {"refund": "hoàn tiền", "swap": "đổi hàng"}
# As written: without its accent "tại" would be an ear, as in "tai nghe".
BECAUSE: Final = re.compile(
    r"\b(vì|vi|do|tại|bị|bi|nhưng|nhung|chật|rộng|lỗi|loi|hư|hu|hỏng|rè|nặng quá|to quá|nhỏ quá)\b",
    re.I,
)


def read_reason(heard: Heard) -> str | None:
    """Why, asked for or told at once."""
    if heard.asked:
        return told(heard)
    opening = heard.opening and heard.intent == "request_return" and not another_matter(heard)
    return heard.text if opening and BECAUSE.search(heard.text) else None


def summary_of_return(values: Values) -> Values:
    """What is read back."""
    return {
        "code": values["order_code"],
        "reason": values["reason"],
        "condition": SAID_CONDITIONS[values["condition"]],
        "wish": SAID_WISHES[values["wish"]],
        "photos": photos_line(values["photos"]),
    }


def open_return(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """A case, or a no with the way out."""
    values = request.values
    case = shop.open_return(
        order_code=values["order_code"],
        phone_last4=values["phone_last4"],
        requester=request.requester,
        reason=with_photos(values["reason"], values["photos"]),
        condition=values["condition"],
        wish=values["wish"],
        key=request.key,
    )
    match case:
        case shop.NotFound():
            dispatcher.utter_message(response="utter_return_not_found")
            return _only_code_and_digits_again(values)
        case shop.Locked():
            tell_locked(dispatcher, case)
        case shop.Refused(why="too_late"):
            dispatcher.utter_message(response="utter_return_late")
        case shop.Refused(why="used"):
            dispatcher.utter_message(response="utter_return_used")
        case shop.Refused(why="not_delivered"):
            dispatcher.utter_message(response="utter_return_not_delivered")
        case shop.ReturnCase():
            free = case.fee_paid_by == "shop"
            dispatcher.utter_message(
                response="utter_return_opened_free" if free else "utter_return_opened_paid",
                code=case.reference,
            )
            dispatcher.utter_message(response=f"utter_return_{values['wish']}")
        case _:
            raise shop.ShopDown(f"a return was refused for {case.why!r}")
    return []


def _only_code_and_digits_again(values: Values) -> list[Event]:
    """Everything else was told already."""
    kept = ("reason", "condition", "wish", "photos")
    return [SlotSet(slot, values[slot] or NOT_NEEDED) for slot in kept] + [
        FollowupAction("return_form")
    ]


ValidateReturnForm, SubmitReturn = register(
    Form(
        "return_form",
        (
            ORDER_CODE,
            PHONE_LAST4,
            Field(
                "reason", read_reason, "lý do đổi trả", "loa bị rè", ask="utter_ask_return_reason"
            ),
            Field(
                "condition",
                picked(CONDITIONS, SURE_CONDITIONS),
                "tình trạng của hàng",
                "chưa dùng, đã dùng hoặc bị lỗi",
            ),
            Field("wish", picked(WISHES, SURE_WISHES), "mong muốn của anh/chị", "hoàn tiền"),
            replace(PHOTOS, ask="utter_ask_return_photos"),
        ),
        open_return,
        confirm="utter_confirm_return",
        summary=summary_of_return,
        own=frozenset({"request_return"}),
    )
)
