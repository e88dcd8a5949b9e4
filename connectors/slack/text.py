"""Slack's way of writing, out and in: `&amp;`, `<https://…|label>`, `<@U…>`, `:emoji:`.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

_MARK: Final = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_MENTION: Final = re.compile(r"<@([A-Z0-9]+)")
_CODE: Final = re.compile(r":([a-z0-9_+'\-]+):")
# Slack's names that are not Unicode's.
_EMOJI: Final = {
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "thumbsdown": "👎",
    "pray": "🙏",
    "heart": "❤️",
    "heartbeat": "💓",
    "hearts": "♥️",
    "smile": "😄",
    "smiley": "😃",
    "grinning": "😀",
    "grin": "😁",
    "blush": "😊",
    "wink": "😉",
    "joy": "😂",
    "rolling_on_the_floor_laughing": "🤣",
    "laughing": "😆",
    "satisfied": "😆",
    "relaxed": "☺️",
    "heart_eyes": "😍",
    "smiling_face_with_3_hearts": "🥰",
    "kissing_heart": "😘",
    "sunglasses": "😎",
    "sweat_smile": "😅",
    "sweat": "😓",
    "cry": "😢",
    "sob": "😭",
    "disappointed": "😞",
    "worried": "😟",
    "angry": "😠",
    "rage": "😡",
    "thinking_face": "🤔",
    "hugging_face": "🤗",
    "ok_hand": "👌",
    "clap": "👏",
    "wave": "👋",
    "raised_hands": "🙌",
    "muscle": "💪",
    "point_right": "👉",
    "point_down": "👇",
    "handshake": "🤝",
    "tada": "🎉",
    "gift": "🎁",
    "bouquet": "💐",
    "rose": "🌹",
    "star": "⭐",
    "fire": "🔥",
    "100": "💯",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "x": "❌",
    "warning": "⚠️",
    "exclamation": "❗",
    "question": "❓",
    "phone": "☎️",
    "telephone_receiver": "📞",
    "iphone": "📱",
    "email": "📧",
    "truck": "🚚",
    "package": "📦",
    "moneybag": "💰",
    "credit_card": "💳",
    "clock3": "🕒",
}
_SKINS: Final = "🏻🏼🏽🏾🏿"  # skin-tone-2 to -6


def escape(text: str) -> str:
    """A stranger's words as Slack shows them: no link, no `<!channel>` that calls everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mentioned(text: str) -> list[str]:
    """The ids of the users whom a text of Slack's names."""
    return _MENTION.findall(text)


def plain(text: str, name_of: Callable[[str], str] = str) -> str:
    """What a text of Slack's says to somebody who has no Slack. `name_of` tells a user by id."""

    def said(mark: re.Match[str]) -> str:
        target, label = mark[1], mark[2] or ""
        if target.startswith("@"):
            return f"@{label or name_of(target[1:])}"
        if target.startswith("#"):
            return f"#{label or target[1:]}"
        if target.startswith("!"):
            return label or f"@{target[1:].partition('^')[0]}"
        address = re.sub(r"^(mailto|tel):", "", target)
        return address if not label or label in address else f"{label} ({address})"

    words = _CODE.sub(_emoji, _MARK.sub(said, text))
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _emoji(code: re.Match[str]) -> str:
    name = code[1]
    if name in _EMOJI:
        return _EMOJI[name]
    if re.fullmatch(r"skin-tone-[2-6]", name):
        return _SKINS[int(name[-1]) - 2]
    try:
        sign = unicodedata.lookup(name.replace("_", " "))
    except KeyError:  # the workspace's own, or a time: 10:30:45
        return code[0]
    return sign if unicodedata.category(sign) == "So" else code[0]
