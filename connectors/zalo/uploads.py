"""What is sent with a message goes to Zalo first: pictures of at most 1 MB, documents of 5 MB."""

from __future__ import annotations

import io
from typing import Final, NamedTuple

from PIL import Image, ImageOps

from connectors import errors
from connectors.base import File, Json
from connectors.zalo.calls import FILE_BYTES, FILES
from connectors.zalo.events import CHANNEL

IMAGE_BYTES: Final = 1024 * 1024
GIF_BYTES: Final = 5 * 1024 * 1024
SIDES: Final = (2048, 1600, 1200, 900, 600)  # pixels of the longer side, until it is small enough

_UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


class Upload(NamedTuple):
    """One upload: /v2.0/oa/upload/<kind>."""

    kind: str  # image, gif or file
    file: File
    element: Json  # what the message says of it, beside the id that Zalo gives


def picture(file: File) -> Upload:
    """A picture as Zalo takes it: written anew as JPEG when it is too large or of another kind.

    Raises PermanentError for what is no picture.
    """
    try:
        with Image.open(io.BytesIO(file.data)) as image:
            if image.format == "GIF" and len(file.data) <= GIF_BYTES:
                width, height = image.size
                element = {"media_type": "gif", "width": width, "height": height}
                return Upload("gif", File(file.data, "image.gif", "image/gif"), element)
            if image.format in ("JPEG", "PNG") and len(file.data) <= IMAGE_BYTES:
                kind = image.format.lower()
                name = "image.png" if kind == "png" else "image.jpg"
                return Upload("image", File(file.data, name, f"image/{kind}"), {})
            return Upload("image", File(_smaller(image), "image.jpg", "image/jpeg"), {})
    except _UNREADABLE as error:
        raise errors.error(CHANNEL, "image", f"not a picture: {type(error).__name__}") from error


def _smaller(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    # JPEG knows no transparency: white stands behind it.
    paper = Image.new("RGBA", upright.size, "white")
    paper.alpha_composite(upright)
    for side in SIDES:
        paper.thumbnail((side, side))
        out = io.BytesIO()
        paper.convert("RGB").save(out, "JPEG", quality=85)
        if out.tell() <= IMAGE_BYTES:
            break
    return out.getvalue()


def document(file: File, name: str) -> Upload:
    """A document as Zalo takes it. Raises PermanentError for one too large or of another kind."""
    if not name.lower().endswith(FILES):
        raise errors.error(CHANNEL, "file_type", "not a PDF, Word or CSV file")
    if len(file.data) > FILE_BYTES:
        raise errors.error(CHANNEL, "file_size", f"{len(file.data)} bytes")
    return Upload("file", File(file.data, name, file.mime or "application/octet-stream"), {})
