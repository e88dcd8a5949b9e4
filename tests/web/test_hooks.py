"""The shop's own software tells of its records: signed, whole, and once."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from books import everything
from doubles import NOON, ScriptedDialogue
from servers import Server, running, settings
from starlette.applications import Starlette

from bot import clock, doorbell, hooks, web
from bot.live import Live
from bot.storage import ledger

DOC = (Path(__file__).parents[2] / "docs" / "records.md").read_text(encoding="utf-8")
SECRET = "the shop's secret, 32 letters and more"
SENT = int(NOON.timestamp())
ORDER = {
    "code": "BT1", "phone": "0912345678", "name": "Hoa", "state": "placed", "total": 5000,
    "ordered_at": "2026-11-22T10:00:00+07:00",
}  # fmt: skip


@pytest.fixture
def app(db, database_url: str) -> Starlette:
    made = settings(database_url, RECORDS_SECRET=SECRET)
    return web.build(db, Live(db, doorbell.for_database(database_url)), made, lambda: NOON)


@pytest.fixture
async def shop(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://carebot") as client:
        yield client


def event(*records: object, id: str = "e1", kind: str = "orders") -> bytes:
    return json.dumps({"id": id, "kind": kind, "records": records or [ORDER]}).encode()


async def tell(shop: httpx.AsyncClient, body: bytes, at: int = SENT, **headers: str):
    signed = {hooks.SIGNATURE: hooks.sign(SECRET, body, at)} | headers
    return await shop.post("/hooks/records", content=body, headers=signed)


async def orders(db) -> list[tuple[str, str]]:
    async with db.read() as tx:
        found = await ledger.everything(tx, "orders", after=0, limit=1000)
    return [(each["code"], each["state"]) for each in found]


async def test_a_signed_event_is_stored(shop, db) -> None:
    answer = await tell(shop, event())

    assert (answer.status_code, answer.json()) == (
        200,
        {"id": "e1", "new": 1, "changed": 0, "same": 0, "repeated": False},
    )
    assert await orders(db) == [("BT1", "placed")]


async def test_the_same_event_again_changes_nothing_and_is_answered_as_before(shop, db) -> None:
    await tell(shop, event())
    await tell(shop, event({"code": "BT1", "state": "shipping"}, id="e2"))
    before = await everything(db)

    again = await tell(shop, event(), at=SENT + 60)

    assert again.json() == {"id": "e1", "new": 1, "changed": 0, "same": 0, "repeated": True}
    assert await everything(db) == before


async def test_an_event_told_many_times_at_once_is_stored_once(shop, db) -> None:
    answers = await asyncio.gather(*(tell(shop, event()) for _ in range(8)))

    assert [each.status_code for each in answers] == [200] * 8
    assert sorted(each.json()["repeated"] for each in answers) == [False] + [True] * 7
    assert await orders(db) == [("BT1", "placed")]


async def test_two_events_of_one_order_at_once_make_one_order(shop, db) -> None:
    told = (event({**ORDER, "state": state}, id=state) for state in ("placed", "shipping"))
    answers = await asyncio.gather(*(tell(shop, each) for each in told))

    assert [each.status_code for each in answers] == [200, 200]
    assert len(await orders(db)) == 1


async def test_an_id_is_of_one_event_only(shop, db) -> None:
    await tell(shop, event())

    answer = await tell(shop, event({**ORDER, "code": "BT2"}))

    assert (answer.status_code, answer.json()["error"]) == (409, "id_used")
    assert await orders(db) == [("BT1", "placed")]


@pytest.mark.parametrize(
    ("headers", "at", "error"),
    [
        ({hooks.SIGNATURE: ""}, 0, "unsigned"),
        ({hooks.SIGNATURE: "t=1,v1=abc"}, 0, "unsigned"),
        ({hooks.SIGNATURE: hooks.sign("x" * 40, event(), SENT)}, 0, "signature"),
        ({hooks.SIGNATURE: hooks.sign(SECRET, event(id="e2"), SENT)}, 0, "signature"),
        ({}, -301, "time"),
        ({}, 301, "time"),
    ],
)
async def test_what_the_shop_did_not_sign_just_now_is_refused(shop, db, headers, at, error) -> None:
    answer = await tell(shop, event(), SENT + at, **headers)

    assert (answer.status_code, answer.json()["error"]) == (401, error)
    assert await orders(db) == []


@pytest.mark.parametrize("at", [-300, 300])
async def test_clocks_may_be_five_minutes_apart(shop, at: int) -> None:
    assert (await tell(shop, event(), SENT + at)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 400, "not_json"),
        (b"\xff\xfe", 400, "not_json"),
        (b"[" * 100_000, 400, "not_json"),
        (b"[]", 422, "event"),
        (b'{"id": "e1", "kind": "orders"}', 422, "event"),
        (event(kind="salaries"), 422, "event"),
        (event(id=""), 422, "event"),
        (event("BT1"), 422, "event"),
        (event(*[{**ORDER, "code": f"B{n}"} for n in range(501)]), 422, "event"),
        (b" " * (hooks.LARGEST + 1), 413, "too_large"),
    ],
    ids=range(10),
)
async def test_what_is_no_event_is_told_so(shop, db, body, status, error) -> None:
    answer = await tell(shop, body)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert await orders(db) == []


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"ordered_at": (NOON + timedelta(minutes=6)).isoformat()}, "ordered_at", "future"),
        ({"total": "rẻ"}, "total", "money"),
        ({"total": None}, "total", "needed"),
        ({"state": "bay"}, "state", "state"),
        ({"phone": ""}, "phone", "owner"),
        ({"salary": 1}, "salary", "unknown"),
        ({"name": ["Hoa"]}, "name", "words"),
        ({"code": "BT 2"}, "code", "code"),
        ({"code": "BT1"}, "code", "twice"),
    ],
)
async def test_one_wrong_record_keeps_all_from_being_written(shop, db, wrong, field, code) -> None:
    answer = await tell(shop, event(ORDER, {**ORDER, "code": "BT2", **wrong}))

    assert answer.status_code == 422
    assert answer.json()["problems"] == [{"record": 2, "field": field, "code": code}]
    assert await orders(db) == []
    mended = await tell(shop, event(ORDER, {**ORDER, "code": "BT2"}))
    assert mended.json()["new"] == 2


async def test_what_is_told_of_an_order_later_changes_only_that(shop, db) -> None:
    await tell(shop, event())

    later = {"code": "BT1", "state": "delivered", "delivered_at": "2026-11-23T09:00:00+07:00"}
    answer = await tell(shop, event(later, id="e2"))

    assert answer.json()["changed"] == 1
    async with db.read() as tx:
        (found,) = await ledger.everything(tx, "orders", after=0, limit=9)
    assert (found["state"], found["total"], found["name"]) == ("delivered", 5000, "Hoa")


async def test_null_takes_a_time_away(shop, db) -> None:
    await tell(shop, event({**ORDER, "paid_at": "2026-11-23"}))

    await tell(shop, event({"code": "BT1", "paid_at": None}, id="e2"))

    async with db.read() as tx:
        (found,) = await ledger.everything(tx, "orders", after=0, limit=9)
    assert found["paid_at"] is None


@pytest.mark.parametrize("name", ["Hoa\ud800", "Hoa\x00", "=1+1", "x" * 255])
async def test_strange_letters_are_stored_as_far_as_they_are_letters(shop, db, name) -> None:
    assert (await tell(shop, event({**ORDER, "name": name}))).status_code == 200


async def test_without_a_secret_there_is_no_door(shop, app) -> None:
    app.state.settings = settings("sqlite:///x.db")

    assert (await tell(shop, event())).status_code == 404


# --- the contract


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Server]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        made = settings(database_url, port, RECORDS_SECRET=SECRET)
        async with running(made, ScriptedDialogue(), port, sock, now=clock.now) as server:
            yield server


async def test_the_curl_of_the_contract_works_as_it_stands(door: Server, tmp_path: Path) -> None:
    body = event({**ORDER, "code": "BT26110123", "ordered_at": "2020-01-01"}, id="first")
    sent = int(clock.now().timestamp())
    signed = {hooks.SIGNATURE: hooks.sign(SECRET, body, sent)}
    assert (await door.http.post("/hooks/records", content=body, headers=signed)).is_success
    (script,) = re.findall(r"```sh\n(.+?)```", DOC, re.S)
    env = {**os.environ, "RECORDS_SECRET": SECRET, "CAREBOT": door.url, "no_proxy": "127.0.0.1"}

    ran = await asyncio.to_thread(
        subprocess.run, ["sh", "-c", script], env=env, capture_output=True, text=True
    )

    assert json.loads(ran.stdout or "{}") == {
        "id": "evt-1", "new": 0, "changed": 1, "same": 0, "repeated": False,
    }, ran.stderr  # fmt: skip


async def test_the_event_of_the_contract_is_one(shop) -> None:
    (example,) = re.findall(r"```json\n(.+?)```", DOC, re.S)

    assert (await tell(shop, example.encode())).status_code == 200


def test_the_contract_names_every_field_and_state() -> None:
    from bot.records import KINDS, STATES

    for kind in KINDS.values():
        for each in kind.fields.values():
            assert f"`{each.name}`" in DOC, each.name
    for states in STATES.values():
        assert ", ".join(f"`{state}`" for state in states) in DOC
