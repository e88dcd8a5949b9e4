"""Asking customers what they think of us: one question at a time, on every channel, also where
there are only words. The questions stand in `survey.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from bot import gate, words
from bot.address import addressed
from bot.answer import Dialogue
from bot.folded import fold
from bot.marks import Scale, read_mark
from bot.models import Answered, Content, Customer, Message, Say, Turn
from bot.storage.surveys import Survey
from connectors.base import Button

FILE: Final = Path(__file__).parent / "survey.yml"
COMMAND: Final = "/survey "  # behind our buttons: the survey's id, the question and the answer
SKIP: Final = "skip"
LETTERS: Final = 500  # kept of an answer in words
# What may be said in answer to a question of ours; anything else is a matter of its own.
ASIDES: Final = frozenset(
    {
        *("give_feedback", "inform", "nlu_fallback", "out_of_scope", "chitchat", "thank"),
        *("affirm", "greet", "goodbye"),
    }
)
NO_THANKS: Final = frozenset({"deny", "stop_form"})
# In answer to why: also what people are angry about. They have given their mark.
REASONS: Final = ASIDES | {
    *("complain_service", "complain_quality", "complain_delivery", "bot_frustration", "insult"),
}
# In answer to a choice: neither is a hello nor a thank-you.
NAMED: Final = REASONS - {"thank", "affirm", "greet", "goodbye"}


@dataclass(frozen=True)
class Question:
    """One question of a survey."""

    name: str
    text: Mapping[str, str]  # by language
    scale: Scale | None
    low: int  # marks up to this one are low
    faces: str
    choices: Mapping[str, Mapping[str, str]]  # by code, by language
    goes_on: str  # the choice after which more is asked; any other ends the survey


@dataclass(frozen=True)
class Heard:
    """What a customer wrote or pressed while a survey was before them."""

    text: str
    command: str
    message_id: int
    intent: str
    asked_again: bool  # our last word already asked for a proper answer


@lru_cache(maxsize=1)
def questions() -> Mapping[str, Sequence[Question]]:
    """By kind of survey. Raises KeyError for a file that cannot be read."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        kind: [
            Question(
                each["name"],
                each["text"],
                Scale(*each["marks"]) if "marks" in each else None,
                each.get("low", -1),
                each.get("faces", ""),
                each.get("choices", {}),
                each.get("goes_on", ""),
            )
            for each in listed
        ]
        for kind, listed in found.items()
    }


async def hear(
    dialogue: Dialogue,
    survey: Survey,
    customer: Customer,
    waiting: Sequence[Message],
    commands: Sequence[str],
    business: str,
    *,
    asked_again: bool,
    in_form: bool,
) -> tuple[Turn, list[int]]:
    """What the answers among a customer's messages do, and which messages, by their place, are
    none: they are the assistant's. So are all words while a form of its asks for something else."""
    turn, others = Turn(), []
    for place, (message, command) in enumerate(zip(waiting, commands, strict=True)):
        text = message.content.text
        ours = command.startswith(COMMAND)
        elsewhere = bool(text) and (gate.hear(text) is not None or (in_form and not ours))
        if (command and not ours) or not (ours or text) or elsewhere:
            others.append(place)
            continue
        intent = "" if ours else (await dialogue.understand(text))["intent"]["name"]
        heard = Heard(text, command, message.id, intent, asked_again)
        given = answer(survey, customer, heard, business)
        if given is None:
            others.append(place)
            continue
        turn = replace(given, answered=turn.answered + given.answered)
        names = {each.question for each in given.answered}
        marks = tuple(each.mark for each in given.answered if each.mark is not None)
        survey = replace(survey, answered=survey.answered | names, marks=survey.marks + marks)
    return turn, others


def ask(survey: Survey, customer: Customer, business: str, *before: str) -> Say | None:
    """The next question, said after the sentences `before`; None after the last question."""
    question = _next(survey)
    if question is None:
        return None
    said = " ".join([*before, question.text[_language(customer)].format(business=business)])
    content = Content(
        addressed(said, customer.profile.get("address")),
        buttons=tuple(_buttons(survey, question, customer)),
    )
    return Say(content, why={"action": "survey", "survey": survey.id, "question": question.name})


def answer(survey: Survey, customer: Customer, heard: Heard, business: str) -> Turn | None:
    """What an answer does; None when what was heard is none, and is for the assistant."""
    if heard.command:
        return _pressed(survey, customer, heard, business)
    question = _next(survey)
    if survey.ended_at is not None or question is None:
        return None
    if question.scale is not None:
        mark = read_mark(heard.text[:LETTERS], question.scale)
        if isinstance(mark, int):
            return _marked(survey, customer, question, mark, heard, business)
        if mark == "none" and heard.intent in NO_THANKS:
            return _skipped(survey, customer, heard)
        if mark == "none" and heard.intent not in ASIDES:
            return None
        return None if heard.asked_again else _again(survey, customer, question, mark)
    if question.choices:
        code = _choice(question, heard.text)
        if code is None and heard.intent in NO_THANKS:
            return _skipped(survey, customer, heard)
        if code is None and heard.intent not in NAMED:
            return None
        return _noted(survey, customer, question, heard, business, choice=code or "other")
    if heard.intent in NO_THANKS:
        return _skipped(survey, customer, heard)
    if heard.intent not in REASONS:
        return None
    return _noted(survey, customer, question, heard, business)


def _next(survey: Survey) -> Question | None:
    """The first question without an answer."""
    left = (each for each in questions()[survey.kind] if each.name not in survey.answered)
    return next(left, None)


def _pressed(survey: Survey, customer: Customer, heard: Heard, business: str) -> Turn | None:
    _, name, value = heard.command.removeprefix(COMMAND).split(" ", 2)
    question = next((each for each in questions()[survey.kind] if each.name == name), None)
    if question is None:  # of a survey that has been changed meanwhile
        return None
    if value == SKIP:
        return _skipped(survey, customer, heard)
    if question.scale is not None:
        return _marked(survey, customer, question, int(value), heard, business)
    return _noted(survey, customer, question, heard, business, choice=value)


def _skipped(survey: Survey, customer: Customer, heard: Heard) -> Turn:
    given = Answered(survey.id, "", message_id=heard.message_id, ends=True)
    return _thank(customer, "survey_skipped", given)


def _marked(
    survey: Survey, customer: Customer, question: Question, mark: int, heard: Heard, business: str
) -> Turn:
    # One apology and one colleague for all that was not good.
    low = mark <= question.low and all(before > question.low for before in survey.marks)
    given = Answered(
        survey.id,
        question.name,
        mark=mark,
        words="" if heard.command else heard.text[:LETTERS],
        message_id=heard.message_id,
        low=low,
        of=question.scale.high if question.scale else 0,
    )
    return _go_on(survey, customer, given, business, "survey_low" if low else "survey_thanks")


def _noted(
    survey: Survey,
    customer: Customer,
    question: Question,
    heard: Heard,
    business: str,
    choice: str = "",
) -> Turn:
    said = "" if heard.command else heard.text[:LETTERS]
    given = Answered(
        survey.id, question.name, choice=choice, words=said, message_id=heard.message_id
    )
    is_told = choice != question.goes_on or (said and _choice(question, said) is None)
    if question.goes_on and is_told:
        return _thank(customer, "survey_thanks", replace(given, ends=True))
    return _go_on(survey, customer, given, business, "survey_thanks")


def _go_on(survey: Survey, customer: Customer, given: Answered, business: str, thanks: str) -> Turn:
    told = replace(survey, answered=survey.answered | {given.question})
    sentence = words.say(thanks, customer.locale)
    following = ask(told, customer, business, sentence)
    if following is None:
        return _thank(customer, thanks, replace(given, ends=True))
    return Turn(says=(following,), introduced=True, answered=(given,))


def _thank(customer: Customer, key: str, given: Answered) -> Turn:
    text = addressed(words.say(key, customer.locale), customer.profile.get("address"))
    say = Say(Content(text), why={"action": "survey", "survey": given.survey_id})
    return Turn(says=(say,), introduced=True, answered=(given,))


def _again(survey: Survey, customer: Customer, question: Question, why: str) -> Turn:
    assert question.scale is not None
    key = "survey_no_mark" if why == "none" else "survey_not_on_scale"
    low, high = question.scale
    text = words.say(key, customer.locale, low=low, high=high)
    content = Content(
        addressed(text, customer.profile.get("address")),
        buttons=tuple(_buttons(survey, question, customer)),
    )
    why_so = {"action": "survey_again", "survey": survey.id, "question": question.name}
    return Turn(says=(Say(content, why_so),), introduced=True)


def _buttons(survey: Survey, question: Question, customer: Customer) -> list[Button]:
    def button(title: str, value: str) -> Button:
        return Button(title, key=f"{COMMAND}{survey.id} {question.name} {value}")

    language = _language(customer)
    if question.scale is not None:
        low, high = question.scale
        faces = dict(zip(range(low, high + 1), question.faces, strict=False))
        return [
            button(f"{mark} {faces.get(mark, '')}".strip(), str(mark))
            for mark in range(low, high + 1)
        ]
    chosen = [button(text[language], code) for code, text in question.choices.items()]
    return [*chosen, button(words.say("button_skip", customer.locale), SKIP)]


def _choice(question: Question, text: str) -> str | None:
    """The choice that the words name."""
    said = f" {fold(text)} "
    for code, named in question.choices.items():
        if any(f" {fold(each)} " in said for each in named.values()):
            return code
    return None


def _language(customer: Customer) -> str:
    return "en" if customer.locale == "en" else "vi"
