"""What staff call a customer: by the shop's record once it is proved who they are."""

from __future__ import annotations

from datetime import timedelta

from books import person
from cares import prove
from doubles import NOON, said

from bot import conversation, identity, queue
from bot.models import Author, Promised, User
from bot.storage import board, customers, desk, promises
from bot.storage.db import Database

PROMISED = Promised("call", "gọi lại", NOON + timedelta(hours=1))


async def writes(db: Database, name: str) -> tuple[int, int]:
    """Somebody writes: conversation and customer."""
    message = said("alo", by="k1", channel="zalo", sender_name=name)
    received = await conversation.receive(db, message, NOON)
    async with db.read() as tx:
        customer = await customers.find(tx, "zalo", "k1")
    assert customer is not None
    return received.conversation_id, customer.id


async def entry(db: Database, conversation_id: int) -> tuple[str, str]:
    async with db.read() as tx:
        found = await desk.entry(tx, conversation_id)
    assert found is not None
    return found.customer.name, found.on_channel


async def test_who_is_proved_to_be_somebody_has_their_name_and_the_channels_beside(
    db: Database,
) -> None:
    conversation_id, customer_id = await writes(db, "Mèo Ú")
    before = await entry(db, conversation_id)
    person_id = await person(db, "Trần Thị Lan")

    async with db.begin() as tx:
        await prove(tx, customer_id, person_id, NOON)

    assert before == ("Mèo Ú", "")
    assert await entry(db, conversation_id) == ("Trần Thị Lan", "Mèo Ú")


async def test_a_merged_record_gives_the_name_of_the_main_one(db: Database, mai: User) -> None:
    conversation_id, customer_id = await writes(db, "Mèo Ú")
    main, second = await person(db, "Trần Thị Lan"), await person(db, "Chị Lan")
    async with db.begin() as tx:
        await prove(tx, customer_id, second, NOON)
        await identity.merge(tx, second, main, mai, NOON)

    assert await entry(db, conversation_id) == ("Trần Thị Lan", "Mèo Ú")


async def test_a_record_without_a_name_leaves_the_channels(db: Database) -> None:
    conversation_id, customer_id = await writes(db, "Mèo Ú")
    person_id = await person(db, "", phone="0912345678")

    async with db.begin() as tx:
        await prove(tx, customer_id, person_id, NOON)

    assert await entry(db, conversation_id) == ("Mèo Ú", "")


async def test_who_is_let_go_is_called_as_before(db: Database, mai: User) -> None:
    conversation_id, customer_id = await writes(db, "Mèo Ú")
    person_id = await person(db, "Trần Thị Lan")
    async with db.begin() as tx:
        await prove(tx, customer_id, person_id, NOON)

    async with db.begin() as tx:
        await identity.unlink(tx, customer_id, mai, NOON)

    assert await entry(db, conversation_id) == ("Mèo Ú", "")


async def test_tasks_and_the_board_call_them_so_too(db: Database) -> None:
    conversation_id, customer_id = await writes(db, "")
    person_id = await person(db, "Trần Thị Lan")
    async with db.begin() as tx:
        await prove(tx, customer_id, person_id, NOON)
        await promises.add(tx, conversation_id, PROMISED, Author.AGENT, NOON)
        talk = await desk.entry(tx, conversation_id)
        assert talk is not None
        customer = await customers.by_id(tx, customer_id)
        assert await queue.request(tx, talk.conversation, customer, "complaint", "", NOON)

    async with db.read() as tx:
        [task] = await promises.open_of(tx, None)
        [watched] = await board.of_day(tx, NOON - timedelta(days=1))

    assert (task.customer, watched.customer) == ("Trần Thị Lan", "Trần Thị Lan")
