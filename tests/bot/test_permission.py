"""May we say this, to this person, here and now? (P1)"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from doubles import NOON, said
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import conversation, handoff, permission, rulebook, standing
from bot.models import Author, Content, User
from bot.permission import Purpose, Standing, Verdict, Wish, window_of
from bot.storage import conversations, customers
from bot.storage.db import Database

TABLE = Path(__file__).with_name("permission_table.txt")
VIETNAM = timezone(timedelta(hours=7))
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
CHANNELS = ("messenger", "zalo", "zalo_bot", "telegram", "web")
HOUR = timedelta(hours=1)


# --- the table


@dataclass(frozen=True)
class Row:
    line: int
    text: str
    wish: Wish
    standing: Standing
    expected: Verdict
    until: datetime | None  # only some lines name it


def span(text: str) -> timedelta:
    return timedelta(**{UNITS[unit]: int(n) for n, unit in re.findall(r"(\d+)([dhms])", text)})


def local(day: str, hour: str) -> datetime:
    there = datetime.fromisoformat(f"{day} {hour}").replace(tzinfo=VIETNAM)
    return there.astimezone(timezone.utc)


def standing_from(silent: str, flags: str, purpose: str, at: datetime) -> Standing:
    known: dict[str, object] = {}
    sent: list[datetime] = []
    for flag in flags.split(",") if flags != "-" else ():
        name, *more = flag.split(":")
        if name in ("yes", "no", "template"):
            field = {"yes": "consents", "no": "opted_out", "template": "templates"}[name]
            known[field] = frozenset({more[0] if more else purpose})
        elif name == "blocked":
            known["reachable"] = False
        elif name == "complaint":
            known["open_complaint"] = True
        elif name == "left":
            known["quota_left"] = int(more[0])
        elif name == "hours":
            opens, closes = map(int, more[0].split("-"))
            known["hours"] = (time(opens), time(closes) if closes < 24 else time.max)
        elif name == "no-need":
            known["no_need_until"] = {more[1] if more[1:] else purpose: at + span(more[0])}
        else:
            assert name == "sent" or re.fullmatch(r"(\d+[dhms])+", name), flag
            sent.append(at - span(more[0] if more else name))
    last = None if silent == "never" else at - span(silent)
    return Standing(last, sent_at={purpose: tuple(sent)}, **known)  # type: ignore[arg-type, dict-item]


def row_from(line: int, text: str) -> Row:
    given, _, said_of_it = text.partition("=>")
    channel, by, purpose, silent, day, hour, flags = given.split()
    assert purpose in get_args(Purpose)
    at = local(day, hour)
    kind, *rest = said_of_it.split()
    until = local(*rest[-2:]) if rest and ":" in rest[-1] else None
    words = rest[:-2] if until else rest
    reasons = [word for word in words if word in permission.REASONS]
    tags = [word for word in words if word.isupper()]
    assert len(reasons) + len(tags) + ("paid" in words) == len(words), text
    expected = Verdict(
        kind,  # type: ignore[arg-type]
        reason="".join(reasons),
        tag="".join(tags),
        free="paid" not in words,
    )
    author = "campaign" if by == "campaign" else Author(by)
    wish = Wish(channel, author, purpose, at)  # type: ignore[arg-type]
    return Row(line, text, wish, standing_from(silent, flags, purpose, at), expected, until)


ROWS = [
    row_from(number, line)
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1)
    if line and not line.startswith("#")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"line{row.line}")
def test_every_line_of_the_table_holds(row: Row) -> None:
    verdict = permission.verdict(row.wish, row.standing)

    assert replace(verdict, until=None) == row.expected, row.text
    assert row.until is None or verdict.until == row.until, row.text
    assert (row.expected.kind != "wait") or row.until, f"say until when: {row.text}"


def test_the_table_is_long_and_says_nothing_twice() -> None:
    cases = [" ".join(row.text.partition("=>")[0].split()) for row in ROWS]

    assert len(set(cases)) == len(cases) >= 200


def test_the_table_has_every_reason_kind_channel_author_and_purpose() -> None:
    assert {row.expected.reason for row in ROWS} == {"", *permission.REASONS}
    assert {row.expected.kind for row in ROWS} == set(get_args(permission.Kind))
    assert {row.wish.channel for row in ROWS} == set(CHANNELS)
    assert {row.wish.author for row in ROWS} == {"bot", "agent", "system", "campaign"}
    assert {row.wish.purpose for row in ROWS} == set(get_args(Purpose))


# --- whatever the case

purposes = st.sampled_from(get_args(Purpose))
some_purposes = st.frozensets(purposes)
moments = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1)).map(
    lambda moment: moment.replace(tzinfo=timezone.utc)
)
spans = st.one_of(
    st.sampled_from([timedelta(hours=24), timedelta(hours=48), timedelta(days=7)]),
    st.timedeltas(timedelta(0), timedelta(days=20)),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Wish, Standing]:
    at = draw(moments)
    author = draw(st.sampled_from([Author.BOT, Author.AGENT, Author.SYSTEM, "campaign"]))
    wish = Wish(draw(st.sampled_from(CHANNELS)), author, draw(purposes), at)  # type: ignore[arg-type]
    silent = draw(st.none() | spans)
    return wish, Standing(
        None if silent is None else at - silent,
        reachable=draw(st.booleans()),
        consents=draw(some_purposes),
        opted_out=draw(some_purposes),
        no_need_until={purpose: at + draw(spans) for purpose in draw(some_purposes)},
        open_complaint=draw(st.booleans()),
        sent_at={
            purpose: tuple(at - ago for ago in draw(st.lists(spans, max_size=5)))
            for purpose in draw(some_purposes)
        },
        quota_left=draw(st.none() | st.integers(0, 3)),
        templates=draw(some_purposes),
        hours=draw(st.none() | st.tuples(st.times(), st.times()).map(sorted).map(tuple)),
    )


@given(cases())
def test_nobody_who_said_no_gets_it_and_no_promotion_goes_without_a_yes(
    case: tuple[Wish, Standing],
) -> None:
    wish, person = case

    verdict = permission.verdict(wish, person)

    if wish.purpose in person.opted_out or not person.reachable:
        assert verdict.kind == "refuse"
    if wish.purpose == "promotion" and wish.purpose not in person.consents:
        assert verdict.kind == "refuse"


@settings(max_examples=600)  # few cases wait
@given(cases())
def test_what_waits_may_be_sent_when_its_time_has_come_and_not_before(
    case: tuple[Wish, Standing],
) -> None:
    wish, person = case

    verdict = permission.verdict(wish, person)

    if verdict.kind == "wait":
        assert verdict.until is not None and verdict.until > wish.at
        assert permission.verdict(replace(wish, at=verdict.until), person).allows
        just_before = replace(wish, at=verdict.until - timedelta(microseconds=1))
        assert not permission.verdict(just_before, person).allows


@given(cases())
def test_a_verdict_says_what_belongs_to_its_kind(case: tuple[Wish, Standing]) -> None:
    verdict = permission.verdict(*case)

    assert verdict.allows == (verdict.reason == "")
    assert verdict.reason in ("", *permission.REASONS)
    assert verdict.allows or (verdict.tag == "" and verdict.free)
    assert (verdict.tag == "HUMAN_AGENT") <= (case[0].author is Author.AGENT)
    assert verdict.until is None or verdict.until.utcoffset() is not None


@given(cases(), st.timedeltas(timedelta(0), timedelta(days=20)))
def test_a_customer_who_has_written_later_is_never_harder_to_answer(
    case: tuple[Wish, Standing], later: timedelta
) -> None:
    wish, person = case
    if person.last_inbound_at is None:
        return
    nearer = replace(person, last_inbound_at=min(wish.at, person.last_inbound_at + later))

    if permission.verdict(wish, person).allows:
        assert permission.verdict(wish, nearer).allows


@given(st.sampled_from(CHANNELS), moments, spans)
def test_the_window_tells_what_the_verdict_will_be(
    channel: str, at: datetime, silent: timedelta
) -> None:
    person = Standing(at - silent)
    ends = window_of(channel, person.last_inbound_at, at)

    by_bot = permission.verdict(Wish(channel, Author.BOT, "reply", at), person)
    by_agent = permission.verdict(Wish(channel, Author.AGENT, "reply", at), person)

    def open_by(*ends: datetime | None) -> bool:
        return any(end is not None and at < end for end in ends)

    if any(ends):
        assert by_bot.allows == open_by(ends.free_until, ends.paid_until)
        assert by_agent.allows == open_by(*ends)
    else:
        assert by_bot.allows and by_agent.allows


# --- the data


def test_every_rule_set_is_dated_and_its_purposes_are_ours() -> None:
    known = set(get_args(Purpose))

    for channel in ("messenger", "zalo", "zalo_bot", "telegram"):
        for year in (2025, 2026, 2027):
            rules = rulebook.platform(channel, datetime(year, 6, 1, tzinfo=timezone.utc))
            assert rules.since.year >= 2020
            by_hand = rules.by_hand.purposes if rules.by_hand else frozenset()
            assert (rules.templates | by_hand | set(rules.tags)) <= known
    house = rulebook.house(NOON)
    assert (house.quiet | house.consent | house.no_complaint | set(house.caps)) <= known
    assert house.quiet_to < house.quiet_from


def test_a_channel_without_rules_takes_everything() -> None:
    assert rulebook.platform("carrier_pigeon", NOON).free is None
    assert window_of("carrier_pigeon", NOON, NOON) == (None, None, None)


# --- the caller that is there


async def talking(db: Database, lan: User, channel: str = "messenger") -> int:
    got = await conversation.receive(db, said("cho gặp nhân viên", channel=channel), NOON)
    await handoff.accept(db, got.conversation_id, lan, NOON)
    return got.conversation_id


@pytest.mark.parametrize(("hours", "allowed"), [(23, True), (25, True), (7 * 24, False)])
async def test_an_agent_may_answer_on_messenger_for_seven_days(
    db: Database, lan: User, hours: int, allowed: bool
) -> None:
    talk = await talking(db, lan)
    later = NOON + hours * HOUR

    try:
        replied = await handoff.reply(db, talk, lan, Content("Dạ em đây ạ"), later, "late-0001")
    except handoff.NotPermitted as refusal:
        assert not allowed
        assert refusal.code == "window_closed"
    else:
        assert allowed and replied


async def test_a_refused_reply_leaves_nothing_behind(db: Database, lan: User) -> None:
    talk = await talking(db, lan)
    async with db.read() as tx:
        before = await conversations.by_id(tx, talk)

    with pytest.raises(handoff.NotPermitted):
        await handoff.reply(db, talk, lan, Content("muộn"), NOON + 200 * HOUR, "late-0001")

    async with db.read() as tx:
        assert await conversations.by_id(tx, talk) == before


async def test_who_blocked_us_gets_no_reply(db: Database, lan: User) -> None:
    talk = await talking(db, lan, "telegram")
    async with db.begin() as tx:
        customer = await customers.find(tx, "telegram", "nga")
        assert customer
        await customers.merge_profile(tx, customer, {"reachable": False})

    with pytest.raises(handoff.NotPermitted) as refusal:
        await handoff.reply(db, talk, lan, Content("Dạ"), NOON + HOUR, "blocked-1")

    assert refusal.value.code == "unreachable"


async def test_what_was_sent_this_month_counts_where_the_platform_counts(
    db: Database, lan: User
) -> None:
    talk = await talking(db, lan, "zalo_bot")  # tells the customer who has come
    await handoff.reply(db, talk, lan, Content("Dạ em đây ạ"), NOON, "count-001")
    await handoff.note(db, talk, lan, "khách quen", NOON, "count-002")
    next_month = datetime(2026, 11, 30, 17, 0, tzinfo=timezone.utc)  # December in Vietnam

    async with db.read() as tx:
        assert await standing.quota_left(tx, "zalo_bot", NOON) == 2998
        assert await standing.quota_left(tx, "zalo_bot", next_month - HOUR) == 2998
        assert await standing.quota_left(tx, "zalo_bot", next_month) == 3000
        assert await standing.quota_left(tx, "telegram", NOON) is None
