"""Who gets in, who does not, and what every answer of the console carries."""

from __future__ import annotations

import re

import httpx
import pytest
import scenes
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot.console import DOORS, words
from bot.console.login import fingerprint
from bot.models import Role
from bot.storage import tables, users


async def test_a_right_password_opens_the_inbox(visitor, people):
    somebody = await visitor()

    answer = await somebody.log_in("  LAN ")

    assert answer.status_code == 303
    assert "Hàng đợi" in (await somebody.get("/inbox")).text


async def test_unknown_name_and_wrong_password_read_the_same(visitor, people):
    first, second = await visitor(), await visitor()

    unknown = await first.log_in("nobody", "x")
    wrong = await second.log_in("lan", "x")

    assert unknown.status_code == wrong.status_code == 401
    plain = [re.sub(r'value="[^"]*"|autofocus', "", each.text) for each in (unknown, wrong)]
    assert plain[0] == plain[1]
    assert words.WORDS["login.wrong"]["vi"] in unknown.text


async def test_five_wrong_tries_lock_the_account_for_fifteen_minutes(visitor, people, time):
    somebody = await visitor()
    for _ in range(5):
        await somebody.log_in("lan", "wrong")

    locked = await somebody.log_in("lan")
    time.passes(minutes=14, seconds=59)
    still = await somebody.log_in("lan")
    time.passes(seconds=2)
    opened = await somebody.log_in("lan")

    assert (locked.status_code, still.status_code, opened.status_code) == (401, 401, 303)


async def test_a_right_password_forgets_the_wrong_ones(visitor, people):
    somebody = await visitor()
    for _ in range(3):
        for _ in range(4):
            await somebody.log_in("lan", "wrong")
        assert (await somebody.log_in("lan")).status_code == 303
        somebody.http.cookies.clear()


async def test_a_session_ends_after_twelve_hours(visitor, people, time):
    lan = await visitor("lan")
    time.passes(hours=11, minutes=59)
    assert (await lan.get("/inbox")).status_code == 200

    time.passes(minutes=2)

    assert (await lan.get("/inbox")).status_code == 303


async def test_log_out_ends_the_session_for_a_stolen_cookie_too(visitor, people):
    lan, thief = await visitor("lan"), await visitor()
    thief.http.cookies = httpx.Cookies(lan.http.cookies)
    assert (await thief.get("/inbox")).status_code == 200

    await lan.http.post("/console/logout", data={"csrf": lan.csrf})

    assert (await thief.get("/inbox")).status_code == 303


async def test_switching_a_user_off_ends_their_sessions(visitor, people, db):
    lan = await visitor("lan")

    async with db.begin() as tx:
        await users.set_active(tx, people.lan.id, False)

    assert (await lan.get("/api/inbox")).status_code == 401
    assert (await (await visitor()).log_in("lan")).status_code == 401


async def test_the_database_holds_no_token_and_no_password(visitor, people, db):
    lan = await visitor("lan")
    token = lan.http.cookies["carebot_session"]

    async with db.read() as tx:
        sessions = (await tx.execute(tables.sessions.select())).mappings().all()
        accounts = (await tx.execute(tables.users.select())).mappings().all()

    assert [row["token_hash"] for row in sessions] == [fingerprint(token)]
    assert token not in str(sessions)
    assert all(row["password_hash"].startswith("$argon2id$") for row in accounts)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor, people):
    answer = await (await visitor()).log_in("lan")

    cookie = next(c for c in answer.headers.get_list("set-cookie") if "carebot_session" in c)
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Path=/console" in cookie


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/files/x"])
async def test_after_the_log_in_nobody_is_sent_elsewhere(visitor, people, elsewhere):
    answer = await (await visitor()).log_in("lan", following=elsewhere)

    assert answer.headers["location"] == "/console/"


async def test_the_log_in_form_needs_its_own_token(visitor, people):
    somebody = await visitor()
    await somebody.get("/login")

    answer = await somebody.http.post(
        "/console/login",
        data={"csrf": "guess", "username": "lan", "password": scenes.PASSWORD},
    )

    assert answer.status_code == 403
    assert "carebot_session" not in somebody.http.cookies


async def test_every_post_without_the_token_is_refused(visitor, people):
    quan = await visitor("quan")
    posts = [door for door in DOORS if door.method == "POST"]
    assert len(posts) >= 8

    for door in posts:
        path = "/console" + door.path.replace("{id:int}", "1")
        for headers in ({}, {"X-CSRF-Token": "guess"}):
            answer = await quan.http.post(path, headers=headers, json={})
            assert answer.status_code == 403, path


async def test_every_door_keeps_to_its_roles(visitor, people):
    names = {Role.AGENT: "lan", Role.EDITOR: "ha", Role.SUPERVISOR: "mai", Role.ADMIN: "quan"}
    # Logging out is for everybody, and would end the test's own session.
    doors = [door for door in DOORS if door.path != "/logout"]
    for role, name in names.items():
        somebody = await visitor(name)
        for door in doors:
            path = "/console" + door.path.replace("{id:int}", "999")
            answer = await somebody.http.request(
                door.method, path, headers={"X-CSRF-Token": somebody.csrf}
            )
            assert (answer.status_code != 403) == (role in door.roles), (role, door.path)


def test_the_roles_are_those_we_promise():
    allowed = {(door.method, door.path): {role.value for role in door.roles} for door in DOORS}

    assert allowed[("GET", "/inbox")] == {"agent", "supervisor", "admin"}
    assert allowed[("GET", "/transcripts")] == {"supervisor", "admin"}
    assert allowed[("GET", "/transcripts/{id:int}.json")] == {"supervisor", "admin"}
    assert allowed[("POST", "/api/conversations/{id:int}/take-over")] == {"supervisor", "admin"}
    assert allowed[("GET", "/content")] == {"editor", "admin"}


async def test_nobody_sees_anything_before_the_log_in(visitor, people):
    stranger = await visitor()

    for door in DOORS:
        path = "/console" + door.path.replace("{id:int}", "1")
        answer = await stranger.http.request(door.method, path)
        assert answer.status_code == (401 if door.is_api else 303), path


@pytest.mark.parametrize("path", ["/login", "/inbox", "/api/inbox", "/static/console.css", "/no"])
async def test_every_answer_carries_the_security_headers(visitor, people, path):
    lan = await visitor("lan")

    headers = (await lan.get(path)).headers

    policy = headers["content-security-policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self';",
        "style-src 'self';",
        "connect-src 'self' ws://127.0.0.1:8080 wss://127.0.0.1:8080",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]


async def test_pages_with_customers_words_are_not_kept(visitor, people):
    lan = await visitor("lan")

    assert (await lan.get("/api/inbox")).headers["cache-control"] == "no-store"
    assert (await lan.get("/inbox")).headers["cache-control"] == "no-store"
    assert (await lan.get("/static/console.css")).headers["cache-control"] == "no-cache"


async def test_a_huge_body_is_refused_unread(visitor, people):
    lan = await visitor("lan")

    answer = await lan.http.post(
        "/console/api/conversations/1/note",
        content=b"x" * 70_000,
        headers={"X-CSRF-Token": lan.csrf},
    )

    assert answer.status_code == 413


async def test_the_language_is_each_sessions_own(visitor, people):
    lan, hung = await visitor("lan"), await visitor("hung")

    await lan.http.post(
        "/console/language",
        data={"csrf": lan.csrf, "language": "en", "next": "/console/inbox"},
    )

    assert "Queue" in (await lan.get("/inbox")).text
    assert "Hàng đợi" in (await hung.get("/inbox")).text


@pytest.mark.parametrize(
    ("origin", "logged_in", "code"),
    [
        ("http://evil.example", True, 4403),
        (None, True, 4403),
        ("http://testserver", False, 4401),
    ],
)
async def test_the_live_line_asks_for_origin_and_session(
    app, visitor, people, origin, logged_in, code
):
    lan = await visitor("lan")
    headers = {"origin": origin} if origin else {}
    if logged_in:
        headers["cookie"] = f"carebot_session={lan.http.cookies['carebot_session']}"

    def knock() -> int:
        with TestClient(app).websocket_connect("/console/ws", headers=headers) as line:
            try:
                line.receive_text()
            except WebSocketDisconnect as closed:
                return closed.code
        return 0

    if app.state.db.is_sqlite:  # the test client has its own loop, and PostgreSQL's pool has not
        assert knock() == code
