"""What is in a message of Zalo: its text, and what came with it."""

from __future__ import annotations

import json
import mimetypes
import re

from connectors.base import Attachment, Json
from connectors.zalo.fields import Odd, degrees, object_, string, url_


def content(message: Json) -> tuple[str, tuple[Attachment, ...], list[str]]:
    """The text, what came with it, and what of that cannot be read."""
    text = string(message, "text")
    parts = message.get("attachments") or []
    if not isinstance(parts, list):
        raise Odd("attachments is not a list")
    found, odd = [], []
    for part in parts:
        try:
            kind, payload = string(part, "type"), object_(part, "payload")
            contact = _contact(payload, text) if kind == "link" else None
            if contact:
                found.append(contact)
                text = ""  # the name, which Zalo wrote
            elif kind == "link":
                url = url_(payload)
                text = text if url in text else f"{text}\n{url}".strip()
            else:
                found.append(_attachment(kind, payload))
        except Odd as error:
            odd.append(str(error))
    return text, tuple(found), odd


def _attachment(kind: str, payload: Json) -> Attachment:
    if kind == "location":
        where = object_(payload, "coordinates")
        latitude, longitude = (degrees(where, key) for key in ("latitude", "longitude"))
        return Attachment("location", f"geo:{latitude},{longitude}")
    if kind == "file":
        name, size = string(payload, "name"), string(payload, "size")
        mime = mimetypes.guess_type(name)[0] or ""
        bytes_ = int(size) if re.fullmatch(r"[0-9]{1,12}", size) else 0
        return Attachment("file", url_(payload), name, mime, bytes_)
    if kind == "gif":
        return Attachment("image", url_(payload), mime="image/gif")
    if kind in ("image", "audio", "video", "sticker"):
        return Attachment(kind, url_(payload))  # type: ignore[arg-type]
    raise Odd(f"unknown attachment {kind[:64]!r}")


def _contact(payload: Json, name: str) -> Attachment | None:
    """A visiting card: a link whose description is JSON with a phone number."""
    try:
        card = json.loads(string(payload, "description"))
    except (ValueError, RecursionError):
        return None
    digits = re.sub(r"\D", "", string(card, "phone")) if isinstance(card, dict) else ""
    if not digits:
        return None
    phone = "84" + digits[1:] if digits.startswith("0") else digits
    return Attachment("contact", f"tel:+{phone}", name=name)
