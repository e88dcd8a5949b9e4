"""The threads of hand-offs: begun, kept up with the conversation, and closed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot import pack
from bot.conversation import remote
from bot.models import Author, Conversation, Handoff
from bot.slack_desk.pack import LAST, Case, Look
from bot.storage import conversations, customers, desk, handoffs, messages, users
from bot.storage import slack as rows
from bot.storage.db import Database, Tx
from bot.storage.slack import Thread
from connectors.base import PermanentError
from connectors.slack import Slack

log = logging.getLogger(__name__)

FETCHING: Final = timedelta(seconds=20)  # as long, a message waits for its files to be ours
SKEW: Final = timedelta(minutes=10)  # by which Slack's clock may differ from ours


@dataclass(frozen=True)
class _Call:
    """One call that brings a thread nearer to how things stand."""

    make: Callable[[], Awaitable[dict[str, Any]]]  # returns what to write down then
    otherwise: dict[str, Any]  # what to write down when Slack will never take it


class Threads:
    """Keeps threads up with their conversations. One process at a time does."""

    def __init__(
        self,
        db: Database,
        slack: Slack,
        look: Look,
        clock: Callable[[], datetime],
        pace: Callable[[str], Awaitable[None]],
    ) -> None:
        self._db = db
        self._slack = slack
        self._look = look
        self._clock = clock
        self._pace = pace

    async def step(self, handoff_id: int) -> bool:
        """Bring a thread nearer to how things stand now by one call: its first message, then all
        that was said, in order, each once. False when there is nothing to do. Raises
        DeliveryError; then the same step is next.

        What is being posted is written down before. When no answer came, or the process died, it
        is looked for in Slack before it is posted again.
        """
        call = await self._next(handoff_id)
        if call is None:
            return False
        try:
            written = await call.make()
        except PermanentError as refusal:
            log.error("Slack will not show a part of hand-off %d: %s", handoff_id, refusal)
            written = call.otherwise
        async with self._db.begin() as tx:
            await rows.change_thread(tx, handoff_id, **written)
        return True

    async def _next(self, handoff_id: int) -> _Call | None:
        now = self._clock()
        async with self._db.begin() as tx:
            thread = await rows.thread_of(tx, handoff_id)
            if thread is None:
                return None
            # Whoever is writing to the conversation comes first: ids become visible in order.
            conversation = await conversations.by_id(tx, thread.conversation_id, lock=True)
            assert conversation is not None  # foreign key
            known = await handoffs.of_conversation(tx, conversation.id)
            handoff = next(each for each in known if each.id == handoff_id)
            if thread.ts is None:
                if handoff.closed_at and thread.sending is None:
                    await rows.change_thread(tx, handoff_id, done_at=now)
                    return None
                call = await self._first(tx, thread, handoff, conversation, now)
                await rows.change_thread(tx, handoff_id, sending=0)
                return call
            message_id = await rows.next_to_copy(tx, thread, handoff.closed_at)
            if message_id is not None:
                line = await desk.line(tx, message_id)
                assert line is not None
                files = line.message.content.attachments
                if any(map(remote, files)) and now - line.message.created_at < FETCHING:
                    return None
                customer = await customers.by_id(tx, conversation.customer_id)
                await rows.change_thread(tx, handoff_id, sending=message_id)
                text = self._look.line(line, customer)
                return self._copy(thread, message_id, text, line.message.created_at)
            if thread.shown != conversation.version:
                return await self._update(tx, thread, handoff, conversation, now)
            return None

    async def _first(
        self,
        tx: Tx,
        thread: Thread,
        handoff: Handoff,
        conversation: Conversation,
        now: datetime,
    ) -> _Call:
        case = await self._case(tx, thread, handoff, conversation)
        reference = f"handoff {handoff.id}"

        async def make() -> dict[str, Any]:
            ts = None
            if thread.sending is not None:
                since = handoff.requested_at - SKEW
                ts = await self._slack.find(reference, since=since, thread=None)
            if ts is None:
                await self._pace(self._slack.channel)
                blocks = self._look.blocks(case, now)
                ts = await self._slack.post(
                    self._look.alert(case), reference=reference, blocks=blocks
                )
                return {"ts": ts, "sending": None, "shown": conversation.version}
            return {"ts": ts, "sending": None}  # what it shows may have changed since

        return _Call(make, otherwise={"done_at": now})

    def _copy(self, thread: Thread, message_id: int, text: str, said_at: datetime) -> _Call:
        reference = f"message {message_id}"
        written = {"copied_upto": message_id, "sending": None}

        async def make() -> dict[str, Any]:
            found = None
            if thread.sending == message_id:
                since = said_at - SKEW
                found = await self._slack.find(reference, since=since, thread=thread.ts)
            if found is None:
                await self._pace(self._slack.channel)
                await self._slack.post(text, reference=reference, thread=thread.ts)
            return written

        return _Call(make, otherwise=written)

    async def _update(
        self,
        tx: Tx,
        thread: Thread,
        handoff: Handoff,
        conversation: Conversation,
        now: datetime,
    ) -> _Call:
        case = await self._case(tx, thread, handoff, conversation)
        written: dict[str, Any] = {"shown": conversation.version}
        if handoff.closed_at:
            written["done_at"] = now
        assert thread.ts is not None
        ts = thread.ts

        async def make() -> dict[str, Any]:
            blocks = self._look.blocks(case, now)
            await self._slack.update(ts, self._look.alert(case), blocks)
            return written

        return _Call(make, otherwise=written)

    async def _case(
        self, tx: Tx, thread: Thread, handoff: Handoff, conversation: Conversation
    ) -> Case:
        customer = await customers.by_id(tx, conversation.customer_id)
        agent = await users.by_id(tx, handoff.assignee_id) if handoff.assignee_id else None
        found = await messages.of_conversation(
            tx, conversation.id, before=thread.pack_upto + 1, limit=3 * LAST
        )
        said = [each for each in found if each.author is not Author.SYSTEM and not each.internal]
        found_pack = await pack.of_handoff(tx, handoff)
        return Case(
            handoff, conversation, customer, agent.name if agent else "", said[-LAST:], found_pack
        )
