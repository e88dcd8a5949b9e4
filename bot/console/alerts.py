"""What people at the desk must know of our accounts on the platforms, on every page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.console import words
from bot.models import Account
from bot.storage import accounts, digests
from bot.storage.db import Tx
from connectors import errors

AHEAD = timedelta(days=7)  # so long before a token ends we warn
FRESH = timedelta(days=7)  # so long a platform's notice is shown


class Alert(NamedTuple):
    """One of them. Commands stand between back-quotes."""

    tone: str  # "late": nothing goes out; "soon": so it will be; "": told only
    lead: str
    text: str
    detail: str = ""  # the platform's code or own words, in small print


async def of_accounts(tx: Tx, language: str, now: datetime, *, notices: bool) -> list[Alert]:
    """The graver first. What platforms told the account's owner is for those who answer for it:
    `notices`."""
    known = await accounts.all_of(tx)
    ends = await accounts.token_ends(tx)
    paused = [each for each in known if each.paused_at]
    found = [_paused(language, each, now) for each in paused]
    standing = {each.channel for each in paused}
    found += [
        _ending(language, channel, end, now)
        for channel, end in ends.items()
        if channel not in standing and end - now < AHEAD
    ]
    if notices:
        found += [_notice(language, each, now) for each in known if _tells(each, now)]
        if missed := await digests.undelivered(tx):
            found.append(_digest(language, missed))
    return found


def why_paused(language: str, channel: str, code: str) -> str:
    """What the code of an account's pause means, and what to do."""
    known = errors.meaning(channel, code) if code else None
    if known is None:
        keys = ("alert.refused", "alert.refused.next")
        return " ".join(words.say(language, key) for key in keys)
    return " ".join(known.vi if language == "vi" else known.en)


def _paused(language: str, account: Account, now: datetime) -> Alert:
    assert account.paused_at
    name = words.name_of(language, "channel", account.channel)
    when = words.clock(language, account.paused_at, now)
    pause = account.pause or {}
    code = str(pause.get("code", ""))
    text = f"{why_paused(language, account.channel, code)} {words.say(language, 'alert.kept')}"
    lead = words.say(language, "alert.paused", channel=name, when=when)
    return Alert("late", lead, text, code or str(pause.get("text", "")))


def _ending(language: str, channel: str, end: datetime, now: datetime) -> Alert:
    name = words.name_of(language, "channel", channel)
    key = "alert.ending" if now < end else "alert.ended"
    when = words.clock(language, end, now)
    lead = words.say(language, key, channel=name, when=when)
    return Alert("soon", lead, words.say(language, "alert.log_in", name=channel))


def _tells(account: Account, now: datetime) -> bool:
    """Whether its last notice is fresh, and not what it is paused for."""
    notice = account.notice
    if not notice or now - datetime.fromisoformat(notice["at"]) > FRESH:
        return False
    return not (account.pause and account.pause.get("text") == notice["text"])


def _notice(language: str, account: Account, now: datetime) -> Alert:
    assert account.notice
    name = words.name_of(language, "channel", account.channel)
    when = words.clock(language, datetime.fromisoformat(account.notice["at"]), now)
    lead = words.say(language, "alert.notice", channel=name, when=when)
    return Alert("", lead, account.notice["text"])


def _digest(language: str, missed: int) -> Alert:
    text = words.say(language, "alert.digest_where")
    return Alert("", words.say(language, "alert.digest", n=missed), text)
