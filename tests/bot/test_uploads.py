"""What is kept of a file that somebody sends."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from bot import uploads, words
from bot.uploads import RefusedFile, examine

ALL = ["JPEG", "PNG", "WEBP"]


def photo(kind: str, orientation: int = 6) -> bytes:
    """A landscape of red left and blue right half, held on its side, taken in Hà Nội."""
    image = Image.new("RGB", (80, 40), "red")
    image.paste("blue", (40, 0, 80, 40))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SECRET-CAMERA"
    exif[ExifTags.Base.Orientation] = orientation
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (21.0, 1.0, 42.5)
    gps[ExifTags.GPS.GPSLongitudeRef] = "E"
    gps[ExifTags.GPS.GPSLongitude] = (105.0, 51.0, 15.25)
    gps[ExifTags.GPS.GPSProcessingMethod] = b"SECRET-PLACE"
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "SECRET-TEXT")
    told.add_itxt("XML:com.adobe.xmp", "<x>SECRET-XMP</x>")
    more = {"PNG": {"pnginfo": told}, "JPEG": {"comment": b"SECRET-TEXT", "quality": 95}}
    xmp = {} if kind == "PNG" else {"xmp": b"<x>SECRET-XMP</x>"}
    data = io.BytesIO()
    image.save(data, kind, exif=exif, **xmp, **more.get(kind, {}))
    return data.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(RefusedFile) as refusal:
        examine(data)
    return words.say(refusal.value.words, "vi")


@pytest.mark.parametrize("kind", ALL)
def test_a_photo_is_kept_without_where_and_how_it_was_taken(kind: str) -> None:
    sent = photo(kind)
    before = Image.open(io.BytesIO(sent)).getexif()
    assert before.get_ifd(ExifTags.IFD.GPSInfo) and b"SECRET" in sent

    mime, kept = examine(sent)

    image = Image.open(io.BytesIO(kept))
    assert mime == f"image/{kind.lower()}"
    assert dict(image.getexif()) == {} and not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert b"SECRET" not in kept and b"Exif" not in kept and b"GPS" not in kept


@pytest.mark.parametrize("kind", ALL)
def test_a_photo_stays_the_right_way_up(kind: str) -> None:
    image = Image.open(io.BytesIO(examine(photo(kind))[1])).convert("RGB")

    assert image.size == (40, 80)
    red, _, blue = image.getpixel((20, 10))  # type: ignore[misc]
    assert red > 200 and blue < 60


def test_a_second_picture_in_a_jpeg_is_left_out() -> None:
    """Phones put a small copy, depth or a film behind the picture, with a place of its own."""
    data = io.BytesIO()
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (20, 10), "blue")
    first.save(data, "MPO", save_all=True, append_images=[second])

    mime, kept = examine(data.getvalue() + photo("JPEG"))

    assert mime == "image/jpeg" and b"SECRET" not in kept
    assert getattr(Image.open(io.BytesIO(kept)), "n_frames", 1) == 1


def test_a_photo_whose_facts_are_garbled_is_kept_without_them() -> None:
    plain = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(plain, "JPEG")
    garbled = b"Exif\0\0MM\0*\0\0\0\x08\xff\xffSECRET" + b"\xff\0" * 20
    block = b"\xff\xe1" + struct.pack(">H", len(garbled) + 2) + garbled

    kept = examine(plain.getvalue()[:2] + block + plain.getvalue()[2:])[1]

    assert Image.open(io.BytesIO(kept)).size == (40, 30) and b"SECRET" not in kept


def test_the_largest_photo_of_a_phone_is_small_enough() -> None:
    assert uploads.PIXELS >= 8192 * 6144


@pytest.mark.parametrize("side", [8_000, 60_000])
def test_a_picture_that_unpacks_to_gigabytes_is_refused_in_words(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b""))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )

    assert len(bomb) < 1000 and "Kích thước ảnh lớn quá" in refused(bomb)


@pytest.mark.parametrize("kind", [*ALL, "GIF"])
@pytest.mark.parametrize("part", [0.1, 0.6])
def test_half_a_picture_is_refused_in_words(kind: str, part: float) -> None:
    data = io.BytesIO()
    Image.effect_noise((200, 200), 90).convert("RGB").save(data, kind)
    whole = data.getvalue()

    assert "không mở được" in refused(whole[: int(len(whole) * part)])


def test_a_heic_picture_is_refused_with_the_way_out() -> None:
    said = refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 50)

    assert "HEIC" in said and "JPEG" in said


def test_other_pictures_and_programs_are_refused() -> None:
    tiff = io.BytesIO()
    Image.new("RGB", (4, 4)).save(tiff, "TIFF")

    for data in (tiff.getvalue(), b"%!PS-Adobe-3.0 EPSF", b"MZ\x90\0", b"<svg/>", b""):
        assert "Em chỉ nhận ảnh" in refused(data)


def test_films_and_papers_are_kept_as_they_are() -> None:
    film = b"\0\0\0\x18ftypmp42" + b"\0" * 50

    assert examine(film) == ("video/mp4", film)
    assert examine(b"%PDF-1.7 ...") == ("application/pdf", b"%PDF-1.7 ...")


@pytest.mark.parametrize(
    ("name", "mime", "kept"),
    [
        ("../../ảnh lỗi.JPG", "image/jpeg", "ảnh lỗi.JPG"),
        ("hoá đơn.exe", "application/pdf", "hoá đơn.exe.pdf"),
        ("mop\u202egnp.exe", "image/png", "mopgnp.exe.png"),
        ("C:\\x\\con.bat", "video/mp4", "con.bat.mp4"),
        ("", "image/png", "tep.png"),
        ("a" * 300 + ".png", "image/png", "a" * 110 + ".png"),
    ],
)
def test_a_name_is_safe_and_ends_with_what_the_file_is(name: str, mime: str, kept: str) -> None:
    assert uploads.safe_name(name, mime) == kept


def test_every_kind_that_is_taken_has_an_ending() -> None:
    assert set(uploads.ACCEPTED) == set(uploads.EXTENSIONS)
