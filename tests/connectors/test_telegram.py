"""Telegram's updates and what we say there."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.base import (
    Attachment,
    Button,
    Card,
    Edit,
    Event,
    File,
    InboundMessage,
    Json,
    OutboundMessage,
    PermanentError,
    Reach,
    SignatureError,
    Tokens,
    Tools,
    Unread,
    UnreadableError,
    WebhookRequest,
)
from connectors.telegram import Telegram

FIXTURES = Path(__file__).parent.parent / "fixtures" / "telegram"
INBOUND = sorted(p for p in FIXTURES.glob("*.json") if not p.name.startswith("out_"))
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)


class NoVault:
    async def tokens(self, channel: str) -> Tokens | None:
        return None


async def no_file(url: str) -> File:
    raise AssertionError(url)


TOOLS = Tools(lambda: NOW, no_file, NoVault())  # type: ignore[arg-type]
VALUES = {
    "TELEGRAM_BOT_TOKEN": "700000001:token",
    "TELEGRAM_POLLING": "no",
    "TELEGRAM_API_URL": "http://127.0.0.1:1",
}


@pytest.fixture
def channel() -> Telegram:
    return Telegram(VALUES, TOOLS)


def request(body: bytes, secret: str = "") -> WebhookRequest:
    headers = {"x-telegram-bot-api-secret-token": secret} if secret else {}
    return WebhookRequest("POST", body, headers, {})


def parsed(channel: Telegram, update: Json | str) -> list[Event]:
    body = (FIXTURES / f"{update}.json").read_bytes() if isinstance(update, str) else None
    return list(channel.parse(request(body or json.dumps(update).encode())))


def fixture(name: str) -> Json:
    update: Json = json.loads((FIXTURES / f"{name}.json").read_bytes())
    return update


def test_only_who_shows_the_secret_is_heard(channel: Telegram) -> None:
    channel.verify(request(b"{}", channel.webhook_secret))

    flipped = ("a" if channel.webhook_secret[0] != "a" else "b") + channel.webhook_secret[1:]
    for secret in ("", flipped, channel.webhook_secret[:-1]):
        with pytest.raises(SignatureError):
            channel.verify(request(b"{}", secret))


def test_a_text(channel: Telegram) -> None:
    (event,) = parsed(channel, "text")

    assert isinstance(event, InboundMessage)
    assert event.external_id == "153341074:1345" and event.sender_id == "153341074"
    assert event.text == "Shop ơi, đơn 10023 đến đâu rồi?"
    assert event.sender_name == "Lan Nguyễn" and event.locale == "vi"
    assert event.sent_at == datetime.fromtimestamp(1760000000, timezone.utc)


def test_a_start_begins_a_talk_and_says_where_from(channel: Telegram) -> None:
    (event,) = parsed(channel, "start_deeplink")

    assert isinstance(event, InboundMessage)
    assert event.begins and event.source == "qr_store_12" and event.text == ""


def test_a_command_is_of_the_menu(channel: Telegram) -> None:
    update = fixture("text")
    update["message"]["text"] = "/gap_nhan_vien@shop_bot"

    (event,) = parsed(channel, update)

    assert isinstance(event, InboundMessage)
    assert event.button == "#gap_nhan_vien" and event.text == ""


@pytest.mark.parametrize(
    ("name", "kind", "url", "text"),
    [
        ("photo_album_item", "image", "tg:AgACAgUAAxkBAAIB_x", "áo bị rách"),
        ("document", "file", "tg:BQACAgUAAxkBAAIC", ""),
        ("reply_and_voice", "audio", "tg:AwACAgUAAxkBAAIE", ""),
        ("sticker", "sticker", "", ""),
        ("location", "location", "geo:10.764622,106.656249", ""),
        ("contact", "contact", "tel:+84901234567", ""),
    ],
)
def test_what_travels_is_no_text(
    channel: Telegram, name: str, kind: str, url: str, text: str
) -> None:
    (event,) = parsed(channel, name)

    assert isinstance(event, InboundMessage)
    assert [(file.kind, file.url) for file in event.attachments] == [(kind, url)]
    assert event.text == text


def test_an_edit_names_the_message_it_changes(channel: Telegram) -> None:
    (message,) = parsed(channel, "text")
    (edit,) = parsed(channel, "edited_message")

    assert isinstance(message, InboundMessage) and isinstance(edit, Edit)
    assert edit.external_id == message.external_id and edit.text.endswith("10024 đến đâu rồi?")


def test_a_press_carries_our_key_and_what_stood_on_the_button(channel: Telegram) -> None:
    (event,) = parsed(channel, "callback_query")

    assert isinstance(event, InboundMessage)
    assert event.button == "b:7f3a:1" and event.text == "Gặp nhân viên"
    assert event.callback == "658596324459221331" and event.sent_at == NOW
    assert event.raw == {"message_id": 1360}


def test_a_press_on_a_message_that_is_gone_counts(channel: Telegram) -> None:
    (event,) = parsed(channel, "callback_query_inaccessible")

    assert isinstance(event, InboundMessage)
    assert event.button == "b:7f3a:2" and event.raw == {"message_id": 0}


def test_who_blocks_the_bot_cannot_be_reached(channel: Telegram) -> None:
    (event,) = parsed(channel, "user_blocked_bot")

    assert event == Reach(
        "telegram", "153341074", False, datetime.fromtimestamp(1760000050, timezone.utc)
    )


def in_group(text: str, entities: list[Json], **more: object) -> Json:
    update = fixture("text")
    update["message"] |= {"text": text, "entities": entities, **more}
    update["message"]["chat"] = {"id": -1001, "type": "supergroup", "title": "Hội Bống"}
    return update


def test_a_group_is_not_listened_to(channel: Telegram) -> None:
    assert parsed(channel, in_group("giá bao nhiêu", [])) == []


def test_a_group_is_heard_when_it_names_or_answers_us(channel: Telegram) -> None:
    named = in_group("@shop_bot ơi", [{"type": "mention", "offset": 0, "length": 9}])
    ours = fixture("reply_and_voice")["message"]["reply_to_message"]
    answered = in_group("vậy hả", [], reply_to_message=ours)

    for update in (named, answered):
        (event,) = parsed(channel, update)
        assert isinstance(event, InboundMessage)
        assert event.in_group and event.sender_id == "-1001" and event.sender_name == "Hội Bống"


def test_once_our_name_is_known_another_bots_is_not_ours(channel: Telegram) -> None:
    channel.username = "bong_bot"

    assert (
        parsed(channel, in_group("@shop_bot", [{"type": "mention", "offset": 0, "length": 9}]))
        == []
    )


@pytest.mark.parametrize("update", [{"update_id": 1}, {"update_id": 1, "poll": {"id": "1"}}])
def test_another_kind_of_update_is_kept_unread(channel: Telegram, update: Json) -> None:
    (event,) = parsed(channel, update)

    assert isinstance(event, Unread)


@pytest.mark.parametrize("path", INBOUND, ids=lambda path: path.stem)
def test_a_field_that_is_missing_or_odd_is_never_an_error(channel: Telegram, path: Path) -> None:
    whole = json.loads(path.read_bytes())

    for spoilt in spoils(whole):
        for event in channel.parse(request(json.dumps(spoilt).encode())):
            assert event.channel == "telegram"


def spoils(value: Json) -> list[Json]:
    """The object with each field, at any depth, left out or of another type."""
    found: list[Json] = []
    for key, inner in value.items():
        found.append({k: v for k, v in value.items() if k != key})
        found += [{**value, key: odd} for odd in (None, 7, "x", [], {}, [7], True)]
        if isinstance(inner, dict):
            found += [{**value, key: odd} for odd in spoils(inner)]
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            found += [{**value, key: [odd]} for odd in spoils(inner[0])]
    return found


async def test_connections_are_given_back() -> None:
    ended = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "Sen"}}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await reader.read()  # to the end of the connection
        ended.set()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        channel = Telegram({**VALUES, "TELEGRAM_API_URL": url}, TOOLS)
        await channel.bot.get_me()
        assert not ended.is_set()

        await channel.close()
        await asyncio.wait_for(ended.wait(), 2.0)


@given(st.binary(max_size=60))
def test_garbage_is_said_to_be_garbage(body: bytes) -> None:
    channel = Telegram(VALUES, TOOLS)
    with contextlib.suppress(UnreadableError):
        assert all(event.channel == "telegram" for event in channel.parse(request(body)))


# What we say


def said(**parts: object) -> list[Json]:
    message = OutboundMessage("telegram", "1", **parts)  # type: ignore[arg-type]
    return list(Telegram(VALUES, TOOLS).render(message))


def test_buttons_stand_one_to_a_row_under_the_last_part() -> None:
    buttons = (Button("Tra đơn", "abcdefghijkl"), Button("Xem web", url="https://s.vn"))

    first, last = said(text="Câu. " * 1000, buttons=buttons)

    assert "reply_markup" not in first and len(first["text"]) <= 4096
    assert last["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Tra đơn", "callback_data": "abcdefghijkl"}],
            [{"text": "Xem web", "url": "https://s.vn"}],
        ]
    }


def test_a_card_is_a_picture_with_words_and_buttons() -> None:
    card = Card("Loa Bống", "350.000đ", "https://s.vn/loa.jpg", (Button("Đặt", "abcdefghijkl"),))

    assert said(text="Mời anh/chị xem:", cards=(card,)) == [
        {"method": "sendMessage", "text": "Mời anh/chị xem:"},
        {
            "method": "sendPhoto",
            "file": "https://s.vn/loa.jpg",
            "caption": "Loa Bống\n350.000đ",
            "reply_markup": {
                "inline_keyboard": [[{"text": "Đặt", "callback_data": "abcdefghijkl"}]]
            },
        },
    ]


def test_a_caption_that_is_too_long_follows_its_picture() -> None:
    picture, words = said(cards=(Card("Loa", "rất hay " * 200, "https://s.vn/a.jpg"),))

    assert "caption" not in picture and words["text"].startswith("Loa\nrất hay")


def test_files_travel_by_their_kind() -> None:
    kinds = ("image", "video", "audio", "file")
    files = tuple(Attachment(kind, f"/files/{kind}") for kind in kinds)  # type: ignore[arg-type]
    voice = Attachment("audio", "/files/v", mime="audio/ogg")

    methods = [call["method"] for call in said(attachments=(*files, voice))]

    assert methods == ["sendPhoto", "sendVideo", "sendAudio", "sendDocument", "sendVoice"]


def test_buttons_without_words_get_some() -> None:
    (call,) = said(buttons=(Button("Có", "abcdefghijkl"),))

    assert call["text"] == "Anh/chị chọn giúp em nhé:"


async def test_a_file_over_the_limit_is_refused_before_it_is_sent() -> None:
    async def film(url: str) -> File:
        return File(bytes(50 * 1024 * 1024 + 1), "phim.mp4", "video/mp4")

    channel = Telegram(VALUES, replace(TOOLS, read_file=film))
    (call,) = said(attachments=(Attachment("video", "/files/film"),))

    with pytest.raises(PermanentError) as refusal:
        await channel.deliver("1", call)

    assert errors.meaning("telegram", refusal.value.code) is not None


@pytest.mark.parametrize("code", errors.meanings("telegram"))
def test_every_code_has_a_fate_and_words(code: str) -> None:
    meaning = errors.meanings("telegram")[code]

    assert meaning.fate in errors.FATES
    assert all(words.endswith(".") for words in (*meaning.vi, *meaning.en))
