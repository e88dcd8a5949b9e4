"""What an agent might answer: the assistant's own answers, and what colleagues said to customers
who wrote alike.

Built when it is first asked for, in a thread; colleagues' answers are taken in as conversations
close. Only words that fit any customer are taken: nothing with a number of somebody's in it.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot import canned
from bot.faq import Faq
from bot.nlu.text import normalise
from bot.similar import Index
from bot.storage import faq_entries
from bot.storage import suggestions as talks
from bot.storage.db import Database
from bot.storage.faq_entries import FaqEntry
from bot.storage.suggestions import Exchange

MOST: Final = 3
ALIKE: Final = 0.18  # what is less alike is not shown
ALIKE_TALK: Final = 0.45  # a colleague's words need a closer likeness than the assistant's
KEPT: Final = 2000  # exchanges; then the oldest half is forgotten
SHORTEST_ASKED: Final = 2  # letters
SHORTEST: Final = 20  # letters of an answer that says something
BATCH: Final = 300  # conversations that are read at once
_SOMEBODYS: Final = re.compile(r"\d[\d .-]{4,}\d|@\w|https?://|[A-Z]{2,}\d{3,}")


@dataclass(frozen=True)
class Suggestion:
    """An answer and where it comes from."""

    text: str
    source: str  # faq or talk
    title: str  # the rule's name, or the agent's
    conversation_id: int | None  # of the talk


class Suggestions:
    """One process's suggestions."""

    def __init__(self, project: Path, db: Database) -> None:
        self._project = project
        self._db = db
        self._faq: Faq | None = None
        self._entries: Sequence[FaqEntry] = ()
        self._exchanges: list[Exchange] = []
        self._asked = Index()
        self._upto: datetime | None = None
        self._taking = asyncio.Lock()
        self._finding = threading.Lock()  # over the three above

    async def find(self, asked: str, facts: Mapping[str, str], term: str) -> list[Suggestion]:
        """At most three, the best first; none for words that say nothing. `term` is what the
        customer is called. Raises OSError when the project's answers cannot be read."""
        if len(asked.strip()) < SHORTEST_ASKED:
            return []
        async with self._taking, self._db.read() as tx:
            self._upto, closed = await talks.closed_since(tx, self._upto, BATCH)
            entries = await faq_entries.everything(tx)
        known = {**facts, "xung_ho": term}
        return await asyncio.to_thread(self._find, asked, known, closed, entries)

    def _find(
        self,
        asked: str,
        known: Mapping[str, str],
        closed: Sequence[Exchange],
        entries: Sequence[FaqEntry],
    ) -> list[Suggestion]:
        with self._finding:
            self._learn([each for each in closed if _fits_anybody(each.said)])
            if self._faq is None or self._entries != entries:
                self._faq, self._entries = Faq(self._project, entries), entries
            answers = self._faq.find(asked, MOST)
            said = self._asked.nearest(normalise(asked), MOST)
            exchanges = self._exchanges
        found: list[tuple[float, Suggestion]] = []
        for likeness, answer in answers:
            filled = canned.fill(answer.text, known)
            if likeness >= ALIKE and not filled.missing:
                found.append((likeness, Suggestion(filled.text, "faq", answer.title, None)))
        for likeness, place in said:
            each = exchanges[place]
            if likeness >= ALIKE_TALK:
                # The assistant's answers keep their order: it says more than their likeness.
                less = (at for at, (other, _) in enumerate(found) if other < likeness)
                talk = Suggestion(each.said, "talk", each.by, each.conversation_id)
                found.insert(next(less, len(found)), (likeness, talk))
        return list({each.text: each for _, each in found}.values())[:MOST]

    def _learn(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = [*self._exchanges, *exchanges]
        if len(self._exchanges) > KEPT:
            exchanges = self._exchanges = self._exchanges[-KEPT // 2 :]
            self._asked = Index()
        for each in exchanges:
            self._asked.add(normalise(each.asked))


def _fits_anybody(said: str) -> bool:
    return len(said) >= SHORTEST and not _SOMEBODYS.search(said)
