"""Questions to the archive, asked in threads: the screen never waits, the newest one wins."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.dom import DOMNode
    from textual.worker import Worker

Answer = TypeVar("Answer")


class Asking:
    """One line of questions: a newer one stops the one before, whose answer is never heard."""

    def __init__(
        self, node: DOMNode, group: str, on_failure: Callable[[ArchiveError], None]
    ) -> None:
        self._node = node
        self._group = group
        self._on_failure = on_failure
        self._stop: Event | None = None
        self._once_more: Callable[[], None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a question is open."""
        return self._stop is not None

    def ask(
        self,
        work: Callable[[Event], Answer],
        then: Callable[[Answer], None],
        after: float = 0,
    ) -> None:
        """Do the work in a thread, with an event that tells it to stop; hand on what it returns.

        It may begin so many seconds later, if nothing else has been asked by then.
        """
        self.stop()
        self._stop = stop = Event()

        async def run() -> None:  # not yet begun when it is handed over: it may never be
            if after:
                await asyncio.sleep(after)
            if not stop.is_set():
                await self._run(work, then, stop)

        self._worker: Worker[None] = self._node.run_worker(
            run, group=self._group, name=self._group, exclusive=True
        )

    def ask_once_more(
        self, work: Callable[[Event], Answer], then: Callable[[Answer], None]
    ) -> None:
        """Ask now, or once when the open question is answered, however often this is called."""
        if self.is_busy:
            self._once_more = lambda: self.ask(work, then)
        else:
            self.ask(work, then)

    def stop(self) -> None:
        """Drop the open question."""
        self._once_more = None
        if self._stop is not None:
            self._stop.set()
            self._stop = None

    async def _run(
        self, work: Callable[[Event], Answer], then: Callable[[Answer], None], stop: Event
    ) -> None:
        try:
            answer = await asyncio.to_thread(work, stop)
        except ArchiveError as error:
            if self._ends(stop):
                self._on_failure(error)
        else:
            if self._ends(stop):
                then(answer)
        finally:
            stop.set()  # also when the worker is cancelled: the thread learns it only from here
        if self._stop is None and self._once_more is not None:
            once_more, self._once_more = self._once_more, None
            once_more()

    def _ends(self, stop: Event) -> bool:
        """Close the question and say whether it was still the open one."""
        if self._stop is not stop:
            return False
        self._stop = None
        return True
