"""Whether answers were of help, for the page of the assistant's content: what customers said, and
how many of them we ask."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.access import CONTENT, Door, Visit
from bot.figures.share import wilson
from bot.schedule import Invalid
from bot.storage import rules, thumbs
from bot.storage.db import Tx
from bot.storage.thumbs import Helped

SPAN: Final = timedelta(days=90)


@dataclass(frozen=True)
class Rate:
    """How many in a hundred of those who answered were helped, with its 95 % interval."""

    counts: Helped

    @property
    def percent(self) -> int | None:
        if not self.counts.answered:
            return None
        return round(100 * self.counts.helped / self.counts.answered)

    @property
    def interval(self) -> tuple[int, int]:
        """Wilson's."""
        low, high = wilson(self.counts.helped, self.counts.answered)
        return round(100 * low), round(100 * high)


@dataclass(frozen=True)
class Rates:
    """Of all answers and by intent, the most often answered first."""

    whole: Rate
    by_intent: Mapping[str, Rate]
    asks: int  # in a hundred


async def read(tx: Tx, now: datetime) -> Rates:
    found = await thumbs.by_intent(tx, now - SPAN)
    ranked = sorted(found, key=lambda intent: (-found[intent].answered, intent))
    whole = Helped(
        sum(each.asked for each in found.values()),
        sum(each.answered for each in found.values()),
        sum(each.helped for each in found.values()),
    )
    asks = (await rules.current(tx)).thumbs
    return Rates(Rate(whole), {intent: Rate(found[intent]) for intent in ranked}, asks)


async def change(request: Request, visit: Visit) -> Response:
    """Under how many answers we ask; what is no share changes nothing."""
    given, state = str((await request.form()).get("percent", "")), request.app.state
    saved = False
    async with state.db.begin() as tx:
        while not saved:
            version, document = await rules.newest(tx)
            wanted = copy.deepcopy(document)
            wanted["thumbs"] = {"percent": int(given) if given.isdecimal() else -1}
            try:
                saved = wanted == document or await rules.save(
                    tx, wanted, "thumbs", visit.user.id, state.clock(), upon=version
                )
            except Invalid:
                break
    return RedirectResponse("/console/content", 303)


DOORS = (Door("POST", "/content/thumbs", change, CONTENT),)
