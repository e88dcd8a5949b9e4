"""Files that people send: told by their content, never by their name."""

from __future__ import annotations

import io
import re
import unicodedata

from PIL import Image, ImageOps, UnidentifiedImageError

FILE_BYTES = 10 * 1024 * 1024
PIXELS = 50_000_000  # an image of more is refused before it is unpacked

IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
# Content that begins so is what it says; anything else is refused. SVG and HTML are documents
# that run scripts, so they are not here.
SIGNATURES = (
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"ID3|\xff[\xf2\xf3\xfb]"), "audio/mpeg"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"....ftypM4A", re.DOTALL), "audio/mp4"),
    (re.compile(rb"....ftyp", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1aE\xdf\xa3"), "video/webm"),
)
ACCEPTED = (*IMAGES.values(), *dict.fromkeys(mime for _, mime in SIGNATURES))


class RefusedFile(Exception):
    """Not one of the kinds we take."""


def examine(data: bytes) -> tuple[str, bytes]:
    """What the file is, and its bytes as we keep them: an image is written anew, without the
    place and camera that phones put in.

    Raises RefusedFile.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            mime = IMAGES.get(image.format or "")
            if mime and image.width * image.height <= PIXELS:
                return mime, _rewritten(image)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        pass
    else:
        raise RefusedFile("an image of this kind or size is not taken")
    for signature, mime in SIGNATURES:
        if signature.match(data):
            return mime, data
    raise RefusedFile("content not recognised")


def _rewritten(image: Image.Image) -> bytes:
    written = io.BytesIO()
    if image.format == "GIF":
        image.save(written, "GIF", save_all=True)
    else:
        upright = ImageOps.exif_transpose(image)
        upright.info.pop("exif", None)
        upright.save(written, image.format, **({"quality": 88} if image.format == "JPEG" else {}))
    return written.getvalue()


def safe_name(name: str, mime: str) -> str:
    """A file name to show and to save under: no path, no control characters, not too long."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(sign for sign in base if unicodedata.category(sign)[0] != "C").strip(" .")
    return clean[:120] or f"tep.{mime.rsplit('/', 1)[-1]}"
