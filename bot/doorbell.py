"""Wake-ups between processes. They only save polling time: every reader also looks by itself, so a
lost ring costs a moment, never a message.

On PostgreSQL a ring is a NOTIFY and reaches every machine. On SQLite all processes share a machine,
and a ring is a datagram to each one's socket in a folder named after the database file. Where there
is a Redis, a ring is a PUBLISH, and the database is spared.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from redis.asyncio import Redis

from bot.shared import AWAY, PATIENCE, Shared

Listener = Callable[[str], None]
CHANNEL = "carebot"
PLACE = Path(tempfile.gettempdir())  # of all processes of this machine, whatever each makes its own
# What asyncpg raises when its server is not there.
BROKEN = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Doorbell(Protocol):
    """Rings every process that listens, this one included."""

    async def open(self, listener: Listener, kinds: Collection[str] = ()) -> None:
        """Call `listener` with the word of every ring from now on. One that names `kinds`, what a
        word begins with, may be spared the others."""

    async def ring(self, word: str) -> None:
        """Wake all listeners. `word` says what for, in under 200 bytes. Never raises."""

    async def close(self) -> None: ...


def for_database(url: str, redis_url: str = "") -> Doorbell:
    """The bell that all processes on this database share."""
    own = SocketDoorbell(url) if url.startswith("sqlite") else PostgresDoorbell(url)
    return RedisDoorbell(redis_url, own) if redis_url else own


class SocketDoorbell:
    """Datagrams on Unix sockets. The folder lies in the temporary directory because a socket's
    path may have 104 bytes only. A socket's name ends in the kinds that it is rung for."""

    def __init__(self, url: str) -> None:
        path = url.split("///", 1)[-1]
        digest = hashlib.sha256(os.path.abspath(path).encode()).hexdigest()[:16]
        self._folder = PLACE / f"carebot-{os.getuid()}-{digest}"
        self._own: Path | None = None
        self._sockets: list[socket.socket] = []

    def _socket(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        made.setblocking(False)
        self._sockets.append(made)
        return made

    async def open(self, listener: Listener, kinds: Collection[str] = ()) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._own = self._folder / ".".join([secrets.token_hex(4), *kinds])
        ear = self._socket()
        ear.bind(str(self._own))

        def heard() -> None:
            with contextlib.suppress(BlockingIOError):
                while True:
                    listener(ear.recv(256).decode(errors="replace"))

        asyncio.get_running_loop().add_reader(ear, heard)

    async def ring(self, word: str) -> None:
        if not self._sockets:
            self._socket()
        try:
            doors = os.listdir(self._folder)
        except FileNotFoundError:
            return
        kind = word.partition(" ")[0]
        for door in doors:
            _, *kinds = door.split(".")
            if kinds and kind not in kinds:
                continue
            try:
                self._sockets[0].sendto(word.encode(), f"{self._folder}/{door}")
            except (ConnectionRefusedError, FileNotFoundError):
                (self._folder / door).unlink(missing_ok=True)  # its process has died
            except OSError:
                continue  # its buffer is full: it will wake anyway

    async def close(self) -> None:
        for each in self._sockets:
            with contextlib.suppress(ValueError, OSError):
                asyncio.get_running_loop().remove_reader(each)
            each.close()
        self._sockets.clear()
        if self._own:
            self._own.unlink(missing_ok=True)


class PostgresDoorbell:
    """LISTEN and NOTIFY on a connection of its own, made again whenever it breaks."""

    RETRY_SECONDS = 1.0
    RING_SECONDS = 2.0  # a server that hangs must not hold up what was stored already

    def __init__(self, url: str) -> None:
        self._dsn = url.replace("postgresql+asyncpg://", "postgresql://")
        self._connection: asyncpg.Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._listener: Listener | None = None
        self._ringing = asyncio.Lock()

    async def open(self, listener: Listener, kinds: Collection[str] = ()) -> None:
        self._listener = listener
        with contextlib.suppress(*BROKEN):
            await self._connect()
        self._keeper = asyncio.create_task(self._keep())

    async def _connect(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=5)
        if self._listener:
            listener = self._listener
            await connection.add_listener(CHANNEL, lambda *call: listener(str(call[3])))
            listener("reconnected")  # what was rung meanwhile is found by looking
        self._connection = connection

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self.RETRY_SECONDS)
            if self._connection is None or self._connection.is_closed():
                with contextlib.suppress(*BROKEN):
                    await self._connect()

    async def ring(self, word: str) -> None:
        with contextlib.suppress(*BROKEN):
            async with self._ringing:
                if self._connection is None:
                    await self._connect()
                assert self._connection is not None
                try:
                    await self._connection.execute(
                        "SELECT pg_notify($1, $2)", CHANNEL, word, timeout=self.RING_SECONDS
                    )
                except asyncio.TimeoutError:
                    self._connection.terminate()
                    raise

    async def close(self) -> None:
        if self._keeper:
            self._keeper.cancel()
        if self._connection:
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                await self._connection.close(timeout=2)


class RedisDoorbell:
    """PUBLISH and SUBSCRIBE; the database's own bell while Redis is away, which is listened to at
    all times: so nobody has to agree on what is there."""

    RETRY_SECONDS = 1.0

    def __init__(self, url: str, own: Doorbell) -> None:
        self._shared = Shared(url)
        self._ears: Any = Redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_keepalive=True
        )
        self._own = own
        self._keeper: asyncio.Task[None] | None = None

    async def open(self, listener: Listener, kinds: Collection[str] = ()) -> None:
        await self._own.open(listener, kinds)
        self._keeper = asyncio.create_task(self._keep(listener))

    async def _keep(self, listener: Listener) -> None:
        while True:
            with contextlib.suppress(*AWAY):
                async with self._ears.pubsub(ignore_subscribe_messages=True) as ears:
                    await ears.subscribe(CHANNEL)
                    listener("reconnected")  # what was rung meanwhile is found by looking
                    async for told in ears.listen():
                        listener(told["data"].decode(errors="replace"))
            await asyncio.sleep(self.RETRY_SECONDS)

    async def ring(self, word: str) -> None:
        if await self._shared.ask(lambda redis: redis.publish(CHANNEL, word)) is None:
            await self._own.ring(word)

    async def close(self) -> None:
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._ears.close()
        await self._shared.close()
        await self._own.close()
