"""One look-out for what the archive says of itself, for all screens of a connection."""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty_tui.errors import ArchiveError
from loyalty_tui.tui import wording
from loyalty_tui.tui.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.dom import DOMNode
    from textual.timer import Timer

    from loyalty_tui.archive.model import Progress, Totals
    from loyalty_tui.tui.program import PushArchive


_LATELY: Final = (timedelta(minutes=1), timedelta(hours=1))
"""The stretches of time that the rate of arrivals is taken from."""
_RETRY: Final = 5
"""Seconds after which an archive is followed again that could not be: a share may come back."""
_BEAT: Final = 5
"""Seconds after which the rate is found out again while there is one."""


class _Pulse(NamedTuple):
    totals: Totals
    rate: str


class Following:
    """Follows an archive while its node is there, and says what is new."""

    def __init__(  # noqa: PLR0913 - what it says goes to three places
        self,
        node: DOMNode,
        archive: PushArchive,
        now: Callable[[], datetime],
        *,
        on_progress: Callable[[Progress], None],
        on_pulse: Callable[[str], None],
        on_failure: Callable[[ArchiveError], None],
    ) -> None:
        self._node = node
        self._archive = archive
        self._now = now
        self._on_progress = on_progress
        self._on_pulse = on_pulse
        self._on_failure = on_failure
        self._totals = Asking(node, "totals", self._fail)
        self._beat = node.set_interval(_BEAT, self._ask, pause=True)
        self._again: Timer | None = None
        self.is_running = False
        self.failure: ArchiveError | None = None
        """Why the archive is not followed; None while it is."""
        self.progress: Progress | None = None
        """What was said last."""
        self.pulse = "opening the archive …"
        """How the archive is doing, in a few words."""

    def start(self) -> None:
        """Follow the archive, unless that is being done; what is wrong is said once more."""
        self.failure = None
        self._begin()

    def _begin(self) -> None:
        if not self.is_running:
            self.is_running = True
            self._wait_no_longer()
            self._on_pulse(self.pulse)
            self._node.run_worker(self._run(), group="follow", name="follow", exclusive=True)

    def stop(self) -> None:
        """End it."""
        self._beat.stop()
        self._wait_no_longer()
        self._totals.stop()
        self._node.workers.cancel_group(self._node, "follow")

    def _wait_no_longer(self) -> None:
        if self._again is not None:
            self._again.stop()
            self._again = None

    async def _run(self) -> None:
        try:
            async with aclosing(self._archive.follow()) as progress:
                async for self.progress in progress:
                    self.failure = None
                    self._on_progress(self.progress)
                    self._ask()
        except ArchiveError as error:
            self._beat.pause()
            self._totals.stop()  # what it finds out would look as if all were well
            self._again = self._node.set_timer(_RETRY, self._begin)
            is_known = str(self.failure) == str(error)
            self.failure = error
            if not is_known:  # once is enough to be told of it
                self._fail(error, "cannot be read" if self.progress is None else "is not followed")
        finally:
            self.is_running = False

    def _ask(self) -> None:
        self._totals.ask_once_more(lambda _: self._look(), self._sum_up)

    def _look(self) -> _Pulse:
        now = self._now()
        minute, hour = (self._archive.arrivals(now - stretch, now) for stretch in _LATELY)
        return _Pulse(self._archive.totals(now), wording.rate(minute, hour))

    def _sum_up(self, found: _Pulse) -> None:
        if self.progress is not None:
            self.pulse = wording.pulse(found.totals, self.progress, self._now(), found.rate)
            self._on_pulse(self.pulse)
        if found.rate:
            self._beat.resume()
        else:
            self._beat.pause()

    def _fail(self, error: ArchiveError, words: str = "cannot be read") -> None:
        self.pulse = f"the archive {words}"
        self._on_pulse(self.pulse)
        self._on_failure(error)
