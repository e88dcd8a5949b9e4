"""`carebot demo`: everything on this machine, with the demo shop and four pretend phones."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import sys
import time
from collections.abc import MutableMapping
from pathlib import Path

from bot import authored, clock, desk_rules, training
from bot.config import ConfigError, Settings, port_from
from bot.console.login import hash_password
from bot.models import Role
from bot.simulators import accounts
from bot.storage import agents, releases, rules, users
from bot.storage.db import Database
from bot.storage.migrate import migrate
from bot.supervisor import Child, Supervisor, own, stopped_by_signals
from bot.vault import DatabaseVault

PORTS = {"PORT": 8080, "SHOP_PORT": 8090, "SIMULATOR_PORT": 8095}
USERS = (
    ("lan", "Lan", Role.AGENT, ("cskh", "ban_hang")),
    ("hung", "Hùng", Role.AGENT, ("ky_thuat", "giao_nhan", "ke_toan")),
    ("mai", "Mai", Role.SUPERVISOR, ("quan_ly", "cskh")),
    ("nhi", "Nhi", Role.EDITOR, ()),
    ("quan-tri", "Quản trị", Role.ADMIN, ()),
)


def run() -> None:
    """Start everything, and keep it running until told to stop. Raises ConfigError."""
    ports = {name: port_from(os.environ, name, usual) for name, usual in PORTS.items()}
    for name, port in ports.items():
        os.environ[name] = str(port)
        _require_free(name, port)
    secret, password = _secrets(Path("var"))
    os.environ.setdefault("SECRET_KEY", secret)
    os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{ports['PORT']}")
    shop = f"http://127.0.0.1:{ports['SHOP_PORT']}"
    os.environ.setdefault("SHOP_API_URL", shop)
    os.environ.setdefault("CRM_URL", f"{shop}/api/crm/customer")
    os.environ.setdefault("CRM_TOKEN", secrets.token_hex(16))
    os.environ.setdefault("RECORDS_SECRET", secrets.token_hex(32))
    os.environ.setdefault("WIDGET_ORIGINS", f"{shop},http://localhost:{ports['SHOP_PORT']}")
    phones = f"http://127.0.0.1:{ports['SIMULATOR_PORT']}"
    pretended = connect(os.environ, phones)
    asyncio.run(_run(Settings.from_env(os.environ), shop, phones, pretended, password))


def connect(env: MutableMapping[str, str], phones: str) -> set[str]:
    """Connects every platform of which nothing is set to its pretend twin; answers which."""
    pretended = set()
    for platform, settings in accounts.environment(phones).items():
        own = [name for name in settings if not name.endswith("_URL")]
        if not any(env.get(name) or env.get(f"{name}_FILE") for name in own):
            env.update(settings)
            pretended.add(platform)
    return pretended


async def _run(
    settings: Settings, shop: str, phones: str, pretended: set[str], password: str
) -> None:
    await migrate(settings.database_url)
    supervisor = stopped_by_signals()
    db = Database(settings.database_url)
    try:
        hashed = hash_password(password)
        async with db.begin() as tx:
            for username, name, role, teams in USERS:
                known = await users.by_username(tx, username)
                user_id = await users.let_in(tx, username, name, role, hashed, clock.now())
                if known is None:
                    await agents.place(tx, user_id, teams, {}, None)
            if (await rules.newest(tx))[0] == 0:
                await rules.save(tx, desk_rules.open_always(), "hours", None, clock.now(), upon=0)
        if "zalo" in pretended:
            # A pretend Zalo that is started anew knows its first tokens only.
            vault = DatabaseVault(db, settings.secret_key, clock.now)
            await vault.keep("zalo", accounts.zalo_tokens(clock.now()))
        supervisor.start(Child("shop", (sys.executable, "-m", "demo"), {}))
        supervisor.start(Child("phones", own("simulate"), {}))
        supervisor.start(Child("web", own("web"), {}))
        supervisor.start(Child("worker", own("worker"), {}))
        _welcome(settings, shop, phones, password)
        await _train_if_needed(db, settings, supervisor)
        await supervisor.wait()
    finally:
        supervisor.stop()
        await supervisor.wait()
        await db.close()


async def _train_if_needed(db: Database, settings: Settings, supervisor: Supervisor) -> None:
    async with db.read() as tx:
        written = await authored.read(tx)
        content = training.fingerprint(settings.project_dir, written)
        model = await releases.trained_on(tx, content)
        current = await releases.current(tx)
    if model is None:
        began = time.monotonic()
        training_task = asyncio.create_task(
            training.train(
                db, settings.project_dir, clock.now(), lambda line: supervisor.say("train", line)
            )
        )
        stopping = asyncio.create_task(supervisor.stopping.wait())
        await asyncio.wait({training_task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not training_task.done():
            training_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await training_task
            return
        model = await training_task
        supervisor.say("train", f"model {model.name} in {time.monotonic() - began:.0f} s")
    if current is None or current.id != model.id:
        await training.put_to_use(db, settings.database_url, model, "demo", clock.now())
    supervisor.say("demo", "the assistant answers as soon as the worker has loaded its model")


def _secrets(folder: Path) -> tuple[str, str]:
    """A signing key and a password for the demo's log-ins, made once and kept."""
    folder.mkdir(exist_ok=True)
    kept = []
    for name, made in (("secret-key", secrets.token_hex(32)), ("demo-password", _password())):
        path = folder / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(made, encoding="utf-8")
        kept.append(path.read_text(encoding="utf-8").strip())
    return kept[0], kept[1]


def _password() -> str:
    return "-".join(
        secrets.choice(["bong", "den", "sen", "lua", "mai", "tre", "song", "nui", "may", "nang"])
        + str(secrets.randbelow(90) + 10)
        for _ in range(3)
    )


def _require_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigError(
                f"{name}: port {port} is taken by another program; choose one with {name}=…"
            ) from error


def _welcome(settings: Settings, shop: str, phones: str, password: str) -> None:
    console = f"{settings.public_url}/console/"
    lines = [
        "",
        f"  Shop page with the widget   {shop}",
        f"  Four pretend phones         {phones}",
        f"  Console                     {console}",
        *(f"    {role.value:<11} {username:<10} {password}" for username, _, role, _ in USERS),
        "  Ctrl-C stops everything.",
        "",
    ]
    print("\n".join(lines), flush=True)
