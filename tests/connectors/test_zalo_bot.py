"""Zalo Bot: what comes in, how a message is said, what its answers mean."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phones import free_socket, serving
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors import errors
from connectors.base import (
    Attachment,
    AuthError,
    Button,
    Card,
    DeliveryError,
    Event,
    File,
    InboundMessage,
    OutboundMessage,
    PermanentError,
    RetryableError,
    SignatureError,
    Tools,
    UnknownOutcomeError,
    Unread,
    UnreadableError,
    WebhookRequest,
)
from connectors.zalo_bot import SECRET_HEADERS, ZaloBot

FIXTURES = Path(__file__).parent.parent / "fixtures" / "zalo_bot"
SECRET = "a secret of the shop"
TED = "6ede9afa66b88fe6d6a9"
MODERN = {"x-bot-api-secret-token": SECRET}


async def _no_file(url: str) -> File:
    raise PermanentError("no files here")


def channel(api: str = "http://127.0.0.1:9", **more: str) -> ZaloBot:
    values = {**ZaloBot.settings, "ZALO_BOT_TOKEN": "12345689:abc-xyz", "ZALO_BOT_SECRET": SECRET}
    clock = lambda: datetime(2026, 11, 23, tzinfo=timezone.utc)  # noqa: E731
    tools = Tools(clock, _no_file, vault=None)  # type: ignore[arg-type]
    return ZaloBot({**values, "ZALO_BOT_API_URL": api, **more}, tools)


def posted(body: bytes, headers: dict[str, str] | None = None) -> WebhookRequest:
    return WebhookRequest("POST", body, MODERN if headers is None else headers, {})


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def events(body: bytes) -> list[Event]:
    return channel().parse(posted(body))


def one(body: bytes) -> InboundMessage:
    (event,) = events(body)
    assert isinstance(event, InboundMessage), event
    return event


def changed(name: str, **message: object) -> bytes:
    """A fixture whose message has other fields; None takes one away."""
    data = json.loads(fixture(name))
    inner = data.get("result", data)["message"]
    inner.update(message)
    for key in [key for key, value in message.items() if value is None]:
        del inner[key]
    return json.dumps(data).encode()


# Who posts


@pytest.mark.parametrize("header", SECRET_HEADERS)
def test_the_secret_lets_in_under_each_published_name(header: str) -> None:
    channel().verify(posted(b"{}", {header: SECRET}))


@pytest.mark.parametrize("place", range(len(SECRET)))
def test_a_flipped_byte_of_the_secret_is_refused(place: int) -> None:
    flipped = SECRET[:place] + chr(ord(SECRET[place]) ^ 1) + SECRET[place + 1 :]

    with pytest.raises(SignatureError):
        channel().verify(posted(fixture("text"), {"x-bot-api-secret-token": flipped}))


@pytest.mark.parametrize("given", ["", SECRET + "x", SECRET[:-1], "bí mật", "\udcff"])
def test_another_secret_is_refused(given: str) -> None:
    with pytest.raises(SignatureError):
        channel().verify(posted(fixture("text"), {"x-bot-api-secret-token": given}))


def test_no_secret_is_refused() -> None:
    with pytest.raises(SignatureError):
        channel().verify(posted(fixture("text"), {}))


def test_without_a_secret_of_ours_nobody_comes_in() -> None:
    with pytest.raises(SignatureError):
        channel(ZALO_BOT_SECRET="").verify(posted(b"{}", {"x-bot-api-secret-token": ""}))


def test_who_only_looks_is_answered() -> None:
    assert channel().challenge(WebhookRequest("GET", b"", {}, {})) == "Success"
    assert channel().challenge(posted(b"{}")) is None


# What comes


def test_a_text_with_the_wrapping_of_the_documentation() -> None:
    message = one(fixture("text"))

    assert (message.channel, message.external_id) == ("zalo_bot", "2d758cb5e222177a4e35")
    assert (message.sender_id, message.sender_name) == (TED, "Ted")
    assert (message.text, message.attachments) == ("Xin chào", ())
    assert message.sent_at == datetime(2025, 6, 19, 6, 55, 31, 602000, timezone.utc)
    assert not message.in_group


def test_a_bare_picture_with_a_caption() -> None:
    message = one(fixture("image_bare"))

    assert message.text == "hàng bị lỗi"
    assert message.attachments == (Attachment("image", "https://photo-stal.zdn.vn/x.jpg"),)


def test_a_picture_as_the_documentation_names_it() -> None:
    message = one(changed("image_bare", photo_url=None, photo="https://a.vn/1.jpg", caption=None))

    assert message.text == ""
    assert message.attachments == (Attachment("image", "https://a.vn/1.jpg"),)


def test_a_sticker_is_no_text() -> None:
    message = one(fixture("sticker"))

    assert message.text == ""
    assert message.attachments == (
        Attachment(
            "sticker", "https://zalo-api.zadn.vn/api/emoticon/sticker", "bfe458bf64fa8da4d4eb"
        ),
    )


def test_a_voice_message() -> None:
    body = fixture("sticker").replace(b"message.sticker.", b"message.voice.")
    data = json.loads(body)
    data["message"]["voice_url"] = "https://f2-voice-aac-dl.zdn.vn/1.aac"

    message = one(json.dumps(data).encode())

    assert message.text == ""
    assert message.attachments == (Attachment("audio", "https://f2-voice-aac-dl.zdn.vn/1.aac"),)


async def test_what_the_platform_keeps_is_a_file_that_cannot_be_fetched() -> None:
    message = one(fixture("unsupported"))

    assert (message.text, message.attachments) == ("", (Attachment("file", ""),))
    with pytest.raises(PermanentError) as refused:
        await channel().fetch("")
    assert refused.value.code == "hidden"


def test_a_bot_is_not_answered() -> None:
    body = changed("text", **{"from": {"id": "1", "display_name": "Bot", "is_bot": True}})

    assert events(body) == []


def test_in_a_group_the_group_is_answered() -> None:
    message = one(changed("text", chat={"id": "group-1", "chat_type": "GROUP"}))

    assert (message.in_group, message.sender_id, message.sender_name) == (True, "group-1", "Ted")


@pytest.mark.parametrize("field", ["from", "chat", "message_id", "date", "text"])
@pytest.mark.parametrize("value", [None, "", [], {}, True, "x" * 3, 10**400, -(10**17)])
def test_a_broken_field_never_raises(field: str, value: object) -> None:
    found = events(changed("text", **{field: value}))

    assert all(isinstance(event, InboundMessage | Unread) for event in found)
    if value in (None, []):
        assert isinstance(found[0], Unread)


def test_an_unknown_event_is_kept_as_it_came() -> None:
    body = fixture("unsupported").replace(b"unsupported", b"reaction")

    (event,) = events(body)

    assert event == Unread("zalo_bot", "unknown event", json.loads(body))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"\xff", b"[" * 100_000, b'"x"'])
def test_what_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        events(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("from", "chat", "message_id", "date", "text", "photo", "url", "voice_url", "caption")
KINDS = ("text", "image", "sticker", "voice", "unsupported")


@given(
    st.sampled_from([f"message.{kind}.received" for kind in KINDS]) | JSON,
    st.dictionaries(st.sampled_from(FIELDS), JSON | st.just({"id": "1"})) | JSON,
    st.booleans(),
)
def test_whatever_comes_is_read_or_kept(event: Any, message: Any, wrapped: bool) -> None:
    update = {"event_name": event, "message": message}

    found = events(json.dumps({"ok": True, "result": update} if wrapped else update).encode())

    assert all(isinstance(each, InboundMessage | Unread) for each in found)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_kept_or_unreadable(body: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        events(body)


# How a message is said


def said(**content: Any) -> list[dict[str, Any]]:
    return channel().render(OutboundMessage("zalo_bot", TED, **content))


def test_choices_are_numbers_to_type() -> None:
    buttons = (
        Button("Tra cứu đơn", "k1"),
        Button("Website", url="https://shop.example.vn"),
        Button("Gặp nhân viên", "k2"),
    )

    assert said(text="Anh/chị cần hỗ trợ gì ạ?", buttons=buttons) == [
        {
            "method": "sendMessage",
            "text": "Anh/chị cần hỗ trợ gì ạ?\n\n1. Tra cứu đơn\n"
            "Website: https://shop.example.vn\n2. Gặp nhân viên",
        }
    ]


def test_cards_are_pictures_with_words_and_their_choices_count_on() -> None:
    cards = (
        Card("Loa A", "450.000₫", "https://shop.vn/a.jpg", (Button("Mua", "k2"),)),
        Card("Loa B", "650.000₫", "/files/b", (Button("Mua", "k3"), Button("So sánh", "k4"))),
    )

    assert said(text="Hai mẫu ạ:", buttons=(Button("Thôi", "k1"),), cards=cards) == [
        {"method": "sendMessage", "text": "Hai mẫu ạ:\n\n1. Thôi"},
        {
            "method": "sendPhoto",
            "photo": "https://shop.vn/a.jpg",
            "caption": "Loa A\n450.000₫\n\n2. Mua",
        },
        {"method": "sendMessage", "text": "Loa B\n650.000₫\n\n3. Mua\n4. So sánh"},
    ]


def test_files_at_public_addresses_are_shown_or_linked() -> None:
    files = (
        Attachment("image", "https://shop.vn/a.jpg"),
        Attachment("file", "https://shop.vn/b.pdf", "Bảng giá"),
        Attachment("video", "https://shop.vn/c.mp4"),
    )

    assert said(attachments=files) == [
        {"method": "sendPhoto", "photo": "https://shop.vn/a.jpg"},
        {"method": "sendMessage", "text": "Bảng giá: https://shop.vn/b.pdf"},
        {"method": "sendMessage", "text": "https://shop.vn/c.mp4"},
    ]


@pytest.mark.parametrize("kind", ["image", "file", "audio"])
async def test_a_file_of_our_own_is_refused_with_a_meaning(kind: Any) -> None:
    text, file = said(text="Hóa đơn ạ", attachments=(Attachment(kind, "/files/k", "a.pdf"),))

    assert text == {"method": "sendMessage", "text": "Hóa đơn ạ"}
    with pytest.raises(PermanentError) as refused:
        await channel().deliver(TED, file)
    meaning = errors.meaning("zalo_bot", refused.value.code)
    assert meaning is not None
    assert meaning.vi[0].startswith("Zalo Bot không gửi được tệp")


def test_a_long_text_is_said_in_parts_with_the_choices_last() -> None:
    calls = said(text="Dạ đây là chính sách bảo hành ạ. " * 130, buttons=(Button("Đồng ý", "k"),))

    texts = [call["text"] for call in calls]
    assert len(texts) == 3
    assert all(len(text) <= 2000 for text in texts)
    assert all(text.endswith("ạ.") for text in texts[:-1])
    assert texts[-1].endswith("\n\n1. Đồng ý")


def test_a_long_card_goes_on_as_text() -> None:
    picture, rest = said(cards=(Card("Loa", "Rất hay. " * 300, "https://shop.vn/a.jpg"),))

    assert len(picture["caption"]) <= 2000
    assert rest["method"] == "sendMessage"
    assert picture["caption"].count("hay") + rest["text"].count("hay") == 300


# What the platform answers


class Platform:
    """Answers every call with the same, and keeps the calls."""

    def __init__(self) -> None:
        self.answer: Response = Response()
        self.calls: list[tuple[str, Any]] = []

    async def take(self, request: Request) -> Response:
        self.calls.append((request.url.path, await request.json()))
        return self.answer


@pytest.fixture
async def platform() -> AsyncIterator[tuple[Platform, ZaloBot]]:
    made = Platform()
    sock, url = free_socket()
    async with serving([Route("/{path:path}", made.take, methods=["POST"])], sock):
        connector = channel(url)
        yield made, connector
        await connector.close()


Pair = tuple[Platform, ZaloBot]
HELLO = {"method": "sendMessage", "text": "Dạ"}


async def test_a_message_is_sent_and_its_id_returned(platform: Pair) -> None:
    made, connector = platform
    made.answer = Response(fixture("send_ok"))

    assert await connector.deliver(TED, HELLO) == "82599fa32f56d00e8941"

    body = {"chat_id": TED, "text": "Dạ"}
    assert made.calls == [("/bot12345689:abc-xyz/sendMessage", body)]


FATES: list[tuple[int, type[DeliveryError]]] = [
    (400, PermanentError),
    (401, AuthError),
    (403, RetryableError),
    (404, PermanentError),
    (408, UnknownOutcomeError),
    (418, PermanentError),
    (429, RetryableError),
    (500, RetryableError),
    (502, UnknownOutcomeError),
    (503, RetryableError),
    (504, UnknownOutcomeError),
]


@pytest.mark.parametrize(("code", "fate"), FATES)
@pytest.mark.parametrize("way", ["in words", "by status", "both"])
async def test_each_code_has_its_fate(
    platform: Pair, code: int, fate: type[DeliveryError], way: str
) -> None:
    made, connector = platform
    said = {"ok": False, "error_code": code, "description": "…"}
    made.answer = {
        "in words": JSONResponse(said),
        "by status": Response("<html>", code),
        "both": JSONResponse(said, code),
    }[way]

    with pytest.raises(DeliveryError) as refused:
        await connector.deliver(TED, HELLO)

    assert type(refused.value) is fate
    assert refused.value.code == str(code)
    assert "abc-xyz" not in str(refused.value)


async def test_too_many_is_for_everybody_and_as_long_as_asked(platform: Pair) -> None:
    made, connector = platform
    made.answer = JSONResponse({"ok": False, "error_code": 429}, headers={"Retry-After": "7"})

    with pytest.raises(RetryableError) as refused:
        await connector.deliver(TED, HELLO)

    assert (refused.value.everybody, refused.value.retry_after) == (True, 7)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"ok"', b"{}", b'{"ok":1}'])
async def test_an_answer_that_is_none_leaves_it_open(platform: Pair, body: bytes) -> None:
    made, connector = platform
    made.answer = Response(body)

    with pytest.raises(UnknownOutcomeError):
        await connector.deliver(TED, HELLO)


async def test_the_bot_tells_its_name(platform: Pair) -> None:
    made, connector = platform
    made.answer = Response(fixture("get_me"))

    assert await connector.check() == "Bot Shop"


async def test_a_wrong_token_asks_to_sign_in(platform: Pair) -> None:
    made, connector = platform
    made.answer = Response(fixture("send_error"))

    with pytest.raises(AuthError):
        await connector.check()


async def test_a_poll_brings_one_update(platform: Pair) -> None:
    made, connector = platform
    made.answer = Response(fixture("text"))

    found, offset = await connector.poll(3)

    assert [event.text for event in found if isinstance(event, InboundMessage)] == ["Xin chào"]
    assert offset == 3
    assert made.calls == [("/bot12345689:abc-xyz/getUpdates", {"timeout": "30"})]


@pytest.mark.parametrize("status", [200, 408])
async def test_an_idle_poll_brings_nothing(platform: Pair, status: int) -> None:
    made, connector = platform
    idle = {"ok": False, "error_code": 408, "description": "Request timeout"}
    made.answer = JSONResponse(idle, status)

    assert await connector.poll(0) == ([], 0)


@pytest.mark.parametrize("status", [502, 504])
async def test_a_poll_that_fails_is_tried_again(platform: Pair, status: int) -> None:
    made, connector = platform
    made.answer = Response(status_code=status)

    with pytest.raises(RetryableError):
        await connector.poll(0)


async def test_nobody_there_is_certainly_not_sent() -> None:
    sock, url = free_socket()
    sock.close()

    with pytest.raises(RetryableError):
        await channel(url).deliver(TED, HELLO)


def test_polling_is_off_unless_asked_for() -> None:
    assert not channel().polls
    assert channel(ZALO_BOT_POLLING="yes").polls


def test_every_code_has_a_meaning_and_a_step_in_both_languages() -> None:
    known = errors.meanings("zalo_bot")

    assert {str(code) for code, _ in FATES} - {"418"} | {"file", "hidden"} == set(known)
    for meaning in known.values():
        assert meaning.fate in errors.FATES
        assert len(meaning.vi) == len(meaning.en) == 2
        assert all(sentence.endswith(".") for sentence in (*meaning.vi, *meaning.en))
