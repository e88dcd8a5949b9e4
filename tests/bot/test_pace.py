"""How fast we send: what is over a platform's pace waits."""

from __future__ import annotations

import asyncio

from bot.pace import Pacer
from connectors.base import Pace


async def at_once(pacer: Pacer, *people: str) -> list[str]:
    """Whose call may be made in this moment, of calls that want to begin together."""
    waiting = {asyncio.create_task(pacer.wait(person)): person for person in people}
    for _ in range(10):
        await asyncio.sleep(0)
    allowed = [person for task, person in waiting.items() if task.done()]
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return allowed


async def test_an_account_sends_no_more_at_once_than_its_platform_takes() -> None:
    pacer = Pacer(Pace(per_second=3))

    assert await at_once(pacer, "a", "b", "c", "d", "e") == ["a", "b", "c"]


async def test_one_person_waits_and_the_others_do_not() -> None:
    pacer = Pacer(Pace(per_second=30, same_person=1.0))

    assert await at_once(pacer, "nga", "nga", "tú") == ["nga", "tú"]
