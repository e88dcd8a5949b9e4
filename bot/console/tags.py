"""The tags of a conversation, as the inbox adds and removes them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import tags
from bot.console.access import DESK, Door, Visit
from bot.console.calls import Invalid, calling
from bot.storage import conversations
from bot.storage import tags as rows
from connectors.base import Json


async def vocabulary(request: Request, visit: Visit) -> Response:
    """The tags to choose from: those in use, then those that a shop begins with."""
    async with request.app.state.db.read() as tx:
        used = await rows.used(tx)
    more = [each for each in tags.FIRST if tags.same(each, used) is None]
    return JSONResponse({"tags": [*used, *more]})


async def _tag(request: Request, visit: Visit, id: int, body: Json) -> Json:
    now = request.app.state.clock()
    tag = _cleaned(body)
    async with request.app.state.db.begin() as tx:
        if await conversations.by_id(tx, id, lock=True) is None:
            raise Invalid("conversation")
        has = (await rows.of_conversations(tx, [id])).get(id, [])
        if tags.same(tag, has) is None:
            if len(has) >= tags.MOST:
                raise Invalid("tag", "tag.many")
            # Written as it was written before, if it was.
            known = tags.same(tag, await rows.used(tx)) or tags.same(tag, tags.FIRST)
            await rows.add(tx, id, known or tag, visit.user.id, now)
    return {}


async def _untag(request: Request, visit: Visit, id: int, body: Json) -> Json:
    async with request.app.state.db.begin() as tx:
        await rows.remove(tx, id, _cleaned(body), request.app.state.clock())
    return {}


def _cleaned(body: Json) -> str:
    try:
        tag = tags.cleaned(str(body.get("tag") or ""))
    except ValueError as error:
        raise Invalid("tag", "tag.long") from error
    if not tag:
        raise Invalid("tag", "tag.empty")
    return tag


DOORS = (
    Door("GET", "/api/tags", vocabulary, DESK, is_api=True),
    Door("POST", "/api/conversations/{id:int}/tag", calling(_tag), DESK, is_api=True),
    Door("POST", "/api/conversations/{id:int}/untag", calling(_untag), DESK, is_api=True),
)
