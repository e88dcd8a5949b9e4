"""A worker whose assistant kills its process at certain words, begun again whenever it dies.

python fragile_worker.py DATABASE_URL
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from doubles import ScriptedDialogue
from servers import settings

from bot import clock, doorbell
from bot.answer import Question
from bot.models import Turn
from bot.storage import inbox
from bot.storage.db import Database
from bot.worker import Worker

THINKS = 0.2  # seconds: who is asked beside a deadly word is not answered before it


class Fragile(ScriptedDialogue):
    async def ask(self, question: Question) -> Turn:
        if question.text == "thoát":
            os._exit(1)
        if question.text == "sập":
            os.kill(os.getpid(), signal.SIGSEGV)
        await asyncio.sleep(THINKS)
        return await super().ask(question)


async def work(url: str) -> None:
    db, bell = Database(url), doorbell.for_database(url)
    worker = Worker(db, bell, {}, lambda data, name: Fragile(), clock.now, settings(url))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()
    await db.close()


def main() -> None:
    inbox.LEASE = timedelta(seconds=1)
    child, stopping = 0, False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        os.kill(child, signal.SIGTERM)

    while not stopping:
        child = os.fork()
        if not child:
            asyncio.run(work(sys.argv[1]))
            os._exit(0)
        signal.signal(signal.SIGTERM, stop)
        print("died" if os.waitpid(child, 0)[1] else "ended", flush=True)


main()
