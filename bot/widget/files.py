"""Files: up from a visitor, down to whoever has the key."""

from __future__ import annotations

import asyncio
import secrets
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import conversation, uploads
from bot.models import StoredFile
from bot.storage import (
    customers,
    files,
)
from bot.web_io import BodyTooLarge, limited
from bot.widget.door import Refusal, available
from bot.widget.http import BODY_BYTES, door_of


async def post_file(request: Request) -> Response:
    """POST /widget/files: keep an upload until a message names it."""
    state = request.app.state
    door = door_of(request)
    too_big = Refusal("too_large", 413, words="big_file", limit=uploads.FILE_BYTES // (1024 * 1024))
    if not await state.file_limit.take(door.visitor):
        raise Refusal("rate", 429)
    try:
        body = limited(request, uploads.FILE_BYTES + BODY_BYTES)
        async with body.form(max_files=1, max_fields=2) as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile):
                raise Refusal("bad_request", 422)
            data = await upload.read(uploads.FILE_BYTES + 1)
            name = upload.filename or ""
    except BodyTooLarge as error:
        raise too_big from error
    if len(data) > uploads.FILE_BYTES:
        raise too_big
    try:
        async with state.examining:
            mime, kept = await asyncio.to_thread(uploads.examine, data)
    except uploads.RefusedFile as error:
        raise Refusal("bad_file", 415, words=error.words) from error
    file = StoredFile(
        key=secrets.token_urlsafe(24),
        conversation_id=None,
        name=uploads.safe_name(conversation.storable(name), mime),
        mime=mime,
        size=len(kept),
        created_at=state.clock(),
    )
    with available():
        async with state.db.begin() as tx:
            customer = await customers.lock_or_create(
                tx, door.widget.name, door.visitor, state.clock(), locale=door.locale
            )
            await files.add(tx, file, kept, customer.id)
    attachment = conversation.attachment_of(file.key, file.name, file.mime, file.size)
    return JSONResponse({"key": file.key, **attachment.as_json()})


async def get_file(request: Request) -> Response:
    """GET /files/{key}: only what cannot run scripts is shown in place."""
    key, found = request.path_params["key"], None
    if key.isascii() and key.isprintable():
        async with request.app.state.db.read() as tx:
            found = await files.by_key(tx, key)
    if found is None:
        return Response("Not found", 404)
    file, data = found
    place = "inline" if file.mime.startswith(("image/", "audio/", "video/")) else "attachment"
    return Response(
        data,
        media_type=file.mime,
        headers={
            "Content-Disposition": f"{place}; filename*=UTF-8''{quote(file.name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "private, max-age=31536000, immutable",
        },
    )
