"""How the inbox's scripts see our nouns: JSON, with times as ISO 8601 in UTC.

Only what a screen shows goes out: never a button's payload, never a platform's raw event.
"""

from __future__ import annotations

from datetime import datetime

from bot import permission, standing
from bot.console import attachments, failures, told
from bot.console.excerpt import excerpt
from bot.models import Author, Conversation, Customer, Handoff, Message, Promised, StoredFile
from bot.pack import Pack
from bot.permission import Standing, Wish
from bot.storage.desk import Entry, Line
from bot.storage.hits import Said
from bot.storage.promises import Promise
from connectors.base import Json

# Of a bot message's reasons, those that a person may want to read, in this order.
WHY = (
    "intent",
    "confidence",
    "runner_up",
    "runner_up_confidence",
    "entities",
    "rule",
    "form",
    "policy",
    "action",
    "data",
    "model",
    "error",
)


def time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def entry(each: Entry, *, unread: bool = True) -> Json:
    """A row of the inbox. What one reader has not read is left out of what all readers get."""
    conversation = each.conversation
    shape: Json = {
        "id": conversation.id,
        "status": conversation.status.value,
        "customer": _who(each.customer),
        "channel": each.customer.channel,
        "assignee": {"id": conversation.assignee_id, "name": each.assignee}
        if conversation.assignee_id is not None
        else None,
        "waiting_since": time(conversation.waiting_since),
        "last_message_at": time(conversation.last_message_at),
        "resolution": conversation.resolution,
        "resolved_at": time(conversation.resolved_at),
        "handoff": handoff(each.handoff) if each.handoff else None,
        "last": _preview(each.last) if each.last else None,
        "promises": [promise(one) for one in each.promises],
        "tags": list(each.tags),
    }
    if unread:
        shape["unread"] = each.unread
    return shape


def row(each: Entry, quota_left: int | None, now: datetime, *, unread: bool = True) -> Json:
    """A row of the inbox, with how long its customer can be answered."""
    known = standing.known(each.customer, each.conversation, quota_left)
    return {**entry(each, unread=unread), "window": window(each.customer.channel, known, now)}


def window(channel: str, known: Standing, now: datetime) -> Json:
    """Until when an agent may answer in which way, and why not at all: `refused` is "" or one of
    permission.REASONS. The screen counts on by itself."""
    verdict = permission.verdict(Wish(channel, Author.AGENT, "reply", now), known)
    ends = permission.window_of(channel, known.last_inbound_at, now)
    return {
        "free_until": time(ends.free_until),
        "by_hand_until": time(ends.by_hand_until),
        "paid_until": time(ends.paid_until),
        "quota_left": known.quota_left,
        "refused": "" if verdict.allows else verdict.reason,
    }


def promised(each: Promised) -> Json:
    """What may become a promise."""
    return {"kind": each.kind, "text": each.text, "due_at": time(each.due_at)}


def promise(each: Promise) -> Json:
    return {
        "id": each.id,
        "kind": each.kind,
        "text": each.text,
        "due_at": time(each.due_at),
        "by": each.by,
    }


def _preview(message: Message) -> Json:
    content, more = message.content, told.of_message(message)
    return {
        "id": message.id,
        "author": message.author.value,
        "app": more.app,
        "text": more.text[:200],
        "told": more.instead,
        "attachment": content.attachments[0].kind if content.attachments else "",
    }


def said(each: Said, search: str) -> Json:
    """A message that a search found: a piece of it, in parts that were sought and that were not."""
    entry, message = each.entry, each.line.message
    more = told.of_message(message)
    return {
        "id": message.id,
        "conversation": message.conversation_id,
        "customer": _who(entry.customer),
        "channel": message.channel,
        "status": entry.conversation.status.value,
        "author": message.author.value,
        "by": {"id": message.user_id, "name": each.line.by},
        "app": more.app,
        "internal": message.internal,
        "parts": excerpt(more.text, search),
        "at": time(message.created_at),
    }


def handoff(each: Handoff) -> Json:
    return {
        "reason": each.reason,
        "summary": each.summary,
        "requested_at": time(each.requested_at),
        "respond_by": time(each.respond_by),
        "accepted_at": time(each.accepted_at),
        "first_reply_at": time(each.first_reply_at),
        "closed_at": time(each.closed_at),
        "outcome": each.outcome,
        "team": each.team,
        "priority": each.priority,
        "rank_at": time(each.rank_at),
        "reply_by": time(each.reply_by),
        "resolve_by": time(each.resolve_by),
        "breached_at": time(each.breached_at),
        "contact": each.contact,
    }


def pack(each: Pack) -> Json:
    """What stands above a conversation that people have."""
    return {
        "facts": [{"name": name, "value": value} for name, value in each.facts.items()],
        "answered": each.answered,
        "tried": list(each.tried),
        "mood": each.mood,
    }


def line(each: Line) -> Json:
    """One message of a transcript."""
    message = each.message
    content, more, failure = message.content, told.of_message(message), failures.of_message(message)
    return {
        "id": message.id,
        "conversation": message.conversation_id,
        "author": message.author.value,
        "by": each.by,
        "app": more.app,
        "internal": message.internal,
        "mentions": message.meta.get("mentions", []),
        "whisper": {"id": message.meta["whisper"], "name": each.to}
        if "whisper" in message.meta
        else None,
        "text": more.text,
        "told": more.instead,
        "buttons": [{"title": button.title, "url": button.url} for button in content.buttons],
        "cards": [
            {"title": card.title, "subtitle": card.subtitle, "image": card.image}
            for card in content.cards
        ],
        "attachments": [each.as_json() for each in attachments.of_message(message)],
        "pressed": more.pressed,
        "edits": [{"text": edit.text, "at": time(edit.at)} for edit in more.edits],
        "late": time(more.late),
        "reaction": more.reaction,
        "in_group": more.in_group,
        "why": {key: message.meta[key] for key in WHY if message.meta.get(key) not in (None, "")},
        "delivery": message.delivery.value if message.delivery else None,
        "failure": {"code": failure.code, **failure.said} if failure else None,
        "channel": message.channel,
        "client_id": each.client_id,
        "at": time(message.created_at),
    }


def file(each: StoredFile) -> Json:
    """A file that may be sent with a reply."""
    return {"key": each.key, **attachments.of_file(each).as_json()}


def customer(each: Customer) -> Json:
    page = each.profile.get("page")
    if isinstance(page, str):
        page = {"url": page, "title": ""}
    elif isinstance(page, dict):
        page = {"url": str(page.get("url", "")), "title": str(page.get("title", ""))}
    else:
        page = None
    return {
        "id": each.id,
        "name": each.name,
        "avatar": avatar(each),
        "channel": each.channel,
        "page": page,
        "source": str(each.profile.get("source", "")),
        "first_seen": time(each.created_at),
    }


def _who(each: Customer) -> Json:
    return {"id": each.id, "name": each.name, "avatar": avatar(each)}


def avatar(each: Customer) -> str:
    """The customer's picture, if we keep one."""
    url = str(each.profile.get("avatar", ""))
    return url if url.startswith("/files/") else ""


def earlier(conversation: Conversation, wanted: Handoff | None) -> Json:
    return {
        "id": conversation.id,
        "created_at": time(conversation.created_at),
        "status": conversation.status.value,
        "resolution": conversation.resolution,
        "summary": wanted.summary if wanted else "",
    }
