"""Whether a talk gets anywhere, told by what was asked and answered lately. The transcript is all
the memory this takes: it outlives the assistant's, and every worker reads the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.models import Author, Message, Turn
from bot.phrases import Text

LATELY: Final = 10  # turns, the present one included
MESSAGES: Final = 4 * LATELY  # in which they are looked for
FRESH: Final = timedelta(minutes=30)  # as long, the same once more is a repetition
ASKED: Final = 3  # times that one question may be asked
NOT_UNDERSTOOD: Final = frozenset({"utter_fallback", "utter_offer_person"})
# Said again and again without a question: what is no question, what forms and the assistant's
# own recovery count themselves.
ASIDES: Final = frozenset(
    {
        *("greet", "goodbye", "thank", "chitchat", "affirm", "deny", "inform", "stop_form"),
        *("say_busy", "not_interested", "opt_in", "opt_out", "bot_challenge", "give_feedback"),
        *("nlu_fallback", "out_of_scope", "bot_frustration", "insult"),
    }
)
QUESTIONS: Final = ("ask_", "faq_")  # how intents begin that no form's answer has


@dataclass(frozen=True)
class Past:
    """A question and its answer."""

    asked: str  # the customer's words without accents
    answer: tuple[str, ...]  # bubbles
    understood: bool
    at: datetime


def past_of(transcript: Iterable[Message]) -> list[Past]:
    """The assistant's answers since people last had a part in the talk, the oldest first."""
    turns: list[list[Message]] = []
    words: dict[int, str] = {}
    for message in transcript:
        answers = message.meta.get("answers")
        if message.author is Author.CUSTOMER:
            words[message.id] = message.content.text
        elif message.author is not Author.BOT:
            turns.clear()
        elif answers and turns and turns[-1][0].meta["answers"] == answers:
            turns[-1].append(message)
        elif answers:
            turns.append([message])
    return [
        _past(
            (words.get(message_id, "") for message_id in turn[0].meta["answers"]),
            [(message.content.text, message.meta) for message in turn],
            turn[0].created_at,
        )
        for turn in turns[-LATELY + 1 :]
    ]


def with_turn(past: Sequence[Past], text: str, turn: Turn, at: datetime) -> list[Past]:
    """What is past once this turn is."""
    said = [(say.content.text, say.why) for say in turn.says]
    return [*past, _past([text], said, at)][-LATELY + 1 :]


def _past(
    asked: Iterable[str], said: Sequence[tuple[str, Mapping[str, Any]]], at: datetime
) -> Past:
    return Past(
        asked=_plain(asked),
        answer=tuple(text for text, _ in said),
        understood=not any(why.get("response") in NOT_UNDERSTOOD for _, why in said),
        at=at,
    )


def failures(past: Sequence[Past]) -> int:
    """How many of the last turns were not understood."""
    return sum(not turn.understood for turn in past)


def goes_round(
    past: Sequence[Past], text: str, turn: Turn, now: datetime, *, in_form: bool
) -> bool:
    """Whether the assistant would say what it has just said, or the customer asks the same for
    the third time. A form counts the answers that it cannot use by itself."""
    if not text or not turn.says or turn.handoff_reason:
        return False
    intent = str(turn.says[0].why.get("intent") or "")
    if not intent or intent in ASIDES or (in_form and not intent.startswith(QUESTIONS)):
        return False
    fresh = [each for each in past if now - each.at < FRESH]
    answer, asked = tuple(say.content.text for say in turn.says), _plain([text])
    again = sum(answer == each.answer or asked == each.asked for each in fresh)
    return again >= ASKED - 1 or (bool(fresh) and answer == fresh[-1].answer)


def _plain(texts: Iterable[str]) -> str:
    return Text.of(" ".join(texts)).bare
