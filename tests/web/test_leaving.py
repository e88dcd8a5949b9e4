"""A web process that is told to stop: it says so first, serves on, then sends everybody away."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest
import websockets
from doubles import free_port
from servers import SECRET, SHOP

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def url(database_url: str):  # type: ignore[no-untyped-def]
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        **os.environ,
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET,
        "PORT": str(port),
        "PUBLIC_URL": url,
        "WIDGET_ORIGINS": SHOP,
        "DRAIN_SECONDS": "2",
    }
    command = (sys.executable, "-m", "bot", "web")
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env)
    async with httpx.AsyncClient(base_url=url) as http:
        while True:
            try:
                if (await http.get("/health/ready")).is_success:
                    break
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
        yield http, process
    if process.returncode is None:
        process.kill()
        await process.wait()


async def test_a_web_process_that_is_to_stop_is_not_ready_and_serves_on(
    url: tuple[httpx.AsyncClient, asyncio.subprocess.Process],
) -> None:
    http, process = url
    token = (await http.post("/widget/session", json={})).json()["token"]
    socket = await websockets.connect(  # type: ignore[attr-defined]
        str(http.base_url).replace("http", "ws") + "/widget/ws", origin=SHOP
    )
    await socket.send(json.dumps({"type": "hello", "token": token, "after": None}))
    await socket.recv()

    process.terminate()
    while (await http.get("/health/ready")).status_code == 200:
        await asyncio.sleep(0.01)
    taken = await http.post(
        "/widget/messages",
        json={"client_id": "a" * 16, "text": "alo"},
        headers={"Authorization": f"Bearer {token}"},
    )

    assert taken.status_code == 200, "whoever still comes is served"
    with pytest.raises(websockets.ConnectionClosed) as closed:  # type: ignore[attr-defined]
        while True:
            await asyncio.wait_for(socket.recv(), 20)
    assert closed.value.code == 1012, "the widget comes back elsewhere"
    # uvicorn ends by the signal that it was sent, once it is done.
    assert await asyncio.wait_for(process.wait(), 20) in (0, -signal.SIGTERM)
