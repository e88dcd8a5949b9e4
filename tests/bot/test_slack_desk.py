"""Slack as a second desk: Carebot's own parts, against a Slack that we did not write."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import io
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import partial
from string import Formatter
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from doubles import said
from PIL import Image
from slacks import BOT, Wire, call, emulated
from starlette.applications import Starlette

from bot import clock, conversation, doorbell, handoff, keeper, queue
from bot.models import Author, Content, Message, Presence, Status, User
from bot.slack_desk import Look, SlackDesk, door, keep, words
from bot.slack_desk.agents import divided
from bot.storage import (
    accounts,
    agents,
    conversations,
    customers,
    handoffs,
    messages,
    trackers,
    users,
)
from bot.storage import slack as rows
from bot.storage.db import Database
from connectors.base import File, Json, Pace, PermanentError
from connectors.slack import Ear, Slack

SECRET = "signing secret"
_ids = itertools.count(1)


@pytest.fixture(scope="session")
def slack_url() -> Iterator[str]:
    with emulated() as url:
        yield url


@pytest.fixture
async def wire(slack_url: str) -> AsyncIterator[Wire]:
    async with Wire(slack_url).up() as made:
        yield made


@dataclass
class Office:
    """A shop with a desk in Slack."""

    db: Database
    database_url: str
    wire: Wire
    http: httpx.AsyncClient
    channel: str
    ids: dict[str, str]  # people's, in Slack
    slack: Slack
    ear: Ear
    thread: str = ""
    conversation_id: int = 0
    stops: list[tuple[asyncio.Event, asyncio.Task[None]]] = field(default_factory=list)

    # The shop

    def serve(self) -> None:
        """One more process that could serve Slack."""
        bell = doorbell.for_database(self.database_url)
        look = Look("vi", "https://chat.shop.vn")
        desk = SlackDesk(self.db, bell, self.slack, self.ear, look, clock.now)
        stopping = asyncio.Event()
        self.stops.append((stopping, asyncio.create_task(desk.run(stopping))))

    async def stop(self) -> None:
        for stopping, task in self.stops:
            stopping.set()
            await task
        self.stops.clear()

    async def customer_says(self, text: str, **more: Any) -> None:
        received = await conversation.receive(
            self.db, said(text, sender_name="Nguyễn <Nga>", **more), clock.now()
        )
        self.conversation_id = received.conversation_id

    async def hand_over(self, reason: str = "complaint", summary: str = "Áo bị rách") -> None:
        """As when the assistant hands a customer over, who has said something before."""
        await self.customer_says("Áo mình mua bị rách")
        async with self.db.begin() as tx:
            found = await conversations.by_id(tx, self.conversation_id)
            assert found is not None
            customer = await customers.by_id(tx, found.customer_id)
            given = {"event": "slot", "name": "order_code", "value": "BX100123"}
            await trackers.append(tx, found.id, (given,))
            assert await queue.request(tx, found, customer, reason, summary, clock.now())

    async def open(self) -> None:
        """A hand-off, and its thread."""
        await self.hand_over()
        self.serve()
        await eventually(self._begun)
        await eventually(self.caught_up)

    async def _begun(self) -> bool:
        posted = (await call(self.wire.slack, "conversations.history", channel=self.channel))[
            "messages"
        ]
        self.thread = posted[0]["ts"] if posted else ""
        return bool(posted)

    # Its people in Slack

    async def told(self, payload: Json, *, form: bool = False) -> int:
        data = urlencode({"payload": json.dumps(payload)}) if form else json.dumps(payload)
        return await self.told_raw(data.encode(), form=form)

    async def told_raw(self, data: bytes, *, form: bool = False, spoil: bool = False) -> int:
        now = str(int(time.time()))
        mac = hmac.new(SECRET.encode(), f"v0:{now}:".encode() + data, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/x-www-form-urlencoded" if form else "application/json",
            "x-slack-request-timestamp": now,
            "x-slack-signature": f"v0={mac}",
        }
        if spoil:
            data = data[:-1] + bytes([data[-1] ^ 1])
        answer = await self.http.post("/slack/events", content=data, headers=headers)
        return answer.status_code

    async def press(self, who: str, action: str, choice: str = "", thread: str = "") -> None:
        pressed = {
            "action_id": action,
            "type": "button",
            "action_ts": f"{int(time.time())}.{next(_ids):06d}",
            **({"selected_option": {"value": choice}} if choice else {}),
        }
        payload = {
            "type": "block_actions",
            "user": {"id": self.ids[who]},
            "container": {
                "type": "message",
                "message_ts": thread or self.thread,
                "channel_id": self.channel,
            },
            "actions": [pressed],
        }
        assert await self.told(payload, form=True) == 200

    async def post(self, who: str, text: str, **more: Any) -> Json:
        """Somebody writes in the thread; what Slack then tells us, and has not yet."""
        posted = await call(
            self.wire.slack,
            "chat.postMessage",
            f"xoxp-{who}",
            channel=self.channel,
            thread_ts=self.thread,
            text=text,
        )
        event = {**posted["message"], "type": "message", "channel": self.channel, **more}
        return {"type": "event_callback", "event_id": f"Ev{next(_ids)}", "event": event}

    async def write(self, who: str, text: str, **more: Any) -> str:
        event = await self.post(who, text, **more)
        assert await self.told(event) == 200
        return str(event["event"]["ts"])

    # What there is to see

    async def in_thread(self) -> list[Json]:
        found = await call(
            self.wire.slack, "conversations.replies", channel=self.channel, ts=self.thread
        )
        return list(found["messages"])

    async def lines(self) -> list[str]:
        """What Carebot has said in the thread, after its first message."""
        carebot = self.ids["carebot"]
        return [each["text"] for each in (await self.in_thread())[1:] if each["user"] == carebot]

    async def buttons(self) -> list[str]:
        blocks = (await self.in_thread())[0]["blocks"]
        actions = [block["elements"] for block in blocks if block["type"] == "actions"]
        return [element["action_id"] for elements in actions for element in elements]

    async def head(self) -> str:
        blocks = (await self.in_thread())[0]["blocks"]
        texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
        return "\n".join(texts)

    async def reactions(self, ts: str) -> set[str]:
        (message,) = [each for each in await self.in_thread() if each["ts"] == ts]
        return {each["name"] for each in message.get("reactions", ())}

    def whispers(self, who: str) -> list[str]:
        return [
            each["text"]
            for each in self.wire.of("chat.postEphemeral")
            if each["user"] == self.ids[who]
        ]

    async def by_agents(self) -> list[Message]:
        async with self.db.read() as tx:
            found = await messages.of_conversation(tx, self.conversation_id)
        return [message for message in found if message.author is Author.AGENT]

    async def to_customer(self) -> list[str]:
        return [each.content.text for each in await self.by_agents() if not each.internal]

    async def notes(self) -> list[str]:
        return [each.content.text for each in await self.by_agents() if each.internal]

    async def state(self) -> tuple[Status, int | None]:
        async with self.db.read() as tx:
            found = await conversations.by_id(tx, self.conversation_id)
        assert found is not None
        return found.status, found.assignee_id

    async def dealt(self) -> bool:
        """Nothing that Slack told is waiting."""
        async with self.db.read() as tx:
            return not await rows.reports(tx, 10)

    async def caught_up(self) -> bool:
        async with self.db.read() as tx:
            return not await rows.behind(tx)


async def eventually(done: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.05)):
        if await done():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about in time")


@pytest.fixture
async def office(
    db: Database,
    database_url: str,
    wire: Wire,
    lan: User,
    hung: User,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Office]:
    monkeypatch.setattr(Slack, "pace", Pace(per_second=1e6))
    monkeypatch.setattr("bot.slack_desk.LOOK_SECONDS", 0.05)
    people = (await call(wire.slack, "users.list"))["members"]
    ids = {each["name"]: each["id"] for each in people}
    made = await call(wire.slack, "conversations.create", name=f"ho-tro-{next(_ids)}")
    channel = made["channel"]["id"]
    guests = ",".join(ids[name] for name in ("lan", "hung", "la"))
    await call(wire.slack, "conversations.invite", channel=channel, users=guests)
    async with db.begin() as tx:
        await users.set_slack_id(tx, lan.id, ids["lan"])
        await users.set_slack_id(tx, hung.id, ids["hung"])
    values = {
        "SLACK_BOT_TOKEN": BOT,
        "SLACK_CHANNEL": channel,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_APP_TOKEN": "-",
        "SLACK_API_URL": wire.url,
    }
    bell = doorbell.for_database(database_url)
    ear = Ear(values, partial(keep, db, bell.ring, clock.now))
    app = Starlette(routes=[door.route(ear)])
    app.state.db, app.state.clock = db, clock.now
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as http:
        office = Office(db, database_url, wire, http, channel, ids, Slack(values), ear)
        yield office
        await office.stop()
    await bell.close()


async def accept(office: Office, who: str, user: User) -> None:
    await office.press(who, "accept")
    await eventually(lambda: is_of(office, user))


async def is_of(office: Office, user: User) -> bool:
    return await office.state() == (Status.ASSIGNED, user.id)


# The thread


async def test_a_handoff_becomes_a_thread_that_says_all_there_is_to_know(office: Office) -> None:
    await office.open()

    head = await office.head()
    assert "*Nguyễn &lt;Nga&gt;* · Website" in head
    assert "Đang chờ nhân viên từ" in head
    assert "*Lý do:* Khách khiếu nại" in head
    assert "*Khách cần:* Áo bị rách" in head
    assert "*Khách đã cho:* Mã đơn: BX100123" in head
    assert "Áo mình mua bị rách" in head
    root = (await office.in_thread())[0]
    assert root["text"] == "Nguyễn &lt;Nga&gt; (Website) cần nhân viên: Khách khiếu nại"
    assert f"https://chat.shop.vn/console/inbox#c{office.conversation_id}" in json.dumps(root)
    assert await office.buttons() == ["accept"]


async def test_what_is_said_meanwhile_is_copied_in_order_and_once(office: Office) -> None:
    await office.open()

    for number in range(5):
        await office.customer_says(f"tin {number}")
    await eventually(office.caught_up)
    await eventually(lambda: has_lines(office, 5))

    texts = [f"👤 *Nguyễn &lt;Nga&gt;*: tin {number}" for number in range(5)]
    assert await office.lines() == texts


async def has_lines(office: Office, count: int) -> bool:
    return len(await office.lines()) >= count


async def test_a_customer_cannot_call_the_whole_channel(office: Office) -> None:
    await office.open()

    await office.customer_says("<!channel> <@U123> & *hét*")
    await eventually(lambda: has_lines(office, 1))

    (asked,) = [each for each in office.wire.of("chat.postMessage") if "thread_ts" in each]
    assert asked["text"].endswith("&lt;!channel&gt; &lt;@U123&gt; &amp; *hét*")


async def test_a_note_of_the_system_shows_as_such(office: Office) -> None:
    await office.open()

    await office.customer_says("ổ cắm bốc khói khét lẹt")
    await eventually(lambda: has_lines(office, 3))

    _, advice, note = await office.lines()
    assert advice.startswith("🔔") and "114" in advice
    assert note.startswith("📝 *Hệ thống* (ghi chú nội bộ): Khách nhắn có dấu hiệu nguy hiểm")


async def test_what_the_console_says_shows_in_the_thread(office: Office, lan: User) -> None:
    await office.open()

    await handoff.accept(office.db, office.conversation_id, lan, clock.now())
    await handoff.reply(
        office.db, office.conversation_id, lan, Content("Dạ em đây ạ"), clock.now(), "console-1"
    )
    await handoff.note(
        office.db, office.conversation_id, lan, "khách quen", clock.now(), "console-2"
    )
    await eventually(lambda: has_lines(office, 3))

    _, reply, note = await office.lines()
    assert reply == "🎧 *Lan*: Dạ em đây ạ"
    assert note == "📝 *Lan* (ghi chú nội bộ): khách quen"
    await eventually(lambda: says(office.head, "Lan đang hỗ trợ"))
    assert await office.buttons() == ["return", "resolve"]


async def says(what: Callable[[], Awaitable[str]], text: str) -> bool:
    return text in await what()


async def test_a_restart_goes_on_where_it_was(office: Office) -> None:
    await office.open()
    await office.customer_says("trước")
    await eventually(lambda: has_lines(office, 1))
    await office.stop()

    await office.customer_says("giữa")
    office.serve()
    await office.customer_says("sau")
    await eventually(lambda: has_lines(office, 3))
    await eventually(office.caught_up)

    assert [line.rpartition(": ")[2] for line in await office.lines()] == ["trước", "giữa", "sau"]
    posted = (await call(office.wire.slack, "conversations.history", channel=office.channel))[
        "messages"
    ]
    assert len(posted) == 1


async def test_a_lost_answer_gives_one_message(office: Office, monkeypatch: Any) -> None:
    monkeypatch.setattr("bot.slack_desk.AGAIN", 0.0)
    await office.hand_over()
    office.wire.lose["chat.postMessage"] = 1

    office.serve()
    await eventually(office._begun)
    await eventually(office.caught_up)
    office.wire.lose["chat.postMessage"] = 2
    await office.customer_says("một")
    await office.customer_says("hai")
    await eventually(lambda: has_lines(office, 2))
    await eventually(office.caught_up)

    assert [line.rpartition(": ")[2] for line in await office.lines()] == ["một", "hai"]
    posted = (await call(office.wire.slack, "conversations.history", channel=office.channel))[
        "messages"
    ]
    assert len(posted) == 1


async def test_a_process_that_dies_while_posting_gives_one_message(office: Office) -> None:
    await office.open()
    await office.customer_says("một")
    await eventually(lambda: has_lines(office, 1))
    await eventually(office.caught_up)
    await office.stop()
    async with office.db.begin() as tx:
        open_handoff = await handoffs.open_of(tx, office.conversation_id)
        assert open_handoff is not None
        thread = await rows.thread_of(tx, open_handoff.id)
        assert thread is not None
        # As it stood before Slack's answer came.
        sending, before = thread.copied_upto, thread.pack_upto
        await rows.change_thread(tx, open_handoff.id, sending=sending, copied_upto=before)

    office.serve()
    await eventually(office.caught_up)

    assert len(await office.lines()) == 1


async def test_slack_may_ask_us_to_slow_down(office: Office) -> None:
    await office.open()
    office.wire.busy["chat.postMessage"] = 2

    await office.customer_says("một")
    await eventually(lambda: has_lines(office, 1))

    assert await office.lines() == ["👤 *Nguyễn &lt;Nga&gt;*: một"]


async def test_two_processes_copy_each_message_once(office: Office) -> None:
    await office.open()
    office.serve()
    office.serve()

    for number in range(4):
        await office.customer_says(f"tin {number}")
    await eventually(lambda: has_lines(office, 4))
    await eventually(office.caught_up)

    assert len(await office.lines()) == 4
    assert len([each for each in office.wire.of("chat.postMessage")]) == 5


async def test_another_process_serves_when_the_first_has_stopped(office: Office) -> None:
    await office.open()
    office.serve()
    stopping, task = office.stops.pop(0)

    stopping.set()
    await task
    await office.customer_says("còn ai không")

    await eventually(lambda: has_lines(office, 1))


async def test_what_slack_will_never_take_holds_nothing_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.open()
    post = office.slack.post

    async def picky(text: str, **more: Any) -> str:
        if "dài" in text:
            raise PermanentError("msg_too_long", "msg_too_long")
        return await post(text, **more)

    monkeypatch.setattr(office.slack, "post", picky)
    await office.customer_says("dài quá")
    await office.customer_says("ngắn")
    await eventually(office.caught_up)

    assert [line.rpartition(": ")[2] for line in await office.lines()] == ["ngắn"]


async def test_a_channel_that_takes_nothing_is_shown_as_a_pause_until_it_is_mended(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack_desk.SIGN_IN", 0.0)
    await office.hand_over()
    await call(office.wire.slack, "conversations.archive", channel=office.channel)
    office.serve()

    await eventually(lambda: paused(office, True))
    await call(office.wire.slack, "conversations.unarchive", channel=office.channel)
    await eventually(office._begun)

    await eventually(lambda: paused(office, False))


async def paused(office: Office, wanted: bool) -> bool:
    async with office.db.read() as tx:
        found = [each for each in await accounts.all_of(tx) if each.channel == "slack"]
    return bool(found and found[0].paused_at) is wanted


async def test_a_handoff_that_is_over_before_it_is_shown_makes_no_thread(
    office: Office, lan: User
) -> None:
    await office.hand_over()
    await handoff.accept(office.db, office.conversation_id, lan, clock.now())
    await handoff.resolve(office.db, office.conversation_id, lan, "spam", clock.now())

    office.serve()
    await office.customer_says("lại là mình")
    await office.hand_over()
    await eventually(office._begun)

    posted = (await call(office.wire.slack, "conversations.history", channel=office.channel))[
        "messages"
    ]
    assert len(posted) == 1


# Who has it


async def test_a_press_before_we_know_where_the_thread_is_counts(
    office: Office, lan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack_desk.AGAIN", 1.0)
    await office.hand_over()
    office.wire.lose["chat.postMessage"] = 1  # it is there, and we are not told

    office.serve()
    await eventually(office._begun)
    await office.press("lan", "accept")

    await eventually(lambda: is_of(office, lan))


async def test_who_left_their_console_open_and_works_in_slack_keeps_what_they_take(
    office: Office, lan: User
) -> None:
    async with office.db.begin() as tx:
        hours_ago = clock.now() - timedelta(hours=3)
        await agents.appear(tx, lan.id, Presence.ONLINE, hours_ago)
    await office.open()

    await accept(office, "lan", lan)
    await keeper.look(office.db, clock.now())

    assert await is_of(office, lan)


async def test_a_press_gives_the_conversation_to_who_pressed(office: Office, lan: User) -> None:
    await office.open()

    await accept(office, "lan", lan)

    await eventually(lambda: says(office.head, "Lan đang hỗ trợ"))
    assert await office.buttons() == ["return", "resolve"]
    await eventually(lambda: has_lines(office, 1))  # what the customer is told


async def test_of_two_who_press_together_one_gets_it(office: Office, lan: User, hung: User) -> None:
    await office.open()

    await asyncio.gather(office.press("lan", "accept"), office.press("hung", "accept"))
    await eventually(office.dealt)

    status, owner = await office.state()
    assert status is Status.ASSIGNED
    winner, loser = ("Lan", "hung") if owner == lan.id else ("Hùng", "lan")
    assert office.whispers(loser) == [f"{winner} đã nhận cuộc này."]
    assert len(office.wire.of("chat.postEphemeral")) == 1


async def test_the_console_and_slack_together_keep_one_owner(
    office: Office, lan: User, hung: User
) -> None:
    await office.open()

    async def in_console() -> None:
        with contextlib.suppress(handoff.Refused):
            await handoff.accept(office.db, office.conversation_id, hung, clock.now())

    await asyncio.gather(office.press("lan", "accept"), in_console())
    await eventually(office.dealt)

    _, owner = await office.state()
    name, others = ("Lan", 0) if owner == lan.id else ("Hùng", 1)
    assert len(office.whispers("lan")) == others
    await eventually(lambda: says(office.head, f"{name} đang hỗ trợ"))
    async with office.db.read() as tx:
        found = await messages.of_conversation(tx, office.conversation_id)
    assert [m.meta.get("code") for m in found].count("accepted") == 1


async def test_a_double_click_is_one_click(office: Office, lan: User) -> None:
    await office.open()

    for action in ("accept", "accept", "return", "return"):
        await office.press("lan", action)
    await eventually(office.dealt)

    assert await office.state() == (Status.BOT, None)
    assert office.whispers("lan") == []


async def test_given_back_nothing_can_be_pressed_any_more(office: Office, lan: User) -> None:
    await office.open()
    await accept(office, "lan", lan)

    await office.press("lan", "return")

    await eventually(lambda: says(office.head, "Lan đã trả lại cho trợ lý"))
    assert await office.buttons() == []
    assert await office.state() == (Status.BOT, None)


async def test_closed_with_a_result_that_the_thread_names(office: Office, lan: User) -> None:
    await office.open()
    await accept(office, "lan", lan)

    await office.press("lan", "resolve", "complaint_handled")

    await eventually(lambda: says(office.head, "Đã xử lý khiếu nại"))
    assert await office.buttons() == []
    async with office.db.read() as tx:
        found = await conversations.by_id(tx, office.conversation_id)
    assert found is not None
    assert (found.status, found.resolution) == (Status.RESOLVED, "complaint_handled")
    assert (await office.lines())[-1].startswith("🔔 *Tin tự động gửi khách*: Cuộc trò chuyện đã")


async def test_only_the_owner_gives_back_or_closes(office: Office, lan: User, hung: User) -> None:
    await office.open()
    await accept(office, "lan", lan)

    await office.press("hung", "return")
    await office.press("hung", "resolve", "spam")
    await eventually(office.dealt)

    assert await is_of(office, lan)
    assert len(office.whispers("hung")) == 2
    assert all("Lan đang hỗ trợ" in text for text in office.whispers("hung"))


async def test_an_old_button_changes_nothing(office: Office, lan: User, hung: User) -> None:
    await office.open()
    await accept(office, "lan", lan)
    await office.press("lan", "return")
    await eventually(office.dealt)

    await office.press("hung", "accept")
    await eventually(office.dealt)

    assert await office.state() == (Status.BOT, None)
    assert office.whispers("hung") == [
        "Lượt chuyển này đã kết thúc nên không có gì được gửi hay thay đổi."
    ]


async def test_somebody_who_is_no_agent_can_do_nothing(office: Office) -> None:
    await office.open()

    await office.press("la", "accept")
    await office.write("la", "cho mình hỏi")
    await office.write("la", "note: ghi chú lạ")
    await eventually(office.dealt)

    assert (await office.state())[0] is Status.QUEUED
    assert await office.by_agents() == []
    assert len(office.whispers("la")) == 3
    assert all("chưa gắn với nhân viên nào" in text for text in office.whispers("la"))


async def test_an_agent_who_has_left_can_do_nothing(office: Office, lan: User) -> None:
    await office.open()
    async with office.db.begin() as tx:
        await users.set_active(tx, lan.id, False)

    await office.press("lan", "accept")
    await eventually(office.dealt)

    assert (await office.state())[0] is Status.QUEUED
    assert len(office.whispers("lan")) == 1


# What reaches the customer


async def test_a_reply_of_the_owner_reaches_the_customer(office: Office, lan: User) -> None:
    await office.open()
    await accept(office, "lan", lan)

    ts = await office.write("lan", "Dạ em đổi áo cho chị &amp; xin lỗi ạ :pray:")
    await eventually(lambda: reacted(office, ts, "white_check_mark"))

    assert await office.to_customer() == ["Dạ em đổi áo cho chị & xin lỗi ạ 🙏"]
    await eventually(office.caught_up)
    assert not any("đổi áo" in line for line in await office.lines())  # it is there already


async def reacted(office: Office, ts: str, emoji: str) -> bool:
    return emoji in await office.reactions(ts)


async def test_talk_before_anybody_accepts_never_reaches_the_customer(
    office: Office, lan: User
) -> None:
    await office.open()

    ts = await office.write("lan", "khách này khó tính quá")
    await eventually(office.dealt)

    assert await office.reactions(ts) == {"x"}
    assert "chưa ai nhận" in office.whispers("lan")[0]
    assert await office.by_agents() == []


async def test_talk_before_the_acceptance_that_slack_brings_later_never_reaches_the_customer(
    office: Office, lan: User
) -> None:
    await office.open()
    late = await office.post("lan", "khách này khó tính quá")
    await handoff.accept(office.db, office.conversation_id, lan, clock.now())

    assert await office.told(late) == 200
    await eventually(office.dealt)

    assert await office.to_customer() == []
    assert "trước khi bạn nhận" in office.whispers("lan")[0]


async def test_others_words_never_reach_the_customer(office: Office, lan: User, hung: User) -> None:
    await office.open()
    await accept(office, "lan", lan)

    ts = await office.write("hung", "để anh trả lời cho")
    await eventually(office.dealt)

    assert await office.to_customer() == []
    assert await office.reactions(ts) == {"x"}
    assert "Lan đang hỗ trợ" in office.whispers("hung")[0]


@pytest.mark.parametrize(
    "text",
    [
        "note: khách quen",
        "Note : khách quen",
        "  NOTE:khách quen",
        "*note:* khách quen",
        "_note: khách quen_",
        "> note: khách quen",
        "• note: khách quen",
        "\u200bnote: khách quen",
        "note： khách quen",
        "! khách quen",
        "!khách quen",
        "*!* khách quen",
    ],
)
def test_a_note_is_known_however_it_is_dressed_up(text: str) -> None:
    customers, ours = divided(text)

    assert customers == ""
    assert ours is not None
    assert ours.startswith("khách quen")


@pytest.mark.parametrize("text", ["Dạ vâng! Em gửi ạ", "Chị xem mục note: ở cuối", "Note 12 ạ"])
def test_what_only_looks_like_a_note_is_none(text: str) -> None:
    assert divided(text) == (text, None)


async def test_a_note_never_reaches_the_customer(office: Office, lan: User) -> None:
    await office.open()
    await accept(office, "lan", lan)

    ts = await office.write("lan", "*note:* khách quen")
    await eventually(office.dealt)

    assert await office.to_customer() == []
    assert await office.notes() == ["khách quen"]
    assert await office.reactions(ts) == {"memo"}


async def test_from_a_note_on_the_rest_of_a_message_is_one(office: Office, lan: User) -> None:
    await office.open()
    await accept(office, "lan", lan)

    await office.write("lan", "Dạ em kiểm tra ạ\nnote: khách khó tính\nđừng hứa gì")
    await eventually(office.dealt)

    assert await office.to_customer() == ["Dạ em kiểm tra ạ"]
    assert await office.notes() == ["khách khó tính\nđừng hứa gì"]


async def test_a_note_may_be_left_by_any_agent(office: Office, hung: User) -> None:
    await office.open()

    await office.write("hung", "note: đơn này kho đang giữ")
    await eventually(office.dealt)

    assert await office.notes() == ["đơn này kho đang giữ"]
    assert office.whispers("hung") == []


async def test_after_the_end_nothing_reaches_the_customer(office: Office, lan: User) -> None:
    await office.open()
    await accept(office, "lan", lan)
    await office.press("lan", "return")
    await eventually(office.dealt)

    ts = await office.write("lan", "xong rồi nhé")
    await eventually(office.dealt)

    assert await office.to_customer() == []
    assert await office.reactions(ts) == {"x"}


async def test_the_thread_of_an_earlier_handoff_stays_shut(office: Office, lan: User) -> None:
    await office.open()
    await accept(office, "lan", lan)
    await office.press("lan", "return")
    await eventually(office.dealt)
    await office.hand_over()
    await handoff.accept(office.db, office.conversation_id, lan, clock.now() - timedelta(seconds=2))

    await office.write("lan", "gửi nhầm chỗ")
    await eventually(office.dealt)

    assert await office.to_customer() == []


async def test_slack_telling_an_event_again_gives_one_reply(office: Office, lan: User) -> None:
    await office.open()
    await accept(office, "lan", lan)
    event = await office.post("lan", "Dạ em nghe")

    for _ in range(4):
        assert await office.told(event) == 200
    await eventually(office.dealt)
    assert await office.told({**event, "event_id": "EvOther"}) == 200
    await eventually(office.dealt)

    assert await office.to_customer() == ["Dạ em nghe"]
    assert len(office.wire.of("reactions.add")) == 1


async def test_a_client_that_posts_the_same_twice_gives_one_reply(
    office: Office, lan: User
) -> None:
    await office.open()
    await accept(office, "lan", lan)

    await office.write("lan", "Dạ em nghe", client_msg_id="aea32b9f-4985")
    await office.write("lan", "Dạ em nghe", client_msg_id="aea32b9f-4985")
    await eventually(office.dealt)

    assert await office.to_customer() == ["Dạ em nghe"]


async def test_replies_reach_the_customer_in_their_order(
    office: Office, lan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack_desk.AGAIN", 0.0)
    await office.open()
    await accept(office, "lan", lan)
    reply, failures = handoff.reply, iter([OSError("once")])

    async def shaky(*arguments: Any) -> int | None:
        for failure in failures:
            raise failure
        return await reply(*arguments)

    monkeypatch.setattr(handoff, "reply", shaky)
    for number in range(4):
        await office.write("lan", f"tin {number}")
    await eventually(office.dealt)

    assert await office.to_customer() == [f"tin {number}" for number in range(4)]


async def test_what_cannot_be_done_is_owned_up_to(
    office: Office, lan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack_desk.AGAIN", 0.0)
    monkeypatch.setattr("bot.slack_desk.TRIES", 1)
    await office.open()
    await accept(office, "lan", lan)

    async def broken(*arguments: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(handoff, "reply", broken)
    ts = await office.write("lan", "Dạ em nghe")
    await eventually(office.dealt)

    assert await office.reactions(ts) == {"x"}
    assert office.whispers("lan") == [
        "Hệ thống trục trặc nên tin này chưa gửi cho khách. Bạn gửi lại nhé."
    ]


async def test_a_reply_that_the_platform_forbids_says_why(office: Office, lan: User) -> None:
    await office.customer_says("alo", channel="messenger")
    async with office.db.begin() as tx:
        found = await conversations.by_id(tx, office.conversation_id)
        assert found is not None
        customer = await customers.by_id(tx, found.customer_id)
        await queue.request(tx, found, customer, "complaint", "", clock.now())
        await customers.merge_profile(tx, customer, {"reachable": False})
    office.serve()
    await eventually(office._begun)
    await accept(office, "lan", lan)

    ts = await office.write("lan", "Dạ em nghe")
    await eventually(office.dealt)

    assert await office.reactions(ts) == {"x"}
    assert "đã chặn hoặc rời kênh" in office.whispers("lan")[0]


# Edits, deletions, files


def changed(office: Office, ts: str, who: str, **message: str) -> Json:
    before = {"user": office.ids[who], "text": "cũ", "ts": ts, "thread_ts": office.thread}
    event: Json = {
        "type": "message",
        "subtype": "message_changed" if message else "message_deleted",
        "channel": office.channel,
        "previous_message": before,
    }
    if message:
        event["message"] = {**before, **message}
    return {"type": "event_callback", "event_id": f"Ev{next(_ids)}", "event": event}


@pytest.mark.parametrize(("message", "told"), [({"text": "mới"}, "nội dung cũ"), ({}, "xoá ở")])
async def test_what_was_sent_cannot_be_taken_back(
    office: Office, lan: User, message: dict[str, str], told: str
) -> None:
    await office.open()
    await accept(office, "lan", lan)
    ts = await office.write("lan", "cũ")
    await eventually(office.dealt)

    await office.told(changed(office, ts, "lan", **message))
    await eventually(office.dealt)

    (whisper,) = office.whispers("lan")
    assert "đã gửi cho khách, không thu hồi được" in whisper
    assert told in whisper
    assert await office.to_customer() == ["cũ"]


async def test_an_edit_of_what_was_not_sent_sends_nothing(office: Office, lan: User) -> None:
    await office.open()
    ts = await office.write("lan", "cũ")
    await eventually(office.dealt)
    await accept(office, "lan", lan)

    await office.told(changed(office, ts, "lan", text="mới"))
    await eventually(office.dealt)

    assert await office.to_customer() == []
    assert len(office.whispers("lan")) == 1  # of the first


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(written, "PNG")
    return written.getvalue()


def posted(name: str, size: int = 100) -> list[Json]:
    secret = f"https://files.slack.com/files-pri/T1-F1/download/{name}"
    return [{"id": "F1", "name": name, "size": size, "url_private_download": secret}]


async def test_a_posted_file_is_kept_by_us_and_sent_from_here(
    office: Office, lan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch(url: str) -> File:
        assert url.startswith("https://files.slack.com/")
        return File(picture(), "x", "")

    monkeypatch.setattr(office.slack, "fetch", fetch)
    await office.open()
    await accept(office, "lan", lan)

    ts = await office.write("lan", "hoá đơn ạ", files=posted("hoá đơn.png"), subtype="file_share")
    await eventually(lambda: reacted(office, ts, "white_check_mark"))

    (message,) = await office.by_agents()
    (file,) = message.content.attachments
    assert (file.kind, file.name, file.mime) == ("image", "hoá đơn.png", "image/png")
    assert file.url.startswith("/files/")
    assert "slack" not in json.dumps(message.content.as_json())


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ({"name": "a.exe"}, "chỉ gửi ảnh"),
        ({"name": "a.mp4", "size": 11 * 1024 * 1024}, "lớn quá 10 MB"),
        ({"name": "a", "is_external": True}, "nằm ngoài Slack"),
    ],
    ids=["kind", "size", "elsewhere"],
)
async def test_a_file_that_cannot_be_sent_holds_its_message_back(
    office: Office, lan: User, monkeypatch: pytest.MonkeyPatch, file: Json, why: str
) -> None:
    async def fetch(url: str) -> File:
        return File(b"MZ", "x", "")

    monkeypatch.setattr(office.slack, "fetch", fetch)
    await office.open()
    await accept(office, "lan", lan)

    files = [{**posted("a")[0], **file}]
    ts = await office.write("lan", "chị xem nhé", files=files, subtype="file_share")
    await eventually(office.dealt)

    assert await office.to_customer() == []
    assert await office.reactions(ts) == {"x"}
    assert why in office.whispers("lan")[0]


async def test_a_note_with_a_file_keeps_the_file_in_slack(office: Office, lan: User) -> None:
    await office.open()
    await accept(office, "lan", lan)

    await office.write("lan", "! xem hình", files=posted("kho.png"), subtype="file_share")
    await eventually(office.dealt)

    assert await office.to_customer() == []
    assert await office.notes() == ["xem hình\nkho.png"]


# The door


async def test_what_slack_did_not_sign_is_refused_and_changes_nothing(office: Office) -> None:
    event = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {}}).encode()

    assert await office.told_raw(event, spoil=True) == 401
    assert (await office.http.post("/slack/events", content=event)).status_code == 401
    assert await office.told_raw(event) == 200


@pytest.mark.parametrize("odd", [b"{", b"[1]", b'{"type":"view_closed"}'])
async def test_what_cannot_be_read_is_kept_and_acknowledged(office: Office, odd: bytes) -> None:
    assert await office.told_raw(odd) == 200

    assert await kept_unread(office) == [odd.decode("utf-8", "replace")]


async def test_an_event_with_a_part_missing_is_kept_and_acknowledged(office: Office) -> None:
    event = {"type": "message", "user": "U1", "thread_ts": "1.1", "ts": "soon"}
    payload = {"type": "event_callback", "event_id": "Ev1", "event": event}

    assert await office.told(payload) == 200

    assert [json.loads(each) for each in await kept_unread(office)] == [payload]


async def kept_unread(office: Office) -> list[str]:
    async with office.db.read() as tx:
        rows = (await tx.execute(accounts.unread_events.select())).mappings().all()
    return [row["body"] for row in rows]


async def test_a_body_beyond_reason_is_refused(office: Office) -> None:
    assert await office.told_raw(b"x" * (1024 * 1024 + 1)) == 413


def test_every_sentence_has_both_languages_and_the_same_blanks() -> None:
    for key, forms in words.WORDS.items():
        assert set(forms) == {"vi", "en"}, key
        blanks = [{name for _, name, _, _ in Formatter().parse(text)} for text in forms.values()]
        assert blanks[0] - {None} == blanks[1] - {None}, key


async def test_what_was_dealt_with_is_forgotten_after_a_day(db: Database) -> None:
    noon = datetime(2026, 11, 23, 5, tzinfo=timezone.utc)
    async with db.begin() as tx:
        assert await rows.keep(tx, "message 1", {}, noon)
        assert not await rows.keep(tx, "message 1", {}, noon)
        (report,) = await rows.reports(tx, 10)
        await rows.done(tx, report.id, noon)
        await rows.forget(tx, noon)
        assert not await rows.keep(tx, "message 1", {}, noon)
        await rows.forget(tx, noon + timedelta(seconds=1))
        assert await rows.keep(tx, "message 1", {}, noon)


async def test_one_process_serves_at_a_time(db: Database) -> None:
    noon = datetime(2026, 11, 23, 5, tzinfo=timezone.utc)
    first, second = noon + timedelta(seconds=60), noon + timedelta(seconds=61)
    async with db.begin() as tx:
        assert await rows.serve(tx, None, noon, first)
        assert not await rows.serve(tx, None, noon, second)
        assert await rows.serve(tx, first, noon, second)
        assert not await rows.serve(tx, first, noon, first)
        await rows.rest(tx, first)
        assert not await rows.serve(tx, None, noon, first)
        await rows.rest(tx, second)
        assert await rows.serve(tx, None, noon, first)
        assert await rows.serve(tx, None, first, second)


async def test_a_slack_id_is_one_users_at_a_time(db: Database, lan: User, hung: User) -> None:
    async with db.begin() as tx:
        await users.set_slack_id(tx, lan.id, "U1")
        await users.set_slack_id(tx, hung.id, "U1")
        found = await users.by_slack_id(tx, "U1")
        nobody = await users.by_slack_id(tx, "U2")

    assert found == hung
    assert nobody is None
