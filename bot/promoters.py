"""Thanks to those who would recommend us, with our address to pass on. Advertising, so it wants a
yes to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.models import Outreach
from bot.storage import identities, outreach, surveys
from bot.storage.db import Tx
from bot.storage.surveys import Survey

KIND: Final = "share"
PROMOTER: Final = 9  # NPS marks from here on
AFTER: Final = timedelta(hours=2)  # while every platform's window is open
WITHIN: Final = timedelta(days=7)
EVERY: Final = timedelta(days=180)


async def plan(tx: Tx, survey: Survey, mark: int | None, now: datetime) -> None:
    """Mean to thank for a mark, if it is that of a promoter who was not thanked lately."""
    if survey.kind != "nps" or mark is None or mark < PROMOTER:
        return
    accounts = await identities.accounts_of(tx, survey.customer_id)
    if await outreach.was_sent(tx, KIND, accounts, now - EVERY):
        return
    await outreach.plan(
        tx,
        KIND,
        f"{KIND}:{survey.id}",
        "promotion",
        survey.customer_id,
        now + AFTER,
        now,
        about={"until": (now + WITHIN).isoformat()},
        person_id=await identities.person_of(tx, survey.customer_id),
    )


async def unwanted(tx: Tx, planned: Outreach, now: datetime) -> str:
    """Why they are not to be thanked any more; "" when they are."""
    accounts = await identities.accounts_of(tx, planned.customer_id)
    mark = await surveys.last_mark(tx, "nps", accounts)
    if mark is None or mark < PROMOTER:
        return "no_longer"
    if await outreach.was_sent(tx, KIND, accounts, now - EVERY):
        return "often_enough"
    return "too_late" if now > datetime.fromisoformat(planned.about["until"]) else ""
