"""How Slack is heard, read and spoken to."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import WSMsgType, web
from doubles import free_port, until
from hypothesis import given
from hypothesis import strategies as st
from phones import free_socket, serving
from slack_sdk.signature import Clock
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors import errors
from connectors.base import (
    AuthError,
    DeliveryError,
    Json,
    PermanentError,
    RetryableError,
    SignatureError,
    UnknownOutcomeError,
    UnreadableError,
    WebhookRequest,
)
from connectors.slack import (
    Deleted,
    Ear,
    Edited,
    Pressed,
    Slack,
    SlackFile,
    ThreadReply,
    escape,
    plain,
    told,
)

FIXTURES = Path(__file__).parent.parent / "fixtures" / "slack"
SECRET = "slack_signing_demo"
VECTOR = "v0=547d2f7c1e6a368801c4a9be3df912bd2333ffdc27be74cc2df2786c6e08db5a"
SIGNED_AT = 1760000000
HEARD = ("agent_edit", "agent_file", "agent_reply", "block_actions", "signed_event")


def values(**more: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-secret",
        "SLACK_CHANNEL": "C1",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_APP_TOKEN": "-",
        "SLACK_LANGUAGE": "vi",
        "SLACK_API_URL": "http://127.0.0.1:1/api/",
        **more,
    }


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def body(name: str) -> Json:
    found: Json = json.loads(raw(name))
    return found


def request(data: bytes, mime: str = "application/json", **headers: str) -> WebhookRequest:
    return WebhookRequest("POST", data, {"content-type": mime, **headers}, {})


def signed(data: bytes, at: float, mime: str = "application/json") -> WebhookRequest:
    base = f"v0:{int(at)}:".encode() + data
    mac = hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
    return request(
        data,
        mime,
        **{"x-slack-request-timestamp": str(int(at)), "x-slack-signature": f"v0={mac}"},
    )


class Listener:
    """Keeps what is heard; or fails."""

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self.times = 0
        self.failure: Exception | None = None

    async def hear(self, body: Json) -> None:
        self.times += 1
        if self.failure:
            raise self.failure
        self.heard.append(body)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def ear(listener: Listener) -> Ear:
    return Ear(values(), listener.hear)


# Authenticity


@pytest.fixture
def then(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets slack_sdk's clock so many seconds after the signed vector."""
    return lambda seconds: monkeypatch.setattr(Clock, "now", lambda clock: SIGNED_AT + seconds)


def vector(data: bytes | None = None, **headers: str) -> WebhookRequest:
    given = {"x-slack-request-timestamp": str(SIGNED_AT), "x-slack-signature": VECTOR}
    return request(raw("signed_event") if data is None else data, **{**given, **headers})


def test_the_signed_vector_is_slacks(ear: Ear, then: Callable[[float], None]) -> None:
    then(0)

    ear.verify(vector())


def test_one_flipped_byte_anywhere_is_refused(ear: Ear, then: Callable[[float], None]) -> None:
    then(0)

    for place in range(len(raw("signed_event"))):
        for flip in (0x01, 0x80):
            data = bytearray(raw("signed_event"))
            data[place] ^= flip
            with pytest.raises(SignatureError):
                ear.verify(vector(bytes(data)))


@pytest.mark.parametrize("seconds", [301, 400, -301])
def test_what_is_not_of_now_is_refused(
    ear: Ear, then: Callable[[float], None], seconds: float
) -> None:
    then(seconds)

    with pytest.raises(SignatureError):
        ear.verify(vector())


@pytest.mark.parametrize(
    "headers",
    [
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0=ế"},
        {"x-slack-signature": VECTOR.upper()},
        {"x-slack-request-timestamp": "nay"},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "1760000001"},
    ],
)
def test_odd_signatures_are_refused(
    ear: Ear, then: Callable[[float], None], headers: dict[str, str]
) -> None:
    then(0)

    with pytest.raises(SignatureError):
        ear.verify(vector(**headers))


def test_without_a_signing_secret_nothing_is_genuine(
    listener: Listener, then: Callable[[float], None]
) -> None:
    then(0)
    deaf = Ear(values(SLACK_SIGNING_SECRET="-"), listener.hear)

    with pytest.raises(SignatureError):
        deaf.verify(vector())


# Hearing, through a real Bolt app


@pytest.mark.parametrize("name", HEARD)
async def test_a_payload_is_kept_before_it_is_acknowledged(
    ear: Ear, listener: Listener, name: str
) -> None:
    answer = await ear.answer(request(raw(name)))

    assert (answer.status, answer.body) == (200, "")
    assert listener.heard == [body(name)]


async def test_a_press_comes_as_a_form(ear: Ear, listener: Listener) -> None:
    form = urlencode({"payload": raw("block_actions").decode()}).encode()
    asked = signed(form, time.time(), "application/x-www-form-urlencoded")

    ear.verify(asked)
    answer = await ear.answer(asked)

    assert answer.status == 200
    assert listener.heard == [body("block_actions")]


async def test_the_address_is_confirmed(ear: Ear, listener: Listener) -> None:
    answer = await ear.answer(request(b'{"type":"url_verification","challenge":"abc123"}'))

    assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "abc123"})
    assert listener.heard == []


async def test_what_could_not_be_kept_is_not_acknowledged(ear: Ear, listener: Listener) -> None:
    listener.failure = OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        await ear.answer(request(raw("agent_reply")))


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"{",
        b"[1]",
        b"null",
        b"\xff",
        b'{"type":5}',
        b'{"type":"view_submission"}',
        b'{"type":"event_callback","event":7}',
        b"payload=%5B%5D",
    ],
)
async def test_what_bolt_cannot_read_is_unreadable(
    ear: Ear, listener: Listener, odd: bytes
) -> None:
    with pytest.raises(UnreadableError):
        await ear.answer(request(odd))

    assert listener.heard == []


async def test_nothing_that_people_write_is_logged(
    ear: Ear, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    listener.failure = OSError("the disk is full")

    for odd in (raw("agent_reply"), raw("agent_reply").replace(b"event_callback", b"novelty")):
        with contextlib.suppress(OSError, UnreadableError):
            await ear.answer(request(odd))

    assert "OSError" in caplog.text
    assert "em kiểm tra" not in caplog.text


# Reading


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def test_a_reply_in_a_thread_is_read() -> None:
    assert told(body("agent_reply")) == (
        "message aea32b9f-4985-4b8e-b781-f6e3c2ea7ba8",
        ThreadReply(
            "C1",
            "1759999999.000100",
            "1760000200.000300",
            "UAGENT",
            at(1760000200) + timedelta(microseconds=300),
            "Chào chị Lan, em kiểm tra &amp; báo lại ạ <https://shop.example.vn|shop.example.vn>",
        ),
    )


def test_a_file_is_read() -> None:
    found = told(body("agent_file"))

    assert found is not None
    assert isinstance(found[1], ThreadReply)
    url = "https://files.slack.com/files-pri/T1-F1/download/hoa-don.pdf"
    assert found[1].files == (SlackFile(url, "hoa-don.pdf", 24576),)


def test_a_press_is_read() -> None:
    found = told(body("block_actions"))

    when = at(1760000500) + timedelta(microseconds=123456)
    press = Pressed("C1", "1759999999.000100", "UAGENT", when, "claim")
    assert found == ("press 1760000500.123456 UAGENT claim", press)


def test_a_choice_from_a_list_is_read() -> None:
    payload = body("block_actions")
    payload["actions"][0] |= {"action_id": "resolve", "selected_option": {"value": "answered"}}

    found = told(payload)

    assert found is not None
    assert isinstance(found[1], Pressed)
    assert (found[1].action, found[1].choice) == ("resolve", "answered")


def test_an_edit_and_a_deletion_are_read() -> None:
    payload = body("agent_edit")
    place = ("C1", "1759999999.000100", "1760000200.000300", "UAGENT")

    assert told(payload) == ("event Ev04", Edited(*place))
    del payload["event"]["message"]
    payload["event"]["subtype"] = "message_deleted"
    assert told(payload) == ("event Ev04", Deleted(*place))


def test_the_same_words_posted_twice_by_a_client_have_one_key() -> None:
    first, second = body("agent_reply"), body("agent_reply")
    second["event_id"], second["event"]["ts"] = "Ev99", "1760000201.000100"

    a, b = told(first), told(second)

    assert a is not None
    assert b is not None
    assert a[0] == b[0]


@pytest.mark.parametrize(
    "change",
    [
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"thread_ts": "1760000200.000300"},
        {"type": "reaction_added"},
        {"user": ""},
    ],
    ids=str,
)
def test_what_no_person_says_in_a_thread_is_not_told(change: Json) -> None:
    payload = body("agent_reply")
    payload["event"] |= change

    assert told(payload) is None


def test_a_message_beside_the_threads_is_not_told() -> None:
    payload = body("agent_reply")
    del payload["event"]["thread_ts"]

    assert told(payload) is None


def test_a_preview_that_slack_adds_is_no_edit() -> None:
    payload = body("agent_edit")
    payload["event"]["message"]["text"] = payload["event"]["previous_message"]["text"]

    assert told(payload) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def spoilt(payload: Any, draw: Any) -> Any:
    """The payload with one of its values gone or of another kind."""
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        keys = node.keys() if isinstance(node, dict) else range(len(node))
        for key in keys:
            places.append((node, key))
            if isinstance(node[key], (dict, list)):
                walk(node[key])

    walk(payload)
    node, key = draw(st.sampled_from(places))
    if isinstance(node, dict) and draw(st.booleans()):
        del node[key]
    else:
        node[key] = draw(json_values)
    return payload


@given(st.data())
def test_a_spoilt_payload_is_read_or_unreadable(data: st.DataObject) -> None:
    payload = spoilt(body(data.draw(st.sampled_from(HEARD))), data.draw)

    with contextlib.suppress(UnreadableError):
        told(payload)


# Texts


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &amp; b &lt;3 &gt;", "a & b <3 >"),
        ("&amp;lt;", "&lt;"),
        ("<https://shop.example.vn|shop.example.vn>", "https://shop.example.vn"),
        ("<https://shop.example.vn>", "https://shop.example.vn"),
        ("<https://shop.example.vn/a|bảng giá>", "bảng giá (https://shop.example.vn/a)"),
        ("<mailto:a@shop.vn|a@shop.vn>", "a@shop.vn"),
        ("<tel:0901234567|0901234567>", "0901234567"),
        ("<@U1> ơi", "@Lan ơi"),
        ("<#C1|ho-tro>", "#ho-tro"),
        ("<!here> <!subteam^S1|@kho>", "@here @kho"),
        ("dạ :pray: :+1::skin-tone-2:", "dạ 🙏 👍🏻"),
        (":slightly_smiling_face:", "🙂"),
        ("lúc 10:30:45 :logo_shop:", "lúc 10:30:45 :logo_shop:"),
    ],
)
def test_slacks_way_of_writing_is_undone(written: str, read: str) -> None:
    assert plain(written, {"U1": "Lan"}.__getitem__) == read


def test_a_strangers_words_call_nobody() -> None:
    assert escape("<!channel> a & b") == "&lt;!channel&gt; a &amp; b"


@given(st.text(st.characters(exclude_characters=":")))
def test_what_is_escaped_reads_as_it_was(text: str) -> None:
    assert plain(escape(text)) == text


# Speaking


class PretendSlack:
    """Answers every method with what it is told to."""

    def __init__(self) -> None:
        self.answer: Callable[[], Response] = lambda: JSONResponse({"ok": True, "ts": "1.2"})
        self.asked: list[tuple[str, Json]] = []
        self.tokens: list[str | None] = []

    def routes(self) -> list[Route]:
        return [
            Route("/api/{method}", self._method, methods=["POST"]),
            Route("/files/{name}", self._file),
        ]

    async def _method(self, request: Request) -> Response:
        given = await request.body()
        is_json = request.headers["content-type"].startswith("application/json")
        arguments = json.loads(given) if is_json else {}
        self.asked.append((request.path_params["method"], arguments))
        return self.answer()

    async def _file(self, request: Request) -> Response:
        self.tokens.append(request.headers.get("authorization"))
        return self.answer()


@pytest.fixture
async def pretend() -> AsyncIterator[tuple[PretendSlack, Slack, str]]:
    sock, url = free_socket()
    fake = PretendSlack()
    async with serving(fake.routes(), sock):
        yield fake, Slack(values(SLACK_API_URL=f"{url}/api/")), url


Pretend = tuple[PretendSlack, Slack, str]


async def test_a_post_carries_what_it_is_found_by(pretend: Pretend) -> None:
    fake, slack, _ = pretend

    ts = await slack.post("alo", reference="message 7", thread="1.1")

    assert ts == "1.2"
    ((method, asked),) = fake.asked
    assert method == "chat.postMessage"
    assert (asked["channel"], asked["thread_ts"], asked["text"]) == ("C1", "1.1", "alo")
    assert asked["metadata"] == {
        "event_type": "carebot",
        "event_payload": {"reference": "message 7"},
    }
    assert (asked["unfurl_links"], asked["unfurl_media"]) == (False, False)


@pytest.mark.parametrize(
    ("answer", "fate", "code"),
    [
        ({"error": "channel_not_found"}, AuthError, "channel_not_found"),
        ({"error": "invalid_auth"}, AuthError, "invalid_auth"),
        ({"error": "msg_too_long"}, PermanentError, "msg_too_long"),
        ({"error": "internal_error"}, RetryableError, "internal_error"),
        ({"error": "brand_new_error"}, PermanentError, "brand_new_error"),
    ],
)
async def test_an_error_within_a_200_is_read(
    pretend: Pretend, answer: Json, fate: type[DeliveryError], code: str
) -> None:
    fake, slack, _ = pretend
    fake.answer = lambda: JSONResponse({"ok": False, **answer})

    with pytest.raises(fate) as caught:
        await slack.post("alo", reference="x")

    assert caught.value.code == code
    assert len(fake.asked) == 1


async def test_slack_says_how_long_to_wait(pretend: Pretend) -> None:
    fake, slack, _ = pretend
    busy = {"ok": False, "error": "ratelimited"}
    fake.answer = lambda: JSONResponse(busy, 429, {"Retry-After": "17"})

    with pytest.raises(RetryableError) as caught:
        await slack.post("alo", reference="x")

    assert (caught.value.retry_after, caught.value.everybody) == (17.0, True)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: PlainTextResponse("upstream is away", 502),
        lambda: Response("<html>", 504, media_type="text/html"),
        lambda: Response('{"ok": tr', 200, media_type="application/json"),
    ],
    ids=["text", "html", "cut"],
)
async def test_an_answer_that_tells_nothing_leaves_the_fate_open(
    pretend: Pretend, answer: Callable[[], Response]
) -> None:
    fake, slack, _ = pretend
    fake.answer = answer

    with pytest.raises(UnknownOutcomeError):
        await slack.post("alo", reference="x")

    assert len(fake.asked) == 1  # never blindly again


async def test_nobody_at_the_door_means_certainly_not_posted() -> None:
    slack = Slack(values(SLACK_API_URL=f"http://127.0.0.1:{free_port()}/api/"))

    with pytest.raises(RetryableError):
        await slack.post("alo", reference="x")


async def test_a_reaction_that_is_there_is_enough(pretend: Pretend) -> None:
    fake, slack, _ = pretend
    fake.answer = lambda: JSONResponse({"ok": False, "error": "already_reacted"})

    await slack.react("1.2", "x")


async def test_a_file_is_fetched_with_our_token(pretend: Pretend) -> None:
    fake, slack, url = pretend
    fake.answer = lambda: Response(b"%PDF-1.4")

    file = await slack.fetch(f"{url}/files/a.pdf")

    assert (file.data, file.name) == (b"%PDF-1.4", "a.pdf")
    assert fake.tokens == ["Bearer xoxb-secret"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.pdf",
        "https://slack.com.evil.example/a.pdf",
        "https://notslack.com/a.pdf",
        "http://files.slack.com/a.pdf",
        "file:///etc/passwd",
        "",
    ],
)
async def test_our_token_is_shown_to_slack_only(pretend: Pretend, url: str) -> None:
    _, slack, _ = pretend

    with pytest.raises(PermanentError):
        await slack.fetch(url)


async def test_a_file_that_leads_elsewhere_is_not_followed(pretend: Pretend) -> None:
    fake, slack, url = pretend
    fake.answer = lambda: RedirectResponse(f"{url}/files/login")

    with pytest.raises(PermanentError):
        await slack.fetch(f"{url}/files/a.pdf")

    assert len(fake.tokens) == 1


def test_every_error_has_a_fate_and_words() -> None:
    known = errors.meanings("slack")

    assert {each.fate for each in known.values()} <= set(errors.FATES)
    assert all(len(each.vi) == len(each.en) == 2 for each in known.values())
    assert {"ratelimited", "invalid_auth", "not_in_channel", "is_archived"} <= known.keys()


# Socket Mode


class Line:
    """The other end of Socket Mode."""

    def __init__(self) -> None:
        self.acks: list[Json] = []
        self.opened: list[str | None] = []
        self.send: asyncio.Queue[Json] = asyncio.Queue()

    async def open(self, request: web.Request) -> web.Response:
        self.opened.append(request.headers.get("Authorization"))
        return web.json_response({"ok": True, "url": f"ws://{request.host}/line"})

    async def line(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        sending = asyncio.create_task(self._send(socket))
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.acks.append(json.loads(message.data))
        sending.cancel()
        return socket

    async def _send(self, socket: web.WebSocketResponse) -> None:
        while True:
            await socket.send_json(await self.send.get())


@pytest.fixture
async def line() -> AsyncIterator[tuple[Line, str]]:
    other = Line()
    app = web.Application()
    app.router.add_post("/api/apps.connections.open", other.open)
    app.router.add_get("/line", other.line)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port, shutdown_timeout=0.1).start()
    yield other, f"http://127.0.0.1:{port}/api/"
    await runner.cleanup()


async def test_an_envelope_is_kept_and_then_acknowledged(
    line: tuple[Line, str], listener: Listener
) -> None:
    other, api = line
    ear = Ear(values(SLACK_APP_TOKEN="xapp-1", SLACK_API_URL=api), listener.hear)
    envelope = body("socket_envelope")

    ear.listen()
    await other.send.put(envelope)
    await until(lambda: bool(other.acks))
    await ear.hang_up()

    assert other.opened == ["Bearer xapp-1"]
    assert other.acks == [{"envelope_id": envelope["envelope_id"]}]
    assert listener.heard == [envelope["payload"]]


async def test_an_envelope_that_could_not_be_kept_is_not_acknowledged(
    line: tuple[Line, str], listener: Listener
) -> None:
    other, api = line
    ear = Ear(values(SLACK_APP_TOKEN="xapp-1", SLACK_API_URL=api), listener.hear)
    lost, kept = ({**body("socket_envelope"), "envelope_id": each} for each in ("lost", "kept"))

    ear.listen()
    listener.failure = OSError("the database is away")
    await other.send.put(lost)
    await until(lambda: listener.times == 1)
    listener.failure = None
    await other.send.put(kept)
    await until(lambda: bool(other.acks))
    await ear.hang_up()

    assert other.acks == [{"envelope_id": "kept"}]


async def test_a_line_that_is_hung_up_stays_so(line: tuple[Line, str], listener: Listener) -> None:
    other, api = line
    ear = Ear(values(SLACK_APP_TOKEN="xapp-1", SLACK_API_URL=api), listener.hear)

    ear.listen()
    await until(lambda: bool(other.opened))
    await ear.hang_up()

    assert not ear.listens
