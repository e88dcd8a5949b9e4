"""The order in which the rules look. What one has taken, the next ones no longer see."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot import clock
from bot.nlu.entities.catalogue import Catalogue
from bot.nlu.entities.codes import find_codes, find_last4
from bot.nlu.entities.colors import find_colors
from bot.nlu.entities.companies import find_companies
from bot.nlu.entities.dates import find_dates
from bot.nlu.entities.found import Found
from bot.nlu.entities.goods import find_goods, load
from bot.nlu.entities.money import find_money
from bot.nlu.entities.payments import find_payments
from bot.nlu.entities.people import find_names
from bot.nlu.entities.places import find_places
from bot.nlu.entities.pronouns import find_terms
from bot.nlu.entities.quantities import find_quantities
from bot.nlu.entities.ratings import find_ratings
from bot.nlu.entities.reading import BRAND, GOODS, HIDDEN, Reading
from bot.nlu.entities.sizes import find_sizes
from bot.nlu.entities.storage import find_storage
from bot.nlu.entities.times import find_times

HERE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
MARKS: Final = {"product": GOODS, "category": GOODS, "brand": BRAND}


def find(text: str, today: date | None = None, catalogue: Catalogue | None = None) -> list[Found]:
    """Every entity of a message, in reading order. Days are counted from `today`, in Vietnam."""
    read = Reading(text)
    today = today or clock.now().astimezone(HERE).date()
    kept: list[Found] = []
    keep(read, kept, find_codes(read))
    keep(read, kept, find_companies(read))
    keep(read, kept, find_names(read))
    keep(read, kept, find_goods(read, catalogue or well_known()))
    keep(read, kept, find_places(read))
    keep(read, kept, find_ratings(read))
    keep(read, kept, find_money(read))
    keep(read, kept, find_dates(read, today))
    keep(read, kept, find_times(read))
    keep(read, kept, find_storage(read))
    keep(read, kept, find_sizes(read))
    keep(read, kept, find_quantities(read))
    keep(read, kept, find_payments(read))
    keep(read, kept, find_colors(read))
    keep(read, kept, find_last4(read))
    keep(read, kept, find_terms(read))
    return sorted(kept, key=lambda found: found.start)


def keep(read: Reading, kept: list[Found], found: Iterable[Found]) -> None:
    """Keeps what stands on free ground, in raw places, and hides it from what looks next."""
    for entity in found:
        if not read.is_free(entity.start, entity.end):
            continue
        start, end = read.span(entity.start, entity.end)
        if read.is_mapped and any(each.start < end and start < each.end for each in kept):
            continue  # one raw character, such as "¼", may be read as several
        read.hide(entity.start, entity.end, MARKS.get(entity.kind, HIDDEN))
        kept.append(Found(entity.kind, entity.value, start, end))


@lru_cache(maxsize=1)
def well_known() -> Catalogue:
    """What people name in any shop, without a catalogue of its own."""
    return load(None)
