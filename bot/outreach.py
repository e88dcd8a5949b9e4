"""Writing to customers of ourselves: what was planned is looked at once more when its time has
come, then said as a turn of the dialogue, so that the answer lands where it belongs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot import (
    asking,
    campaigns,
    care,
    conversation,
    followups,
    greetings,
    promoters,
    queue,
    standing,
)
from bot.address import addressed
from bot.answer import TURN_LIMIT, Dialogue, Question
from bot.models import Author, Content, Conversation, Customer, Outreach, Say, Status, Turn
from bot.permission import Purpose, Verdict, Wish, verdict
from bot.storage import conversations, customers, identities, people, trackers
from bot.storage import outreach as rows
from bot.storage.db import Database, Tx
from bot.storage.trackers import Memory
from connectors.base import Json

log = logging.getLogger(__name__)

TRIES: Final = 3
QC: Final = "[QC] "  # Decree 91/2020, article 13: how an advertisement begins
TALKING: Final = timedelta(minutes=30)  # who wrote or was answered so lately is not interrupted
WISHES: Final = ("no_consent", "opted_out", "no_need")  # why a person does not want to hear from us
WRITTEN: Final = ("wish", "text")  # words of ours among what a sentence is filled with
WITH_A_PERSON: Final = timedelta(hours=1)  # until we look again


async def reach_out(
    db: Database,
    dialogue: Dialogue,
    planned: Outreach,
    clock: Callable[[], datetime],
    *,
    business: str,
) -> None:
    """Say what was planned; or move it, when its time is not now; or end it with the reason why it
    may not be said. One transaction, which holds only if nothing has changed meanwhile.

    Raises whatever went wrong: then nothing was said, and it is begun again.
    """
    now = clock()
    # A look that writes nothing keeps no other worker waiting.
    async with db.read() as tx:
        customer = await customers.by_id(tx, planned.customer_id)
        talk = await _talk_of(tx, customer, now)
        memory = await trackers.load(tx, talk.id) if talk else Memory(None)
        instead = await _instead(tx, planned, customer, talk, memory, now)
    if instead is not None:
        async with db.begin() as tx:
            await instead(tx)
        return

    # No transaction is open while the assistant thinks.
    if planned.kind in (*asking.SURVEYS, asking.REMINDER, followups.RESUME):
        async with db.begin() as tx:
            await _say(tx, planned, talk, None, now, business)
        return
    question = Question(
        talk.id if talk else -planned.id,
        text="",
        payload="",
        memory=memory,
        metadata=_metadata(planned, customer, conversation.knows_us(customer, now)),
    )
    turn = await asyncio.wait_for(dialogue.reach_out(question), TURN_LIMIT.total_seconds())
    if not turn.says:
        raise RuntimeError(f"the assistant has no words for {planned.kind}")

    now = clock()
    async with db.begin() as tx:
        await _say(tx, planned, talk, turn, now, business)


async def _instead(
    tx: Tx,
    planned: Outreach,
    customer: Customer,
    talk: Conversation | None,
    memory: Memory,
    now: datetime,
) -> Callable[[Tx], Awaitable[bool]] | None:
    """What is to be written of it instead of saying it; None when it is to be said."""
    end = partial(rows.end, outreach_id=planned.id, now=now)
    later = partial(rows.later, outreach_id=planned.id)
    if planned.attempts > TRIES:
        log.error("outreach %s was begun %s times: given up", planned.id, TRIES)
        return partial(end, state="refused", reason="failed")
    if await campaigns.is_paused(tx, planned):
        return partial(later, due_at=planned.due_at)
    if reason := await _unwanted(tx, planned, now):
        return partial(end, state="cancelled", reason=reason)
    if reason := await followups.unwanted(tx, planned, talk, memory):
        return partial(end, state="cancelled", reason=reason)
    said = await may(tx, planned, customer, talk, now)
    if said.kind == "wait" and said.until is not None:
        return partial(later, due_at=said.until, reason=said.reason)
    if not said.allows:
        return partial(end, state="refused", reason=said.reason)
    if held := _hold(planned, talk, memory, now):
        until, reason = held
        return partial(later, due_at=until, reason=reason)
    return None


async def may(
    tx: Tx, planned: Outreach, customer: Customer, talk: Conversation | None, at: datetime
) -> Verdict:
    """Whether it may be said at that time, as far as is known now."""
    author = Author.BOT if planned.campaign_id is None else "campaign"
    purpose: Purpose = planned.purpose  # type: ignore[assignment]
    wish = Wish(customer.channel, author, purpose, at)  # type: ignore[arg-type]
    known = await standing.whole(tx, customer, talk, at)
    said = verdict(wish, known)
    if said.kind != "refuse" and (wanted := care.wants(planned)):
        also = verdict(replace(wish, purpose=wanted), known)  # type: ignore[arg-type]
        if also.reason in WISHES:
            return also
    if said.allows and planned.kind in asking.SURVEYS:
        return await asking.rest(tx, planned, at) or said
    return said


async def foreseen(tx: Tx, planned: Outreach, now: datetime) -> Verdict:
    """What will become of something that waits when its time comes, as far as is known now. Beyond
    permission's reasons it may be refused as too_late or no_longer."""
    at = max(planned.due_at, now)
    if reason := await _unwanted(tx, planned, at):
        return Verdict("refuse", reason)
    customer = await customers.by_id(tx, planned.customer_id)
    return await may(tx, planned, customer, await _talk_of(tx, customer, now), at)


async def _talk_of(tx: Tx, customer: Customer, now: datetime) -> Conversation | None:
    """The talk that goes on with the customer."""
    talk = await conversations.open_of(tx, customer.id)
    return None if talk is None or conversation.gone_idle(talk, now) else talk


def _hold(
    planned: Outreach, talk: Conversation | None, memory: Memory, now: datetime
) -> tuple[datetime, str] | None:
    """Until when it has to wait for what is going on, and why."""
    if talk is None:
        return None
    if talk.status is not Status.BOT:
        return now + WITH_A_PERSON, "with_person"
    if talk.last_message_at + TALKING > now:
        return talk.last_message_at + TALKING, "talking"
    if memory.loop is not None and planned.kind != followups.RESUME:
        return talk.last_message_at + conversation.IDLE + TALKING, "in_form"
    return None


def _metadata(planned: Outreach, customer: Customer, introduced: bool) -> Json:
    term = customer.profile.get("address")
    about = {
        key: addressed(value, term) if key in WRITTEN else value
        for key, value in planned.about.items()
    }
    return {
        "customer": f"c{customer.id}",
        "channel": customer.channel,
        "name": customer.name,
        "address": customer.profile.get("address"),
        "introduced": introduced,
        "outreach": {"kind": planned.kind, "about": about},
    }


async def _say(
    tx: Tx,
    planned: Outreach,
    talk: Conversation | None,
    turn: Turn | None,
    now: datetime,
    business: str,
) -> None:
    """Say the turn, or the question of a survey, unless something has changed since `talk` was
    read."""
    customer = await customers.lock(tx, planned.customer_id)
    present = await conversations.open_of(tx, customer.id, lock=True)
    if present and conversation.gone_idle(present, now):
        await queue.lapse(tx, present, now)
        present = None
    if (present and (present.id, present.version)) != (talk and (talk.id, talk.version)):
        await rows.later(tx, planned.id, now)  # the customer was faster: look again
        return
    # Another account of theirs may have been written to meanwhile, or said no there.
    if (person := await identities.person_of(tx, customer.id)) is not None:
        await people.lock(tx, [person])
    if not (await may(tx, planned, customer, present, now)).allows:
        await rows.later(tx, planned.id, now)
        return
    survey = None
    if planned.kind == followups.RESUME and present is not None:
        turn = await followups.resume(tx, present, customer)
    elif turn is None:
        survey = await asking.begin(tx, planned, now)
        if survey is None:
            await rows.later(tx, planned.id, now + asking.AGAIN, "asked_already")
            return
        turn = asking.question(planned, survey, customer, business, now)
    if present is None:
        present = await conversations.start(tx, customer.id, now)
    turn = replace(turn, says=tuple(_labelled(planned, n, say) for n, say in enumerate(turn.says)))
    said = await conversation.carry_out(tx, present, customer, turn, [], now, business)
    if not await rows.end(
        tx, planned.id, "sent", now, conversation_id=present.id, message_id=said[0]
    ):
        raise AlreadyEnded(f"outreach {planned.id}")
    if survey is not None:
        await asking.asked(tx, planned, survey, present, now)


async def _unwanted(tx: Tx, planned: Outreach, now: datetime) -> str:
    """Why it is no longer to be said; "" when it is."""
    if planned.campaign_id is not None:
        return await campaigns.unwanted(tx, planned, now)
    if planned.kind in (greetings.BIRTHDAY, greetings.FESTIVAL):
        return await greetings.unwanted(tx, planned, now)
    if planned.kind == promoters.KIND:
        return await promoters.unwanted(tx, planned, now)
    if planned.kind == asking.REMINDER:
        return await asking.unwanted(tx, planned)
    return await care.unwanted(tx, planned, now)


class AlreadyEnded(Exception):
    """Somebody has cancelled it at the same moment; nothing of ours may stay."""


def _labelled(planned: Outreach, place: int, say: Say) -> Say:
    origin = "followup" if planned.campaign_id is None else "campaign"
    why = {**say.why, "outreach": planned.id, "origin": origin, "kind": planned.kind}
    if planned.purpose != "promotion" or place > 0:
        return Say(say.content, why)
    content: Content = replace(say.content, text=QC + say.content.text)
    return Say(content, why)
