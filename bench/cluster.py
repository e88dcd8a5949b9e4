"""A PostgreSQL of one's own: started, killed as by a power cut of its process, started again."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

START_SECONDS: Final = 60.0
PORTS: Final = range(20_000, 30_000)  # below those that connections of others are given


def free_port() -> int:
    """One that stays free while its server is away."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Cluster:
    """Lies in a new folder under `place`; listens on loopback, and on a socket beside its data."""

    def __init__(self, place: Path) -> None:
        found = shutil.which("initdb")
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not found and not binaries:
            raise SystemExit("PostgreSQL is missing: apt-get install postgresql")
        self._programs = Path(found).parent if found else binaries[-1]
        self._place = place / "postgresql"
        self._place.mkdir()
        # PostgreSQL refuses to run as root.
        self._as_user = ["runuser", "-u", "nobody", "--"] if os.getuid() == 0 else []
        if self._as_user:
            place.chmod(0o755)
            shutil.chown(self._place, "nobody")
        self._port = free_port()
        self.url = f"postgresql+asyncpg://carebot@127.0.0.1:{self._port}/postgres"
        self._run("initdb", "-D", self._data, "-U", "carebot", "-A", "trust", "-E", "UTF8")

    @property
    def _data(self) -> str:
        return str(self._place / "data")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self._place)

    def start(self) -> None:
        """Returns when it takes connections, whatever it has to recover before."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -k {self._place}"
        log = str(self._place / "log")
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", log, "start")
                return
            except subprocess.CalledProcessError:
                # The sessions of one that was killed are still ending, and hold its memory.
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def kill(self) -> None:
        """kill -9: nothing is written any more, every connection breaks."""
        pid = (self._place / "data" / "postmaster.pid").read_text().split("\n", 1)[0]
        os.kill(int(pid), signal.SIGKILL)

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
