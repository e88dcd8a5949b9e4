"""Programs for Node that we did not write, and the probes that ask them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


@cache
def _install(folder: Path = HERE) -> str:
    """Installs what package-lock.json names, once per lock file. Returns why that cannot be."""
    lock, done = (folder / "package-lock.json").read_bytes(), folder / "node_modules" / ".installed"
    if not (shutil.which("node") and shutil.which("npm")):
        return "node and npm are not on this machine"
    if not (done.is_file() and done.read_bytes() == lock):
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if run.returncode:
            return f"npm ci: {run.stderr[-500:]}"
        done.write_bytes(lock)
    return ""


def require(folder: Path) -> None:
    """Installs a folder's programs. Without Node the test is skipped; in CI it fails."""
    if missing := _install(folder):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)


async def probe(script: str, asked: object) -> Any:
    """What a .js file beside this one writes, given JSON. Without Node the test is skipped; in CI
    it fails."""
    await asyncio.to_thread(require, HERE)
    process = await asyncio.create_subprocess_exec(
        "node",
        str(HERE / script),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaints = await process.communicate(json.dumps(asked).encode())
    assert process.returncode == 0, complaints.decode()
    return json.loads(said)
