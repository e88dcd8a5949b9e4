"""What Telegram checks in a call before it does anything, in its own words of refusal."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from bot.simulators.base import Json

TEXT_LIMIT = 4096  # UTF-16 units, once the markup is out
CAPTION_LIMIT = 1024
DATA_LIMIT = 64  # bytes

_TAG = re.compile(r"<(/?)([a-z-]+)(?:\s[^<>]*)?>")
_TAGS = ("b", "strong", "i", "em", "u", "ins", "s", "del", "a", "code", "pre", "blockquote")


class Refusal(Exception):
    """An answer with ok: false. `parameters` tell a program what to do."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.parameters = parameters


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def value(body: Json, key: str, kind: type, default: Any = None) -> Any:
    """A parameter of this type; forms carry everything but texts as JSON. Raises Refusal."""
    given = body.get(key, default)
    if isinstance(given, str) and kind is not str:
        try:
            given = json.loads(given)
        except ValueError:
            raise bad(f"can't parse {key}") from None
    if given is not default and not isinstance(given, kind):
        raise bad(f"can't parse {key}")
    return given


def text(body: Json) -> str:
    """The text of a message. Raises Refusal when it is empty or too long."""
    said = _plain(value(body, "text", str, ""), body)
    if not said:
        raise bad("message text is empty")
    if _units(said) > TEXT_LIMIT:
        raise bad("message is too long")
    return said


def caption(body: Json) -> str:
    """The words under a file."""
    said = _plain(value(body, "caption", str, ""), body)
    if _units(said) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    return said


def keyboard(body: Json) -> Json:
    """The buttons of a message, {} without any. Raises Refusal."""
    markup: Json = value(body, "reply_markup", dict, {})
    inline = "inline_keyboard" in markup
    rows = markup["inline_keyboard"] if inline else markup.get("keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse reply markup: rows of buttons expected")
    for button in (button for row in rows for button in row):
        if not isinstance(button, dict) or not button.get("text"):
            raise bad("can't parse keyboard button: text must be non-empty")
        if inline:
            _check(button)
    return markup


def _check(button: Json) -> None:
    if ("callback_data" in button) == ("url" in button):
        raise bad("text buttons are unallowed in the inline keyboard")
    if "url" in button and not re.match(r"(https?|tg)://", button["url"]):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid")
    if "callback_data" in button and not 0 < len(button["callback_data"].encode()) <= DATA_LIMIT:
        raise bad("BUTTON_DATA_INVALID")


def _plain(said: str, body: Json) -> str:
    mode = value(body, "parse_mode", str, "")
    if not mode:
        return said.strip()
    if mode.lower() != "html":
        raise bad(f"can't parse entities: this simulator does not read {mode}")
    opened: list[str] = []
    for tag in _TAG.finditer(said):
        closing, name = tag[1], tag[2]
        if name not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{name}"')
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            raise bad(f'can\'t parse entities: Unexpected end tag "{name}"')
    if opened:
        raise bad(f"can't parse entities: Can't find end tag corresponding to \"{opened[-1]}\"")
    plain = _TAG.sub("", said)
    if "<" in plain:
        raise bad('can\'t parse entities: Unsupported start tag ""')
    return html.unescape(plain).strip()


def _units(said: str) -> int:
    return len(said.encode("utf-16-le", "surrogatepass")) // 2
