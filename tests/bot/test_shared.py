"""What processes share through a real Redis, and how they do without when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path

import pytest
from redises import RedisServer, redis_server

from bot.doorbell import Listener, RedisDoorbell
from bot.limits import Limit
from bot.pace import Pacer
from bot.shared import Shared
from connectors.base import Pace


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[RedisServer]:
    async with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
async def processes(redis: RedisServer) -> AsyncIterator[list[Shared]]:
    """Two, each with a connection of its own."""
    made = [Shared(redis.url) for _ in range(2)]
    yield made
    for each in made:
        await each.close()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.05)):
        if await condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about in time")


async def taken(limits: list[Limit], times: int) -> int:
    """How many of so many turns a sender gets of these processes, asking both in turn."""
    return sum([await limits[n % len(limits)].take("nga") for n in range(times)])


def slow_limits(processes: list[Shared]) -> list[Limit]:
    return [Limit("message", per_minute=0.01, burst=5, shared=each) for each in processes]


async def test_what_a_sender_may_send_holds_over_all_web_processes(
    processes: list[Shared],
) -> None:
    assert await taken(slow_limits(processes), 20) == 5


async def test_senders_do_not_share_a_bucket(processes: list[Shared]) -> None:
    limit = slow_limits(processes)[0]
    await taken([limit], 20)

    assert await limit.take("tú")


async def test_a_bucket_fills_again(processes: list[Shared]) -> None:
    limit = Limit("message", per_minute=1200, burst=1, shared=processes[0])
    assert await limit.take("nga")
    assert not await limit.take("nga")

    await until(lambda: limit.take("nga"))


async def test_without_redis_each_process_limits_by_itself_until_it_is_back(
    redis: RedisServer, processes: list[Shared]
) -> None:
    limits = slow_limits(processes)
    await redis.kill()

    assert await taken(limits, 20) == 10

    await redis.start()

    async def shared_again() -> bool:
        return await limits[0].take("nga")  # a Redis that begins anew knows nobody

    await until(shared_again)


async def at_once(pacers: list[Pacer], calls: int) -> int:
    """Of so many calls of each process, those that may be made in this moment."""
    waiting = [asyncio.create_task(p.wait(f"{n}")) for n in range(calls) for p in pacers]
    done, _ = await asyncio.wait(waiting, timeout=0.3)
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return len(done)


async def test_an_accounts_pace_holds_over_all_workers(processes: list[Shared]) -> None:
    pacers = [Pacer(Pace(per_second=2), "zalo", each) for each in processes]

    assert await at_once(pacers, 5) == 2


async def test_one_person_is_spared_by_all_workers_together(processes: list[Shared]) -> None:
    pace = Pace(per_second=1000, same_person=60)
    pacers = [Pacer(pace, "telegram", each) for each in processes]

    assert await at_once(pacers, 1) == 1


async def test_without_redis_each_worker_keeps_the_pace_itself(
    redis: RedisServer, processes: list[Shared]
) -> None:
    pacers = [Pacer(Pace(per_second=2), "zalo", each) for each in processes]
    await redis.kill()

    assert await at_once(pacers, 5) == 4


class Own:
    """The database's bell, which remembers what it was rung for."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self._listener: Listener = lambda word: None

    async def open(self, listener: Listener, kinds: Collection[str] = ()) -> None:
        self._listener = listener

    async def ring(self, word: str) -> None:
        self.rung.append(word)
        self._listener(word)

    async def close(self) -> None: ...


async def test_a_ring_goes_by_redis_and_by_the_database_while_redis_is_away(
    redis: RedisServer,
) -> None:
    heard: list[str] = []
    own = Own()
    ear, ringer = RedisDoorbell(redis.url, own), RedisDoorbell(redis.url, own)
    await ear.open(heard.append)
    try:
        await until(lambda: _is(heard == ["reconnected"]))
        await ringer.ring("inbox")
        await until(lambda: _is(heard[1:] == ["inbox"]))
        assert own.rung == []

        await redis.kill()
        await ringer.ring("outbox")
        assert own.rung == heard[2:] == ["outbox"]

        await redis.start()
        await until(lambda: _is(heard[3:] == ["reconnected"]))
        own.rung.clear()

        async def by_redis() -> bool:
            rung = len(own.rung)
            await ringer.ring("event")
            return len(own.rung) == rung

        await until(by_redis)
        await until(lambda: _is("event" in heard))
    finally:
        await ear.close()
        await ringer.close()


async def _is(true: bool) -> bool:
    return true
