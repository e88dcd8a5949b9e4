"""From the assistant to a person and back. At any moment exactly one of assistant, queue, one
agent or nobody has the turn, and only these functions move it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot import canned, mentions, outbox, permission, standing, words
from bot.address import addressed
from bot.models import Author, Content, Conversation, Customer, Role, Status, User
from bot.permission import Verdict, Wish
from bot.storage import conversations, customers, handoffs, inbox, messages, users
from bot.storage import mentions as mentioned
from bot.storage.db import Database, Tx

# Why a conversation was closed.
RESOLUTIONS = (
    "answered",
    "order_handled",
    "complaint_handled",
    "no_answer_needed",
    "customer_left",
    "spam",
    "other",
)

# Reasons that are our own failure: the customer is told so, honestly.
FAILURES = frozenset(
    {"assistant_failed", "assistant_slow", "assistant_silent", "backend_error", "set_aside"}
)

FIRST_REPLY = timedelta(minutes=5)


class Refused(Exception):
    """The action cannot be done now; `code` says why, in a word."""

    code = "refused"


class AlreadyTaken(Refused):
    """Another agent has the conversation."""

    code = "already_taken"

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} has it")
        self.by = by


class NotYours(AlreadyTaken):
    """Only the agent who has the conversation may do this."""

    code = "not_yours"


class Gone(Refused):
    """The conversation does not exist or is resolved."""

    code = "gone"


class Changed(Refused):
    """Somebody changed the conversation at the same moment: look again."""

    code = "changed"


class Unresolved(Refused):
    """A variable of a canned reply still stands in the text."""

    code = "unresolved"

    def __init__(self, variables: tuple[str, ...]) -> None:
        self.names = canned.shown(variables)
        super().__init__(f"{self.names} not filled in")


class NotPermitted(Refused):
    """The platform would refuse the message; `code` is one of permission.REASONS."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.code = verdict.reason


async def request(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    reason: str,
    summary: str,
    now: datetime,
    *,
    first_reply: timedelta = FIRST_REPLY,
) -> bool:
    """Put the conversation in the queue and tell the customer their place.

    Part of the turn's transaction. False, with nothing changed, when somebody was faster.
    """
    if conversation.status is not Status.BOT:
        return False
    if not await conversations.move(tx, conversation, Status.QUEUED, now):
        return False
    await handoffs.request(tx, conversation.id, reason, summary, now, now + first_reply)
    place = await handoffs.place_of(tx, conversation.id)
    sentence = "failed" if reason in FAILURES else "queued"
    await _announce(tx, conversation, customer, sentence, now, place=place)
    return True


async def accept(db: Database, conversation_id: int, user: User, now: datetime) -> None:
    """Give the conversation to this agent, from the queue or straight from the assistant.

    Of two agents who press together exactly one gets it. Raises AlreadyTaken, Gone.
    """
    async with db.begin() as tx:
        conversation = await _read(tx, conversation_id)
        if conversation.status is Status.ASSIGNED and conversation.assignee_id is not None:
            if conversation.assignee_id == user.id:
                return
            raise AlreadyTaken(await _name(tx, conversation.assignee_id))
        await _assign(tx, conversation, user, now, reason="agent_joined")


async def step_in(tx: Tx, conversation: Conversation, now: datetime) -> None:
    """A colleague has answered in the platform's own app: the conversation is theirs, until an
    agent accepts it here. Whoever has it already keeps it. Raises Changed."""
    if conversation.status is not Status.ASSIGNED:
        await _move(tx, conversation, Status.ASSIGNED, now, waiting_since=None)
        await inbox.clear(tx, conversation.id)
        await handoffs.request(tx, conversation.id, "answered_in_app", "", now, now)
    await handoffs.first_reply(tx, conversation.id, now)


async def take_over(
    db: Database, conversation_id: int, user: User, reason: str, now: datetime
) -> None:
    """A supervisor takes the conversation from whoever has it; the reason stays as a note.

    Raises Refused for other roles, Gone.
    """
    if user.role not in (Role.SUPERVISOR, Role.ADMIN):
        raise Refused("only a supervisor may take over")
    async with db.begin() as tx:
        conversation = await _read(tx, conversation_id)
        if conversation.assignee_id == user.id:
            return
        await _assign(tx, conversation, user, now, reason="taken_over")
        customer = await customers.by_id(tx, conversation.customer_id)
        await _note(tx, conversation, customer, user, reason, now)


async def reply(
    db: Database,
    conversation_id: int,
    user: User,
    content: Content,
    now: datetime,
    client_id: str,
    meta: Mapping[str, Any] | None = None,
) -> int | None:
    """Say something to the customer. Only the agent who has the conversation may.

    Returns the message's id, None when this `client_id` was sent before. Raises NotYours, Gone,
    NotPermitted, Unresolved.
    """
    if variables := canned.left_open(content.text):
        raise Unresolved(variables)
    async with db.begin() as tx:
        conversation = await _mine(tx, conversation_id, user)
        customer = await customers.by_id(tx, conversation.customer_id)
        wish = Wish(customer.channel, Author.AGENT, "reply", now)
        verdict = permission.verdict(wish, await standing.of(tx, customer, conversation, now))
        if not verdict.allows:
            raise NotPermitted(verdict)
        await handoffs.first_reply(tx, conversation_id, now)
        return await outbox.say(
            tx,
            conversation,
            customer,
            Author.AGENT,
            content,
            now,
            user_id=user.id,
            client_id=client_id,
            meta={**(meta or {}), "name": user.name},
        )


async def note(
    db: Database, conversation_id: int, user: User, text: str, now: datetime, client_id: str
) -> int | None:
    """Write something for colleagues only. Any agent may, at any time. Raises Gone when there is
    no such conversation."""
    async with db.begin() as tx:
        conversation = await conversations.by_id(tx, conversation_id, lock=True)
        if conversation is None:
            raise Gone(f"no conversation {conversation_id}")
        customer = await customers.by_id(tx, conversation.customer_id)
        return await _note(tx, conversation, customer, user, text, now, client_id)


async def return_to_bot(db: Database, conversation_id: int, user: User, now: datetime) -> None:
    """Give the turn back to the assistant. Raises NotYours, Gone, Changed."""
    async with db.begin() as tx:
        conversation = await _mine(tx, conversation_id, user)
        await _move(tx, conversation, Status.BOT, now, waiting_since=None)
        await _close(tx, conversation, "returned", now)
        customer = await customers.by_id(tx, conversation.customer_id)
        await _announce(tx, conversation, customer, "returned", now)


async def resolve(
    db: Database, conversation_id: int, user: User, reason: str, now: datetime, outcome: str = ""
) -> None:
    """Close the conversation with one of RESOLUTIONS, and what came of it as a note. Raises
    NotYours, Gone, Changed, and ValueError for another reason."""
    if reason not in RESOLUTIONS:
        raise ValueError(f"{reason!r} is not a resolution")
    async with db.begin() as tx:
        conversation = await _mine(tx, conversation_id, user)
        customer = await customers.by_id(tx, conversation.customer_id)
        if outcome:
            await _note(tx, conversation, customer, user, outcome, now)
        await _announce(tx, conversation, customer, "resolved", now)
        await _move(
            tx,
            conversation,
            Status.RESOLVED,
            now,
            waiting_since=None,
            resolution=reason,
            resolved_at=now,
        )
        await _close(tx, conversation, "resolved", now)


async def _assign(
    tx: Tx, conversation: Conversation, user: User, now: datetime, reason: str
) -> None:
    await _move(tx, conversation, Status.ASSIGNED, now, assignee_id=user.id)
    await inbox.clear(tx, conversation.id)
    open_handoff = await handoffs.open_of(tx, conversation.id)
    if open_handoff is None:
        await handoffs.request(tx, conversation.id, reason, "", now, now + FIRST_REPLY, user.id)
    else:
        accepted = open_handoff.accepted_at or now
        await handoffs.change(tx, open_handoff.id, assignee_id=user.id, accepted_at=accepted)
    customer = await customers.by_id(tx, conversation.customer_id)
    await _announce(tx, conversation, customer, "accepted", now, agent=user.name)


async def _move(
    tx: Tx, conversation: Conversation, status: Status, now: datetime, **values: object
) -> None:
    if not await conversations.move(tx, conversation, status, now, **values):  # type: ignore[arg-type]
        raise Changed(f"conversation {conversation.id} has changed")


async def _close(tx: Tx, conversation: Conversation, outcome: str, now: datetime) -> None:
    open_handoff = await handoffs.open_of(tx, conversation.id)
    if open_handoff:
        await handoffs.change(tx, open_handoff.id, closed_at=now, outcome=outcome)


async def _read(tx: Tx, conversation_id: int) -> Conversation:
    conversation = await conversations.by_id(tx, conversation_id, lock=True)
    if conversation is None or conversation.status is Status.RESOLVED:
        raise Gone(f"conversation {conversation_id} is closed")
    return conversation


async def _mine(tx: Tx, conversation_id: int, user: User) -> Conversation:
    conversation = await _read(tx, conversation_id)
    if conversation.status is not Status.ASSIGNED or conversation.assignee_id != user.id:
        raise NotYours(await _name(tx, conversation.assignee_id))
    return conversation


async def _name(tx: Tx, user_id: int | None) -> str:
    user = await users.by_id(tx, user_id) if user_id is not None else None
    return user.name if user else ""


async def _announce(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    key: str,
    now: datetime,
    **values: object,
) -> None:
    text = words.say(key, customer.locale, **values)
    text = addressed(text, customer.profile.get("address"))
    await outbox.say(
        tx, conversation, customer, Author.SYSTEM, Content(text), now, meta={"code": key}
    )


async def _note(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    user: User,
    text: str,
    now: datetime,
    client_id: str | None = None,
) -> int | None:
    colleagues = [each for each in await users.everyone(tx) if each.active and each.id != user.id]
    named = [each.id for each in mentions.named_in(text, colleagues)]
    message_id = await messages.add(
        tx,
        conversation.id,
        customer.channel,
        Author.AGENT,
        Content(text),
        now,
        user_id=user.id,
        internal=True,
        client_id=client_id,
        meta={"name": user.name, **({"mentions": named} if named else {})},
    )
    if message_id is not None:
        await mentioned.add(tx, message_id, named)
    return message_id
