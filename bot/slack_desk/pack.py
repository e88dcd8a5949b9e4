"""How a hand-off looks in Slack: the message that begins its thread, and the lines after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.console import words as console
from bot.handoff import RESOLUTIONS
from bot.models import Author, Content, Conversation, Customer, Handoff, Message, Status
from bot.pack import Pack
from bot.slack_desk import words
from bot.storage.desk import Line
from connectors.base import Json
from connectors.slack import escape

LAST: Final = 6  # messages before the hand-off
CUT: Final = 300  # characters of each
SECTION: Final = 3000  # characters that Slack takes in one


@dataclass(frozen=True)
class Case:
    """A hand-off with all that its first message tells."""

    handoff: Handoff
    conversation: Conversation
    customer: Customer
    assignee: str  # the agent's name; "" when nobody has it
    before: Sequence[Message]  # what was said until the hand-off
    pack: Pack


@dataclass(frozen=True)
class Look:
    """In which language, and where our own pages are."""

    language: str
    public_url: str

    def say(self, key: str, **values: object) -> str:
        return words.say(self.language, key, **values)

    def name_of(self, group: str, code: str) -> str:
        return console.name_of(self.language, group, code)

    def customer(self, customer: Customer) -> str:
        """A customer's name, safe to show."""
        anonymous = console.say(self.language, "who.anonymous", id=customer.id)
        return escape(customer.name or anonymous)

    # The first message

    def alert(self, case: Case) -> str:
        """What a phone's lock screen shows."""
        return self.say(
            "alert",
            name=self.customer(case.customer),
            channel=self.name_of("channel", case.customer.channel),
            reason=self.name_of("reason", case.handoff.reason),
        )

    def blocks(self, case: Case, now: datetime) -> list[Json]:
        """The first message of a thread, with what can be pressed as things stand."""
        channel = self.name_of("channel", case.customer.channel)
        head = [f"*{self.customer(case.customer)}* · {channel}", self._state(case, now)]
        why = [self.say("reason", reason=self.name_of("reason", case.handoff.reason))]
        if case.handoff.summary:
            why.append(self.say("matter", summary=escape(case.handoff.summary)))
        facts = [
            f"{self.name_of('given', name)}: {escape(value)}"
            for name, value in case.pack.facts.items()
        ]
        if facts:
            why.append(self.say("given", facts=" · ".join(facts)))
        if case.pack.mood != "neutral":
            why.append(self.say("mood", mood=self.name_of("mood", case.pack.mood)))
        place = f"{self.public_url}/console/inbox#c{case.conversation.id}"
        foot = [f"<{place}|{self.say('open')}>"]
        buttons = [] if case.handoff.closed_at else self._buttons(case)
        if buttons:
            foot.append(self.say("how"))
        sections = ["\n".join(head), "\n".join(why), self._before(case)]
        return [
            *({"type": "section", "text": _text(text)} for text in sections if text),
            *([{"type": "actions", "elements": buttons}] if buttons else []),
            {"type": "context", "elements": [_text(" · ".join(foot))]},
        ]

    def _state(self, case: Case, now: datetime) -> str:
        handoff = case.handoff
        by = escape(case.assignee) or self.say("colleague")
        if handoff.closed_at:
            outcome = handoff.outcome if handoff.outcome in ("returned", "resolved") else "ended"
            resolution = self.name_of("resolution", case.conversation.resolution)
            return self.say(outcome, by=by, time=_clock(handoff.closed_at), resolution=resolution)
        if case.conversation.status is Status.QUEUED:
            return self.say(
                "queued",
                time=_clock(handoff.requested_at),
                waited=console.duration(self.language, now - handoff.requested_at),
                due=_clock(handoff.respond_by),
            )
        if handoff.assignee_id is None:
            return self.say("in_app", channel=self.name_of("channel", case.customer.channel))
        return self.say("assigned", by=by, time=_clock(handoff.accepted_at or now))

    def _before(self, case: Case) -> str:
        lines = []
        for message in case.before:
            text = self._content(message.content)
            text = text if len(text) <= CUT else text[: CUT - 1] + "…"
            lines.append(f"{self._speaker(message, case.customer, '')}: {escape(text)}")
        head = self.say("said")
        while lines and len("\n".join((head, *lines))) > SECTION:
            del lines[0]
        return "\n".join((head, *lines)) if lines else ""

    def _buttons(self, case: Case) -> list[Json]:
        if case.handoff.assignee_id is None:
            return [{**self._button("accept"), "style": "primary"}]
        options = [
            {"text": _plain(self.name_of("resolution", code)), "value": code}
            for code in RESOLUTIONS
        ]
        return [
            {**self._button("return"), "confirm": self._confirm("return")},
            {
                "type": "static_select",
                "action_id": "resolve",
                "placeholder": _plain(self.say("resolve")),
                "options": options,
                "confirm": self._confirm("resolve"),
            },
        ]

    def _button(self, action: str) -> Json:
        return {"type": "button", "action_id": action, "text": _plain(self.say(action))}

    def _confirm(self, action: str) -> Json:
        return {
            "title": _plain(self.say(f"{action}.title")),
            "text": _plain(self.say(f"{action}.lead")),
            "confirm": _plain(self.say("yes")),
            "deny": _plain(self.say("no")),
        }

    # The lines after it

    def line(self, line: Line, customer: Customer) -> str:
        """A message of the conversation as the thread shows it."""
        text = escape(self._content(line.message.content))
        links = [
            f"📎 <{self.public_url}{file.url}|{escape(file.name or file.kind)}>"
            for file in line.message.content.attachments
            if file.url.startswith("/files/")
        ]
        speaker = self._speaker(line.message, customer, line.by)
        return "\n".join(part for part in (f"{speaker}: {text}", *links) if part)

    def _speaker(self, message: Message, customer: Customer, by: str) -> str:
        if message.author is Author.CUSTOMER:
            return self.say("line.customer", by=self.customer(customer))
        kind = "note" if message.internal else message.author.value
        name = by or str(message.meta.get("name", ""))
        nobody = "carebot" if message.author is Author.SYSTEM else "colleague"
        return self.say(f"line.{kind}", by=escape(name) or self.say(nobody))

    def _content(self, content: Content) -> str:
        """What a message shows, in one text; links to files are apart."""
        parts = [content.text] if content.text else []
        for file in content.attachments:
            kind = self.name_of("attachment", file.kind)
            place = file.url if file.kind in ("location", "contact") else ""
            parts.append(" ".join(part for part in (f"[{kind}]", file.name, place) if part))
        for card in content.cards:
            parts.append(" – ".join(part for part in (card.title, card.subtitle) if part))
        buttons = [*content.buttons, *(each for card in content.cards for each in card.buttons)]
        if buttons:
            parts.append(" ".join(f"[{button.title}]" for button in buttons))
        return "\n".join(parts)


def _clock(time: datetime) -> str:
    return time.astimezone(console.VIETNAM).strftime("%H:%M")


def _text(text: str) -> Json:
    # Verbatim: nothing in a stranger's words becomes a mention.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}
