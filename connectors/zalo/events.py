"""What Zalo tells: one event a webhook, ids and times as strings.

Message events do not name the account: `sender` and `recipient` are the customer and the account,
in the order of who wrote. Events of receipt name the writer of the message first, so the account.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from connectors.base import (
    Arrival,
    Echo,
    Event,
    InboundMessage,
    Json,
    Notice,
    Reach,
    Reaction,
    Recall,
    Receipt,
    Unread,
)
from connectors.zalo.content import content
from connectors.zalo.fields import Odd, as_id, at, id_, object_, string

CHANNEL: Final = "zalo"
ANONYMOUS: Final = "anon:"  # anon:<conversation>:<id>, for people who have not signed in to Zalo
PRESSED: Final = "#b:"  # what our own buttons send, before the key

# The six that the app offers; "/-remove" takes one back.
EMOJI: Final = {
    "/-heart": "❤️",
    "/-strong": "👍",
    ":>": "😄",
    ":o": "😮",
    ":-((": "😢",
    ":-h": "😡",
    "/-remove": "",
}

_PAYLOAD = re.compile(r"#\w{1,64}")
_KEY = re.compile(PRESSED + r"([A-Za-z0-9_-]{1,64})")


def read(data: Json, oa_id: str) -> list[Event]:
    """What an event means to us. What was said in groups is nobody's message to us."""
    name = data.get("event_name")
    try:
        if not isinstance(name, str):
            raise Odd("event_name is missing")
        if "group" in name:
            return []
        reader = _reader(name)
        if reader is None:
            raise Odd(f"unknown event {name[:64]!r}")
        return reader(data, oa_id)
    except Odd as odd:
        return [Unread(CHANNEL, str(odd), data)]


_Reader = Callable[[Json, str], list[Event]]
_MEDIA: Final = (
    *("text", "image", "gif", "link", "audio", "video", "sticker", "location"),
    *("business_card", "file", "list", "template"),
)


def _reader(name: str) -> _Reader | None:
    if "recall" in name:
        return _recall
    for prefix, reader in _SAID.items():
        if name.startswith(prefix) and name.removeprefix(prefix) in _MEDIA:
            return reader
    return _TOLD.get(name)


def _message(data: Json, oa_id: str) -> list[Event]:
    said = object_(data, "message")
    text, attachments, odd = content(said)
    button = ""
    if pressed := _KEY.fullmatch(text):
        text, button = "", pressed[1]
    elif _PAYLOAD.fullmatch(text):
        # A menu's payload; a person may have typed it, so it stays a text as well.
        button = text
    if not (text or button or attachments):
        raise Odd("; ".join(odd) or "nothing in the message")
    _addressed(data, oa_id, "recipient")
    message = InboundMessage(
        channel=CHANNEL,
        external_id=id_(said, "msg_id"),
        sender_id=_customer(data, "sender"),
        sent_at=at(data),
        text=text,
        button=button,
        attachments=attachments,
        raw=data,
    )
    return [message, *(Unread(CHANNEL, reason, data) for reason in odd)]


def _echo(data: Json, oa_id: str) -> list[Event]:
    said = object_(data, "message")
    text, attachments, _ = content(said)
    _addressed(data, oa_id, "sender")
    # admin_id is there when a person wrote in OA Manager. Without it, it was any program.
    ours = False if object_(data, "sender").get("admin_id") else None
    return [
        Echo(
            CHANNEL,
            id_(said, "msg_id"),
            _customer(data, "recipient"),
            at(data),
            text,
            attachments,
            ours=ours,
        )
    ]


def _receipt(data: Json, oa_id: str) -> list[Event]:
    message = object_(data, "message")
    if "tracking_id" in message:
        raise Odd("a receipt for a template message: not one of ours")
    seen = data["event_name"] == "user_seen_message"
    named = message.get("msg_ids", [message.get("msg_id")])
    if not isinstance(named, list) or not named:
        raise Odd("msg_ids is not a list of ids")
    at(data)
    ids = tuple(as_id(each, "msg_ids") for each in named)
    return [Receipt(CHANNEL, _other(data, oa_id), seen, ids)]


def _reaction(data: Json, oa_id: str) -> list[Event]:
    message = object_(data, "message")
    icon = string(message, "react_icon")
    if not icon:
        raise Odd("react_icon is missing")
    emoji = EMOJI.get(icon, icon)
    return [Reaction(CHANNEL, id_(message, "msg_id"), _other(data, oa_id), emoji, at(data))]


def _recall(data: Json, oa_id: str) -> list[Event]:
    # In no document seen; the shape is that of reactions.
    return [Recall(CHANNEL, id_(object_(data, "message"), "msg_id"), _other(data, oa_id), at(data))]


def _reach(data: Json, oa_id: str) -> list[Event]:
    _own(data, oa_id)
    follower = id_(object_(data, "follower"), "id")
    follows = data["event_name"] == "follow"
    return [Reach(CHANNEL, follower, follows, at(data), string(data, "source"))]


def _arrival(data: Json, oa_id: str) -> list[Event]:
    _own(data, oa_id)
    person = id_(data, "user_id") if "user_id" in data else _customer(data, "sender")
    return [Arrival(CHANNEL, person, at(data))]


def _form(data: Json, oa_id: str) -> list[Event]:
    _addressed(data, oa_id, "recipient")
    info = object_(data, "info")
    place = info.get("full_address")
    if isinstance(place, dict):
        lines = [string(place, key) for key in ("user_address", "user_ward", "user_city")]
    else:  # before 2025
        lines = [string(info, key) for key in ("address", "ward", "district", "city")]
    facts = {
        "name": string(info, "name"),
        "phone": string(info, "phone"),
        "address": ", ".join(line for line in lines if line),
    }
    facts = {key: value for key, value in facts.items() if value}
    return [Arrival(CHANNEL, _customer(data, "sender"), at(data), facts=facts)]


def _withdrawal(data: Json, oa_id: str) -> list[Event]:
    _own(data, oa_id)
    text = (
        f"Khách {id_(data, 'user_id')} yêu cầu qua Zalo: rút lại sự đồng ý, xoá hoặc ngừng xử lý "
        "dữ liệu cá nhân của mình."
    )
    return [Notice(CHANNEL, at(data), text)]


_SAID: Final[dict[str, _Reader]] = {
    "user_send_": _message,
    "anonymous_send_": _message,
    "oa_send_anonymous_": _echo,
    "oa_send_": _echo,
}
_TOLD: Final[dict[str, _Reader]] = {
    "user_seen_message": _receipt,
    "user_received_message": _receipt,
    "user_reacted_message": _reaction,
    "follow": _reach,
    "unfollow": _reach,
    "user_click_chatnow": _arrival,
    "user_submit_info": _form,
    "user_withdraw": _withdrawal,
}


def _customer(data: Json, side: str) -> str:
    person = id_(object_(data, side), "id")
    if "anonymous" not in data["event_name"]:
        return person
    conversation = id_(object_(data, "message"), "conversation_id")
    if ":" in conversation:
        raise Odd("conversation_id has a colon")
    return f"{ANONYMOUS}{conversation}:{person}"


def _addressed(data: Json, oa_id: str, side: str) -> None:
    if id_(object_(data, side), "id") != oa_id:
        raise Odd("of another Official Account")


def _own(data: Json, oa_id: str) -> None:
    """For events that name the account in `oa_id`, or not at all."""
    if data.get("oa_id", oa_id) != oa_id:
        raise Odd("of another Official Account")


def _other(data: Json, oa_id: str) -> str:
    """Whoever of the two is not the account."""
    sides = [id_(object_(data, side), "id") for side in ("sender", "recipient")]
    if oa_id not in sides:
        raise Odd("of another Official Account")
    return sides[0] if sides[1] == oa_id else sides[1]
