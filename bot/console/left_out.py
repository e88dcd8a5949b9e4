"""Customers who are in no figure: colleagues and trials, spam."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.access import REVIEW, Door, Visit, safe_next
from bot.console.render import missing
from bot.storage import audit, customers

WHY: Final = ("", "test", "spam")


async def set_(request: Request, visit: Visit) -> Response:
    """Leave a customer out of the figures, or count them again. Who did it is kept."""
    form, now = await request.form(), request.app.state.clock()
    why, customer_id = str(form.get("why", "")), request.path_params["id"]
    async with request.app.state.db.begin() as tx:
        if why not in WHY or not await customers.exists(tx, customer_id):
            return await missing(request, visit)
        before = (await customers.lock(tx, customer_id)).left_out
        if why != before:
            await customers.change(tx, customer_id, left_out=why)
            by = visit.user.id
            told = {"before": before, "after": why}
            await audit.note(tx, "customer", customer_id, "left_out", by, now, **told)
    return RedirectResponse(safe_next(str(form.get("next", ""))), 303)


DOORS = (Door("POST", "/customers/{id:int}/left-out", set_, REVIEW),)
