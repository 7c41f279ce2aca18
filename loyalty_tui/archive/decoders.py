"""The processes that decode files side by side, or, for little, this process alone."""

from __future__ import annotations

import marshal
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, Self

from loyalty_tui.archive import processes
from loyalty_tui.archive.decoding import Part, Task, decode
from loyalty_tui.archive.rows import Decoder
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from types import TracebackType

_LITTLE: Final = 8 << 20
"""Bytes up to which no process is worth starting."""
_MOST: Final = 8
_AHEAD: Final = 3_500
"""Bytes of tasks up to which a process is given another before it has answered these: so that one
is busy while the other is waited for. Even a pipe of 4 KB takes them and, unless its path is very
long, that other, whether the process reads or not."""
_LENGTH: Final = 8
_PIPE: Final = 1 << 20


class Ticket(NamedTuple):
    """A task that has been given."""

    decoder: int
    task: Task
    size: int
    """Bytes of it as it was given."""


class Decoders(Protocol):
    """Whoever decodes."""

    size: int
    """How many there are; each numbers persons and standings on its own."""

    def has_room(self) -> bool:
        """Return whether a task can be given before another is taken."""

    def give(self, task: Task) -> Ticket:
        """Have a task decoded."""

    def parts(self, ticket: Ticket) -> Iterator[Part]:
        """Yield what it found; tasks are taken in the order in which they were given."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


def decoders(bytes_to_read: int) -> Decoders:
    """Return decoders for so much: as many processes as there are cores, or none for little."""
    return (
        _Here() if bytes_to_read <= _LITTLE else _Processes(max(2, min(_MOST, os.cpu_count() or 2)))
    )


class _Here:
    """Decodes in this process, when asked for the parts."""

    size = 1

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._is_given = False

    def has_room(self) -> bool:
        return not self._is_given

    def give(self, task: Task) -> Ticket:
        self._is_given = True
        return Ticket(0, task, 0)

    def parts(self, ticket: Ticket) -> Iterator[Part]:
        self._is_given = False
        return decode(ticket.task, self._decoder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return


class _Processes:
    """Decodes in processes that take turns."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._given = [0] * size
        """Bytes of the tasks that each has not answered."""
        self._next = 0
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        for _ in range(self.size):
            process = processes.start("loyalty_tui.archive.decoding")
            self._processes.append(process)
            with suppress(ImportError, AttributeError, OSError):  # only Linux can
                import fcntl

                assert process.stdout is not None  # noqa: S101 - it is a pipe
                fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _PIPE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.communicate()

    def has_room(self) -> bool:
        return self._given[self._next] < _AHEAD

    def give(self, task: Task) -> Ticket:
        packed = marshal.dumps(tuple(task))
        ticket = Ticket(self._next, task, _LENGTH + len(packed))
        self._given[self._next] += ticket.size
        self._next = (self._next + 1) % self.size
        pipe = self._processes[ticket.decoder].stdin
        assert pipe is not None  # noqa: S101 - it is a pipe
        try:
            pipe.write(len(packed).to_bytes(_LENGTH, "little") + packed)
            pipe.flush()
        except BrokenPipeError:
            raise _ended() from None
        return ticket

    def parts(self, ticket: Ticket) -> Iterator[Part]:
        pipe = self._processes[ticket.decoder].stdout
        assert pipe is not None  # noqa: S101 - it is a pipe
        is_last = False
        while not is_last:
            head = pipe.read(_LENGTH)
            packed = pipe.read(int.from_bytes(head, "little")) if len(head) == _LENGTH else b""
            if not packed:
                raise _ended()
            part = Part(*marshal.loads(packed))  # noqa: S302 - from our own child
            is_last = part.is_last
            yield part
        self._given[ticket.decoder] -= ticket.size


def _ended() -> ArchiveError:
    return ArchiveError(
        "A process that reads the archive ended unexpectedly.",
        "Try again; what has been read so far is kept.",
    )
