"""What a platform only gives for a while is fetched at once and kept."""

from __future__ import annotations

import asyncio
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from doubles import NOON, RecordingChannel, at, said
from PIL import Image

from bot import errands, intake
from bot.models import AT_ONCE, Customer, Message
from bot.storage import customers, files, messages
from bot.storage import errands as rows
from bot.storage.db import Database
from connectors.base import (
    Attachment,
    DeliveryError,
    File,
    PermanentError,
    Profile,
    Recall,
    RetryableError,
)

LINK = "https://cdn.example/anh.jpg"


def picture(colour: str = "teal") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(written, "PNG")
    return written.getvalue()


async def sent(db: Database, channel: RecordingChannel, *files_sent: Attachment) -> None:
    message = said("", channel=channel.name, external_id="m1", attachments=files_sent)
    await intake.take(db, channel, [message], lambda: NOON, AT_ONCE)


async def run(db: Database, channel: RecordingChannel, now: datetime = NOON) -> int:
    async with db.begin() as tx:
        due = await rows.claim(tx, channel.name, now, 9)
    for errand in due:
        await errands.run(db, channel, errand, now)
    return len(due)


async def message(db: Database) -> Message:
    async with db.read() as tx:
        found = await messages.by_id(tx, 1)
    assert found is not None
    return found


async def nga(db: Database) -> Customer:
    async with db.read() as tx:
        found = await customers.find(tx, "recording", "nga")
    assert found is not None
    return found


async def test_a_picture_is_stored_as_what_it_is(db: Database) -> None:
    channel = RecordingChannel()
    channel.files[LINK] = File(picture(), "anh.exe", "application/x-sh")
    await sent(db, channel, Attachment("image", LINK))

    await run(db, channel)

    (file,) = (await message(db)).content.attachments
    assert file.url.startswith("/files/") and (file.kind, file.mime) == ("image", "image/png")
    async with db.read() as tx:
        stored = await files.by_key(tx, file.url.removeprefix("/files/"))
    assert stored is not None and stored[1].startswith(b"\x89PNG")
    assert stored[0].conversation_id == 1 and stored[0].name == "anh.exe.png"


async def test_each_file_of_a_message_finds_its_place(db: Database) -> None:
    channel = RecordingChannel()
    channel.files = {LINK: File(picture(), "", ""), "https://x/2": File(b"%PDF-1.7", "", "")}
    await sent(db, channel, Attachment("image", LINK), Attachment("file", "https://x/2", "hd.pdf"))

    await run(db, channel)

    one, two = (await message(db)).content.attachments
    assert (one.mime, two.mime, two.name) == ("image/png", "application/pdf", "hd.pdf")


async def test_a_slow_platform_is_asked_again(db: Database) -> None:
    channel = RecordingChannel()
    channel.files[LINK] = RetryableError("busy")
    await sent(db, channel, Attachment("image", LINK))
    await run(db, channel)
    channel.files[LINK] = File(picture(), "", "")

    assert await run(db, channel, at(1)) == 0
    assert await run(db, channel, at(3)) == 1

    assert (await message(db)).content.attachments[0].url.startswith("/files/")


@pytest.mark.parametrize(
    "answer", [PermanentError("expired"), File(b"<svg onload=alert(1)>", "a.svg", "image/svg")]
)
async def test_a_file_that_cannot_be_had_says_so(db: Database, answer: File | Exception) -> None:
    channel = RecordingChannel()
    channel.files[LINK] = answer
    await sent(db, channel, Attachment("image", LINK, name="a.svg"))

    await run(db, channel)

    (file,) = (await message(db)).content.attachments
    assert file.url == "" and file.name == "a.svg"
    assert await run(db, channel, at(9999)) == 0


async def test_five_tries_are_the_end(db: Database) -> None:
    channel = RecordingChannel()
    channel.files[LINK] = RetryableError("busy")
    await sent(db, channel, Attachment("image", LINK))

    for n in range(9):
        await run(db, channel, at(n * 3600))

    assert (await message(db)).content.attachments[0].url == ""


async def test_a_dead_workers_errand_is_begun_again(db: Database) -> None:
    channel = RecordingChannel()
    channel.files[LINK] = File(picture(), "", "")
    await sent(db, channel, Attachment("image", LINK))
    async with db.begin() as tx:
        await rows.claim(tx, channel.name, NOON, 9)  # … and the worker dies

    assert await run(db, channel, at(60)) == 0
    assert await run(db, channel, at(121)) > 0

    assert (await message(db)).content.attachments[0].url.startswith("/files/")


async def test_a_message_taken_back_stays_empty(db: Database) -> None:
    channel = RecordingChannel()
    channel.files[LINK] = File(picture(), "", "")
    await sent(db, channel, Attachment("image", LINK))
    taken_back = Recall(channel.name, "m1", "nga", NOON)
    await intake.take(db, channel, [taken_back], lambda: NOON, AT_ONCE)

    await run(db, channel)

    assert (await message(db)).content.attachments == ()


async def test_a_persons_name_and_picture_are_kept(db: Database) -> None:
    channel = RecordingChannel()
    channel.people["nga"] = Profile("Nguyễn Nga", LINK, {"alias": "chị Nga"})
    channel.files[LINK] = File(picture(), "", "")
    await sent(db, channel)

    await run(db, channel)

    customer = await nga(db)
    assert customer.name == "Nguyễn Nga" and customer.profile["alias"] == "chị Nga"
    assert customer.profile["avatar"].startswith("/files/")


async def test_a_persons_picture_is_kept_once_and_until_there_is_another(db: Database) -> None:
    channel = RecordingChannel()
    channel.people["nga"] = Profile("Nguyễn Nga", LINK)
    avatars = []
    for week, colour in enumerate(["teal", "teal", "red"]):
        channel.files[LINK] = File(picture(colour), "", "")
        again = said("alo", channel=channel.name, external_id=f"m{week}")
        now = NOON + timedelta(days=8 * week)
        await intake.take(db, channel, [again], lambda now=now: now, AT_ONCE)
        await run(db, channel, now)
        avatars.append((await nga(db)).profile["avatar"])

    assert avatars[0] == avatars[1] != avatars[2]
    async with db.read() as tx:
        stored = [await files.by_key(tx, url.removeprefix("/files/")) for url in avatars]
    assert [found is not None for found in stored] == [False, False, True]


async def test_a_person_without_a_picture_has_a_name(db: Database) -> None:
    channel = RecordingChannel()
    channel.people["nga"] = Profile("Nguyễn Nga", LINK)
    channel.files[LINK] = DeliveryError("expired")
    await sent(db, channel)

    await run(db, channel)

    assert (await nga(db)).name == "Nguyễn Nga"


async def test_files_of_a_message_that_come_together_are_all_kept(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, add = RecordingChannel(), files.add
    links = [f"https://x/{n}" for n in range(4)]
    channel.files = {link: File(b"%PDF-1.7", "", "") for link in links}
    await sent(db, channel, *(Attachment("file", link) for link in links))

    async def slowly(*given: Any, **more: Any) -> None:
        await asyncio.sleep(0.05)
        await add(*given, **more)

    monkeypatch.setattr(files, "add", slowly)
    async with db.begin() as tx:
        due = await rows.claim(tx, channel.name, NOON, 9)
    await asyncio.gather(*(errands.run(db, channel, errand, NOON) for errand in due))

    urls = [file.url for file in (await message(db)).content.attachments]
    assert len(urls) == 4 and all(url.startswith("/files/") for url in urls)


async def test_what_is_taken_back_while_its_file_comes_stays_empty(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, add = RecordingChannel(), files.add
    channel.files[LINK] = File(picture(), "", "")
    await sent(db, channel, Attachment("image", LINK))
    recall = Recall(channel.name, "m1", "nga", NOON)
    recalls = []

    async def meanwhile(*given: Any, **more: Any) -> None:
        recalls.append(
            asyncio.create_task(intake.take(db, channel, [recall], lambda: NOON, AT_ONCE))
        )
        await asyncio.wait(recalls, timeout=0.1)
        await add(*given, **more)

    monkeypatch.setattr(files, "add", meanwhile)
    await run(db, channel)
    await asyncio.gather(*recalls)

    assert len(recalls) == 1 and (await message(db)).content.attachments == ()


async def test_the_file_of_what_was_taken_back_is_gone(db: Database) -> None:
    channel = RecordingChannel()
    channel.files[LINK] = File(picture(), "", "")
    await sent(db, channel, Attachment("image", LINK))
    await run(db, channel)
    (file,) = (await message(db)).content.attachments

    taken_back = Recall(channel.name, "m1", "nga", NOON)
    await intake.take(db, channel, [taken_back], lambda: NOON, AT_ONCE)

    async with db.read() as tx:
        assert await files.by_key(tx, file.url.removeprefix("/files/")) is None


async def test_an_errand_that_meets_a_bug_or_kills_its_workers_has_an_end(db: Database) -> None:
    channel = RecordingChannel()
    channel.files = {LINK: KeyError("bug"), "https://x/2": File(b"%PDF-1.7", "", "")}
    await sent(db, channel, Attachment("image", LINK), Attachment("file", "https://x/2"))
    for n in range(errands.TRIES):
        async with db.begin() as tx:
            due = await rows.claim(tx, channel.name, at(n * 3600), 9)
        for errand in due:
            if errand.url == LINK:  # the other one's worker dies
                await errands.run(db, channel, errand, at(n * 3600))

    await run(db, channel, at(10 * 3600))

    assert await run(db, channel, at(20 * 3600)) == 0
    assert [file.url for file in (await message(db)).content.attachments] == ["", ""]
