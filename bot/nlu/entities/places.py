"""Addresses: street, ward with its kind, district of the time before July 2025, province."""

from collections.abc import Iterator

from bot.nlu.entities.address import Address
from bot.nlu.entities.found import Found
from bot.nlu.entities.provinces import add_provinces
from bot.nlu.entities.reading import Reading
from bot.nlu.entities.streets import add_streets
from bot.nlu.entities.wards import add_before_provinces, add_islands, add_marked


def find_places(read: Reading) -> Iterator[Found]:
    """Every part of every address, the larger before the smaller."""
    address = Address(read)
    add_provinces(address)
    add_marked(address)
    add_before_provinces(address)
    add_islands(address)
    add_streets(address)
    yield from address.found
