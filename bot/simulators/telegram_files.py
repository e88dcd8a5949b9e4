"""The files that a pretend Telegram keeps: uploaded, fetched from the web, or sent from a phone."""

from __future__ import annotations

import io
import mimetypes
import secrets
from pathlib import PurePath
from typing import Any

import httpx
from PIL import Image
from starlette.datastructures import UploadFile

from bot.simulators.base import Json
from bot.simulators.telegram_checks import Refusal, bad

MEGABYTE = 1024 * 1024


class Files:
    """`kept` are bytes and mime by Telegram's own id."""

    def __init__(self, kept: dict[str, tuple[bytes, str]], http: httpx.AsyncClient) -> None:
        self._kept = kept
        self._http = http

    def keep(self, kind: str, data: bytes, name: str, mime: str) -> Json:
        """Keep a file: the part of a message that holds it. Raises Refusal for a photo that is
        none."""
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        size = _size(data) if kind == "photo" else (640, 360)
        file_id = secrets.token_urlsafe(15)
        self._kept[file_id] = (data, mime)
        made: Json = self._named(file_id)
        if kind == "photo":
            # The real one makes smaller ones too, and puts the largest last.
            return {"photo": [{**made, "width": size[0], "height": size[1]}]}
        made["mime_type"] = mime
        if kind != "voice":
            made["file_name"] = name
        if kind != "document":
            made["duration"] = 3
        if kind == "video":
            made |= {"width": size[0], "height": size[1]}
        return {kind: made}

    async def given(self, body: Json, kind: str, value: Any) -> Json:
        """The file that a call means: uploaded, at an address, or kept before."""
        if isinstance(value, str) and value.startswith("attach://"):
            value = body.get(value.removeprefix("attach://"))
        photo = kind == "photo"
        if isinstance(value, UploadFile):
            data, name, mime = await value.read(), value.filename or kind, value.content_type or ""
            if len(data) > (10 if photo else 50) * MEGABYTE:
                raise Refusal(413, "Request Entity Too Large")
        elif isinstance(value, str) and value in self._kept:
            (data, mime), name = self._kept[value], value
        elif isinstance(value, str) and value.startswith(("http://", "https://")):
            data, name, mime = await self._from_web(value, (5 if photo else 20) * MEGABYTE)
        else:
            raise bad("wrong file identifier/HTTP URL specified")
        if not data:
            raise bad("file must be non-empty")
        return self.keep(kind, data, name, mime)

    async def _from_web(self, url: str, limit: int) -> tuple[bytes, str, str]:
        try:
            answer = await self._http.get(url)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise bad("failed to get HTTP URL content") from None
        if not answer.is_success or len(answer.content) > limit:
            raise bad("failed to get HTTP URL content")
        mime = answer.headers.get("content-type", "").partition(";")[0]
        return answer.content, PurePath(answer.url.path).name or "file", mime

    def place(self, file_id: str) -> Json:
        """What getFile answers."""
        if file_id not in self._kept:
            raise bad("invalid file_id")
        data, mime = self._kept[file_id]
        if len(data) > 20 * MEGABYTE:
            raise bad("file is too big")
        path = f"documents/{file_id}{mimetypes.guess_extension(mime) or ''}"
        return {**self._named(file_id), "file_path": path}

    def at(self, path: str) -> bytes | None:
        """What is behind a path that `place` has given."""
        return self._kept.get(PurePath(path).stem, (None, ""))[0]

    def _named(self, file_id: str) -> Json:
        size = len(self._kept[file_id][0])
        return {"file_id": file_id, "file_unique_id": file_id[:10], "file_size": size}


def _size(photo: bytes) -> tuple[int, int]:
    try:
        width, height = Image.open(io.BytesIO(photo)).size
    except (OSError, ValueError, Image.DecompressionBombError):
        raise bad("IMAGE_PROCESS_FAILED") from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return width, height
