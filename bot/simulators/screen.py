"""A phone's screen, as the page is told of it."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import quote

from bot.simulators.base import Bubble, Choice, Json, Person, Simulator
from bot.simulators.zalo_bot import STICKER

STICKERS = ("like.png", "sticker.png", STICKER)


def screen(simulator: Simulator, person: Person) -> Json:
    """All that the person sees, and what is going wrong."""
    typing = person.typing_until
    return {
        "phone": simulator.name,
        "person": {"id": person.id, "name": person.name},
        "blocked": person.blocked,
        "typing_until": int(typing.timestamp() * 1000) if typing else 0,
        "faults": asdict(simulator.faults),
        "bubbles": [_bubble(simulator, bubble) for bubble in person.bubbles],
    }


def _bubble(simulator: Simulator, bubble: Bubble) -> Json:
    shown = [bubble.file, *bubble.pictures]
    sticker = any(name.rpartition("/")[2] in STICKERS for name in shown)
    return {
        "id": bubble.id,
        "by": bubble.by,
        "at": int(bubble.at.timestamp() * 1000),
        "text": bubble.text,
        "buttons": [_choice(each) for each in bubble.buttons],
        "quick": [_choice(each) for each in bubble.quick],
        "pictures": [] if sticker else [_place(simulator, each) for each in bubble.pictures],
        "cards": [_card(simulator, card) for card in bubble.cards],
        "file": "" if sticker else bubble.file,
        "sticker": sticker,
        "seen": bubble.seen,
        "edited": bubble.edited,
        "recalled": bubble.recalled,
        "reaction": bubble.reaction,
    }


def _choice(choice: Choice) -> Json:
    return {"title": choice.title, "key": choice.key, "url": choice.url}


def _card(simulator: Simulator, card: Json) -> Json:
    buttons = [_choice(each) for each in card["buttons"]]
    picture = _place(simulator, card["picture"]) if card["picture"] else ""
    return {**card, "picture": picture, "buttons": buttons}


def _place(simulator: Simulator, picture: str) -> str:
    """Where the page finds a picture: at its address, or among the platform's files."""
    if picture.startswith(("http://", "https://")):
        return picture
    return f"/files/{simulator.name}/{quote(picture, safe='')}"
