"""What platforms tell, told through the real use cases."""

from __future__ import annotations

import io
import itertools
from datetime import datetime, timedelta

from doubles import RecordingChannel, ScriptedDialogue, answer_all
from PIL import Image
from scenes import People, person

from bot import errands, handoff, intake
from bot.models import AT_ONCE, Content, Delivery, Say, Turn
from bot.storage import accounts, conversations, customers, messages
from bot.storage import errands as rows
from bot.storage.db import Database
from connectors.base import (
    Attachment,
    Button,
    Echo,
    Edit,
    Event,
    File,
    InboundMessage,
    PermanentError,
    Profile,
    Reaction,
    Recall,
)

_ids = itertools.count(1)
NAME = "Trần Thị Nga"
PICTURE, VOICE, PAPER = (f"https://cdn.example/{name}" for name in ("anh", "voice", "giay"))


def picture(colour: str = "#2f6f8f", size: int = 240) -> File:
    drawn = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(drawn, "PNG")
    return File(drawn.getvalue(), "anh.png", "image/png")


class Platform:
    """A person's side of one platform, whose events are taken as the real ones are."""

    def __init__(self, db: Database, channel: str, now: datetime, by: str = "nga") -> None:
        self._db, self.channel, self.now, self.by = db, RecordingChannel(channel), now, by

    async def tells(self, *events: Event) -> None:
        await intake.take(self._db, self.channel, events, lambda: self.now, AT_ONCE)
        self.now += timedelta(seconds=20)

    async def says(self, text: str = "", *files: Attachment, **more: object) -> str:
        """Its id at the platform."""
        mid = f"said-{next(_ids)}"
        values = {"sender_name": NAME, "sent_at": self.now, **more}
        await self.tells(
            InboundMessage(
                self.channel.name,
                mid,
                self.by,
                text=text,
                attachments=files,
                **values,  # type: ignore[arg-type]
            )
        )
        return mid

    async def answers(self, turns: dict[str, Turn]) -> None:
        await answer_all(self._db, ScriptedDialogue(dict(turns)), self.now)

    async def edits(self, mid: str, text: str) -> None:
        await self.tells(Edit(self.channel.name, mid, self.by, text, self.now))

    async def recalls(self, mid: str) -> None:
        await self.tells(Recall(self.channel.name, mid, self.by, self.now))

    async def reacts(self, message_id: int, emoji: str) -> None:
        async with self._db.begin() as tx:
            await messages.called(tx, self.channel.name, f"ours-{message_id}", message_id)
        name = f"ours-{message_id}"
        await self.tells(Reaction(self.channel.name, name, self.by, emoji, self.now))

    async def colleague_says(self, text: str, *files: Attachment) -> None:
        """In the platform's own app."""
        mid = f"echo-{next(_ids)}"
        await self.tells(Echo(self.channel.name, mid, self.by, self.now, text, files, ours=False))

    async def fetches(self, **files: File | Exception) -> None:
        """The worker's errands, all of them that are due; what is not named does not come."""
        self.channel.files = {f"https://cdn.example/{name}": file for name, file in files.items()}
        self.channel.people = {
            self.by: Profile(NAME, "https://cdn.example/avatar" if "avatar" in files else "")
        }
        async with self._db.begin() as tx:
            due = await rows.claim(tx, self.channel.name, self.now, 20)
        for errand in due:
            if errand.message_id is None or errand.url in self.channel.files:
                await errands.run(self._db, self.channel, errand, self.now)

    async def talk(self) -> int:
        async with self._db.read() as tx:
            customer = await customers.find(tx, self.channel.name, self.by)
            assert customer
            conversation = await conversations.open_of(tx, customer.id)
        assert conversation
        return conversation.id


async def does_not_arrive(
    db: Database,
    talk: int,
    people: People,
    now: datetime,
    text: str,
    code: str,
    fate: Delivery = Delivery.FAILED,
) -> int:
    """An agent's reply that ends so. Its id."""
    said = await handoff.reply(db, talk, people.lan, Content(text), now, f"scene-{text}"[:48])
    assert said
    async with db.begin() as tx:
        await messages.set_delivery(tx, said, fate, now, error="what it said", code=code)
    return said


CHOICES = Turn(
    says=(
        Say(
            Content(
                "Anh/chị cần em giúp việc gì ạ?",
                buttons=(Button("Bảo hành", "/ask_warranty"), Button("Đổi trả", "/return")),
            )
        ),
    ),
    introduced=True,
)


async def everything(
    db: Database, people: People, now: datetime, channel: str = "messenger"
) -> int:
    """A talk in which a platform tells all that it can. The conversation's id."""
    nga = Platform(db, channel, now - timedelta(minutes=25))
    await nga.says(begins=True, source="ad:loa-bong-box")
    await nga.answers({"/greet": CHOICES})
    talk = await nga.talk()
    async with db.read() as tx:
        asked = (await messages.of_conversation(tx, talk))[-1]
    await nga.says(button=asked.content.buttons[0].key)
    await nga.answers({"/ask_warranty": person()})
    edited = await nga.says("Loa bảo hành 6 tháng phải không em")
    await nga.edits(edited, "Loa bảo hành 12 tháng phải không em?")
    await nga.recalls(await nga.says("số thẻ của chị 4111"))
    await nga.says("Ảnh tem bảo hành đây em", Attachment("image", PICTURE))
    await nga.says("", Attachment("audio", VOICE), Attachment("file", PAPER, name="hoa-don.pdf"))
    await nga.fetches(
        avatar=picture("#b4637a"), anh=picture(), giay=PermanentError("the file is too large")
    )
    await nga.says("", Attachment("sticker", "https://cdn.example/sticker", name="👍"))
    await nga.says("", Attachment("sticker", "https://cdn.example/s2", name="bfe458bf64fa"))
    await nga.says("", Attachment("location", "geo:21.0285,105.8048", name="12 Cầu Giấy, Hà Nội"))
    await nga.says("", Attachment("contact", "tel:+84901234567", name="Anh Tú (chồng)"))
    await nga.says("à chị mua ở Cầu Giấy", sent_at=nga.now - timedelta(minutes=3))
    await nga.colleague_says("Dạ chị gửi loa qua cửa hàng Cầu Giấy giúp em nhé.")
    await handoff.accept(db, talk, people.lan, nga.now)
    said = await handoff.reply(
        db, talk, people.lan, Content("Dạ em Lan tiếp chị ạ."), nga.now, "scene-nga-1"
    )
    assert said
    async with db.begin() as tx:
        await messages.set_delivery(tx, said, Delivery.SEEN, nga.now)
    await nga.reacts(said, "❤")
    await does_not_arrive(db, talk, people, nga.now, "Cửa hàng mở đến 21:30 ạ.", "10/2018278")
    await does_not_arrive(
        db, talk, people, nga.now, "Em giữ lịch cho chị nhé?", "", Delivery.UNKNOWN
    )
    return talk


async def trouble(db: Database, now: datetime) -> None:
    """Messenger is paused, Zalo's access ends soon, and Zalo has told something."""
    async with db.begin() as tx:
        for name in ("messenger", "zalo", "telegram"):
            await accounts.heard(tx, name, now - timedelta(minutes=3))
        await accounts.pause(tx, "messenger", "190", "Error validating access token", now)
        end = (now + timedelta(days=5)).isoformat()
        await accounts.set_tokens(tx, "zalo", {"sealed": "x", "refresh_until": end})
        told = now - timedelta(days=2)
        await accounts.warn(tx, "zalo", "Khách yêu cầu xoá dữ liệu cá nhân của mình.", told)
        for _ in range(3):
            await accounts.keep_unread(tx, "messenger", "unknown attachment", "{}", now)
