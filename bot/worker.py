"""The worker: answers waiting messages, hands outgoing ones to their platforms, and takes a newly
published model without dropping either."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot import (
    campaigns,
    care,
    conversation,
    errands,
    greetings,
    handoff,
    intake,
    keeper,
    logs,
    outbox,
    outreach,
    retention,
    trial,
)
from bot.answer import Dialogue, Nobody
from bot.config import Settings
from bot.doorbell import Doorbell
from bot.models import Errand, InboxEntry, Parcel
from bot.pace import Pacer
from bot.shared import Shared
from bot.storage import accounts, inbox, leases, releases, surveys, trackers, trials
from bot.storage import errands as rows
from bot.storage import outbox as parcels
from bot.storage import outreach as planned_rows
from bot.storage.db import Database, DatabaseUnavailable
from connectors.base import READ_OUR_STORE, Channel, DeliveryError, Polled

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # between looks when nobody rings
ALIVE_SECONDS = 2.0
KEEP_SECONDS = 1.0  # between signs that turns and deliveries under way have a worker that lives
FINISH_SECONDS = 10.0  # for which a worker that stops goes on with what it has begun
AWAY_SECONDS = 1.0  # between tries while the database is away
WITHOUT_MODEL = timedelta(seconds=30)  # for which messages wait for one to be published
KEPT = timedelta(hours=24)  # what the dialogue remembers of a customer who writes no more
FORGET_EVERY = timedelta(minutes=10)
ASKED_FOR = timedelta(days=7)  # for which a survey waits for its answer
PLAN_SECONDS = 60.0  # between looks for what is to be planned
FREE_SECONDS = 10.0  # between looks for what a clock that was set back has left
GREET_EVERY = timedelta(hours=1)  # everybody's birthday is read
OUTREACH = 10  # of ours at a time: customers who wrote come first
# Who floods us has a part of a worker's time: a rest after each full turn, so many times as long.
RESTS, LONGEST_REST = 4.0, 30.0  # seconds
SENDERS = 4  # deliveries at once on each channel
GETTERS = 2  # errands at once on each channel
POLL_LEASE = timedelta(seconds=60)  # longer than a platform holds a question open
CHECK_SECONDS = 1800.0  # between looks at how a channel stands
CHECK_LIMIT = 60.0
POLL_AGAIN = 5.0  # seconds after a question that failed, and between looks whether another asks

Loader = Callable[[bytes, str], Dialogue]


class Worker:
    """One worker process."""

    def __init__(
        self,
        db: Database,
        bell: Doorbell,
        channels: Mapping[str, Channel],
        load: Loader,
        clock: Callable[[], datetime],
        settings: Settings,
        shared: Shared | None = None,
    ) -> None:
        self.id = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._db = db
        self._bell = bell
        self._channels = {
            name: channel for name, channel in channels.items() if name not in READ_OUR_STORE
        }
        self._load = load
        self._clock = clock
        self._settings = settings
        self._dialogue: Dialogue | None = None
        self._model_id: int | None = None
        self._unloadable: set[int] = set()  # models
        self._turns: set[asyncio.Task[None]] = set()
        self._alone = False  # the turn in hand may kill its worker
        self._sends: dict[str, set[asyncio.Task[None]]] = {name: set() for name in self._channels}
        self._answering: set[int] = set()  # messages
        self._sending: set[int] = set()  # parcels
        self._gets: dict[str, set[asyncio.Task[None]]] = {name: set() for name in self._channels}
        self._pacers = {
            name: Pacer(each.pace, name, shared) for name, each in self._channels.items()
        }
        self._to_answer, self._published = asyncio.Event(), asyncio.Event()
        self._to_send = {name: asyncio.Event() for name in self._channels}
        self._to_get = {name: asyncio.Event() for name in self._channels}
        self._rung = {
            "inbox": [self._to_answer],
            "outbox": [*self._to_send.values()],
            "publish": [self._published],
        }
        self._wakes: set[asyncio.Event] = set()  # of all loops
        self._began_at = clock()
        self._loading = False  # a model
        self._greeted_at: datetime | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`; then finish what is begun, as far as it takes FINISH_SECONDS."""
        await self._bell.open(self._heard, self._rung)
        loops = [
            self._loop(self._to_answer, LOOK_SECONDS, self._begin_turns),
            self._loop(self._published, ALIVE_SECONDS, self._follow_model),
            self._loop(asyncio.Event(), FORGET_EVERY.total_seconds(), self._forget),
            self._loop(asyncio.Event(), LOOK_SECONDS, self._keep),
            self._loop(asyncio.Event(), PLAN_SECONDS, self._plan),
            self._loop(asyncio.Event(), FREE_SECONDS, self._free),
            self._loop(asyncio.Event(), LOOK_SECONDS, self._reach_out),
            self._loop(asyncio.Event(), PLAN_SECONDS, self._retain),
            *(
                self._loop(self._to_send[name], LOOK_SECONDS, partial(self._deliver, channel))
                for name, channel in self._channels.items()
            ),
            *(
                self._loop(self._to_get[name], LOOK_SECONDS, partial(self._get, channel))
                for name, channel in self._channels.items()
            ),
        ]
        asking = [
            asyncio.create_task(self._try_out()),
            *(asyncio.create_task(self._watch(each)) for each in self._channels.values()),
            *(
                asyncio.create_task(self._poll(each))
                for each in self._channels.values()
                if isinstance(each, Polled) and each.polls
            ),
        ]
        keeping = asyncio.create_task(self._keep_begun())
        try:
            await asyncio.gather(*loops)
            for each in asking:
                each.cancel()
            tasks = (*self._sends.values(), *self._gets.values())
            begun = (*asking, *self._turns, *(task for each in tasks for task in each))
            late = asyncio.get_running_loop().call_later(FINISH_SECONDS, _cancel, begun)
            await asyncio.gather(*begun, return_exceptions=True)
            late.cancel()
        finally:
            keeping.cancel()
            with contextlib.suppress(DatabaseUnavailable):
                async with self._db.begin(durable=False) as tx:
                    await releases.worker_gone(tx, self.id)
            await self._bell.close()

    def stop(self) -> None:
        self._stopping.set()
        for each in self._wakes:
            each.set()

    def _heard(self, word: str) -> None:
        kind = word.partition(" ")[0]
        for each in self._rung if kind == "reconnected" else [kind]:
            for wake in self._rung.get(each, ()):
                wake.set()

    async def _loop(
        self, wake: asyncio.Event, seconds: float, step: Callable[[], Awaitable[None]]
    ) -> None:
        self._wakes.add(wake)
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            wake.clear()
            try:
                await step()
            except DatabaseUnavailable as error:
                log.warning("worker waits for the database: %s", error)
                await asyncio.sleep(AWAY_SECONDS)
            except Exception:  # a loop that ends would leave customers without an answer
                log.exception("worker loop failed; it goes on")
                await asyncio.sleep(AWAY_SECONDS)
            alarm = loop.call_later(seconds, wake.set)  # wait_for would make a task of each wait
            await wake.wait()
            alarm.cancel()

    async def _begin_turns(self) -> None:
        free = self._settings.worker_turns - len(self._turns)
        dialogue = await self._mind()
        if dialogue is None or free <= 0 or self._alone:
            return
        async with self._db.read() as tx:
            if not await inbox.any_free(tx, self._clock()):
                return
        async with self._db.begin(durable=False) as tx:
            entries = await inbox.claim(tx, self._clock(), free, busy=bool(self._turns))
        for entry in entries:
            self._alone = entry.attempts > 1
            task = asyncio.create_task(self._turn(self._dialogue or dialogue, entry))
            self._turns.add(task)
            task.add_done_callback(self._turn_ended)

    async def _mind(self) -> Dialogue | None:
        """Who answers; none for now while a model is loaded, however long it takes, or may still
        come. Where there is none and none loads, nobody answers, and customers are told so and
        brought to a person."""
        now = self._clock()
        if self._dialogue or self._loading or now - self._began_at < WITHOUT_MODEL:
            return self._dialogue
        async with self._db.read() as tx:
            another_has = await releases.bot_ready(tx, now - releases.ALIVE)
        return None if another_has else Nobody()

    def _turn_ended(self, task: asyncio.Task[None]) -> None:
        self._turns.discard(task)
        self._alone = False
        self._to_answer.set()

    async def _turn(self, dialogue: Dialogue, entry: InboxEntry) -> None:
        self._answering.update(entry.message_ids)
        try:
            with logs.traced(entry.traces[0] if entry.traces else ""):
                await self._take_turn(dialogue, entry)
        finally:
            self._answering.difference_update(entry.message_ids)

    async def _take_turn(self, dialogue: Dialogue, entry: InboxEntry) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            await conversation.take_turn(
                self._db,
                dialogue,
                entry,
                self._clock,
                business=self._settings.business,
            )
        except handoff.Changed:
            async with self._db.begin(durable=False) as tx:
                await inbox.release(tx, entry.message_ids)
            self._to_answer.set()
            return
        except DatabaseUnavailable as error:
            # Nothing was committed; the lease ends by itself and the turn is taken again.
            log.warning("turn of messages %s waits for the database: %s", entry.message_ids, error)
            return
        except Exception:  # counted by its attempts, and set aside when it keeps failing
            log.exception("turn of messages %s failed", entry.message_ids)
            return
        if len(entry.message_ids) == inbox.TOGETHER:
            rest = timedelta(seconds=min(RESTS * (clock() - began), LONGEST_REST))
            async with self._db.begin(durable=False) as tx:
                await inbox.rest(tx, entry.conversation_id, self._clock() + rest)
        if entry.channel in self._to_send:  # what was said
            self._to_send[entry.channel].set()
        await self._bell.ring("event")

    async def _keep_begun(self) -> None:
        """Renew the claim on turns and deliveries that last, so that it can be short: others take
        over soon when this worker dies."""
        answering: set[int] = set()
        sending: set[int] = set()
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            answering, sending = self._answering & answering, self._sending & sending
            try:
                if answering or sending:
                    async with self._db.begin(durable=False) as tx:
                        await inbox.keep(tx, [*answering], self._clock())
                        await parcels.keep(tx, [*sending], self._clock())
            except DatabaseUnavailable as error:
                log.warning("what is begun is not kept: %s", error)
            except Exception:  # as in _loop
                log.exception("what is begun is not kept")
            answering, sending = set(self._answering), set(self._sending)

    async def _keep(self) -> None:
        if await keeper.look(self._db, self._clock()):
            await self._bell.ring("outbox")

    async def _plan(self) -> None:
        now = self._clock()
        async with self._db.begin() as tx:
            await surveys.lapse(tx, now - ASKED_FOR, now)
        planned = await care.plan(self._db, now)
        planned += await campaigns.plan(self._db, now, self._settings.business)
        if self._greeted_at is None or now - self._greeted_at >= GREET_EVERY:
            planned += await greetings.plan(self._db, now)
            self._greeted_at = now
        if planned:
            log.info("%d messages of care planned", planned)

    async def _retain(self) -> None:
        try:
            folder, stopping = self._settings.archive_dir, self._stopping.is_set
            await retention.run(self._db, self._clock, folder, stopping=stopping)
        except OSError as error:
            log.error("transcripts stay: the archive cannot be written: %s", error)

    async def _free(self) -> None:
        async with self._db.read() as tx:
            if not await leases.any_ahead(tx, self._clock()):
                return
        async with self._db.begin(durable=False) as tx:
            freed = await leases.free(tx, self._clock())
        if freed:
            log.warning("%d rows were held far ahead of now: was the clock set back?", freed)

    async def _reach_out(self) -> None:
        """Go on as long as there is more, but leave a customer who wrote the next moment."""
        while await self._say_some() == OUTREACH and not self._turns:
            if self._stopping.is_set():
                return

    async def _say_some(self) -> int:
        """Say what is due, OUTREACH at most; how many were begun."""
        dialogue = self._dialogue
        async with self._db.read() as tx:
            if dialogue is None or not await planned_rows.any_due(tx, self._clock()):
                return 0
        async with self._db.begin(durable=False) as tx:
            begun = await planned_rows.claim(tx, self._clock(), OUTREACH)
        for each in begun:
            try:
                await outreach.reach_out(
                    self._db, dialogue, each, self._clock, business=self._settings.business
                )
            except DatabaseUnavailable:
                raise
            except Exception:  # begun again when its lease has ended, and given up in the end
                log.exception("outreach %s failed", each.id)
        if begun:
            await self._bell.ring("outbox")
        return len(begun)

    async def _forget(self) -> None:
        now = self._clock()
        async with self._db.begin() as tx:
            forgotten = await trackers.forget_silent(tx, now - KEPT)
            await releases.forget_workers(tx, now - releases.FORGOTTEN)
        if forgotten:
            log.info("memory of %d silent conversations deleted", forgotten)

    async def _deliver(self, channel: Channel) -> None:
        running = self._sends[channel.name]
        free = SENDERS - len(running)
        parcels = await outbox.claim(self._db, channel.name, self._clock(), free) if free else []
        for parcel in parcels:
            task = asyncio.create_task(self._send(channel, parcel))
            running.add(task)
            task.add_done_callback(running.discard)

    async def _send(self, channel: Channel, parcel: Parcel) -> None:
        self._sending.add(parcel.id)
        try:
            wait = self._pacers[channel.name].wait
            await outbox.deliver(self._db, channel, parcel, self._clock(), wait)
        except DatabaseUnavailable as error:
            # Its fate stays unknown to the database until its horizon has passed.
            log.warning("delivery of message %s was not noted: %s", parcel.message_id, error)
        finally:
            self._sending.discard(parcel.id)
        self._to_send[channel.name].set()  # what waited behind it
        await self._bell.ring("event")

    async def _get(self, channel: Channel) -> None:
        running = self._gets[channel.name]
        free = GETTERS - len(running)
        async with self._db.read() as tx:
            due = await rows.any_due(tx, channel.name, self._clock())
        if free and due:
            async with self._db.begin(durable=False) as tx:
                begun = await rows.claim(tx, channel.name, self._clock(), free)
            for errand in begun:
                task = asyncio.create_task(self._run(channel, errand))
                running.add(task)
                task.add_done_callback(running.discard)

    async def _run(self, channel: Channel, errand: Errand) -> None:
        try:
            await errands.run(self._db, channel, errand, self._clock())
        except DatabaseUnavailable as error:
            log.warning("an errand on %s waits for the database: %s", channel.name, error)
        except Exception:  # it is begun again when its lease has ended
            log.exception("an errand on %s failed", channel.name)
        self._to_get[channel.name].set()
        await self._bell.ring("event")

    async def _try_out(self) -> None:
        """Train and judge what the support team wrote, when they ask for it."""
        while not self._stopping.is_set():
            try:
                async with self._db.read() as tx:
                    waits = await trials.any_waits(tx, self._clock())
                if waits:
                    async with self._db.begin() as tx:
                        begun = await trials.claim(tx, self._clock())
                    if begun:
                        await trial.run(self._db, self._settings.project_dir, begun, self._clock)
            except DatabaseUnavailable as error:
                log.warning("a trial waits for the database: %s", error)
            except Exception:  # as in _loop
                log.exception("a trial failed; the worker goes on")
            await asyncio.sleep(ALIVE_SECONDS)

    async def _watch(self, channel: Channel) -> None:
        """See now and then that the platform still knows us: a key that does not count is known
        before the next message needs it."""
        while not self._stopping.is_set():
            try:
                await outbox.check(self._db, channel, self._clock(), CHECK_LIMIT)
            except DatabaseUnavailable as error:
                log.warning("%s was not looked after: %s", channel.name, error)
            except Exception:  # as in _loop
                log.exception("looking after %s failed; it goes on", channel.name)
            await asyncio.sleep(CHECK_SECONDS)

    async def _poll(self, channel: Polled) -> None:
        """Ask a platform for events, as the one process that does."""
        while not self._stopping.is_set():
            try:
                begun = asyncio.create_task(self._begin_polling(channel.name))
                next_ask = None
                try:
                    ask = await asyncio.shield(begun)
                    if ask is None:
                        await asyncio.sleep(POLL_AGAIN)
                        continue
                    events, upto = await channel.poll(ask)
                    new = await intake.take(
                        self._db, channel, events, self._clock, self._settings.debounce
                    )
                    next_ask = upto  # only now: a death before brings the same events again
                finally:
                    await _to_the_end(self._end_polling(channel.name, begun, next_ask))
                await self._bell.ring(intake.word_of(events, new))
                await intake.notice(channel, new)
            except (DatabaseUnavailable, DeliveryError) as error:
                log.warning("%s cannot be asked for events: %s", channel.name, error)
                await asyncio.sleep(POLL_AGAIN)
            except Exception:  # as in _loop
                log.exception("asking %s for events failed; it goes on", channel.name)
                await asyncio.sleep(POLL_AGAIN)

    async def _begin_polling(self, name: str) -> int | None:
        """For a task of its own: cancelled between its commit and the word of it, a stopped worker
        would hold its question for a minute."""
        async with self._db.begin() as tx:
            now = self._clock()
            return await accounts.begin_polling(tx, name, now, now + POLL_LEASE)

    async def _end_polling(
        self, name: str, begun: asyncio.Task[int | None], next_ask: int | None
    ) -> None:
        if await begun is None:
            return
        async with self._db.begin() as tx:
            await accounts.end_polling(tx, name, next_ask)

    async def _follow_model(self) -> None:
        """Load the model that is in use, while the one before it goes on answering."""
        async with self._db.read() as tx:
            published = await releases.published(tx)
        wanted_id = next((each for each in published if each not in self._unloadable), None)
        if wanted_id is not None and wanted_id != self._model_id:
            async with self._db.begin(durable=False) as tx:
                await releases.worker_alive(tx, self.id, self._model_id, self._clock())
            async with self._db.read() as tx:
                wanted = await releases.by_id(tx, wanted_id)
                assert wanted is not None  # foreign key
                data = await releases.data_of(tx, wanted.id)
            self._loading = True
            try:
                loading = asyncio.create_task(asyncio.to_thread(self._load, data, wanted.name))
                while not (await asyncio.wait({loading}, timeout=ALIVE_SECONDS))[0]:
                    async with self._db.begin(durable=False) as tx:
                        await releases.worker_alive(tx, self.id, self._model_id, self._clock())
                self._dialogue = await loading
            except DatabaseUnavailable:
                raise
            except Exception:  # a model that does not load must not take the bot down
                log.exception(
                    "model %s does not load; an earlier one serves, if there is one that does. If "
                    "it is of another version of Carebot: carebot train, carebot publish",
                    wanted.name,
                )
                self._unloadable.add(wanted.id)
                self._published.set()
                return
            finally:
                self._loading = False
            self._model_id = wanted.id
            # The one before goes, and this one stays: it need not be looked through for garbage
            # again, which stopped everything for a fifth of a second each time.
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            log.info("model %s is in use", wanted.name)
            self._to_answer.set()
            await self._bell.ring("event")
        async with self._db.begin(durable=False) as tx:
            await releases.worker_alive(tx, self.id, self._model_id, self._clock())


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Also when the caller is cancelled: else a stopped worker holds its question for a minute."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for each in tasks:
        each.cancel()
