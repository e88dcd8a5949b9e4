"""What happens when a customer writes: it is written down, then it gets its turn."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot import (
    alarm,
    feedback,
    followups,
    gate,
    handoff,
    identity,
    logs,
    outbox,
    pressed,
    progress,
    proof,
    queue,
    thumbs,
    unanswered,
    wordings,
    words,
)
from bot.address import PAIRS, addressed
from bot.answer import TRIES, Dialogue, think
from bot.menu import BACK
from bot.metrics import TURNS, WAITS
from bot.models import (
    AT_ONCE,
    Author,
    Content,
    Conversation,
    Customer,
    Debounce,
    InboxEntry,
    Message,
    Say,
    Status,
    Turn,
)
from bot.mood import mood_of
from bot.storage import (
    consents,
    conversations,
    customers,
    errands,
    files,
    inbox,
    messages,
    outreach,
    promises,
    surveys,
    trackers,
)
from bot.storage.db import Database, Tx
from bot.storage.dead_letters import SET_ASIDE
from bot.storage.surveys import Survey
from bot.storage.trackers import Memory
from bot.survey import COMMAND, hear
from connectors.base import READ_OUR_STORE, Attachment, InboundMessage, Json

log = logging.getLogger(__name__)

REINTRODUCE = timedelta(hours=24)
CAMPAIGN_KEPT = timedelta(days=7)  # for which "how much?" may be about what a campaign said
IDLE = timedelta(hours=24)  # a talk that no agent here has ends after this
SUMMARY = 200  # characters
PROFILE_AGE = timedelta(days=7)
FETCHED = frozenset({"image", "file", "audio", "video"})
TYPING = timedelta(seconds=3.5)  # the widget tells every three seconds that somebody writes


@dataclass(frozen=True)
class Received:
    message_id: int
    conversation_id: int
    new: bool  # False: a redelivery, nothing was changed
    for_bot: bool  # it now waits for the assistant


async def receive(
    db: Database,
    inbound: InboundMessage,
    now: datetime,
    *,
    file_keys: Sequence[str] = (),
    debounce: Debounce = AT_ONCE,
) -> Received:
    """Write a customer's message down. When this returns it is stored for good; when it raises
    DatabaseUnavailable nothing was changed and the platform should try again.

    The assistant waits with its answer as `debounce` says, but not with a button or with what the
    gate hears. Danger is answered here: it waits neither for a worker nor for a model.
    """
    watch = asyncio.get_running_loop().time
    began = watch()
    received = await _receive(db, inbound, now, file_keys, debounce)
    log.info(
        "received",
        extra={
            "conversation": received.conversation_id,
            "messages": [received.message_id],
            "channel": inbound.channel,
            "new": received.new,
            "ms": round(1000 * (watch() - began)),
        },
    )
    return received


async def _receive(
    db: Database,
    inbound: InboundMessage,
    now: datetime,
    file_keys: Sequence[str],
    debounce: Debounce,
) -> Received:
    inbound = replace(
        inbound,
        external_id=storable(inbound.external_id)[:255],
        sender_id=storable(inbound.sender_id)[:255],
    )
    heard = None if inbound.button or inbound.in_group else gate.hear(inbound.text)
    holds = debounce != AT_ONCE
    if inbound.button or heard:
        debounce = AT_ONCE
    async with db.begin() as tx:
        customer = await customers.lock_or_create(
            tx,
            inbound.channel,
            inbound.sender_id,
            now,
            name=storable(inbound.sender_name)[:255],
            locale=inbound.locale,
        )
        known = await messages.id_of(tx, inbound.channel, inbound.external_id)
        if known is not None:
            old = await messages.by_id(tx, known)
            assert old is not None
            return Received(known, old.conversation_id, new=False, for_bot=False)
        await _know(tx, customer, inbound, now)
        conversation = await conversations.open_of(tx, customer.id, lock=True)
        if conversation and await has_ended(tx, conversation, now):
            await queue.lapse(tx, conversation, now)
            conversation = None
        if conversation is None:
            conversation = await conversations.start(tx, customer.id, now)
        attachments = inbound.attachments
        if file_keys:
            stored = await files.uploaded_by(tx, customer.id, file_keys)
            await files.attach(tx, [file.key for file in stored], conversation.id)
            attachments += tuple(
                attachment_of(file.key, file.name, file.mime, file.size) for file in stored
            )
        message_id = await messages.add(
            tx,
            conversation.id,
            inbound.channel,
            Author.CUSTOMER,
            Content(text=storable(inbound.text), attachments=attachments),
            now,
            external_id=inbound.external_id,
            meta=_meta(inbound) | await _late(tx, conversation.id, inbound),
            sent_at=inbound.sent_at,
        )
        assert message_id is not None
        await fetch_files(tx, customer, message_id, inbound.attachments, now)
        await conversations.heard(tx, conversation, now)
        for_bot = False
        if conversation.status is not Status.BOT:
            await queue.heard(tx, conversation, customer, inbound.text, now)
            await _while_open(tx, conversation, customer, message_id, heard, now)
        elif heard and heard.kind == "alarm":
            await inbox.clear(tx, conversation.id)
            turn = alarm.turn_on(heard, customer)
            await carry_out(tx, conversation, customer, turn, [inbound.text], now)
        else:
            for_bot = True
            await inbox.add(tx, message_id, conversation.id)
            if holds:
                await inbox.hold(tx, conversation.id, now, debounce)
        return Received(message_id, conversation.id, new=True, for_bot=for_bot)


async def _while_open(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    message_id: int,
    heard: gate.Heard | None,
    now: datetime,
) -> None:
    """What is done at once with a message to people: danger is heard, and who waits may leave."""
    waits = conversation.status is Status.QUEUED
    if heard and (heard.kind == "alarm" or waits):
        await alarm.while_open(tx, conversation, customer, heard, now)
    elif waits:
        message = await messages.by_id(tx, message_id)
        assert message is not None
        command = await pressed.command_of(tx, message)
        if command == BACK.payload or gate.takes_back(message.content.text):
            await queue.take_back(tx, conversation, customer, now)


async def writes_on(db: Database, conversation_id: int, now: datetime, debounce: Debounce) -> None:
    """The customer is at their next message: what waits for it waits on. Raises
    DatabaseUnavailable."""
    if debounce.quiet:
        longer = debounce._replace(quiet=max(debounce.quiet, TYPING))
        async with db.begin(durable=False) as tx:
            await inbox.hold(tx, conversation_id, now, longer, again=True)


async def _know(tx: Tx, customer: Customer, inbound: InboundMessage, now: datetime) -> None:
    """What a message tells of its sender besides what it says, and once a week who they are.

    Of a group nothing is kept.
    """
    if inbound.channel in READ_OUR_STORE or inbound.in_group:
        return
    facts: Json = {}
    if inbound.source:
        facts["source"] = storable(inbound.source)[:255]
    if customer.profile.get("reachable") is False:
        facts["reachable"] = True
    read_at = customer.profile.get("read_at")
    if read_at is None or now - datetime.fromisoformat(read_at) > PROFILE_AGE:
        facts["read_at"] = now.isoformat()
        await errands.add(tx, customer.channel, customer.id, now)
    if facts:
        await customers.merge_profile(tx, customer, facts)


async def _late(tx: Tx, conversation_id: int, inbound: InboundMessage) -> Json:
    """Platforms promise no order: a message that was overtaken says so to its readers."""
    if inbound.channel in READ_OUR_STORE:
        return {}
    newest = await messages.newest_sent_at(tx, conversation_id)
    return {"overtaken": True} if newest and inbound.sent_at < newest else {}


def remote(file: Attachment) -> bool:
    """Whether the file is still at its platform: its link will expire."""
    return bool(file.url) and file.kind in FETCHED and not file.url.startswith("/files/")


async def fetch_files(
    tx: Tx, customer: Customer, message_id: int, attachments: Sequence[Attachment], now: datetime
) -> None:
    """Those of a message's files that are still at their platform are to be fetched."""
    for place, file in enumerate(attachments):
        if remote(file):
            await errands.add(
                tx,
                customer.channel,
                customer.id,
                now,
                message_id=message_id,
                place=place,
                url=file.url,
            )


def _meta(inbound: InboundMessage) -> Json:
    mood, trace = mood_of(inbound.text), logs.trace()
    return {
        **({"trace": trace} if trace else {}),
        **({"button": inbound.button} if inbound.button else {}),
        **({"mood": mood} if mood != "neutral" else {}),
        **({"begins": True} if inbound.begins else {}),
        **({"group": True} if inbound.in_group else {}),
    }


def attachment_of(key: str, name: str, mime: str, size: int) -> Attachment:
    """A stored file as it travels with a message."""
    kind = mime.split("/", 1)[0]
    return Attachment(
        kind=kind if kind in ("image", "audio", "video") else "file",  # type: ignore[arg-type]
        url=f"/files/{key}",
        name=name,
        mime=mime,
        size=size,
    )


def storable(text: str) -> str:
    """The text as every database takes it: PostgreSQL refuses NUL, UTF-8 a lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def gone_idle(conversation: Conversation, now: datetime) -> bool:
    """Whether a talk with the assistant alone, or with a colleague in a platform's own app, has
    ended of itself: nobody closes those here."""
    alone = conversation.status is Status.BOT
    elsewhere = conversation.status is Status.ASSIGNED and conversation.assignee_id is None
    return (alone or elsewhere) and now - conversation.last_message_at > IDLE


async def has_ended(tx: Tx, conversation: Conversation, now: datetime) -> bool:
    """Whether it has gone idle, and nobody in it still waits for the assistant."""
    return gone_idle(conversation, now) and not await inbox.any_of(tx, conversation.id)


async def take_turn(
    db: Database,
    dialogue: Dialogue,
    entry: InboxEntry,
    clock: Callable[[], datetime],
    *,
    business: str,
) -> bool:
    """Answer what waits, or leave it to the person who has the conversation.

    Everything that comes of it is one transaction, which holds only if the messages are still
    waiting and nobody has changed whose turn it is. False when somebody else has done it.

    Raises handoff.Changed when a person took the conversation while the assistant was thinking:
    then nothing happened, and the messages are still waiting.
    """
    facts = {"conversation": entry.conversation_id, "messages": entry.message_ids}
    watch = asyncio.get_running_loop().time
    began = watch()
    log.info("turn begun", extra={**facts, "attempt": entry.attempts, "traces": entry.traces})
    outcome, reason = "failed", None
    try:
        turn = await _take_turn(db, dialogue, entry, clock, business)
        if turn is None:
            outcome = "taken_by_another"
        elif reason := turn.handoff_reason:
            outcome = "handed_over"
        else:
            outcome = "answered" if turn.says else "left_to_a_person"
    finally:
        took = watch() - began
        TURNS.labels(outcome).observe(took)
        ended = {**facts, "outcome": outcome, "ms": round(1000 * took)}
        log.info("turn ended", extra={**ended, **({"reason": reason} if reason else {})})
    return turn is not None


async def _take_turn(
    db: Database,
    dialogue: Dialogue,
    entry: InboxEntry,
    clock: Callable[[], datetime],
    business: str,
) -> Turn | None:
    """The turn that was taken; None when somebody else has done it."""
    async with db.read() as tx:
        conversation = await conversations.by_id(tx, entry.conversation_id)
        known = await messages.by_ids(tx, entry.message_ids)
        waiting = [known[message_id] for message_id in entry.message_ids]
        if waiting[0].channel not in READ_OUR_STORE:  # platforms promise no order
            waiting.sort(key=lambda message: (message.sent_at or message.created_at, message.id))
        assert conversation is not None  # foreign key
        customer = await customers.by_id(tx, conversation.customer_id)
        memory = await trackers.load(tx, conversation.id)
        transcript = await messages.of_conversation(tx, conversation.id, limit=progress.MESSAGES)
        commands = [await pressed.command_of(tx, message) for message in waiting]
        survey = await _survey_of(tx, customer, commands)
        proving = await proof.before(tx, customer, commands, clock())
        campaign = await _campaign_of(tx, customer, clock()) if memory.state is None else None
        # They are with the assistant already: it says what it can do.
        payloads = ["/ask_capabilities" if each == BACK.payload else each for each in commands]

    if conversation.status is not Status.BOT:
        async with db.begin() as tx:
            return Turn() if await inbox.done(tx, entry.message_ids) else None

    if any(message.meta.get("group") for message in waiting):
        turn = Turn(says=(Say(Content(words.say("in_group", customer.locale))),))
    else:
        # No transaction is open while the assistant thinks.
        given, others = thumbs.hear(customer, commands)
        if proving is not None and not given.says:
            given, others = proof.hear(proving, customer, waiting, commands, clock())
        if survey is not None and not given.says and entry.attempts <= TRIES:
            given, others = await _answers(
                dialogue,
                survey,
                customer,
                waiting,
                payloads,
                transcript,
                business,
                in_form=memory.loop is not None,
            )
        if others:
            turn = await think(
                dialogue,
                entry,
                [waiting[place] for place in others],
                [payloads[place] for place in others],
                customer,
                memory,
                progress.past_of(transcript),
                introduced=knows_us(customer, clock()),
                campaign=campaign,
            )
            turn = replace(
                turn,
                says=given.says + turn.says,
                answered=given.answered,
                proving=given.proving,
            )
        else:
            turn = given

    now = clock()
    with contextlib.suppress(_AlreadyDone):
        async with db.begin() as tx:
            await _commit(tx, entry, waiting, customer, conversation, memory, turn, now, business)
            await thumbs.note(tx, customer, commands, now)
            await followups.plan(tx, conversation, transcript, memory, turn, now)
            await unanswered.note(tx, transcript, waiting, turn, now)
        if turn.says:
            waited = now - min(message.created_at for message in waiting)
            WAITS.labels(Author.BOT.value).observe(waited.total_seconds())
        return turn
    return None


async def _answers(
    dialogue: Dialogue,
    survey: Survey,
    customer: Customer,
    waiting: Sequence[Message],
    payloads: Sequence[str],
    transcript: Sequence[Message],
    business: str,
    *,
    in_form: bool,
) -> tuple[Turn, list[int]]:
    """What answers to a survey do, and the places of the messages that are none."""
    ours = (each for each in reversed(transcript) if each.author is Author.BOT)
    last = next(ours, None)
    asked_again = last is not None and last.meta.get("action") == "survey_again"
    try:
        return await hear(
            dialogue,
            survey,
            customer,
            waiting,
            payloads,
            business,
            asked_again=asked_again,
            in_form=in_form,
        )
    except Exception:  # whatever broke, the customer gets an answer
        log.exception("survey %s: an answer was not heard", survey.id)
        return Turn(), list(range(len(waiting)))


async def _campaign_of(tx: Tx, customer: Customer, now: datetime) -> Mapping[str, Any] | None:
    """What a campaign told a customer who begins anew: they may answer it days later."""
    told = await outreach.last_sent(tx, customer.id, now - CAMPAIGN_KEPT)
    return told.about if told and told.campaign_id is not None else None


async def _survey_of(tx: Tx, customer: Customer, commands: Sequence[str]) -> Survey | None:
    """The survey whose button was pressed, else the one that the customer has before them."""
    for command in commands:
        if command.startswith(COMMAND):
            return await surveys.by_id(tx, int(command.removeprefix(COMMAND).split(" ")[0]))
    return await surveys.open_of(tx, customer.id)


class _AlreadyDone(Exception):
    """Somebody else has taken this turn; nothing of ours may stay."""


async def _commit(
    tx: Tx,
    entry: InboxEntry,
    waiting: Sequence[Message],
    customer: Customer,
    conversation: Conversation,
    memory: Memory,
    turn: Turn,
    now: datetime,
    business: str,
) -> None:
    # Customer, conversation, inbox: whoever locks several does so in this order.
    customer = await customers.lock(tx, customer.id)
    moved = await conversations.move(tx, conversation, Status.BOT, now)
    if not await inbox.done(tx, entry.message_ids):
        raise _AlreadyDone
    if not moved:
        raise handoff.Changed(f"conversation {conversation.id} has changed")
    conversation = replace(conversation, version=conversation.version + 1)
    texts = [message.content.text for message in waiting]
    turn = await wordings.worded(tx, customer, turn, now)
    turn = await thumbs.ask(tx, customer, memory, turn, now)
    await carry_out(tx, conversation, customer, turn, texts, now, business)
    if turn.handoff_reason == SET_ASIDE:
        for message in waiting:
            await messages.change(tx, message, now, meta={SET_ASIDE: True})


async def carry_out(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    turn: Turn,
    texts: Sequence[str],
    now: datetime,
    business: str = "",
) -> list[int]:
    """Say and write down what a turn on these texts wants to happen. The messages that were
    said."""
    await trackers.append(tx, conversation.id, turn.events)
    if turn.checkpoint:
        await trackers.checkpoint(tx, conversation.id, *turn.checkpoint)
    said = []
    for say in _introduced(turn, customer, now, business):
        message_id = await outbox.say(
            tx, conversation, customer, Author.BOT, say.content, now, meta=say.why
        )
        assert message_id is not None  # no client named it
        said.append(message_id)
    if turn.says and not knows_us(customer, now):
        await customers.change(tx, customer.id, greeted_at=now)
    for each in turn.promised:
        await promises.add(tx, conversation.id, each, Author.BOT, now)
    await consents.add(tx, customer.id, turn.consents, now)
    await feedback.note(tx, conversation, turn.answered, now)
    for told in turn.proved:
        await identity.prove(tx, customer, told, now)
    if turn.proving is not None:
        await proof.note(tx, customer, turn.proving, now)
    if turn.address in PAIRS and turn.address != customer.profile.get("address"):
        await customers.merge_profile(tx, customer, {"address": turn.address})
    if turn.handoff_reason:
        await queue.request(
            tx,
            conversation,
            customer,
            turn.handoff_reason,
            _summary(texts),
            now,
        )
        if turn.handoff_reason in queue.URGENT:
            await queue.raise_priority(tx, conversation.id, 0, now)
    return said


def knows_us(customer: Customer, now: datetime) -> bool:
    """Whether the assistant has introduced itself lately."""
    return customer.greeted_at is not None and now - customer.greeted_at < REINTRODUCE


def _introduced(turn: Turn, customer: Customer, now: datetime, business: str) -> tuple[Say, ...]:
    """The replies, the first of a day told by whom (AI law 134/2025, article 11)."""
    if not turn.says or turn.introduced or knows_us(customer, now):
        return turn.says
    text = words.say("introduction", customer.locale, business=business)
    text = addressed(text, turn.address or customer.profile.get("address"))
    return (Say(Content(text), why={"action": "introduction"}), *turn.says)


def _summary(texts: Sequence[str]) -> str:
    line = storable(" ".join(" ".join(texts).split()))
    return line if len(line) <= SUMMARY else line[: SUMMARY - 1] + "…"
