"""`carebot`: every command of Carebot."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

from bot import authored, clock, training
from bot.config import ConfigError, Settings, port_from, project_dir_from
from bot.models import Role
from bot.storage import releases, users
from bot.storage.db import Database, DatabaseUnavailable
from bot.storage.migrate import migrate, revisions
from bot.supervisor import SUPERVISED, Child, own, stop_with_supervisor, stopped_by_signals

log = logging.getLogger(__name__)

CHANNELS = ("messenger", "zalo", "zalo-bot", "telegram", "slack")


def main() -> None:
    """Read the command line and obey. Ends with 2 for settings that cannot be, 1 for a failure."""
    arguments = _parser().parse_args()
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        sys.exit(arguments.run(arguments))
    except ConfigError as error:
        print(f"carebot: {error}", file=sys.stderr)
        sys.exit(2)
    except DatabaseUnavailable as error:
        print(
            f"carebot: the database cannot be used ({error}). Look at DATABASE_URL; a new database "
            "wants: carebot migrate",
            file=sys.stderr,
        )
        sys.exit(1)
    except (training.TrainingFailed, OSError, UnicodeError, EOFError) as error:
        print(f"carebot: {error or type(error).__name__}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="carebot", description=__doc__)
    parser.add_argument("--version", action="version", version=version("carebot"))
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], what: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(run=run)
        return made

    command("demo", _demo, "everything on this machine, with the demo shop and pretend phones")
    command("simulate", _simulate, "pretend phones: Messenger, Zalo OA, Zalo Bot, Telegram")
    up = command("up", _up, "web server and workers of this machine, kept alive")
    up.add_argument("--workers", type=int, default=1, help="one a core pays; 0.6 GB each")
    command("web", _web, "the web server: widget, console")
    command("worker", _worker, "a worker: answers and deliveries")
    command("train", _train, "train a model on config.yml, domain.yml and data/")
    command("test", _test, "train and hold the model against every bar; its card is in models/")
    command("content", _content, "training lines in each other's way, answers hard to read")
    publish = command("publish", _publish, "put a trained model to use")
    publish.add_argument("model", nargs="?", help="its name; the newest when left out")
    command("rollback", _rollback, "put the model that was in use before back to use")
    command("check", _check, "look at settings, database, model and channels")
    migrating = command("migrate", _migrate, "bring the database to this version")
    migrating.add_argument("revision", nargs="?", default="head")
    channel = commands.add_parser("channel", help="messaging platforms").add_subparsers(
        required=True, metavar="action"
    )
    for name, run, what, choices in (
        ("add", _channel_add, "set a platform up", CHANNELS),
        ("login", _channel_login, "let our app into the Zalo account again", ("zalo",)),
    ):
        acting = channel.add_parser(name, help=what, description=what)
        acting.set_defaults(run=run)
        acting.add_argument("channel", choices=choices, type=lambda name: name.replace("_", "-"))
        acting.add_argument("--language", choices=("vi", "en"), default="vi")
    user = commands.add_parser("user", help="people of the console").add_subparsers(
        required=True, metavar="action"
    )
    adding = user.add_parser("add", help="add somebody, or set their password and role anew")
    adding.set_defaults(run=_user_add)
    adding.add_argument("username")
    adding.add_argument("--name", help="as customers read it; the username when left out")
    adding.add_argument("--role", choices=[role.value for role in Role], default="agent")
    adding.add_argument("--password-file", help="where the password is; asked for when left out")
    adding.add_argument(
        "--slack-id", default="", help="who they are in Slack: U0123ABC, in their profile there"
    )
    return parser


def _settings() -> Settings:
    return Settings.from_env(os.environ)


def _with_database(settings: Settings, work: Callable[[Database], Awaitable[int]]) -> int:
    async def run() -> int:
        db = Database(settings.database_url)
        try:
            return await work(db)
        finally:
            await db.close()

    return asyncio.run(run())


# Trying it


def _demo(arguments: argparse.Namespace) -> int:
    from bot import demo

    demo.run()
    return 0


def _simulate(arguments: argparse.Namespace) -> int:
    from bot.simulators import phones

    port = port_from(os.environ, "SIMULATOR_PORT", phones.PORT)
    carebot = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8080").rstrip("/")
    stop_with_supervisor()
    if SUPERVISED not in os.environ:
        print(phones.invitation(port, carebot), flush=True)
    phones.serve(port, carebot, clock.now, os.environ.get("BUSINESS_NAME") or phones.BUSINESS)
    return 0


# The roles


def _web(arguments: argparse.Namespace) -> int:
    from bot import app

    settings = _settings()
    stop_with_supervisor()
    app.serve_web(settings)
    return 0


def _worker(arguments: argparse.Namespace) -> int:
    from bot import app

    settings = _settings()
    stop_with_supervisor()
    app.serve_worker(settings)
    return 0


def _up(arguments: argparse.Namespace) -> int:
    settings = _settings()

    async def run() -> int:
        await migrate(settings.database_url)
        supervisor = stopped_by_signals()
        supervisor.start(Child("web", own("web"), {}))
        for n in range(arguments.workers):
            name = "worker" if arguments.workers == 1 else f"worker {n + 1}"
            supervisor.start(Child(name, own("worker"), {}))
        await supervisor.wait()
        return 0

    return asyncio.run(run())


# Models


def _train(arguments: argparse.Namespace) -> int:
    settings = _settings()

    async def work(db: Database) -> int:
        async with db.read() as tx:
            await releases.newest(tx)  # before minutes of training: is there a place to keep it
        model = await training.train(db, settings.project_dir, clock.now(), print)
        print(f"trained {model.name}; put it to use with: carebot publish {model.name}")
        return 0

    return _with_database(settings, work)


def _test(arguments: argparse.Namespace) -> int:
    from bot.quality import check  # brings Rasa

    return 0 if check.run(project_dir_from(os.environ), clock.now(), print) else 1


def _content(arguments: argparse.Namespace) -> int:
    from bot.quality import conflicts, content

    project = project_dir_from(os.environ)
    try:
        found = content.find(project, conflicts.lines(project / "data" / "nlu"), clock.now())
    except ValueError as error:
        print(f"carebot: {error}", file=sys.stderr)
        return 1
    print("\n".join(found) or "nothing to mend")
    for old in content.unreviewed(project, clock.now()):
        print(f"not looked at for {content.REVIEW.days} days: {old}")
    return 1 if found else 0


def _publish(arguments: argparse.Namespace) -> int:
    settings = _settings()

    async def work(db: Database) -> int:
        async with db.read() as tx:
            if arguments.model:
                model = await releases.named(tx, arguments.model)
            else:
                model = await releases.newest(tx)
        if model is None:
            print("carebot: there is no such model; train one with: carebot train", file=sys.stderr)
            return 1
        await training.put_to_use(db, settings.database_url, model, getpass.getuser(), clock.now())
        print(f"{model.name} is published; workers take it within seconds")
        return 0

    return _with_database(settings, work)


def _rollback(arguments: argparse.Namespace) -> int:
    settings = _settings()

    async def work(db: Database) -> int:
        async with db.read() as tx:
            before = await releases.before(tx)
        if before is None:
            print("carebot: there is no earlier model to go back to", file=sys.stderr)
            return 1
        await training.put_to_use(db, settings.database_url, before, getpass.getuser(), clock.now())
        print(f"back to {before.name}; workers take it within seconds")
        return 0

    return _with_database(settings, work)


# Channels


def _channel_add(arguments: argparse.Namespace) -> int:
    from bot import channel_setup

    settings, name = _settings(), arguments.channel.replace("-", "_")
    return _with_database(
        settings,
        lambda db: _done(channel_setup.add(settings, db, name, arguments.language, _ask, print)),
    )


def _channel_login(arguments: argparse.Namespace) -> int:
    from bot import channel_setup

    settings = _settings()
    return _with_database(
        settings,
        lambda db: _done(channel_setup.login(settings, db, arguments.language, _ask, print)),
    )


def _ask(question: str, secret: bool) -> str:
    return (getpass.getpass if secret else input)(question).strip()


async def _done(work: Awaitable[bool]) -> int:
    return 0 if await work else 1


# Looking after it


def _migrate(arguments: argparse.Namespace) -> int:
    settings = _settings()
    asyncio.run(migrate(settings.database_url, arguments.revision))
    print("the database is up to date")
    return 0


def _user_add(arguments: argparse.Namespace) -> int:
    from bot.console.login import hash_password

    settings = _settings()
    if arguments.password_file:
        password = Path(arguments.password_file).read_text(encoding="utf-8").strip()
    else:
        password = getpass.getpass("password: ")
    if not arguments.username.strip():
        print("carebot: a username has at least one letter", file=sys.stderr)
        return 1
    if len(password) < 8:
        print("carebot: a password has 8 characters or more", file=sys.stderr)
        return 1

    async def work(db: Database) -> int:
        async with db.begin() as tx:
            user_id = await users.let_in(
                tx,
                arguments.username,
                arguments.name or arguments.username,
                Role(arguments.role),
                hash_password(password),
                clock.now(),
            )
            if slack_id := arguments.slack_id.strip().upper():
                await users.set_slack_id(tx, user_id, slack_id)
        print(f"{arguments.username} may log in as {arguments.role}")
        return 0

    return _with_database(settings, work)


def _check(arguments: argparse.Namespace) -> int:
    """One line each, with the way out; ends with 1 when something is wrong."""
    try:
        settings = _settings()
    except ConfigError as error:
        print(f"✗ settings   {error}")
        return 1
    print(f"✓ settings   {settings.public_url}, {settings.business}")

    async def work(db: Database) -> int:
        bad = 0

        def line(good: bool, name: str, text: str) -> None:
            nonlocal bad
            bad += not good
            print(f"{'✓' if good else '✗'} {name:<10} {text}")

        kind = "SQLite" if db.is_sqlite else "PostgreSQL"
        try:
            present, due = await revisions(settings.database_url)
        except Exception as error:  # whatever the driver raises, the way out is the same
            line(False, "database", f"{kind} does not open ({error}); look at DATABASE_URL")
            return 1
        line(
            present == due,
            "database",
            f"{kind}, schema {present or 'missing'}"
            + ("" if present == due else f", due {due}: run carebot migrate"),
        )
        line(True, "rasa", f"{version('rasa')}")
        if present != due:
            return 1
        async with db.read() as tx:
            current = await releases.current(tx)
            alive = await releases.bot_ready(tx, clock.now() - releases.ALIVE)
            people = await users.count(tx)
            written = await authored.read(tx)
        content = training.fingerprint(settings.project_dir, written)
        if current is None:
            line(False, "model", "none in use: run carebot train, then carebot publish")
        elif current.fingerprint != content:
            line(True, "model", f"{current.name}; the content has changed since: carebot train")
        else:
            line(True, "model", f"{current.name}, of the present content")
        line(alive, "worker", "answers" if alive else "none is ready: run carebot worker")
        line(people > 0, "users", f"{people}" if people else "none: run carebot user add")
        from bot import channel_setup

        for good, name, text in await channel_setup.standing(settings, db):
            line(good, name, text)
        origins = ", ".join(sorted(settings.widget_origins))
        line(True, "web", f"widget for pages of {origins} (WIDGET_ORIGINS)")
        return int(bad > 0)

    return _with_database(settings, work)
