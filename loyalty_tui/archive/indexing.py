"""The index brought up to date with the files: only what is new is read, the newest file first."""

from __future__ import annotations

import gc
import os
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xxhash import xxh3_64_intdigest

from loyalty_tui.archive import decoders, folder, quick, streams
from loyalty_tui.archive.decoding import PIECE, Part, Task, decode
from loyalty_tui.archive.index.writing import FileState, Numbers
from loyalty_tui.archive.model import Progress
from loyalty_tui.archive.reach import Reach, reach
from loyalty_tui.archive.rows import Decoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from loyalty_tui.archive.decoders import Ticket
    from loyalty_tui.archive.folder import Listed
    from loyalty_tui.archive.index.writing import Writer

_FIRST_PIECE: Final = 1 << 18
"""Bytes that are read before anything else, so that there is something to see at once."""
_PAUSE: Final = 0.3
"""Seconds between two times that what has been read is made visible."""
_BULK: Final = 32 << 20
"""Bytes from which on much is read at once."""
_BULK_SHARE: Final = 4
"""Much is also at least one part in so many of what is there."""
_PUSH_BYTES: Final = 1_600
_PRINT: Final = 4_096
"""Bytes at the beginning and end of what has been read, by which it is known again."""
_PEEK: Final = 1 << 16


@dataclass(slots=True)
class _Plan:
    """A file to read, from where, and in which way."""

    state: FileState
    listed: Listed
    path: str
    pieces: int = 0
    """Tasks of it that have not ended."""
    pushes: int = 0
    bytes_done: int = 0
    error: str = ""


@dataclass(slots=True)
class _Run:
    """One bringing up to date."""

    writer: Writer
    on_progress: Callable[[Progress], None]
    stop: Event
    bytes_total: int = 0
    bytes_to_decode: int = 0
    """Those, roughly as many as there are once they are decompressed."""
    bytes_done: int = 0
    pushes: int = 0
    is_changed: bool = False
    again: list[tuple[_Plan, Task]] = field(default_factory=list)
    """What is to be read in another way than it was begun."""
    started: float = field(default_factory=time.monotonic)
    shown_at: float = 0.0

    def show(self, *, is_done: bool = False) -> None:
        """Make what was read visible and say how far it is."""
        progress = Progress(
            self.pushes, self.bytes_done, self.bytes_total, time.monotonic() - self.started, is_done
        )
        self.writer.save_progress(
            progress.pushes, progress.bytes_done, progress.bytes_total, progress.seconds, is_done
        )
        self.writer.commit()
        self.shown_at = time.monotonic()
        self.on_progress(progress)
        self.started += time.monotonic() - self.shown_at  # whoever is told may rest meanwhile
        self.writer.begin()


def bring_up_to_date(
    writer: Writer,
    archive: Path,
    on_progress: Callable[[Progress], None],
    stop: Event,
    *,
    is_first: bool = False,
) -> bool:
    """Index what is new in an archive's files and say whether anything was; blocks.

    Progress is said at the end too, unless nothing had changed, but the first time in any case.
    A stop leaves what was read.

    Raises:
        ArchiveError: The archive folder cannot be read.
        sqlite3.Error: The index cannot be written.
    """
    run = _Run(writer, on_progress, stop, is_changed=is_first)
    listing = folder.list_files(archive)
    plans = _plans(run, archive, listing.files)
    for plan in plans:
        size = max(plan.listed.size - plan.state.read_to, 0)
        run.bytes_total += size
        run.bytes_to_decode += streams.unpacked_size(os.fsdecode(plan.state.path), size)
    new = run.bytes_to_decode // _PUSH_BYTES
    is_bulk = run.bytes_to_decode > _BULK and new * _BULK_SHARE > writer.push_count()
    if is_bulk or not writer.has_orders:
        for plan in plans:  # while the orders that this takes are there
            writer.forget_stale(plan.state)
        writer.begin_bulk()
    writer.begin()
    run.is_changed |= writer.list_unreadable(listing.unlisted)
    if plans:
        _read(run, plans)
    _finish(run, plans)
    return run.is_changed


def _finish(run: _Run, plans: list[_Plan]) -> None:
    """Put the index in order after reading."""
    writer = run.writer
    if writer.is_bulk and not run.stop.is_set():
        run.show()
        writer.finish_bulk()
    writer.begin()
    writer.forget_people()
    if run.is_changed and not run.stop.is_set():
        run.show(is_done=True)
    for plan in plans:
        form = streams.form_of(os.fsdecode(plan.state.path))
        if form and form.compression and plan.state.is_whole and not run.stop.is_set():
            _remember_checkpoints(writer, plan, form)
    writer.commit()


def _remember_checkpoints(writer: Writer, plan: _Plan, form: streams.Form) -> None:
    try:
        from loyalty_tui.archive import seeking

        checkpoints = seeking.make_checkpoints(plan.path, form)
    except (OSError, streams.StreamError):
        return  # what could be read is opened from the beginning
    if checkpoints:
        writer.save_file(plan.state, checkpoints)


def _plans(run: _Run, archive: Path, files: list[Listed]) -> list[_Plan]:
    """Compare the files with what the index knows of them; what is gone leaves the index."""
    writer = run.writer
    known = {state.path: state for state in writer.files()}
    plans = []
    next_number = writer.next_number()
    for listed in sorted(files, key=lambda each: (each.modified, each.path), reverse=True):
        state = known.pop(listed.path, None)
        if state is not None and _is_same(state, listed):
            continue
        path = folder.native(archive, listed.path)
        is_lines = not _has_documents(state, listed) and _is_lines(path, listed)
        if state is None:
            state = FileState(next_number, listed.path, 0, 0, listed.inode)
            next_number += 1
        elif is_lines and _has_only_grown(state, listed, path):
            _go_back_to_line(writer, state, path)
        else:
            state.start_over()
        state.size, state.changed, state.inode = listed.size, listed.changed, listed.inode
        state.is_lines, state.is_whole = is_lines, False
        plans.append(_Plan(state, listed, path))
    for state in known.values():
        writer.begin()
        writer.drop_file(state.no)
        run.is_changed = True
    return plans


def _go_back_to_line(writer: Writer, state: FileState, path: str) -> None:
    """Let the last line be read again if it had no end and was read: it may have grown, too."""
    try:
        with streams.open_plain(path) as file:
            start = streams.line_start(file, state.read_to)
    except OSError:
        return  # reading it will say so
    writer.begin()
    writer.forget_pushes(state.no, start)
    state.read_to = start


def _has_documents(state: FileState | None, listed: Listed) -> bool:
    """Say whether a file, if it only grew, is known not to be one of lines."""
    return (
        state is not None
        and state.is_whole
        and not state.is_lines
        and state.inode == listed.inode
        and state.size < listed.size
    )


def _is_same(state: FileState, listed: Listed) -> bool:
    return state.is_whole and (state.size, state.changed, state.inode) == (
        listed.size, listed.changed, listed.inode,
    )  # fmt: skip


def _is_lines(path: str, listed: Listed) -> bool:
    """Say whether a file can be read from line to line, starting between any two."""
    form = streams.form_of(os.fsdecode(listed.path))
    if form is None or form.container != "lines" or form.compression:
        return False
    try:
        with streams.open_plain(path) as file:
            text = streams.Utf8(file)
            if text.is_transcoded():
                return False
            head = text.read(2) + file.read(_PEEK)
    except OSError:
        return True  # reading it will say so
    first = head.lstrip().partition(b"\n")[0]
    if first.startswith(b"["):
        return False
    # Mostly the first line tells, at once.
    return quick.decode_object(first) is not None or reach([head]) is not Reach.DOCUMENT


def _has_only_grown(state: FileState, listed: Listed, path: str) -> bool:
    """Say whether what was read of a file is surely there still, and more of it may have come.

    Of the same size it must be of the same time too, else it may have been edited in place. Of a
    file that grew only the ends of what was read are compared, as a live file grows every second:
    an edit between them is seen unless it comes together with an append, between two looks.
    """
    is_same = (state.size, state.changed) == (listed.size, listed.changed)
    is_longer = listed.size > state.size and listed.size >= state.read_to
    if state.inode != listed.inode or not (is_same or is_longer):
        return False
    try:
        return _prints(path, state.read_to) == (state.head, state.tail)
    except OSError:
        return False


def _prints(path: str, read_to: int) -> tuple[int, int]:
    """Return hashes of the first and last bytes of what has been read of a file."""
    size = min(read_to, _PRINT)
    with streams.open_plain(path) as file:
        head = file.read(size)
        file.seek(read_to - size)
        tail = file.read(size)
    return tuple(xxh3_64_intdigest(part) - 2**63 for part in (head, tail))  # type: ignore[return-value]  # two of them


def _tasks(plans: list[_Plan]) -> Iterator[tuple[_Plan, Task]]:
    is_first = True
    for plan in plans:
        name = os.fsdecode(plan.state.path)
        if not plan.state.is_lines:
            plan.pieces = 1
            yield plan, Task(plan.path, 0, None, name)
            continue
        start, size = plan.state.read_to, plan.listed.size
        bounds = [start]
        if is_first and size - start > _FIRST_PIECE:
            bounds.append(start + _FIRST_PIECE)
        while bounds[-1] < size:
            bounds.append(min(bounds[-1] + PIECE, size))
        if len(bounds) == 1:
            bounds.append(size)
        plan.pieces = len(bounds) - 1
        is_first = False
        for begin, end in pairwise(bounds):
            if plan.state.is_lines:  # else it has turned out to be otherwise
                yield plan, Task(plan.path, begin, end, name, begin == start)


def _read(run: _Run, plans: list[_Plan]) -> None:
    for plan in plans:
        run.writer.save_file(plan.state)
    tasks = _tasks(plans)
    with _no_garbage():
        # The first piece is read before any process starts, so that something is seen at once;
        # what is big and cannot be read in pieces is written while a process reads on.
        first, decoder = Numbers(), Decoder()
        is_piece = plans[0].state.is_lines or plans[0].listed.size <= _FIRST_PIECE
        for plan, task in islice(tasks, int(is_piece)):
            for part in decode(task, decoder):
                _take(run, plan, task, part, first)
    with _no_garbage(), decoders.decoders(run.bytes_to_decode) as pool:
        numbers = [Numbers() for _ in range(pool.size)]
        waiting: deque[tuple[_Plan, Task, Ticket]] = deque()
        while not run.stop.is_set():
            while pool.has_room() and (
                following := run.again.pop() if run.again else next(tasks, None)
            ):
                waiting.append((*following, pool.give(following[1])))
            if not waiting:
                break
            plan, task, ticket = waiting.popleft()
            for part in pool.parts(ticket):
                _take(run, plan, task, part, numbers[ticket.decoder])
                if run.stop.is_set():
                    break


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Look for no garbage: millions of rows come and go, and none of them is in a cycle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _take(run: _Run, plan: _Plan, task: Task, part: Part, numbers: Numbers) -> None:
    """Write what a task found."""
    writer, state = run.writer, plan.state
    writer.forget_stale(state)
    if task.end is not None and (part.has_documents or not state.is_lines):
        writer.add(state.no, numbers, part.batch)  # later parts count on its persons
        state.start_over()
        writer.forget_stale(state)
        if state.is_lines:
            _turn(run, plan, task)
        return
    pushes = writer.add(state.no, numbers, part.batch)
    plan.pushes += pushes
    run.pushes += pushes
    base = state.lines if plan.state.is_lines else 0
    for line, offset, reason in part.faults:
        writer.add_unreadable(state.no, line and base + line, offset, reason)
    run.is_changed = True
    if part.is_last:
        plan.pieces -= 1
        if part.error:
            if not plan.error:  # of each of its pieces it would be the same
                reason = f"The file could not be read: {part.error}."
                writer.add_unreadable(state.no, 0, 0, reason)
            plan.error = part.error
        else:
            state.lines = base + part.lines
            state.read_to = max(state.read_to, part.read_to)
        state.is_whole = not plan.pieces and not plan.error
        if plan.state.is_lines and not plan.error:
            _remember_prints(plan)
            if state.is_whole and (size := _size(plan)) < state.read_to:
                state.is_whole = False
                reason = "The file became shorter while it was read."
                writer.add_unreadable(state.no, 0, size, reason)
        writer.save_file(state)
    done = part.bytes_done(task, plan.listed.size, plan.bytes_done)
    plan.bytes_done += done
    run.bytes_done += done
    # What is read in one go is said once, when all of it is there.
    if run.bytes_done < run.bytes_total and time.monotonic() - run.shown_at > _PAUSE:
        run.show()


def _turn(run: _Run, plan: _Plan, task: Task) -> None:
    """Have a file read from its beginning that turned out to hold documents on several lines."""
    run.pushes -= plan.pushes
    run.bytes_done -= plan.bytes_done
    plan.pushes = plan.bytes_done = 0
    plan.pieces, plan.state.is_lines = 1, False
    run.writer.save_file(plan.state)
    run.again.append((plan, task._replace(start=0, end=None, goes_on=False)))


def _size(plan: _Plan) -> int:
    """Return the bytes that a file has now, or had when it was read if it is gone."""
    try:
        return Path(plan.path).stat().st_size
    except OSError:
        return plan.state.read_to


def _remember_prints(plan: _Plan) -> None:
    try:
        plan.state.head, plan.state.tail = _prints(plan.path, plan.state.read_to)
    except OSError:
        plan.state.is_whole = False  # gone meanwhile: the next time will tell
