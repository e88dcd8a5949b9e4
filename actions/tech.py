"""Help with a fault: at most three steps to try, then the workshop or a person.

The steps are the responses `utter_tech_<group>_1` to `_3`; what puts a fault into a group is here.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.customer import GOODS, another_matter
from actions.forms import Field, Form, Heard, Request, Values, ask_action, likeliest, register
from actions.talk import Event, plain

# How people tell of a fault. The longest phrase in a message decides; accents do not matter.
GROUPS: Final = {
    "power": ("không lên nguồn", "không mở được", "mở không lên", "bật không lên",
              "không khởi động", "sập nguồn", "mất nguồn", "mở mãi không lên",
              "k lên nguồn", "ko lên nguồn", "hông lên nguồn",
              "không bật được", "không hoạt động", "tự tắt nguồn",
              "hư nguồn", "không lên"),
    "network": ("wifi", "wi fi", "bluetooth", "kết nối", "không có mạng", "mất mạng", "rớt mạng",
                "internet", "không bắt bluetooth", "không kết nối được wifi"),
    "screen": ("màn hình", "sọc màn hình", "không có hình", "mất hình", "không lên hình", "tối đen",
               "tối thui", "nhòe màu", "nhấp nháy", "cảm ứng", "liệt cảm ứng", "đơ màn hình",
               "sọc", "điểm chết", "đen màn hình"),
    "sound": ("mất tiếng", "không có tiếng", "không nghe", "bị rè", "loa rè", "rè", "âm thanh",
              "nghe được một bên", "nhỏ tiếng", "mic không nghe", "micro", "không ra tiếng"),
    "cooling": ("không lạnh", "không mát", "hổng mát", "k lạnh", "ko lạnh", "yếu lạnh", "kém lạnh",
                "hông lạnh", "đóng tuyết", "làm lạnh", "không đông đá", "hổng lạnh"),
    "washing": ("máy giặt", "không vắt", "không xả nước", "không cấp nước", "không vào nước",
                "giặt không sạch", "rung lắc"),
    "slow": ("chạy chậm", "chậm", "lag", "giật lag", "máy giật lag", "bị treo", "treo máy", "bị đơ",
             "treo logo", "ì ạch"),
    "battery": ("pin", "tụt pin", "hết pin nhanh", "chai pin", "không sạc được", "không vào điện",
                "sạc không vô", "sạc không vào", "không nhận sạc", "sạc chậm", "không sạc"),
    "other": ("lỗi khác", "khác"),
}  # fmt: skip
STEPS: Final = ("step_1", "step_2", "step_3")
SOLVED: Final = (
    "được rồi", "đc rồi", "dc rồi", "đc r", "dc r", "được r", "ok rồi", "oke rồi", "ok r",
    "lên rồi", "lên hình rồi", "hết rồi", "hết bị", "hết lỗi", "ổn rồi", "chạy rồi", "có rồi",
    "có hình rồi", "có tiếng rồi", "vào được", "kết nối được", "mát rồi", "lạnh rồi",
    "bình thường rồi",
    "ngon rồi", "xong rồi", "không bị nữa", "không còn bị", "không lỗi nữa", "được", "được luôn",
)  # fmt: skip
UNSOLVED: Final = re.compile(r"\b(van|chua|khong|ko|k|hong|hok|hem|khum|vay|y nhu cu|bo tay)\b")
FIXED: Final = re.compile(r"\b(khong|ko|k|hong) (con )?(bi|loi) (nua|gi nua)\b")


def symptom_of(text: str) -> str | None:
    """The group of a fault that is told of, or None."""
    return likeliest(text, GROUPS)


def read_fault(heard: Heard) -> str | None:
    """The customer's words about the fault, kept for the workshop."""
    if another_matter(heard) and not (heard.intent == "tech_support" and heard.text):
        return None
    return heard.text if heard.intent == "tech_support" or heard.asked else None


def read_group(heard: Heard) -> str | None:
    """The kind of fault, from a button or from any words about it."""
    return symptom_of(heard.text) if heard.asked or heard.intent == "tech_support" else None


def read_outcome(heard: Heard) -> str | None:
    """What a step did: solved, unsolved, or the customer would rather have it repaired."""
    if not heard.asked:
        return None
    if heard.intent == "request_repair":
        return "repair"
    said = plain(heard.text)
    if FIXED.search(said):
        return "solved"
    if heard.intent.startswith(("ask_", "faq_")) or heard.text.endswith("?"):
        return None
    if UNSOLVED.search(said):
        return "unsolved"
    return likeliest(heard.text, {"solved": SOLVED})


def read_what_now(heard: Heard) -> str | None:
    """Whether it goes to the workshop."""
    if not heard.asked:
        return None
    if heard.intent in ("affirm", "request_repair"):
        return "repair"
    return likeliest(heard.text, {"repair": ("gửi sửa máy", "gửi sửa", "sửa"), "no": ("để sau",)})


def after(slot: str) -> Callable[[Values], bool]:
    return lambda values: values.get(slot) == "unsolved"


def finish(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Glad, or on to the repair form with what is known of the fault."""
    values = request.values
    if "repair" in values.values():
        item = GOODS.search(values["fault"] or "")
        return [
            SlotSet("symptom", values["fault"]),
            SlotSet("item", item[0] if item else None),
            FollowupAction("repair_form"),
        ]
    solved = "solved" in values.values()
    dispatcher.utter_message(response="utter_tech_solved" if solved else "utter_tech_later")
    return []


ValidateTechForm, SubmitTech = register(
    Form(
        "tech_form",
        (
            Field("fault", read_fault, "lỗi của máy", "máy không lên", optional=True,
                  needed=lambda values: False),
            Field("fault_group", read_group, "máy đang bị gì", "không kết nối được wifi"),
            Field("step_1", read_outcome, "kết quả sau khi thử", "được rồi, hoặc chưa được",
                  needed=lambda values: values.get("fault_group") != "other"),
            Field("step_2", read_outcome, "kết quả sau khi thử", "được rồi, hoặc chưa được",
                  needed=after("step_1")),
            Field("step_3", read_outcome, "kết quả sau khi thử", "được rồi, hoặc chưa được",
                  needed=after("step_2")),
            Field("what_now", read_what_now, "lựa chọn của anh/chị", "gửi sửa máy",
                  needed=lambda values: after("step_3")(values)
                  or values.get("fault_group") == "other"),
        ),
        finish,
        own=frozenset({"tech_support"}),
    )
)  # fmt: skip


def ask_step(slot: str) -> type[Action]:
    """Tells what to try, in the words for the group of the fault; else asks again."""
    again: Any = ask_action(slot)

    class AskStep(again):
        def run(
            self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
        ) -> list[Event]:
            if tracker.get_slot("form_tries"):
                return list(super().run(dispatcher, tracker, domain))
            group = tracker.get_slot("fault_group")
            dispatcher.utter_message(response=f"utter_tech_{group}_{slot[-1]}")
            return []

    return AskStep


AskStep1, AskStep2, AskStep3 = (ask_step(slot) for slot in STEPS)
