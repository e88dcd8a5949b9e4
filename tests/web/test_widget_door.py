"""The widget's door, over real HTTP and WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import io
import json
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import asyncpg
import httpx
import pytest
import websockets
from doubles import open_always
from PIL import Image
from servers import SHOP, Server
from sqlalchemy import text
from starlette.datastructures import UploadFile

from bot import clock, handoff
from bot.models import Content, Role, Turn
from bot.storage import timers, users


def message(text: str = "", **more: object) -> dict[str, object]:
    return {"type": "message", "client_id": str(uuid.uuid4()), "text": text, **more}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def agent(server: Server):  # type: ignore[no-untyped-def]
    async with server.db.begin() as tx:
        user_id = await users.add(tx, "lan", "Lan", Role.AGENT, "x", clock.now())
        return await users.by_id(tx, user_id)


async def test_a_message_is_acknowledged_answered_and_shown_in_every_tab(server: Server) -> None:
    tab = await server.open()
    other = await server.open(tab.token)
    await tab.next("ready")
    await other.next("ready")

    sent = message("xin chào")
    await tab.send(sent)

    ack = await tab.next("ack")
    assert ack["client_id"] == sent["client_id"]
    answer = await tab.message("bot")
    assert answer["text"] == "echo: xin chào" and answer["id"] > ack["id"]
    seen_elsewhere = await other.message("customer")
    assert seen_elsewhere["client_id"] == sent["client_id"]
    assert (await other.message("bot"))["id"] == answer["id"]


async def test_sending_again_changes_nothing(server: Server) -> None:
    tab = await server.open()
    sent = message("một lần thôi")
    await tab.send(sent)
    first = await tab.next("ack")
    await tab.message("bot")

    await tab.send(sent)

    assert await tab.next("ack") == first
    assert server.dialogue.asked == ["một lần thôi"]


async def test_a_tab_resumes_where_it_stopped(server: Server) -> None:
    tab = await server.open()
    ready = await tab.next("ready")
    await tab.connection.close()
    answer = await server.http.post(
        "/widget/messages", json=message("khi vắng mặt"), headers=bearer(tab.token)
    )
    assert answer.status_code == 200

    again = await server.open(tab.token, after=ready["after"])
    missed = [await again.message("customer"), await again.message("bot")]

    assert [each["text"] for each in missed] == ["khi vắng mặt", "echo: khi vắng mặt"]
    assert "history" not in [frame["type"] for frame in again.frames]


async def test_history_comes_with_the_first_hello(server: Server) -> None:
    tab = await server.open()
    for n in range(30):
        await server.http.post(
            "/widget/messages", json=message(f"câu {n}"), headers=bearer(tab.token)
        )

    while len(server.dialogue.asked) < 30:
        await asyncio.sleep(0.05)

    history = await (await server.open(tab.token)).next("history")
    before = history["messages"][0]["id"]
    older = await server.http.get(f"/widget/history?before={before}", headers=bearer(tab.token))

    assert history["more"] is True and len(history["messages"]) == 50
    assert all(each["id"] < before for each in older.json()["messages"])


async def test_long_poll_does_the_same_as_the_socket(server: Server) -> None:
    token = await server.token()
    first = (await server.http.get("/widget/events", headers=bearer(token))).json()
    waiting = asyncio.create_task(
        server.http.get(
            f"/widget/events?after={first['after']}&wait=10", headers=bearer(token), timeout=20
        )
    )
    await asyncio.sleep(0.2)
    await server.http.post("/widget/messages", json=message("alo"), headers=bearer(token))

    frames, after = (await waiting).json()["frames"], (await waiting).json()["after"]
    for _ in range(20):
        if any(frame.get("message", {}).get("author") == "bot" for frame in frames):
            break
        more = await server.http.get(
            f"/widget/events?after={after}&wait=5", headers=bearer(token), timeout=20
        )
        frames += more.json()["frames"]
        after = more.json()["after"]

    # On PostgreSQL a message may come twice: a browser draws it once, by its id.
    shown = {f["message"]["id"]: f["message"]["author"] for f in frames if f["type"] == "message"}
    assert [shown[key] for key in sorted(shown)] == ["customer", "bot"]


@pytest.mark.parametrize("token", ["x", "v-abc", "a.b.c", "đ" * 40, "x" * 10_000])
async def test_a_forged_token_is_refused_and_counted(server: Server, token: str) -> None:
    counted = await refused(server)
    headers = {"Authorization": f"Bearer {token}".encode()}

    answers = [
        await server.http.post("/widget/messages", json=message("hi")),
        await server.http.post("/widget/messages", json=message("hi"), headers=headers),  # type: ignore[arg-type]
        await server.http.get("/widget/history", headers=headers),  # type: ignore[arg-type]
    ]
    async with websockets.connect(  # type: ignore[attr-defined]
        server.url.replace("http", "ws") + "/widget/ws"
    ) as socket:
        await socket.send(json.dumps({"type": "hello", "token": token, "after": None}))
        with pytest.raises(websockets.ConnectionClosed) as closed:  # type: ignore[attr-defined]
            await socket.recv()

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert closed.value.code == 4401
    assert await refused(server) == counted + 4
    assert server.dialogue.asked == []


async def refused(server: Server) -> float:
    page = (await server.http.get("/metrics")).text
    return sum(
        float(line.rsplit(" ", 1)[1])
        for line in page.splitlines()
        if line.startswith("carebot_refused_total{")
    )


async def test_nobody_reads_anothers_talk(server: Server) -> None:
    hers, his = await server.token(), await server.token()
    await server.http.post("/widget/messages", json=message("bí mật"), headers=bearer(hers))
    payload, _, signature = hers.rpartition(".")
    swapped = f"{his.rpartition('.')[0]}.{signature}"

    history = (await server.http.get("/widget/history", headers=bearer(his))).json()

    assert history["messages"] == []
    answer = await server.http.get("/widget/history", headers=bearer(swapped))
    assert answer.status_code == 401 and payload


async def test_other_pages_are_refused(server: Server) -> None:
    stranger = {"Origin": "https://evil.example"}
    answer = await server.http.post("/widget/session", json={}, headers=stranger)
    with pytest.raises(websockets.ConnectionClosed) as closed:  # type: ignore[attr-defined]
        tab = await server.open(await server.token(), origin="https://evil.example")
        await tab.next("ready")

    assert answer.status_code == 403 and "access-control-allow-origin" not in answer.headers
    assert closed.value.code == 4403
    good = await server.http.options("/widget/session")
    assert good.headers["access-control-allow-origin"] == SHOP


GARBAGE = [
    "",
    "{",
    "[]",
    "null",
    '"x"',
    "\x00",
    "[" * 100_000,
    '{"type": "message"}',
    '{"type": "message", "client_id": 7, "text": "hi"}',
    '{"type": "message", "client_id": "' + "a" * 20 + '", "text": ["hi"]}',
    '{"type": "message", "client_id": "' + "b" * 20 + '", "text": "   "}',
    '{"type": "message", "client_id": "' + "c" * 20 + '", "text": "x", "files": "no"}',
    '{"type": "message", "client_id": "' + "d" * 20 + '", "text": "' + "x" * 1_000_000 + '"}',
    '{"type": "seen", "message": -1}',
    '{"type": "seen", "message": 1e999}',
    '{"type": "seen", "message": true}',
    '{"type": "hello"}',
    '{"type": "from the future", "x": {}}',
    '{"type": "identify", "user_id": "1", "hash": "00"}',
]


async def test_garbage_gets_a_clear_answer_and_breaks_nothing(server: Server) -> None:
    tab = await server.open()
    await tab.next("ready")
    for garbage in GARBAGE:
        await tab.send(garbage)
        error = await tab.next("error")
        assert error["text"], garbage

    await tab.send(message("vẫn còn đây"))

    assert (await tab.message("bot"))["text"] == "echo: vẫn còn đây"
    assert server.dialogue.asked == ["vẫn còn đây"]


async def test_garbage_over_http_is_refused_in_words(server: Server) -> None:
    headers = bearer(await server.token())
    for garbage in GARBAGE:
        answer = await server.http.post(
            "/widget/messages", content=garbage.encode(), headers=headers
        )
        assert answer.status_code in (413, 422), garbage[:80]
        assert answer.json()["text"]
    assert server.dialogue.asked == []


async def test_odd_text_reaches_the_assistant_whole_and_harmless(server: Server) -> None:
    tab = await server.open()
    await tab.next("ready")
    for odd in ("/restart", '/inform{"x":"y"}', "a\x00b", "👍" * 2000):
        await tab.send(message(odd))
        await tab.message("bot")
    await tab.send('{"type": "message", "client_id": "' + "e" * 20 + '", "text": "\\ud800!"}')
    await tab.message("bot")

    assert server.dialogue.asked == ["/restart", '/inform{"x":"y"}', "ab", "👍" * 2000, "?!"]


async def test_too_many_messages_are_held_back_in_words(server: Server) -> None:
    tab = await server.open()
    await tab.next("ready")
    for n in range(90):
        await tab.send(message(str(n)))

    error = await tab.next("error", 20)

    assert error["code"] == "rate" and "chờ" in error["text"]


async def test_the_header_always_says_who_answers(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.widget.tab.PLACE_SECONDS", 0.2)
    server.dialogue.answers["người"] = Turn(handoff_reason="customer_request")
    first, second = await server.open(), await server.open()
    await first.next("ready")
    await second.next("ready")
    for tab in (first, second):
        await tab.send(message("người"))
        await tab.message("system")
    places = [await speaker(first, "queue"), await speaker(second, "queue")]
    assert [each["place"] for each in places] == [1, 2]

    lan = await agent(server)
    await handoff.accept(server.db, 1, lan, clock.now())

    assert (await speaker(first, "agent"))["agent"] == "Lan"
    moved = await second.next("state", 10)
    assert moved["state"]["place"] == 1
    await handoff.reply(server.db, 1, lan, Content("Chị chờ em nhé"), clock.now(), "r1")
    reply = await first.message("agent")
    assert (reply["name"], reply["text"]) == ("Lan", "Chị chờ em nhé")
    await handoff.note(server.db, 1, lan, "khách khó tính", clock.now(), "n1")
    await handoff.resolve(server.db, 1, lan, "no_answer_needed", clock.now())
    assert (await speaker(first, "closed"))["agent"] == ""
    assert "khách khó tính" not in json.dumps(first.frames, ensure_ascii=False)
    history = await server.http.get("/widget/history", headers=bearer(first.token))
    assert "khách khó tính" not in history.text


async def speaker(tab, who: str):  # type: ignore[no-untyped-def]
    for frame in reversed(tab.frames):
        if frame["type"] == "state" and frame["state"]["speaker"] == who:
            return frame["state"]
    while True:
        state = (await tab.next("state", 10))["state"]
        if state["speaker"] == who:
            return state


async def left_at(server: Server) -> datetime | None:
    """When the visitor's waiting ends if their page gives no more sign."""
    async with server.db.read() as tx:
        return (await timers.of_conversation(tx, 1)).get("left")


async def waits(server: Server) -> datetime:
    for _ in range(300):
        if found := await left_at(server):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("the page is not known to be open")


async def test_a_page_that_is_open_keeps_its_visitor_waiting(server: Server) -> None:
    await open_always(server.db)
    server.dialogue.answers["người"] = Turn(handoff_reason="customer_request")
    tab = await server.open()
    await tab.next("ready")
    await tab.send(message("người"))
    await tab.message("system")

    first = await waits(server)
    assert timedelta(minutes=2) < first - clock.now() < timedelta(minutes=2, seconds=26)
    await tab.send({"type": "ping"})
    await tab.next("pong")

    assert await waits(server) > first


async def test_of_two_tabs_one_is_enough_to_wait_and_the_long_poll_counts(server: Server) -> None:
    await open_always(server.db)
    server.dialogue.answers["người"] = Turn(handoff_reason="customer_request")
    tab = await server.open()
    await tab.next("ready")
    await tab.send(message("người"))
    await tab.message("system")
    first = await waits(server)
    await tab.connection.close()

    await server.http.get("/widget/events?after=0&wait=0", headers=bearer(tab.token))

    assert await waits(server) > first


async def test_who_talks_with_a_person_may_close_the_page(server: Server) -> None:
    await open_always(server.db)
    server.dialogue.answers["người"] = Turn(handoff_reason="customer_request")
    tab = await server.open()
    await tab.next("ready")
    await tab.send(message("người"))
    await tab.message("system")
    await waits(server)

    await handoff.accept(server.db, 1, await agent(server), clock.now())
    await tab.send({"type": "ping"})
    await tab.next("pong")

    assert await left_at(server) is None


async def test_seen_is_told_to_the_agents(server: Server) -> None:
    tab = await server.open()
    await tab.next("ready")
    await tab.send(message("alo"))
    answer = await tab.message("bot")
    assert answer["delivery"] == "sent"

    await tab.send({"type": "seen", "message": answer["id"]})

    assert (await tab.message("bot"))["delivery"] == "seen"


async def test_a_signed_user_takes_the_talk_along(server: Server) -> None:
    tab = await server.open()
    await tab.next("ready")
    await tab.send(message("trước khi đăng nhập"))
    await tab.message("bot")
    signed = hmac.new(b"shop secret", b"42", hashlib.sha256).hexdigest()

    await tab.send({"type": "identify", "user_id": "42", "name": "Nga", "hash": signed})

    token = (await tab.next("session"))["token"]
    history = await tab.next("history")
    assert history["messages"][0]["text"] == "trước khi đăng nhập"
    elsewhere = await (await server.open(token)).next("history")
    assert elsewhere["messages"] == history["messages"]
    await tab.send({"type": "identify", "user_id": "43", "name": "Nga", "hash": signed})
    assert (await tab.next("error"))["code"] == "bad_hash"


# Files


def picture(kind: str = "PNG", **more: object) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, kind, **more)
    return data.getvalue()


async def upload(server: Server, token: str, name: str, data: bytes) -> httpx.Response:
    return await server.http.post(
        "/widget/files", files={"file": (name, data, "image/png")}, headers=bearer(token)
    )


async def test_a_picture_goes_up_and_comes_back_without_its_place(server: Server) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    token = await server.token()
    answer = await upload(server, token, "../../ảnh lỗi.jpg", picture("JPEG", exif=exif))
    file = answer.json()
    assert answer.status_code == 200, answer.text
    assert (file["kind"], file["mime"], file["name"]) == ("image", "image/jpeg", "ảnh lỗi.jpg")

    await server.http.post(
        "/widget/messages", json=message("", files=[file["key"]]), headers=bearer(token)
    )
    history = (await server.http.get("/widget/history", headers=bearer(token))).json()
    shown = history["messages"][0]["attachments"][0]
    served = await server.http.get(shown["url"])

    assert served.headers["content-type"] == "image/jpeg"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert b"SECRET-CAMERA" not in served.content


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("page.png", b"<!doctype html><script>alert(1)</script>"),
        ("run.png", b"MZ\x90\x00"),
        ("empty.png", b""),
        ("broken.png", picture()[:40]),
    ],
)
async def test_a_file_is_told_by_its_content(server: Server, name: str, data: bytes) -> None:
    answer = await upload(server, await server.token(), name, data)

    assert answer.status_code == 415
    assert "ảnh" in answer.json()["text"]


async def test_a_file_that_is_too_large_is_refused_in_vietnamese(server: Server) -> None:
    answer = await upload(server, await server.token(), "to.pdf", b"%PDF-" + b"x" * 11_000_000)

    assert answer.status_code == 413
    assert "10 MB" in answer.json()["text"]


async def test_a_pdf_is_a_download(server: Server) -> None:
    file = (await upload(server, await server.token(), "hoá đơn.pdf", b"%PDF-1.7 ...")).json()

    served = await server.http.get(file["url"])

    assert served.headers["content-disposition"].startswith("attachment")
    assert (await server.http.get("/files/none")).status_code == 404


async def test_a_file_of_somebody_else_is_not_attached(server: Server) -> None:
    hers, his = await server.token(), await server.token()
    file = (await upload(server, hers, "a.png", picture())).json()

    await server.http.post(
        "/widget/messages", json=message("x", files=[file["key"]]), headers=bearer(his)
    )

    history = (await server.http.get("/widget/history", headers=bearer(his))).json()
    assert history["messages"][0]["attachments"] == []


async def test_health_says_whether_the_bot_answers(server: Server) -> None:
    for _ in range(50):
        ready = await server.http.get("/health/ready")
        if ready.json()["bot"]:
            break
        await asyncio.sleep(0.1)

    assert ready.status_code == 200 and ready.json() == {
        "database": True,
        "bot": True,
        "queue": True,
    }
    assert (await server.http.get("/health/live")).status_code == 200


@contextlib.asynccontextmanager
async def database_away(server: Server) -> AsyncIterator[None]:
    """PostgreSQL throws everybody out and lets nobody in; SQLite's file loses its tables."""
    if server.db.is_sqlite:
        async with server.db.begin() as tx:
            await tx.execute(text("ALTER TABLE customers RENAME TO customers_away"))
        yield
        async with server.db.begin() as tx:
            await tx.execute(text("ALTER TABLE customers_away RENAME TO customers"))
        return
    base, _, name = server.settings.database_url.replace("+asyncpg", "").rpartition("/")
    admin = await asyncpg.connect(f"{base}/postgres")
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
    )
    yield
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await admin.close()


async def test_database_away_is_503_and_heals_by_itself(server: Server) -> None:
    tab = await server.open()
    await tab.next("ready")
    headers = bearer(tab.token)

    async with database_away(server):
        refused = [
            await server.http.post("/widget/messages", json=message("a"), headers=headers)
            for _ in range(3)
        ]
        await tab.send(message("b"))
        told = await tab.next("error")
    stored = [
        await server.http.post("/widget/messages", json=message("c"), headers=headers)
        for _ in range(3)
    ]
    await tab.send(message("d"))

    assert [answer.status_code for answer in refused] == [503] * 3
    assert refused[0].json()["code"] == told["code"] == "unavailable"
    assert 200 in [answer.status_code for answer in stored]
    assert (await tab.message("bot"))["text"].startswith("echo: ")
    history = (await server.http.get("/widget/history", headers=headers)).text
    assert '"a"' not in history and '"b"' not in history


async def test_the_script_travels_packed(server: Server) -> None:
    packed = await server.http.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    plain = await server.http.get("/widget.js", headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip" and packed.text == plain.text
    assert int(packed.headers["content-length"]) < 40_000 < int(plain.headers["content-length"])


# What a second reader broke once


async def test_the_next_user_of_a_computer_does_not_get_the_last_ones_talk(server: Server) -> None:
    def signed(user: str) -> dict[str, str]:
        digest = hmac.new(b"shop secret", user.encode(), hashlib.sha256).hexdigest()
        return {"user_id": user, "hash": digest}

    async def identify(token: str, user: str) -> str:
        answer = await server.http.post(
            "/widget/identify", json=signed(user), headers=bearer(token)
        )
        return str(answer.json()["token"])

    token = await server.token()
    await server.http.post("/widget/messages", json=message("bí mật"), headers=bearer(token))
    hers = await identify(token, "A")

    his = await identify(hers, "B")

    assert "bí mật" not in (await server.http.get("/widget/history", headers=bearer(his))).text
    assert "bí mật" in (await server.http.get("/widget/history", headers=bearer(hers))).text


async def test_surrogates_and_huge_numbers_break_no_socket(server: Server) -> None:
    tab = await server.open(after=-(10**30))
    await tab.next("ready")
    for frame in (
        '{"type": "message", "client_id": "\\ud800", "text": ""}',
        '{"type": "identify", "user_id": "\\ud800", "hash": "\\ud800"}',
    ):
        await tab.send(frame)
        assert (await tab.next("error"))["text"]
    body = b'{"token": "\\ud800"}'
    assert (await server.http.post("/widget/session", content=body)).status_code == 200
    assert (await server.http.get("/files/a%00b")).status_code == 404


async def test_an_upload_of_unsaid_length_is_cut_off(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, write = 0, UploadFile.write

    async def counted(self: UploadFile, data: bytes) -> None:
        nonlocal kept
        kept += len(data)
        await write(self, data)

    async def endless() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        for _ in range(40):
            yield b"x" * (1 << 20)

    monkeypatch.setattr(UploadFile, "write", counted)
    headers = {
        **bearer(await server.token()),
        "Content-Type": "multipart/form-data; boundary=b",
    }
    with contextlib.suppress(httpx.TransportError):
        answer = await server.http.post("/widget/files", content=endless(), headers=headers)
        assert answer.status_code == 413
    assert 0 < kept < 12 << 20


async def test_long_poll_does_not_tell_a_customer_that_they_are_typing(server: Server) -> None:
    headers = bearer(await server.token())
    await server.http.post("/widget/messages", json=message("alo"), headers=headers)
    await asyncio.sleep(0.7)
    after = (await server.http.get("/widget/events", headers=headers)).json()["after"]
    waiting = asyncio.create_task(
        server.http.get(f"/widget/events?after={after}&wait=2", headers=headers, timeout=9)
    )
    await asyncio.sleep(0.3)
    await server.http.post("/widget/typing", json={}, headers=headers)

    assert "typing" not in (await waiting).text


async def test_two_visitors_may_name_their_messages_alike(server: Server) -> None:
    hers, his = await server.token(), await server.token()
    same = message("của tôi")
    first = await server.http.post("/widget/messages", json=same, headers=bearer(hers))
    second = await server.http.post("/widget/messages", json=same, headers=bearer(his))

    assert first.json()["id"] != second.json()["id"]
    assert "của tôi" in (await server.http.get("/widget/history", headers=bearer(his))).text


async def test_a_picture_that_unpacks_to_much_more_is_refused(server: Server) -> None:
    frames = [Image.new("P", (3000, 3000), n) for n in range(8)]
    data = io.BytesIO()
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:])

    answer = await upload(server, await server.token(), "bomb.gif", data.getvalue())

    assert len(data.getvalue()) < 1_000_000 and answer.status_code == 415
    assert "Kích thước ảnh lớn quá" in answer.json()["text"]
