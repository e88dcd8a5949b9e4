"""What a failure on the way means, and which addresses a file is fetched from."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_address

import httpx
import pytest

from connectors import http
from connectors.base import (
    DeliveryError,
    File,
    PermanentError,
    RetryableError,
    UnknownOutcomeError,
)
from connectors.http import Http, by_status, retry_after

Serve = Callable[[bytes], Awaitable[bytes]]
Writers = list[asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def serving(answer: Serve) -> AsyncIterator[str]:
    """A server on a real socket that answers a request's head with these bytes, then hangs up."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(await answer(await reader.readuntil(b"\r\n\r\n")))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"http://127.0.0.1:{port}"


@contextlib.asynccontextmanager
async def keeping(made: Writers) -> AsyncIterator[str]:
    """A server that keeps connections, each noted in `made`, and answers with the path, or late."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split()[1]
                await asyncio.sleep(0.2 if path == b"/late" else 0)
                writer.write(answer(path))
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def always(answer: bytes) -> Serve:
    async def give(head: bytes) -> bytes:
        return answer

    return give


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def redirect(to: str) -> bytes:
    return answer(b"", f"Location: {to}", status="302 Found")


@pytest.fixture
async def client() -> AsyncIterator[Http]:
    made = Http(httpx.Timeout(0.5))
    yield made
    await made.close()


async def test_where_nobody_listens_nothing_was_sent(client: Http) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(RetryableError):
        await client.request("POST", f"http://127.0.0.1:{port}/send")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_an_answer_that_breaks_off_leaves_the_outcome_open(client: Http, said: bytes) -> None:
    async with serving(always(said)) as url:
        with pytest.raises(UnknownOutcomeError):
            await client.request("POST", url)


async def test_no_answer_in_time_leaves_the_outcome_open(client: Http) -> None:
    over = asyncio.Event()

    async def never(head: bytes) -> bytes:
        await over.wait()
        return b""

    async with serving(never) as url:
        with pytest.raises(UnknownOutcomeError):
            await client.request("POST", url)
        over.set()


@pytest.mark.parametrize(("pause", "connections"), [(0.0, 1), (http.IDLE_SECONDS + 0.2, 2)])
async def test_a_connection_that_idled_is_not_used_again(
    client: Http, pause: float, connections: int
) -> None:
    made: Writers = []
    async with keeping(made) as url:
        await client.request("POST", f"{url}/1")
        await asyncio.sleep(pause)
        await client.request("POST", f"{url}/2")

    assert len(made) == connections


async def test_who_gives_up_leaves_no_answer_for_the_next(client: Http) -> None:
    made: Writers = []
    async with keeping(made) as url:
        await client.request("POST", f"{url}/1")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.request("POST", f"{url}/late"), 0.05)

        assert (await client.request("POST", f"{url}/2")).text == "/2"


async def test_a_question_may_always_be_asked_again(client: Http) -> None:
    async with serving(always(b"")) as url:
        with pytest.raises(RetryableError):
            await client.request("GET", url)


@pytest.mark.parametrize("url", ["ftp://platform.example/x", "https://:bad", "nothing"])
async def test_what_is_no_address_is_never_tried_again(client: Http, url: str) -> None:
    with pytest.raises(PermanentError):
        await client.request("POST", url)


async def test_a_token_in_the_address_is_not_told(
    client: Http, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async with serving(always(b"")) as url:
        with pytest.raises(UnknownOutcomeError) as failure:
            await client.request("POST", f"{url}/bot123:SECRET/send?access_token=SECRET")
    async with serving(always(answer(b""))) as url:
        await client.request("POST", f"{url}/bot123:SECRET/send?access_token=SECRET")

    assert "SECRET" not in caplog.text + str(failure.value)


@pytest.mark.parametrize(
    ("status", "method", "fate"),
    [
        (400, "POST", PermanentError),
        (404, "GET", PermanentError),
        (429, "POST", RetryableError),
        (500, "POST", RetryableError),
        (502, "POST", UnknownOutcomeError),
        (502, "GET", RetryableError),
        (503, "POST", RetryableError),
        (504, "POST", UnknownOutcomeError),
    ],
)
def test_a_bare_status_has_a_fate(status: int, method: str, fate: type[DeliveryError]) -> None:
    error = by_status(httpx.Response(status, request=httpx.Request(method, "https://a.example")))

    assert type(error) is fate
    assert error.code == str(status)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        (
            {
                "Retry-After": "Sat, 22 Nov 2025 07:00:30 GMT",
                "Date": "Sat, 22 Nov 2025 07:00:00 GMT",
            },
            30.0,
        ),
        ({"Retry-After": "Sat, 22 Nov 2025 07:00:30 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx.Response(429, headers=headers)) == seconds


async def test_a_file_comes_with_its_name_and_kind(client: Http) -> None:
    said = answer(b"\xff\xd8picture", "Content-Type: image/JPEG; charset=binary")

    async with serving(always(said)) as url:
        file = await client.download(f"{url}/v/%E1%BA%A3nh.jpg?oh=1", url)

    assert file == File(b"\xff\xd8picture", "ảnh.jpg", "image/jpeg")


async def test_a_file_over_the_limit_is_refused(
    client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST", 1000)

    async with serving(always(answer(b"x" * 1000))) as url:
        assert len((await client.download(url, url)).data) == 1000
    # Without a length told before, as a server may who wants to fill our disk.
    async with serving(always(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001)) as url:
        with pytest.raises(PermanentError):
            await client.download(url, url)


async def test_a_file_that_drips_is_given_up(client: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "DOWNLOAD_SECONDS", 0.05)
    over = asyncio.Event()

    async def slow(head: bytes) -> bytes:
        await over.wait()
        return b""

    async with serving(slow) as url:
        with pytest.raises(RetryableError):
            await client.download(url, url)
        over.set()


async def test_three_redirects_are_followed_and_no_fourth(client: Http) -> None:
    async def step(head: bytes) -> bytes:
        number = int(head.split()[1].lstrip(b"/"))
        return redirect(f"/{number - 1}") if number else answer(b"here")

    async with serving(step) as url:
        assert (await client.download(f"{url}/3", url)).data == b"here"
        with pytest.raises(PermanentError):
            await client.download(f"{url}/4", url)


@pytest.mark.parametrize(
    ("status", "fate"), [("404 Not Found", PermanentError), ("502 Bad Gateway", RetryableError)]
)
async def test_a_file_that_is_not_given(
    client: Http, status: str, fate: type[DeliveryError]
) -> None:
    async with serving(always(answer(b"", status=status))) as url:
        with pytest.raises(fate):
            await client.download(url, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[64:ff9b::7f00:1]/x",
        "https://[2002:7f00:1::]/x",
        "https://0.0.0.0/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://10.0.0.5/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00::1]/x",
        "https://100.64.0.1/x",
        "https://224.0.0.1/x",
        "http://93.184.216.34/x",
        "file:///etc/passwd",
        "/files/key",
        "https://",
        "geo:10.76,106.65",
        "",
    ],
)
async def test_an_address_within_is_refused(client: Http, url: str) -> None:
    with pytest.raises(PermanentError):
        await client.download(url, "https://graph.platform.example")


async def test_one_private_address_of_a_name_is_enough(
    client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(host: str, port: int) -> list[object]:
        return [ip_address("93.184.216.34"), ip_address("10.0.0.5")]

    monkeypatch.setattr(http, "_addresses", resolve)

    with pytest.raises(PermanentError):
        await client.download("https://rebound.example/x", "https://graph.platform.example")


async def test_a_redirect_inwards_is_refused(client: Http) -> None:
    async def secret(head: bytes) -> bytes:
        raise AssertionError("this server must not be asked")

    async with serving(secret) as inner, serving(always(redirect(f"{inner}/secret"))) as url:
        with pytest.raises(PermanentError):
            await client.download(url, url)


async def test_the_connection_goes_to_the_address_that_was_checked(
    client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the name stands for a moment later; the certificate is still the name's."""
    asked: list[httpx.Request] = []

    async def resolve(host: str, port: int) -> list[object]:
        return [ip_address("2606:2800:220:1::1"), ip_address("93.184.216.34")]

    async def send(request: httpx.Request, **more: object) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=b"x", request=request)

    monkeypatch.setattr(http, "_addresses", resolve)
    monkeypatch.setattr(client._client, "send", send)

    await client.download("https://cdn.example/v/a.jpg", "https://graph.platform.example")

    (request,) = asked
    assert request.url == "https://93.184.216.34/v/a.jpg"
    assert request.headers["Host"] == "cdn.example"
    assert request.extensions["sni_hostname"] == "cdn.example"
