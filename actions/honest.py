"""A talk that we began and promised to keep short: three questions, two minutes, one proposal.

The customer sets the pace of a chat, so two minutes are counted from their yes; then we ask
ourselves whether to go on.
"""

from collections.abc import Sequence
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.advice import advise, kinds, read_budget, read_category, read_use
from actions.forms import FORMS, Field, Form, Request, Values, register
from actions.product import last_product
from actions.talk import Event, last_response, said_at

NAME: Final = "honest_form"
PROMISED: Final = 120.0  # seconds
TIME_IS_UP: Final = "utter_honest_time"


def begin(tracker: Tracker) -> Values:
    """The kind of goods is known where the opening was about some."""
    product = last_product(tracker)
    return {"category": product.category} if product else {}


def in_time(tracker: Tracker, values: Values) -> Values:
    """In place of a question after the promised time: whether to go on. It is asked once."""
    begun = 0.0
    for event in tracker.events:
        if event["event"] == "active_loop" and event["name"] == NAME:
            begun = float(event["timestamp"])
        elif event["event"] == "bot" and _response(event) == TIME_IS_UP:
            return {}
    return {"response": TIME_IS_UP} if begun and said_at(tracker) - begun > PROMISED else {}


def goods(tracker: Tracker, values: Values) -> Values:
    return in_time(tracker, values) or kinds(tracker, values)


def spares(tracker: Tracker, asked: str) -> Sequence[str]:
    """Nothing is asked twice; and after the promised time nothing more."""
    if last_response(tracker) != TIME_IS_UP:
        return (asked,)
    return [slot for slot in FORMS[NAME].slots if tracker.get_slot(slot) is None]


def propose(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """What suits what was said. Who said nothing wants nothing: no person is called."""
    if any(request.values.values()):
        return advise(dispatcher, request, most=2)  # three are too long to read
    dispatcher.utter_message(response="utter_busy_stop")
    return []


def _response(event: dict[str, Any]) -> str:
    return str((event.get("metadata") or {}).get("utter_action") or "")


ValidateHonestForm, SubmitHonest = register(
    Form(
        NAME,
        (
            Field(
                "category",
                read_category,
                "loại sản phẩm",
                "điện thoại",
                optional=True,
                extras=goods,
            ),
            Field(
                "use_case",
                read_use,
                "nhu cầu dùng",
                "chụp ảnh, đi học",
                ask="utter_ask_use_briefly",
                optional=True,
                extras=in_time,
            ),
            Field(
                "budget",
                read_budget,
                "khoảng giá",
                "dưới 7 triệu",
                optional=True,
                extras=in_time,
            ),
        ),
        propose,
        begin=begin,
        spares=spares,
    )
)
