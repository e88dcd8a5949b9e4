"""Under a sample of answers: did this help? Two buttons on the answer itself, so nothing more is
said, nothing is pushed away, and whoever writes on is not asked again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot import words
from bot.address import addressed
from bot.models import Content, Customer, Say, Turn
from bot.progress import QUESTIONS
from bot.storage import experiments, identities, surveys, unanswered
from bot.storage import rules as desk
from bot.storage import thumbs as rows
from bot.storage.db import Tx
from bot.storage.trackers import Memory
from connectors.base import Button

COMMAND: Final = "/thumb "  # behind our buttons: the question's message, and the answer
MOST: Final = 5  # buttons that every platform shows: Zalo no more
RARELY: Final = timedelta(minutes=10)  # between two of these questions to one person
YES, NO = "yes", "no"


async def ask(tx: Tx, customer: Customer, memory: Memory, turn: Turn, now: datetime) -> Turn:
    """The turn, perhaps with the question under its answer; `memory` is of before it."""
    form = replace(memory, events=memory.events + turn.events).loop
    if turn.handoff_reason or turn.answered or turn.proving or form or not _answers(turn):
        return turn
    last = turn.says[-1]
    about = int(last.why["answers"][-1])
    if not drawn(about, (await desk.current(tx)).thumbs):
        return turn
    accounts = await identities.accounts_of(tx, customer.id)
    if await rows.asked_since(tx, accounts, now - RARELY) or await surveys.open_of(tx, customer.id):
        return turn
    await rows.ask(tx, about, customer.id, str(last.why["intent"]), now)
    buttons = tuple(
        Button(words.say(name, customer.locale), key=f"{COMMAND}{about} {said}")
        for name, said in (("button_helped", YES), ("button_no_help", NO))
    )
    asking = replace(last, content=replace(last.content, buttons=last.content.buttons + buttons))
    return replace(turn, says=(*turn.says[:-1], asking))


def _answers(turn: Turn) -> bool:
    """Whether a turn does nothing but answer a question, and leaves room for two buttons."""
    return bool(turn.says) and all(
        bool(say.why.get("answers"))
        and str(say.why.get("intent") or "").startswith(QUESTIONS)
        and say.why.get("action") == say.why.get("response")
        and len(say.content.buttons) + 2 <= MOST
        and not say.content.cards
        for say in turn.says
    )


def drawn(message_id: int, percent: int) -> bool:
    """Whether it is asked about the answer to this message: of all messages so many in a hundred,
    the same ones whenever it is looked at."""
    digest = hashlib.sha256(f"thumb {message_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < percent


def hear(customer: Customer, commands: Sequence[str]) -> tuple[Turn, list[int]]:
    """What pressing the buttons does, and the places of the messages that are something else."""
    said = [each.split(" ")[2] for each in commands if each.startswith(COMMAND)]
    others = [place for place, each in enumerate(commands) if not each.startswith(COMMAND)]
    if not said:
        return Turn(), others
    name, buttons = "helped", []
    if said[-1] == NO:
        name = "no_help"
        buttons = [Button(words.say("button_human", customer.locale), key="/request_human")]
    text = addressed(words.say(name, customer.locale), customer.profile.get("address"))
    say = Say(Content(text, buttons=tuple(buttons)), why={"action": "thumb"})
    return Turn(says=(say,), introduced=True), others


async def note(tx: Tx, customer: Customer, commands: Sequence[str], now: datetime) -> None:
    """Keep what was pressed; what did not help is a question without an answer."""
    for command in commands:
        if command.startswith(COMMAND):
            _, about, said = command.split(" ")
            await rows.answer(tx, int(about), said == YES, now)
            if said == NO:
                await unanswered.note(tx, int(about), "no_help", "", now)
                await experiments.came_back(tx, customer.id, now)
