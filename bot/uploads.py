"""Files that people send: told by their content, never by their name.

Images are written anew without what a phone puts in beside the picture: where it was taken, when,
with which camera. Videos, sound and PDFs are kept as they come: what a video says of its place is
still in it.
"""

from __future__ import annotations

import io
import re
import unicodedata

from PIL import Image, ImageOps

FILE_BYTES = 10 * 1024 * 1024
# An image of more, all frames together, is refused before it is unpacked. A phone of 50 megapixels
# takes 8192 × 6144.
PIXELS = 51_000_000
FRAMES = 200

# MPO is what phones call a JPEG with more than one picture in it.
IMAGES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
FORMATS = tuple(kind for kind in IMAGES if kind != "MPO")  # opened as a JPEG
_IMAGE = re.compile(rb"\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP", re.DOTALL)
_HEIC = re.compile(rb"....ftyp(hei|hev|mif1|msf1|avi)", re.DOTALL)
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
ACCEPTED = tuple(dict.fromkeys((*IMAGES.values(), *(mime for _, mime in SIGNATURES))))


EXTENSIONS = {
    "image/jpeg": (".jpg", ".jpeg", ".jfif"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/mpeg": (".mp3",),
    "audio/wav": (".wav",),
    "audio/mp4": (".m4a",),
    "video/mp4": (".mp4", ".mov", ".m4v", ".3gp"),
    "video/webm": (".webm", ".mkv"),
}


class RefusedFile(Exception):
    """A file we do not take; `words` names the sentence of bot/words.py that says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def examine(data: bytes) -> tuple[str, bytes]:
    """What the file is, and its bytes as we keep them.

    Raises RefusedFile.
    """
    if _IMAGE.match(data):
        return _examine_image(data)
    if _HEIC.match(data):
        raise RefusedFile("heic_file")
    for signature, mime in SIGNATURES:
        if signature.match(data):
            return mime, data
    raise RefusedFile("bad_file")


def _examine_image(data: bytes) -> tuple[str, bytes]:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if not _small_enough(image):
                raise RefusedFile("huge_image")
            return IMAGES[image.format or ""], _rewritten(image)
    except (RefusedFile, Image.DecompressionBombError) as error:
        raise RefusedFile("huge_image") from error
    except Exception as error:  # Pillow raises whatever its decoders trip over in broken files
        raise RefusedFile("broken_image") from error


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
        try:
            upright = ImageOps.exif_transpose(image)
        except Exception:  # as above: what it says of its sides cannot be read, the picture can
            upright = image.copy()
        for fact in ("exif", "xmp", "comment"):
            upright.info.pop(fact, None)
        upright.save(written, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return written.getvalue()


def safe_name(name: str, mime: str) -> str:
    """A file name to show and to save under: no path, no control characters, not too long, and
    with the ending of what it is: a PDF named "ảnh.exe" is saved as "ảnh.exe.pdf"."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(sign for sign in base if unicodedata.category(sign)[0] != "C").strip(" .")
    endings = EXTENSIONS.get(mime, ("",))
    stem, ending = (clean or "tep")[:110], endings[0]
    if clean.lower().endswith(endings):
        stem, dot, written = clean.rpartition(".")
        return f"{stem[:110]}{dot}{written}"
    return f"{stem}{ending}"
