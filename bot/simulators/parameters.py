"""The parameters of an API call, from wherever Telegram and its likes take them."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.simulators.base import Json


async def parameters(request: Request) -> Json:
    """Of the address, of a JSON object or of a form; uploads as UploadFile."""
    found: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            sent = await request.json()
        except ValueError:
            sent = None
        return found | (sent if isinstance(sent, dict) else {})
    return found | dict(await request.form(max_part_size=1024 * 1024))


def logged(found: Json) -> Json:
    """The same, an upload by its name."""
    return {
        key: value.filename if isinstance(value, UploadFile) else value
        for key, value in found.items()
    }
