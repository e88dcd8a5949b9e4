"""What holds for every call of the shop's API: what may be asked, who may ask, and once only."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from demo.calls import GETS, POSTS
from tests.actions.conftest import Clock, Shop
from tests.demo.bodies import BODIES, PROVEN, WRITTEN, Json, ask, written

EACH = pytest.mark.parametrize("path", BODIES)
EACH_WRITTEN = pytest.mark.parametrize("path", WRITTEN)
EACH_PROVEN = pytest.mark.parametrize("path", PROVEN)


def test_every_call_is_tried_here() -> None:
    assert {call.path for call in POSTS} == set(BODIES)
    assert {call.path for call in POSTS if call.writes} == set(WRITTEN)


@EACH
def test_a_call_is_answered(shop: Shop, path: str) -> None:
    answer = ask(shop, path, BODIES[path])

    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [call.path for call in GETS])
def test_what_is_the_same_for_everybody_is_got(quiet_shop: Shop, path: str) -> None:
    assert requests.get(f"{quiet_shop.url}/api/{path}", timeout=5).status_code == 200


GARBAGE = [
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"\xff",
    b"{",
    b"[" * 60_000,
    b'{"a":' * 10_000,
    b'{"requester": "' + b"x" * 70_000 + b'"}',
    b'{"quantity": ' + b"9" * 5000 + b"}",
    b"{}" + b" " * 70_000,
]


@EACH
def test_garbage_is_refused(quiet_shop: Shop, path: str) -> None:
    for body in GARBAGE:
        answer = requests.post(f"{quiet_shop.url}/api/{path}", data=body, timeout=5)
        assert answer.status_code == 422, (body[:20], answer.text)

    assert written(quiet_shop) == 0


WRONG: list[Any] = [None, 7, -1, 1.5, True, [], {}, ["x"], "", " ", "x\x00y", "\ud800", "x" * 2001]


def may_be(path: str, name: str, value: Any) -> bool:
    """The few of WRONG that are right somewhere."""
    call = next(call for call in POSTS if call.path == path)
    default = call.fields[name].default if name in call.fields else ...
    if value == default and type(value) is type(default):
        return True
    if name in ("amount", "quantity", "subtotal"):
        return type(value) is int and value == 7
    return False


@EACH
def test_every_field_is_read_strictly(quiet_shop: Shop, path: str) -> None:
    """Nothing but a 422 for a wrong value, unless the value is one that the field may have."""
    body = BODIES[path]
    for name in body:
        for value in WRONG:
            if may_be(path, name, value):
                continue
            answer = ask(quiet_shop, path, {**body, name: value})
            assert (answer.status_code, answer.json()["error"]) == (422, "bad_request"), (
                name,
                value,
                answer.text,
            )

    assert written(quiet_shop) == 0


@EACH
def test_what_must_be_there_must_be_there(quiet_shop: Shop, path: str) -> None:
    call = next(call for call in POSTS if call.path == path)
    needed = {name for name, field in call.fields.items() if field.default is ...}
    if call.writes:
        needed |= {"requester", "idempotency_key"}
    for name in needed:
        body = {field: value for field, value in BODIES[path].items() if field != name}
        answer = ask(quiet_shop, path, body)
        assert (answer.status_code, answer.json()["field"]) == (422, name)

    assert written(quiet_shop) == 0


@EACH
def test_a_field_that_is_not_known_is_refused(quiet_shop: Shop, path: str) -> None:
    assert ask(quiet_shop, path, {**BODIES[path], "role": "admin"}).status_code == 422


# Who may ask


@EACH_PROVEN
def test_wrong_digits_and_an_unknown_code_get_the_same_answer(shop: Shop, path: str) -> None:
    code = "code" if "code" in PROVEN[path] else "order_code"
    unknown = PROVEN[path][code][:-4] + "9999"

    answers = [
        ask(shop, path, {**PROVEN[path], "phone_last4": "9999"}),
        ask(shop, path, {**PROVEN[path], code: unknown}),
        ask(shop, path, {**PROVEN[path], code: unknown, "phone_last4": "0000"}),
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, b'{"error":"not_found"}')
    }
    assert written(shop) == 0


@EACH_PROVEN
def test_five_wrong_tries_lock(shop: Shop, clock: Clock, path: str) -> None:
    wrong = {**PROVEN[path], "phone_last4": "9999"}

    answers = [ask(shop, path, wrong) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404, 423]
    locked = ask(shop, path, PROVEN[path])
    assert locked.status_code == 423
    assert locked.json() == {"error": "locked", "retry_after": 15 * 60}
    assert locked.headers["Retry-After"] == "900"
    assert written(shop) == 0
    clock.forward(minutes=15, seconds=1)
    assert ask(shop, path, PROVEN[path]).status_code == 200


def test_all_calls_count_and_lock_together(shop: Shop) -> None:
    """One wrong try at each of five doors is five wrong tries."""
    paths = ["orders/lookup", "repairs/status", "complaints/status", "refunds/status"]
    wrong = [(path, {**BODIES[path], "phone_last4": "9999"}) for path in paths]
    wrong.append(("loyalty", {**BODIES["loyalty"], "phone": "0900000002"}))

    answers = [ask(shop, path, body).status_code for path, body in wrong]

    assert answers == [404, 404, 404, 404, 423]
    for path in (*PROVEN, "loyalty"):
        assert ask(shop, path, BODIES[path]).status_code == 423
    other = {**BODIES["orders/lookup"], "requester": "c2"}
    assert ask(shop, "orders/lookup", other).status_code == 200


def test_one_requesters_five_tries_lock_the_code_for_all(shop: Shop) -> None:
    for _ in range(5):
        ask(shop, "orders/lookup", {**BODIES["orders/lookup"], "phone_last4": "9999"})

    other = {**BODIES["orders/lookup"], "requester": "c2"}
    assert ask(shop, "orders/lookup", other).status_code == 423


def test_the_points_of_a_phone_lock_for_every_requester(shop: Shop) -> None:
    for n in range(5):
        body = {"phone": "0900000001", "order_code": f"BT2611900{n}", "requester": f"stranger{n}"}
        ask(shop, "loyalty", body)

    assert ask(shop, "loyalty", BODIES["loyalty"]).status_code == 423


def test_a_call_that_needs_no_proof_does_not_lock(shop: Shop) -> None:
    for n in range(7):
        body = {**WRITTEN["payments/report"], "order_code": "BT26119999", "idempotency_key": f"{n}"}
        assert ask(shop, "payments/report", body).status_code == 200


# Once only


@EACH_WRITTEN
def test_the_same_key_again_is_answered_the_same_and_written_once(
    shop: Shop, clock: Clock, path: str
) -> None:
    first = ask(shop, path, WRITTEN[path])
    clock.forward(hours=30)
    again = ask(shop, path, WRITTEN[path])
    shop.close()
    shop.open()
    restarted = ask(shop, path, WRITTEN[path])

    assert first.status_code == 200
    assert first.content == again.content == restarted.content
    assert written(shop) == 1


@EACH_WRITTEN
def test_the_same_key_at_the_same_moment_writes_once(shop: Shop, path: str) -> None:
    start = threading.Barrier(6)

    def tap(_: int) -> tuple[int, bytes]:
        start.wait()
        answer = ask(shop, path, WRITTEN[path])
        return answer.status_code, answer.content

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(tap, range(6)))

    assert len(answers) == 1 and answers.pop()[0] == 200
    assert written(shop) == 1


@EACH_WRITTEN
def test_a_key_cannot_be_used_for_something_else(shop: Shop, path: str) -> None:
    body = WRITTEN[path]
    ask(shop, path, body)
    free = ("change", "reason", "note", "text", "items", "matter", "symptom", "name", "company")
    name = next(name for name in free if name in body)
    other: Any = {"receiver": "Mai"} if name == "change" else "khác hẳn"

    answer = ask(shop, path, {**body, name: other})

    assert (answer.status_code, answer.json()["field"]) == (422, "idempotency_key")
    assert written(shop) == 1


def test_a_key_is_its_requesters_and_its_calls_own(shop: Shop) -> None:
    body = WRITTEN["feedback"]

    mine = ask(shop, "feedback", body).json()
    theirs = ask(shop, "feedback", {**body, "requester": "c2"}).json()
    callback = ask(shop, "callbacks", WRITTEN["callbacks"])

    assert mine != theirs
    assert callback.status_code == 200
    assert written(shop) == 3


def test_many_at_once_get_numbers_of_their_own(shop: Shop) -> None:
    def complain(n: int) -> Json:
        body = {**WRITTEN["complaints"], "idempotency_key": f"k{n}"}
        answer: Json = ask(shop, "complaints", body).json()
        return answer

    with ThreadPoolExecutor(8) as pool:
        references = {each["reference"] for each in pool.map(complain, range(24))}

    assert len(references) == 24


def test_wrong_digits_are_not_remembered_under_a_key(shop: Shop) -> None:
    body = WRITTEN["orders/cancel"]
    assert ask(shop, "orders/cancel", {**body, "phone_last4": "9999"}).status_code == 404

    assert ask(shop, "orders/cancel", body).status_code == 200


def test_a_refused_key_may_be_used_for_a_better_wish(shop: Shop) -> None:
    body = {**WRITTEN["orders/place"], "color": "tím"}
    refused = [ask(shop, "orders/place", body) for _ in range(2)]
    assert [answer.status_code for answer in refused] == [409, 409]

    assert ask(shop, "orders/place", {**body, "color": "đen"}).status_code == 200
    assert written(shop) == 1
