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
def _install() -> str:
    """Installs what package-lock.json names, once per lock file. Returns why that cannot be."""
    lock, done = (HERE / "package-lock.json").read_bytes(), HERE / "node_modules" / ".installed"
    if not (shutil.which("node") and shutil.which("npm")):
        return "node and npm are not on this machine"
    if not (done.is_file() and done.read_bytes() == lock):
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
        if run.returncode:
            return f"npm ci: {run.stderr[-500:]}"
        done.write_bytes(lock)
    return ""


async def probe(script: str, asked: object) -> Any:
    """What a .js file beside this one writes, given JSON. Without Node the test is skipped; in CI
    it fails."""
    if missing := await asyncio.to_thread(_install):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
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
