"""The demo shop's own promises: who may see an order, and what its page may load."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.actions.conftest import Clock, Shop

CODE, LAST4 = "BT26110123", "0001"


def ask(
    shop: Shop, code: str = CODE, last4: str = LAST4, requester: str = "c1"
) -> requests.Response:
    body = {"code": code, "phone_last4": last4, "requester": requester}
    return requests.post(f"{shop.url}/api/orders/lookup", json=body, timeout=5)


def test_code_and_digits_together_show_the_order_without_personal_data(shop: Shop) -> None:
    answer = ask(shop)

    assert answer.status_code == 200
    assert answer.json()["code"] == CODE
    assert answer.json()["state"] == "shipping"
    assert "09000" not in answer.text


def test_an_unknown_code_and_wrong_digits_get_the_same_answer(shop: Shop) -> None:
    unknown, wrong = ask(shop, code="BT26119999"), ask(shop, last4="9999")

    assert (unknown.status_code, unknown.content) == (wrong.status_code, wrong.content)
    assert unknown.status_code == 404


def test_five_wrong_tries_lock_the_requester_for_every_order(shop: Shop, clock: Clock) -> None:
    codes = ["BT26110145", "BT26110131", "BT26119999", "BT26110102", "BT26110109"]

    answers = [ask(shop, code=code, last4="9999").status_code for code in codes]

    assert answers == [404, 404, 404, 404, 423]
    locked = ask(shop)
    assert locked.status_code == 423
    assert locked.json()["retry_after"] == 15 * 60
    clock.forward(minutes=14, seconds=59)
    assert ask(shop).status_code == 423
    clock.forward(seconds=2)
    assert ask(shop).status_code == 200


def test_five_wrong_tries_lock_the_order_for_every_requester(shop: Shop, clock: Clock) -> None:
    for n in range(5):
        ask(shop, last4="9999", requester=f"stranger{n}")

    assert ask(shop).status_code == 423
    assert ask(shop, code="BT26110145", last4="0005").status_code == 200
    clock.forward(minutes=16)
    assert ask(shop).status_code == 200


def test_a_lock_and_a_count_survive_a_restart(shop: Shop) -> None:
    for _ in range(4):
        ask(shop, last4="9999")
    shop.close()
    shop.open()

    assert ask(shop, last4="9999").status_code == 423
    shop.close()
    shop.open()
    assert ask(shop).status_code == 423


def test_tries_made_at_the_same_moment_are_all_counted(shop: Shop) -> None:
    start = threading.Barrier(10)

    def guess(n: int) -> int:
        start.wait()
        return ask(shop, last4=f"{n:04}").status_code

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(guess, range(100, 110)))

    assert answers == [404] * 4 + [423] * 6


def test_a_right_answer_does_not_wipe_the_wrong_ones(shop: Shop) -> None:
    for _ in range(4):
        ask(shop, code="BT26110145", last4="9999")

    assert ask(shop).status_code == 200
    assert ask(shop, code="BT26110145", last4="9998").status_code == 423


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b'{"code": "BT26110123", "phone_last4": "0001"}',
        b'{"code": "BT26110123", "phone_last4": "001", "requester": "c1"}',
        b'{"code": "BT26110123\'--", "phone_last4": "0001", "requester": "c1"}',
        b'{"code": ["BT26110123"], "phone_last4": "0001", "requester": "c1"}',
        b'{"code": "BT26110123", "phone_last4": "0001", "requester": ""}',
        '{"code": "BT26110123", "phone_last4": "٠٠٠١", "requester": "c1"}'.encode(),
        b"[" * 900,
        b" " * 2000,
    ],
)
def test_a_malformed_request_is_refused(shop: Shop, body: bytes) -> None:
    answer = requests.post(f"{shop.url}/api/orders/lookup", data=body, timeout=5)

    assert answer.status_code == 422


def test_the_page_loads_nothing_but_its_style_and_the_widget(shop: Shop) -> None:
    page = requests.get(shop.url, timeout=5)

    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src http://127.0.0.1:8080; "
        "connect-src http://127.0.0.1:8080 ws://127.0.0.1:8080; "
        "img-src 'self' data: http://127.0.0.1:8080; style-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert '<script src="http://127.0.0.1:8080/widget.js" defer></script>' in page.text
    assert page.text.count("<script") == 1
    assert " style=" not in page.text
    assert page.text.count("http") == page.text.count("http://127.0.0.1:8080") + 1  # xmlns
    assert requests.get(f"{shop.url}/shop.css", timeout=5).status_code == 200


def test_the_page_gives_samples_that_work(shop: Shop) -> None:
    page = requests.get(shop.url, timeout=5).text

    for code, last4 in (("BT26110123", "0001"), ("BT26110145", "0005")):
        assert code in page and last4 in page
        assert ask(shop, code, last4).status_code == 200
