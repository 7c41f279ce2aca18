"""Changes below an archive's folder, as they happen."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from threading import Event

_INTERVAL: Final = 2.0
"""Seconds after which the folder is looked through without being told of a change: file systems
on a network tell of nobody else's."""
_SHARE: Final = 20
"""Looking through takes at most one part in so many of the time."""
_SETTLING_MS: Final = 40
"""Milliseconds for which changes that follow each other at once are gathered."""
_STEP_MS: Final = 10
_REST: Final = 0.1
"""Seconds that whoever is told has for it before the next time: what comes meanwhile waits, and a
stream of arrivals does not have all that is shown of them asked and drawn anew for each one."""
_WAKING_MS: Final = 500
"""Milliseconds after which it is seen, at the latest, whether it is time to look."""


def changes(folder: Path, stop: Event) -> Iterator[None]:
    """Yield whenever something below a folder may have changed, until stopped.

    What the operating system tells comes within some hundredths of a second, the rest within a few
    seconds; where it tells nothing, looking through is all.
    """
    from watchfiles import watch

    due, interval = monotonic(), _INTERVAL
    while not stop.is_set():
        try:
            for told in watch(
                folder,
                watch_filter=None,
                debounce=_SETTLING_MS,
                step=_STEP_MS,
                stop_event=stop,
                rust_timeout=_WAKING_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
            ):
                if stop.is_set():
                    return
                if not told and monotonic() < due:
                    continue
                started = monotonic()
                yield
                needed = (monotonic() - started) * _SHARE
                if told:
                    stop.wait(_REST)
                if not told and needed > interval:
                    # Something may have been found and read; how long does it take to look alone?
                    started = monotonic()
                    yield
                    needed = (monotonic() - started) * _SHARE
                if not told:
                    interval = max(_INTERVAL, needed)
                due = monotonic() + interval
        except (OSError, RuntimeError):  # no more watches to be had, or the folder has gone
            stop.wait(interval)
            yield
