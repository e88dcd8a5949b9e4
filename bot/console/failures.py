"""Why something did not go out, in words: what happened, and what to do."""

from __future__ import annotations

from typing import NamedTuple

from bot import permission
from bot.console import words
from bot.models import Delivery, Message
from bot.outbox import PERMISSION
from connectors import errors

RETRIED = ("later", "busy")  # fates whose advice is to wait: no longer true of what has failed


class Failure(NamedTuple):
    """One failure."""

    code: str  # the platform's own, for who asks it; "" without one
    said: dict[str, tuple[str, str]]  # by language: what happened, what to do


def of_message(message: Message) -> Failure | None:
    """Why a message did not arrive; None when it did, or is on its way."""
    if message.delivery not in (Delivery.FAILED, Delivery.UNKNOWN):
        return None
    code = str(message.meta.get("error_code", ""))
    reason = code.removeprefix(PERMISSION)
    if code.startswith(PERMISSION) and reason in permission.REASONS:
        return Failure("", {each: words.refusal(each, reason) for each in words.LANGUAGES})
    if f"failure.{code}" in words.WORDS:
        return Failure("", {each: _own(each, code, message.channel) for each in words.LANGUAGES})
    general = message.delivery.value
    said = {each: _own(each, general, message.channel) for each in words.LANGUAGES}
    if known := errors.meaning(message.channel, code):
        lasting = message.delivery is Delivery.FAILED and known.fate not in RETRIED
        for each, (happened, todo) in (("vi", known.vi), ("en", known.en)):
            said[each] = (happened, todo if lasting else said[each][1])
    return Failure(code, said)


def _own(language: str, code: str, channel: str) -> tuple[str, str]:
    name = words.name_of(language, "channel", channel)
    return (
        words.say(language, f"failure.{code}", channel=name),
        words.say(language, f"failure.{code}.next", channel=name),
    )
