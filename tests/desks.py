"""A desk whose clock the test moves: customers, agents and the keeper's rounds through the real
use cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from doubles import NOON, ScriptedDialogue, answer_all, said

from bot import conversation, handoff, keeper, queue
from bot.models import Content, Conversation, Handoff, Message, Presence, Role, Turn, User
from bot.storage import (
    agents,
    conversations,
    customers,
    handoffs,
    inbox,
    messages,
    promises,
    rules,
    timers,
    users,
)
from bot.storage.db import Database
from bot.storage.handoffs import Happened
from bot.storage.promises import Promise
from connectors.base import Json


@dataclass
class Desk:
    db: Database
    now: datetime = NOON
    here: set[int] = field(default_factory=set)  # users whose console shows that it lives

    async def rules(self, change: Callable[[Json], object]) -> None:
        """Save the desk's rules with a change."""
        async with self.db.begin() as tx:
            version, document = await rules.newest(tx)
            change(document)
            assert await rules.save(tx, document, "test", None, self.now, upon=version)

    async def agent(
        self,
        name: str,
        *,
        teams: Sequence[str] = (),
        skills: Mapping[str, int] | None = None,
        capacity: int | None = None,
        role: Role = Role.AGENT,
        online: bool = True,
    ) -> User:
        async with self.db.begin() as tx:
            user_id = await users.add(tx, name, name.capitalize(), role, "x", self.now)
            await agents.place(tx, user_id, teams, skills or {}, capacity)
            user = await users.by_id(tx, user_id)
        assert user is not None
        if online:
            await self.appears(user)
        return user

    async def appears(self, user: User, presence: Presence = Presence.ONLINE) -> None:
        self.here.add(user.id)
        async with self.db.begin() as tx:
            await agents.appear(tx, user.id, presence, self.now)

    def vanishes(self, user: User) -> None:
        """The console is gone without a word."""
        self.here.discard(user.id)

    async def writes(self, by: str, text: str, channel: str = "web") -> int:
        received = await conversation.receive(
            self.db, said(text, by=by, channel=channel, sent_at=self.now), self.now
        )
        return received.conversation_id

    async def asks(
        self,
        by: str,
        text: str = "cho gặp người",
        reason: str = "customer_request",
        channel: str = "web",
    ) -> int:
        """A customer whom the assistant hands over for this reason. The conversation's id."""
        conversation_id = await self.writes(by, text, channel)
        dialogue = ScriptedDialogue({text: Turn(handoff_reason=reason)})
        await answer_all(self.db, dialogue, self.now)
        return conversation_id

    async def requests(self, conversation_id: int, reason: str = "customer_request") -> bool:
        """The same without the assistant's turn. False when somebody was faster."""
        async with self.db.begin() as tx:
            await inbox.clear(tx, conversation_id)
            found = await conversations.by_id(tx, conversation_id)
            assert found is not None
            customer = await customers.by_id(tx, found.customer_id)
            return await queue.request(tx, found, customer, reason, "alo", self.now)

    async def reply(self, conversation_id: int, user: User, text: str = "Dạ em đây ạ") -> None:
        client_id = f"{conversation_id} {self.now.isoformat()}"
        await handoff.reply(self.db, conversation_id, user, Content(text), self.now, client_id)

    async def look(self) -> bool:
        async with self.db.begin(durable=False) as tx:
            for user_id in self.here:
                await agents.seen(tx, user_id, self.now)
        return await keeper.look(self.db, self.now)

    async def goes(self, *, step: float = 15, **span: float) -> None:
        """Time passes, with a round of the keeper every `step` seconds."""
        end = self.now + timedelta(**span)
        while self.now < end:
            self.now = min(end, self.now + timedelta(seconds=step))
            await self.look()

    async def jumps(self, to: datetime) -> None:
        """Nobody looks until then."""
        self.now = to
        await self.look()

    # What there is to see

    async def conversation(self, conversation_id: int) -> Conversation:
        async with self.db.read() as tx:
            found = await conversations.by_id(tx, conversation_id)
        assert found is not None
        return found

    async def who(self, conversation_id: int) -> int | str:
        """Whose turn it is: the agent's id, else the status."""
        found = await self.conversation(conversation_id)
        return found.assignee_id or found.status.value

    async def handoff(self, conversation_id: int) -> Handoff:
        """The newest."""
        async with self.db.read() as tx:
            return (await handoffs.of_conversation(tx, conversation_id))[-1]

    async def told(self, conversation_id: int) -> list[Happened]:
        async with self.db.read() as tx:
            return await handoffs.told(tx, (await self.handoff(conversation_id)).id)

    async def kinds(self, conversation_id: int) -> list[str]:
        return [each.kind for each in await self.told(conversation_id)]

    async def transcript(self, conversation_id: int) -> list[Message]:
        async with self.db.read() as tx:
            return await messages.of_conversation(tx, conversation_id)

    async def heard(self, conversation_id: int) -> list[str]:
        """The codes of what Carebot itself has told the customer."""
        found = await self.transcript(conversation_id)
        return [each.meta["code"] for each in found if "code" in each.meta]

    async def timers(self, conversation_id: int) -> dict[str, datetime]:
        async with self.db.read() as tx:
            return await timers.of_conversation(tx, conversation_id)

    async def promises(self) -> list[Promise]:
        async with self.db.read() as tx:
            return await promises.open_of(tx, None)
