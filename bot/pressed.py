"""What a customer chose: the trusted command behind a button, or behind its number."""

from __future__ import annotations

import re
from typing import Final

from bot.menu import MENU
from bot.models import Content, Message
from bot.storage import messages
from bot.storage.db import Tx
from connectors.base import Button

NUMBER: Final = re.compile(r"\s*(\d{1,2})\s*[.)]?\s*")


async def command_of(tx: Tx, message: Message) -> str:
    """The trusted command behind a message, "" for written words.

    A button's number may be typed: where a platform has no buttons, that is how they are shown.
    Not when the choice itself is of numbers: "5" among stars is five stars.
    """
    if message.meta.get("begins"):
        return "/greet"
    if key := message.meta.get("button"):
        return await messages.payload_of(tx, message.conversation_id, key) or MENU.get(key, "")
    if not (number := NUMBER.fullmatch(message.content.text)):
        return ""
    asked = await messages.last_choices(tx, message.conversation_id)
    choices = [button for button in _buttons(asked.content) if button.key] if asked else []
    if asked is None or any(any(map(str.isdigit, button.title)) for button in choices):
        return ""
    place = int(number[1]) - 1
    if not 0 <= place < len(choices):
        return ""
    key = choices[place].key
    return str(asked.meta.get("payloads", {}).get(key) or MENU.get(key, ""))


def _buttons(content: Content) -> list[Button]:
    """A message's buttons in the order in which they are numbered."""
    return [*content.buttons, *(button for card in content.cards for button in card.buttons)]
