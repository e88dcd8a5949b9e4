"""Being left in peace, being called back, and consent to news."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import honest, hours, shop
from actions.forms import (
    NOT_NEEDED,
    Field,
    Form,
    Heard,
    Request,
    Values,
    entity,
    leave,
    or_a_person,
    pause,
    register,
    words,
)
from actions.talk import HERE, Event, has, last_response, now_of, plain, spoken, text_of

FARTHEST: Final = timedelta(days=30)  # nobody remembers what a later call is about
SOON: Final = (
    "luc nao cung duoc",
    "luc nao cung dc",
    "khi nao cung duoc",
    "gio nao cung duoc",
    "gio nao cung dc",
    "bao gio cung duoc",
    "cang som cang tot",
    "som nhat",
    "khi nao ranh",
    "khi mo ranh",
    "mo ranh",
    "luc nao ranh",
    "ngay bay gio",
    "goi ngay",
    "goi luon",
)
# Parts of the day, for those who name no hour. Without accents "toi" is also "I" and "sang" "to".
PARTS: Final = {
    "sáng": time(9),
    "sang mai": time(9),
    "sang nay": time(9),
    "buoi sang": time(9),
    "trưa": time(11),
    "trua mai": time(11),
    "trua nay": time(11),
    "buoi trua": time(11),
    "chiều": time(14),
    "chieu": time(14),
    "tối": time(19),
    "toi nay": time(19),
    "toi mai": time(19),
    "buoi toi": time(19),
}
NIGHT: Final = ("sáng", "sang", "đêm", "dem", "khuya")


class SayBusy(Action):
    """Stops at once. Out of a form it offers three times for a call; a form waits unasked."""

    def name(self) -> str:
        return "action_say_busy"

    @or_a_person
    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        left: list[Event] = []
        if tracker.active_loop_name == honest.NAME:
            left = leave(tracker)  # we began it
        elif tracker.active_loop_name:
            dispatcher.utter_message(response="utter_busy_in_form")
            return pause(tracker)
        now = now_of(tracker)
        times = hours.of_staff().free_times(now)
        names = ("first", "second", "third")
        said = {n: hours.say_moment(t, now.date()) for n, t in zip(names, times, strict=True)}
        buttons = [offer(t, now.date(), "gọi lại cho mình lúc ") for t in times]
        later = {"title": "Để sau", "payload": "/deny"}
        dispatcher.utter_message(response="utter_busy", buttons=[*buttons, later], **said)
        return left


class NoNeed(Action):
    """Thanks and goes; asks once whether rare news are welcome, never of who has said it."""

    def name(self) -> str:
        return "action_no_need"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        # "Không cần gọi" is a no to the call, "chưa có nhu cầu" is no need.
        of_the_call = has(plain(text_of(tracker)), "goi")
        if (last_response(tracker) != "utter_busy" or of_the_call) and (
            refused := declined(dispatcher, tracker)
        ) is not None:
            return refused
        dispatcher.utter_message(response="utter_no_need")
        left = leave(tracker) if tracker.active_loop_name else []
        if tracker.get_slot("news") is not None:
            return left
        dispatcher.utter_message(response="utter_ask_news")
        return [*left, SlotSet("news", "asked")]


class OptIn(Action):
    """A yes to news, with the words that were shown."""

    def name(self) -> str:
        return "action_opt_in"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        return consent(dispatcher, tracker, given=True)


class OptOut(Action):
    """A no to news: works at once, is confirmed once, and nothing is asked back."""

    def name(self) -> str:
        return "action_opt_out"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        known = tracker.get_slot("news") == "no"
        response = "utter_opt_out_again" if known else "utter_opt_out"
        return consent(dispatcher, tracker, given=False, response=response)


class ReachOut(Action):
    """What we say of ourselves: `outreach` tells of what kind, and about what."""

    def name(self) -> str:
        return "action_reach_out"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        told = tracker.get_slot("outreach")
        kind, about = told["outreach"]["kind"], told["outreach"]["about"]
        opening = "honest" if about.get("honest") else kind
        dispatcher.utter_message(response=f"utter_care_{opening}", **about)
        if product := about.get("product"):  # "giá?" asks for the price of that
            return [SlotSet("product", product), SlotSet("product_at", datetime.now().timestamp())]
        return []


def consent(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    *,
    given: bool,
    response: str = "utter_opt_in",
) -> list[Event]:
    """Says a response that carries the record of a yes or a no to news. An open form waits for the
    next message: its question must not look like an answer."""
    dispatcher.utter_message(response=response)
    return [SlotSet("news", "yes" if given else "no"), *pause(tracker)]


def declined(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event] | None:
    """What a no to our own offer of news or of a call does; None when neither was offered."""
    match last_response(tracker):
        case "utter_ask_news":
            return consent(dispatcher, tracker, given=False, response="utter_news_declined")
        case "utter_busy":
            dispatcher.utter_message(response="utter_busy_stop")
            return []
    return None


# A call back


def offer(at: datetime, today: date, before: str = "") -> dict[str, str]:
    """A button for a time; its words are read like any other."""
    return {
        "title": hours.say_moment(at, today),
        "payload": f"{before}{at:%H:%M} ngày {at.day}/{at.month}",
    }


def read_day(heard: Heard) -> str | None:
    """The day of the call, when one is named."""
    found = heard.first("date")
    return str(found)[:10] if found else None


def read_at(heard: Heard) -> str | None:
    """The moment of the call, once its hour is known: of the day named now or before, else of the
    next day that still has that hour."""
    if not (heard.asked or heard.first("date") or heard.first("time") or asks_for_a_call(heard)):
        return None
    said, written = plain(heard.text), spoken(heard.text)
    known = heard.known.get("call_at")
    staff = hours.of_staff()
    at = heard.first("time")
    hour = time.fromisoformat(str(at)[:5]) if at else None
    if hour is None:
        hour = next((when for word, when in PARTS.items() if has(written, word)), None)
    elif hour.hour < 12 and not has(written, *NIGHT):
        hour = daytime(hour, staff)
    if hour is None and has(said, *SOON):
        return staff.free_times(heard.at, 1)[0].isoformat()
    named = read_day(heard)
    if hour is None and named and known:
        hour = datetime.fromisoformat(known).time()  # another day, the same hour
    if hour is None:
        return None
    if named is None and heard.known.get("call_day") not in (None, NOT_NEEDED):
        named = str(heard.known["call_day"])
    if named:
        return datetime.combine(date.fromisoformat(named), hour, HERE).isoformat()
    day = datetime.fromisoformat(known).date() if known else heard.at.date()
    moment = datetime.combine(day, hour, HERE)
    return (moment if moment > heard.at else moment + timedelta(days=1)).isoformat()


def asks_for_a_call(heard: Heard) -> bool:
    return heard.intent == "request_callback"


def daytime(hour: time, staff: hours.Hours) -> time:
    """ "3 giờ" is three in the afternoon where nobody works at three in the night."""
    if any(start <= hour for spans in staff.week for start, _ in spans):
        return hour
    return hour.replace(hour=hour.hour + 12)


def refuse_day(iso: str) -> tuple[str, Values] | None:
    """Past days, days too far off, and days on which nobody works."""
    today, day = datetime.now(HERE).date(), date.fromisoformat(iso)
    if day < today:
        return "utter_call_past", {"when": hours.say_day(day, today)}
    if day - today > FARTHEST:
        return "utter_call_far", {}
    if not hours.of_staff().of(day):
        return "utter_call_closed", {"when": hours.say_day(day, today)}
    return None


def refuse_at(iso: str) -> tuple[str, Values] | None:
    """Past moments, and those at which nobody is there to call."""
    now, at = datetime.now(HERE), datetime.fromisoformat(iso)
    day = refuse_day(at.date().isoformat())
    if day:
        return day
    when = {"when": hours.say_moment(at, now.date())}
    if at <= now:
        return "utter_call_past", when
    return None if hours.of_staff().open_at(at) else ("utter_call_closed", when)


def offer_times(tracker: Tracker, values: Values) -> Values:
    """Three times to choose from; of the day that is already known."""
    now, day = now_of(tracker), values.get("call_day")
    today, staff = now.date(), hours.of_staff()
    if day in (None, NOT_NEEDED):
        return {"buttons": [offer(at, today) for at in staff.free_times(now)]}
    day = date.fromisoformat(str(day))
    start = max(now, datetime.combine(day, time(), HERE))
    times = [at for at in staff.free_times(start) if at.date() == day]
    if not times:
        return {"buttons": [offer(at, today) for at in staff.free_times(now)]}
    return {
        "response": "utter_ask_call_hour",
        "day": hours.say_day(day, today),
        "buttons": [offer(at, today) for at in times],
    }


PHONE: Final = Field(
    "phone", entity("phone"), "số điện thoại", "0912 345 678", ask="utter_ask_phone_callback"
)
CALL_DAY: Final = Field(
    "call_day", read_day, "ngày giờ gọi", "ngày mai", needed=lambda values: False, refuse=refuse_day
)
CALL_AT: Final = Field(
    "call_at", read_at, "ngày giờ gọi", "3 giờ chiều mai", extras=offer_times, refuse=refuse_at
)
MATTER: Final = Field(
    "matter",
    words(),
    "việc cần trao đổi",
    "tư vấn máy lạnh",
    ask="utter_ask_matter_callback",
    optional=True,
)


def read_back(values: Values) -> Values:
    matter = values["matter"]
    return {
        "phone": values["phone"],
        "when": say_call(values["call_at"]),
        "about": "" if matter in (None, NOT_NEEDED) else f", về việc: {matter}",
    }


def say_call(iso: str) -> str:
    """Like "15:00 thứ Tư 25/11": never "ngày mai", which may be read another day."""
    at = datetime.fromisoformat(iso)
    return f"{at:%H:%M} {hours.WEEKDAYS[at.weekday()]} {at.day}/{at.month}"


def book(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Books the call."""
    phone, at = str(request.values["phone"]), str(request.values["call_at"])
    shop.book_callback(
        phone,
        datetime.fromisoformat(at),
        str(request.values["matter"] or ""),
        request.requester,
        request.key,
    )
    dispatcher.utter_message(response="utter_callback_booked", phone=phone, when=say_call(at))
    about = read_back(request.values)["about"]
    promised = {"kind": "callback", "text": f"{phone}{about}", "due_at": at}
    dispatcher.utter_message(json_message={"promised": promised})
    return [SlotSet("promise", f" Như đã hẹn, nhân viên sẽ gọi lúc {say_call(at)}.")]


ValidateCallbackForm, SubmitCallback = register(
    Form(
        "callback_form",
        (CALL_DAY, CALL_AT, PHONE, MATTER),
        book,
        confirm="utter_confirm_callback",
        summary=read_back,
        own=frozenset({"request_callback"}),
    )
)
