"""What `carebot dead-letters` and `carebot replay` say to whoever looks after Carebot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from bot import dead_letters
from bot.config import ConfigError
from bot.dead_letters import LEFT, Id
from bot.facts import HERE
from bot.storage.db import Database
from bot.storage.dead_letters import Span

_AGO: Final = re.compile(r"(\d{1,6})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
NAMES: Final = {
    "set_aside": {"vi": "trợ lý bỏ qua", "en": "set aside"},
    "failed": {"vi": "gửi lỗi", "en": "not sent"},
    "unknown": {"vi": "chưa rõ đã gửi", "en": "unknown fate"},
    "unread": {"vi": "không đọc được", "en": "unread"},
}
WORDS: Final = {
    "nothing": {"vi": "Không có gì tồn đọng.", "en": "Nothing lies there."},
    "again": {
        "vi": "Đã sửa xong nguyên nhân? Chạy carebot dead-letters retry SỐ, hoặc carebot replay.",
        "en": "Is the cause mended? Run carebot dead-letters retry ID, or carebot replay.",
    },
    "put_back": {"vi": "xếp lại hàng, sẽ làm ngay", "en": "waits to be done again"},
    "read": {
        "vi": "đã đọc được và ghi nhận; tin của khách được trả lời như tin mới",
        "en": "read and taken; what a customer wrote in it is answered as a new message",
    },
    "count": {
        "vi": "Đã xếp lại: {back}, để nguyên: {left}",
        "en": "Put back: {back}, left: {left}",
    },
}


def moment(text: str, now: datetime) -> datetime:
    """A time as people type it: so long ago (30m, 2h, 7d), or a date and time, of Vietnam unless
    it says otherwise. Raises ConfigError."""
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{text!r} is no time; write 2h, 7d or 2026-11-23T08:00") from error
    return found if found.tzinfo else found.replace(tzinfo=HERE)


async def tell_dead(db: Database, span: Span, language: str, say: Callable[[str], None]) -> bool:
    """Tell what lies there, never what somebody wrote. True: to have looked is no failure."""
    async with db.read() as tx:
        letters = await dead_letters.found(tx, span, language)
    for each in letters:
        name, at = NAMES[each.kind][language], each.at.astimezone(HERE)
        code = f" ({each.code})" if each.code else ""
        say(f"{each.id:>8}  {at:%d/%m %H:%M}  {each.channel:<10} {name}{code}: {each.said[0]}")
        say(f"{'':>10}→ {each.said[1]}")
    say(WORDS["again" if letters else "nothing"][language])
    return True


def tell_done(done: Mapping[Id, str], language: str, say: Callable[[str], None]) -> bool:
    """Tell what was put back and what was not, and why; whether all was."""
    for each, left in done.items():
        back = WORDS["read" if isinstance(each, str) else "put_back"]
        text = (LEFT[left] if left else back)[language]
        say(f"{'✗' if left else '✓'} {each}: {text}")
    left_alone = sum(map(bool, done.values()))
    counts = {"back": len(done) - left_alone, "left": left_alone}
    say(WORDS["count"][language].format(**counts))
    return not left_alone
