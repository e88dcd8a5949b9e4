"""Updates, read by python-telegram-bot's types."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from connectors.base import (
    Attachment,
    Edit,
    Event,
    InboundMessage,
    Json,
    Reach,
    Reaction,
    Unread,
)

NAME: Final = "telegram"
FILE: Final = "tg:"  # in a url: what follows is Telegram's file_id
# What a 400 says, as far as it decides what becomes of a message.
KNOWN: Final = (
    "chat not found",
    "message is not modified",
    "query is too old",
    "message to edit not found",
    "message is too long",
    "can't parse entities",
    "button_data_invalid",
    "wrong http url specified",
    "failed to get http url content",
    "file is too big",
    "wrong file identifier",
)


def read(raw: Json, own_id: str, username: str, now: datetime) -> list[Event]:
    """What an update tells; Unread when PTB does not understand it."""
    try:
        update = Update.de_json(raw, None)
        if update.message:
            return _message(update.message, own_id, username, raw)
        if update.edited_message:
            return _edit(update.edited_message, raw)
        if update.callback_query:
            return [_press(update.callback_query, now)]
        if update.my_chat_member:
            return [_member(update.my_chat_member)]
        if update.message_reaction and update.message_reaction.user:
            change = update.message_reaction
            emoji = next((getattr(r, "emoji", "♥") for r in change.new_reaction), "")
            place = message_id(str(change.chat.id), change.message_id)
            return [Reaction(NAME, place, str(change.chat.id), emoji, change.date)]
    except Exception as error:  # PTB raises whatever it trips over in an odd update
        return [Unread(NAME, f"{type(error).__name__} in an update", json.dumps(raw))]
    kinds = ", ".join(key for key in raw if key != "update_id") or "nothing"
    return [Unread(NAME, f"an update of another kind: {kinds[:100]}", json.dumps(raw))]


def message_id(chat_id: str, number: int) -> str:
    """Telegram counts messages by chat."""
    return f"{chat_id}:{number}"


def code_of(description: str) -> str:
    """Our code for a 400: Telegram tells them apart by their words only."""
    said = description.lower()
    return next((f"400/{words}" for words in KNOWN if words in said), "400")


def _message(message: Message, own_id: str, username: str, raw: Json) -> list[Event]:
    private = message.chat.type == ChatType.PRIVATE
    if not private and not _spoken_to(message, own_id, username):
        return []
    text = message.text or message.caption or ""
    files = _attachments(message)
    if not text and not files:
        return [Unread(NAME, "a message without text or file", json.dumps(raw))]
    command, _, rest = text.partition(" ")
    begins = command == "/start"
    menu = command.startswith("/") and not begins
    return [
        InboundMessage(
            NAME,
            message_id(str(message.chat.id), message.message_id),
            str(message.chat.id),
            message.date,
            text="" if begins or menu else text,
            button=f"#{command[1:].partition('@')[0]}" if menu else "",
            attachments=files,
            sender_name=(message.from_user.full_name if message.from_user else "")
            if private
            else (message.chat.title or ""),
            locale=_locale(message.from_user),
            source=rest.strip() if begins else "",
            begins=begins,
            in_group=not private,
        )
    ]


def _spoken_to(message: Message, own_id: str, username: str) -> bool:
    """Whether a message in a group is for us: a reply to us, or our name. Until we know our name,
    that of any bot: their names end so."""
    answered = message.reply_to_message and message.reply_to_message.from_user
    if answered and str(answered.id) == own_id:
        return True
    named = [
        *message.parse_entities(["mention", "bot_command"]).values(),
        *message.parse_caption_entities(["mention"]).values(),
    ]
    ours = username.lower()
    return any(
        name.lower().rpartition("@")[2] == ours if ours else name.lower().endswith("bot")
        for name in named
        if "@" in name
    )


def _attachments(message: Message) -> tuple[Attachment, ...]:
    if message.photo:
        photo = message.photo[-1]  # the largest
        return (Attachment("image", FILE + photo.file_id, size=photo.file_size or 0),)
    if message.sticker:
        return (Attachment("sticker", "", name=message.sticker.emoji or ""),)
    if message.venue:
        spot = message.venue.location
        return (_spot(spot.latitude, spot.longitude, message.venue.address),)
    if message.location:
        return (_spot(message.location.latitude, message.location.longitude, ""),)
    if message.contact:
        phone = message.contact.phone_number
        name = f"{message.contact.first_name} {message.contact.last_name or ''}".strip()
        return (Attachment("contact", f"tel:+{phone.lstrip('+')}", name=name),)
    for kind, file in (
        ("video", message.animation),
        ("file", message.document),
        ("audio", message.voice),
        ("audio", message.audio),
        ("video", message.video),
        ("video", message.video_note),
    ):
        if file:
            return (_file(kind, file),)
    return ()


def _file(kind: Any, file: Any) -> Attachment:
    name = getattr(file, "file_name", None) or ""
    mime = getattr(file, "mime_type", None) or ""
    return Attachment(kind, FILE + file.file_id, name=name, mime=mime, size=file.file_size or 0)


def _spot(latitude: float, longitude: float, address: str) -> Attachment:
    return Attachment("location", f"geo:{latitude},{longitude}", name=address)


def _edit(message: Message, raw: Json) -> list[Event]:
    if message.chat.type != ChatType.PRIVATE:
        return []
    text = message.text or message.caption
    if text is None:
        return [Unread(NAME, "an edit without text", json.dumps(raw))]
    place = message_id(str(message.chat.id), message.message_id)
    at = message.edit_date or message.date
    return [Edit(NAME, place, str(message.chat.id), text, at)]


def _press(query: CallbackQuery, now: datetime) -> InboundMessage:
    chat_id = query.message.chat.id if query.message else query.from_user.id
    asked = query.message if isinstance(query.message, Message) else None
    markup = asked.reply_markup if asked and asked.is_accessible else None
    titles = {
        button.callback_data: button.text
        for row in (markup.inline_keyboard if markup else ())
        for button in row
    }
    return InboundMessage(
        NAME,
        f"press:{query.id}",
        str(chat_id),
        now,  # Telegram does not say when; a press comes within 150 s or never
        text=str(titles.get(query.data, "")),
        button=query.data or "",
        sender_name=query.from_user.full_name,
        locale=_locale(query.from_user),
        callback=query.id,
        raw={"message_id": asked.message_id if markup and asked else 0},
    )


def _member(change: ChatMemberUpdated) -> Reach:
    gone = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    reachable = change.new_chat_member.status not in gone
    return Reach(NAME, str(change.chat.id), reachable, change.date)


def _locale(user: User | None) -> str:
    return "en" if user and (user.language_code or "").startswith("en") else "vi"
