"""What the assistant had no good answer to: told of every turn, and put together by what was asked
so that the support team can do something about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from bot.clusters import clusters, plain
from bot.faq_entries import LINE_LIMIT
from bot.figures.figure import Window
from bot.models import Author, Message, Turn
from bot.nlu.choice import ASKED_BACK, NEITHER, choose
from bot.progress import NOT_UNDERSTOOD
from bot.redacted import redacted
from bot.storage import unanswered as rows
from bot.storage.db import Tx
from bot.storage.unanswered import Unanswered

# not understood; nothing that this shop does; neither A nor B; a person was wanted in place of an
# answer; the answer was no help
WHY: Final = ("fallback", "out_of_scope", "neither", "handed_over", "no_help")
VERDICTS: Final = ("example", "faq", "out_of_scope", "skipped")
KEPT: Final = timedelta(days=90)  # for which what was asked is looked at
LEARNT: Final = 30  # ways of asking that are offered to be learnt
HIDES: Final = re.compile(r"\[[^\]]+\]")


class Miss(NamedTuple):
    message_id: int
    why: str
    guess: str = ""


async def note(
    tx: Tx,
    transcript: Sequence[Message],
    waiting: Sequence[Message],
    turn: Turn,
    now: datetime,
) -> None:
    """Write down what this turn did not answer; `transcript` is of before it."""
    for each in missed(transcript, waiting, turn):
        await rows.note(tx, each.message_id, each.why, each.guess, now)


def missed(transcript: Sequence[Message], waiting: Sequence[Message], turn: Turn) -> Iterator[Miss]:
    """What a turn on these messages did not answer, and what the one before did not, as shows now.

    Who says "neither" to "A or B?" has asked their question before.
    """
    known = {each.id: each for each in (*transcript, *waiting)}
    before = _last_answer(transcript)
    offered = dict.fromkeys(before.meta.get(ASKED_BACK, ()), "") if before else {}
    answered: set[int] = set()
    for say in turn.says:
        answers = list(say.why.get("answers", ()))
        answered.update(answers)
        if say.why.get("response") not in NOT_UNDERSTOOD or not answers:
            continue
        asked = _longest(answers, known)
        if before and offered and choose(known[asked].content.text, offered) == NEITHER:
            yield Miss(_longest(before.meta["answers"], known), "neither")
            continue
        is_strange = say.why.get("intent") == "out_of_scope"
        guess = str(say.why.get("runner_up") or "")
        yield Miss(asked, "out_of_scope" if is_strange else "fallback", guess)
    if turn.handoff_reason == "fallback":
        left = [each.id for each in waiting if each.id not in answered]
        if left:
            yield Miss(left[0], "handed_over")
    in_vain = before and (offered or before.meta.get("response") in NOT_UNDERSTOOD)
    if before and in_vain and turn.handoff_reason == "customer_request":
        yield Miss(_longest(before.meta["answers"], known), "handed_over")


def _last_answer(transcript: Sequence[Message]) -> Message | None:
    """The assistant's last words, if they answered somebody and no person spoke since."""
    for message in reversed(transcript):
        if message.author is Author.BOT:
            return message if message.meta.get("answers") else None
        if message.author is Author.AGENT:
            return None
    return None


def _longest(ids: Sequence[int], known: dict[int, Message]) -> int:
    """Of messages that were one thought the one that says most."""
    return max(ids, key=lambda each: (len(known[each].content.text) if each in known else 0, each))


@dataclass(frozen=True)
class Cluster:
    """What was asked in one sense."""

    messages: Sequence[Unanswered]  # those of the window, the newest first
    first: datetime  # before the window too
    askers: int
    settled_at: datetime | None  # the last time, before somebody new asked
    guess: str  # the intent that was likeliest most often
    ids: Sequence[int]  # of all that is open

    @property
    def id(self) -> int:
        """Stays while it grows."""
        return min(self.ids)

    @property
    def last(self) -> datetime:
        return self.messages[0].at

    @property
    def channels(self) -> list[str]:
        """The commonest first."""
        return [name for name, _ in Counter(each.channel for each in self.messages).most_common()]

    @property
    def whys(self) -> list[str]:
        return [why for why, _ in Counter(each.why for each in self.messages).most_common()]

    def ways(self, today: date, most: int) -> list[str]:
        """How it was asked, word for word but for personal data, each way once; the commonest
        first."""
        ways: dict[str, list[Unanswered]] = {}
        for each in self.messages:
            ways.setdefault(plain(each.text), []).append(each)
        common = sorted(ways.values(), key=len, reverse=True)[:most]
        told = (redacted(said[0].text, said[0].names, today) for said in common)
        return list(dict.fromkeys(filter(None, told)))

    def lines(self, today: date) -> list[str]:
        """Its ways of asking, to be learnt: those with nothing hidden, if there are any."""
        ways = [way for way in self.ways(today, LEARNT) if len(way) <= LINE_LIMIT]
        ways = [way for way in ways if not way.startswith("/")]  # Rasa reads it as a command
        return [way for way in ways if not HIDES.search(way)] or ways


def put_together(asked: Sequence[Unanswered], window: Window) -> list[Cluster]:
    """What is open and was asked in the window, the newest first. What was settled is open again
    when somebody new has asked it."""
    found = []
    for places in clusters(tuple(each.text for each in asked)):
        group = sorted((asked[place] for place in places), key=lambda each: each.at, reverse=True)
        settled = {each.asker for each in group if each.verdict}
        news = [each for each in group if not each.verdict and each.asker not in settled]
        shown = [each for each in group if not each.verdict and each.at in window]
        if not any(each.at in window for each in news):
            continue
        guesses = Counter(each.guess for each in shown if each.guess)
        found.append(
            Cluster(
                messages=shown,
                first=group[-1].at,
                askers=len({each.asker for each in shown}),
                settled_at=max(filter(None, (each.settled_at for each in group)), default=None),
                guess=min(guesses, key=lambda name: (-guesses[name], name), default=""),
                ids=[each.message_id for each in group if not each.verdict],
            )
        )
    return sorted(found, key=lambda each: (each.last, each.id), reverse=True)
