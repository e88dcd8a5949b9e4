"""One transcript as a file to keep. Notes are marked, and the file says who took it and when."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from bot.console import attachments, failures, shapes, told, words
from bot.console.told import Told
from bot.models import Author, Handoff, Message, User
from bot.storage.desk import Entry, Line


def as_text(
    language: str,
    entry: Entry,
    lines: Sequence[Line],
    handoffs: Sequence[Handoff],
    by: User,
    now: datetime,
) -> str:
    """Plain text. Every line begins with a word of ours, so that a spreadsheet runs none of it."""

    def t(key: str, **values: object) -> str:
        return words.say(language, key, **values)

    conversation = entry.conversation
    name = entry.customer.name or t("who.anonymous", id=entry.customer.id)
    rows = [
        t("transcript.title", id=conversation.id),
        t("export.by", name=_one_line(by.name), time=words.moment(now)),
        t("export.unmasked"),
        "",
        f"{t('facts.customer')}: {_one_line(name)}",
        f"{t('facts.channel')}: {words.name_of(language, 'channel', entry.customer.channel)}",
        f"{t('facts.started')}: {words.moment(conversation.created_at)}",
        f"{t('facts.status')}: {t(f'status.{conversation.status.value}')}",
    ]
    if source := words.source(language, entry.customer.profile.get("source")):
        rows.append(f"{t('facts.source')}: {_one_line(source)}")
    if conversation.resolution:
        result = words.name_of(language, "resolution", conversation.resolution)
        rows.append(f"{t('facts.resolution')}: {result}")
    for each in handoffs:
        rows += ["", f"{t('facts.handoff')}: {words.name_of(language, 'reason', each.reason)}"]
        if each.summary:
            rows.append(f"{t('facts.matter')}: {_one_line(each.summary)}")
        for key, moment in (
            ("facts.requested", each.requested_at),
            ("facts.respond_by", each.respond_by),
            ("facts.accepted", each.accepted_at),
            ("facts.first_reply", each.first_reply_at),
            ("facts.closed", each.closed_at),
        ):
            rows.append(f"{t(key)}: {words.moment(moment) or t('facts.none')}")
        if each.outcome:
            rows.append(f"{t('facts.outcome')}: {words.name_of(language, 'outcome', each.outcome)}")
    rows.append("")
    for line in lines:
        rows += _said(language, line, name)
    return "\r\n".join(rows) + "\r\n"


def _said(language: str, line: Line, customer: str) -> list[str]:
    message = line.message
    speaker = words.say(language, f"author.{message.author.value}")
    more = told.of_message(message)
    if message.author is Author.CUSTOMER:
        speaker = customer
    elif more.app:
        speaker = words.in_app(language, more.app)
    elif line.by:
        speaker = f"{line.by} ({speaker})"
    if message.internal:
        label = "note.whisper" if line.to else "note.label"
        speaker = f"*** {words.say(language, label, name=line.to)} *** {speaker}"
    parts = more.text.splitlines()
    if more.instead:
        parts.append(f"[{words.say(language, f'told.{more.instead}')}]")
    parts += [f"[{button.title}]" for button in message.content.buttons]
    parts += [_attachment(language, each) for each in attachments.of_message(message)]
    parts += [f"[{card.title}] {card.subtitle}" for card in message.content.cards]
    first, *rest = parts or [""]
    at = message.created_at.astimezone(words.VIETNAM).strftime("%d/%m/%Y %H:%M:%S")
    rows = [f"[{at}] {_one_line(speaker)}: {_clean(first)}"]
    rows += [f"    | {_clean(part)}" for part in rest]
    rows += [f"    ({_one_line(mark)})" for mark in _marks(language, message, more)]
    intent, score = message.meta.get("intent"), message.meta.get("confidence")
    if message.author is Author.BOT and intent:
        sure = f" {score:.0%}" if isinstance(score, (int, float)) else ""
        rows.append(f"    ({words.say(language, 'why.intent')}: {_one_line(str(intent))}{sure})")
    return rows


def _attachment(language: str, file: attachments.Shown) -> str:
    label = attachments.label(language, file)
    if file.state != "ready" or file.kind == "sticker":
        return f"[{label.strip('[]')}]"
    kind = words.name_of(language, "attachment", file.kind)
    facts = (file.name, file.detail) if file.name or file.detail else (file.url,)
    return f"[{kind}: {', '.join(filter(None, facts))}]"


def _marks(language: str, message: Message, more: Told) -> list[str]:
    """What the platform told of a message, and why it did not arrive."""

    def t(key: str, **values: object) -> str:
        return words.say(language, key, **values)

    def clock(time: datetime) -> str:
        return words.clock(language, time, message.created_at)

    marks = [t("told.pressed")] if more.pressed and more.text else []
    marks += [t("told.in_group")] if more.in_group else []
    marks += [t("told.late", time=clock(more.late))] if more.late else []
    for edit in more.edits:
        before = t("told.before", time=clock(edit.at))
        marks.append(f"{t('told.edited')}. {before} {edit.text}")
    marks += [t("told.reaction", emoji=more.reaction)] if more.reaction else []
    if failure := failures.of_message(message):
        delivery = t(f"delivery.{message.delivery.value}") if message.delivery else ""
        code = f" ({failure.code})" if failure.code else ""
        marks.append(f"{delivery}{code}: {' '.join(failure.said[language])}")
    return marks


def as_json(
    entry: Entry, lines: Sequence[Line], handoffs: Sequence[Handoff], by: User, now: datetime
) -> str:
    """The same for programs. No `<` in it: a browser that mistakes it for a page sees none."""
    conversation = entry.conversation
    data = {
        "exported": {"by": by.username, "at": shapes.time(now), "masked": False},
        "conversation": {
            **shapes.entry(entry, unread=False),
            "created_at": shapes.time(conversation.created_at),
        },
        "customer": shapes.customer(entry.customer),
        "handoffs": [shapes.handoff(each) for each in handoffs],
        "messages": [shapes.line(line) for line in lines],
    }
    plain = json.dumps(data, ensure_ascii=False, indent=1)
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _clean(text: str) -> str:
    # Control and direction letters could hide or reorder what is read; joiners of emoji may stay.
    hidden = ("Cc", "Cf")
    return "".join(
        letter
        for letter in text
        if letter == "\N{ZERO WIDTH JOINER}" or unicodedata.category(letter) not in hidden
    )


def _one_line(text: str) -> str:
    return _clean(" ".join(text.split()))
