"""The pretend Telegram: python-telegram-bot, which takes it for the real one, and our connector."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from phones import Door, free_socket, serving
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application, ApplicationBuilder, MessageHandler, filters

from bot.simulators.base import Bubble, Person
from bot.simulators.telegram import TelegramSimulator
from connectors.base import (
    AuthError,
    Button,
    Card,
    DeliveryError,
    Edit,
    Event,
    File,
    InboundMessage,
    OutboundMessage,
    PermanentError,
    Reach,
    RetryableError,
    Tools,
    UnknownOutcomeError,
)
from connectors.telegram import Telegram

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)
TOKEN = "700000001:AAH-secret_of_the_bot"
SECRET = "a-secret_of_the_shop"


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Stage:
    """A platform, python-telegram-bot on it, and the door where it posts."""

    platform: TelegramSimulator
    bot: Bot
    door: Door
    url: str
    clock: Clock

    async def person(self, name: str = "Lan") -> Person:
        """Somebody who has started the bot."""
        person = self.platform.begin(name)
        await self.act(person, "start")
        return person

    async def act(self, person: Person, act: str, **value: Any) -> None:
        await self.platform.act(person, act, value)

    async def heard(self) -> list[Update]:
        """What was posted, as python-telegram-bot reads it."""
        await asyncio.wait_for(self.platform.settled(), 20)
        found = []
        for request in self.door.came:
            assert request.headers["x-telegram-bot-api-secret-token"] == SECRET
            update = Update.de_json(json.loads(request.body), self.bot)
            assert update is not None
            found.append(update)
        return found

    async def last(self) -> Update:
        return (await self.heard())[-1]


def api(url: str, token: str = TOKEN) -> Bot:
    return Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    door, clock, (sock, url) = Door(), Clock(), free_socket()
    values = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_WEBHOOK_SECRET": SECRET}
    async with httpx.AsyncClient() as http:
        platform = TelegramSimulator(f"{url}/webhook", values, clock, http)
        async with serving([*door.routes(), *platform.routes()], sock), api(url) as bot:
            yield Stage(platform, bot, door, url, clock)
            platform.updates.url = ""  # what still waits to be posted again is given up


def picture(width: int = 40, height: int = 30) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def buttons(*rows: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(t, callback_data=d)] for t, d in rows])


def last(person: Person) -> Bubble:
    return person.bubbles[-1]


# What a person does


async def test_who_comes_by_a_link_starts_with_its_source(stage: Stage) -> None:
    person = stage.platform.begin("Lan")
    await stage.act(person, "start", source="qr_store_12")

    message = (await stage.last()).message

    assert message is not None and message.from_user is not None
    assert message.text == "/start qr_store_12"
    assert message.parse_entities() and "/start" in message.parse_entities().values()
    assert (message.from_user.first_name, message.from_user.is_bot) == ("Lan", False)
    assert (message.chat.type, message.date) == ("private", NOON)


async def test_a_text_is_heard(stage: Stage) -> None:
    person = await stage.person()
    await stage.act(person, "say", text="còn loa không 👍")

    assert (await stage.last()).message.text == "còn loa không 👍"


@pytest.mark.parametrize(
    ("name", "mime", "kind"),
    [
        ("áo.png", "image/png", "photo"),
        ("hoá đơn.pdf", "application/pdf", "document"),
        ("lời.ogg", "audio/ogg", "voice"),
        ("nhạc.mp3", "audio/mpeg", "audio"),
        ("áo.mp4", "video/mp4", "video"),
        ("hỏng.jpg", "image/jpeg", "document"),
    ],
)
async def test_a_file_is_fetched(stage: Stage, name: str, mime: str, kind: str) -> None:
    person = await stage.person()
    data = picture() if kind == "photo" else b"bytes"
    stage.platform.files[name] = (data, mime)

    await stage.act(person, "attach", file=name, text="bị rách")

    message = (await stage.last()).message
    attachment = message.effective_attachment
    attachment = attachment[-1] if kind == "photo" else attachment
    assert attachment == (message.photo[-1] if kind == "photo" else getattr(message, kind))
    assert message.caption == "bị rách"
    file = await stage.bot.get_file(attachment.file_id)
    assert bytes(await file.download_as_bytearray()) == data


async def test_a_sticker_a_place_and_a_contact(stage: Stage) -> None:
    person = await stage.person()

    await stage.act(person, "sticker")
    await stage.act(person, "place", latitude=10.764622, longitude=106.656249)
    await stage.act(person, "contact", phone="84901234567")

    sticker, place, contact = [update.message for update in (await stage.heard())[1:]]
    assert sticker.sticker.emoji == "👍"
    assert (place.location.latitude, place.location.longitude) == (10.764622, 106.656249)
    assert contact.contact.phone_number == "84901234567"
    assert str(contact.contact.user_id) == person.id


async def test_an_edit_names_the_message(stage: Stage) -> None:
    person = await stage.person()
    await stage.act(person, "say", text="đơn 10023")
    stage.clock.now += timedelta(seconds=30)
    await stage.act(person, "edit", bubble=last(person).id, text="đơn 10024")

    edited = (await stage.last()).edited_message

    assert (str(edited.message_id), edited.text) == (last(person).id, "đơn 10024")
    assert (edited.date, edited.edit_date) == (NOON, NOON + timedelta(seconds=30))


async def test_what_a_private_chat_hides_is_not_told(stage: Stage) -> None:
    person = await stage.person()
    await stage.act(person, "say", text="a")

    await stage.act(person, "react", bubble=last(person).id, emoji="❤")
    await stage.act(person, "recall", bubble=last(person).id)
    await stage.act(person, "see")

    assert len(await stage.heard()) == 2
    assert (last(person).reaction, last(person).recalled) == ("❤", True)


async def test_a_block_is_told_and_closes_the_chat(stage: Stage) -> None:
    person = await stage.person()
    await stage.act(person, "block")

    change = (await stage.last()).my_chat_member
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await stage.bot.send_message(person.id, "Dạ")
    await stage.act(person, "follow")
    again = (await stage.last()).my_chat_member
    await stage.bot.send_message(person.id, "Dạ")

    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    assert (again.old_chat_member.status, again.new_chat_member.status) == ("kicked", "member")
    assert last(person).text == "Dạ"


async def test_what_the_app_cannot_do_is_not_pretended(stage: Stage) -> None:
    with pytest.raises(NotImplementedError):
        await stage.act(await stage.person(), "staff", text="Em là Hoa")


async def test_in_a_group_a_mention_is_marked(stage: Stage) -> None:
    lan = stage.platform.begin("Lan")

    await stage.act(lan, "group_say", text="đi đâu đấy", mention=False)
    await stage.act(lan, "group_say", text="còn loa không", mention=True)
    plain, mention = [update.message for update in await stage.heard()]
    await stage.bot.send_message(mention.chat.id, "Dạ còn ạ")

    assert plain.chat.type == mention.chat.type == "supergroup"
    assert plain.parse_entities() == {}
    assert list(mention.parse_entities().values()) == ["@shop_bot"]
    assert last(lan).text == "Dạ còn ạ"


# Presses


async def test_a_press_brings_the_buttons_word_and_is_answered(stage: Stage) -> None:
    person = await stage.person()
    keyboard = buttons(("Gặp nhân viên", "b:7f3a:1"))
    sent = await stage.bot.send_message(person.id, "Cần gì ạ?", reply_markup=keyboard)

    await stage.act(person, "press", bubble=last(person).id, title="Gặp nhân viên")
    query = (await stage.last()).callback_query

    assert (query.data, query.message.message_id) == ("b:7f3a:1", sent.message_id)
    assert query.message.is_accessible and query.message.text == "Cần gì ạ?"
    assert await query.answer()
    await query.edit_message_reply_markup()
    assert last(person).buttons == []


async def test_a_button_with_an_address_tells_nothing(stage: Stage) -> None:
    person = await stage.person()
    button = InlineKeyboardButton("Website", url="https://shop.example.vn")
    await stage.bot.send_message(person.id, "Đây ạ", reply_markup=InlineKeyboardMarkup([[button]]))

    await stage.act(person, "press", bubble=last(person).id, title="Website")

    assert len(await stage.heard()) == 1
    assert last(person).buttons[0].url == "https://shop.example.vn"


async def test_a_reply_keyboard_types_for_the_person(stage: Stage) -> None:
    person = await stage.person()
    markup = ReplyKeyboardMarkup([["Có"], [KeyboardButton("Không")]])
    await stage.bot.send_message(person.id, "Lấy không ạ?", reply_markup=markup)
    assert [choice.title for choice in last(person).quick] == ["Có", "Không"]

    await stage.act(person, "press", bubble=last(person).id, title="Không")

    assert (await stage.last()).message.text == "Không"


async def test_an_old_press_cannot_be_answered(stage: Stage) -> None:
    person = await stage.person()
    await stage.bot.send_message(person.id, "?", reply_markup=buttons(("A", "a")))
    await stage.act(person, "press", bubble=last(person).id, title="A")
    query = (await stage.last()).callback_query
    stage.clock.now += timedelta(minutes=16)

    with pytest.raises(BadRequest, match="uery is too old"):
        await query.answer()


# What the bot says


async def test_a_message_stands_on_the_screen(stage: Stage) -> None:
    person = await stage.person()
    await stage.bot.send_chat_action(person.id, "typing")
    typing = person.typing_until

    sent = await stage.bot.send_message(
        person.id,
        "<b>Dạ</b> còn &lt;2&gt; cái",
        parse_mode="HTML",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )

    assert typing == NOON + timedelta(seconds=5)
    assert sent.text == last(person).text == "Dạ còn <2> cái"
    assert sent.from_user == await stage.bot.get_me()
    assert (str(sent.message_id), person.typing_until) == (last(person).id, None)


@pytest.mark.parametrize(
    ("text", "more", "problem"),
    [
        ("x" * 4097, {}, "message is too long"),
        ("👍" * 2049, {}, "message is too long"),
        ("  ", {}, "message text is empty"),
        ("a <b>b", {"parse_mode": "HTML"}, "can't parse entities"),
        ("a < b", {"parse_mode": "HTML"}, "can't parse entities"),
        ("a</i>", {"parse_mode": "HTML"}, "can't parse entities"),
        ("a", {"reply_markup": buttons(("A", "ấ" * 22))}, "button_data_invalid"),
    ],
    ids=["long", "long emoji", "empty", "open tag", "no tag", "end tag", "button"],
)
async def test_what_is_over_the_limits_is_refused(
    stage: Stage, text: str, more: dict[str, Any], problem: str
) -> None:
    person = await stage.person()

    with pytest.raises(BadRequest, match=f"(?i){problem}"):
        await stage.bot.send_message(person.id, text, **more)

    assert len(person.bubbles) == 1


async def test_what_just_fits_is_taken(stage: Stage) -> None:
    person = await stage.person()
    tagged = "<b>" + "👍" * 2048 + "</b>"

    keyboard = buttons(("A", "ấ" * 21 + "a"))
    await stage.bot.send_message(person.id, tagged, parse_mode="HTML", reply_markup=keyboard)

    assert last(person).text == "👍" * 2048
    assert last(person).buttons[0].key == "ấ" * 21 + "a"


async def test_a_message_is_changed(stage: Stage) -> None:
    person = await stage.person()
    sent = await stage.bot.send_message(person.id, "cũ", reply_markup=buttons(("A", "a")))

    await sent.edit_text("mới")

    assert (last(person).text, last(person).buttons) == ("mới", [])
    with pytest.raises(BadRequest, match="essage is not modified"):
        await sent.edit_text("mới")
    with pytest.raises(BadRequest, match="essage to edit not found"):
        await stage.bot.edit_message_text("x", person.id, 5)
    with pytest.raises(BadRequest, match="essage can't be edited"):
        await stage.bot.edit_message_text("x", person.id, int(person.bubbles[0].id))


Send = Callable[[Bot, str, Any], Awaitable[Any]]


@pytest.mark.parametrize(
    ("kind", "send"),
    [
        ("photo", lambda bot, to, file: bot.send_photo(to, file, caption="Loa A")),
        ("document", lambda bot, to, file: bot.send_document(to, file, caption="Loa A")),
        ("voice", lambda bot, to, file: bot.send_voice(to, file, caption="Loa A")),
        ("video", lambda bot, to, file: bot.send_video(to, file, caption="Loa A")),
    ],
)
@pytest.mark.parametrize("way", ["uploaded", "from the web", "sent before"])
async def test_a_file_is_sent(stage: Stage, kind: str, send: Send, way: str) -> None:
    person, data = await stage.person(), picture()
    stage.platform.files["kept"] = (data, "image/png")
    file = {
        "uploaded": data,
        "from the web": f"{stage.url}/file/bot{TOKEN}/documents/kept",
        "sent before": "kept",
    }[way]

    sent = await send(stage.bot, person.id, file)

    made = sent.photo[-1] if kind == "photo" else getattr(sent, kind)
    assert (sent.caption, made.file_size) == ("Loa A", len(data))
    assert last(person).text == "Loa A"
    assert last(person).pictures == ([made.file_id] if kind == "photo" else [])
    assert bool(last(person).file) == (kind != "photo")


async def test_an_uploaded_document_keeps_its_name(stage: Stage) -> None:
    person = await stage.person()

    sent = await stage.bot.send_document(person.id, b"%PDF", filename="hoá đơn.pdf")

    assert (sent.document.file_name, last(person).file) == ("hoá đơn.pdf", "hoá đơn.pdf")
    assert sent.document.mime_type == "application/pdf"


async def test_an_album_is_several_messages(stage: Stage) -> None:
    person = await stage.person()
    album = [InputMediaPhoto(picture(), caption="một"), InputMediaDocument(b"%PDF")]

    sent = await stage.bot.send_media_group(person.id, album)

    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["một", None]
    assert [bool(bubble.pictures) for bubble in person.bubbles[1:]] == [True, False]


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (b"no picture", "image_process_failed"),
        (picture(300, 10), "photo_invalid_dimensions"),
        (b"", "file must be non-empty"),
        ("unknown", "wrong file identifier"),
        ("http://127.0.0.1:9/x.png", "failed to get HTTP URL content"),
    ],
    ids=["no picture", "narrow", "empty", "unknown", "unreachable"],
)
async def test_what_is_no_photo_is_refused(stage: Stage, file: Any, problem: str) -> None:
    person = await stage.person()

    with pytest.raises(BadRequest, match=f"(?i){problem}"):
        await stage.bot.send_photo(person.id, file)

    assert len(person.bubbles) == 1


async def test_too_large_a_photo_is_refused(stage: Stage) -> None:
    person = await stage.person()

    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await stage.bot.send_photo(person.id, b"x" * (10 * 1024 * 1024 + 1))


async def test_a_long_caption_is_refused(stage: Stage) -> None:
    person = await stage.person()

    with pytest.raises(BadRequest, match="caption is too long"):
        await stage.bot.send_photo(person.id, picture(), caption="x" * 1025)


async def test_a_persons_picture_is_found(stage: Stage) -> None:
    person = await stage.person()
    assert (await stage.bot.get_user_profile_photos(int(person.id))).total_count == 0
    stage.platform.avatars[person.id] = picture()

    photos = await stage.bot.get_user_profile_photos(int(person.id))

    file = await photos.photos[0][-1].get_file()
    assert bytes(await file.download_as_bytearray()) == picture()


async def test_the_bots_own_page_is_set(stage: Stage) -> None:
    await stage.bot.set_my_commands([BotCommand("start", "Bắt đầu")])
    await stage.bot.set_my_description("Cửa hàng nhà mình")
    await stage.bot.set_my_short_description("Cửa hàng")

    assert stage.platform.told == {
        "commands": [{"command": "start", "description": "Bắt đầu"}],
        "description": "Cửa hàng nhà mình",
        "short_description": "Cửa hàng",
    }


@pytest.mark.parametrize(
    "call",
    [
        lambda bot: bot.set_my_commands([("Start!", "x")]),
        lambda bot: bot.set_my_commands([("start", "x" * 257)]),
        lambda bot: bot.set_my_description("x" * 513),
        lambda bot: bot.set_my_short_description("x" * 121),
    ],
)
async def test_the_bots_own_page_has_limits(
    stage: Stage, call: Callable[[Bot], Awaitable[bool]]
) -> None:
    with pytest.raises(BadRequest):
        await call(stage.bot)


# Refusals


async def test_nobody_is_written_to_who_did_not_start(stage: Stage) -> None:
    stranger = stage.platform.begin("Lan")

    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await stage.bot.send_message(stranger.id, "Chào")
    with pytest.raises(BadRequest, match="hat not found"):
        await stage.bot.send_message(5, "Chào")


@pytest.mark.parametrize("token", ["700000001:another", "nonsense"])
async def test_a_wrong_token_is_refused(stage: Stage, token: str) -> None:
    with pytest.raises(InvalidToken):
        await api(stage.url, token).initialize()


@pytest.mark.parametrize(
    ("fault", "error", "shown"),
    [
        ({"busy": 1}, RetryAfter, 0),
        ({"down": 1}, NetworkError, 0),
        ({"lost": 1}, NetworkError, 1),
        ({"revoked": True}, InvalidToken, 0),
    ],
)
async def test_faults_are_told_apart(
    stage: Stage, fault: dict[str, Any], error: type[TelegramError], shown: int
) -> None:
    person = await stage.person()
    for name, value in fault.items():
        setattr(stage.platform.faults, name, value)

    with pytest.raises(TelegramError) as refused:
        await stage.bot.send_message(person.id, "Dạ")

    assert type(refused.value) is error
    assert len(person.bubbles) == 1 + shown


# Webhook and polling


def texts(updates: list[Update]) -> list[str]:
    return [update.effective_message.text for update in updates if update.effective_message]


async def test_a_failing_update_holds_back_the_later_ones_of_its_chat(stage: Stage) -> None:
    lan, tam = await stage.person("Lan"), await stage.person("Tam")
    await stage.heard()
    stage.door.came.clear()
    stage.door.fails = {b"failing": 2}

    await stage.act(lan, "say", text="failing")
    await stage.act(lan, "edit", bubble=last(lan).id, text="changed")
    await stage.act(lan, "say", text="second")
    await stage.act(tam, "say", text="of Tam")

    heard = texts(await stage.heard())
    assert [text for text in heard if text != "of Tam"] == [*["failing"] * 3, "changed", "second"]
    assert "of Tam" in heard[:4]


async def test_a_press_overtakes_a_message_that_fails(stage: Stage) -> None:
    person = await stage.person()
    await stage.bot.send_message(person.id, "?", reply_markup=buttons(("A", "a")))
    bubble = last(person)
    await stage.heard()
    stage.door.came.clear()
    stage.door.fails = {b"failing": 2}

    await stage.act(person, "say", text="failing")
    await stage.act(person, "press", bubble=bubble.id, title="A")

    heard = await stage.heard()
    assert [bool(update.callback_query) for update in heard].count(True) == 1
    assert heard[-1].message.text == "failing"


async def test_a_press_is_forgotten_after_150_seconds_and_a_text_is_not(stage: Stage) -> None:
    person = await stage.person()
    await stage.bot.send_message(person.id, "?", reply_markup=buttons(("A", "a")))
    await stage.heard()
    await stage.bot.delete_webhook()
    await stage.act(person, "press", bubble=last(person).id, title="A")
    await stage.act(person, "say", text="vẫn còn")
    stage.clock.now += timedelta(seconds=151)
    stage.door.came.clear()

    await stage.bot.set_webhook(f"{stage.url}/webhook", secret_token=SECRET)

    assert texts(await stage.heard()) == ["vẫn còn"]


async def test_the_server_tells_of_a_webhook_that_fails(stage: Stage) -> None:
    person = await stage.person()
    await stage.heard()
    stage.door.fails = {b"": 50}

    await stage.act(person, "say", text="một")
    while len(stage.door.came) < 3:
        await asyncio.sleep(0.01)
    info = await stage.bot.get_webhook_info()

    assert info.pending_update_count == 1
    assert info.last_error_message == "Wrong response from the webhook: 500"
    assert info.url == f"{stage.url}/webhook"


@pytest.mark.parametrize(
    ("fault", "heard"),
    [("doubled", ["một", "một", "hai"]), ("shuffled", ["hai", "một"])],
)
async def test_webhooks_come_twice_and_out_of_order(
    stage: Stage, fault: str, heard: list[str]
) -> None:
    person = await stage.person()
    await stage.heard()
    stage.door.came.clear()
    setattr(stage.platform.faults, fault, 1)

    await stage.act(person, "say", text="một")
    await stage.act(person, "say", text="hai")

    assert texts(await stage.heard()) == heard


async def test_only_the_kinds_that_are_wanted_come(stage: Stage) -> None:
    url = f"{stage.url}/webhook"
    await stage.bot.set_webhook(url, secret_token=SECRET, allowed_updates=["message"])
    await stage.bot.set_webhook(url, secret_token=SECRET)
    person = await stage.person()

    await stage.act(person, "block")

    assert len(await stage.heard()) == 1


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://shop.vn/webhook", SECRET),
        ("https://shop.vn:8080/webhook", SECRET),
        ("https://shop.vn/webhook", "có dấu"),
    ],
)
async def test_a_bad_webhook_is_refused(stage: Stage, url: str, secret: str) -> None:
    with pytest.raises(BadRequest):
        await stage.bot.set_webhook(url, secret_token=secret)


async def test_with_a_webhook_there_is_no_polling(stage: Stage) -> None:
    with pytest.raises(Conflict, match="webhook is active"):
        await stage.bot.get_updates()


async def test_an_offset_forgets_what_came_before_it(stage: Stage) -> None:
    await stage.bot.delete_webhook()
    person = await stage.person()
    for text in ("một", "hai"):
        await stage.act(person, "say", text=text)

    first = await stage.bot.get_updates(limit=1)
    again = await stage.bot.get_updates()
    rest = await stage.bot.get_updates(offset=first[0].update_id + 1)
    newest = await stage.bot.get_updates(offset=-1)

    assert texts(list(first)) == ["/start"]
    assert texts(list(again)) == ["/start", "một", "hai"]
    assert texts(list(rest)) == ["một", "hai"]
    assert texts(list(newest)) == ["hai"]


async def test_a_poll_waits_for_what_comes(stage: Stage) -> None:
    await stage.bot.delete_webhook()
    polling = asyncio.create_task(stage.bot.get_updates(timeout=10))
    while not stage.platform.calls or stage.platform.calls[-1][0] != "getUpdates":
        await asyncio.sleep(0.01)

    await stage.person()

    assert texts(list(await polling)) == ["/start"]


async def test_a_second_poller_ends_the_first(stage: Stage) -> None:
    await stage.bot.delete_webhook()
    first = asyncio.create_task(stage.bot.get_updates(timeout=10))
    while stage.platform.calls[-1][0] != "getUpdates":
        await asyncio.sleep(0.01)

    async with api(stage.url) as second:
        await second.get_updates(timeout=0)

    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_an_application_polls_and_answers(stage: Stage) -> None:
    async def answer(update: Update, context: Any) -> None:
        await update.message.reply_text(f"Bạn nói: {update.message.text}")

    base = ApplicationBuilder().token(TOKEN).base_url(f"{stage.url}/bot")
    application: Application[Any, Any, Any, Any, Any, Any] = base.build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, answer))
    async with application:
        await application.updater.start_polling()
        await application.start()
        person = await stage.person()
        await stage.act(person, "say", text="xin chào")
        while len(person.bubbles) < 3:
            await asyncio.sleep(0.01)
        await application.updater.stop()
        await application.stop()

    assert last(person).text == "Bạn nói: xin chào"
    assert stage.platform.updates.pending == []


# Our connector


@pytest.fixture
async def connector(stage: Stage) -> AsyncIterator[Telegram]:
    async def read_file(url: str) -> File:
        return File(picture(), "áo.png", "image/png")

    values = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_POLLING": "no",
        "TELEGRAM_API_URL": stage.url,
    }
    made = Telegram(values, Tools(stage.clock, read_file, vault=None))  # type: ignore[arg-type]
    stage.platform.updates.secret = made.webhook_secret
    yield made
    await made.close()


async def taken(stage: Stage, connector: Telegram) -> list[Event]:
    """What our connector makes of all that was posted."""
    await asyncio.wait_for(stage.platform.settled(), 20)
    found: list[Event] = []
    for request in stage.door.came:
        connector.verify(request)
        found += connector.parse(request)
    return found


async def said(connector: Telegram, to: str, **content: Any) -> str:
    calls = connector.render(OutboundMessage("telegram", to, **content))
    return [await connector.deliver(to, call) for call in calls][-1]


async def test_our_connector_hears_a_press_and_takes_the_choice_away(
    stage: Stage, connector: Telegram
) -> None:
    person = await stage.person()
    await said(connector, person.id, text="Cần gì ạ?", buttons=(Button("Mua", "abcdefghijkl"),))

    await stage.act(person, "press", bubble=last(person).id, title="Mua")
    pressed = (await taken(stage, connector))[-1]
    assert isinstance(pressed, InboundMessage)
    await connector.noticed(pressed)

    assert (pressed.button, pressed.sender_id) == ("abcdefghijkl", person.id)
    assert last(person).buttons == []
    assert ("answerCallbackQuery", {"callback_query_id": pressed.callback}) in stage.platform.calls


async def test_our_connector_shows_that_we_write(stage: Stage, connector: Telegram) -> None:
    person = await stage.person()
    (message, *_) = await taken(stage, connector)
    assert isinstance(message, InboundMessage)

    await connector.noticed(message)

    assert person.typing_until is not None


async def test_our_connector_tells_edits_blocks_and_files_apart(
    stage: Stage, connector: Telegram
) -> None:
    person = await stage.person()
    stage.platform.files["áo.png"] = (picture(), "image/png")
    await stage.act(person, "attach", file="áo.png", text="bị rách")
    await stage.act(person, "edit", bubble=last(person).id, text="bị rách to")
    await stage.act(person, "block")

    events = await taken(stage, connector)

    files = [e for e in events if isinstance(e, InboundMessage) and e.attachments]
    assert [e.text for e in files] == ["bị rách"]
    assert (await connector.fetch(files[0].attachments[0].url)).data == picture()
    edits = [e for e in events if isinstance(e, Edit)]
    assert [(e.external_id, e.text) for e in edits] == [(files[0].external_id, "bị rách to")]
    assert [e.reachable for e in events if isinstance(e, Reach)] == [False]


async def test_our_connector_polls(stage: Stage, connector: Telegram) -> None:
    await stage.bot.delete_webhook()
    person = await stage.person()
    first, offset = await connector.poll(0)
    await stage.act(person, "say", text="còn loa không")

    second, _ = await connector.poll(offset)

    assert [e.begins for e in first if isinstance(e, InboundMessage)] == [True]
    assert [e.text for e in second if isinstance(e, InboundMessage)] == ["còn loa không"]


async def test_our_connector_speaks_in_a_group_that_mentions_it(
    stage: Stage, connector: Telegram
) -> None:
    assert "@shop_bot" in await connector.check()
    lan = stage.platform.begin("Lan")
    await stage.act(lan, "group_say", text="đi đâu đấy", mention=False)
    await stage.act(lan, "group_say", text="còn loa không", mention=True)

    (message,) = await taken(stage, connector)
    assert isinstance(message, InboundMessage) and message.in_group
    await said(connector, message.sender_id, text="Dạ còn ạ")

    assert last(lan).text == "Dạ còn ạ"


@pytest.mark.parametrize(
    ("fault", "fate", "shown"),
    [
        ({"busy": 1}, RetryableError, 0),
        ({"down": 1}, UnknownOutcomeError, 0),
        ({"lost": 1}, UnknownOutcomeError, 1),
        ({"revoked": True}, AuthError, 0),
    ],
)
async def test_our_connector_tells_faults_apart(
    stage: Stage,
    connector: Telegram,
    fault: dict[str, Any],
    fate: type[DeliveryError],
    shown: int,
) -> None:
    person = await stage.person()
    for name, value in fault.items():
        setattr(stage.platform.faults, name, value)

    with pytest.raises(DeliveryError) as refused:
        await said(connector, person.id, text="Dạ")

    assert type(refused.value) is fate
    assert len(person.bubbles) == 1 + shown


async def test_our_connector_knows_who_cannot_be_reached(stage: Stage, connector: Telegram) -> None:
    person = await stage.person()
    await stage.act(person, "block")

    with pytest.raises(PermanentError) as refused:
        await said(connector, person.id, text="Dạ")

    assert refused.value.unreachable


async def test_a_card_whose_picture_telegram_cannot_get_is_said_in_words(
    stage: Stage, connector: Telegram
) -> None:
    person = await stage.person()
    card = Card("Loa Bống", "350.000đ", f"{stage.url}/gone.jpg", (Button("Đặt mua", "k" * 12),))

    for call in connector.render(OutboundMessage("telegram", person.id, cards=(card,))):
        await connector.deliver(person.id, call)

    assert last(person).text == "Loa Bống\n350.000đ"
    assert [choice.title for choice in last(person).buttons] == ["Đặt mua"]
