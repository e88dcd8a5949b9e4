"""What a customer wrote in one breath: one thought in several messages, or several thoughts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot import gate
from bot.models import Message
from connectors.base import Json

Understand = Callable[[str], Awaitable[Json]]

SURE: Final = 0.5
# Said before or after a matter; alone they are none.
ASIDES: Final = frozenset(
    {
        *("greet", "thank", "goodbye", "chitchat", "affirm", "deny", "inform"),
        *("out_of_scope", "nlu_fallback"),
    }
)


@dataclass(frozen=True)
class Piece:
    """Messages that are answered together."""

    messages: tuple[Message, ...]
    payload: str = ""  # of the button that was pressed

    @property
    def text(self) -> str:
        return "\n".join(filter(None, (message.content.text for message in self.messages)))

    def __add__(self, more: Piece) -> Piece:
        return Piece((*self.messages, *more.messages))


async def pieces_of(
    messages: Sequence[Message],
    payloads: Sequence[str],
    understand: Understand,
    *,
    in_form: bool,
) -> list[Piece]:
    """The messages in their order, put together where they are one thought.

    A button and what the gate hears stand alone. Of the rest, messages belong together unless each
    is surely a matter of its own; in an open form they are all parts of the answer.
    """
    single = [
        Piece((message,), payload) for message, payload in zip(messages, payloads, strict=True)
    ]
    if len(single) == 1:
        return single
    found: list[Piece] = []
    matter: str | None = None  # of the last piece; "" when it may not grow
    for piece in single:
        own = await _matter(piece, understand, in_form)
        joins = found and matter != "" and own != "" and (None in (matter, own) or matter == own)
        if joins:
            found[-1] += piece
            matter = matter or own
        else:
            found.append(piece)
            matter = own
    return found


async def _matter(piece: Piece, understand: Understand, in_form: bool) -> str | None:
    """The intent of a message that is one by itself; None for a part, "" for what stands alone."""
    if piece.payload or gate.hear(piece.text):
        return ""
    if in_form or not piece.text:
        return None
    intent = (await understand(piece.text))["intent"]
    sure = intent["confidence"] >= SURE and intent["name"] not in ASIDES
    return intent["name"] if sure else None
