"""The live board: who waits, what is over its promise, who answers, whom to write to again; and
what supervisors are told at once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, ScriptedDialogue, answer_all
from playwright.async_api import expect
from scenes import person

from bot import clock, dead_letters, desk_rules, handoff, keeper
from bot.console import alarms
from bot.console.live import Frames, Screen
from bot.models import Author, Content, Presence, Promised
from bot.storage import agents, events, handoffs, promises, rules, tables
from bot.storage.dead_letters import Span

browsers = pytest.mark.asyncio(loop_scope="session")

PROMISED = timedelta(minutes=5)  # the first reply, as desk.yml says


async def waiting(
    db, by: str = "nga", text: str = "cho gặp nhân viên", *, start=NOON, reason=""
) -> int:
    turn = person(reason or "customer_request")
    return await scenes.talk(db, by, f"Khách {by}", [(text, turn)], start)


async def board_of(visitor, username: str = "mai") -> dict:
    return (await (await visitor(username)).get("/api/board")).json()


async def reply(db, conversation: int, user, now) -> None:
    await handoff.accept(db, conversation, user, now)
    text = Content("Dạ em nghe ạ")
    await handoff.reply(db, conversation, user, text, now, f"reply-{conversation:04d}")


@pytest.mark.parametrize("path", ["/board", "/api/board"])
async def test_the_board_is_for_supervisors(visitor, people, path):
    lan, mai = await visitor("lan"), await visitor("mai")

    assert (await lan.get(path)).status_code == 403
    assert (await mai.get(path)).status_code == 200


async def test_waiting_is_told_by_team_with_the_longest_wait(visitor, people, db, time):
    await waiting(db, "an", start=NOON)
    await waiting(db, "binh", start=NOON + timedelta(minutes=2))
    await waiting(db, "chi", "máy bị lỗi", start=NOON + timedelta(minutes=1))
    time.passes(minutes=3)

    teams = {team["code"]: team for team in (await board_of(visitor))["teams"]}

    assert teams["cskh"]["waiting"] == 2
    assert teams["cskh"]["since"] == (NOON + timedelta(seconds=1)).isoformat()
    assert teams["ky_thuat"]["waiting"] == 1
    assert teams["ban_hang"] == {
        "code": "ban_hang",
        "name": "Bán hàng",
        "open": True,
        "waiting": 0,
        "since": None,
        "closed_waiting": 0,
    }


async def test_who_asked_out_of_hours_counts_apart(visitor, people, db, time):
    async with db.begin() as tx:
        await tx.execute(tables.desk_rules.delete())  # desk.yml: 8 to 21 o'clock
    time.now = NOON + timedelta(hours=11)
    await waiting(db, "dem", start=time.now)

    teams = {team["code"]: team for team in (await board_of(visitor))["teams"]}

    assert teams["cskh"]["open"] is False
    assert teams["cskh"]["waiting"] == 0
    assert teams["cskh"]["since"] is None
    assert teams["cskh"]["closed_waiting"] == 1


async def test_each_clock_that_ran_out_is_told_with_who_has_it(visitor, people, db, time):
    first = await waiting(db, "an")
    following = await waiting(db, "binh")
    await reply(db, following, people.lan, NOON)
    await scenes.writes(db, "binh", "còn gì nữa không", NOON + timedelta(minutes=1))
    kept = await waiting(db, "chi")
    await reply(db, kept, people.hung, NOON)
    time.passes(minutes=12)

    late = (await board_of(visitor))["late"]

    assert [(each["conversation"], each["clock"], each["assignee"]) for each in late] == [
        (first, "first", ""),
        (following, "next", people.lan.name),
    ]


async def test_a_promise_of_the_end_that_ran_out_is_told_too(visitor, people, db, time):
    wanted = await waiting(db)
    await reply(db, wanted, people.lan, NOON)
    await scenes.writes(db, "nga", "vẫn chưa xong", NOON + timedelta(minutes=1))
    await handoff.reply(
        db, wanted, people.lan, Content("Dạ em đang xem"), NOON + timedelta(minutes=2), "again-001"
    )
    await scenes.writes(db, "nga", "sao rồi em", NOON + timedelta(minutes=3))
    async with db.begin() as tx:
        opened = await handoffs.open_of(tx, wanted)
        await handoffs.change(tx, opened.id, reply_by=None)
    time.passes(days=2)

    late = (await board_of(visitor))["late"]

    assert [each["clock"] for each in late] == ["resolve"]


async def test_agents_are_told_with_presence_load_talks_and_last_reply(visitor, people, db, time):
    wanted = await waiting(db)
    async with db.begin() as tx:
        await agents.place(tx, people.lan.id, ["cskh"], {}, 3)
        await agents.appear(tx, people.lan.id, Presence.ONLINE, NOON)
    await reply(db, wanted, people.lan, NOON + timedelta(seconds=20))
    time.passes(seconds=30)

    lan = next(each for each in (await board_of(visitor))["agents"] if each["id"] == people.lan.id)

    assert (lan["presence"], lan["lost"], lan["since"]) == ("online", False, NOON.isoformat())
    assert (lan["load"], lan["capacity"]) == (1, 3)
    assert [talk["conversation"] for talk in lan["talks"]] == [wanted]
    assert lan["last_reply"] == (NOON + timedelta(seconds=20)).isoformat()


async def test_an_agent_whose_console_is_gone_is_told_as_lost(visitor, people, db, time):
    async with db.begin() as tx:
        await agents.appear(tx, people.lan.id, Presence.ONLINE, NOON)
        await agents.seen(tx, people.lan.id, NOON + timedelta(minutes=1))
    time.passes(minutes=5)

    lan = next(each for each in (await board_of(visitor))["agents"] if each["id"] == people.lan.id)

    assert (lan["presence"], lan["lost"]) == ("off", True)
    assert lan["since"] == (NOON + timedelta(minutes=1)).isoformat()


async def test_the_last_reply_of_a_closed_talk_still_counts(visitor, people, db):
    wanted = await waiting(db)
    await reply(db, wanted, people.lan, NOON)
    await handoff.resolve(db, wanted, people.lan, "answered", NOON + timedelta(minutes=1))

    lan = next(each for each in (await board_of(visitor))["agents"] if each["id"] == people.lan.id)

    assert lan["talks"] == []
    assert lan["last_reply"] == NOON.isoformat()


async def test_todays_figures_begin_at_midnight_in_vietnam(visitor, people, db, time):
    before = await waiting(db, "qua", start=NOON - timedelta(days=1))
    await reply(db, before, people.lan, NOON - timedelta(days=1) + 2 * PROMISED)
    await handoff.resolve(db, before, people.lan, "answered", NOON - timedelta(hours=13))
    for by, after in (("an", timedelta(minutes=1)), ("binh", 2 * PROMISED)):
        wanted = await waiting(db, by)
        await reply(db, wanted, people.lan, NOON + after)
    await handoff.return_to_bot(db, wanted, people.lan, NOON + 2 * PROMISED)
    await waiting(db, "chi", start=NOON + timedelta(minutes=9))
    time.passes(minutes=10)

    assert (await board_of(visitor))["today"] == {
        "handoffs": 3,
        "in_time": 50,  # the third has still some time
        "breached": 0,  # the timers have not been looked at
        "abandoned": 0,
        "returned": 1,
    }


async def test_a_handoff_that_was_replayed_in_vain_is_one_of_todays(visitor, people, db, time):
    await waiting(db, reason="set_aside")
    now = NOON + timedelta(minutes=1)
    await dead_letters.replay(db, Span(NOON - timedelta(days=1), now), now, {})
    await answer_all(db, ScriptedDialogue({"cho gặp nhân viên": person("set_aside")}), now)
    time.passes(minutes=10)

    today = (await board_of(visitor))["today"]

    assert (today["handoffs"], today["in_time"]) == (1, 0)


async def test_breaches_and_those_who_left_are_counted(visitor, people, db, time):
    await waiting(db)
    time.passes(minutes=6)
    await keeper.look(db, time.now)
    time.passes(minutes=30)
    await keeper.look(db, time.now)

    today = (await board_of(visitor))["today"]

    assert (today["breached"], today["abandoned"], today["in_time"]) == (1, 1, 0)


async def test_customers_at_risk_are_told_once_with_every_reason(visitor, people, db, time):
    await waiting(db, "nga", "củ sạc giật điện", reason="safety")
    time.passes(minutes=6)
    await keeper.look(db, time.now)
    await waiting(db, "yen")  # nothing has gone wrong there

    risks = (await board_of(visitor))["at_risk"]

    assert [(each["customer"]["name"], each["why"]) for each in risks] == [
        ("Khách nga", ["grave", "breached"])
    ]


async def test_two_contacts_on_one_matter_are_a_risk(visitor, people, db):
    wanted = await waiting(db, "nga", "hoàn tiền giúp mình")
    await reply(db, wanted, people.lan, NOON)
    await handoff.resolve(db, wanted, people.lan, "answered", NOON)

    again = await waiting(db, "nga", "tiền hoàn vẫn chưa có, hoàn tiền đi", start=NOON)

    risks = (await board_of(visitor))["at_risk"]
    assert [(each["conversation"], each["why"]) for each in risks] == [(again, ["repeated"])]


async def test_who_left_while_waiting_is_at_risk(visitor, people, db, time):
    wanted = await waiting(db)
    time.passes(minutes=31)
    await keeper.look(db, time.now)

    (risk,) = (await board_of(visitor))["at_risk"]

    assert (risk["conversation"], risk["why"]) == (wanted, ["breached", "abandoned"])


async def test_who_was_written_to_again_is_done_until_it_happens_again(visitor, people, db, time):
    wanted = await waiting(db, "nga", "giật điện", reason="safety")
    await waiting(db, "yen", "lừa đảo", reason="scam")
    lan, mai = await visitor("lan"), await visitor("mai")
    time.passes(minutes=1)

    refused = await lan.post(f"/api/conversations/{wanted}/follow-up")
    await mai.post(f"/api/conversations/{wanted}/follow-up")

    assert refused.status_code == 403
    first, last = (await board_of(visitor))["at_risk"]
    assert first["followed_up"] is None
    assert last["conversation"] == wanted
    assert last["followed_up"] == {"by": people.mai.name, "at": time.now.isoformat()}
    time.passes(minutes=5)
    await keeper.look(db, time.now)  # and now the first reply is late
    assert [each["followed_up"] for each in (await board_of(visitor))["at_risk"]] == [None, None]


async def test_a_follow_up_that_was_promised_is_kept_and_no_second_is_made(visitor, people, db):
    wanted = await waiting(db, "nga", "giật điện", reason="safety")
    async with db.begin() as tx:
        promised = Promised("follow_up", "Gọi lại", NOON + timedelta(hours=1))
        await promises.add(tx, wanted, promised, Author.AGENT, NOON, user_id=people.lan.id)
    mai = await visitor("mai")

    await mai.post(f"/api/conversations/{wanted}/follow-up")

    async with db.read() as tx:
        assert await promises.open_in(tx, [wanted]) == {}
        assert len((await tx.execute(tables.promises.select())).all()) == 1
    missing = await mai.post("/api/conversations/999/follow-up")
    assert missing.status_code == 409


async def test_customers_at_risk_stay_for_the_next_working_day(visitor, people, db, time):
    async with db.begin() as tx:
        await tx.execute(tables.desk_rules.delete())
        document = desk_rules.document()
        document["hours"]["week"]["sun"] = []
        assert await rules.save(tx, document, "hours", None, NOON, upon=0)
    saturday = NOON - timedelta(days=2)
    await waiting(db, "nga", "giật điện", start=saturday, reason="safety")
    await waiting(db, "yen", "giật điện", start=saturday - timedelta(days=1), reason="safety")

    monday = [each["customer"]["name"] for each in (await board_of(visitor))["at_risk"]]
    time.passes(days=1)
    tuesday = [each["customer"]["name"] for each in (await board_of(visitor))["at_risk"]]

    assert monday == ["Khách nga"]
    assert tuesday == []


# --- what cannot wait


async def frames_of(db, since: int) -> list:
    frames = Frames(db, lambda: NOON)
    async with db.read() as tx:
        found = await events.after(tx, since)
    fresh = [event for event in found if event.id > since]  # PostgreSQL looks back
    return await frames.of([event for event in fresh if event.kind == "alarm"])


async def newest_event(db) -> int:
    async with db.read() as tx:
        return await events.newest_id(tx)


@pytest.mark.parametrize(("minutes", "kind"), [(4, "warned"), (5, "breached"), (30, "abandoned")])
async def test_what_the_clocks_bring_is_an_alarm(people, db, minutes, kind):
    await waiting(db)
    for minute in range(minutes + 1):
        await keeper.look(db, NOON + timedelta(minutes=minute))
    since = await newest_event(db)

    await keeper.look(db, NOON + timedelta(minutes=minutes, seconds=2))

    (frame,) = await frames_of(db, since)
    assert json.loads(frame.whole)["alarm"]["kind"] == kind


async def test_an_alarm_is_whole_for_supervisors_and_a_row_for_agents(people, db):
    since = await newest_event(db)
    await waiting(db, "nga", "giật điện", reason="safety")

    (frame,) = await frames_of(db, since)

    whole, plain = json.loads(frame.whole), json.loads(frame.plain)
    assert whole["alarm"]["kind"] == "requested"
    assert "alarm" not in plain
    assert plain["conversation"] == whole["conversation"]
    assert frame.for_users == set()


async def test_an_agent_is_warned_of_their_own_conversation_only(people, db):
    wanted = await waiting(db)
    await handoff.accept(db, wanted, people.lan, NOON)
    await scenes.writes(db, "nga", "alo", NOON)
    since = await newest_event(db)
    await keeper.look(db, NOON + timedelta(minutes=4))
    await keeper.look(db, NOON + timedelta(minutes=5))

    told = {
        json.loads(frame.whole)["alarm"]["kind"]: frame.for_users
        for frame in await frames_of(db, since)
    }

    assert set(told) <= {"warned", "requeued", "breached"}
    for kind, for_users in told.items():
        assert for_users == ({people.lan.id} if kind == "warned" else set())


async def test_a_requeued_conversation_names_who_did_not_answer(people, db):
    wanted = await waiting(db)
    await handoff.accept(db, wanted, people.lan, NOON + timedelta(seconds=30))
    await keeper.look(db, NOON + timedelta(minutes=5, seconds=10))  # the first reply is late

    await keeper.look(db, NOON + timedelta(minutes=5, seconds=40))

    async with db.read() as tx:
        alarm = await alarms.of_conversation(tx, wanted)
    assert (alarm["kind"], alarm["why"]) == ("requeued", "silent")
    assert alarm["by"]["name"] == people.lan.name


class Ear:
    """A screen's socket, as far as being told goes."""

    def __init__(self, app) -> None:
        self.app = app
        self.told: list[dict] = []

    async def send_text(self, text: str) -> None:
        self.told.append(json.loads(text))


@pytest.mark.parametrize(("who", "hears"), [("mai", True), ("quan", True), ("hung", False)])
async def test_a_screen_hears_what_its_reader_may(app, people, db, who, hears):
    since = await newest_event(db)
    await waiting(db, "nga", "giật điện", reason="safety")
    async with db.read() as tx:
        event = next(each for each in await events.after(tx, since) if each.kind == "alarm")
    ear = Ear(app)

    await Screen(ear, Frames(db, lambda: NOON), getattr(people, who))._show([event])

    assert bool(ear.told[0].get("alarm")) is hears


# --- in a browser


@browsers
async def test_the_board_refreshes_itself_and_leaves_the_focus(desk, browse):
    page = await browse("mai", "/board")
    link = page.locator("#agents-rows a", has_text="Vũ Hải Yến")
    await link.focus()
    await expect(page.locator("#late-rows")).to_contain_text("Bùi Kim Cúc")

    await handoff.accept(desk.db, desk.talks["cuc2"], desk.people.hung, clock.now())
    await desk.live.ring()

    await expect(page.locator("#agents-rows a", has_text="Bùi Kim Cúc")).to_be_visible()
    await expect(link).to_be_focused()


@browsers
async def test_an_alarm_is_told_with_the_way_into_the_conversation(desk, browse):
    page = await browse("mai", "/board")
    await expect(page.locator("#figures div").first).to_be_visible()

    wanted = await scenes.talk(
        desk.db, "khan", "Lý Khẩn", [("bị điện giật", person("safety"))], clock.now()
    )
    await desk.live.ring()

    told = page.locator(".toast.alarm")
    await expect(told).to_contain_text("Khẩn: Lý Khẩn cần người hỗ trợ ngay")
    assert await page.locator("#toasts").get_attribute("role") == "status"  # polite
    await told.get_by_role("link", name="Mở").click()
    await page.wait_for_url(f"**/inbox#c{wanted}")
    await expect(page.locator("#talk-name")).to_have_text("Lý Khẩn")


@browsers
async def test_agents_hear_no_alarm_of_others(desk, browse):
    page = await browse("lan")

    await scenes.talk(desk.db, "khan", "Lý Khẩn", [("bị điện giật", person("safety"))], clock.now())
    await desk.live.ring()

    await expect(page.locator(".row", has_text="Lý Khẩn")).to_be_visible()
    await expect(page.locator(".toast.alarm")).to_have_count(0)


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}


@browsers
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_and_nothing_sticks_out(desk, browse, look):
    page = await browse("mai", "/board", **LOOKS[look])
    await expect(page.locator("#figures div").first).to_be_visible()
    found = (await Axe().run(page)).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
