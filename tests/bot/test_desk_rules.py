"""The desk's rules: what cannot be is said when it is saved, naming the place."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from desks import Desk
from doubles import NOON
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import desk_rules
from bot.schedule import ALWAYS, Invalid
from bot.storage import rules
from bot.storage.db import Database


def changed(path: str, value: Any) -> dict[str, Any]:
    """What comes with Carebot, with another value at a path like "sla.first_reply"."""
    document = copy.deepcopy(desk_rules.document())
    document["agents"] = {"1": {"teams": ["cskh"], "skills": {"en": 2}, "capacity": 3}}
    document["words"] = {"queued": {"vi": "Chờ {place}"}}
    *ways, last = path.split(".")
    place: Any = document
    for way in ways:
        place = place[int(way) if isinstance(place, list) else way]
    place[int(last) if isinstance(place, list) else last] = value
    return document


def test_what_comes_with_carebot_holds_the_numbers_of_the_contract() -> None:
    found = desk_rules.default()

    assert found.sla.first_reply == timedelta(minutes=5)
    assert found.assignment.sticky == timedelta(days=7)
    assert found.assignment.offline_after == timedelta(minutes=1)
    assert found.queue.tell_every == timedelta(minutes=2)
    assert found.queue.abandon_after == timedelta(minutes=30)
    assert found.default_team in found.teams


@pytest.mark.parametrize(
    ("path", "value", "where", "code"),
    [
        ("teams", {}, "teams", "no_team"),
        ("teams.cskh", {"en": "Care"}, "teams.cskh", "no_name"),
        ("default_team", "bếp", "default_team", "no_such_team"),
        ("hours.week", {}, "hours.week", "never_open"),
        (
            "hours",
            {"week": {}, "days": {"2020-01-02": ["08:00-12:00"]}},
            "hours.week",
            "never_open",
        ),
        ("hours.week.mon", ["12:00-08:00"], "hours.week.mon[0]", "backwards"),
        ("team_hours", {"bếp": {}}, "team_hours.bếp", "no_such_team"),
        ("team_hours", {"cskh": {"week": {}}}, "team_hours.cskh.week", "never_open"),
        ("team_hours", 5, "team_hours", "not_an_object"),
        ("routing", "x", "routing", "not_a_list"),
        ("routing.0", {"when": {"vip": True}}, "routing[0].name", "no_name"),
        ("routing.2.when", {}, "routing[2].when", "no_condition"),
        ("routing.2.when", {"words": []}, "routing[2].when", "no_condition"),
        ("routing.2.when", {"words": ["!!"]}, "routing[2].when.words", "not_a_word"),
        ("routing.2.when", {"colour": "x"}, "routing[2].when.colour", "no_such_condition"),
        ("routing.1.team", "bếp", "routing[1].team", "no_such_team"),
        ("routing.1.priority", 4, "routing[1].priority", "no_such_priority"),
        ("routing.1.priority", True, "routing[1].priority", "no_such_priority"),
        ("routing.8", {"name": "x", "when": {"vip": True}}, "routing[8]", "no_effect"),
        ("assignment.capacity", 0, "assignment.capacity", "not_a_number"),
        ("assignment.weights", {"zalo": 0}, "assignment.weights.zalo", "not_a_weight"),
        ("sla.first_reply", "5", "sla.first_reply", "not_a_number"),
        ("sla", [5], "sla", "not_an_object"),
        ("queue.tell_every", 0, "queue.tell_every", "not_a_number"),
        ("words", {"queued": 5}, "words.queued", "not_an_object"),
        ("words", {"greeting": {"vi": "Chào"}}, "words.greeting.vi", "unknown"),
        ("words", {"queued": {"fr": "{place}"}}, "words.queued.fr", "unknown"),
        ("words", {"queued": {"vi": "Chờ nhé"}}, "words.queued.vi.place", "missing_blank"),
        ("words", {"resolved": {"vi": "{agent}"}}, "words.resolved.vi.agent", "unknown_blank"),
        ("words", {"resolved": {"vi": "{"}}, "words.resolved.vi", "bad_braces"),
        ("routing.1.name", "Giao hàng", "routing[5].name", "twice"),
        ("teams", {"Kế toán": {"vi": "Kế toán"}}, "teams.Kế toán", "not_a_code"),
        ("agents.1.skills", {"loa": 4}, "agents.1.skills.loa", "not_a_level"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(
    path: str, value: Any, where: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        desk_rules.read(changed(path, value))

    assert (caught.value.path, caught.value.code) == (where, code)


json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=5,
)
PATHS = (
    *("teams", "default_team", "hours", "hours.week", "hours.week.mon", "hours.days"),
    *("team_hours", "routing", "routing.0", "routing.0.when", "routing.0.when.reasons"),
    *("routing.0.name", "routing.0.priority", "routing.3.team", "assignment", "sla", "queue"),
    *("assignment.weights", "assignment.capacity", "sla.resolve", "sla.calendar", "tags"),
    *("words", "words.queued", "words.queued.vi"),
    *("agents", "agents.1", "agents.1.skills", "agents.1.teams", "agents.1.capacity"),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PATHS), json)
def test_whatever_is_saved_is_read_or_refused(path: str, value: Any) -> None:
    try:
        found = desk_rules.read(changed(path, value))
    except Invalid as error:
        assert error.path
    else:
        assert found.default_team in found.teams


def test_a_team_without_hours_of_its_own_keeps_the_shops() -> None:
    night = {"week": {"mon": ["20:00-23:00"]}}
    found = desk_rules.read(changed("team_hours", {"ky_thuat": night}))

    assert found.hours_of("ky_thuat") != found.hours
    assert found.hours_of("cskh") == found.hours


def test_promises_may_run_in_calendar_time() -> None:
    found = desk_rules.read(changed("sla.calendar", "always"))

    assert found.clock_of("cskh") == ALWAYS


async def test_a_document_that_cannot_be_is_not_saved(db: Database) -> None:
    with pytest.raises(Invalid):
        async with db.begin() as tx:
            await rules.save(tx, changed("default_team", "bếp"), "teams", None, NOON, upon=0)

    async with db.read() as tx:
        assert await rules.newest(tx) == (0, desk_rules.document())
        assert await rules.current(tx) == desk_rules.default()


async def test_of_two_who_save_upon_the_same_version_the_second_is_told(db: Database) -> None:
    first, second = changed("sla.first_reply", 3), changed("sla.first_reply", 9)
    async with db.begin() as tx:
        assert await rules.save(tx, first, "sla", None, NOON, upon=0)
        assert not await rules.save(tx, second, "sla", None, NOON, upon=0)

    async with db.read() as tx:
        assert (await rules.current(tx)).sla.first_reply == timedelta(minutes=3)
        assert [(each.id, each.part) for each in await rules.history(tx)] == [(1, "sla")]


async def test_saved_rules_hold_for_the_next_hand_off(db: Database) -> None:
    desk = Desk(db)
    await desk.rules(lambda document: document["sla"].update(first_reply=7))

    talk = await desk.asks("nga")

    assert (await desk.handoff(talk)).respond_by == NOON + timedelta(minutes=7)
