"""HTTP as connectors use it: what a failure on the way means for a send, and files fetched from
addresses that strangers may have written."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import unquote

import httpx

from connectors.base import (
    DeliveryError,
    File,
    PermanentError,
    RetryableError,
    UnknownOutcomeError,
)

# It logs every address at INFO, and platforms put their tokens into addresses.
logging.getLogger("httpx").setLevel(logging.WARNING)

TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
LARGEST: Final = 25 * 1024 * 1024  # bytes of a file
DOWNLOAD_SECONDS: Final = 60.0
REDIRECTS: Final = 3
# Servers close idle connections from five seconds on (uvicorn, Node): what is sent just then may
# have arrived or not.
IDLE_SECONDS: Final = 4.0
# httpcore 1.0.9 loses a connection for good when its request gives up waiting as it gets it, so
# none waits: whoever sends limits how much is sent at once.
LIMITS: Final = httpx.Limits(
    max_connections=None, max_keepalive_connections=20, keepalive_expiry=IDLE_SECONDS
)

_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Http:
    """One connector's connections. Proxies of the environment are not used: a download goes to
    the very address that was found to be public."""

    def __init__(self, timeout: httpx.Timeout = TIMEOUT) -> None:
        self._timeout = timeout
        self._made: httpx.AsyncClient | None = None

    @property
    def _client(self) -> httpx.AsyncClient:
        # Made on first use: it belongs to the loop that runs then.
        if self._made is None:
            self._made = httpx.AsyncClient(timeout=self._timeout, limits=LIMITS, trust_env=False)
        return self._made

    async def request(self, method: str, url: str, **more: Any) -> httpx.Response:
        """Any answer of the server, whatever its status; `more` as httpx takes it.

        Raises RetryableError when the server certainly did nothing (or was only asked: GET), and
        UnknownOutcomeError when the request may have arrived.
        """
        try:
            return await self._client.request(method, url, **more)
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise _lost(error, method) from error

    async def download(self, url: str, api: str) -> File:
        """The file at an https address on the public internet, or anywhere on the server of
        `api`, which is the platform's address in our own settings.

        Raises PermanentError when the address or the size is refused or the file is gone, and
        RetryableError.
        """
        try:
            return await asyncio.wait_for(self._download(url, httpx.URL(api)), DOWNLOAD_SECONDS)
        except asyncio.TimeoutError as error:
            raise RetryableError("the file does not come in time") from error
        except httpx.InvalidURL as error:
            raise PermanentError("the file's address is not one") from error
        except httpx.RequestError as error:
            raise _lost(error, "GET") from error

    async def _download(self, url: str, api: httpx.URL) -> File:
        place = httpx.URL(url)
        for _ in range(REDIRECTS + 1):
            async with self._get(place, api) as answer:
                if "location" in answer.headers and answer.is_redirect:
                    place = place.join(answer.headers["location"])
                    continue
                if answer.status_code != 200:
                    raise by_status(answer)
                data = bytearray()
                async for piece in answer.aiter_bytes():
                    data += piece
                    if len(data) > LARGEST:
                        raise PermanentError("the file is too large")
                mime = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
                return File(bytes(data), unquote(place.path).rpartition("/")[2], mime)
        raise PermanentError("the file's address leads on and on")

    @contextlib.asynccontextmanager
    async def _get(self, url: httpx.URL, api: httpx.URL) -> AsyncIterator[httpx.Response]:
        headers, extensions = {"Accept-Encoding": "identity"}, {}
        if _origin(url) != _origin(api):
            if url.scheme != "https" or not url.host:
                raise PermanentError("the file's address is not https")
            address = await _public_address(url)
            # The name may stand for another address by the time of connecting: go to this one.
            headers["Host"], extensions["sni_hostname"] = url.netloc.decode(), url.host
            url = url.copy_with(host=str(address))
        request = self._client.build_request("GET", url, headers=headers, extensions=extensions)
        answer = await self._client.send(request, stream=True)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def close(self) -> None:
        """Give back connections."""
        if self._made is not None:
            await self._made.aclose()
            self._made = None


def by_status(answer: httpx.Response) -> DeliveryError:
    """What an answer means that says nothing but its status: a gateway that lost its server
    cannot tell whether a send was done."""
    code, asked = str(answer.status_code), answer.request.method == "GET"
    reason = f"HTTP {code}"
    if answer.status_code == 429:
        return RetryableError(reason, retry_after(answer), code)
    if answer.status_code in (502, 504) and not asked:
        return UnknownOutcomeError(reason, code)
    if answer.is_server_error:
        return RetryableError(reason, retry_after(answer), code)
    return PermanentError(reason, code)


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds by the Retry-After header, given as seconds or as a date (RFC 9110)."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    with contextlib.suppress(ValueError, TypeError, KeyError):
        until, now = parsedate_to_datetime(value), parsedate_to_datetime(answer.headers["date"])
        return max(0.0, (until - now).total_seconds())
    return None


def _lost(error: Exception, method: str) -> DeliveryError:
    reason = type(error).__name__  # the message may hold the address, and that a token
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return PermanentError(reason)
    if isinstance(error, _NOT_SENT) or method == "GET":
        # A server that is not there is there for nobody: no message's tries are used up on it.
        away = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        return RetryableError(reason, everybody=away)
    return UnknownOutcomeError(reason)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


async def _public_address(url: httpx.URL) -> IPv4Address | IPv6Address:
    """One address of the host, IPv4 rather than IPv6. Raises PermanentError when any of its
    addresses is not for everybody: private, loopback, link-local, reserved."""
    addresses = await _addresses(url.host, url.port or 443)
    if not all(_is_public(address) for address in addresses):
        raise PermanentError("the file's address is not a public one")
    return min(addresses, key=lambda address: address.version)


async def _addresses(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RetryableError("the file's host is not known") from error
    return [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        # Addresses that carry an IPv4 address within: 6to4, Teredo, NAT64.
        inner = address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return _is_public(inner)
    return address.is_global and not address.is_multicast
