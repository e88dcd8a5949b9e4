"""Messenger: what Meta posts, as events; what we say, as calls of its Send API."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
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
    Notice,
    OutboundMessage,
    PermanentError,
    Profile,
    Reaction,
    Recall,
    Receipt,
    RetryableError,
    SignatureError,
    Tools,
    UnknownOutcomeError,
    Unread,
    UnreadableError,
    WebhookRequest,
)
from connectors.messenger import Messenger

FIXTURES = Path(__file__).parent.parent / "fixtures" / "messenger"
POSTED = sorted(
    path.stem
    for path in FIXTURES.glob("*.json")
    if not path.stem.startswith("out_") and b'"object"' in path.read_bytes()
)
PAGE, APP, LAN = "1067280970047460", "1517776481860111", "7654321098765432"
SIGNED = "1704b2fede9206d3bc87ad6d29bfd5fc856764e73d86f7b5444b4c5e78149525"


async def no_file(url: str) -> File:
    raise AssertionError("no file is needed here")


class NoVault:
    async def tokens(self, channel: str) -> None:
        raise AssertionError("page tokens are not renewed")

    async def renew(self, channel: str, used: object, ask: object) -> Any:
        raise AssertionError("page tokens are not renewed")


def messenger(**more: str) -> Messenger:
    values = {
        **Messenger.settings,
        "MESSENGER_PAGE_ID": PAGE,
        "MESSENGER_PAGE_TOKEN": "EAAB_demo_page_token",
        "MESSENGER_APP_ID": APP,
        "MESSENGER_APP_SECRET": "fb_app_secret_demo",
        "MESSENGER_VERIFY_TOKEN": "our word",
        **more,
    }
    return Messenger(values, Tools(lambda: at(0), no_file, NoVault()))


def at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)


def posted(body: bytes, signature: str | None = None) -> WebhookRequest:
    if signature is None:
        signature = hmac.new(b"fb_app_secret_demo", body, hashlib.sha256).hexdigest()
    return WebhookRequest("POST", body, {"x-hub-signature-256": f"sha256={signature}"}, {})


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def parsed(body: bytes | object) -> Sequence[Event]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return messenger().parse(posted(raw))


def again(unread: Unread) -> Sequence[Event]:
    """What was not read, read once more."""
    return parsed(unread.raw)


def item(**more: object) -> dict[str, Any]:
    return {
        "sender": {"id": LAN},
        "recipient": {"id": PAGE},
        "timestamp": 1760000000000,
        **more,
    }


def batch(*items: object, **entry: object) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [*items], **entry}]}


def one(body: bytes | object) -> Event:
    (event,) = parsed(body)
    return event


# Authenticity


def test_the_known_signature_is_taken() -> None:
    messenger().verify(posted(fixture("signed_text"), SIGNED))


def test_a_body_written_anew_does_not_match() -> None:
    again = json.dumps(json.loads(fixture("signed_text")), ensure_ascii=False).encode()

    with pytest.raises(SignatureError):
        messenger().verify(posted(again, SIGNED))


@pytest.mark.parametrize("name", POSTED)
def test_one_byte_changed_is_refused(name: str) -> None:
    body = fixture(name)
    signature = hmac.new(b"fb_app_secret_demo", body, hashlib.sha256).hexdigest()
    messenger().verify(posted(body, signature))

    for place in (0, len(body) // 2, len(body) - 1):
        flipped = bytearray(body)
        flipped[place] ^= 1
        with pytest.raises(SignatureError):
            messenger().verify(posted(bytes(flipped), signature))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature-256": SIGNED},
        {"x-hub-signature-256": "sha256="},
        {"x-hub-signature-256": f"sha1={SIGNED}"},
        {"x-hub-signature-256": f"sha256={SIGNED[:-1]}"},
        {"x-hub-signature-256": "sha256=ệ\ud800"},
        {"x-hub-signature": f"sha256={SIGNED}"},
    ],
)
def test_a_signature_that_is_not_quite_one_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureError):
        messenger().verify(WebhookRequest("POST", fixture("signed_text"), headers, {}))


def test_without_a_secret_nobody_is_believed() -> None:
    body = fixture("signed_text")
    signature = hmac.new(b"", body, hashlib.sha256).hexdigest()

    with pytest.raises(SignatureError):
        messenger(MESSENGER_APP_SECRET="").verify(posted(body, signature))


def handshake(**query: str) -> WebhookRequest:
    return WebhookRequest("GET", b"", {}, {f"hub.{name}": value for name, value in query.items()})


def test_the_handshake_is_echoed_as_it_came() -> None:
    asked = handshake(mode="subscribe", challenge="1158201444", verify_token="our word")

    assert messenger().challenge(asked) == "1158201444"


@pytest.mark.parametrize("word", ["", "their word", "our wor", "ệ"])
def test_a_handshake_with_another_word_is_refused(word: str) -> None:
    with pytest.raises(SignatureError):
        messenger().challenge(handshake(mode="subscribe", challenge="1", verify_token=word))


def test_without_a_word_of_ours_no_handshake_is_made() -> None:
    with pytest.raises(SignatureError):
        messenger(MESSENGER_VERIFY_TOKEN="").challenge(
            handshake(mode="subscribe", challenge="1", verify_token="")
        )


def test_what_is_no_handshake_is_not_answered_as_one() -> None:
    assert messenger().challenge(handshake(mode="unsubscribe")) is None
    assert messenger().challenge(posted(fixture("signed_text"))) is None


# Events


def test_a_text() -> None:
    message = one(fixture("signed_text"))

    assert isinstance(message, InboundMessage)
    assert message.channel == "messenger"
    assert message.sender_id == LAN
    assert message.external_id.startswith("m_AG5Hz2Uq7tuw")
    assert message.text == "Xin chào, shop còn hàng không?"
    assert message.sent_at == at(1760000000000)
    assert message.raw["message"]["mid"] == message.external_id
    assert (message.button, message.attachments, message.begins) == ("", (), False)


def test_a_batch_is_read_to_its_end() -> None:
    one, two, three, four = parsed(fixture("batch_two_entries"))

    assert isinstance(one, InboundMessage) and one.text == "Shop ơi"
    assert isinstance(two, InboundMessage) and two.text == "cho hỏi giá áo thun"
    assert isinstance(four, Unread) and four.reason == "changes"
    # Another app has the conversation, but what the customer wrote is not lost.
    assert isinstance(three, InboundMessage) and three.text == "đang nói với nhân viên"


def test_a_quick_reply_is_its_payload_and_shows_its_title() -> None:
    message = one(fixture("quick_reply"))

    assert isinstance(message, InboundMessage)
    assert (message.button, message.text) == ("/track_order", "Tra cứu đơn hàng")


def test_a_button_is_its_payload_and_shows_its_title() -> None:
    message = one(fixture("postback_button"))

    assert isinstance(message, InboundMessage)
    assert (message.external_id, message.button) == ("m_pb2", "/request_human")
    assert (message.text, message.begins) == ("Gặp nhân viên", False)


def test_get_started_begins_a_talk_and_asks_nothing() -> None:
    message = one(fixture("get_started_with_ref"))

    assert isinstance(message, InboundMessage)
    assert message.begins
    assert (message.text, message.button, message.source) == ("", "", "qr_store_12")


def test_a_press_in_standby_has_a_title_only() -> None:
    message = one(batch(standby=[item(postback={"mid": "m_1", "title": "Đổi trả"})]))

    assert isinstance(message, InboundMessage)
    assert (message.text, message.button) == ("Đổi trả", "")


def test_a_press_without_an_id_has_the_same_name_each_time_it_is_posted() -> None:
    press = item(postback={"title": "Đổi", "payload": "k1"})
    later = {**press, "timestamp": 1760000000001}

    first, again, other = parsed(batch(press, press, later))

    assert first.external_id == again.external_id != other.external_id  # type: ignore[union-attr]


def test_an_answer_to_a_message_keeps_which() -> None:
    message = one(fixture("reply_to"))

    assert isinstance(message, InboundMessage)
    assert message.text == "cái này ạ"
    assert message.raw["message"]["reply_to"]["mid"] == "m_one"


def test_files_come_without_words() -> None:
    message = one(fixture("attachments"))

    assert isinstance(message, InboundMessage)
    assert message.text == ""
    assert message.attachments == (
        Attachment("image", "https://scontent.xx.fbcdn.net/v/t1.15752-9/a.jpg?oh=..."),
        Attachment("file", "https://cdn.fbsbx.com/v/hoadon.pdf?..."),
    )


@pytest.mark.parametrize("kind", ["image", "audio", "video", "file"])
def test_each_kind_of_file(kind: str) -> None:
    sent = {"mid": "m", "attachments": [{"type": kind, "payload": {"url": "https://a.vn/x"}}]}
    message = one(batch(item(message=sent)))

    assert isinstance(message, InboundMessage)
    assert [file.kind for file in message.attachments] == [kind]


@pytest.mark.parametrize("kinds", [["sticker"], ["image"], ["image", "sticker"]])
def test_a_sticker_is_one_sticker_however_it_is_sent(kinds: list[str]) -> None:
    entries = [
        {"type": kind, "payload": {"url": f"https://a.vn/{n}.png", "sticker_id": 369239263222822}}
        for n, kind in enumerate(kinds)
    ]
    message = one(batch(item(message={"mid": "m", "attachments": entries})))

    assert isinstance(message, InboundMessage)
    assert message.attachments == (Attachment("sticker", "https://a.vn/0.png"),)


def test_the_sticker_of_the_fixture() -> None:
    message = one(fixture("sticker_new"))

    assert isinstance(message, InboundMessage)
    assert (message.text, message.attachments[0].kind) == ("", "sticker")


SHARED = {"url": "https://shop.vn/ao", "title": "Áo thun"}


@pytest.mark.parametrize("kind", ["fallback", "reel", "ig_reel", "post", "ig_post"])
def test_a_shared_link_is_words(kind: str) -> None:
    sent = {"mid": "m", "attachments": [{"type": kind, "payload": SHARED}]}
    message = one(batch(item(message=sent)))

    assert isinstance(message, InboundMessage)
    assert (message.text, message.attachments) == ("Áo thun\nhttps://shop.vn/ao", ())


def test_a_link_in_the_text_is_not_said_twice() -> None:
    text = "cái này nè https://shop.vn/ao"
    sent = {"mid": "m", "text": text, "attachments": [{"type": "fallback", "payload": SHARED}]}
    message = one(batch(item(message=sent)))

    assert isinstance(message, InboundMessage) and message.text == text


def test_a_product_that_is_sent_to_the_shop() -> None:
    element = {"id": "1", "title": "Loa", "subtitle": "690.000đ", "image_url": "https://a.vn/1.jpg"}
    product = {"product": {"elements": [element]}}
    sent = {"mid": "m", "attachments": [{"type": "template", "payload": product}]}
    message = one(batch(item(message=sent)))

    assert isinstance(message, InboundMessage)
    assert message.text == "Loa\n690.000đ"
    assert message.attachments == (Attachment("image", "https://a.vn/1.jpg"),)


@pytest.mark.parametrize(
    "strange",
    [
        {"type": "appointment_booking", "payload": {}},
        {"type": "hologram", "payload": {"url": "https://a.vn/x"}},
        {"type": "image", "payload": None},
        {"type": ["image"]},
        "image",
        None,
    ],
)
def test_an_unknown_attachment_does_not_cost_the_words_beside_it(strange: object) -> None:
    sent = {"mid": "m", "text": "xem giúp mình", "attachments": [strange]}
    message, unknown = parsed(batch(item(message=sent)))

    assert isinstance(message, InboundMessage) and message.text == "xem giúp mình"
    assert isinstance(unknown, Unread)
    assert again(unknown) == [message, unknown]


def test_a_message_from_an_ad_tells_which() -> None:
    message = one(fixture("ad_referral_in_message"))
    ad = {"ad_id": "6045246247433", "source": "ADS", "type": "OPEN_THREAD"}
    nameless = one(batch(item(message={"mid": "m", "text": "mua", "referral": ad})))

    assert isinstance(message, InboundMessage) and message.source == "tet_sale"
    assert isinstance(nameless, InboundMessage) and nameless.source == "ad:6045246247433"


def test_who_comes_by_a_link_and_says_nothing() -> None:
    assert one(fixture("referral_existing_thread")) == Arrival(
        "messenger", LAN, at(1760000007990), source="flyer_7"
    )


def test_delivered() -> None:
    assert one(fixture("delivery")) == Receipt(
        "messenger", LAN, seen=False, external_ids=("m_out1",), upto=at(1760000008900)
    )


def test_delivered_without_ids() -> None:
    event = one(batch(item(delivery={"watermark": 1760000008900})))

    assert event == Receipt("messenger", LAN, seen=False, upto=at(1760000008900))


def test_seen() -> None:
    assert one(fixture("read")) == Receipt("messenger", LAN, seen=True, upto=at(1760000009900))


def test_a_reaction_and_its_end() -> None:
    gone = one(batch(item(reaction={"action": "unreact", "mid": "m_out1"})))

    assert one(fixture("reaction")) == Reaction(
        "messenger", "m_out1", LAN, "\u2764\ufe0f", at(1760000010990)
    )
    assert gone == Reaction("messenger", "m_out1", LAN, "", at(1760000000000))


def test_an_edit_is_not_a_message() -> None:
    assert one(fixture("message_edit")) == Edit(
        "messenger", "m_one", LAN, "Shop ơi, cho hỏi", at(1760000011990)
    )


@pytest.mark.parametrize(
    "unsent",
    [{"message": {"mid": "m_one", "is_deleted": True}}, {"message_unsend": {"mid": "m_one"}}],
)
def test_an_unsent_message_is_recalled(unsent: dict[str, object]) -> None:
    assert one(batch(item(**unsent))) == Recall("messenger", "m_one", LAN, at(1760000000000))


@pytest.mark.parametrize(
    "done",
    [
        {"reaction": {"action": "react", "emoji": "❤️", "mid": "m_one"}},
        {"message": {"mid": "m_out1", "is_echo": True, "is_deleted": True}},
        {"read": {"watermark": 1760000009900}},
    ],
)
def test_what_the_page_does_is_not_taken_for_a_customers(done: dict[str, object]) -> None:
    event = one(batch(item(sender={"id": PAGE}, recipient={"id": LAN}, **done)))

    assert isinstance(event, Unread)


@pytest.mark.parametrize("name", ["policy_enforcement", "policy-enforcement"])
@pytest.mark.parametrize(
    ("action", "stops"), [("warning", False), ("block", True), ("unblock", False)]
)
def test_meta_warns_and_blocks(name: str, action: str, stops: bool) -> None:
    policy = item(**{name: {"action": action, "reason": "spam"}})
    del policy["sender"]

    event = one(batch(policy))

    assert isinstance(event, Notice)
    assert event.stops is stops
    assert event.text.endswith(": spam")


def test_the_notice_of_the_fixture() -> None:
    assert one(fixture("policy_enforcement")) == Notice(
        "messenger",
        at(1760000012990),
        "Facebook cảnh báo Trang: The bot violated our Platform Policies ...",
    )


def test_our_own_words_come_back_with_our_reference() -> None:
    assert one(fixture("echo_own_bot")) == Echo(
        "messenger",
        "m_out1",
        LAN,
        at(1760000013990),
        text="Dạ shop chào anh/chị ạ",
        reference="conv-42:msg-7",
        ours=True,
    )


def test_a_person_in_the_page_inbox() -> None:
    event = one(fixture("echo_human_page_inbox"))

    assert isinstance(event, Echo)
    assert event.ours is False
    assert event.text == "Chào bạn, mình là Lan, mình hỗ trợ bạn nhé"


def echo(**more: object) -> Event:
    said = {"mid": "m", "is_echo": True, **more}
    return one(batch(item(sender={"id": PAGE}, recipient={"id": LAN}, message=said)))


def test_an_app_id_may_be_a_text_or_missing() -> None:
    ours, unknown = echo(app_id=APP, metadata="7"), echo(metadata="7")

    assert isinstance(ours, Echo) and ours.ours is True
    assert isinstance(unknown, Echo) and unknown.ours is None and unknown.reference == "7"


def test_another_apps_metadata_is_not_our_reference() -> None:
    event = echo(app_id=263902037430900, metadata="7")

    assert isinstance(event, Echo) and event.reference == ""


def test_a_picture_of_ours_is_not_a_customers() -> None:
    picture = {"type": "image", "payload": {"url": "https://a.vn/x"}}
    event = echo(attachments=[picture], app_id=1)

    assert isinstance(event, Echo)
    assert event.attachments == (Attachment("image", "https://a.vn/x"),)


def test_what_our_page_says_without_the_mark_is_still_not_a_customers() -> None:
    event = one(batch(item(sender={"id": PAGE}, recipient={"id": LAN}, message={"mid": "m"})))

    assert isinstance(event, Echo)


@pytest.mark.parametrize("name", ["pass_thread_control", "take_thread_control"])
def test_handover_events_are_kept_and_change_nothing(name: str) -> None:
    event = one(fixture(name))

    assert isinstance(event, Unread)
    assert name in event.reason


def test_another_page_of_the_same_app_is_not_ours() -> None:
    other = batch(item(message={"mid": "m", "text": "hi"}))
    other["entry"][0]["id"] = "99"

    assert isinstance(one(other), Unread)


# Bad input


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"object": "instagram", "entry": []}',
        b'{"object": "page"}',
        b'{"object": "page", "entry": {}}',
        b"[" * 100_000,
    ],
)
def test_garbage_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        parsed(body)


def test_a_batch_with_one_broken_item_gives_nine() -> None:
    items: list[Any] = [item(message={"mid": f"m{n}", "text": "hi"}) for n in range(10)]
    items[4]["timestamp"] = "yesterday"

    events = parsed(batch(*items))

    assert [type(event) for event in events].count(InboundMessage) == 9
    assert isinstance(events[4], Unread)
    assert events[4].raw["entry"][0]["messaging"] == [items[4]]


@pytest.mark.parametrize(
    "entry",
    [
        "nothing",
        {"id": "7", "messaging": [item(message={"mid": "m", "text": "hi"})]},
        {"id": PAGE},
        {"id": PAGE, "changes": [{"field": "feed"}]},
        {"id": PAGE, "messaging": [item(hologram={})]},
        {"id": PAGE, "standby": ["x"]},
    ],
)
def test_what_is_not_read_can_be_read_again_by_itself(entry: object) -> None:
    unread = one({"object": "page", "entry": [entry]})

    assert isinstance(unread, Unread)
    assert again(unread) == [unread]


def test_a_broken_list_beside_a_good_one() -> None:
    events = parsed(batch(item(message={"mid": "m", "text": "hi"}), standby="x"))

    assert {type(event) for event in events} == {InboundMessage, Unread}


def test_what_a_database_cannot_hold_is_replaced() -> None:
    body = b'{"mid":"m","text":"a\\u0000b\\ud83d c\\ud83d\\ude00"}'
    outer = (
        json.dumps(batch(item(message=0))).encode().replace(b'"message": 0', b'"message":' + body)
    )

    message = one(outer)

    assert isinstance(message, InboundMessage)
    assert message.text == "a\ufffdb\ufffd c😀"


def test_numbers_without_end_are_none() -> None:
    changes = '"changes": [[NaN, 1e999, -Infinity, 1.5]]'
    event = one(f'{{"object": "page", "entry": [{{"id": "{PAGE}", {changes}}}]}}'.encode())

    assert isinstance(event, Unread)
    assert event.raw["entry"][0]["changes"] == [[None, None, None, 1.5]]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Everywhere inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for name, each in inner:
        found.append((*path, name))
        if isinstance(each, dict | list):
            found += places(each, (*path, name))
    return found


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """A fixture, one to three of whose fields are missing or something else."""
    payload = json.loads(fixture(draw(st.sampled_from(POSTED))))
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(places(payload) or [()]))
        if not where:
            break
        inner = payload
        for name in where[:-1]:
            inner = inner[name]
        if draw(st.booleans()):
            del inner[where[-1]]
        else:
            inner[where[-1]] = draw(JSON)
    return payload


@given(broken())
def test_whatever_is_broken_nothing_is_lost_and_all_can_be_stored(payload: Any) -> None:
    before = copy.deepcopy(payload)
    try:
        events = parsed(payload)
    except UnreadableError:
        assert payload.get("object") != "page" or not isinstance(payload.get("entry"), list)
        return

    # Another page's entry is kept in one piece.
    entries = [e for e in payload["entry"] if isinstance(e, dict) and e.get("id") == PAGE]
    lists = [entry.get(name) for entry in entries for name in ("messaging", "standby", "changes")]
    items = sum(len(each) for each in lists if isinstance(each, list))
    assert len(events) >= items + len(payload["entry"]) - len(entries)
    assert payload == before
    for event in events:
        json.dumps(getattr(event, "raw", None), ensure_ascii=False, allow_nan=False).encode()
        assert isinstance(getattr(event, "text", ""), str)


@given(st.binary(max_size=60))
def test_no_bytes_at_all_break_the_door(body: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        parsed(body)
    with pytest.raises(SignatureError):
        messenger().verify(posted(body, "0" * 64))


# Calls


def calls(**message: Any) -> list[dict[str, Any]]:
    return [*messenger().render(OutboundMessage("messenger", LAN, **message))]


def with_recipient(call: dict[str, Any]) -> dict[str, Any]:
    return {"recipient": {"id": LAN}, **call}


def test_a_text_as_meta_documents_it() -> None:
    (call,) = calls(text="Dạ em chào anh/chị ạ", reference="conv-42:msg-7")

    assert with_recipient(call) == json.loads(fixture("out_text"))


def test_a_persons_answer_after_a_day_as_meta_documents_it() -> None:
    text = "Chào chị, đơn của chị đã được xử lý ạ. - Lan"

    (call,) = calls(text=text, tag="HUMAN_AGENT")

    assert with_recipient(call) == json.loads(fixture("out_human_agent"))


def test_quick_replies_as_meta_documents_them() -> None:
    buttons = (Button("Tra cứu đơn", "/track_order"), Button("Gặp nhân viên", "/request_human"))
    documented = json.loads(fixture("out_quick_replies"))
    documented["message"]["quick_replies"].pop()  # for a phone number: we do not ask so

    (call,) = calls(text="Anh/chị cần hỗ trợ gì ạ?", buttons=buttons)

    assert with_recipient(call) == documented


def test_a_button_template_as_meta_documents_it() -> None:
    buttons = (
        Button("Đổi trả", "/return_policy"),
        Button("Xem web", url="https://shop.example.vn"),
        Button("Gọi hotline", url="tel:+84281234567"),
    )

    (call,) = calls(text="Chọn một mục:", buttons=buttons)

    assert with_recipient(call) == json.loads(fixture("out_button_template"))


def test_a_carousel_as_meta_documents_it() -> None:
    order = Button("Đặt mua", '/order{"sku":"A1"}')
    card = Card("Áo thun", "199.000đ", "https://shop.example.vn/a.jpg", (order,))
    documented = json.loads(fixture("out_carousel"))
    documented["message"]["attachment"]["payload"]["elements"][0].pop("default_action")

    (call,) = calls(cards=(card,))

    assert with_recipient(call) == documented


def test_a_long_text_goes_in_parts_and_the_choices_with_the_last() -> None:
    text = "Dạ bên em còn hàng ạ. " * 150

    first, last = calls(text=text, buttons=(Button("Mua", "k1"),), reference="9")

    assert all(len(part["message"]["text"]) <= 2000 for part in (first, last))
    assert first["message"]["text"].endswith("ạ.")
    assert "quick_replies" not in first["message"]
    assert [reply["payload"] for reply in last["message"]["quick_replies"]] == ["k1"]
    assert [part["message"]["metadata"] for part in (first, last)] == ["9", "9"]


def test_a_long_text_with_a_link_leaves_the_template_what_it_holds() -> None:
    text = "Dạ bên em còn hàng ạ. " * 60

    *before, last = calls(text=text, buttons=(Button("Xem", url="https://shop.vn"),))

    template = last["message"]["attachment"]["payload"]
    assert len(template["text"]) <= 640
    said = [part["message"]["text"] for part in before] + [template["text"]]
    assert " ".join(said) == text.strip()


def test_more_choices_than_thirteen_are_written_with_their_numbers() -> None:
    (call,) = calls(text="Chọn ạ", buttons=tuple(Button(f"Mục {n}", f"k{n}") for n in range(1, 16)))

    replies = call["message"]["quick_replies"]
    assert [reply["payload"] for reply in replies] == [f"k{n}" for n in range(1, 14)]
    assert call["message"]["text"] == "Chọn ạ\n\n14. Mục 14\n15. Mục 15"


def test_a_long_title_is_cut_to_twenty_letters() -> None:
    (call,) = calls(text="?", buttons=(Button("Tra cứu đơn hàng của tôi", "k"),))

    assert call["message"]["quick_replies"][0]["title"] == "Tra cứu đơn hàng…"


def test_titles_that_are_alike_once_cut_are_numbered_and_written_out() -> None:
    buttons = (Button("Máy lọc nước loại A100", "a"), Button("Máy lọc nước loại A200", "b"))

    (call,) = calls(text="Loại nào ạ?", buttons=buttons)

    assert [reply["title"] for reply in call["message"]["quick_replies"]] == [
        "1. Máy lọc nước…",
        "2. Máy lọc nước…",
    ]
    assert call["message"]["text"] == (
        "Loại nào ạ?\n\n1. Máy lọc nước loại A100\n2. Máy lọc nước loại A200"
    )


def test_choices_that_another_message_follows_stay_on_the_screen() -> None:
    few = tuple(Button(f"Mục {n}", f"k{n}") for n in range(3))

    (call,) = calls(text="Mời chọn ạ", buttons=few, followed=True)
    (many,) = calls(text="Mời chọn ạ", buttons=(*few, Button("Khác", "k")), followed=True)

    payload = call["message"]["attachment"]["payload"]
    assert [button["payload"] for button in payload["buttons"]] == ["k0", "k1", "k2"]
    assert many["message"]["text"].endswith("4. Khác") and "quick_replies" not in many["message"]


def test_many_buttons_with_links_are_a_template_with_quick_replies() -> None:
    links = tuple(Button(f"Web {n}", url=f"https://s.vn/{n}") for n in range(1, 6))
    choices = (Button("Đổi", "a"), Button("Trả", "b"))

    (call,) = calls(text="Mời xem ạ", buttons=(*choices, *links))

    template = call["message"]["attachment"]["payload"]
    assert [button["url"] for button in template["buttons"]] == [
        "https://s.vn/1",
        "https://s.vn/2",
        "https://s.vn/3",
    ]
    assert template["text"] == "Mời xem ạ\n\nWeb 4: https://s.vn/4\nWeb 5: https://s.vn/5"
    assert [reply["payload"] for reply in call["message"]["quick_replies"]] == ["a", "b"]


def test_a_link_that_messenger_cannot_open_is_written_out() -> None:
    (call,) = calls(text="Thư", buttons=(Button("Gửi thư", url="mailto:a@shop.vn"),))

    assert call["message"] == {"text": "Thư\n\nGửi thư: mailto:a@shop.vn"}


@pytest.mark.parametrize("button", [Button("Mua", "k"), Button("Xem", url="https://s.vn")])
def test_buttons_alone_get_a_line_to_stand_on(button: Button) -> None:
    (call,) = calls(buttons=(button,))

    assert "Mời anh/chị chọn ạ:" in json.dumps(call, ensure_ascii=False)


def test_choices_ride_on_the_last_call_lest_they_vanish() -> None:
    text, picture, carousel = calls(
        text="Dạ đây ạ",
        buttons=(Button("Mua", "k"),),
        attachments=(Attachment("image", "https://s.vn/size.png"),),
        cards=(Card("Áo", "199.000đ"),),
    )

    assert text["message"] == {"text": "Dạ đây ạ"}
    assert "quick_replies" not in picture["message"]
    assert carousel["message"]["quick_replies"][0]["payload"] == "k"


def elements(call: dict[str, Any]) -> list[dict[str, Any]]:
    return list(call["message"]["attachment"]["payload"]["elements"])


def test_more_than_ten_cards_are_several_carousels() -> None:
    found = calls(cards=tuple(Card(f"Áo {n}", "đẹp") for n in range(23)))

    assert [len(elements(call)) for call in found] == [10, 10, 3]
    titles = [element["title"] for call in found for element in elements(call)]
    assert titles == [f"Áo {n}" for n in range(23)]


def test_a_card_with_more_than_three_buttons_goes_on_as_the_next() -> None:
    sizes = tuple(Button(size, f"k{size}") for size in ("S", "M", "L", "XL"))

    (call,) = calls(cards=(Card("Áo", "Chọn cỡ", "https://s.vn/a.jpg", sizes),))

    first, second = elements(call)
    assert [button["title"] for button in first["buttons"]] == ["S", "M", "L"]
    assert [button["title"] for button in second["buttons"]] == ["XL"]
    assert {**first, "buttons": 0} == {**second, "buttons": 0}


def test_words_that_a_card_cannot_hold_are_said_before() -> None:
    long = "Bảo hành chính hãng 24 tháng tại nhà, đổi mới trong 30 ngày nếu lỗi do nhà sản xuất ạ"

    text, carousel = calls(cards=(Card("Máy lọc nước", long),))

    assert text["message"]["text"] == f"Máy lọc nước\n{long}"
    assert len(elements(carousel)[0]["subtitle"]) <= 80


def test_a_card_of_nothing_but_a_title_is_a_text() -> None:
    (call,) = calls(cards=(Card("Hết hàng ạ"),))

    assert call["message"] == {"text": "Hết hàng ạ"}


def test_a_cards_picture_of_ours_is_sent_before_it() -> None:
    picture, carousel = calls(cards=(Card("Áo", "đẹp", "/files/abc"),))

    assert picture == {
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": "image", "payload": {}}},
        "file": "/files/abc",
    }
    assert "image_url" not in elements(carousel)[0]


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("image", "image"),
        ("sticker", "image"),
        ("audio", "audio"),
        ("video", "video"),
        ("file", "file"),
    ],
)
def test_each_file_by_its_kind(kind: Any, type_: str) -> None:
    ours, theirs = calls(
        attachments=(Attachment(kind, "/files/abc"), Attachment(kind, "https://s.vn/x"))
    )

    assert ours["message"]["attachment"]["type"] == type_
    assert ours["file"] == "/files/abc"
    assert theirs["message"]["attachment"] == {"type": type_, "payload": {"url": "https://s.vn/x"}}


def test_places_and_contacts_are_written() -> None:
    (call,) = calls(
        attachments=(
            Attachment("location", "geo:10.76,106.65", "Cửa hàng Quận 1"),
            Attachment("contact", "tel:+84281234567", "Hotline"),
        )
    )

    assert call["message"]["text"] == (
        "Cửa hàng Quận 1 https://www.google.com/maps?q=10.76,106.65\n\nHotline +84281234567"
    )


TITLES = st.text("abcé 1", min_size=1, max_size=30).filter(str.strip)
BUTTON = st.builds(Button, TITLES, st.just("kkkkkkkkkkkk")) | st.builds(
    lambda title, n: Button(title, url=f"https://s.vn/{n}"), TITLES, st.integers(0, 9)
)
CARD = st.builds(
    Card,
    st.text("abc ", min_size=1, max_size=120).filter(str.strip),
    st.text("abc ", max_size=120),
    st.sampled_from(["", "/files/a", "https://s.vn/a.jpg"]),
    st.lists(BUTTON, max_size=7).map(tuple),
)


@given(
    st.text("abc. ", max_size=3000),
    st.lists(BUTTON, max_size=20).map(tuple),
    st.lists(CARD, max_size=25).map(tuple),
)
def test_no_call_is_over_a_limit_and_no_button_is_lost(
    text: str, buttons: tuple[Button, ...], cards: tuple[Card, ...]
) -> None:
    found = calls(text=text, buttons=buttons, cards=cards)

    for call in found:
        message = call["message"]
        assert len(message.get("text", "x")) in range(1, 2001)
        assert len(message.get("quick_replies", [])) <= 13
        assert all(1 <= len(reply["title"]) <= 20 for reply in message.get("quick_replies", []))
        template = message.get("attachment", {}).get("payload", {})
        assert len(template.get("text", "x")) in range(1, 641)
        assert len(template.get("buttons", [])) <= 3
        assert len(template.get("elements", [])) <= 10
        for element in template.get("elements", []):
            assert len(element) > 1 and len(element.get("buttons", [])) <= 3
            assert len(element["title"]) <= 80 and len(element.get("subtitle", "")) <= 80
    written = json.dumps(found, ensure_ascii=False)
    assert all(
        button.url in written for button in (*buttons, *(b for c in cards for b in c.buttons))
    )
    pressed = written.count('"payload": "kkkkkkkkkkkk"')
    keyed = sum(1 for b in buttons if b.key)
    on_cards = sum(1 for card in cards for b in card.buttons if b.key)
    assert pressed == min(keyed, 13) + on_cards


# Errors

TABLE = [
    ("1", "later"), ("2", "later"), ("4", "busy"), ("17", "busy"), ("32", "busy"), ("613", "busy"),
    ("80006", "busy"), ("10/2018278", "never"), ("10/2018065", "never"), ("10/2534022", "never"),
    ("10/1893063", "sign_in"), ("100", "never"), ("100/2018001", "gone"), ("190", "sign_in"),
    ("190/463", "sign_in"), ("200/1545041", "gone"), ("551", "gone"), ("230", "never"),
    ("2018218", "never"), ("2018108", "never"), ("2018344", "sign_in"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fate"), TABLE)
def test_every_code_has_its_fate_and_is_told_in_words(code: str, fate: str) -> None:
    known = errors.meaning("messenger", code)

    assert known is not None
    assert known.fate == fate
    assert all(sentence.endswith(".") for sentence in (*known.vi, *known.en))
    assert (len(known.vi), len(known.en)) == (2, 2)


def answering(status: int, body: object, **headers: str) -> Messenger:
    """A connector whose platform gives this answer to whatever it is asked."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def answer(method: str, url: str, **more: object) -> httpx.Response:
        asked = httpx.Request(method, url)
        return httpx.Response(status, content=content, headers=headers, request=asked)

    made = messenger()
    made._http.request = answer  # type: ignore[method-assign]
    return made


def error(code: object, subcode: object = None) -> dict[str, Any]:
    said = {"message": "EAAB_demo_page_token Dạ", "type": "OAuthException", "code": code}
    return {"error": {**said, "error_subcode": subcode} if subcode else said}


@pytest.mark.parametrize(
    ("status", "body", "fate", "code"),
    [
        (400, error(10, 2018278), PermanentError, "10/2018278"),
        (400, error(10, 777), PermanentError, "10/777"),
        (400, error(190, 463), AuthError, "190/463"),
        (400, error(100, 2018108), PermanentError, "2018108"),
        (400, error(200, 2018344), AuthError, "2018344"),
        (403, error(551, 1545041), PermanentError, "1545041"),
        (500, error(1), RetryableError, "1"),
        (500, error(2), RetryableError, "2"),
        (400, error(4), RetryableError, "4"),
        (400, error(987654), PermanentError, "987654"),
        (503, error(987654), RetryableError, "503"),
        (502, error(987654), UnknownOutcomeError, "502"),
        (200, error(190), AuthError, "190"),
        (400, {"error": "?"}, PermanentError, "400"),
        (429, b"slow down", RetryableError, "429"),
        (503, b"<html>", RetryableError, "503"),
        (502, b"<html>", UnknownOutcomeError, "502"),
        (200, b"<html>", UnknownOutcomeError, ""),
        (200, [], UnknownOutcomeError, ""),
        (200, {"recipient_id": LAN}, UnknownOutcomeError, ""),
    ],
)
async def test_every_answer_has_a_fate(
    status: int, body: object, fate: type[DeliveryError], code: str
) -> None:
    with pytest.raises(DeliveryError) as refusal:
        await answering(status, body).deliver(LAN, {"message": {"text": "Dạ"}})

    assert type(refusal.value) is fate
    assert refusal.value.code == code
    assert "EAAB" not in str(refusal.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":3}]}'}, 180.0),
        ({"x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":0}]}'}, None),
        ({"x-business-use-case-usage": '{"1":[{"call_count":3}]}'}, None),
        ({"x-business-use-case-usage": "[7]"}, None),
        ({"x-business-use-case-usage": "?"}, None),
        ({"retry-after": "7"}, 7.0),
        ({}, None),
    ],
)
async def test_how_long_meta_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    with pytest.raises(RetryableError) as refusal:
        await answering(400, error(613), **headers).deliver(LAN, {"message": {"text": "Dạ"}})

    assert refusal.value.retry_after == seconds


async def test_the_profile_as_meta_documents_it() -> None:
    profile = await answering(200, fixture("profile")).profile(LAN)

    assert profile.name == "Nguyễn Lan"
    assert profile.facts == {"first_name": "Lan", "last_name": "Nguyễn"}
    assert profile.avatar.startswith("https://platform-lookaside.fbsbx.com/")


async def test_a_person_of_whom_nothing_is_told() -> None:
    assert await answering(200, {"id": LAN}).profile(LAN) == Profile()
    with pytest.raises(PermanentError):
        await answering(400, error(100, 2018218)).profile(LAN)
