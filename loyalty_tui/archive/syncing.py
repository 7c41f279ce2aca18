"""Files made safe on the disk by the system itself, while the event loop goes on.

A thread would do too, but to wake it and to be woken by it takes as long as a quick disk does.
"""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Syncer:
    """Syncs one file at a time, for the event loop that runs. Linux only.

    Raises:
        ImportError, OSError: The system cannot, or does not let us.
    """

    def __init__(self) -> None:
        from caio import linux_aio

        if "LD_PRELOAD" in os.environ:  # what stands in for fsync there has to be asked
            raise OSError
        self._operation: Any = linux_aio.Operation
        self._context: Any = linux_aio.Context(max_requests=1)
        self._ended: tuple[Callable[[OSError | None], None], OSError | None] | None = None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._context.fileno, self._look)

    def start(self, file: int, done: Callable[[OSError | None], None]) -> None:
        """Have an open file synced, data and metadata; call done then, with what went wrong.

        Raises:
            OSError: It was not even begun.
        """
        operation = self._operation.fsync(file)

        def tell(_: int) -> None:
            problem: OSError | None = None
            try:
                operation.get_value()
            except OSError as error:
                problem = error
            except SystemError as error:  # as caio has what went wrong while it was synced
                problem = OSError(errno.EIO, str(error))
            self._ended = done, problem

        operation.set_callback(tell)
        try:
            is_begun = self._context.submit(operation) == 1
        except (ValueError, RuntimeError, SystemError):  # as caio has the system's refusals
            is_begun = False
        if not is_begun:
            raise OSError

    def close(self) -> None:
        """Listen no more."""
        self._loop.remove_reader(self._context.fileno)

    def _look(self) -> None:
        with suppress(BlockingIOError):
            self._context.poll()
        while self._context.process_events():
            pass
        # Only now: what is raised within a callback of the context is heard by nobody.
        if self._ended is not None:
            (done, problem), self._ended = self._ended, None
            done(problem)


def syncer() -> Syncer | None:
    """Return one for the event loop that runs; None where there is none."""
    try:
        return Syncer()
    except (ImportError, OSError):
        return None
