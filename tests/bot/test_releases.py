"""Which model is in use, and which one to go back to."""

from __future__ import annotations

from doubles import NOON

from bot.storage import releases
from bot.storage.db import Database


async def test_going_back_twice_goes_back_two_steps(db: Database) -> None:
    async with db.begin() as tx:
        assert await releases.current(tx) is None and await releases.before(tx) is None
        for name in ("a", "b", "c"):
            model = await releases.store(tx, name, "", name.encode(), NOON)
            await releases.publish(tx, model.id, "test", NOON)
        back = []
        while len(back) < 9 and (before := await releases.before(tx)) is not None:
            back.append(before.name)
            await releases.publish(tx, before.id, "test", NOON)
            assert await releases.current(tx) == before

    assert back == ["b", "a"]
