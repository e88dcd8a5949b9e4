"""Which customers of the channels are the same person: only by proof (R1).

An order's code with the last four digits of its phone is proof, so is a code that we sent to where
the person is proved already (bot.proof), and so is a colleague's word. What only looks alike is a
suggestion. Every step can be taken back: an account is let go, and a merge moves nothing, so that a
split gives back both records as they were (R2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.folded import sought
from bot.models import Customer, Person, Proved, User
from bot.storage import customers, identities, people, search
from bot.storage.db import Tx

LOOKED_AT: Final = 50  # messages that hold a person's phone number


class Refused(Exception):
    """It cannot be done; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Suggestions:
    """Who may be the same person, unproved."""

    customers: Sequence[Customer]
    people: Sequence[Person]


async def prove(tx: Tx, customer: Customer, proved: Proved, now: datetime) -> bool:
    """The customer has told an order's code and its phone's last digits, and the shop accepted
    them: they are that order's person, as far as our records say the same. True when they were
    not known to be.

    Who is proved to be somebody else already stays so, and a colleague reads of it: people order
    for their mothers.
    """
    person = await people.of_order(tx, proved.order_code)
    if person is None or len(proved.phone_last4) != 4:
        return False
    if not person.phone.endswith(proved.phone_last4):
        return False
    about = {"proof": "order", "order": proved.order_code}
    return await _believe(tx, customer.id, person.id, now, about)


async def prove_by_code(tx: Tx, customer: Customer, person_id: int, now: datetime) -> bool:
    """The customer has typed the code that was sent to where we know this person. As `prove`."""
    return await _believe(tx, customer.id, person_id, now, {"proof": "otp"})


async def _believe(
    tx: Tx, customer_id: int, person_id: int, now: datetime, about: Mapping[str, str]
) -> bool:
    ids = await people.ids_of(tx, person_id)
    known = await identities.of_customer(tx, customer_id)
    if known is None:
        await identities.link(tx, customer_id, person_id, about["proof"], now, None)
        await people.tell(tx, ids[0], "linked", now, None, customer=customer_id, **about)
    elif known.person_id not in ids and customer_id not in await people.doubted(tx, ids):
        await people.tell(tx, ids[0], "doubted", now, None, customer=customer_id, **about)
    return known is None


async def link(tx: Tx, customer_id: int, person_id: int, by: User, now: datetime) -> None:
    """A colleague says that this customer is this person.

    Raises Refused: `linked` when the customer is somebody already, `missing`.
    """
    person = await _main(tx, person_id)
    if not await customers.exists(tx, customer_id):
        raise Refused("missing")
    await customers.lock(tx, customer_id)
    if await identities.of_customer(tx, customer_id):
        raise Refused("linked")
    await identities.link(tx, customer_id, person.id, "staff", now, by.id)
    await people.tell(tx, person.id, "linked", now, by.id, customer=customer_id, proof="staff")


async def unlink(tx: Tx, customer_id: int, by: User, now: datetime) -> None:
    """The customer is not this person after all. Raises Refused: `gone`."""
    known = await identities.of_customer(tx, customer_id)
    if known is None or not await identities.unlink(tx, known.id, now):
        raise Refused("gone")
    main = (await people.ids_of(tx, known.person_id))[0]
    await people.tell(tx, main, "unlinked", now, by.id, customer=customer_id, proof=known.proof)


async def merge(tx: Tx, person_id: int, into: int, by: User, now: datetime) -> None:
    """Two records are one person's, whom `into` stands for from now on.

    Raises Refused: `same`; `merged` when one of them is a second record already, `holds` when
    `person_id` has second records of its own: one step must lead to whom a record is of.
    """
    known = await people.lock(tx, {person_id, into})
    if person_id == into:
        raise Refused("same")
    if len(known) < 2:
        raise Refused("missing")
    if any(each.merged_into for each in known.values()):
        raise Refused("merged")
    if len(await people.ids_of(tx, person_id)) > 1:
        raise Refused("holds")
    await people.point(tx, person_id, into)
    await people.tell(tx, into, "merged", now, by.id, other=person_id)


async def split(tx: Tx, person_id: int, by: User, now: datetime) -> None:
    """The second record is somebody's own again. Raises Refused: `gone` when it is already."""
    person = (await people.lock(tx, {person_id})).get(person_id)
    if person is None or person.merged_into is None:
        raise Refused("gone")
    await people.point(tx, person_id, None)
    await people.tell(tx, person.merged_into, "split", now, by.id, other=person_id)


async def suggestions(tx: Tx, records: Sequence[Person]) -> Suggestions:
    """Who may be this person too: customers who wrote one of their numbers or proved an order of
    theirs, and records with one of their numbers."""
    phones = {each.phone for each in records} - {""}
    ids = {each.id for each in records}
    alike = [each for each in await people.with_phone(tx, phones) if each.id not in ids]
    wrote = set(await people.doubted(tx, ids))
    for phone in phones:
        wrote |= await search.customers_who_wrote(tx, sought(phone), limit=LOOKED_AT)
    return Suggestions(
        await identities.unproved(tx, wrote),
        [each for each in alike if each.merged_into is None],
    )


async def _main(tx: Tx, person_id: int) -> Person:
    ids = await people.ids_of(tx, person_id)
    person = await people.by_id(tx, ids[0]) if ids else None
    if person is None:
        raise Refused("missing")
    return person
