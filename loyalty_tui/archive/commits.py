"""Pushes on their way to the disk: what arrives while one fsync runs shares the next."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import itemgetter
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive.quarantine import keep_apart
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable
    from pathlib import Path

    from loyalty_tui.archive.segments import Segments
    from loyalty_tui.archive.syncing import Syncer

    _Waiting = tuple[str, bytes, Callable[[Exception | None], None]]

_MOST_WAITING: Final = 64 << 20
"""Bytes that wait for the disk; what comes beyond them is refused."""

_RETRY: Final = 1.0
"""Seconds between two tries to store again after a failure."""

_PATIENCE: Final = 5.0
"""Seconds after which an fsync that does not return counts as a failure."""

_QUICK: Final = 0.0005
"""Seconds up to which an fsync is quick: to have fewer of them gains more than to wait less."""

_SLOWER: Final = 1.02
"""By how much the quickest fsync counts as slower after each other one, until one is as quick."""

_MOST_LOOKS: Final = 60
"""Rounds of the event loop in which pushes are gathered."""

_LAST: Final = 1.0
"""Seconds that a disk has at the end to take what waits."""

_A_DAY: Final = slice(16, 26)
"""Where the day stands in the beginning of a line."""


class Commits:
    """Stores pushes for an event loop, one batch after the other.

    With a syncer the lines are written at once, and the system syncs them. A thread does what that
    cannot do: begin another file, take back what was not synced, or, without a syncer, everything.

    Made, used and closed in that event loop.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - every one is a part of its own
        self,
        archive: Path,
        segments: Segments,
        tell: Callable[[str], None] = lambda _: None,
        clock: Callable[[], int] = time.time_ns,
        syncer: Syncer | None = None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self._archive = archive
        self._segments = segments
        self._tell = tell
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._quarantine = ThreadPoolExecutor(1, "quarantine")
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._second = -1
        self._head = b""
        self._day = ""
        self._began: float | None = None
        self._quickest = math.inf
        """Seconds of the quickest fsync of late."""
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._syncer = syncer
        self._meanwhile = meanwhile
        """What can be done as well while the disk works."""
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        """What the thread is to do; None ends it."""
        self._thread = Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()
        self._mending: asyncio.Task[None] | None = None

    def save(self, push: bytes) -> Future[None]:
        """Store a push, given as one line of JSON; done once it is safe on the disk.

        The future fails with ArchiveError when it could not be stored: none of it is then.
        """
        future: Future[None] = self._loop.create_future()

        def done(error: Exception | None) -> None:
            if future.done():  # whoever sent it has gone
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self.put(push, done)
        return future

    def put(self, push: bytes, done: Callable[[Exception | None], None]) -> None:
        """Store as save does, and call done: with an ArchiveError, or None when it is safe."""
        if self._bytes and self._bytes + len(push) > _MOST_WAITING:
            done(ArchiveError("More waits for the disk than memory is meant for."))
            return
        head, micros = self._stamp()
        line = b'%b%06dZ","push":%b}\n' % (head, micros, push)
        self._bytes += len(line)
        self._waiting.append((self._day, line, done))
        if self._is_idle.is_set():
            self._is_idle.clear()
            self._loop.call_soon(self._gather)

    async def quarantine(self, body: bytes) -> str:
        """Keep a body that is no push; return the name of its file once it is on the disk.

        Raises:
            ArchiveError: It could not be written.
        """
        try:
            return await self._loop.run_in_executor(
                self._quarantine, keep_apart, self._archive, body, "body"
            )
        except OSError as error:
            self._failed(error)
            raise _not_stored(error) from None

    async def is_ready(self) -> bool:
        """Return whether a push could be stored now, as far as can be told without one."""
        if self._mending is not None:
            return False
        if (began := self._began) is not None and time.monotonic() - began > _PATIENCE:
            return False
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._segments.can_grow), _PATIENCE)
        except (OSError, TimeoutError):
            return False

    async def open(self) -> None:
        """Look after what an earlier receiver left; where that fails it is tried again."""
        try:
            await asyncio.to_thread(self._segments.mend)
        except OSError as error:
            self._failed(error)

    async def close(self) -> None:
        """Store what waits, and close the segments; nobody waits long for a disk that hangs."""
        if self._mending is not None:
            self._mending.cancel()
        try:
            async with asyncio.timeout(_LAST):
                await self._is_idle.wait()
                self._work.put(None)
                await asyncio.to_thread(self._thread.join, _LAST)
                await asyncio.to_thread(self._segments.close)
        except TimeoutError:
            self._tell("The disk did not take all that was received; nobody was told that it did.")
        finally:
            if self._syncer is not None:
                self._syncer.close()
            self._quarantine.shutdown(wait=False)

    def _stamp(self) -> tuple[bytes, int]:
        """Return the beginning of a line up to the second of its receipt, and the microseconds."""
        second, rest = divmod(self._clock(), 1_000_000_000)
        if second != self._second:
            self._second = second
            text = time.strftime('{"received_at":"%Y-%m-%dT%H:%M:%S.', time.gmtime(second))
            self._head, self._day = text.encode(), text[_A_DAY]
        return self._head, rest // 1000

    def _gather(self, looks: int = 0, seen: int = 0) -> None:
        """Begin once a round of the event loop has brought nothing more."""
        if seen < len(self._waiting) and looks < _MOST_LOOKS:
            self._loop.call_soon(self._gather, looks + 1, len(self._waiting))
        else:
            self._begin()

    def _begin(self) -> None:
        """Have all that waits stored."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._loop.call_soon(self._meanwhile)
        self._began = time.monotonic()
        try:
            is_begun = self._syncer is not None and self._sync(batch, self._syncer)
        except Exception as error:  # noqa: BLE001 - told to whoever waits, whatever it is
            self._finish(batch, 0, error)
            return
        if not is_begun:
            self._work.put(lambda: self._append(batch))

    def _sync(self, batch: list[_Waiting], syncer: Syncer) -> bool:
        """Write a batch and have it synced; False when it is not to be written in one go."""
        day = batch[0][0]
        if batch[-1][0] != day:
            return False
        file = self._segments.begin(day, [line for _, line, _ in batch])
        if file is None:
            return False

        def done(error: OSError | None) -> None:
            if error is None:
                self._segments.end()
                self._finish(batch, len(batch), None)
            else:
                self._work.put(lambda: self._take_back(batch, error))

        try:
            syncer.start(file, done)
        except OSError:  # there are file systems and kernels that only a thread can wait for
            self._segments.end(is_synced=False)
            syncer.close()
            self._syncer = None
            return False
        return True

    def _write(self) -> None:
        """Do what there is to do, in a thread."""
        while (work := self._work.get()) is not None:
            work()

    def _append(self, batch: list[_Waiting]) -> None:
        stored, error = self._try_to_append(batch)
        self._loop.call_soon_threadsafe(self._finish, batch, stored, error)

    def _take_back(self, batch: list[_Waiting], error: OSError) -> None:
        self._segments.end(is_synced=False)
        self._loop.call_soon_threadsafe(self._finish, batch, 0, error)

    def _try_to_append(self, batch: list[_Waiting]) -> tuple[int, Exception | None]:
        stored = 0
        try:
            if batch[0][0] == batch[-1][0]:
                self._segments.append(batch[0][0], [line for _, line, _ in batch])
                return len(batch), None
            for day, group in groupby(batch, itemgetter(0)):
                lines = [line for _, line, _ in group]
                self._segments.append(day, lines)
                stored += len(lines)
        except Exception as error:  # noqa: BLE001 - told to whoever waits, whatever it is
            return stored, error
        return stored, None

    def _finish(self, batch: list[_Waiting], stored: int, error: Exception | None) -> None:
        if self._began is not None:
            took = time.monotonic() - self._began
            self._quickest = min(self._quickest * _SLOWER, took)
        self._began = told = None
        if error is not None:
            self._failed(error)
            told = _not_stored(error)
        if not self._waiting:
            self._is_idle.set()
        elif error is None and self._quickest > _QUICK:
            self._begin()  # the disk works while these are answered
        else:
            self._loop.call_soon(self._gather)
        for number, (_, line, done) in enumerate(batch):
            self._bytes -= len(line)
            done(told if number >= stored else None)

    def _failed(self, error: Exception) -> None:
        if self._mending is None:
            self._tell(f"Pushes cannot be stored: {_reason(error)}.")
            self._mending = self._loop.create_task(self._mend())

    async def _mend(self) -> None:
        """Try until something could be stored again."""
        while True:
            await asyncio.sleep(_RETRY)
            self._stamp()
            try:
                await asyncio.to_thread(self._segments.probe, self._day)
                if not await asyncio.to_thread(self._segments.can_grow):
                    continue
            except OSError:
                continue
            self._mending = None
            self._tell("Pushes can be stored again.")
            return


def _not_stored(error: Exception) -> ArchiveError:
    return ArchiveError(f"The push could not be stored: {_reason(error)}.")


def _reason(error: Exception) -> str:
    known = error.strerror if isinstance(error, OSError) else ""
    return known or type(error).__name__
