"""Campaigns: one text to a segment of the shop's people, looked at before, paused at once, measured
against those who were held out."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast

from bot import canned, reach, standing
from bot.care import AHEAD
from bot.draft import Draft, of_campaign, wrong_with
from bot.facts import HERE
from bot.figures.share import newcombe
from bot.models import Outreach
from bot.occasions import may_sell
from bot.permission import Purpose
from bot.reach import Way
from bot.storage import audit, outreach
from bot.storage import campaigns as rows
from bot.storage import reach as known
from bot.storage.campaigns import CANCELLED, DONE, DRAFT, PAUSED, RUNNING, Campaign, Told
from bot.storage.db import Database, Tx
from bot.storage.reach import Reachable

KIND: Final = "campaign"
AT_ONCE: Final = 100  # people in one transaction
LISTED: Final = 100  # people whose refusal is shown by name
MEASURED: Final = timedelta(days=7)  # an order or an answer counts for so long

# What may be done, from which states, and into which.
MOVES: Final = {
    "start": ((DRAFT,), RUNNING),
    "pause": ((RUNNING,), PAUSED),
    "resume": ((PAUSED,), RUNNING),
    "cancel": ((DRAFT, RUNNING, PAUSED), CANCELLED),
}


class Refused(Exception):
    """Nothing was done; `codes` say why: bot.draft's, or `state` where another was faster."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = codes


@dataclass
class Preview:
    """What would happen, were it started now."""

    people: int = 0  # in the segment
    channels: Counter[str] = field(default_factory=Counter)  # who would be written to where
    refused: Counter[str] = field(default_factory=Counter)  # by reason
    names: list[tuple[str, str]] = field(default_factory=list)  # of those, and the reason
    held_out: int = 0
    billed: int = 0  # messages that the platform takes money for


@dataclass(frozen=True)
class Uplift:
    """How much more of those who were written to did something than of those held out."""

    sent: int
    hits: int
    held_out: int
    held_hits: int
    difference: float | None = None  # -1 to 1; None without both groups
    low: float | None = None  # its 95 % interval
    high: float | None = None


async def preview(db: Database, campaign: Campaign, now: datetime) -> Preview:
    """A dry run: nothing is planned."""
    found = Preview()
    draft = of_campaign(campaign)
    async with db.read() as tx:
        async for person, way in _chosen(tx, campaign.id, draft, now):
            found.people += 1
            if way is None or way.verdict.kind == "refuse":
                reason = way.verdict.reason if way else "unreachable"
                found.refused[reason] += 1
                if len(found.names) < LISTED:
                    found.names.append((person.name, reason))
            elif held_out(campaign.id, person.person_id, draft.holdout):
                found.held_out += 1
            else:
                found.channels[way.customer.channel] += 1
                found.billed += not way.verdict.free
    return found


async def act(db: Database, campaign_id: int, what: str, user_id: int, now: datetime) -> None:
    """Start, pause, resume or cancel; who did it is kept. Raises Refused."""
    states, to = MOVES[what]
    async with db.begin() as tx:
        campaign = await rows.by_id(tx, campaign_id)
        if campaign is None:
            raise Refused("state")
        if what == "start" and (wrong := wrong_with(of_campaign(campaign), now)):
            raise Refused(*wrong)
        if not await rows.move(tx, campaign_id, states, to, now):
            raise Refused("state")
        told = {"before": campaign.state, "after": to}
        await audit.note(tx, KIND, campaign_id, what, user_id, now, **told)
        if what == "cancel":
            await rows.drop(tx, campaign_id, now, user_id)


async def plan(db: Database, now: datetime, business: str) -> int:
    """Plan everybody of the running campaigns, and end those in which nobody waits. Done twice, or
    by two, it plans nobody twice."""
    async with db.read() as tx:
        running = await rows.running(tx)
    planned = 0
    for campaign in running:
        if not campaign.content.get("planned"):
            planned += await _plan(db, campaign, now, business)
            continue
        async with db.begin() as tx:
            counts = await rows.counts(tx, campaign.id)
            if not any(state == outreach.WAITING for state, _ in counts):
                await rows.move(tx, campaign.id, (RUNNING,), DONE, now)
    return planned


async def _plan(db: Database, campaign: Campaign, now: datetime, business: str) -> int:
    draft, last, planned = of_campaign(campaign), 0, 0
    while True:
        async with db.read() as tx:
            page = await known.after(tx, last, AT_ONCE)
            chosen = [each async for each in _chosen(tx, campaign.id, draft, now, page)]
        async with db.begin() as tx:
            present = await rows.by_id(tx, campaign.id)
            if present is None or present.state != RUNNING:
                return planned  # what is missing is planned when it goes on
            for person, way in chosen:
                planned += await _plan_one(tx, campaign, draft, person, way, now, business)
            if len(page) < AT_ONCE:
                await rows.planned(tx, campaign)
                return planned
        last = page[-1].person_id


async def _plan_one(
    tx: Tx,
    campaign: Campaign,
    draft: Draft,
    person: Reachable,
    way: Way | None,
    now: datetime,
    business: str,
) -> bool:
    if way is None:
        return False
    state, reason = outreach.WAITING, ""
    if way.verdict.kind == "refuse":
        state, reason = "refused", way.verdict.reason
    elif held_out(campaign.id, person.person_id, draft.holdout):
        state = "held_out"
    about: dict[str, Any] = {"text": fill(draft, person.name or way.customer.name, business)}
    about |= {"product": draft.product} if draft.product else {}
    about |= {"honest": True} if draft.honest else {}
    return await outreach.plan(
        tx,
        KIND,
        f"{KIND}:{campaign.id}:{person.person_id}",
        draft.purpose,
        way.customer.id,
        max(draft.starts_at or now, now),
        now,
        about=about,
        person_id=person.person_id,
        campaign_id=campaign.id,
        state=state,
        reason=reason,
    )


async def _chosen(
    tx: Tx, campaign_id: int, draft: Draft, now: datetime, page: Sequence[Reachable] | None = None
) -> AsyncIterator[tuple[Reachable, Way | None]]:
    """The people of the segment, on that page or all of them, and the one channel for each."""
    last, at, purpose = 0, max(draft.starts_at or now, now), cast(Purpose, draft.purpose)
    while True:
        found = await known.after(tx, last, AT_ONCE) if page is None else page
        people = [person for person in found if draft.segment.has(person, now)]
        standings = await standing.of_people(tx, [person.accounts for person in people], at)
        for person in people:
            accounts = [
                each
                for each in person.accounts
                if not draft.channels or each.channel in draft.channels
            ]
            yield person, reach.pick(accounts, standings, purpose, at, "campaign")
        await asyncio.sleep(0)  # customers come first
        if page is not None or len(found) < AT_ONCE:
            return
        last = found[-1].person_id


def held_out(campaign_id: int, person_id: int, percent: int) -> bool:
    """Whether this person gets nothing of this campaign: always the same answer, and another one
    in another campaign."""
    digest = hashlib.sha256(f"{campaign_id}:{person_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100 < percent


def fill(draft: Draft, name: str, business: str) -> str:
    """What is said to somebody of this name; "anh/chị" is put right when it is said."""
    known = {"xung_ho": "anh/chị", "khach": name, "shop": business}
    filled = canned.fill(draft.said, known).text.replace("{khach}", "")
    return re.sub(r" (?=[,.!?])", "", re.sub(r" {2,}", " ", filled))


async def unwanted(tx: Tx, planned: Outreach, now: datetime) -> str:
    """Why one of a campaign is no longer to be said; "" when it is."""
    campaign = await rows.by_id(tx, cast(int, planned.campaign_id))
    if campaign is None or campaign.state == CANCELLED:
        return "no_longer"
    if of_campaign(campaign).sells and not may_sell(now.astimezone(HERE).date()):
        return "no_sales_today"
    due_at = max(campaign.starts_at or planned.due_at, planned.due_at)
    return "too_late" if now > due_at + AHEAD else ""


async def is_paused(tx: Tx, planned: Outreach) -> bool:
    """Whether it belongs to a campaign that does not run just now."""
    if planned.campaign_id is None:
        return False
    campaign = await rows.by_id(tx, planned.campaign_id)
    return campaign is not None and campaign.state == PAUSED


def uplift(told: Collection[Told], what: str) -> Uplift:
    """The effect on orders, `ordered_at`, or on answers, `wrote_at`, within MEASURED."""
    groups: dict[str, list[bool]] = {"sent": [], "held_out": []}
    for each in told:
        did = any(each.at < at <= each.at + MEASURED for at in getattr(each, what))
        groups[each.state].append(did)
    n, m = len(groups["sent"]), len(groups["held_out"])
    a, b = sum(groups["sent"]), sum(groups["held_out"])
    if not n or not m:
        return Uplift(n, a, m, b)
    return Uplift(n, a, m, b, a / n - b / m, *newcombe(a, n, b, m))
