"""The pretend Messenger: our connector on it, and messaging-api-messenger and bottender, written
by others."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from foreign import probe
from phones import Door, free_socket, serving

from bot.simulators.base import Bubble, Person
from bot.simulators.messenger import PIXEL, MessengerSimulator
from bot.simulators.messenger.limits import GraphError, check_message
from connectors.base import (
    Arrival,
    Attachment,
    AuthError,
    Button,
    Card,
    DeliveryError,
    Echo,
    Edit,
    Event,
    File,
    InboundMessage,
    OutboundMessage,
    PermanentError,
    Reaction,
    Recall,
    Receipt,
    RetryableError,
    Tools,
    UnknownOutcomeError,
)
from connectors.messenger import FIELDS, Messenger

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)
LINK = "https://shop.example.vn"


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


async def our_files(url: str) -> File:
    assert url == "/files/size"
    return File(PIXEL, "bảng size.png", "image/png")


@dataclass
class Stage:
    """A platform, our connector on it, and the door where it posts."""

    platform: MessengerSimulator
    connector: Messenger
    door: Door
    clock: Clock
    values: dict[str, str]

    async def heard(self) -> list[Event]:
        """What the connector makes of all that was posted since it was asked."""
        await self.platform.settled()
        found: list[Event] = []
        for request in self.door.came:
            self.connector.verify(request)
            found += self.connector.parse(request)
        self.door.came.clear()
        return found

    async def person(self, name: str = "Nguyễn Thị Lan") -> Person:
        """Somebody who has written to the page."""
        person = self.platform.begin(name)
        await self.does(person, "say", text="Chào shop")
        return person

    async def does(self, person: Person, act: str, **value: Any) -> None:
        await self.platform.act(person, act, value)
        await self.platform.settled()

    async def say(self, to: Person, **content: Any) -> list[str]:
        calls = self.connector.render(OutboundMessage("messenger", to.id, **content))
        ids = [await self.connector.deliver(to.id, call) for call in calls]
        await self.platform.settled()
        return ids


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    door, clock, (sock, url) = Door(), Clock(), free_socket()
    values = {
        **Messenger.settings,
        "MESSENGER_PAGE_ID": "1067280970047460",
        "MESSENGER_PAGE_TOKEN": "EAAB_demo_page_token",
        "MESSENGER_APP_ID": "1517776481860111",
        "MESSENGER_APP_SECRET": "fb_app_secret_demo",
        "MESSENGER_VERIFY_TOKEN": "our word",
        "MESSENGER_API_URL": url,
    }
    async with httpx.AsyncClient() as http:
        platform = MessengerSimulator(f"{url}/webhook", values, clock, http)
        connector = Messenger(values, Tools(clock, our_files, vault=None))  # type: ignore[arg-type]
        async with serving([*door.routes(), *platform.routes()], sock):
            yield Stage(platform, connector, door, clock, values)
            await connector.close()
            await platform.settled()


def of(kind: type[Event], events: Sequence[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def last(person: Person) -> Bubble:
    return person.bubbles[-1]


# Our connector: talking


async def test_a_text_goes_there_and_back(stage: Stage) -> None:
    person = await stage.person()
    (message,) = await stage.heard()

    ids = await stage.say(person, text="Dạ em chào chị ạ", reference="42")

    assert (message.sender_id, message.text) == (person.id, "Chào shop")  # type: ignore[union-attr]
    assert message.external_id == person.bubbles[0].id  # type: ignore[union-attr]
    assert [last(person).id] == ids
    assert (last(person).by, last(person).text) == ("business", "Dạ em chào chị ạ")


async def test_what_we_say_comes_back_as_ours_and_as_delivered(stage: Stage) -> None:
    person = await stage.person()
    await stage.heard()

    (sent,) = await stage.say(person, text="Dạ vâng ạ", reference="42")

    echo, receipt = sorted(await stage.heard(), key=lambda event: type(event).__name__)
    assert isinstance(echo, Echo)
    assert (echo.external_id, echo.ours, echo.reference) == (sent, True, "42")
    assert (echo.recipient_id, echo.text) == (person.id, "Dạ vâng ạ")
    assert isinstance(receipt, Receipt)
    assert (receipt.external_ids, receipt.seen) == ((sent,), False)


async def test_a_message_that_is_noticed_is_seen_and_we_write(stage: Stage) -> None:
    person = await stage.person()
    (message,) = await stage.heard()

    await stage.connector.noticed(message)  # type: ignore[arg-type]

    assert person.bubbles[0].seen
    assert person.typing_until == NOON + timedelta(seconds=20)


async def test_a_quick_reply_is_pressed(stage: Stage) -> None:
    person = await stage.person()
    (sent,) = await stage.say(person, text="Chọn ạ", buttons=(Button("Đổi trả", "k-1"),))
    await stage.heard()

    await stage.does(person, "press", bubble=sent, title="Đổi trả")

    (press,) = await stage.heard()
    assert isinstance(press, InboundMessage)
    assert (press.button, press.text) == ("k-1", "Đổi trả")
    assert person.bubbles[1].quick == []


async def test_buttons_of_a_template_and_of_a_card_are_pressed(stage: Stage) -> None:
    person = await stage.person()
    shown = (Button("Xem web", url=LINK), Button("Đổi", "k-1"))
    card = Card("Áo thun", "199.000đ", f"{LINK}/a.jpg", (Button("Mua", "k-2"),))
    ids = await stage.say(person, text="Dạ đây ạ", buttons=shown, cards=(card,))
    await stage.heard()

    await stage.does(person, "press", bubble=ids[0], title="Đổi")
    await stage.does(person, "press", bubble=ids[1], title="Mua")
    await stage.does(person, "press", bubble=ids[0], title="Xem web")

    pressed = of(InboundMessage, await stage.heard())
    assert [(press.button, press.text) for press in pressed] == [("k-1", "Đổi"), ("k-2", "Mua")]
    assert len({press.external_id for press in pressed}) == 2


async def test_a_carousel_stands_on_the_screen(stage: Stage) -> None:
    person = await stage.person()
    cards = tuple(
        Card(f"Áo {n}", "199.000đ", f"{LINK}/{n}.jpg", (Button("Mua", f"k-{n}"),))
        for n in range(12)
    )

    await stage.say(person, cards=cards)

    first, second = person.bubbles[-2:]
    assert [len(first.cards), len(second.cards)] == [10, 2]
    assert first.cards[0]["title"] == "Áo 0"
    assert first.cards[0]["picture"] == f"{LINK}/0.jpg"
    assert first.cards[0]["buttons"][0].key == "k-0"


async def test_a_picture_of_ours_is_uploaded_whole(stage: Stage) -> None:
    person = await stage.person()

    await stage.say(person, attachments=(Attachment("image", "/files/size"),), reference="7")

    (address,) = last(person).pictures
    file = await stage.connector.fetch(address)
    assert file == File(PIXEL, "bảng size.png", "image/png")
    (echo,) = of(Echo, await stage.heard())
    assert (echo.reference, echo.attachments[0].url) == ("7", address)


async def test_a_picture_with_an_address_is_sent_by_it(stage: Stage) -> None:
    person = await stage.person()

    await stage.say(person, attachments=(Attachment("image", f"{LINK}/size.png"),))

    assert last(person).pictures == [f"{LINK}/size.png"]


async def test_everything_at_once_is_taken(stage: Stage) -> None:
    """Whatever render makes, the platform's limits let through."""
    person = await stage.person()
    long = "Bảo hành chính hãng 24 tháng tại nhà. " * 80
    buttons = tuple(Button(f"Lựa chọn số {n} khá là dài", f"k-{n}") for n in range(20))
    links = tuple(Button(f"Trang {n}", url=f"{LINK}/{n}") for n in range(5))
    cards = tuple(
        Card(f"Máy lọc nước {n} " * 8, long[:200], "/files/size", buttons[:n]) for n in range(7)
    )

    ids = await stage.say(
        person,
        text=long,
        buttons=(*buttons, *links),
        cards=cards,
        attachments=(Attachment("file", "/files/size"), Attachment("location", "geo:1,2")),
        reference="9",
    )

    assert [bubble.id for bubble in person.bubbles[1:]] == ids
    assert [choice.key for choice in last(person).quick] == [f"k-{n}" for n in range(13)]


async def test_who_a_person_is(stage: Stage) -> None:
    person = await stage.person("Nguyễn Thị Lan")

    profile = await stage.connector.profile(person.id)

    assert profile.name == "Nguyễn Thị Lan"
    assert profile.facts == {"first_name": "Lan", "last_name": "Nguyễn Thị"}
    assert (await stage.connector.fetch(profile.avatar)).mime == "image/png"


# Our connector: what a person can do


@pytest.mark.parametrize(
    ("mime", "kind"),
    [
        ("image/jpeg", "image"),
        ("audio/mp4", "audio"),
        ("video/mp4", "video"),
        ("application/pdf", "file"),
    ],
)
async def test_a_person_sends_a_file(stage: Stage, mime: str, kind: str) -> None:
    person = stage.platform.begin("Lan")
    stage.platform.files["hoá đơn.bin"] = (b"123", mime)

    await stage.does(person, "attach", file="hoá đơn.bin")

    (message,) = await stage.heard()
    assert isinstance(message, InboundMessage)
    assert (message.text, message.attachments[0].kind) == ("", kind)
    file = await stage.connector.fetch(message.attachments[0].url)
    assert file == File(b"123", "hoá đơn.bin", mime)


async def test_a_person_sends_a_sticker(stage: Stage) -> None:
    person = stage.platform.begin("Lan")

    await stage.does(person, "sticker")

    (message,) = await stage.heard()
    assert isinstance(message, InboundMessage)
    assert [file.kind for file in message.attachments] == ["sticker"]


async def test_a_person_changes_and_takes_back_what_was_written(stage: Stage) -> None:
    person = await stage.person()
    mid = person.bubbles[0].id
    await stage.heard()

    await stage.does(person, "edit", bubble=mid, text="Chào shop ạ")
    await stage.does(person, "recall", bubble=mid)

    edit, recall = await stage.heard()
    assert isinstance(edit, Edit) and (edit.external_id, edit.text) == (mid, "Chào shop ạ")
    assert isinstance(recall, Recall) and recall.external_id == mid


async def test_a_message_is_edited_five_times_and_no_sixth(stage: Stage) -> None:
    person = await stage.person()
    for n in range(5):
        await stage.does(person, "edit", bubble=person.bubbles[0].id, text=f"{n}")

    with pytest.raises(ValueError, match="5 times"):
        await stage.does(person, "edit", bubble=person.bubbles[0].id, text="6")


async def test_a_person_reacts_and_sees(stage: Stage) -> None:
    person = await stage.person()
    (sent,) = await stage.say(person, text="Dạ")
    await stage.heard()

    await stage.does(person, "react", bubble=sent, emoji="❤️")
    await stage.does(person, "react", bubble=sent, emoji="")
    await stage.does(person, "see")

    loves, gone, seen = await stage.heard()
    assert isinstance(loves, Reaction) and (loves.external_id, loves.emoji) == (sent, "❤️")
    assert isinstance(gone, Reaction) and gone.emoji == ""
    assert isinstance(seen, Receipt) and seen.seen and seen.upto == NOON


@pytest.mark.parametrize(("source", "told"), [("qr_7", "qr_7"), ("ad:60452", "ad:60452")])
async def test_a_talk_begins_with_get_started_and_later_with_a_referral(
    stage: Stage, source: str, told: str
) -> None:
    person = stage.platform.begin("Lan")

    await stage.does(person, "start", source=source)
    await stage.does(person, "start", source=source)
    await stage.does(person, "start", source="")

    first, second = await stage.heard()
    assert isinstance(first, InboundMessage) and first.begins and first.source == told
    assert isinstance(second, Arrival) and second.source == told


async def test_a_person_of_the_shop_writes_in_the_page_inbox(stage: Stage) -> None:
    person = await stage.person()
    await stage.heard()

    await stage.does(person, "staff", text="Chào bạn, mình là Hùng")

    (echo,) = await stage.heard()
    assert isinstance(echo, Echo)
    assert (echo.ours, echo.recipient_id, echo.text) == (
        False,
        person.id,
        "Chào bạn, mình là Hùng",
    )
    assert last(person).by == "person"


@pytest.mark.parametrize("act", ["follow", "place", "contact"])
async def test_what_the_app_cannot_do(stage: Stage, act: str) -> None:
    with pytest.raises(NotImplementedError):
        await stage.does(stage.platform.begin("Lan"), act)


async def test_webhooks_are_written_as_meta_writes_them(stage: Stage) -> None:
    person = stage.platform.begin("Lan")
    stage.platform.files["a.png"] = (PIXEL, "image/png")

    await stage.does(person, "say", text="Xin chào 😀")
    await stage.does(person, "attach", file="a.png")

    said, sent = (request.body for request in stage.door.came)
    assert rb"Xin ch\u00e0o \ud83d\ude00" in said
    assert rb"http:\/\/127.0.0.1" in sent


async def test_a_conversation_that_another_app_has_comes_in_standby(stage: Stage) -> None:
    person = await stage.person()
    stage.platform.owners[person.id] = "263902037430900"
    await stage.heard()

    await stage.does(person, "say", text="còn đó không")

    assert b'"standby"' in stage.door.came[0].body
    (message,) = await stage.heard()
    assert isinstance(message, InboundMessage) and message.text == "còn đó không"
    with pytest.raises(PermanentError) as refusal:
        await stage.say(person, text="Dạ")
    assert refusal.value.code == "10/2018300"


async def test_a_press_in_standby_comes_without_its_payload(stage: Stage) -> None:
    person = await stage.person()
    links = (Button("Đổi", "k-1"), Button("Xem", url=LINK))
    (sent,) = await stage.say(person, text="Chọn ạ", buttons=links)
    stage.platform.owners[person.id] = "263902037430900"
    await stage.heard()

    await stage.does(person, "press", bubble=sent, title="Đổi")

    (press,) = await stage.heard()
    assert isinstance(press, InboundMessage)
    assert (press.text, press.button) == ("Đổi", "")


async def test_what_the_app_is_not_subscribed_to_is_not_posted(stage: Stage) -> None:
    stage.platform.subscribed -= {"message_echoes", "message_deliveries"}
    person = await stage.person()

    await stage.say(person, text="Dạ")

    assert len(of(InboundMessage, await stage.heard())) == 1
    assert stage.door.came == []


# Our connector: what goes wrong


async def refused(stage: Stage, person: Person) -> DeliveryError:
    with pytest.raises(DeliveryError) as refusal:
        await stage.say(person, text="Dạ")
    return refusal.value


async def test_after_a_day_only_a_person_may_write_and_after_a_week_nobody(stage: Stage) -> None:
    person = await stage.person()

    stage.clock.now += timedelta(hours=24)
    await stage.say(person, text="Dạ")
    stage.clock.now += timedelta(seconds=1)
    error = await refused(stage, person)
    await stage.say(person, text="Chào chị, Lan đây ạ", tag="HUMAN_AGENT")
    stage.clock.now += timedelta(days=6)

    assert isinstance(error, PermanentError)
    assert (error.code, error.unreachable) == ("10/2018278", False)
    with pytest.raises(PermanentError):
        await stage.say(person, text="Chào chị", tag="HUMAN_AGENT")


async def test_the_switch_closes_the_window(stage: Stage) -> None:
    person = await stage.person()
    stage.platform.faults.closed = True

    assert (await refused(stage, person)).code == "10/2018278"


async def test_a_retired_tag_is_refused(stage: Stage) -> None:
    person = await stage.person()

    with pytest.raises(PermanentError) as refusal:
        await stage.say(person, text="Đơn đã gửi", tag="POST_PURCHASE_UPDATE")
    assert refusal.value.code == "100"


async def test_who_blocked_us_cannot_be_reached_any_more(stage: Stage) -> None:
    person = await stage.person()
    await stage.does(person, "block")

    error = await refused(stage, person)

    assert isinstance(error, PermanentError)
    assert (error.code, error.unreachable) == ("200/1545041", True)


async def test_who_blocked_us_and_writes_again_is_reached(stage: Stage) -> None:
    person = await stage.person()
    await stage.does(person, "block")

    await stage.does(person, "say", text="shop ơi")
    await stage.say(person, text="Dạ")

    assert last(person).text == "Dạ"


async def test_nobody_is_an_unknown_person(stage: Stage) -> None:
    error = await refused(stage, Person("12345", "Ai đó"))

    assert isinstance(error, PermanentError)
    assert (error.code, error.unreachable) == ("100/2018001", True)


async def test_a_revoked_token_asks_to_sign_in(stage: Stage) -> None:
    person = await stage.person()
    stage.platform.faults.revoked = True

    assert isinstance(await refused(stage, person), AuthError)
    with pytest.raises(AuthError):
        await stage.connector.check()


@pytest.mark.parametrize(("minutes", "seconds"), [(2, 120.0), (0, None)])
async def test_too_many_calls_hold_back_the_whole_account(
    stage: Stage, minutes: int, seconds: float | None
) -> None:
    person = await stage.person()
    stage.platform.faults.busy = 1
    stage.platform.api.regain_minutes = minutes

    error = await refused(stage, person)
    await stage.say(person, text="Dạ")

    assert isinstance(error, RetryableError)
    assert (error.code, error.everybody, error.retry_after) == ("613", True, seconds)


async def test_a_lost_answer_leaves_the_outcome_open(stage: Stage) -> None:
    person = await stage.person()
    stage.platform.faults.lost = 1

    assert isinstance(await refused(stage, person), UnknownOutcomeError)
    assert last(person).text == "Dạ"


async def test_a_gateway_that_failed_leaves_the_outcome_open(stage: Stage) -> None:
    person = await stage.person()
    stage.platform.faults.down = 1

    assert isinstance(await refused(stage, person), UnknownOutcomeError)


async def test_a_file_over_the_limit_is_not_even_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await stage.person()
    monkeypatch.setattr("connectors.messenger.LARGEST", len(PIXEL) - 1)

    with pytest.raises(PermanentError):
        await stage.say(person, attachments=(Attachment("image", "/files/size"),))
    assert stage.platform.calls == []


async def test_a_file_that_is_not_what_it_is_sent_as_is_refused(stage: Stage) -> None:
    person = await stage.person()

    with pytest.raises(PermanentError) as refusal:
        await stage.say(person, attachments=(Attachment("video", "/files/size"),))
    assert refusal.value.code == "100"


async def test_no_secret_is_told_in_an_error(stage: Stage) -> None:
    person = await stage.person()
    stage.platform.faults.lost = 1
    unknown = await refused(stage, person)
    stage.platform.faults.revoked = True
    revoked = await refused(stage, person)

    assert "EAAB" not in repr(unknown) + repr(revoked)


# Our connector: whether all is well


async def test_a_page_that_is_well(stage: Stage) -> None:
    assert await stage.connector.check() == "Trang Shop: đang nhận tin nhắn"


async def test_a_page_that_is_not_subscribed_or_not_to_all(stage: Stage) -> None:
    stage.platform.subscribed -= {"message_echoes"}
    some = await stage.connector.check()
    stage.platform.subscribed = set()
    none = await stage.connector.check()

    assert some == "Trang Shop: chưa đăng ký nhận message_echoes"
    assert none == "Trang Shop: chưa đăng ký nhận tin nhắn của Trang"


async def test_a_token_of_another_page_is_found_out(stage: Stage) -> None:
    stage.platform.page_id = "99"

    with pytest.raises(AuthError, match="99"):
        await stage.connector.check()


async def test_a_proof_that_does_not_fit_is_refused(stage: Stage) -> None:
    values = {**stage.values, "MESSENGER_APP_SECRET": "another"}
    other = Messenger(values, Tools(stage.clock, our_files, vault=None))  # type: ignore[arg-type]

    with pytest.raises(PermanentError) as refusal:
        await other.check()
    await other.close()

    assert refusal.value.code == "100"


def test_the_simulator_posts_all_that_the_connector_wants(stage: Stage) -> None:
    assert stage.platform.subscribed == {*FIELDS}


# Its limits


def text_of(length: int) -> dict[str, Any]:
    return {"text": "x" * length}


def quick(replies: int, title: int = 20) -> dict[str, Any]:
    reply = {"content_type": "text", "title": "x" * title, "payload": "k"}
    return {"text": "x", "quick_replies": [reply] * replies}


def template(**payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}


def buttons(count: int, title: int = 20, text: int = 640) -> dict[str, Any]:
    button = {"type": "postback", "title": "x" * title, "payload": "k"}
    return template(template_type="button", text="x" * text, buttons=[button] * count)


def carousel(count: int, **element: Any) -> dict[str, Any]:
    one = {"title": "x", "subtitle": "y", **element}
    return template(template_type="generic", elements=[one] * count)


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        (text_of(2000), text_of(2001)),
        (text_of(1), text_of(0)),
        (quick(13), quick(14)),
        (quick(1, 20), quick(1, 21)),
        (buttons(3), buttons(4)),
        (buttons(1, 20), buttons(1, 21)),
        (buttons(1, 20, 640), buttons(1, 20, 641)),
        (carousel(10), carousel(11)),
        (carousel(1, title="x" * 80), carousel(1, title="x" * 81)),
        (carousel(1, subtitle="x" * 80), carousel(1, subtitle="x" * 81)),
        ({"text": "x", "metadata": "m" * 1000}, {"text": "x", "metadata": "m" * 1001}),
        ({"text": "x"}, {"text": "x", "file": "/files/a"}),
        ({"text": "x"}, {}),
        ({"text": "x"}, {"text": "x", **buttons(1)}),
        ({"text": "x"}, template(template_type="generic", elements=[{"title": "x"}])),
        ({"text": "x"}, {"attachment": {"type": "image", "payload": {"url": "/files/a"}}}),
        ({"text": "x"}, {"attachment": {"type": "location", "payload": {}}}),
        ({"text": "x"}, {"text": 7}),
        ({"text": "x"}, "x"),
    ],
)
def test_its_limits_are_metas(within: object, beyond: object) -> None:
    check_message(within, uploaded=False)
    with pytest.raises(GraphError):
        check_message(beyond, uploaded=False)


# Programs that we did not write


async def asks(stage: Stage, *calls: list[Any], **client: str) -> list[dict[str, Any]]:
    options = {
        "accessToken": stage.values["MESSENGER_PAGE_TOKEN"],
        "appSecret": stage.values["MESSENGER_APP_SECRET"],
        "version": "25.0",
        "origin": stage.values["MESSENGER_API_URL"],
        **client,
    }
    answers = await probe("messenger_client.js", {"client": options, "calls": calls})
    await stage.platform.settled()
    return list(answers)


async def test_messaging_api_messenger_takes_it_for_meta(stage: Stage) -> None:
    person = await stage.person()
    postback = {"type": "postback", "title": "Đổi", "payload": "k-1"}
    reply = {"contentType": "text", "title": "Trả", "payload": "k-2"}
    card = {"title": "Áo", "subtitle": "199.000đ", "imageUrl": f"{LINK}/a.jpg"}
    picture = {"buffer": base64.b64encode(PIXEL).decode()}
    file = {"filename": "a.png", "contentType": "image/png"}

    answers = await asks(
        stage,
        ["getPageInfo"],
        ["getUserProfile", person.id],
        ["sendText", person.id, "Chào chị", {"quickReplies": [reply]}],
        ["sendButtonTemplate", person.id, "Chọn ạ", [postback]],
        ["sendGenericTemplate", person.id, [{**card, "buttons": [postback]}]],
        ["sendImage", person.id, f"{LINK}/size.png"],
        ["sendImage", person.id, picture, file],
        ["uploadImage", picture, {**file, "isReusable": True}],
        ["markSeen", person.id],
        ["typingOn", person.id],
        ["setGreeting", "Xin chào!"],
        ["setPersistentMenu", [postback]],
        ["getPersistentMenu"],
        ["deleteMessengerProfile", ["persistent_menu"]],
        ["getPersistentMenu"],
        ["getThreadOwner", person.id],
        ["passThreadControl", person.id, "263902037430900"],
        ["getThreadOwner", person.id],
        ["takeThreadControl", person.id],
    )

    assert [each["error"] for each in answers if "error" in each] == []
    values = [each.get("answer") for each in answers]
    assert values[0] == {"name": "Shop", "id": "1067280970047460"}
    assert values[1]["firstName"] == "Lan"
    said, chosen, shown, by_address, uploaded = person.bubbles[1:]
    assert [values[n]["messageId"] for n in range(2, 7)] == [
        bubble.id for bubble in (said, chosen, shown, by_address, uploaded)
    ]
    assert said.text == "Chào chị"
    assert chosen.buttons[0].key == "k-1"
    assert shown.cards[0]["buttons"][0].key == "k-1"
    assert by_address.pictures == [f"{LINK}/size.png"]
    assert (await stage.connector.fetch(uploaded.pictures[0])).data == PIXEL
    assert values[7]["attachmentId"].isdigit()
    assert person.bubbles[0].seen and person.typing_until
    assert values[12][0]["callToActions"][0]["title"] == "Đổi"
    assert values[14] is None
    owners = [str(values[n]["appId"]) for n in (15, 17)]
    assert owners == ["1517776481860111", "263902037430900"]


async def test_messaging_api_messenger_reads_its_refusals(stage: Stage) -> None:
    person = await stage.person()
    stage.platform.faults.closed = True

    (outside,) = await asks(stage, ["sendText", person.id, "Chào chị"])
    (stranger,) = await asks(stage, ["sendText", person.id, "Chào chị"], accessToken="EAAB_other")
    (proofless,) = await asks(stage, ["getPageInfo"], appSecret="another")

    assert outside["error"] == (
        "Messenger API - 10 OAuthException (#10) This message is sent outside of allowed window."
    )
    assert stranger["error"].startswith("Messenger API - 190 OAuthException")
    assert proofless["error"].startswith("Messenger API - 100 OAuthException")


async def test_the_foreign_client_and_ours_call_alike(stage: Stage) -> None:
    person = await stage.person()

    await asks(stage, ["sendText", person.id, "Chào chị", {"messagingType": "RESPONSE"}])
    await stage.say(person, text="Chào chị")

    (_, theirs), (_, ours) = stage.platform.calls
    assert ours == theirs


async def test_bottender_reads_what_it_posts(stage: Stage) -> None:
    person = stage.platform.begin("Lan")
    stage.platform.files["a.png"] = (PIXEL, "image/png")
    await stage.does(person, "start", source="qr_7")
    await stage.does(person, "say", text="Xin chào 😀")
    await stage.does(person, "attach", file="a.png")
    await stage.does(person, "sticker")
    (sent,) = await stage.say(person, text="Chọn ạ", buttons=(Button("Đổi", "k-1"),))
    await stage.does(person, "press", bubble=sent, title="Đổi")
    await stage.does(person, "react", bubble=sent, emoji="👍")
    await stage.does(person, "see")
    await stage.does(person, "start", source="ad:1")
    posted = [json.loads(request.body) for request in stage.door.came]

    answers = await probe("messenger_events.js", posted)

    events = [event for payload in answers for event in payload]
    kinds = [set(event["kinds"]) for event in events]
    assert kinds[:4] == [
        {"isPostback", "isPayload", "isReferral"},
        {"isMessage", "isText"},
        {"isMessage", "isImage"},
        {"isMessage", "isSticker", "isLikeSticker"},
    ]
    assert sorted(kinds[4:6], key=len) == [{"isDelivery"}, {"isMessage", "isText", "isEcho"}]
    assert kinds[6:] == [
        {"isMessage", "isText", "isQuickReply", "isPayload"},
        {"isReaction"},
        {"isRead"},
        {"isReferral"},
    ]
    assert events[0]["payload"] == "GET_STARTED"
    assert events[0]["ref"] == "qr_7"
    assert events[1]["text"] == "Xin chào 😀"
    assert events[6]["payload"] == "k-1"
