"""kill -9, again and again, while customers talk through the real HTTP door. Afterwards every
message is in the transcript once, answered once, in order."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import sys
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import psutil
from doubles import free_port

from bot import clock
from bot.models import Author
from bot.storage import inbox, messages, releases
from bot.storage.db import Database

ROOT = Path(__file__).parent.parent.parent
CUSTOMERS = 6
WORKER_KILLS, WEB_KILLS = 2, 5
# In turns: who asks the same again and again is given to a person.
QUESTIONS = ("phí ship bao nhiêu", "mấy giờ shop mở cửa", "bảo hành mấy tháng", "đổi trả thế nào",
             "địa chỉ shop ở đâu", "số hotline là gì", "thanh toán bằng cách nào")  # fmt: skip


class Carebot:
    """`carebot up` as its user starts it, and a way to kill its parts."""

    def __init__(self, url: str, port: int, folder: Path) -> None:
        self.env = {
            **os.environ,
            "DATABASE_URL": url,
            "SECRET_KEY": "k" * 40,
            "PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PROJECT_DIR": str(ROOT),
            "WIDGET_MESSAGES_PER_MINUTE": "6000",
            "DEBOUNCE_MS": "0",
        }
        self.log = (folder / "carebot.log").open("ab")
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        command = (sys.executable, "-m", "bot", "up")
        self.process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log
        )

    def child(self, role: str) -> psutil.Process | None:
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            try:
                if child.cmdline()[-1:] == [role]:
                    return child
            except psutil.Error:
                continue
        return None

    def kill(self, role: str) -> int | None:
        child = self.child(role)
        if child is None:
            return None
        os.kill(child.pid, signal.SIGKILL)
        return child.pid

    async def kill_supervisor(self) -> list[psutil.Process]:
        assert self.process is not None
        children = psutil.Process(self.process.pid).children()
        self.process.kill()
        await self.process.wait()
        return children

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), 30)
        self.log.close()


async def until(what: Any, seconds: float = 90, step: float = 0.2) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := await what():
            return found
        await asyncio.sleep(step)
    raise AssertionError("it did not come about in time")


async def customer(http: httpx.AsyncClient, stop: asyncio.Event, dice: random.Random) -> list[str]:
    """Talk as a browser does: a message is sent again, with the same id, until it is taken."""
    token, sent, questions = "", [], itertools.cycle(QUESTIONS)
    while not stop.is_set():
        text, client_id = next(questions), str(uuid.uuid4())
        while True:
            try:
                if not token:
                    answer = await http.post("/widget/session", json={})
                    token = answer.json()["token"]
                answer = await http.post(
                    "/widget/messages",
                    json={"client_id": client_id, "text": text},
                    headers={"Authorization": f"Bearer {token}"},
                )
                if answer.status_code == 200:
                    break
            except (httpx.HTTPError, ValueError, KeyError):
                pass
            await asyncio.sleep(0.1)
        sent.append(client_id)
        if dice.random() < 0.2:  # the answer was lost on the way: the browser sends again
            with contextlib.suppress(httpx.HTTPError):
                await http.post(
                    "/widget/messages",
                    json={"client_id": client_id, "text": text},
                    headers={"Authorization": f"Bearer {token}"},
                )
        await asyncio.sleep(dice.uniform(0.05, 0.4))
    return sent


async def test_whatever_is_killed_nothing_is_lost_and_nothing_answered_twice(
    database_url: str, db: Database, model: tuple[str, bytes], tmp_path: Path
) -> None:
    async with db.begin() as tx:
        kept = await releases.store(tx, *model[:1], "", model[1], clock.now())
        await releases.publish(tx, kept.id, "test", clock.now())
    port, dice = free_port(), random.Random(11)
    carebot = Carebot(database_url, port, tmp_path)
    await carebot.start()
    kills: Counter[str] = Counter()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as http:
            stop = asyncio.Event()
            talks = [
                asyncio.create_task(customer(http, stop, random.Random(n)))
                for n in range(CUSTOMERS)
            ]

            async def bot_ready() -> bool:
                try:
                    return bool((await http.get("/health/ready")).json()["bot"])
                except httpx.HTTPError:
                    return False

            await until(bot_ready)
            for n in range(max(WORKER_KILLS, WEB_KILLS)):
                await asyncio.sleep(dice.uniform(0.5, 2.0))
                kills["web"] += carebot.kill("web") is not None
                if n < WORKER_KILLS:
                    await until(bot_ready)
                    await asyncio.sleep(dice.uniform(0.5, 2.0))
                    kills["worker"] += carebot.kill("worker") is not None
            await asyncio.sleep(1)
            children = await carebot.kill_supervisor()
            _, alive = psutil.wait_procs(children, timeout=60)
            assert not alive, "children outlived their supervisor"
            await carebot.start()
            await until(bot_ready)
            await asyncio.sleep(1)
            stop.set()
            sent = await asyncio.gather(*talks)

        async def nobody_waits() -> bool:
            async with db.read() as tx:
                return not await inbox.any_free(tx, clock.now() + 2 * inbox.LEASE)

        await until(nobody_waits)
    finally:
        await carebot.stop()

    assert kills["web"] >= WEB_KILLS - 1 and kills["worker"] == WORKER_KILLS
    assert sum(len(each) for each in sent) > 50
    stored = []
    for conversation_id in range(1, CUSTOMERS + 1):
        async with db.read() as tx:
            found = await messages.of_conversation(tx, conversation_id, limit=100_000)
        inbound = [m for m in found if m.author is Author.CUSTOMER]
        stored.append([(m.external_id or "").rpartition(":")[2] for m in inbound])
        answers = [
            answered
            for m in found
            if m.author is Author.BOT and m.meta.get("action") != "introduction"
            for answered in m.meta["answers"]
        ]
        assert answers == [m.id for m in inbound], "once each, in order"
        assert not [m for m in found if m.author is Author.SYSTEM]
    assert sorted(map(tuple, stored)) == sorted(map(tuple, sent))
    print(f"kills {dict(kills)}, supervisor 1, messages {sum(map(len, sent))}")
