"""What agents do in Slack, by the same rules as in the console: bot.handoff decides."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from bot import assignment, handoff
from bot.console import words as console
from bot.console.access import DESK
from bot.conversation import storable
from bot.models import Content, Handoff, Presence, Status, User
from bot.slack_desk import posts, words
from bot.slack_desk.posts import Unsent
from bot.storage import agents, conversations, handoffs, users
from bot.storage import rules as desk
from bot.storage import slack as rows
from bot.storage.db import Database
from bot.storage.slack import FROM_SLACK, Thread
from connectors.base import DeliveryError, PermanentError, UnknownOutcomeError
from connectors.slack import (
    Deleted,
    Edited,
    Pressed,
    Slack,
    SlackFile,
    ThreadReply,
    Told,
    mentioned,
    plain,
)

log = logging.getLogger(__name__)

# Where a message begins to be for colleagues, however that is dressed up: at the beginning of a
# line. All that follows is for them, too.
NOTE: Final = re.compile(
    r"^[ \t\u00a0*_~`>•\-\u200b-\u200f\u2060\ufeff]*(?:note\s*[:：][*_~`]*|[!！][*_~`]*)\s*",
    re.IGNORECASE | re.MULTILINE,
)


def divided(text: str) -> tuple[str, str | None]:
    """What of a message is for the customer, and what for colleagues: None when nothing is."""
    mark = NOTE.search(text)
    if mark is None:
        return text.strip(), None
    return text[: mark.start()].strip(), text[mark.end() :].strip()


class NotYet(Exception):
    """Slack shows a thread whose place we do not know yet."""


class Agents:
    """Does what agents ask for in Slack."""

    def __init__(
        self, db: Database, slack: Slack, language: str, clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._slack = slack
        self._language = language
        self._clock = clock

    async def heed(self, told: Told) -> None:
        """Do what somebody wants, once, however often it is told; or say why not, to them alone.

        Raises DeliveryError, NotYet and DatabaseUnavailable: then it is to be told again.
        """
        async with self._db.read() as tx:
            thread = await rows.thread_at(tx, told.channel, told.thread)
            if thread is None:
                if await rows.any_beginning(tx):
                    raise NotYet
                return  # of no concern to us
            user = await users.by_slack_id(tx, told.user_id)
            known = await handoffs.of_conversation(tx, thread.conversation_id)
        wanted = next(each for each in known if each.id == thread.handoff_id)
        if isinstance(told, (Edited, Deleted)):
            await self._changed(told, thread)
        elif user is None or not user.active or user.role not in DESK:
            await self._whisper(told, self._say("stranger", id=told.user_id))
        else:
            await self._met(user)
            if isinstance(told, Pressed):
                await self._pressed(told, wanted, user)
            else:
                await self._written(told, wanted, user)

    async def give_up(self, told: Told) -> None:
        """Own up to somebody that what they want cannot be done."""
        if isinstance(told, Pressed):
            await self._whisper(told, self._say("refused.press"))
        elif isinstance(told, ThreadReply):
            async with self._db.read() as tx:
                thread = await rows.thread_at(tx, told.channel, told.thread)
                if thread is None or await rows.was_sent(
                    tx, thread.conversation_id, _client_id(told.ts)
                ):
                    return
            await self._refuse(told, self._say("refused.failed"))

    async def _met(self, user: User) -> None:
        """Who works in Slack and has left the console without a word: that it is silent says
        nothing of them, so it takes nothing from them."""
        async with self._db.begin() as tx:
            agent, rules = await agents.by_id(tx, user.id), await desk.current(tx)
            if agent and assignment.is_gone(rules.assignment, agent, self._clock()):
                await agents.appear(tx, user.id, Presence.OFF, self._clock())

    # Buttons

    async def _pressed(self, press: Pressed, wanted: Handoff, user: User) -> None:
        if wanted.closed_at:
            if wanted.assignee_id != user.id:  # else their own second click
                await self._whisper(press, self._say("refused.over"))
            return
        conversation_id = wanted.conversation_id
        # As of the press, by Slack's clock: what they write after it is written as its owner.
        at = min(press.at, self._clock())
        try:
            if press.action == "accept":
                await handoff.accept(self._db, conversation_id, user, at)
            elif press.action == "return":
                await handoff.return_to_bot(self._db, conversation_id, user, at)
            elif press.action == "resolve" and press.choice in handoff.RESOLUTIONS:
                await handoff.resolve(self._db, conversation_id, user, press.choice, at)
        except handoff.Refused as refusal:
            await self._whisper(press, self._why(refusal))

    # Messages

    async def _written(self, reply: ThreadReply, wanted: Handoff, user: User) -> None:
        whole = storable(plain(reply.text, await self._names(reply.text)))
        text, note = divided(whole)
        if note is not None:
            await self._noted(reply, note, wanted, user)
        if note is None or text:
            await self._replied(reply, text, wanted, user, () if note is not None else reply.files)

    async def _noted(self, reply: ThreadReply, text: str, wanted: Handoff, user: User) -> None:
        kept = "\n".join(filter(None, (text, *(file.name for file in reply.files))))
        if kept:
            now, client_id = self._clock(), f"{_client_id(reply.ts)} note"
            await handoff.note(self._db, wanted.conversation_id, user, kept, now, client_id)
            await self._react(reply, "memo")

    async def _replied(
        self,
        reply: ThreadReply,
        text: str,
        wanted: Handoff,
        user: User,
        posted: tuple[SlackFile, ...],
    ) -> None:
        conversation_id, client_id = wanted.conversation_id, _client_id(reply.ts)
        async with self._db.read() as tx:
            sent = await rows.was_sent(tx, conversation_id, client_id)
        try:
            if not sent:
                await self._require_turn(reply, wanted, user)
                if not text and not posted:
                    raise Unsent("refused.empty")
                now = self._clock()
                taken = await posts.take(self._db, self._slack, posted, conversation_id, now)
                content = Content(text, attachments=taken)
                await handoff.reply(self._db, conversation_id, user, content, now, client_id)
        except Unsent as refusal:
            await self._refuse(reply, self._say(refusal.words, **refusal.values))
        except handoff.Refused as refusal:
            await self._refuse(reply, self._why(refusal))
        else:
            await self._react(reply, "white_check_mark")

    async def _require_turn(self, reply: ThreadReply, wanted: Handoff, user: User) -> None:
        """Only what its writer wrote as the one who has the conversation is for the customer.
        Slack may bring talk of before the acceptance only after it."""
        async with self._db.read() as tx:
            conversation = await conversations.by_id(tx, wanted.conversation_id)
            taken_at = await rows.accepted_at(tx, wanted.conversation_id)
            owner = conversation.assignee_id if conversation else None
            by = await users.by_id(tx, owner) if owner is not None else None
        if wanted.closed_at or conversation is None:
            raise Unsent("refused.over")
        if conversation.status is not Status.ASSIGNED or by is None:
            raise Unsent("refused.unclaimed")
        if by.id != user.id:
            raise Unsent("refused.theirs", by=by.name)
        if taken_at is None or reply.at < taken_at:
            raise Unsent("refused.before")

    async def _changed(self, told: Edited | Deleted, thread: Thread) -> None:
        async with self._db.read() as tx:
            sent = await rows.was_sent(tx, thread.conversation_id, _client_id(told.ts))
        if sent:
            kind = "edited" if isinstance(told, Edited) else "deleted"
            await self._whisper(told, self._say(f"too_late.{kind}"))

    # Answers

    async def _names(self, text: str) -> Callable[[str], str]:
        async with self._db.read() as tx:
            found = {each: await users.by_slack_id(tx, each) for each in mentioned(text)}
        names = {each: user.name for each, user in found.items() if user}
        return lambda slack_id: names.get(slack_id, self._say("colleague"))

    async def _refuse(self, reply: ThreadReply, why: str) -> None:
        await self._react(reply, "x")
        await self._whisper(reply, why)

    async def _whisper(self, told: Told, text: str) -> None:
        try:
            await self._slack.whisper(told.user_id, text, told.thread)
        except (PermanentError, UnknownOutcomeError) as failure:
            _shrug(failure)

    async def _react(self, reply: ThreadReply, emoji: str) -> None:
        try:
            await self._slack.react(reply.ts, emoji)
        except (PermanentError, UnknownOutcomeError) as failure:
            _shrug(failure)

    def _why(self, refusal: handoff.Refused) -> str:
        """A refusal in the console's words."""
        if isinstance(refusal, handoff.NotPermitted):
            return console.why_not(self._language, refusal.code)
        if isinstance(refusal, handoff.NotYours):
            by = refusal.by
            return self._say("refused.theirs", by=by) if by else self._say("refused.unclaimed")
        return console.say(self._language, f"refused.{refusal.code}", **vars(refusal))

    def _say(self, key: str, **values: object) -> str:
        return words.say(self._language, key, **values)


def _client_id(ts: str) -> str:
    """The id under which a Slack message goes to the customer: once, however often it is told."""
    return f"{FROM_SLACK}{ts}"


def _shrug(failure: DeliveryError) -> None:
    log.warning("an agent was not answered in Slack: %s", failure)
