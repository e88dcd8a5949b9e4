"""The weekly digest in Slack."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.console import words
from bot.digest.letter import LANGUAGE, Letter, Line, Part, Top
from bot.storage.digests import Copy, Digest
from connectors.base import Json
from connectors.slack import Slack, escape

SECTION: Final = 3000  # characters that Slack takes in one
HEADER: Final = 150
SKEW: Final = timedelta(minutes=10)  # between our clock and Slack's


class BySlack:
    """Posts letters in the channel of this connection."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def __call__(self, letter: Letter, digest: Digest, copy: Copy) -> None:
        """What was begun before is looked for first. Raises DeliveryError."""
        assert digest.made_at is not None
        reference = f"digest {copy.id}"
        since = digest.made_at - SKEW
        if copy.attempts > 1 and await self._slack.find(reference, since=since, thread=None):
            return
        await self._slack.post(letter.subject, reference=reference, blocks=blocks(letter))


def blocks(letter: Letter) -> list[Json]:
    """The letter as Slack draws it."""
    lead = f"{letter.days}. {_say('digest.lead')} <{letter.url}|{_say('digest.page')}>"
    return [
        {"type": "header", "text": {"type": "plain_text", "text": letter.subject[:HEADER]}},
        _section(lead),
        *(_section(_part(each)) for each in letter.parts),
        {"type": "divider"},
        *(_section(_top(each)) for each in letter.tops),
    ]


def _say(key: str, **values: object) -> str:
    return words.say(LANGUAGE, key, **values)


def _section(text: str) -> Json:
    if len(text) > SECTION:
        text = text[: text.rindex("\n", 0, SECTION)]
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _part(part: Part) -> str:
    thin = [f"_{_say('digest.thin')}: {escape('; '.join(part.thin))}_"] if part.thin else []
    return "\n".join([f"*{escape(part.title)}*", *map(_line, part.lines), *thin])


def _line(line: Line) -> str:
    trust = " · ".join(filter(None, (_say("figures.n", n=line.n), line.interval, line.change)))
    return f"• {escape(line.name)}: *{escape(line.value)}* ({trust})"


def _top(top: Top) -> str:
    if not top.items:
        return f"*{escape(top.title)}*\n{_say('digest.none')}"
    few = f", {_say('figures.thin')}" if top.is_thin else ""
    head = f"*{escape(top.title)}* ({_say('figures.n', n=top.n)}{few})"
    return "\n".join(
        [head, *(f"{n}. {escape(text)}: *{times}*" for n, (text, times) in enumerate(top.items, 1))]
    )
