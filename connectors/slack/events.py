"""What Slack tells us, in a few words of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final

from connectors.base import Json, UnreadableError

# A person's message in a thread; any other subtype is Slack's own or a program's.
_SPOKEN: Final = (None, "file_share", "thread_broadcast")


@dataclass(frozen=True)
class SlackFile:
    """A file in Slack; its `url` wants our token. "" for one that lies elsewhere."""

    url: str
    name: str
    size: int


@dataclass(frozen=True)
class ThreadReply:
    """A person has written in a thread."""

    channel: str
    thread: str  # the ts of its first message
    ts: str  # of this one; unique in its channel
    user_id: str
    at: datetime
    text: str  # as Slack writes it
    files: tuple[SlackFile, ...] = ()


@dataclass(frozen=True)
class Pressed:
    """A person has pressed a button or chosen from a list under a thread's first message."""

    channel: str
    thread: str
    user_id: str
    at: datetime
    action: str
    choice: str = ""


@dataclass(frozen=True)
class Edited:
    """A person has changed the words of a message in a thread."""

    channel: str
    thread: str
    ts: str  # of the message
    user_id: str


@dataclass(frozen=True)
class Deleted:
    """A person's message in a thread is gone."""

    channel: str
    thread: str
    ts: str
    user_id: str


Told = ThreadReply | Pressed | Edited | Deleted


def told(body: Json) -> tuple[str, Told] | None:
    """What a payload tells, under a key that is the same however often Slack tells it; None when
    it is nothing of a person's in a thread. Raises UnreadableError."""
    try:
        if body.get("type") == "block_actions":
            return _pressed(body)
        event = body.get("event", {})
        if body.get("type") != "event_callback" or event.get("type") != "message":
            return None
        if event.get("subtype") in ("message_changed", "message_deleted"):
            return _changed(body, event)
        return _reply(event)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableError(f"{type(error).__name__} in a payload") from error


def _pressed(body: Json) -> tuple[str, Told] | None:
    place, action = body["container"], body["actions"][0]
    if place.get("type") != "message":
        return None
    chosen = action.get("selected_option") or {}
    press = Pressed(
        channel=str(place["channel_id"]),
        thread=str(place["message_ts"]),
        user_id=str(body["user"]["id"]),
        at=_time(action["action_ts"]),
        action=str(action["action_id"]),
        choice=str(chosen.get("value", "")),
    )
    return f"press {action['action_ts']} {press.user_id} {press.action}", press


def _reply(event: Json) -> tuple[str, Told] | None:
    if event.get("subtype") not in _SPOKEN or not _of_a_person(event):
        return None
    reply = ThreadReply(
        channel=str(event["channel"]),
        thread=str(event["thread_ts"]),
        ts=str(event["ts"]),
        user_id=str(event["user"]),
        at=_time(event["ts"]),
        text=str(event.get("text") or ""),
        files=tuple(map(_file, event.get("files") or ())),
    )
    # The same words that a Slack client has posted twice have one client_msg_id.
    return f"message {event.get('client_msg_id') or reply.channel + ' ' + reply.ts}", reply


def _changed(body: Json, event: Json) -> tuple[str, Told] | None:
    before = event["previous_message"]
    after = event.get("message", {})
    gone = event["subtype"] == "message_deleted" or after.get("subtype") == "tombstone"
    # A link's preview changes a message too, but not its words.
    if not _of_a_person(before) or (not gone and after.get("text") == before.get("text")):
        return None
    kind = Deleted if gone else Edited
    place = str(event["channel"]), str(before["thread_ts"]), str(before["ts"])
    return f"event {body['event_id']}", kind(*place, str(before["user"]))


def _of_a_person(message: Json) -> bool:
    """Whether a person has written it, in answer to a thread's first message."""
    in_thread = "thread_ts" in message and message["thread_ts"] != message.get("ts")
    return in_thread and not message.get("bot_id") and bool(message.get("user"))


def _file(file: Json) -> SlackFile:
    url = file.get("url_private_download") or file.get("url_private") or ""
    return SlackFile(
        "" if file.get("is_external") else str(url),
        str(file.get("name") or ""),
        int(file.get("size") or 0),
    )


def _time(ts: object) -> datetime:
    seconds, _, fraction = str(ts).partition(".")
    micro = int(fraction[:6].ljust(6, "0") or 0)
    return datetime.fromtimestamp(int(seconds), timezone.utc).replace(microsecond=micro)
