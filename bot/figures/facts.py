"""What the figures of a window are reckoned from, as it was read at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.figures.assistant import BotTalk, BotTurn, Reviewed
from bot.figures.complaints import Complaint
from bot.figures.csat import Asked
from bot.figures.csi import Answer as Index
from bot.figures.engagement import Inbound, Outreach
from bot.figures.kept import DataRequest, Due
from bot.figures.nps import Answer as Mark
from bot.figures.order import Order
from bot.figures.ranking import Named
from bot.figures.resolution import Contact
from bot.figures.service import Handed
from bot.figures.winback import Attempt

# Tags of talks that are in no figure.
LEFT_OUT: Final = ("Thử nghiệm", "Nội bộ", "Spam")


@dataclass(frozen=True)
class Talk:
    """A conversation, by all that figures are looked at by."""

    id: int
    person_id: int  # whom nobody has identified: minus the customer's id
    channel: str
    begun_at: datetime
    is_first: bool  # of this customer
    messages: int = 0
    team: str = ""  # of its last hand-off
    agent_id: int | None = None  # who had it last
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """Rows of the window, and of the time around it that some formulas look at."""

    talks: tuple[Talk, ...] = ()
    handed: tuple[Handed, ...] = ()
    contacts: tuple[Contact, ...] = ()
    bot_talks: tuple[BotTalk, ...] = ()
    turns: tuple[BotTurn, ...] = ()
    reviewed: tuple[Reviewed, ...] = ()
    inbound: tuple[Inbound, ...] = ()  # of each talk the first in the window
    answers: tuple[Inbound, ...] = ()  # of those whom we wrote to first
    promises: tuple[Due, ...] = ()
    data_requests: tuple[DataRequest, ...] = ()
    talk_of: Mapping[str, Mapping[int, int]] = field(default_factory=dict)  # by `of`, by row


@dataclass(frozen=True)
class Records:
    """What the shop knows of its customers, whole: who stays is told from the first order on."""

    orders: tuple[Order, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    outreach: tuple[Outreach, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    csat: tuple[Asked, ...] = ()
    nps: tuple[Mark, ...] = ()
    csi: tuple[Index, ...] = ()
    expectations: tuple[Named, ...] = ()
    leaving: tuple[Named, ...] = ()
    causes: tuple[Named, ...] = ()  # of complaints
    talk_of: Mapping[int, int] = field(default_factory=dict)  # by survey
