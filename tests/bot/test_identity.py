"""One person across channels: by proof only, and every step can be taken back."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from books import customer, everything, order, person
from doubles import NOON, ScriptedDialogue, answer_all, said

from bot import conversation, identity
from bot.models import Content, Proved, Say, Turn
from bot.storage import customers, identities, people, tables

PHONE = "0912345678"


async def who(db, customer_id: int) -> int | None:
    async with db.read() as tx:
        known = await identities.of_customer(tx, customer_id)
    return known.person_id if known else None


async def prove(db, customer_id: int, code: str, last4: str) -> bool:
    async with db.begin() as tx:
        known = await customers.by_id(tx, customer_id)
        return await identity.prove(tx, known, Proved(code, last4), NOON)


async def link(db, customer_id: int, person_id: int, by) -> None:
    async with db.begin() as tx:
        await identity.link(tx, customer_id, person_id, by, NOON)


async def merge(db, person_id: int, into: int, by) -> None:
    async with db.begin() as tx:
        await identity.merge(tx, person_id, into, by, NOON)


async def split(db, person_id: int, by) -> None:
    async with db.begin() as tx:
        await identity.split(tx, person_id, by, NOON)


async def done_about(db, person_id: int) -> list[tuple]:
    table = tables.person_events
    async with db.read() as tx:
        rows = await tx.execute(table.select().where(table.c.person_id == person_id))
    return [(row.kind, row.user_id, row.data) for row in rows]


# --- proof (R1)


async def test_an_orders_code_and_its_phones_digits_are_proof(db) -> None:
    hoa = await person(db, "Hoa", phone=PHONE)
    await order(db, hoa, "BT26110123")
    nga = await customer(db, "nga")

    assert await prove(db, nga, "BT26110123", "5678")

    assert await who(db, nga) == hoa
    about = {"customer": nga, "proof": "order", "order": "BT26110123"}
    assert await done_about(db, hoa) == [("linked", None, about)]


@pytest.mark.parametrize(
    ("code", "last4"),
    [("BT26110123", "5679"), ("BT26119999", "5678"), ("BT26110123", ""), ("BT26110123", "8")],
)
async def test_anything_less_is_no_proof(db, code: str, last4: str) -> None:
    await order(db, await person(db, "Hoa", phone=PHONE), "BT26110123")
    nga = await customer(db, "nga")

    assert not await prove(db, nga, code, last4)

    assert await who(db, nga) is None


async def test_a_record_without_a_phone_proves_nobody(db) -> None:
    await order(db, await person(db, "Hoa", number="KH1"), "BT26110123")
    nga = await customer(db, "nga")

    assert not await prove(db, nga, "BT26110123", "")


async def test_a_second_proof_of_the_same_person_changes_nothing(db) -> None:
    hoa = await person(db, "Hoa", phone=PHONE)
    await order(db, hoa, "BT26110123")
    nga = await customer(db, "nga")
    await prove(db, nga, "BT26110123", "5678")

    assert not await prove(db, nga, "BT26110123", "5678")

    assert len(await done_about(db, hoa)) == 1


async def test_who_orders_for_their_mother_stays_who_they_are_and_a_colleague_reads_of_it(db):
    hoa, mother = await person(db, "Hoa", phone=PHONE), await person(db, "Sáu", phone="0987654321")
    await order(db, hoa, "BT1")
    await order(db, mother, "BT2")
    nga = await customer(db, "nga")
    await prove(db, nga, "BT1", "5678")

    for _ in range(2):
        assert not await prove(db, nga, "BT2", "4321")

    assert await who(db, nga) == hoa
    assert [kind for kind, *_ in await done_about(db, mother)] == ["doubted"]


async def test_the_assistants_turn_carries_the_proof_into_its_own_transaction(db) -> None:
    hoa = await person(db, "Hoa", phone=PHONE)
    await order(db, hoa, "BT26110123")
    proof = (Proved("BT26110123", "5678"),)
    turn = Turn(says=(Say(Content("Dạ đơn đang giao ạ")),), proved=proof, introduced=True)
    await conversation.receive(db, said("BT26110123 5678", by="nga"), NOON)

    await answer_all(db, ScriptedDialogue({"BT26110123 5678": turn}))

    async with db.read() as tx:
        nga = await customers.find(tx, "web", "nga")
    assert await who(db, nga.id) == hoa


async def test_a_colleague_may_say_who_somebody_is_and_take_it_back(db, mai) -> None:
    hoa, nga = await person(db, "Hoa"), await customer(db, "nga")
    await link(db, nga, hoa, mai)
    linked = await who(db, nga)

    async with db.begin() as tx:
        await identity.unlink(tx, nga, mai, NOON + timedelta(minutes=1))

    assert (linked, await who(db, nga)) == (hoa, None)
    said_so = [(kind, by) for kind, by, _ in await done_about(db, hoa)]
    assert said_so == [("linked", mai.id), ("unlinked", mai.id)]


async def test_nobody_is_two_people(db, mai) -> None:
    nga = await customer(db, "nga")
    await link(db, nga, await person(db, "Hoa"), mai)

    with pytest.raises(identity.Refused, match="linked"):
        await link(db, nga, await person(db, "Lan"), mai)


async def test_who_is_linked_to_a_second_record_is_the_main_one(db, mai) -> None:
    hoa, again = await person(db, "Hoa"), await person(db, "Hoa")
    await merge(db, again, hoa, mai)
    nga = await customer(db, "nga")

    await link(db, nga, again, mai)

    assert await who(db, nga) == hoa


async def test_the_same_number_only_suggests(db) -> None:
    hoa, alike = await person(db, "Hoa", phone=PHONE), await person(db, "H.", phone=PHONE)
    await conversation.receive(db, said("số mình là 0912 345 678", by="nga"), NOON)
    await conversation.receive(db, said("số khác: 0912 345 679", by="lan"), NOON)

    async with db.read() as tx:
        found = await identity.suggestions(tx, await people.records_of(tx, hoa))

    assert [each.external_id for each in found.customers] == ["nga"]
    assert [each.id for each in found.people] == [alike]
    assert await who(db, found.customers[0].id) is None


# --- merging and splitting (R2)


async def test_a_split_gives_back_everything_byte_for_byte(db, mai) -> None:
    chance = random.Random(26)
    ids = [await person(db, f"Khách {n}", phone=f"09{n:08d}") for n in range(6)]
    for n in range(12):
        await order(db, chance.choice(ids), ordered_at=NOON - timedelta(days=n))
        await link(db, await customer(db, f"c{n}"), chance.choice(ids), mai)
    snapshots: list[tuple[int, dict]] = []
    merged = 0

    for _ in range(60):
        if snapshots and chance.random() < 0.5:
            second, before = snapshots.pop()
            await split(db, second, mai)
            assert await everything(db) == before
            continue
        second, into = chance.sample(ids, 2)
        before = await everything(db)
        try:
            await merge(db, second, into, mai)
        except identity.Refused:
            assert await everything(db) == before
        else:
            snapshots.append((second, before))
            merged += 1

    assert merged > 5


async def test_what_came_meanwhile_stays_with_the_record_it_came_for(db, mai) -> None:
    hoa, again = await person(db, "Hoa"), await person(db, "Hoa")
    await merge(db, again, hoa, mai)
    await order(db, again, "BT9")

    async with db.read() as tx:
        together = [each.id for each in await people.records_of(tx, again)]
    await split(db, again, mai)

    async with db.read() as tx:
        owner = await people.of_order(tx, "BT9")
        apart = [each.id for each in await people.records_of(tx, again)]
    assert (together, apart, owner.id) == ([hoa, again], [again], again)


@pytest.mark.parametrize(
    ("second", "into", "why"),
    [(0, 0, "same"), (0, 1, "merged"), (2, 0, "merged"), (1, 2, "holds"), (2, 99, "missing")],
)
async def test_one_step_leads_to_whom_a_record_is_of(db, mai, second, into, why) -> None:
    ids = {n: await person(db, f"Khách {n}") for n in range(3)} | {99: 10_000}
    await merge(db, ids[0], ids[1], mai)

    with pytest.raises(identity.Refused, match=why):
        await merge(db, ids[second], ids[into], mai)


async def test_a_merge_makes_two_peoples_accounts_one_persons(db, mai) -> None:
    hoa, again = await person(db, "Hoa"), await person(db, "Hoa")
    nga, lan = await customer(db, "nga"), await customer(db, "lan", "telegram")
    await link(db, nga, hoa, mai)
    await link(db, lan, again, mai)

    await merge(db, again, hoa, mai)

    async with db.read() as tx:
        assert await identities.accounts_of(tx, lan) == [nga, lan]
        assert await identities.person_of(tx, lan) == hoa


async def test_what_is_apart_is_not_split_again(db, mai) -> None:
    with pytest.raises(identity.Refused, match="gone"):
        await split(db, await person(db, "Hoa"), mai)
