"""What people do with a conversation: agents, supervisors, a colleague in a platform's own app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import canned, clocks, mentions, outbox, queue, routing, standing, turns
from bot.desk_rules import DeskRules
from bot.metrics import WAITS
from bot.models import Author, Content, Conversation, Customer, Role, Status, User
from bot.permission import Verdict
from bot.storage import (
    agents,
    conversations,
    customers,
    handoffs,
    inbox,
    messages,
    outreach,
    trackers,
    users,
)
from bot.storage import mentions as mentioned
from bot.storage import rules as desk
from bot.storage.db import Database, Tx
from bot.turns import Changed as Changed
from bot.turns import Refused as Refused

# In the dialogue's memory: whatever form is open is left.
LEAVE_FORM = (
    {"event": "active_loop", "name": None},
    {"event": "slot", "name": "requested_slot", "value": None},
)
SUPERVISING = (Role.SUPERVISOR, Role.ADMIN)
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

# After these the customer is not asked how it was.
UNASKED = ("no_answer_needed", "customer_left", "spam")


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
        rules = await desk.current(tx)
        customer = await customers.by_id(tx, conversation.customer_id)
        await turns.assign(tx, rules, conversation, customer, user, now, "accept")


async def step_in(tx: Tx, conversation: Conversation, now: datetime) -> None:
    """A colleague has answered in the platform's own app: the conversation is theirs, until an
    agent accepts it here. Whoever has it already keeps it. Raises Changed."""
    rules = await desk.current(tx)
    handoff = await handoffs.open_of(tx, conversation.id)
    if conversation.status is not Status.ASSIGNED:
        await turns.move(tx, "step_in", conversation, now, waiting_since=None)
        await inbox.clear(tx, conversation.id)
        if handoff is None:
            customer = await customers.by_id(tx, conversation.customer_id)
            handoff = await turns.open_handoff(
                tx, rules, conversation, customer, "answered_in_app", "", now
            )
        await handoffs.change(tx, handoff.id, queued_at=None)
        await clocks.assign(tx, rules, conversation, handoff, now)
    if handoff:
        await clocks.replied(tx, rules, handoff, now)


async def take_over(
    db: Database, conversation_id: int, user: User, reason: str, now: datetime
) -> None:
    """A supervisor takes the conversation from whoever has it; the reason stays as a note.

    Raises Refused for other roles, Gone.
    """
    if user.role not in SUPERVISING:
        raise Refused("only a supervisor may take over")
    async with db.begin() as tx:
        conversation = await _read(tx, conversation_id)
        if conversation.assignee_id == user.id:
            return
        rules = await desk.current(tx)
        customer = await customers.by_id(tx, conversation.customer_id)
        await turns.assign(tx, rules, conversation, customer, user, now, "take_over")
        await _note(tx, conversation, customer, user, reason, now)


async def pass_on(
    db: Database,
    conversation_id: int,
    user: User,
    reason: str,
    now: datetime,
    *,
    to: int | None = None,
    team: str = "",
) -> None:
    """Give the conversation to another person, or to another team's queue; the reason stays as a
    note. The agent who has it may, and supervisors always.

    Raises NotYours, Gone, Changed, and Refused when there is no such person or team.
    """
    async with db.begin() as tx:
        conversation = await _read(tx, conversation_id)
        if user.role not in SUPERVISING:
            await _require_mine(tx, conversation, user)
        rules = await desk.current(tx)
        customer = await customers.by_id(tx, conversation.customer_id)
        if to is not None:
            agent = await agents.by_id(tx, to, lock=True)
            if agent is None:
                raise Refused(f"no agent {to}")
            await turns.assign(tx, rules, conversation, customer, agent.user, now, "reassign")
        elif team in rules.teams:
            await _to_team(tx, rules, conversation, customer, user, team, now)
        else:
            raise Refused(f"no team {team!r}")
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
        verdict = await standing.may_reply(tx, customer, conversation, Author.AGENT, now)
        if not verdict.allows:
            raise NotPermitted(verdict)
        said = await outbox.say(
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
        handoff = await handoffs.open_of(tx, conversation_id)
        if said is not None and handoff:
            await clocks.replied(tx, await desk.current(tx), handoff, now)
    if said is not None and conversation.waiting_since:
        waited = now - conversation.waiting_since
        WAITS.labels(Author.AGENT.value).observe(waited.total_seconds())
    return said


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


async def whisper(
    db: Database,
    conversation_id: int,
    user: User,
    text: str,
    now: datetime,
    client_id: str,
    *,
    to: int,
) -> int | None:
    """A supervisor tells the agent who has the conversation something that nobody else but
    supervisors reads. Raises Refused for other roles, Gone, Changed when `to` has it no more."""
    if user.role not in SUPERVISING:
        raise Refused("only a supervisor may whisper")
    async with db.begin() as tx:
        conversation = await _read(tx, conversation_id)
        if conversation.status is not Status.ASSIGNED or conversation.assignee_id != to:
            raise Changed(f"{to} does not have conversation {conversation_id}")
        customer = await customers.by_id(tx, conversation.customer_id)
        return await messages.add(
            tx,
            conversation.id,
            customer.channel,
            Author.AGENT,
            Content(text),
            now,
            user_id=user.id,
            internal=True,
            client_id=client_id,
            meta={"name": user.name, "whisper": to},
        )


async def return_to_bot(db: Database, conversation_id: int, user: User, now: datetime) -> None:
    """Give the turn back to the assistant. Raises NotYours, Gone, Changed."""
    async with db.begin() as tx:
        conversation = await _mine(tx, conversation_id, user)
        await turns.move(tx, "return_to_bot", conversation, now, waiting_since=None)
        await turns.close(tx, conversation, "returned", now, user)
        if (await trackers.load(tx, conversation_id)).loop:  # its question is no longer open
            await trackers.append(tx, conversation_id, LEAVE_FORM)
        customer = await customers.by_id(tx, conversation.customer_id)
        await turns.announce(tx, conversation, customer, "returned", now, agent=user.name)


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
        await turns.announce(tx, conversation, customer, "resolved", now)
        await turns.move(
            tx,
            "resolve",
            conversation,
            now,
            waiting_since=None,
            resolution=reason,
            resolved_at=now,
        )
        await turns.close(tx, conversation, "resolved", now, user)
        if reason not in UNASKED:
            await outreach.plan(
                tx,
                "csat",
                f"csat:{conversation.id}",
                "survey",
                customer.id,
                now,
                now,
                about={"talk": conversation.id},
            )


async def _to_team(
    tx: Tx,
    rules: DeskRules,
    conversation: Conversation,
    customer: Customer,
    user: User,
    team: str,
    now: datetime,
) -> None:
    await turns.move(tx, "transfer", conversation, now)
    handoff = await handoffs.open_of(tx, conversation.id)
    if handoff is None:
        raise Gone(f"conversation {conversation.id} has no hand-off")
    rank = routing.rank_at(rules, handoff.priority, handoff.requested_at)
    await handoffs.change(
        tx, handoff.id, assignee_id=None, team=team, rank_at=rank, queued_at=now, skills=[]
    )
    handoff = replace(handoff, team=team)
    await clocks.queue(tx, rules, handoff, now)
    await clocks.owe(tx, rules, handoff, now)
    await handoffs.tell(tx, handoff.id, "transferred", now, user_id=user.id, team=team)
    name = rules.teams[team].get(customer.locale) or rules.teams[team]["vi"]
    if await queue.is_served(tx, rules, handoff, now):
        await turns.announce(tx, conversation, customer, "transferred", now, team=name.lower())
    else:
        await queue.tell_place(tx, replace(conversation, status=Status.QUEUED), now)


async def _read(tx: Tx, conversation_id: int) -> Conversation:
    conversation = await conversations.by_id(tx, conversation_id, lock=True)
    if conversation is None or conversation.status is Status.RESOLVED:
        raise Gone(f"conversation {conversation_id} is closed")
    return conversation


async def _mine(tx: Tx, conversation_id: int, user: User) -> Conversation:
    conversation = await _read(tx, conversation_id)
    await _require_mine(tx, conversation, user)
    return conversation


async def _require_mine(tx: Tx, conversation: Conversation, user: User) -> None:
    if conversation.status is not Status.ASSIGNED or conversation.assignee_id != user.id:
        raise NotYours(await _name(tx, conversation.assignee_id))


async def _name(tx: Tx, user_id: int | None) -> str:
    user = await users.by_id(tx, user_id) if user_id is not None else None
    return user.name if user else ""


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
