"""A Slack that we did not write (npm emulate), behind a wire that may break."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from doubles import free_port
from foreign import require

HERE = Path(__file__).parent / "foreign" / "slack"
BOT = "xoxb-carebot"


@contextlib.contextmanager
def emulated() -> Iterator[str]:
    """A Slack on a free port of its own; its address."""
    require(HERE)
    port = free_port()
    command = ["node", "--require", "./loopback.cjs", "node_modules/emulate/dist/index.js", "start"]
    process = subprocess.Popen(
        [*command, "--service", "slack", "--port", str(port), "--seed", "seed.yaml"],
        cwd=HERE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=10) as client:
            client.get(url)
        yield url
    finally:
        process.kill()
        process.wait()


@dataclass
class Wire:
    """Between Carebot and Slack: it remembers what was asked, and breaks on demand."""

    slack: str  # address of the Slack behind it
    url: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    lose: dict[str, int] = field(default_factory=dict)  # answers to a method that get lost
    busy: dict[str, int] = field(default_factory=dict)  # times that a method answers 429

    def of(self, method: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name == method]

    @contextlib.asynccontextmanager
    async def up(self) -> AsyncIterator[Wire]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/"
        try:
            yield self
        finally:
            server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        verb, path, _ = head[0].split(" ")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method = path.rpartition("/")[2]
        is_json = headers.get("content-type", "").startswith("application/json")
        self.calls.append((method, json.loads(body) if is_json else {}))
        if _take(self.busy, method):
            answer = httpx.Response(
                429, headers={"retry-after": "0"}, json={"ok": False, "error": "ratelimited"}
            )
        else:
            kept = {name: headers[name] for name in ("authorization", "content-type")}
            async with httpx.AsyncClient() as client:
                answer = await client.request(verb, self.slack + path, headers=kept, content=body)
        if not _take(self.lose, method):
            lines = [
                f"HTTP/1.1 {answer.status_code} -",
                f"content-type: {answer.headers['content-type']}",
                f"content-length: {len(answer.content)}",
                f"retry-after: {answer.headers.get('retry-after', '')}",
                "connection: close",
            ]
            writer.write("\r\n".join([*lines, "", ""]).encode() + answer.content)
            await writer.drain()
        writer.close()


def _take(times: dict[str, int], method: str) -> bool:
    left = times.get(method, 0)
    times[method] = left - 1
    return left > 0


async def call(slack: str, method: str, token: str = BOT, **arguments: Any) -> dict[str, Any]:
    """A call past the wire: as the shop's people in their Slack, or to look what is there."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{slack}/api/{method}",
            json=arguments,
            headers={"Authorization": f"Bearer {token}"},
        )
    said: dict[str, Any] = answer.json()
    assert said["ok"], (method, said)
    return said
