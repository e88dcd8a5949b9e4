"""The client: whatever a shop answers that it should not, the assistant hears ShopDown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from actions import shop as client

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=timezone.utc)
CALLS: dict[str, Callable[[], object]] = {
    "facts": client.facts,
    "products": lambda: client.products("loa"),
    "nearest": lambda: client.nearest("ip 15"),
    "stock": lambda: client.stock("bong-vang"),
    "not_sold": lambda: client.not_sold("Apple"),
    "promotions": client.promotions,
    "ship_quote": lambda: client.ship_quote("Huế"),
    "trade_in": lambda: client.trade_in("ip 12", "good"),
    "look_up_order": lambda: client.look_up_order("BT26110123", "0001", "c"),
    "cancel_order": lambda: client.cancel_order("BT26110123", "0001", "c", "", "k"),
    "change_order": lambda: client.change_order("BT26110123", "0001", "c", {"item": "x"}, "k"),
    "quote_order": lambda: client.quote_order("bong-vang", 1, "", "", "", "cod"),
    "place_order": lambda: client.place_order(
        *("bong-vang", 1, "", "", "Lan", "0900000099", "Hà Nội", "cod", "c", "k")
    ),
    "hold_product": lambda: client.hold_product("bong-vang", "hn", "Lan", "0900000099", "c", "k"),
    "refund_status": lambda: client.refund_status("BT26110123", "0001", "c"),
    "report_payment": lambda: client.report_payment("", None, "", "problem", "", "c", "k"),
    "request_invoice": lambda: client.request_invoice("", "", "", "", "", "c", "k"),
    "warranty": lambda: client.warranty(imei="004999010640000"),
    "open_repair": lambda: client.open_repair("", "", "", "", "store", "", "c", "k"),
    "repair_status": lambda: client.repair_status("SC1024", "0001", "c"),
    "open_return": lambda: client.open_return(
        "BT26110123", "0001", "c", "", "unused", "refund", "k"
    ),
    "open_complaint": lambda: client.open_complaint("quality", "hư", "", "", "", "c", "k"),
    "complaint_status": lambda: client.complaint_status("KN0231", "0002", "c"),
    "book_callback": lambda: client.book_callback("0900000099", NOW, "", "c", "k"),
    "feedback": lambda: client.feedback("praise", "tốt", "c", "k"),
    "b2b_request": lambda: client.b2b_request("", "", "", "", "c", "k"),
    "loyalty": lambda: client.loyalty("0900000001", "BT26110123", "c"),
    "data_request": lambda: client.data_request("see", "BT26110123", "0001", "c", "", "k"),
}
NONSENSE = [
    (500, b'{"error": "not_found"}'),
    (200, b""),
    (200, b"<html>"),
    (200, b"[]"),
    (200, b"null"),
    (200, b"7"),
    (200, b"{}"),
    (200, b'{"code": "BT26110999", "reference": null}'),
    (404, b"Not Found"),
    (404, b'{"detail": "no such path"}'),
    (409, b"{}"),
    (423, b"{}"),
    (422, b'{"error": "bad_request", "field": "phone"}'),
    (302, b"{}"),
    (204, b""),
]


class Server(ThreadingHTTPServer):
    answer: tuple[int, bytes] = (200, b"{}")


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.do_GET()

    def do_GET(self) -> None:
        status, body = self.server.answer
        if status == 302 and self.path == "/elsewhere":
            status = 200
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Keeping(ThreadingHTTPServer):
    """Keeps connections, and hangs up upon a question: once, or for good."""

    connections = 0
    hangs_up = for_good = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.cookies: list[str | None] = []


class KeepingHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Keeping

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.server.hangs_up:
            self.server.hangs_up = self.server.for_good
            self.close_connection = True
            return
        self.server.cookies.append(self.headers["Cookie"])
        body = b'{"not_sold": true}'
        self.send_response(200)
        self.send_header("Set-Cookie", "customer=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def nonsense() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_every_call_is_tried_here() -> None:
    public = {
        name
        for name, thing in vars(client).items()
        if callable(thing)
        and not isinstance(thing, type)
        and getattr(thing, "__module__", "") == client.__name__
        and not name.startswith("_")
    }
    assert public == CALLS.keys()


@pytest.mark.parametrize("call", CALLS)
def test_nonsense_is_no_answer(
    nonsense: Server, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_API_URL", f"http://127.0.0.1:{nonsense.server_port}/")
    for answer in NONSENSE:
        nonsense.answer = answer
        with pytest.raises(client.ShopDown):
            told = CALLS[call]()
            pytest.fail(f"{answer} was taken for {told}")


@pytest.mark.parametrize("call", CALLS)
def test_a_closed_shop_is_down(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_URL", "http://127.0.0.1:9")

    with pytest.raises(client.ShopDown):
        CALLS[call]()


def test_a_shop_that_sends_us_elsewhere_is_not_followed(
    nonsense: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_API_URL", f"http://127.0.0.1:{nonsense.server_port}")
    nonsense.answer = (302, b'{"not_sold": true}')

    with pytest.raises(client.ShopDown):
        client.not_sold("Apple")


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeping]:
    server = Keeping(("127.0.0.1", 0), KeepingHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SHOP_API_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(client, "_threads", threading.local())
    yield server
    server.shutdown()
    server.server_close()


def test_a_connection_is_kept_and_cookies_are_not(keeping: Keeping) -> None:
    for _ in range(3):
        assert client.not_sold("Apple") is True

    assert keeping.connections == 1
    assert keeping.cookies == [None, None, None]


def test_a_connection_that_the_shop_has_closed_is_opened_anew(keeping: Keeping) -> None:
    assert client.not_sold("Apple") is True
    keeping.hangs_up = True

    assert client.not_sold("Apple") is True
    assert keeping.connections == 2


def test_a_shop_that_always_hangs_up_is_down(keeping: Keeping) -> None:
    keeping.hangs_up = keeping.for_good = True

    with pytest.raises(client.ShopDown):
        client.not_sold("Apple")
    assert keeping.connections == 2, "asked twice, not for ever"


def test_what_goes_wrong_is_told_without_what_was_asked(
    nonsense: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_API_URL", f"http://127.0.0.1:{nonsense.server_port}")
    nonsense.answer = (200, b'{"reference": "0900000099", "points": "x0900000099"}')

    with pytest.raises(client.ShopDown, match=r"^loyalty failed: TypeError$"):
        client.loyalty("0900000099", "BT26110123", "c")
