"""What happens at the desk when time passes: clocks, places, silent agents, customers who leave
(K6–K13, H9)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pytest
from desks import Desk
from doubles import NOON, ScriptedDialogue, answer_all
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import desk_rules, handoff, keeper, queue, words
from bot.facts import HERE
from bot.models import Content, Presence, Say, Status, Turn
from bot.routing import rank_at
from bot.schedule import WEEKDAYS
from bot.storage import conversations, events, handoffs, timers, trackers
from bot.storage.db import Database
from connectors.base import Json

DAY = ["08:00-12:00", "13:30-18:00"]
LUNCH = {"week": {weekday: DAY for weekday in WEEKDAYS[:5]}}


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE).astimezone(timezone.utc)


@pytest.fixture
async def desk(db: Database) -> Desk:
    return Desk(db)


async def with_lunch(desk: Desk) -> None:
    await desk.rules(lambda rules: rules.update(hours={**LUNCH, "holidays": True}))


def at(desk: Desk, told: Sequence[object], kind: str, clock: str) -> list[float]:
    """Minutes after noon at which a clock said so."""
    return [
        (each.at - NOON).total_seconds() / 60  # type: ignore[attr-defined]
        for each in told
        if each.kind == kind and each.data["clock"] == clock  # type: ignore[attr-defined]
    ]


async def alarms(desk: Desk) -> int:
    async with desk.db.read() as tx:
        return sum(each.kind == "alarm" for each in await events.after(tx, 0))


# Promises (K7)


async def test_a_first_reply_is_promised_in_five_minutes_and_watched(desk: Desk) -> None:
    talk = await desk.asks("nga")

    await desk.goes(minutes=6)

    told = await desk.told(talk)
    assert (await desk.handoff(talk)).respond_by == NOON + timedelta(minutes=5)
    assert at(desk, told, "warned", "first") == [4.0]
    assert at(desk, told, "breached", "first") == [5.0]
    assert (await desk.handoff(talk)).breached_at == NOON + timedelta(minutes=5)
    assert await alarms(desk) == 2


async def test_the_assistants_words_do_not_keep_a_persons_promise(desk: Desk) -> None:
    text = "em muốn gặp người"
    talk = await desk.writes("nga", text)
    answer = Turn(says=(), handoff_reason="customer_request")
    await answer_all(desk.db, ScriptedDialogue({text: answer}), desk.now)

    await desk.goes(minutes=6)

    assert (await desk.handoff(talk)).breached_at is not None


async def test_a_reply_in_time_keeps_the_promise(desk: Desk) -> None:
    lan = await desk.agent("lan")
    talk = await desk.asks("nga")
    await desk.goes(minutes=3)
    await desk.reply(talk, lan)

    await desk.goes(minutes=20)

    assert await desk.kinds(talk) == ["requested", "assigned"]
    assert (await desk.handoff(talk)).first_reply_at == NOON + timedelta(minutes=3)


async def test_each_next_reply_has_a_clock_from_the_customers_message(desk: Desk) -> None:
    lan = await desk.agent("lan")
    await desk.rules(lambda rules: rules["assignment"].update(silent_after=60))
    talk = await desk.asks("nga")
    await desk.reply(talk, lan)
    await desk.goes(minutes=5)
    await desk.writes("nga", "còn nữa em ơi")
    await desk.goes(minutes=2)
    await desk.writes("nga", "alo?")  # does not put the promise off

    await desk.goes(minutes=10)

    told = await desk.told(talk)
    assert at(desk, told, "warned", "next") == [13.0]
    assert at(desk, told, "breached", "next") == [15.0]


async def test_the_end_stands_still_while_the_customer_is_waited_for(desk: Desk) -> None:
    lan = await desk.agent("lan")
    await desk.rules(lambda rules: rules["sla"].update(resolve=60, next_reply=500))
    await desk.rules(lambda rules: rules["assignment"].update(silent_after=500))
    talk = await desk.asks("nga")
    await desk.goes(minutes=2, step=60)
    await desk.reply(talk, lan)  # 58 minutes are left
    await desk.goes(minutes=100, step=60)
    await desk.writes("nga", "rồi em")  # at 102

    await desk.goes(minutes=60, step=60)

    told = await desk.told(talk)
    assert at(desk, told, "warned", "resolve") == [102 + 46]
    assert at(desk, told, "breached", "resolve") == [102 + 58]


async def test_a_clock_warns_once_and_breaks_once_however_often_it_stands_still(
    desk: Desk,
) -> None:
    lan = await desk.agent("lan")
    await desk.rules(lambda rules: rules["sla"].update(resolve=10, next_reply=500))
    await desk.rules(lambda rules: rules["assignment"].update(silent_after=500))
    talk = await desk.asks("nga")
    for _ in range(4):
        await desk.goes(minutes=9, step=60)
        await desk.reply(talk, lan)
        await desk.goes(minutes=3, step=60)
        await desk.writes("nga", "còn nữa")

    told = await desk.told(talk)
    assert len(at(desk, told, "warned", "resolve")) == 1
    assert len(at(desk, told, "breached", "resolve")) == 1


@pytest.mark.parametrize(
    ("asked", "warned", "broken"),
    [
        ("2026-11-23 09:00", "2026-11-23 09:04", "2026-11-23 09:05"),
        ("2026-11-23 11:58", "2026-11-23 13:32", "2026-11-23 13:33"),  # over lunch
        ("2026-11-23 12:30", "2026-11-23 13:34", "2026-11-23 13:35"),  # at lunch
        ("2026-11-23 17:57", "2026-11-25 08:01", "2026-11-25 08:02"),  # over 24 November, a holiday
        ("2026-11-27 23:00", "2026-11-30 08:04", "2026-11-30 08:05"),  # over a weekend
        ("2026-02-13 17:56", "2026-02-13 18:00", "2026-02-23 08:01"),  # over Tết
    ],
)
async def test_promises_run_in_open_time(desk: Desk, asked: str, warned: str, broken: str) -> None:
    await with_lunch(desk)
    desk.now = here(asked)
    talk = await desk.asks("nga")

    for moment in (warned, broken):
        await desk.jumps(here(moment) - timedelta(seconds=1))
        await desk.jumps(here(moment))

    seen = [(each.kind, each.at) for each in await desk.told(talk) if each.data.get("clock")]
    assert seen == [("warned", here(warned)), ("breached", here(broken))]


# Place and wait (K8)


async def test_a_customer_hears_their_place_at_entry_and_every_two_minutes(desk: Desk) -> None:
    for n in range(3):
        talk = await desk.asks(f"c{n}")

    await desk.goes(minutes=5)

    assert await desk.heard(talk) == ["queued", "still_queued", "still_queued"]
    texts = [each.content.text for each in await desk.transcript(talk)]
    assert "thứ 3" in texts[1] and "thứ 3" in texts[2]


async def test_the_wait_is_told_in_minutes_when_somebody_works(desk: Desk) -> None:
    await desk.agent("lan", capacity=1)
    for n in range(3):
        talk = await desk.asks(f"c{n}")

    assert await desk.heard(talk) == ["queued_minutes"]
    text = (await desk.transcript(talk))[-1].content.text
    assert "người thứ 2" in text and "8–24 phút" in text  # 2 × 8 minutes, half to both sides


async def test_two_places_further_is_told_at_once_and_one_is_not(desk: Desk) -> None:
    talks = [await desk.asks(f"c{n}") for n in range(4)]
    lan = await desk.agent("lan", online=False)
    await desk.goes(seconds=40)

    await handoff.accept(desk.db, talks[0], lan, desk.now)
    await desk.goes(seconds=15)
    assert await desk.heard(talks[3]) == ["queued"]
    await handoff.accept(desk.db, talks[1], lan, desk.now)
    await desk.goes(seconds=15)

    assert await desk.heard(talks[3]) == ["queued", "still_queued"]
    assert "thứ 2" in (await desk.transcript(talks[3]))[-1].content.text
    assert await desk.heard(talks[2]) == ["queued", "still_queued"]


async def test_who_was_told_just_now_is_not_told_again_at_every_change(desk: Desk) -> None:
    talks = [await desk.asks(f"c{n}") for n in range(8)]
    lan = await desk.agent("lan", online=False)

    for n in range(6):
        await handoff.accept(desk.db, talks[n], lan, desk.now)
        await desk.goes(seconds=4, step=1)

    assert await desk.heard(talks[7]) == ["queued"]
    await desk.goes(seconds=10, step=1)
    assert await desk.heard(talks[7]) == ["queued", "still_queued"]


async def test_whoever_is_helped_at_once_hears_of_no_queue(desk: Desk) -> None:
    lan = await desk.agent("lan")

    talk = await desk.asks("nga")

    assert await desk.who(talk) == lan.id
    assert await desk.heard(talk) == ["accepted"]


# The order (K4)


async def test_one_who_may_wait_is_helped_before_a_fresh_usual_one_after_twenty_minutes(
    desk: Desk,
) -> None:
    await desk.rules(
        lambda rules: rules["routing"].insert(
            0, {"name": "khi rảnh", "when": {"words": ["góp ý"]}, "priority": 3}
        )
    )
    low = await desk.asks("nga", "em góp ý chút")
    await desk.goes(minutes=20, step=60)
    usual = await desk.asks("tú")

    lan = await desk.agent("lan", capacity=1)
    await desk.look()

    assert (await desk.who(low), await desk.who(usual)) == (lan.id, "queued")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9)), min_size=1, max_size=60))
def test_whoever_waits_is_passed_by_a_bounded_number(arrivals: list[tuple[int, int]]) -> None:
    """One is helped a minute and the urgent keep coming: nobody waits for ever (no starvation)."""
    rules = desk_rules.default()
    clock, line = NOON, []
    for priority, gap in arrivals:
        clock += timedelta(minutes=gap)
        line.append((rank_at(rules, priority, clock), clock))
    spread = 2 * rules.queue.ageing
    ordered = sorted(line)

    for place, (_, came) in enumerate(ordered):
        passed_by = [other for _, other in ordered[:place] if other > came]
        assert all(other - came <= spread for other in passed_by)


# Out of hours (K6, K9)


async def test_at_night_the_customer_hears_when_somebody_is_back_and_by_when_they_answer(
    desk: Desk,
) -> None:
    desk.now = here("2026-11-23 22:15")

    talk = await desk.asks("nga")

    assert await desk.heard(talk) == ["out_of_hours"]
    text = (await desk.transcript(talk))[-1].content.text
    assert "8:00 sáng thứ Tư (25/11)" in text or "8:00 thứ Tư (25/11)" in text
    assert "số điện thoại" in text and "8:05" in text
    assert (await desk.handoff(talk)).respond_by == here("2026-11-25 08:05")


async def test_the_number_left_out_of_hours_is_noted_and_confirmed_once(desk: Desk) -> None:
    desk.now = here("2026-11-21 22:15")
    talk = await desk.asks("nga")

    await desk.writes("nga", "máy giặt kêu to, gọi em 0912 345 678 nhé")
    await desk.writes("nga", "0912345678 nha shop")

    assert (await desk.handoff(talk)).contact == "0912345678"
    assert await desk.heard(talk) == ["out_of_hours", "contact_noted"]
    await desk.writes("nga", "à nhầm, số này 0987654321")
    assert (await desk.handoff(talk)).contact == "0987654321"
    assert (await desk.heard(talk)).count("contact_noted") == 2


@pytest.mark.parametrize("text", ["stk 0912345678 vcb", "đơn BT12345678", "alo"])
async def test_other_numbers_are_no_contact(desk: Desk, text: str) -> None:
    desk.now = here("2026-11-21 22:15")
    talk = await desk.asks("nga")

    await desk.writes("nga", text)

    assert (await desk.handoff(talk)).contact == ""


async def test_in_hours_a_number_is_just_a_message(desk: Desk) -> None:
    talk = await desk.asks("nga")

    await desk.writes("nga", "0912345678")

    assert (await desk.handoff(talk)).contact == ""
    assert await desk.heard(talk) == ["queued"]


async def test_who_waits_when_the_shop_closes_is_told_and_not_left_waiting(desk: Desk) -> None:
    desk.now = here("2026-11-21 20:55")
    talk = await desk.asks("nga")

    await desk.goes(minutes=90, step=30)

    assert await desk.heard(talk) == ["queued", "still_queued", "still_queued", "out_of_hours"]
    assert await desk.who(talk) == "queued"


async def test_a_ticket_of_the_night_waits_for_people_and_is_not_pestered(desk: Desk) -> None:
    desk.now = here("2026-11-21 22:15")
    talk = await desk.asks("nga")

    await desk.jumps(here("2026-11-22 08:05"))
    await desk.goes(minutes=60, step=60)

    assert await desk.heard(talk) == ["out_of_hours"]
    assert await desk.who(talk) == "queued"
    assert at(desk, await desk.told(talk), "breached", "first")  # and it is said to be late


async def test_in_the_morning_the_tickets_of_the_night_come_first(desk: Desk) -> None:
    desk.now = here("2026-11-21 22:15")
    night = await desk.asks("nga")
    desk.now = here("2026-11-22 08:01")
    morning = await desk.asks("tú")

    lan = await desk.agent("lan", capacity=1)
    await desk.look()

    assert (await desk.who(night), await desk.who(morning)) == (lan.id, "queued")


async def test_a_failure_at_night_is_owned_up_to(desk: Desk) -> None:
    desk.now = here("2026-11-21 22:15")

    talk = await desk.asks("nga", reason="assistant_failed")

    assert await desk.heard(talk) == ["out_of_hours_failed"]


async def test_a_team_with_hours_of_its_own_keeps_its_own_promises(desk: Desk) -> None:
    hours = {"ky_thuat": {"week": {"wed": ["09:00-10:00"]}, "holidays": False}}
    await desk.rules(lambda rules: rules.update(team_hours=hours))

    talk = await desk.asks("nga", "máy bị lỗi")

    assert await desk.heard(talk) == ["out_of_hours"]
    assert (await desk.handoff(talk)).respond_by == here("2026-11-25 09:05")


# Agents who do not answer (K10)


async def test_a_silent_agent_loses_the_talk_to_the_front_and_the_supervisor_hears(
    desk: Desk,
) -> None:
    lan = await desk.agent("lan", capacity=1)
    talk = await desk.asks("nga")
    other = await desk.asks("tú")
    assert await desk.who(talk) == lan.id

    await desk.goes(minutes=5)

    assert await desk.who(talk) == "queued"
    requeued = [each for each in await desk.told(talk) if each.kind == "requeued"]
    assert [(each.user_id, each.data["why"]) for each in requeued] == [(lan.id, "silent")]
    async with desk.db.read() as tx:
        assert await handoffs.place_of(tx, talk) == 1
    assert await desk.who(other) == lan.id  # who now has room
    assert await desk.heard(talk) == ["accepted"]  # the customer is not told


async def test_who_was_silent_does_not_get_it_again_but_may_take_it(desk: Desk) -> None:
    lan = await desk.agent("lan")
    talk = await desk.asks("nga")
    await desk.goes(minutes=12)
    assert await desk.who(talk) == "queued"
    assert (await desk.kinds(talk)).count("assigned") == 1

    await handoff.accept(desk.db, talk, lan, desk.now)

    assert await desk.who(talk) == lan.id


async def test_somebody_else_gets_what_a_silent_agent_lost(desk: Desk) -> None:
    lan = await desk.agent("lan")
    talk = await desk.asks("nga")
    hung = await desk.agent("hung")

    await desk.goes(minutes=5, seconds=15)

    assert await desk.who(talk) == hung.id != lan.id
    assert await desk.heard(talk) == ["accepted", "accepted"]


async def test_silence_is_measured_from_the_customers_message_in_open_time(desk: Desk) -> None:
    lan = await desk.agent("lan")
    talk = await desk.asks("nga")
    await desk.reply(talk, lan)
    await desk.jumps(here("2026-11-25 20:57"))
    await desk.writes("nga", "em ơi")

    await desk.goes(minutes=10)
    assert await desk.who(talk) == lan.id
    await desk.jumps(here("2026-11-26 08:01"))
    assert await desk.who(talk) == lan.id
    await desk.jumps(here("2026-11-26 08:02"))

    assert await desk.who(talk) == "queued"


async def test_a_console_that_is_gone_for_a_minute_loses_who_waits_only(desk: Desk) -> None:
    lan = await desk.agent("lan")
    waits, answered = await desk.asks("nga"), await desk.asks("tú")
    await desk.reply(answered, lan)
    desk.vanishes(lan)

    await desk.goes(minutes=1)
    assert await desk.who(waits) == lan.id
    await desk.goes(seconds=15)

    assert (await desk.who(waits), await desk.who(answered)) == ("queued", lan.id)
    assert (await desk.told(waits))[-1].data["why"] == "offline"


async def test_what_the_assistant_said_before_does_not_hide_that_somebody_waits(
    desk: Desk,
) -> None:
    """The assistant's "em chuyển máy ạ" is no answer of a person."""
    lan = await desk.agent("lan")
    talk = await desk.writes("nga", "gặp người")
    turn = Turn(says=(Say(Content("Dạ để em chuyển")),), handoff_reason="customer_request")
    await answer_all(desk.db, ScriptedDialogue({"gặp người": turn}), desk.now)
    assert await desk.who(talk) == lan.id
    desk.vanishes(lan)

    await desk.goes(seconds=75)

    assert await desk.who(talk) == "queued"


async def test_back_after_a_moment_they_have_it_again_and_the_customer_hears_nothing(
    desk: Desk,
) -> None:
    lan = await desk.agent("lan")
    talk = await desk.asks("nga")
    desk.vanishes(lan)
    await desk.goes(seconds=75)
    assert await desk.who(talk) == "queued"

    await desk.appears(lan)
    await desk.look()

    assert await desk.who(talk) == lan.id
    assert await desk.heard(talk) == ["accepted"]


async def test_who_says_that_they_are_off_is_watched_by_the_clock_alone(desk: Desk) -> None:
    lan = await desk.agent("lan")
    talk = await desk.asks("nga")
    await desk.appears(lan, Presence.OFF)
    desk.vanishes(lan)

    await desk.goes(minutes=4)
    assert await desk.who(talk) == lan.id
    await desk.goes(minutes=1)

    assert await desk.who(talk) == "queued"


async def test_danger_stays_before_what_an_agent_lost(desk: Desk) -> None:
    await desk.agent("lan", teams=["quan_ly"], capacity=1)
    lost = await desk.asks("nga", "em doạ kiện", reason="legal")
    await desk.rules(lambda rules: rules["routing"][0].update(priority=1))
    danger = await desk.asks("tú", "cháy", reason="safety")
    async with desk.db.begin() as tx:
        await queue.raise_priority(tx, danger, 0, desk.now)
        held = await handoffs.open_of(tx, lost)
        assert held
        await handoffs.change(tx, held.id, priority=1)
        talk = await conversations.by_id(tx, lost, lock=True)
        assert talk
        await queue.requeue(tx, talk, "offline", desk.now)
        assert await handoffs.place_of(tx, danger) == 1
        assert await handoffs.place_of(tx, lost) == 2


async def test_two_workers_ring_a_timer_once(db: Database, database_url: str) -> None:
    desk, other = Desk(db), Database(database_url)
    talk = await desk.asks("nga")
    desk.now += timedelta(minutes=4)

    await asyncio.gather(keeper.look(db, desk.now), keeper.look(other, desk.now))

    await other.close()
    assert (await desk.kinds(talk)).count("warned") == 1
    assert await desk.heard(talk) == ["queued", "still_queued"]


async def test_one_conversations_bug_does_not_hold_up_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = await desk.asks("nga"), await desk.asks("tú")
    tell = queue.tell_place

    async def fails(tx: object, talk: object, now: datetime) -> None:
        if talk.id == broken:  # type: ignore[attr-defined]
            raise RuntimeError
        await tell(tx, talk, now)  # type: ignore[arg-type]

    monkeypatch.setattr(queue, "tell_place", fails)
    lan = await desk.agent("lan", capacity=1, online=False)
    await desk.goes(minutes=2)
    await desk.appears(lan)
    await desk.look()

    assert await desk.heard(well) == ["queued", "still_queued"]
    assert await desk.who(broken) == lan.id


async def test_a_timer_without_its_reason_goes_away(desk: Desk) -> None:
    talk = await desk.writes("nga", "alo")
    async with desk.db.begin() as tx:
        await timers.put(tx, talk, "abandon", desk.now)

    await desk.look()

    assert await desk.timers(talk) == {}
    assert await desk.who(talk) == "bot"


# Back to the assistant (K12)


async def test_given_back_the_assistant_goes_on_with_a_sentence_and_without_the_old_question(
    desk: Desk,
) -> None:
    lan = await desk.agent("lan")
    talk = await desk.asks("nga")
    async with desk.db.begin() as tx:
        await trackers.append(tx, talk, [{"event": "active_loop", "name": "order_form"}])
    await desk.reply(talk, lan)

    await handoff.return_to_bot(desk.db, talk, lan, desk.now)

    assert await desk.heard(talk) == ["accepted", "returned"]
    assert "Lan đã hỗ trợ" in (await desk.transcript(talk))[-1].content.text
    assert (await desk.handoff(talk)).outcome == "returned"
    async with desk.db.read() as tx:
        assert (await trackers.load(tx, talk)).loop is None
    await desk.writes("nga", "mấy giờ mở cửa")
    assert await answer_all(desk.db, ScriptedDialogue(), desk.now) == 1


async def test_no_clock_wakes_the_assistant(desk: Desk) -> None:
    lan = await desk.agent("lan", online=False)
    waiting, held = await desk.asks("nga"), await desk.asks("tú")
    await handoff.accept(desk.db, held, lan, desk.now)
    await desk.reply(held, lan)

    await desk.goes(hours=30, step=600)

    assert await desk.who(waiting) == "resolved"  # an honest end, not the assistant
    assert await desk.who(held) == lan.id


# Who leaves (K13)


async def test_half_an_hour_of_silence_before_the_first_reply_is_abandonment(desk: Desk) -> None:
    talk = await desk.asks("nga", "máy giặt kêu")
    await desk.goes(minutes=29, step=60)
    assert await desk.who(talk) == "queued"

    await desk.goes(minutes=5, step=60)

    found = await desk.conversation(talk)
    assert (found.status, found.resolution) == (Status.RESOLVED, "abandoned")
    assert (await desk.handoff(talk)).outcome == "abandoned"
    assert (await desk.kinds(talk)).count("abandoned") == 1
    assert (await desk.heard(talk))[-1] == "abandoned"
    (promise,) = await desk.promises()
    assert (promise.kind, promise.conversation_id, promise.team) == ("follow_up", talk, "cskh")
    assert "máy giặt kêu" in promise.text
    # The next day is a holiday.
    assert promise.due_at == here("2026-11-25 08:00")


async def test_who_writes_while_waiting_has_not_left(desk: Desk) -> None:
    talk = await desk.asks("nga")
    for _ in range(3):
        await desk.goes(minutes=20, step=60)
        await desk.writes("nga", "có ai không")

    assert await desk.who(talk) == "queued"


async def test_once_a_person_has_answered_silence_is_no_abandonment(desk: Desk) -> None:
    lan = await desk.agent("lan")
    talk = await desk.asks("nga")
    await desk.reply(talk, lan)

    await desk.goes(hours=3, step=300)

    assert await desk.who(talk) == lan.id
    assert await desk.promises() == []


async def test_a_message_late_in_its_turn_is_not_abandoned_at_once(desk: Desk) -> None:
    """The worker was away for an hour; the customer has been waiting, not the desk."""
    talk = await desk.writes("nga", "gặp người")
    desk.now += timedelta(hours=1)
    dialogue = ScriptedDialogue({"gặp người": Turn(handoff_reason="customer_request")})
    await answer_all(desk.db, dialogue, desk.now)

    await desk.goes(minutes=29, step=60)

    assert await desk.who(talk) == "queued"


async def test_danger_is_never_abandoned(desk: Desk) -> None:
    talk = await desk.asks("nga", "cháy", reason="safety")

    await desk.goes(hours=2, step=120)

    assert await desk.who(talk) == "queued"


async def test_whose_page_is_closed_for_two_minutes_has_left(desk: Desk) -> None:
    talk = await desk.asks("nga")

    async def page_lives() -> None:
        async with desk.db.begin() as tx:
            found = await conversations.by_id(tx, talk)
            assert found
            await queue.on_page(tx, found, desk.now, timedelta(seconds=25))

    for _ in range(8):
        await page_lives()
        await desk.goes(seconds=25)
    assert await desk.who(talk) == "queued"

    await desk.goes(seconds=105)
    assert await desk.who(talk) == "queued"
    await desk.goes(seconds=30)

    assert (await desk.handoff(talk)).outcome == "abandoned"
    assert len(await desk.promises()) == 1


async def test_a_page_that_is_closed_while_a_person_answers_ends_nothing(desk: Desk) -> None:
    talk = await desk.asks("nga")
    async with desk.db.begin() as tx:
        found = await conversations.by_id(tx, talk)
        assert found
        await queue.on_page(tx, found, desk.now, timedelta(seconds=25))
    lan = await desk.agent("lan")
    await desk.look()

    await desk.goes(minutes=4)

    assert await desk.who(talk) == lan.id
    assert "left" not in await desk.timers(talk)


async def test_out_of_hours_a_page_may_be_closed(desk: Desk) -> None:
    desk.now = here("2026-11-21 22:15")
    talk = await desk.asks("nga")
    async with desk.db.begin() as tx:
        found = await conversations.by_id(tx, talk)
        assert found
        await queue.on_page(tx, found, desk.now, timedelta(seconds=25))

    await desk.goes(minutes=10, step=60)

    assert await desk.who(talk) == "queued"


async def test_a_customer_who_comes_back_begins_a_new_talk(desk: Desk) -> None:
    talk = await desk.asks("nga")
    await desk.goes(minutes=31, step=60)

    again = await desk.writes("nga", "giờ có ai chưa")

    assert again != talk
    assert await desk.who(again) == "bot"


# A desk with nobody


async def test_without_anybody_at_the_desk_the_customer_still_has_an_honest_end(
    desk: Desk,
) -> None:
    talk = await desk.asks("nga", "bảo hành")

    await desk.goes(minutes=31, step=60)

    assert await desk.who(talk) == "resolved"
    assert [each.team for each in await desk.promises()] == ["ky_thuat"]


async def test_every_word_of_the_queue_is_polite_in_both_languages() -> None:
    moment: Json = {"opens": "8:00", "by": "8:05", "place": 1, "low": 1, "high": 2}
    for key in ("queued", "queued_minutes", "still_queued_minutes", "out_of_hours", "abandoned"):
        assert "ạ" in words.say(key, "vi", **moment) or "giúp em" in words.say(key, "vi", **moment)
        assert words.say(key, "en", **moment)
