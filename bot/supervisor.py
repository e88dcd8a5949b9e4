"""Keeps the processes of one machine alive: `carebot up` and `carebot demo`.

A child that dies is started again, at growing distance. Its lines go into one log. When the
supervisor itself is killed, its children notice that their standard input has closed, and stop.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SUPERVISED = "CAREBOT_SUPERVISED"
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before a restart
STABLE_SECONDS = 60.0  # after which a death counts as the first again
STOP_SECONDS = 15.0


@dataclass(frozen=True)
class Child:
    name: str
    command: Sequence[str]
    env: Mapping[str, str]


def stopped_by_signals() -> Supervisor:
    """One that stops when this process is told to. Wants a running event loop."""
    supervisor = Supervisor()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, supervisor.stop)
    return supervisor


def own(role: str, *arguments: str) -> Sequence[str]:
    """The command line of one of Carebot's own roles."""
    return (sys.executable, "-m", "bot", role, *arguments)


class Supervisor:
    """Starts children and keeps them running until `stop`."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()
        self._keepers: list[asyncio.Task[None]] = []
        self.pids: dict[str, int] = {}

    def start(self, child: Child) -> None:
        self._keepers.append(asyncio.create_task(self._keep(child)))

    def say(self, name: str, line: str) -> None:
        if os.environ.get("LOG_FORMAT") != "json":
            line = f"{name:<8} │ {line}"
        elif not line.startswith("{"):  # our own, or of whoever knows no LOG_FORMAT
            line = json.dumps({"event": line, "logger": name}, ensure_ascii=False)
        # A log that nobody reads any more must not stop the children.
        with contextlib.suppress(OSError, UnicodeError, ValueError):
            print(line, flush=True)

    def stop(self) -> None:
        self._stopping.set()

    async def wait(self) -> None:
        """Until `stop`, and then until every child has ended."""
        await self._stopping.wait()
        await asyncio.gather(*self._keepers, return_exceptions=True)

    @property
    def stopping(self) -> asyncio.Event:
        return self._stopping

    async def _keep(self, child: Child) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._run(child)
            if self._stopping.is_set():
                return
            if time.monotonic() - began > STABLE_SECONDS:
                wait = FIRST_WAIT
            self.say(child.name, f"ended with {code}; starting again in {wait:g} s")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _run(self, child: Child) -> int:
        process = await asyncio.create_subprocess_exec(
            *child.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **child.env, SUPERVISED: "1", "PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops them
        )
        self.pids[child.name] = process.pid
        relay = asyncio.create_task(self._relay(child.name, process))
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ended.done():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(ended), STOP_SECONDS)
            if not ended.done():
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        code = await ended
        # What the child started may still hold its output open.
        await asyncio.wait({relay}, timeout=1)
        relay.cancel()
        return code

    async def _relay(self, name: str, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # a line longer than the buffer: its rest follows as a line
                continue
            if not line:
                return
            self.say(name, line.decode(errors="replace").rstrip())


def stop_with_supervisor() -> None:
    """In a child: end as if told to, once the supervisor is gone."""
    if os.environ.get(SUPERVISED) != "1":
        return

    def watch() -> None:
        # Not sys.stdin: its lock, held by this thread, would break the interpreter's shutdown.
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="supervisor watch").start()
