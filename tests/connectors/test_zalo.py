"""Zalo Official Account: what its events mean, what our messages become, and its tokens."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
import logging
import random
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from vaults import MemoryVault

from connectors import errors
from connectors.base import (
    Arrival,
    Attachment,
    AuthError,
    Button,
    Card,
    Echo,
    Event,
    File,
    InboundMessage,
    Notice,
    OutboundMessage,
    PermanentError,
    Profile,
    Reach,
    Reaction,
    Recall,
    Receipt,
    RetryableError,
    SignatureError,
    Tokens,
    Tools,
    UnknownOutcomeError,
    Unread,
    UnreadableError,
    WebhookRequest,
)
from connectors.zalo import ZaloOA, consent_url, first_tokens

FIXTURES = Path(__file__).parent.parent / "fixtures" / "zalo"
APP, OA, USER = "360846524940903967", "388613280878808645", "246845883529197922"
VALUES = {
    "ZALO_APP_ID": APP,
    "ZALO_APP_SECRET": "APP_SECRET_demo",
    "ZALO_OA_ID": OA,
    "ZALO_OA_SECRET": "OA_SECRET_demo",
    "ZALO_API_URL": "https://openapi.zalo.me",
    "ZALO_OAUTH_URL": "https://oauth.zaloapp.com",
}
NOW = datetime(2024, 7, 3, 9, 46, 50, tzinfo=timezone.utc)  # just after the fixtures' events
EVENTS = sorted(
    path.stem for path in FIXTURES.glob("*.json") if b'"event_name"' in path.read_bytes()
)
TABLE = (
    *("-32", "-100", "-200", "-201", "-204", "-205", "-209", "-210", "-211", "-212", "-213"),
    *("-216", "-217", "-218", "-219", "-220", "-221", "-223", "-224", "-227", "-230", "-232"),
    *("-233", "-234", "-240", "-241", "-242", "-244", "-248", "-249", "-320", "-321"),
    *("-108", "-114", "-115", "-118", "-119", "-124", "-131", "-133", "-139", "-141"),
    *("-144", "-1441", "-1471", "-146", "-147", "-14002", "-14003", "consent"),
)


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def loaded(name: str) -> dict[str, Any]:
    data = json.loads(fixture(name))
    assert isinstance(data, dict)
    return data


def zalo(
    *,
    vault: MemoryVault | None = None,
    files: dict[str, File] | None = None,
    now: datetime = NOW,
    **values: str,
) -> ZaloOA:
    async def read_file(url: str) -> File:
        return (files or {})[url]

    return ZaloOA({**VALUES, **values}, Tools(lambda: now, read_file, vault or MemoryVault()))


def mac(body: bytes, app: str = APP, secret: str = "OA_SECRET_demo") -> str:
    time = json.loads(body)["timestamp"]
    return hashlib.sha256(app.encode() + body + str(time).encode() + secret.encode()).hexdigest()


def post(body: bytes, signature: str | None = None) -> WebhookRequest:
    headers = {} if signature is None else {"x-zevent-signature": signature}
    return WebhookRequest("POST", body, headers, {})


def parse(data: Any) -> Sequence[Event]:
    return zalo().parse(post(data if isinstance(data, bytes) else json.dumps(data).encode()))


def one(name: str, **changed: Any) -> Event:
    (event,) = parse({**loaded(name), **changed})
    return event


def said(name: str) -> InboundMessage:
    event = one(name)
    assert isinstance(event, InboundMessage)
    return event


# Authenticity


def test_what_zalos_own_code_signed_is_accepted() -> None:
    body = fixture("signed_text")
    vector = "1a17dade243ee5037bd943a4a3f63ec417342bb90f67095656a5ed85a5f9e891"

    zalo().verify(post(body, f"mac={vector}"))
    zalo().verify(post(body, vector))


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_with_one_byte_changed_is_refused(name: str) -> None:
    body = fixture(name)
    signature = f"mac={mac(body)}"
    zalo().verify(post(body, signature))
    for place in random.Random(name).sample(range(len(body)), 40):
        changed = bytearray(body)
        changed[place] ^= 1

        with pytest.raises(SignatureError):
            zalo().verify(post(bytes(changed), signature))


@pytest.mark.parametrize(
    "signature",
    [None, "", "mac=", "mac=" + "0" * 64, "mac=" + "A" * 64, "sha256=" + "0" * 64, "mac=ệ" * 20],
)
def test_a_wrong_signature_is_refused(signature: str | None) -> None:
    with pytest.raises(SignatureError):
        zalo().verify(post(fixture("signed_text"), signature))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"1", b"\xff", b"[" * 100_000, b"{}", b'{"timestamp":true}']
)
def test_what_is_no_event_is_refused_however_it_is_signed(body: bytes) -> None:
    signature = hashlib.sha256(APP.encode() + body + b"OA_SECRET_demo").hexdigest()

    with pytest.raises(SignatureError):
        zalo().verify(post(body, signature))


@pytest.mark.parametrize(
    ("late", "fine"),
    [
        (timedelta(hours=1, minutes=55), True),
        (timedelta(hours=2, minutes=1), False),
        (timedelta(minutes=-9), True),
        (timedelta(minutes=-11), False),
    ],
)
def test_an_event_of_another_time_is_refused(late: timedelta, fine: bool) -> None:
    body = fixture("signed_text")
    said_at = datetime.fromtimestamp(1719999999.123, timezone.utc)

    with contextlib.nullcontext() if fine else pytest.raises(SignatureError):
        zalo(now=said_at + late).verify(post(body, mac(body)))


@pytest.mark.parametrize(
    ("app", "secret", "told"),
    [
        (APP, "APP_SECRET_demo", "ZALO_APP_ID and ZALO_APP_SECRET"),
        (OA, "OA_SECRET_demo", "ZALO_OA_ID and ZALO_OA_SECRET"),
        (OA, "APP_SECRET_demo", "ZALO_OA_ID and ZALO_APP_SECRET"),
    ],
)
def test_another_secret_that_would_fit_is_named_and_not_accepted(
    app: str, secret: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = fixture("signed_text")

    with caplog.at_level(logging.WARNING), pytest.raises(SignatureError):
        zalo().verify(post(body, mac(body, app, secret)))

    assert told in caplog.text
    assert "SECRET_demo" not in caplog.text


def test_a_look_at_the_address_is_answered() -> None:
    assert [
        zalo().challenge(WebhookRequest(method, b"", {}, {})) for method in ("GET", "HEAD", "POST")
    ] == ["", "", None]


# Events


def test_a_text_is_a_message() -> None:
    message = said("signed_text")

    assert (message.external_id, message.sender_id) == ("96d3cdf3af150460909", USER)
    assert message.text == "Xin chào, tôi cần hỗ trợ đơn hàng 🎉"
    assert message.sent_at == datetime(2024, 7, 3, 9, 46, 39, 123000, tzinfo=timezone.utc)
    assert (message.button, message.attachments) == ("", ())


def test_what_is_answered_to_is_kept() -> None:
    assert said("user_send_text_quote").raw["message"]["quote_msg_id"] == "96d3cdf3af150460909"


@pytest.mark.parametrize(
    ("text", "button", "left"),
    [
        ("#b:Ab3_-xYz0123", "Ab3_-xYz0123", ""),
        ("#gap_nhan_vien", "#gap_nhan_vien", "#gap_nhan_vien"),
        ("#10023 đâu rồi", "", "#10023 đâu rồi"),
        ("xem #b:Ab3_-xYz0123", "", "xem #b:Ab3_-xYz0123"),
        ("#b:", "", "#b:"),
        ("#", "", "#"),
    ],
)
def test_a_button_comes_back_as_a_text(text: str, button: str, left: str) -> None:
    message = one("button_as_text", message={"text": text, "msg_id": "1"})

    assert isinstance(message, InboundMessage)
    assert (message.button, message.text) == (button, left)


@pytest.mark.parametrize(
    ("name", "text", "attachment"),
    [
        (
            "user_send_image",
            "ảnh lỗi đây ạ",
            Attachment("image", "https://photo-stal.zdn.vn/full.jpg"),
        ),
        (
            "user_send_file",
            "",
            Attachment(
                "file",
                "https://file-stal.zdn.vn/hoa-don.pdf",
                "hoa-don.pdf",
                "application/pdf",
                24576,
            ),
        ),
        (
            "user_send_sticker",
            "",
            Attachment("sticker", "https://zalo-api.zadn.vn/api/emoticon/sticker/webpc?eid=28a6"),
        ),
        ("user_send_location", "", Attachment("location", "geo:10.764622,106.656249")),
    ],
)
def test_what_comes_with_a_message(name: str, text: str, attachment: Attachment) -> None:
    message = said(name)

    assert (message.text, message.attachments) == (text, (attachment,))


@pytest.mark.parametrize(
    ("event", "kind", "mime"),
    [
        ("user_send_audio", "audio", ""),
        ("user_send_video", "video", ""),
        ("user_send_gif", "image", "image/gif"),
    ],
)
def test_sounds_videos_and_gifs(event: str, kind: Any, mime: str) -> None:
    part = {"type": event.removeprefix("user_send_"), "payload": {"url": "https://f.zdn.vn/a"}}

    message = one("signed_text", event_name=event, message={"msg_id": "1", "attachments": [part]})

    assert isinstance(message, InboundMessage)
    assert message.attachments == (Attachment(kind, "https://f.zdn.vn/a", mime=mime),)


def test_a_link_is_a_text_once() -> None:
    assert (said("user_send_link").text, said("user_send_link").attachments) == (
        "https://shop.example.vn/a",
        (),
    )


@pytest.mark.parametrize("phone", ["0901234567", "84901234567", "+84 901 234 567"])
def test_a_visiting_card_is_a_phone_number(phone: str) -> None:
    part = {
        "type": "link",
        "payload": {"url": "https://zalo.me/1", "description": json.dumps({"phone": phone})},
    }

    message = one(
        "signed_text",
        event_name="user_send_business_card",
        message={"msg_id": "1", "text": "Cô Lan", "attachments": [part]},
    )

    assert isinstance(message, InboundMessage)
    assert message.attachments == (Attachment("contact", "tel:+84901234567", name="Cô Lan"),)
    assert message.text == ""


def test_a_part_that_cannot_be_read_does_not_hide_the_others() -> None:
    parts = [
        {"type": "image", "payload": {"url": "https://f.zdn.vn/1"}},
        {"type": "image", "payload": {}},
        {"type": "hologram", "payload": {}},
    ]

    message, *odd = parse(
        {**loaded("user_send_image"), "message": {"msg_id": "1", "attachments": parts}}
    )

    assert isinstance(message, InboundMessage)
    assert message.attachments == (Attachment("image", "https://f.zdn.vn/1"),)
    assert [type(event) for event in odd] == [Unread, Unread]


def test_who_follows_and_who_leaves() -> None:
    def at(millis: int) -> datetime:
        return datetime.fromtimestamp(1720000000, timezone.utc) + timedelta(milliseconds=millis)

    assert one("follow") == Reach("zalo", USER, True, at(7123), "oa_profile")
    assert one("unfollow") == Reach("zalo", USER, False, at(8123), "oa_profile")


def test_who_opens_the_talk_has_arrived() -> None:
    event = one("user_click_chatnow")

    assert isinstance(event, Arrival)
    assert event.sender_id == USER


def test_a_form_brings_facts() -> None:
    event = one("user_submit_info")

    assert isinstance(event, Arrival)
    assert event.facts == {
        "name": "Nguyễn Thị Lan",
        "phone": "84901234567",
        "address": "1 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh",
    }


def test_a_form_of_before_has_a_flat_address() -> None:
    info = {"name": "Lan", "phone": 84901234567, "address": "1 Lê Lợi", "district": "Quận 1"}

    event = one("user_submit_info", info=info)

    assert isinstance(event, Arrival)
    assert event.facts == {"name": "Lan", "phone": "84901234567", "address": "1 Lê Lợi, Quận 1"}


def test_receipts_are_the_customers_though_the_account_stands_as_sender() -> None:
    ours = ("b1c2d3e4f5a60718293",)

    assert one("user_seen_message") == Receipt("zalo", USER, True, ours)
    assert one("user_received_message") == Receipt("zalo", USER, False, ours)


def test_a_receipt_of_a_template_message_is_not_ours() -> None:
    assert isinstance(one("zns_delivered"), Unread)


def test_what_a_person_wrote_in_oa_manager_is_not_ours() -> None:
    event = one("oa_send_text_by_human")

    assert isinstance(event, Echo)
    assert (event.recipient_id, event.text, event.ours) == (USER, "Chào chị, em là Lan ạ", False)
    assert event.external_id == "b1c2d3e4f5a60718294"


def test_of_what_a_program_wrote_zalo_does_not_say_whose() -> None:
    event = one("oa_send_text_by_human", sender={"id": OA})

    assert isinstance(event, Echo)
    assert event.ours is None


@pytest.mark.parametrize(
    ("icon", "emoji"), [("/-heart", "❤️"), ("/-remove", ""), ("/-new", "/-new")]
)
def test_a_reaction(icon: str, emoji: str) -> None:
    event = one("reaction", message={"msg_id": "b1", "react_icon": icon})

    assert isinstance(event, Reaction)
    assert (event.external_id, event.sender_id, event.emoji) == ("b1", USER, emoji)


def test_a_recall_should_zalo_ever_tell_one() -> None:
    event = one("reaction", event_name="user_recall_message", message={"msg_id": "b1"})

    assert isinstance(event, Recall)
    assert (event.external_id, event.sender_id) == ("b1", USER)


def test_who_has_not_signed_in_is_told_by_conversation() -> None:
    message = said("anonymous_send_text")

    assert message.sender_id == "anon:conv_22aa:anon_7f3a9c"


def test_an_answer_to_who_has_not_signed_in_is_echoed_to_them() -> None:
    event = one(
        "anonymous_send_text",
        event_name="oa_send_anonymous_text",
        sender={"id": OA},
        recipient={"id": "anon_7f3a9c"},
    )

    assert isinstance(event, Echo)
    assert event.recipient_id == "anon:conv_22aa:anon_7f3a9c"


def test_a_wish_about_personal_data_is_told_to_the_owner() -> None:
    event = one("user_click_chatnow", event_name="user_withdraw")

    assert isinstance(event, Notice)
    assert USER in event.text


@pytest.mark.parametrize(
    "event", ["user_send_group_text", "oa_send_group_image", "create_group", "user_join_group"]
)
def test_groups_are_not_listened_to(event: str) -> None:
    assert parse({**loaded("signed_text"), "event_name": event}) == []


@pytest.mark.parametrize(
    "event",
    ["oa_reacted_message", "add_user_to_tag", "oa_send_consent", "change_oa_daily_quota", "x"],
)
def test_other_events_are_kept_unread(event: str) -> None:
    data = {**loaded("signed_text"), "event_name": event}

    assert [type(each) for each in parse(data)] == [Unread]
    assert parse(data)[0].raw == data  # type: ignore[union-attr]


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_of_another_account_is_not_ours(name: str) -> None:
    data = json.loads(fixture(name).decode().replace(OA, "999999999999999999"))

    assert [type(event) for event in parse(data)] == [Unread]


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    children = value.items() if isinstance(value, dict) else ()
    for key, child in children:
        found += paths(child, (*at, key))
    return found


def changed(data: Any, path: tuple[Any, ...], to: Any) -> Any:
    """A copy with one field set, or left out when `to` is Ellipsis."""
    copy = json.loads(json.dumps(data))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place.pop(path[-1])
    if to is not ...:
        place[path[-1]] = to
    return copy


NEEDED = {("event_name",), ("timestamp",), ("message", "msg_id"), ("message", "msg_ids")} | {
    (side, "id") for side in ("sender", "recipient", "follower")
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_field_that_is_missing_or_wrong_leaves_the_event_unread(name: str) -> None:
    data = loaded(name)
    for path in paths(data):
        for to in (..., None, [], {}, True, 1.5, "", "\ud800\x00"):
            found = parse(changed(data, path, to))

            assert found, (path, to)
            if path in NEEDED and path[:1] != ("user_id_by_app",):
                assert [type(event) for event in found] == [Unread], (path, to)


def test_letters_that_no_database_takes_are_taken_out() -> None:
    message = one("signed_text", message={"text": "a\x00b\ud83cc", "msg_id": "1"})

    assert isinstance(message, InboundMessage)
    assert message.text == "ab?c"


def test_a_field_nobody_knows_does_no_harm() -> None:
    assert isinstance(one("signed_text", novelty={"a": [1]}), InboundMessage)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_cannot_be_read(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        parse(body)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


# The first draw builds tables of letters, which takes seconds on a busy machine.
slow = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(name=st.sampled_from(EVENTS), data=st.data())
def test_whatever_stands_in_a_field_the_event_is_read_or_kept(
    name: str, data: st.DataObject
) -> None:
    event = loaded(name)
    for path in data.draw(st.lists(st.sampled_from(paths(event)), max_size=3)):
        with contextlib.suppress(KeyError, TypeError, AttributeError):
            event = changed(event, path, data.draw(anything))

    for found in parse(event):
        if isinstance(found, InboundMessage):
            assert found.text or found.button or found.attachments
            assert found.text.encode().count(0) == 0


@slow
@given(st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        parse(body)


# What our messages become


def out(**said: Any) -> list[dict[str, Any]]:
    return list(zalo().render(OutboundMessage("zalo", USER, **said)))


def template(**payload: Any) -> dict[str, Any]:
    return {"type": "template", "payload": payload}


HIDE = [
    {"title": f"Nút {n}", "type": "oa.query.hide", "payload": f"#b:key{n}"} for n in range(1, 8)
]
BUTTONS = tuple(Button(f"Nút {n}", key=f"key{n}") for n in range(1, 8))


def test_a_text_is_one_call() -> None:
    assert out(text="Dạ em chào anh/chị ạ") == [{"message": loaded("out_text")["message"]}]


def test_a_long_text_is_cut_and_the_buttons_come_last() -> None:
    text = "Một câu dài vừa phải ạ. " * 200

    calls = out(text=text, buttons=BUTTONS[:2])

    assert [len(call["message"]["text"]) <= 2000 for call in calls] == [True] * 3
    assert " ".join(call["message"]["text"] for call in calls) == text.strip()
    assert ["attachment" in call["message"] for call in calls] == [False, False, True]


def test_buttons_and_links() -> None:
    link = Button("Website", url="https://shop.example.vn")

    assert out(text="Anh/chị cần gì ạ?", buttons=(BUTTONS[0], link)) == [
        {
            "message": {
                "text": "Anh/chị cần gì ạ?",
                "attachment": template(
                    buttons=[
                        HIDE[0],
                        loaded("out_buttons")["message"]["attachment"]["payload"]["buttons"][2],
                    ]
                ),
            }
        }
    ]


def test_more_than_five_choices_are_written_out() -> None:
    (call,) = out(text="Chọn ạ:", buttons=BUTTONS)

    assert call["message"]["text"] == "Chọn ạ:\n\n" + "\n".join(
        f"{n}. Nút {n}" for n in range(1, 8)
    )
    assert call["message"]["attachment"] == template(buttons=HIDE[:5])


def test_buttons_alone_get_a_text_to_stand_under() -> None:
    (call,) = out(buttons=BUTTONS[:1])

    assert call["message"]["text"] == "Anh/chị chọn giúp em ạ:"


def test_a_title_is_clipped() -> None:
    (call,) = out(text="?", buttons=(Button("dài " * 50, key="k"),))

    title = call["message"]["attachment"]["payload"]["buttons"][0]["title"]
    assert len(title) <= 100
    assert title.endswith("…")


def test_a_picture_takes_the_text_with_it() -> None:
    stored = Attachment("image", "/files/size.png")
    public = Attachment("image", "https://shop.example.vn/b.jpg")

    assert out(text="Bảng size ạ", attachments=(stored, public)) == [
        {
            "image": "/files/size.png",
            "message": {
                "text": "Bảng size ạ",
                "attachment": template(template_type="media", elements=[{"media_type": "image"}]),
            },
        },
        {
            "message": {
                "attachment": template(
                    template_type="media",
                    elements=[{"media_type": "image", "url": "https://shop.example.vn/b.jpg"}],
                )
            }
        },
    ]


def test_every_card_is_a_call_after_the_text() -> None:
    cards = (
        Card("Máy lọc nước", "2.990.000 ₫", "https://shop.example.vn/m.jpg", BUTTONS[:1]),
        Card("Lõi lọc"),
    )

    assert out(text="Dạ có ạ", cards=cards, buttons=BUTTONS[1:2]) == [
        {"message": {"text": "Dạ có ạ", "attachment": template(buttons=HIDE[1:2])}},
        {
            "message": {
                "text": "Máy lọc nước\n2.990.000 ₫",
                "attachment": template(
                    template_type="media",
                    elements=[{"media_type": "image", "url": "https://shop.example.vn/m.jpg"}],
                    buttons=HIDE[:1],
                ),
            }
        },
        {"message": {"text": "Lõi lọc"}},
    ]


def test_choices_under_cards_come_after_them() -> None:
    calls = out(cards=(Card("Lõi lọc"),), buttons=BUTTONS[:1])

    assert [call["message"]["text"] for call in calls] == ["Lõi lọc", "Anh/chị chọn giúp em ạ:"]


def test_a_document_is_uploaded() -> None:
    assert out(attachments=(Attachment("file", "/files/hd.pdf", "hoa-don.pdf", size=9),)) == [
        {
            "file": "/files/hd.pdf",
            "name": "hoa-don.pdf",
            "message": {"attachment": {"type": "file", "payload": {}}},
        }
    ]


@pytest.mark.parametrize(
    ("attachment", "text"),
    [
        (
            Attachment("video", "https://v.example/a.mp4", "Cách lắp"),
            "Cách lắp: https://v.example/a.mp4",
        ),
        (Attachment("audio", "https://v.example/a.mp3"), "https://v.example/a.mp3"),
        (Attachment("file", "https://v.example/a.zip", "a.zip"), "a.zip: https://v.example/a.zip"),
        (
            Attachment("location", "geo:10.7,106.6", "Cửa hàng"),
            "Cửa hàng: https://maps.google.com/?q=10.7,106.6",
        ),
        (Attachment("contact", "tel:+84901234567", "Lan"), "Lan: +84901234567"),
    ],
)
def test_what_zalo_does_not_carry_is_said(attachment: Attachment, text: str) -> None:
    assert out(text="Dạ đây ạ", attachments=(attachment,)) == [
        {"message": {"text": f"Dạ đây ạ\n\n{text}"}}
    ]


@pytest.mark.parametrize(
    ("attachment", "code"),
    [
        (Attachment("audio", "/files/a.mp3", "a.mp3"), "audio"),
        (Attachment("video", "/files/a.mp4", "a.mp4"), "video"),
        (Attachment("file", "/files/a.zip", "a.zip"), "file_type"),
        (Attachment("file", "/files/a.pdf", "a.pdf", size=6_000_000), "file_size"),
    ],
)
async def test_what_cannot_be_said_either_is_refused_with_a_reason(
    attachment: Attachment, code: str
) -> None:
    (call,) = out(attachments=(attachment,))

    with pytest.raises(PermanentError) as refused:
        await zalo().deliver(USER, call)

    assert refused.value.code == code
    assert errors.meaning("zalo", code)


def test_nothing_is_said_with_nothing() -> None:
    assert out() == []


# Calls, against a server that answers as it is told


class Server:
    """Answers in turn; hangs up in the middle of an answer that is None."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: list[dict[str, Any] | bytes | tuple[int, bytes] | None] = []
        self.heard: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.heard]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                method, path, _ = first.split(" ")
                headers = {
                    name.lower(): value
                    for name, _, value in (line.partition(": ") for line in lines if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                made.heard.append((method, path, headers, body))
                answer = made.answers.pop(0)
                if answer is None:
                    break
                status, data = answer if isinstance(answer, tuple) else (200, answer)
                sent = data if isinstance(data, bytes) else json.dumps(data).encode()
                head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(sent)}\r\n\r\n"
                writer.write(head.encode() + sent)
                await writer.drain()
        writer.close()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    made = Server(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    async with listening:
        yield made


def tokens(name: str = "old", until: timedelta = timedelta(hours=1)) -> Tokens:
    return Tokens(f"access-{name}", f"refresh-{name}", NOW + until, NOW + timedelta(days=90))


Make = Callable[..., ZaloOA]


@pytest.fixture
async def make(server: Server) -> AsyncIterator[Make]:
    made: list[ZaloOA] = []

    def build(vault: MemoryVault | None = None, **more: Any) -> ZaloOA:
        more = {"ZALO_API_URL": server.url, "ZALO_OAUTH_URL": server.url, **more}
        made.append(zalo(vault=vault or MemoryVault(tokens()), **more))
        return made[-1]

    yield build
    for each in made:
        await each.close()


TEXT_CALL = {"message": {"text": "Dạ em chào anh/chị ạ"}}
EXPIRED = {"error": -216, "message": "Access token has expired"}
NEW = {"access_token": "access-new", "refresh_token": "refresh-new", "expires_in": "90000"}


async def test_a_message_is_delivered(server: Server, make: Make) -> None:
    server.answers = [fixture("out_ok")]

    assert await make().deliver(USER, TEXT_CALL) == "b1c2d3e4f5a60718293"

    ((method, path, headers, body),) = server.heard
    assert (method, path) == ("POST", "/v3.0/oa/message/cs")
    assert headers["access_token"] == "access-old"
    assert "authorization" not in headers
    assert json.loads(body) == loaded("out_text")


async def test_who_has_not_signed_in_is_answered_in_their_conversation(
    server: Server, make: Make
) -> None:
    server.answers = [fixture("out_ok")]

    await make().deliver("anon:conv_22aa:anon_7f3a9c", TEXT_CALL)

    assert server.paths == ["/v2.0/oa/message"]
    assert json.loads(server.heard[0][3])["recipient"] == {
        "anonymous_id": "anon_7f3a9c",
        "conversation_id": "conv_22aa",
    }


async def test_a_refusal_comes_with_http_200(server: Server, make: Make) -> None:
    server.answers = [fixture("out_error_http200")]

    with pytest.raises(PermanentError) as refused:
        await make().deliver(USER, TEXT_CALL)

    assert refused.value.code == "-230"
    assert not refused.value.unreachable


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (None, UnknownOutcomeError),
        ((502, b"Bad gateway"), UnknownOutcomeError),
        ((503, b"<html>"), RetryableError),
        (b"<html>", UnknownOutcomeError),
        (b'{"error":0,"data":{}}', UnknownOutcomeError),
        (b'{"error":0}', UnknownOutcomeError),
        (b'{"error":null}', UnknownOutcomeError),
        ((404, b"{}"), PermanentError),
        ((500, b'{"error":-200}'), RetryableError),
        (b'{"error":-987654}', PermanentError),
        (b'{"error":-213}', PermanentError),
        (b'{"error":-211}', AuthError),
    ],
)
async def test_what_an_answer_means(
    server: Server, make: Make, answer: Any, error: type[Exception]
) -> None:
    server.answers = [answer]

    with pytest.raises(error):
        await make().deliver(USER, TEXT_CALL)


async def test_a_rate_limit_holds_the_whole_account(server: Server, make: Make) -> None:
    server.answers = [{"error": -32, "message": "rate"}]

    with pytest.raises(RetryableError) as busy:
        await make().deliver(USER, TEXT_CALL)

    assert busy.value.everybody


async def test_where_nobody_listens_it_is_tried_again(make: Make) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(RetryableError):
        await make(ZALO_API_URL=f"http://127.0.0.1:{port}").deliver(USER, TEXT_CALL)


@pytest.mark.parametrize("code", TABLE)
def test_every_code_has_a_fate_and_words(code: str) -> None:
    meaning = errors.meaning("zalo", code)

    assert meaning is not None
    assert meaning.fate in errors.FATES
    assert all(meaning.vi) and all(meaning.en)
    assert all(sentence.endswith((".", ";")) for sentence in (*meaning.vi, *meaning.en))


# Uploads


def picture(kind: str, side: int, **more: Any) -> bytes:
    noise = random.Random(1).randbytes(side * side * 3)
    buffer = io.BytesIO()
    Image.frombytes("RGB", (side, side), noise).save(buffer, kind, **more)
    return buffer.getvalue()


def uploaded(body: bytes) -> bytes:
    """The file of a multipart body."""
    return body.split(b"\r\n\r\n", 1)[1].rpartition(b"\r\n--")[0]


async def test_a_picture_is_uploaded_and_then_shown(server: Server, make: Make) -> None:
    data = picture("PNG", 20)
    server.answers = [{"error": 0, "data": {"attachment_id": "a1"}}, fixture("out_ok")]
    (call,) = out(text="Bảng size ạ", attachments=(Attachment("image", "/files/1"),))

    await make(files={"/files/1": File(data, "1.png", "image/png")}).deliver(USER, call)

    assert server.paths == ["/v2.0/oa/upload/image", "/v3.0/oa/message/cs"]
    assert uploaded(server.heard[0][3]) == data
    (element,) = json.loads(server.heard[1][3])["message"]["attachment"]["payload"]["elements"]
    assert element == {"media_type": "image", "attachment_id": "a1"}
    assert "attachment_id" not in json.dumps(call)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
async def test_a_picture_too_large_is_made_smaller(server: Server, make: Make, kind: str) -> None:
    data = picture(kind, 1300, **({"quality": 100} if kind != "BMP" and kind != "PNG" else {}))
    assert len(data) > 1024 * 1024
    server.answers = [{"error": 0, "data": {"attachment_id": "a1"}}, fixture("out_ok")]
    (call,) = out(attachments=(Attachment("image", "/files/1"),))

    await make(files={"/files/1": File(data, "1", "")}).deliver(USER, call)

    sent = uploaded(server.heard[0][3])
    assert len(sent) <= 1024 * 1024
    with Image.open(io.BytesIO(sent)) as image:
        assert image.format == "JPEG"
        assert image.size[0] == image.size[1]


async def test_a_gif_keeps_moving(server: Server, make: Make) -> None:
    data = picture("GIF", 16)
    server.answers = [{"error": 0, "data": {"attachment_id": "g1"}}, fixture("out_ok")]
    (call,) = out(attachments=(Attachment("image", "/files/1"),))

    await make(files={"/files/1": File(data, "1.gif", "image/gif")}).deliver(USER, call)

    assert server.paths[0] == "/v2.0/oa/upload/gif"
    (element,) = json.loads(server.heard[1][3])["message"]["attachment"]["payload"]["elements"]
    assert element == {"media_type": "gif", "width": 16, "height": 16, "attachment_id": "g1"}


async def test_a_document_is_uploaded_and_then_sent(server: Server, make: Make) -> None:
    server.answers = [{"error": 0, "data": {"token": "t1"}}, fixture("out_ok")]
    (call,) = out(attachments=(Attachment("file", "/files/1", "Bảng giá.pdf"),))

    await make(files={"/files/1": File(b"%PDF-", "1", "application/pdf")}).deliver(USER, call)

    assert server.paths == ["/v2.0/oa/upload/file", "/v3.0/oa/message/cs"]
    assert json.loads(server.heard[1][3])["message"]["attachment"] == {
        "type": "file",
        "payload": {"token": "t1"},
    }


@pytest.mark.parametrize(
    ("attachment", "file", "code"),
    [
        (Attachment("image", "/files/1"), File(b"not a picture", "1.png", "image/png"), "image"),
        (Attachment("file", "/files/1", "a.pdf"), File(b"x" * 5_300_000, "1", ""), "file_size"),
    ],
)
async def test_a_file_that_does_not_fit_never_leaves(
    server: Server, make: Make, attachment: Attachment, file: File, code: str
) -> None:
    (call,) = out(attachments=(attachment,))

    with pytest.raises(PermanentError) as refused:
        await make(files={"/files/1": file}).deliver(USER, call)

    assert (refused.value.code, server.heard) == (code, [])


async def test_an_upload_whose_answer_is_lost_may_be_done_again(server: Server, make: Make) -> None:
    server.answers = [None]
    (call,) = out(attachments=(Attachment("file", "/files/1", "a.pdf"),))

    with pytest.raises(RetryableError):
        await make(files={"/files/1": File(b"%PDF-", "1", "")}).deliver(USER, call)


# Tokens


async def test_a_token_that_has_expired_is_replaced_before_it_is_used(
    server: Server, make: Make
) -> None:
    vault = MemoryVault(tokens(until=timedelta(seconds=-1)))
    server.answers = [NEW, fixture("out_ok")]

    await make(vault).deliver(USER, TEXT_CALL)

    (_, path, headers, body), (_, _, sent, _) = server.heard
    assert path == "/v4/oa/access_token"
    assert headers["secret_key"] == "APP_SECRET_demo"
    assert parse_qs(body.decode()) == {
        "app_id": [APP],
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-old"],
    }
    assert sent["access_token"] == "access-new"
    assert vault.now == Tokens(
        "access-new", "refresh-new", NOW + timedelta(hours=25), NOW + timedelta(days=90)
    )


@pytest.mark.parametrize("code", [-216, -220])
async def test_a_token_that_zalo_refuses_is_replaced_once(
    server: Server, make: Make, code: int
) -> None:
    server.answers = [{"error": code, "message": "token"}, NEW, fixture("out_ok")]

    assert await make().deliver(USER, TEXT_CALL) == "b1c2d3e4f5a60718293"


async def test_a_new_token_refused_as_well_stops_the_channel(server: Server, make: Make) -> None:
    server.answers = [EXPIRED, NEW, EXPIRED]

    with pytest.raises(AuthError):
        await make().deliver(USER, TEXT_CALL)

    assert server.answers == []


async def test_two_processes_with_one_vault_ask_once(server: Server, make: Make) -> None:
    vault = MemoryVault(tokens(until=timedelta(seconds=-1)))
    server.answers = [NEW, *[fixture("out_ok")] * 4]

    await asyncio.gather(*(make(vault).deliver(USER, TEXT_CALL) for _ in range(4)))

    assert vault.asked == 1
    assert server.paths.count("/v4/oa/access_token") == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"error": -14014, "error_name": "Invalid refresh token"},
        {"error_name": "Invalid refresh token"},
        {"access_token": "", "refresh_token": "r"},
        {"access_token": None},
        b"<html>",
        None,
        (502, b"Bad gateway"),
    ],
)
async def test_without_an_answer_that_has_a_token_consent_is_needed(
    server: Server, make: Make, answer: Any
) -> None:
    """The refresh token is used up: there is no second try."""
    old = tokens(until=timedelta(seconds=-1))
    vault = MemoryVault(old)
    server.answers = [answer]

    with pytest.raises(AuthError) as refused:
        await make(vault).deliver(USER, TEXT_CALL)

    assert errors.meaning("zalo", refused.value.code)
    assert vault.now == old


async def test_where_nobody_listens_the_refresh_token_is_not_used_up(make: Make) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    vault = MemoryVault(tokens(until=timedelta(seconds=-1)))

    with pytest.raises(RetryableError):
        await make(vault, ZALO_OAUTH_URL=f"http://127.0.0.1:{port}").deliver(USER, TEXT_CALL)


async def test_without_tokens_consent_is_needed(server: Server) -> None:
    with pytest.raises(AuthError):
        await zalo(ZALO_API_URL=server.url).deliver(USER, TEXT_CALL)


@pytest.mark.parametrize(("lives", "hours"), [("90000", 25), (7200, 2), ("soon", 1), (None, 1)])
async def test_a_token_lives_as_long_as_zalo_says(
    server: Server, make: Make, lives: Any, hours: int
) -> None:
    vault = MemoryVault(tokens(until=timedelta(seconds=-1)))
    server.answers = [{**NEW, "expires_in": lives}, fixture("out_ok")]

    await make(vault).deliver(USER, TEXT_CALL)

    assert vault.now is not None
    assert vault.now.access_until == NOW + timedelta(hours=hours)


def test_consent_is_asked_with_the_challenge_of_rfc_7636() -> None:
    url = consent_url(
        VALUES, "https://bot.vn/zalo", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "s1"
    )

    assert url == (
        "https://oauth.zaloapp.com/v4/oa/permission?app_id=360846524940903967"
        "&redirect_uri=https%3A%2F%2Fbot.vn%2Fzalo"
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&state=s1"
    )


async def test_a_code_is_exchanged(server: Server) -> None:
    server.answers = [fixture("token_ok")]

    made = await first_tokens({**VALUES, "ZALO_OAUTH_URL": server.url}, "c1", "v1", lambda: NOW)

    assert made.access == "9XnK..."
    assert parse_qs(server.heard[0][3].decode()) == {
        "app_id": [APP],
        "grant_type": ["authorization_code"],
        "code": ["c1"],
        "code_verifier": ["v1"],
    }


# People and the account


async def test_who_a_person_is(server: Server, make: Make) -> None:
    server.answers = [fixture("user_detail")]

    found = await make().profile(USER)

    assert found == Profile("Nguyễn Lan", "https://s120-ava-talk.zadn.vn/a.jpg")
    path, _, query = server.paths[0].partition("?")
    assert path == "/v3.0/oa/user/detail"
    assert parse_qs(query) == {"data": [json.dumps({"user_id": USER})]}


async def test_what_a_person_shared_is_in_the_profile(server: Server, make: Make) -> None:
    shared = {"name": "Lan", "phone": 84901234567, "address": ""}
    server.answers = [{"error": 0, "data": {"display_name": "L", "shared_info": shared}}]

    found = await make().profile(USER)

    assert found.facts == {"name": "Lan", "phone": "84901234567"}


async def test_of_who_has_not_signed_in_nothing_is_asked(server: Server, make: Make) -> None:
    assert await make().profile("anon:conv_22aa:anon_7f3a9c") == Profile()
    assert server.heard == []


async def test_the_check_names_the_account(server: Server, make: Make) -> None:
    server.answers = [
        {"error": 0, "data": {"oaid": OA, "name": "Shop", "package_name": "Nâng cao"}}
    ]

    whole = MemoryVault(tokens(until=timedelta(hours=20)))
    assert await make(whole).check() == "Shop · Nâng cao"
    assert whole.asked == 0


async def test_keys_that_end_soon_are_replaced_when_somebody_looks(
    server: Server, make: Make
) -> None:
    server.answers = [NEW, {"error": 0, "data": {"oaid": OA, "name": "Shop"}}]
    ending = MemoryVault(tokens(until=timedelta(hours=11)))

    await make(ending).check()

    assert ending.asked == 1


async def test_tokens_of_another_account_are_found_out(server: Server, make: Make) -> None:
    server.answers = [{"error": 0, "data": {"oaid": "1", "name": "Shop"}}]

    with pytest.raises(AuthError):
        await make(MemoryVault(tokens(until=timedelta(hours=20)))).check()


async def test_no_token_and_no_text_is_logged(
    server: Server, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers = [EXPIRED, NEW, fixture("out_ok")]

    with caplog.at_level(logging.INFO):
        await make().deliver(USER, TEXT_CALL)

    assert not any(word in caplog.text for word in ("access-", "refresh-", "SECRET", "em chào"))
