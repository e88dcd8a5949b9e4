"""Which team a hand-off goes to, how urgent it is, and where it stands (K1, K4, H7, C1.15)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desks import Desk
from doubles import NOON
from hypothesis import given
from hypothesis import strategies as st

from bot import desk_rules, handoff
from bot.desk_rules import PRIORITIES
from bot.models import Role
from bot.routing import Case, rank_at, route
from bot.storage import customers
from bot.storage.db import Database
from connectors.base import Json

RULES = desk_rules.default()
DEPARTMENTS = {"cskh", "ban_hang", "ky_thuat", "ke_toan", "giao_nhan", "quan_ly"}


def case(text: str = "", reason: str = "customer_request", **more: object) -> Case:
    return Case(reason, text, **{"channel": "web", "language": "vi", **more})  # type: ignore[arg-type]


def rules_with(*rules: Json) -> desk_rules.DeskRules:
    return desk_rules.read({**desk_rules.document(), "routing": list(rules)})


@pytest.mark.parametrize(
    ("text", "reason", "team", "priority"),
    [
        ("cho em hỏi chút", "customer_request", "cskh", 2),
        ("shop ơi cho em xin hoá đơn đỏ", "customer_request", "ke_toan", 2),
        ("em chuyen khoan roi ma chua thay", "customer_request", "ke_toan", 2),
        ("shipper gọi mà em không nghe máy", "customer_request", "giao_nhan", 2),
        ("đổi địa chỉ đơn này", "order_change", "giao_nhan", 2),
        ("máy không lên nguồn", "customer_request", "ky_thuat", 2),
        ("bao hanh bao lau", "fallback", "ky_thuat", 2),
        ("tư vấn giúp em tủ lạnh", "customer_request", "ban_hang", 2),
        ("cần báo giá 20 máy cho công ty", "b2b", "ban_hang", 2),
        ("làm ăn kiểu gì vậy", "complaint", "cskh", 1),
        ("trả tiền lại đây", "refund_overdue", "ke_toan", 1),
        ("máy bốc khói", "safety", "quan_ly", 0),
        ("em sẽ đưa lên báo", "legal", "quan_ly", 0),
    ],
)
def test_the_rules_that_come_with_carebot_know_the_six_departments(
    text: str, reason: str, team: str, priority: int
) -> None:
    found = route(RULES, case(text, reason))

    assert (found.team, found.priority) == (team, priority)


def test_the_departments_are_those_that_a_shop_has() -> None:
    assert set(RULES.teams) == DEPARTMENTS


@pytest.mark.parametrize("text", ["em là Shipley", "worship", "bảo hàn", "hộ bảo hành tinh"])
def test_a_word_counts_only_as_a_whole(text: str) -> None:
    words = ["ship", "bảo hành chứ"]
    rules = rules_with({"name": "x", "when": {"words": words}, "team": "ke_toan"})

    assert route(rules, case(text)).team == "cskh"


def test_the_first_rule_with_a_team_decides_and_the_most_urgent_priority_counts() -> None:
    rules = rules_with(
        {"name": "gấp", "when": {"words": ["gấp"]}, "priority": 1},
        {"name": "máy", "when": {"words": ["máy"]}, "team": "ky_thuat", "skills": ["máy lạnh"]},
        {"name": "tiền", "when": {"words": ["tiền"]}, "team": "ke_toan", "skills": ["tiền mặt"]},
    )

    found = route(rules, case("trả tiền máy gấp"))

    assert (found.team, found.priority) == ("ky_thuat", 1)
    assert found.skills == {"máy lạnh", "tiền mặt"}
    assert found.rules == ("gấp", "máy", "tiền")


@pytest.mark.parametrize(
    ("when", "fitting", "other"),
    [
        ({"channels": ["zalo"]}, {"channel": "zalo"}, {"channel": "web"}),
        ({"languages": ["en"]}, {"language": "en"}, {"language": "vi"}),
        ({"vip": True}, {"vip": True}, {"vip": False}),
        ({"repeats": 3}, {"repeats": 3}, {"repeats": 2}),
        ({"reasons": ["b2b"]}, {"reason": "b2b"}, {"reason": "fallback"}),
    ],
)
def test_a_rule_asks_for_channel_language_value_or_repetition(
    when: Json, fitting: Json, other: Json
) -> None:
    rules = rules_with({"name": "x", "when": when, "team": "ban_hang"})

    assert route(rules, case(**fitting)).team == "ban_hang"
    assert route(rules, case(**other)).team == "cskh"


def test_every_condition_of_a_rule_must_hold() -> None:
    rules = rules_with(
        {"name": "x", "when": {"channels": ["zalo"], "words": ["ship"]}, "team": "giao_nhan"}
    )

    assert route(rules, case("phí ship", channel="zalo")).team == "giao_nhan"
    assert route(rules, case("phí ship")).team == "cskh"
    assert route(rules, case("giá sao", channel="zalo")).team == "cskh"


@given(
    st.text(max_size=80),
    st.sampled_from(["customer_request", "safety", "b2b", "payment", "?"]),
    st.sampled_from(["web", "zalo", ""]),
    st.booleans(),
    st.integers(0, 9),
)
def test_every_hand_off_gets_a_team_and_a_priority(
    text: str, reason: str, channel: str, vip: bool, repeats: int
) -> None:
    found = route(RULES, case(text, reason, channel=channel, vip=vip, repeats=repeats))

    assert found.team in RULES.teams
    assert found.priority in PRIORITIES


def test_a_rule_that_matches_nothing_leaves_the_default_team() -> None:
    assert route(rules_with(), case("bất cứ gì")).team == "cskh"


@pytest.mark.parametrize(
    ("vip", "repeats", "priority"), [(True, 1, 1), (False, 3, 1), (True, 3, 1)]
)
def test_a_good_or_a_third_contact_is_one_step_more_urgent_but_never_before_danger(
    vip: bool, repeats: int, priority: int
) -> None:
    assert route(RULES, case("alo", vip=vip, repeats=repeats)).priority == priority
    assert route(RULES, case("alo")).priority == 2


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 600), st.integers(0, 600))
def test_the_order_of_two_never_changes_while_both_wait(
    one: int, other: int, at: int, later: int
) -> None:
    """A place is a time: nobody is passed by somebody who was behind them."""
    first = rank_at(RULES, one, NOON + timedelta(minutes=at))
    second = rank_at(RULES, other, NOON + timedelta(minutes=later))

    # All that comes this much later stands behind, however urgent, danger excepted.
    if other > 0 and later - at > 2 * RULES.queue.ageing.total_seconds() / 60:
        assert first < second


def test_one_who_may_wait_passes_a_fresh_usual_one_after_twenty_minutes() -> None:
    waiting = rank_at(RULES, 3, NOON)

    assert waiting > rank_at(RULES, 2, NOON + timedelta(minutes=10))
    assert waiting < rank_at(RULES, 2, NOON + timedelta(minutes=20))


def test_danger_stands_before_all_who_came_within_a_day() -> None:
    danger = rank_at(RULES, 0, NOON)

    assert danger < rank_at(RULES, 1, NOON - timedelta(hours=23))


async def test_the_third_contact_in_a_week_on_one_matter_is_more_urgent(db: Database) -> None:
    desk = Desk(db)
    lan = await desk.agent("lan", online=False)

    for by, text in (("nga", "bảo hành máy lạnh"), ("nga", "giá tivi sao"), ("nga", "máy bị lỗi")):
        talk = await desk.asks(by, text)
        await handoff.accept(db, talk, lan, desk.now)
        await handoff.resolve(db, talk, lan, "answered", desk.now)
        desk.now += timedelta(days=2)

    third = await desk.handoff(await desk.asks("nga", "vẫn bị lỗi"))
    other = await desk.handoff(await desk.asks("tú", "máy bị lỗi"))

    assert (third.team, third.priority) == ("ky_thuat", 1)
    assert (other.team, other.priority) == ("ky_thuat", 2)


async def test_after_a_week_a_contact_is_not_counted_any_more(db: Database) -> None:
    desk = Desk(db)
    lan = await desk.agent("lan", online=False)

    for _ in range(2):
        talk = await desk.asks("nga", "máy bị lỗi")
        await handoff.accept(db, talk, lan, desk.now)
        await handoff.resolve(db, talk, lan, "answered", desk.now)
    desk.now += timedelta(days=8)

    assert (await desk.handoff(await desk.asks("nga", "máy bị lỗi"))).priority == 2


async def test_a_customer_who_spends_much_is_more_urgent(db: Database) -> None:
    desk = Desk(db)
    await desk.writes("nga", "alo")
    async with db.begin() as tx:
        nga = await customers.find(tx, "web", "nga")
        assert nga
        await customers.merge_profile(tx, nga, {"vip": True})

    talk = await desk.asks("nga")

    assert (await desk.handoff(talk)).priority == 1
    (requested, *_) = await desk.told(talk)
    assert requested.data["rules"] == ["Khách quen chi nhiều"]


async def test_passed_to_another_department_the_customer_stays_in_one_talk(db: Database) -> None:

    desk = Desk(db)
    lan = await desk.agent("lan", teams=["cskh"])
    tho = await desk.agent("tho", teams=["ky_thuat"])
    talk = await desk.asks("nga")
    await desk.reply(talk, lan)
    await handoff.pass_on(db, talk, lan, "máy hỏng phần cứng", desk.now, team="ky_thuat")
    passed = await desk.handoff(talk)

    await desk.look()

    assert (passed.team, passed.assignee_id) == ("ky_thuat", None)
    assert passed.reply_by == NOON + RULES.sla.next_reply  # its own clock
    assert await desk.who(talk) == tho.id
    assert await desk.heard(talk) == ["accepted", "transferred", "accepted"]
    assert await desk.kinds(talk) == ["requested", "assigned", "transferred", "assigned"]


async def test_a_department_that_does_not_take_the_talk_in_time_breaks_its_own_promise(
    db: Database,
) -> None:

    desk = Desk(db)
    lan = await desk.agent("lan", teams=["cskh"])
    await desk.agent("tho", teams=["ky_thuat"], role=Role.AGENT, online=False)
    talk = await desk.asks("nga")
    await desk.reply(talk, lan)
    await handoff.pass_on(db, talk, lan, "máy hỏng", desk.now, team="ky_thuat")
    await desk.rules(lambda rules: rules["assignment"].update(anyone_after=60))

    await desk.goes(minutes=11)

    late = [each.data["clock"] for each in await desk.told(talk) if each.kind == "breached"]
    assert late == ["next"]


async def test_passed_to_a_department_that_is_closed_the_customer_hears_when_it_opens(
    db: Database,
) -> None:

    desk = Desk(db)
    await desk.rules(
        lambda rules: rules.update(
            team_hours={"ke_toan": {"week": {"tue": ["09:00-17:00"]}, "holidays": False}}
        )
    )
    lan = await desk.agent("lan", teams=["cskh"])
    await desk.agent("kế", teams=["ke_toan"], online=False)
    talk = await desk.asks("nga")

    await handoff.pass_on(db, talk, lan, "hoàn tiền", desk.now, team="ke_toan")

    assert await desk.heard(talk) == ["accepted", "out_of_hours"]
    assert "9:00 sáng mai" in (await desk.transcript(talk))[-2].content.text
