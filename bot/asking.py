"""Which survey is asked when, and that nobody is asked too much: one at a time, a week's rest
between two, one reminder."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot import conversation, followups, words
from bot.models import Conversation, Customer, Outreach, Turn
from bot.permission import Verdict
from bot.storage import identities, outreach, surveys
from bot.storage.db import Tx
from bot.storage.surveys import Survey
from bot.survey import ask

# The survey that a kind of outreach asks.
SURVEYS: Final = {
    followups.CSAT: "csat",
    "order_survey": "nps",
    "csi": "csi",
    "expectations": "expectations",
    "winback": "leaving",
}
REMINDER: Final = "reminder"
REMIND_AFTER: Final = timedelta(hours=48)  # once
REST: Final = timedelta(days=7)  # of a person between two surveys
AGAIN: Final = timedelta(days=1)  # until we look again whether the other one is answered


async def rest(tx: Tx, planned: Outreach, at: datetime) -> Verdict | None:
    """Why a person is not to be asked yet, who was asked for another survey within REST, on
    whatever channel. The question after a talk is put at once or never; it gives way to other
    surveys only, for each talk has its own."""
    accounts = await identities.accounts_of(tx, planned.customer_id)
    after_talk = planned.kind == followups.CSAT
    but = SURVEYS[planned.kind] if after_talk else ""
    last = await surveys.last_asked(tx, accounts, at - REST, but=but)
    if last is None:
        return None
    return Verdict("refuse" if after_talk else "wait", "asked_already", last + REST)


async def begin(tx: Tx, planned: Outreach, now: datetime) -> Survey | None:
    """The survey to ask, or to remind of; None while the customer has another one before them."""
    if planned.kind == REMINDER:
        await surveys.reminded(tx, planned.about["survey"], now)
        return await surveys.by_id(tx, planned.about["survey"])
    return await surveys.begin(
        tx,
        SURVEYS[planned.kind],
        planned.customer_id,
        now,
        conversation_id=planned.about.get("talk"),
        about=str(planned.about.get("code", "")),
    )


def question(
    planned: Outreach, survey: Survey, customer: Customer, business: str, now: datetime
) -> Turn:
    """Its next question, with what comes before it."""
    before = []
    if not conversation.knows_us(customer, now):
        before.append(words.say("survey_from", customer.locale, business=business))
    if planned.kind == REMINDER:
        before.append(words.say("survey_reminder", customer.locale))
    say = ask(survey, customer, business, *before)
    assert say is not None  # a new one, or one that is still open
    return Turn(says=(say,), introduced=True)


async def asked(
    tx: Tx, planned: Outreach, survey: Survey, talk: Conversation, now: datetime
) -> None:
    """It was asked in this talk; who does not answer is to be reminded, once."""
    if planned.kind == REMINDER:
        return
    await surveys.asked(tx, survey.id, talk.id)
    await outreach.plan(
        tx,
        REMINDER,
        f"{REMINDER}:{survey.id}",
        planned.purpose,
        planned.customer_id,
        now + REMIND_AFTER,
        now,
        about={"survey": survey.id, "of": planned.kind},
        person_id=planned.person_id,
    )


async def unwanted(tx: Tx, planned: Outreach) -> str:
    """Why a reminder is no longer to be said; "" when it is."""
    survey = await surveys.by_id(tx, planned.about["survey"])
    is_open = survey is not None and survey.ended_at is None and not survey.answered
    return "" if is_open else "no_longer"
