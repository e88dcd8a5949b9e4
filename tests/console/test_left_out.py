"""Whom the figures leave out is said on the transcript, and kept with who said it."""

from __future__ import annotations

import pytest
from doubles import NOON, said

from bot import conversation
from bot.storage import audit, customers

HERE = "/console/transcripts/1"


@pytest.fixture
async def talk(db, people):
    await conversation.receive(db, said("alo", by="nga"), NOON)


async def choose(who, why: str, customer: int = 1):
    form = {"csrf": who.csrf, "why": why, "next": HERE}
    path = f"/console/customers/{customer}/left-out"
    return await who.http.post(path, data=form, follow_redirects=True)


async def left_out(db) -> str:
    async with db.read() as tx:
        return (await customers.by_id(tx, 1)).left_out


async def test_a_trial_is_left_out_and_the_page_says_who_did_it(visitor, db, talk, people):
    mai = await visitor("mai")

    page = (await choose(mai, "test")).text

    assert await left_out(db) == "test"
    assert f"Không: khách thử, nội bộ · {people.mai.name}" in page


async def test_every_change_is_kept(visitor, db, talk, people):
    mai = await visitor("mai")
    for why in ("spam", "spam", ""):
        await choose(mai, why)

    async with db.read() as tx:
        entries = await audit.of(tx, "customer", 1)

    told = [(each.what, each.by, each.data["before"], each.data["after"]) for each in entries]
    name = people.mai.name
    assert told == [("left_out", name, "spam", ""), ("left_out", name, "", "spam")]


@pytest.mark.parametrize(("why", "customer"), [("vip", 1), ("test", 99)])
async def test_what_makes_no_sense_changes_nothing(visitor, db, talk, why, customer):
    mai = await visitor("mai")

    assert (await choose(mai, why, customer)).status_code == 404

    assert await left_out(db) == ""


async def test_an_agent_may_not(visitor, db, talk):
    lan = await visitor("lan")

    assert (await choose(lan, "spam")).status_code == 403

    assert await left_out(db) == ""
