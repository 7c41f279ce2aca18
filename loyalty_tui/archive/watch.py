"""Changes below an archive's folder, as they happen."""

from __future__ import annotations

import time
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


def changes(folder: Path, stop: Event) -> Iterator[None]:
    """Yield whenever something below a folder may have changed, until stopped.

    What the operating system tells comes within some hundredths of a second, the rest within a few
    seconds; where it tells nothing, looking through is all.
    """
    from watchfiles import watch

    interval = _INTERVAL
    while not stop.is_set():
        try:
            for _ in watch(
                folder,
                watch_filter=None,
                debounce=_SETTLING_MS,
                step=_STEP_MS,
                stop_event=stop,
                rust_timeout=int(interval * 1000),
                yield_on_timeout=True,
                raise_interrupt=False,
            ):
                if stop.is_set():
                    return
                started = time.monotonic()
                yield
                needed = max(_INTERVAL, (time.monotonic() - started) * _SHARE)
                if needed > interval * 2:  # a folder so large is looked through less often
                    interval = needed
                    break
        except (OSError, RuntimeError):  # no more watches to be had, or the folder has gone
            stop.wait(interval)
            yield
