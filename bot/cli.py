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

from bot import backup, clock, logs, training
from bot.config import ConfigError, Settings, log_format_from, port_from, project_dir_from
from bot.models import Role
from bot.storage import releases, users
from bot.storage.db import Database, DatabaseUnavailable
from bot.storage.dead_letters import Span
from bot.storage.migrate import migrate
from bot.supervisor import SUPERVISED, Child, own, stop_with_supervisor, stopped_by_signals

log = logging.getLogger(__name__)

MARKS = {"good": "✓", "hint": "!", "bad": "✗"}
CHANNELS = ("messenger", "zalo", "zalo-bot", "telegram", "slack")


def main() -> None:
    """Read the command line and obey. Ends with 2 for settings that cannot be, 1 for a failure."""
    arguments = _parser().parse_args()
    try:
        logs.set_up(log_format_from(os.environ))
        logging.getLogger("alembic").setLevel(logging.WARNING)
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
    except (training.TrainingFailed, backup.Refused, OSError, UnicodeError, EOFError) as error:
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
    up.add_argument("--workers", type=int, default=1, help="one a core pays; 0.4 GB each")
    command("web", _web, "the web server: widget, console")
    command("worker", _worker, "a worker: answers and deliveries")
    command("train", _train, "train a model on config.yml, domain.yml and data/")
    command("test", _test, "train and hold the model against every bar; its card is in models/")
    command("content", _content, "training lines in each other's way, answers hard to read")
    publish = command("publish", _publish, "put a trained model to use")
    publish.add_argument("model", nargs="?", help="its name; the newest when left out")
    command("rollback", _rollback, "put the model that was in use before back to use")
    _in_language(command("doctor", _doctor, "look at everything Carebot needs: what is wrong?"))
    dead = command("dead-letters", _dead_letters, "what was not answered or did not arrive")
    _spanned(dead, "7d")
    retrying = dead.add_subparsers(metavar="action").add_parser(
        "retry", help="put single ones back to work, by their ids"
    )
    retrying.set_defaults(run=_retry)
    retrying.add_argument("ids", metavar="ID", nargs="+", type=_letter)
    _in_language(retrying)
    replaying = command("replay", _replay, "put back to work all of a time")
    _spanned(replaying, None)
    for each in (retrying, replaying):
        each.add_argument(
            "--unknown",
            action="store_true",
            help="also what its platform may have taken: the customer may read it twice",
        )
    migrating = command("migrate", _migrate, "bring the database to this version")
    migrating.add_argument("revision", nargs="?", default="head")
    retaining = command("retention", _retention, "delete what was kept long enough, as every night")
    retaining.add_argument("--dry-run", action="store_true", help="only say how much it would be")
    saving = command("backup", _backup, "everything durable in one file, while all works on")
    saving.add_argument("file", type=Path)
    filling = command("restore", _restore, "fill an empty database with a backup, of any engine")
    filling.add_argument("file", type=Path)
    filling.add_argument(
        "--source-stopped",
        action="store_true",
        help="nothing has run there since the backup: what waited to be sent is sent from here",
    )
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
        _in_language(acting)
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


def _letter(text: str) -> int | str:
    """A message's number, or u7 for an event that was not read."""
    return f"u{int(text[1:])}" if text.startswith("u") else int(text)


def _in_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", choices=("vi", "en"), default="vi")


def _spanned(parser: argparse.ArgumentParser, since: str | None) -> None:
    """From when to when, and where."""
    times = "2h, 30m, 7d ago, or a time of Vietnam: 2026-11-23T08:00"
    parser.add_argument("--since", default=since, required=since is None, help=times)
    parser.add_argument("--until", default="0m", help="likewise; now when left out")
    parser.add_argument("--channel", default="", help="one only: zalo, telegram, …")
    _in_language(parser)


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


def _dead_letters(arguments: argparse.Namespace) -> int:
    from bot import operations

    settings, span = _settings(), _span(arguments)
    return _with_database(
        settings, lambda db: _done(operations.tell_dead(db, span, arguments.language, print))
    )


def _retry(arguments: argparse.Namespace) -> int:
    from bot import app, dead_letters, operations

    settings, language = _settings(), arguments.language

    async def work(db: Database) -> int:
        async with app.opened(settings, db) as channels:
            done = await dead_letters.put_back(
                db, arguments.ids, clock.now(), channels, unknown=arguments.unknown
            )
        return 0 if operations.tell_done(done, language, print) else 1

    return _with_database(settings, work)


def _replay(arguments: argparse.Namespace) -> int:
    from bot import app, dead_letters, operations

    settings, span = _settings(), _span(arguments)

    async def work(db: Database) -> int:
        async with app.opened(settings, db) as channels:
            done = await dead_letters.replay(
                db, span, clock.now(), channels, unknown=arguments.unknown
            )
        operations.tell_done(done, arguments.language, print)
        return 0

    return _with_database(settings, work)


def _span(arguments: argparse.Namespace) -> Span:
    from bot import operations

    now = clock.now()
    since, until = (operations.moment(at, now) for at in (arguments.since, arguments.until))
    return Span(since, until, arguments.channel.replace("-", "_"))


def _migrate(arguments: argparse.Namespace) -> int:
    settings = _settings()
    asyncio.run(migrate(settings.database_url, arguments.revision))
    print("the database is up to date")
    return 0


def _retention(arguments: argparse.Namespace) -> int:
    from bot import retention

    settings = _settings()

    async def work(db: Database) -> int:
        now = clock.now()
        if arguments.dry_run:
            counts = await retention.expected(db, now)
            print("would go:")
        else:
            key = f"by hand {now:%Y-%m-%d %H:%M:%S}"
            counts = await retention.run(db, clock.now, settings.archive_dir, key=key) or {}
            print("gone:")
        for kind, many in counts.items():
            print(f"  {kind:<14} {many}")
        return 0

    return _with_database(settings, work)


def _backup(arguments: argparse.Namespace) -> int:
    url = _settings().database_url
    made = asyncio.run(backup.backup(url, arguments.file, clock.now()))
    _print_sums(made)
    print(f"{arguments.file} is whole; keep it apart from this machine, and SECRET_KEY with it")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    url = _settings().database_url
    made = asyncio.run(
        backup.restore(url, arguments.file, clock.now(), source_stopped=arguments.source_stopped)
    )
    _print_sums(made.contents)
    print("restored; every table holds what the backup holds")
    if made.deliveries or made.outreach:
        print(
            f"{made.deliveries} deliveries and {made.outreach} messages of care were due since the "
            "backup and may have gone out: they are marked as unknown or called off, not sent again"
        )
    return 0


def _print_sums(contents: backup.Contents) -> None:
    for shape in contents.shapes:
        if (total := contents.sums[shape.name]).rows:
            print(f"{shape.name:<22} {total.rows:>10,} rows  {total.hex[:16]}")
    rows = sum(total.rows for total in contents.sums.values())
    taken = f"{contents.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    print(f"{len(contents.shapes)} tables, {rows:,} rows, schema {contents.revision}, of {taken}")


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


def _doctor(arguments: argparse.Namespace) -> int:
    """One line each, with the way out; ends with 1 when something is wrong."""
    from bot import doctor
    from bot.doctor_words import WORDS, say

    language, is_well = arguments.language, True

    def line(state: str, about: str, text: str) -> None:
        nonlocal is_well
        is_well &= state != "bad"
        name = say(language, about) if about in WORDS else about
        print(f"{MARKS[state]} {name:<16} {text}")

    try:
        settings = _settings()
    except ConfigError as error:
        line("bad", "settings", say(language, "settings.bad", error=error))
        return 1

    async def work(db: Database) -> int:
        async for finding in doctor.examine(settings, db, language, clock.now()):
            line(*finding)
        return 0 if is_well else 1

    return _with_database(settings, work)
