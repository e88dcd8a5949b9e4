"""The pretend Telegram app in a person's hand: what it shows, and what the bot is told of it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.simulators.base import Bubble, Json, Person
from bot.simulators.telegram_checks import Refusal

if TYPE_CHECKING:
    from bot.simulators.telegram import TelegramSimulator

BOT: Json = {"id": 700000001, "is_bot": True, "first_name": "ShopBot", "username": "shop_bot"}
GROUP: Json = {"id": -1001234567890, "title": "Hội yêu nhà", "type": "supergroup"}
STICKER: Json = {"width": 512, "height": 512, "is_animated": True, "is_video": False}


def chat_of(person: Person) -> Json:
    return {"id": int(person.id), "first_name": person.name, "type": "private"}


def user_of(person: Person) -> Json:
    return {
        "id": int(person.id),
        "is_bot": False,
        "first_name": person.name,
        "language_code": "vi",
    }


def act(telegram: TelegramSimulator, person: Person, act: str, value: Json) -> None:
    """One touch of the screen. Raises NotImplementedError for what the app cannot do."""
    if act == "say":
        _write(telegram, person, value["text"], text=value["text"])
    elif act == "start":
        _start(telegram, person, value.get("source", ""))
    elif act == "attach":
        _attach(telegram, person, value)
    elif act == "sticker":
        data = telegram.kept.keep("document", b"TGS", "sticker.tgs", "application/x-tgsticker")
        made = {key: data["document"][key] for key in ("file_id", "file_unique_id", "file_size")}
        sticker = {**STICKER, **made, "emoji": "👍", "set_name": "HotCherry", "type": "regular"}
        _write(telegram, person, "👍", sticker=sticker)
    elif act == "place":
        place = {"latitude": value["latitude"], "longitude": value["longitude"]}
        _write(telegram, person, f"{value['latitude']}, {value['longitude']}", location=place)
    elif act == "contact":
        card = {
            "phone_number": value["phone"],
            "first_name": person.name,
            "user_id": int(person.id),
        }
        _write(telegram, person, value["phone"], contact=card)
    elif act == "group_say":
        _say_in_group(telegram, person, value["text"], bool(value.get("mention")))
    elif act == "press":
        _press(telegram, person, _bubble(person, value), value["title"])
    elif act == "edit":
        _edit(telegram, person, _bubble(person, value), value["text"])
    elif act == "react":
        _bubble(person, value).reaction = value["emoji"]  # a private chat's bot is not told
    elif act == "recall":
        _bubble(person, value).recalled = True  # nor of this
    elif act == "see":
        for bubble in person.bubbles:
            bubble.seen = bubble.seen or bubble.by != "customer"
    elif act in ("block", "follow"):
        _join(telegram, person, stays=act == "follow")
    else:
        raise NotImplementedError(f"Telegram: {act}")


def _bubble(person: Person, value: Json) -> Bubble:
    return next(bubble for bubble in person.bubbles if bubble.id == value["bubble"])


def _write(
    telegram: TelegramSimulator, person: Person, shown: str, group: Json | None = None, **what: Any
) -> Bubble:
    now, chat = telegram.clock(), group or chat_of(person)
    if not group:
        person.wrote_at = now
        if person.blocked:  # the app makes one unblock the bot first
            _join(telegram, person, stays=True)
    message = telegram.message(user_of(person), chat, now, **what)
    bubble = telegram.show(person, Bubble(str(message["message_id"]), "customer", now, shown))
    telegram.updates.add("message", dict(message), f"chat {chat['id']}")
    return bubble


def _start(telegram: TelegramSimulator, person: Person, source: str) -> None:
    text = f"/start {source}".strip()
    command = {"offset": 0, "length": len("/start"), "type": "bot_command"}
    _write(telegram, person, text, text=text, entities=[command])


def _attach(telegram: TelegramSimulator, person: Person, value: Json) -> None:
    name, text = value["file"], value.get("text", "")
    data, mime = telegram.files[name]
    kinds = {"image": "photo", "video": "video", "audio": "audio"}
    kind = "voice" if mime == "audio/ogg" else kinds.get(mime.partition("/")[0], "document")
    try:
        what = telegram.kept.keep(kind, data, name, mime)
    except Refusal:  # a picture that the app cannot read is sent as it is
        kind, what = "document", telegram.kept.keep("document", data, name, mime)
    caption = {"caption": text} if text else {}
    bubble = _write(telegram, person, text, **what, **caption)
    if kind == "photo":
        bubble.pictures = [name]
    else:
        bubble.file = name


def _say_in_group(telegram: TelegramSimulator, person: Person, text: str, mention: bool) -> None:
    if person.id not in telegram.members:
        telegram.members.append(person.id)
    entities: Json = {}
    if mention:
        name = f"@{BOT['username']}"
        text = f"{name} {text}"
        entities = {"entities": [{"offset": 0, "length": len(name), "type": "mention"}]}
    _write(telegram, person, text, GROUP, text=text, **entities)


def _press(telegram: TelegramSimulator, person: Person, bubble: Bubble, title: str) -> None:
    choice = next(each for each in (*bubble.buttons, *bubble.quick) if each.title == title)
    if choice in bubble.quick:
        _write(telegram, person, title, text=title)
    elif choice.key:
        number = str(secrets.randbits(59))
        telegram.presses[number] = telegram.clock()
        query = {
            "id": number,
            "from": user_of(person),
            "message": dict(telegram.messages[int(person.id), int(bubble.id)]),
            "chat_instance": "-4153021475233321120",
            "data": choice.key,
        }
        telegram.updates.add("callback_query", query, f"callback {person.id}")


def _edit(telegram: TelegramSimulator, person: Person, bubble: Bubble, text: str) -> None:
    message = telegram.messages[int(person.id), int(bubble.id)]
    key = "text" if "text" in message else "caption"
    message |= {key: text, "edit_date": _seconds(telegram.clock())}
    bubble.text, bubble.edited = text, True
    telegram.updates.add("edited_message", dict(message), f"chat {person.id}")


def _join(telegram: TelegramSimulator, person: Person, *, stays: bool) -> None:
    person.blocked = not stays
    member = {"user": BOT, "status": "member"}
    kicked = {"user": BOT, "status": "kicked", "until_date": 0}
    change = {
        "chat": chat_of(person),
        "from": user_of(person),
        "date": _seconds(telegram.clock()),
        "old_chat_member": kicked if stays else member,
        "new_chat_member": member if stays else kicked,
    }
    telegram.updates.add("my_chat_member", change, f"member {person.id}")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
