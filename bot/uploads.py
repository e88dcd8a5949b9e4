"""Files that people send: told by their content, never by their name."""

from __future__ import annotations

import io
import re
import unicodedata

from PIL import Image, ImageOps, UnidentifiedImageError

FILE_BYTES = 10 * 1024 * 1024
PIXELS = 50_000_000  # an image of more, all frames together, is refused before it is unpacked
FRAMES = 200

# MPO is what phones call a JPEG with more than one picture in it.
IMAGES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
# Content that begins so is what it says; anything else is refused. SVG and HTML are documents
# that run scripts, so they are not here.
SIGNATURES = (
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"ID3|\xff[\xf2\xf3\xfb]"), "audio/mpeg"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"....ftypM4A", re.DOTALL), "audio/mp4"),
    # HEIC and AVIF pictures begin the same way, but carry where they were taken.
    (re.compile(rb"....ftyp(?!hei|hev|mif1|msf1|avi)", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1aE\xdf\xa3"), "video/webm"),
)
ACCEPTED = tuple(dict.fromkeys((*IMAGES.values(), *(mime for _, mime in SIGNATURES))))


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
            if mime and _small_enough(image):
                return mime, _rewritten(image)
    except UnidentifiedImageError:
        pass
    except Exception as error:  # Pillow raises whatever its decoders trip over in broken files
        raise RefusedFile(f"not a whole image: {type(error).__name__}") from error
    else:
        raise RefusedFile("an image of this kind or size is not taken")
    for signature, mime in SIGNATURES:
        if signature.match(data):
            return mime, data
    raise RefusedFile("content not recognised")


def _small_enough(image: Image.Image) -> bool:
    if image.width * image.height > PIXELS:
        return False
    frames = getattr(image, "n_frames", 1) if image.format == "GIF" else 1
    return frames <= FRAMES and image.width * image.height * frames <= PIXELS


def _rewritten(image: Image.Image) -> bytes:
    written = io.BytesIO()
    if image.format == "GIF":
        image.save(written, "GIF", save_all=True, comment=b"")
    else:
        kind = "JPEG" if image.format == "MPO" else image.format
        upright = ImageOps.exif_transpose(image)
        for fact in ("exif", "xmp", "comment"):
            upright.info.pop(fact, None)
        upright.save(written, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return written.getvalue()


def safe_name(name: str, mime: str) -> str:
    """A file name to show and to save under: no path, no control characters, not too long."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(sign for sign in base if unicodedata.category(sign)[0] != "C").strip(" .")
    return clean[:120] or f"tep.{mime.rsplit('/', 1)[-1]}"
