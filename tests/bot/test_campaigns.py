"""Campaigns: looked at before, one message a person, paused at once, measured. On SQLite and on
PostgreSQL."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from books import customer
from cares import DAY, HOUR, complain, order, prove, says, somebody
from doubles import NOON, ScriptedDialogue, answer_all, said

from bot import campaigns, conversation, outreach, standing
from bot.draft import Draft, Segment, Unreadable, read_day, read_segment, sells, written, wrong_with
from bot.facts import HERE
from bot.models import Role
from bot.storage import audit, customers, preferences, tables, users
from bot.storage import campaigns as rows
from bot.storage import outreach as planned_rows
from bot.storage.campaigns import Campaign, Told
from bot.storage.db import Database, insert
from bot.storage.preferences import Preference
from bot.storage.reach import Reachable
from bot.storage.tables import identities, messages
from bot.storage.tables import outreach as table

SHOP = "Điện Tử Bống"
OFFER = Draft("Tuần lễ âm thanh", text="Dạ {xung_ho} {khach} ơi, tai nghe đang giảm 10% ạ.")
NEWS = Draft("Giờ mở cửa", "care", "Dạ {shop} mở cửa lại từ mai ạ.")


async def test_a_short_talk_is_opened_shortly() -> None:
    brief = replace(OFFER, honest=True)

    assert wrong_with(brief, NOON) == []
    assert "honest" in wrong_with(replace(brief, text="một " * 31), NOON)


async def test_a_campaign_that_asks_for_two_minutes_tells_the_assistant_so(db: Database) -> None:
    _, customer = await somebody(db)
    await says(db, customer, "yes")
    await started(db, replace(OFFER, honest=True))

    async with db.read() as tx:
        (waiting,) = await planned_rows.between(tx, NOON - DAY, NOON + DAY, limit=9)

    assert waiting.about["honest"] is True
    assert waiting.about["text"].startswith("Dạ em là trợ lý tự động của Điện Tử Bống")


async def made(db: Database, draft: Draft = NEWS) -> int:
    async with db.begin() as tx:
        return await rows.add(tx, draft.values, None, NOON)


async def campaign(db: Database, campaign_id: int) -> Campaign:
    async with db.read() as tx:
        found = await rows.by_id(tx, campaign_id)
    assert found is not None
    return found


async def started(db: Database, draft: Draft = NEWS, now: datetime = NOON) -> int:
    made_ = await made(db, draft)
    await campaigns.act(db, made_, "start", await mai(db), now)
    await campaigns.plan(db, now, SHOP)
    return made_


async def mai(db: Database) -> int:
    async with db.begin() as tx:
        found = [each for each in await users.everyone(tx) if each.username == "mai"]
        if found:
            return found[0].id
        return await users.add(tx, "mai", "Mai", Role.SUPERVISOR, "x", NOON)


async def planned(db: Database) -> list[tuple[int, str, str]]:
    async with db.read() as tx:
        found = (await tx.execute(table.select().order_by(table.c.id))).mappings().all()
    return [(each["customer_id"], each["state"], each["reason"]) for each in found]


async def say(db: Database, at: datetime, most: int = 100) -> list[str]:
    """What is due is said; the texts."""
    dialogue = ScriptedDialogue()
    async with db.begin() as tx:
        begun = await planned_rows.claim(tx, at, most)
    for each in begun:
        await outreach.reach_out(db, dialogue, each, lambda: at, business=SHOP)
    return [each.metadata["outreach"]["about"]["text"] for each in dialogue.questions]


async def crowd(db: Database, count: int) -> list[int]:
    """So many people; their customers."""
    return [
        (await somebody(db, f"khach-{each}", wrote_at=NOON - 2 * HOUR))[1] for each in range(count)
    ]


# --- what is said, to whom, when


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "name"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * 1001}, "too_long"),
        ({"text": "Dạ {ten} ơi"}, "variables"),
        ({"text": "Dạ {khach ơi"}, "variables"),
        ({"text": "Dạ {} ơi"}, "variables"),
        ({"purpose": "reply"}, "purpose"),
        ({"holdout": 21}, "holdout"),
        ({"holdout": -1}, "holdout"),
        ({"text": "Dạ giảm 10% ạ"}, "sells"),
        ({"product": "bong-air-2"}, "sells"),
        ({"starts_at": NOON + 91 * DAY}, "starts_at"),
        ({"starts_at": NOON - 2 * DAY}, "starts_at"),
    ],
)
def test_what_is_wrong_with_a_draft_is_told(change: dict[str, object], code: str) -> None:
    assert wrong_with(NEWS, NOON) == []
    assert wrong_with(replace(NEWS, **change), NOON) == [code]  # type: ignore[arg-type]


def test_nothing_that_sells_begins_on_the_first_day_of_tet() -> None:
    tet = datetime.combine(read_day("mùng 1 Tết 2027"), datetime.min.time(), HERE)

    assert tet.date() == date(2027, 2, 6)
    assert wrong_with(replace(OFFER, starts_at=tet), NOON) == ["sales_day"]
    assert wrong_with(replace(NEWS, starts_at=tet), NOON) == []
    assert wrong_with(replace(OFFER, starts_at=tet + DAY), NOON) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("06/02/2027", date(2027, 2, 6)),
        ("2027-02-06", date(2027, 2, 6)),
        ("Mùng 2 Tết 2027", date(2027, 2, 7)),
        ("mong 3 tet 2027", date(2027, 2, 8)),
        ("30 Tết 2027", date(2027, 2, 5)),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["", "mai", "31/02/2027", "mùng 15 Tết 2027", "mùng 1 Tết"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"day"):
        read_day(text)


@pytest.mark.parametrize(
    "text",
    ["giảm 20%", "chỉ 990.000đ", "từ 990k", "2 triệu đồng", "Ưu đãi Tết", "khuyen mai lon", "SALE"],
)
def test_words_that_sell_are_heard(text: str) -> None:
    assert sells(f"Dạ {text} ạ")


@pytest.mark.parametrize(
    "text", ["chúc gia đình mình an khang", "mùa xuân về", "giao thừa vui vẻ", "số 5 phố Huế"]
)
def test_wishes_sell_nothing(text: str) -> None:
    assert not sells(f"Dạ {text} ạ")


def test_a_promotion_has_a_way_out_once() -> None:
    assert OFFER.said.endswith("trả lời ‘TC’.")
    assert replace(OFFER, text="Nhắn TC để dừng").said == "Nhắn TC để dừng"
    assert "TC" not in NEWS.said


def test_who_has_no_name_is_called_without_one() -> None:
    draft = replace(NEWS, text="Dạ chào {xung_ho} {khach}, {shop} đây ạ.")

    assert campaigns.fill(draft, "", SHOP) == "Dạ chào anh/chị, Điện Tử Bống đây ạ."
    assert campaigns.fill(draft, "Lan", SHOP) == "Dạ chào anh/chị Lan, Điện Tử Bống đây ạ."


def test_a_segment_is_read_as_it_was_written() -> None:
    segment = Segment("headphones", date(2026, 1, 1), date(2026, 6, 1), 500_000, "lapsed")

    assert read_segment(written(segment)) == segment
    assert written(Segment()) == {}


@pytest.mark.parametrize(
    "document",
    [
        {"age": 20},
        {"spent": "nhiều"},
        {"spent": -1},
        {"spent": True},
        {"stage": "friend"},
        {"ordered_after": "hôm qua"},
        {"ordered_before": None},
        {"bought": 3},
    ],
)
def test_a_segment_that_is_not_understood_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(Unreadable) as wrong:
        read_segment(document)

    assert wrong.value.field in document


LAN = Reachable(1, "Lan", "", (), frozenset({"headphones"}), 2, NOON - 30 * DAY, 900_000)


@pytest.mark.parametrize(
    ("segment", "fits"),
    [
        (Segment(), True),
        (Segment(bought="headphones"), True),
        (Segment(bought="tv"), False),
        (Segment(spent=900_000), True),
        (Segment(spent=900_001), False),
        (Segment(stage="customer"), True),
        (Segment(stage="prospect"), False),
        (Segment(ordered_after=date(2026, 10, 24)), True),
        (Segment(ordered_after=date(2026, 10, 25)), False),
        (Segment(ordered_before=date(2026, 10, 25)), True),
        (Segment(ordered_before=date(2026, 10, 24)), False),
    ],
)
def test_a_segment_has_those_for_whom_all_of_it_holds(segment: Segment, fits: bool) -> None:
    assert segment.has(LAN, NOON) is fits


def test_stages() -> None:
    none = replace(LAN, ordered_at=None, orders=0)
    long_ago = replace(LAN, ordered_at=NOON - 181 * DAY)

    assert Segment(stage="prospect").has(none, NOON)
    assert Segment(stage="lapsed").has(long_ago, NOON)
    assert not Segment(ordered_before=date(2026, 1, 1)).has(none, NOON)


# --- the dry run


async def test_a_dry_run_tells_whom_it_reaches_and_whom_not(db: Database) -> None:
    for name, channel in (("lan", "web"), ("hoa", "telegram"), ("minh", "web"), ("tu", "web")):
        person, customer = await somebody(db, name, channel, wrote_at=NOON - HOUR)
        if name != "minh":
            await says(db, customer, "yes")
        if name == "tu":
            await complain(db, person)
    made_ = await campaign(db, await made(db, OFFER))

    found = await campaigns.preview(db, made_, NOON)

    assert found.people == 4
    assert found.channels == Counter(web=1, telegram=1)
    assert found.refused == Counter(no_consent=1, open_complaint=1)
    assert found.names == [
        ("Trần Thị Lan", "no_consent"),
        ("Trần Thị Lan", "open_complaint"),
    ]
    assert await planned(db) == []


async def test_what_the_platform_bills_is_counted(db: Database) -> None:
    for name, wrote_at in (("lan", NOON - HOUR), ("hoa", NOON - 3 * DAY)):
        await somebody(db, name, "zalo", wrote_at=wrote_at)
    made_ = await campaign(db, await made(db))

    assert (await campaigns.preview(db, made_, NOON)).billed == 1


# --- one message a person


async def test_everybody_of_the_segment_is_written_to_once(db: Database) -> None:
    person, customer = await somebody(db, wrote_at=NOON - HOUR)
    await order(db, person, items=[{"name": "Bống Air 2", "category": "headphones"}])
    await somebody(db, "hoa", wrote_at=NOON - HOUR)

    await started(db, replace(NEWS, segment=Segment(bought="headphones")))
    await campaigns.plan(db, NOON + HOUR, SHOP)

    assert await say(db, NOON + HOUR) == ["Dạ Điện Tử Bống mở cửa lại từ mai ạ."]
    assert await say(db, NOON + 2 * HOUR) == []
    assert await planned(db) == [(customer, "sent", "")]


async def test_a_person_on_four_channels_hears_it_where_they_agreed(db: Database) -> None:
    person, _ = await somebody(db, wrote_at=NOON - HOUR)
    accounts = {}
    for channel in ("messenger", "zalo", "telegram"):
        _, accounts[channel] = await somebody(db, f"lan-{channel}", channel, NOON - HOUR)
        async with db.begin() as tx:
            this = identities.c.customer_id == accounts[channel]
            await tx.execute(identities.delete().where(this))
            await prove(tx, accounts[channel], person, NOON)
    await says(db, accounts["zalo"], "yes")

    await started(db, OFFER)

    assert await planned(db) == [(accounts["zalo"], "waiting", "")]


async def test_of_two_channels_the_one_that_costs_nothing_is_taken(db: Database) -> None:
    person, web = await somebody(db, wrote_at=NOON - 6 * DAY)
    _, zalo = await somebody(db, "lan-zalo", "zalo", NOON - 3 * DAY)  # billed by now
    async with db.begin() as tx:
        await tx.execute(identities.delete().where(identities.c.customer_id == zalo))
        await prove(tx, zalo, person, NOON)

    await started(db)

    assert await planned(db) == [(web, "waiting", "")]


async def test_who_may_not_be_written_to_stands_there_with_the_reason(db: Database) -> None:
    _, customer = await somebody(db)

    await started(db, OFFER)

    assert await planned(db) == [(customer, "refused", "no_consent")]


async def test_a_promotion_is_marked_and_called_a_campaign(db: Database) -> None:
    _, customer = await somebody(db, wrote_at=NOON - HOUR)
    await says(db, customer, "yes")
    await started(db, OFFER)

    await say(db, NOON)

    async with db.read() as tx:
        said = (await tx.execute(messages.select().order_by(messages.c.id))).mappings().all()[-1]
    assert said["content"]["text"].startswith("[QC] ")


@pytest.mark.parametrize(("days", "product"), [(2, "bong-air-2"), (8, None)])
async def test_a_campaign_is_kept_in_mind_for_a_week(
    db: Database, days: int, product: str | None
) -> None:
    _, customer = await somebody(db, wrote_at=NOON - HOUR)
    await says(db, customer, "yes")
    await started(db, replace(OFFER, product="bong-air-2"))
    await say(db, NOON)
    dialogue = ScriptedDialogue()

    later = NOON + days * DAY
    await conversation.receive(db, said("giá?", by="lan", sent_at=later), later)
    await answer_all(db, dialogue, later)

    told = dialogue.questions[-1].metadata["campaign"]
    assert (told or {}).get("product") == product


# --- start, pause, resume, cancel


async def test_a_campaign_is_started_once(db: Database) -> None:
    await somebody(db)
    made_ = await started(db)

    with pytest.raises(campaigns.Refused) as refused:
        await campaigns.act(db, made_, "start", 1, NOON)

    assert refused.value.codes == ("state",)


async def test_what_is_wrong_is_not_started(db: Database) -> None:
    await somebody(db)
    made_ = await made(db, replace(NEWS, text="Dạ {ten}"))

    with pytest.raises(campaigns.Refused) as refused:
        await campaigns.act(db, made_, "start", 1, NOON)
    await campaigns.plan(db, NOON, SHOP)

    assert refused.value.codes == ("variables",)
    assert await planned(db) == []


async def test_a_paused_campaign_says_nothing_and_goes_on_where_it_was(db: Database) -> None:
    everybody = await crowd(db, 5)
    made_ = await started(db)

    said = len(await say(db, NOON, most=2))
    await campaigns.act(db, made_, "pause", 1, NOON)
    while_paused = len(await say(db, NOON + HOUR))
    await campaigns.act(db, made_, "resume", 1, NOON + HOUR)
    await campaigns.plan(db, NOON + HOUR, SHOP)
    after = len(await say(db, NOON + HOUR))

    assert (said, while_paused, after) == (2, 0, 3)
    assert sorted(await planned(db)) == [(each, "sent", "") for each in sorted(everybody)]


async def test_what_a_worker_holds_already_is_not_said_after_the_pause(db: Database) -> None:
    await crowd(db, 1)
    made_ = await started(db)
    dialogue = ScriptedDialogue()
    async with db.begin() as tx:
        (begun,) = await planned_rows.claim(tx, NOON, 10)
    await campaigns.act(db, made_, "pause", 1, NOON)

    await outreach.reach_out(db, dialogue, begun, lambda: NOON, business=SHOP)
    await campaigns.act(db, made_, "resume", 1, NOON)

    assert dialogue.asked == []
    assert len(await say(db, NOON)) == 1


async def test_planning_stops_with_the_pause(db: Database) -> None:
    await crowd(db, 1)
    made_ = await made(db)
    await campaigns.act(db, made_, "start", await mai(db), NOON)
    await campaigns.act(db, made_, "pause", 1, NOON)

    assert await campaigns.plan(db, NOON, SHOP) == 0


async def test_a_cancelled_campaign_is_over(db: Database) -> None:
    await crowd(db, 2)
    made_ = await started(db)
    await say(db, NOON, most=1)

    await campaigns.act(db, made_, "cancel", await mai(db), NOON)

    assert [state for _, state, _ in await planned(db)] == ["sent", "cancelled"]
    with pytest.raises(campaigns.Refused):
        await campaigns.act(db, made_, "resume", 1, NOON)


async def test_a_campaign_ends_when_nobody_waits(db: Database) -> None:
    await crowd(db, 1)
    made_ = await started(db)
    await campaigns.plan(db, NOON, SHOP)
    waits = (await campaign(db, made_)).state
    await say(db, NOON)
    await campaigns.plan(db, NOON, SHOP)

    assert (waits, (await campaign(db, made_)).state) == ("running", "done")


async def test_it_waits_for_its_day(db: Database) -> None:
    await crowd(db, 1)
    await started(db, replace(NEWS, starts_at=NOON + DAY))

    assert await say(db, NOON + DAY - HOUR) == []
    assert len(await say(db, NOON + DAY)) == 1


async def test_what_sells_and_was_put_off_is_not_said_on_the_first_day_of_tet(
    db: Database,
) -> None:
    eve, tet = datetime(2027, 2, 5, 12, tzinfo=HERE), datetime(2027, 2, 6, 8, tzinfo=HERE)
    _, customer = await somebody(db)
    await says(db, customer, "yes")
    await started(db, replace(OFFER, starts_at=eve), NOON)

    assert await say(db, tet) == []
    assert await planned(db) == [(customer, "cancelled", "no_sales_today")]


# --- the effect


async def test_those_held_out_get_nothing(db: Database) -> None:
    await crowd(db, 40)
    made_ = await started(db, replace(NEWS, holdout=20))

    said = len(await say(db, NOON))

    states = Counter(state for _, state, _ in await planned(db))
    assert states == {"sent": said, "held_out": 40 - said}
    assert 0 < 40 - said < 20
    async with db.read() as tx:
        found = await rows.told(tx, made_)
    assert Counter(each.state for each in found) == states


def test_about_as_many_are_held_out_as_asked_for_and_others_each_time() -> None:
    groups = [
        {each for each in range(10_000) if campaigns.held_out(campaign, each, 20)}
        for campaign in (1, 2)
    ]

    assert all(1_850 < len(each) < 2_150 for each in groups)
    assert 300 < len(groups[0] & groups[1]) < 500  # 4 %, were they drawn by lot
    assert not any(campaigns.held_out(1, each, 0) for each in range(1000))


def person(state: str, ordered: timedelta | None) -> Told:
    return Told(1, state, NOON, [NOON + ordered] if ordered is not None else [], [])


def test_the_effect_has_newcombes_interval() -> None:
    # Newcombe 1998, table II (a), 56/70 and 48/80, method 10.
    told = [
        *[person("sent", DAY)] * 56,
        *[person("sent", None)] * 14,
        *[person("held_out", DAY)] * 48,
        *[person("held_out", None)] * 32,
    ]

    found = campaigns.uplift(told, "ordered_at")

    assert found.difference is not None and found.low is not None and found.high is not None
    assert [round(each, 4) for each in (found.difference, found.low, found.high)] == [
        0.2,
        0.0524,
        0.3339,
    ]


@pytest.mark.parametrize(("after", "hits"), [(DAY, 1), (7 * DAY, 1), (8 * DAY, 0), (-DAY, 0)])
def test_an_order_counts_for_a_week(after: timedelta, hits: int) -> None:
    assert campaigns.uplift([person("sent", after)], "ordered_at").hits == hits


def test_without_a_group_held_out_there_is_no_effect_to_tell() -> None:
    assert campaigns.uplift([person("sent", DAY)], "ordered_at").difference is None


async def test_orders_and_answers_are_those_of_the_person(db: Database) -> None:
    someone, _ = await somebody(db, wrote_at=NOON - HOUR)
    made_ = await started(db)
    await say(db, NOON)
    await order(db, someone, ordered_at=NOON + DAY)
    await order(db, someone, "BT2", ordered_at=NOON + 2 * DAY, state="cancelled")
    await somebody_writes(db, NOON + HOUR)

    async with db.read() as tx:
        (found,) = await rows.told(tx, made_)

    assert found.ordered_at == [NOON + DAY]
    assert found.wrote_at == [NOON + HOUR]


async def somebody_writes(db: Database, at: datetime) -> None:

    await conversation.receive(db, said("bao nhiêu vậy em", by="lan", sent_at=at), at)


async def test_who_started_paused_and_resumed_is_kept(db: Database) -> None:
    made_ = await made(db)
    for minute, what in enumerate(("start", "pause", "resume")):
        at = NOON + timedelta(minutes=minute)
        await campaigns.act(db, made_, what, await mai(db), at)

    with pytest.raises(campaigns.Refused):
        await campaigns.act(db, made_, "start", await mai(db), NOON)

    async with db.read() as tx:
        entries = await audit.of(tx, campaigns.KIND, made_)
    assert [(each.what, each.by, each.data["before"], each.at) for each in entries] == [
        ("resume", "Mai", "paused", NOON + timedelta(minutes=2)),
        ("pause", "Mai", "running", NOON + timedelta(minutes=1)),
        ("start", "Mai", "draft", NOON),
    ]


async def test_many_at_once_stand_as_each_of_them_does(db: Database) -> None:
    """Consent, complaints, what was sent and who wrote when, on one account or on another."""
    persons, groups = [], []
    for n in range(6):
        person, first = await somebody(db, f"một-{n}", wrote_at=NOON - (n + 1) * DAY)
        second = await customer(db, f"hai-{n}", "telegram")
        async with db.begin() as tx:
            await prove(tx, second, person, NOON)
            groups.append([await customers.by_id(tx, each) for each in (first, second)])
        persons.append(person)
    await says(db, groups[0][0].id, "yes")
    await says(db, groups[0][1].id, "no", "care")
    await says(db, groups[1][1].id, "yes")
    await says(db, groups[1][0].id, "no")
    await says(db, groups[2][1].id, "not_now")
    await complain(db, persons[3])
    async with db.begin() as tx:
        evenings = Preference("telegram", (time(18), time(21)))
        await preferences.save(tx, persons[1], evenings, NOON - HOUR, None)
        await preferences.save(tx, persons[4], Preference("web"), NOON, None)
        await preferences.save(tx, persons[3], Preference("zalo"), NOON - HOUR, None)
    async with db.begin() as tx:
        merged = tables.people.update().where(tables.people.c.id == persons[4])
        await tx.execute(merged.values(merged_into=persons[3]))
        groups[3] += groups.pop(4)
        case = {"code": "KN9", "customer_id": groups[4][1].id, "opened_at": NOON}
        await insert(tx, tables.complaints, case)
        sent = await outreach_row(tx, groups[2][0].id)
        await planned_rows.end(tx, sent, "sent", NOON - HOUR)

    async with db.read() as tx:
        at_once = await standing.of_people(tx, groups, NOON)
        each = {
            one.id: await standing.whole(tx, one, None, NOON) for group in groups for one in group
        }

    assert at_once == each
    assert len({str(one) for one in each.values()}) > 6


async def outreach_row(tx, customer_id: int) -> int:
    assert await planned_rows.plan(tx, "thanks", "thanks:1", "care", customer_id, NOON, NOON)
    return (await tx.execute(table.select())).mappings().one()["id"]
