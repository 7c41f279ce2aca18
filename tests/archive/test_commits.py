"""Pushes on their way to the disk."""

import asyncio
import errno
import json
import os
import sys
import threading
from types import SimpleNamespace

import pytest

from loyalty_tui.archive import commits as commit_module
from loyalty_tui.archive import syncing
from loyalty_tui.archive.commits import Commits
from loyalty_tui.archive.folder_lock import FolderLock
from loyalty_tui.archive.reading import read
from loyalty_tui.archive.segments import Segments
from loyalty_tui.errors import ArchiveError

MIDNIGHT = 1_795_219_200 * 1_000_000_000  # 2026-11-21T00:00:00Z


class Clock:
    def __init__(self):
        self.now = MIDNIGHT + 3_600 * 10**9 + 123_456_789

    def __call__(self):
        return self.now


class Told(list):
    def __init__(self):
        self.again = asyncio.Event()

    def __call__(self, words):
        self.append(words)
        if "again" in words:
            self.again.set()


class Slow(Segments):
    """Segments whose writing can be held up, or fail, and which counts its batches."""

    def __init__(self, archive):
        super().__init__(archive)
        self.may = threading.Event()
        self.may.set()
        self.started = threading.Event()
        self.batches = []
        self.takes = lambda: None
        self.error = None

    def append(self, day, lines):
        self.started.set()
        self.takes()
        assert self.may.wait(10)
        if self.error:
            raise self.error
        self.batches.append((day, len(lines)))
        super().append(day, lines)

    def probe(self, day):
        if self.error:
            raise self.error
        super().probe(day)


@pytest.fixture
async def opened(tmp_path):
    clock, told = Clock(), Told()
    segments = Slow(tmp_path / "a")
    commits = Commits(tmp_path / "a", segments, told, clock)
    await commits.open()
    yield commits, segments, clock, told
    segments.may.set()
    await commits.close()


def lines(tmp_path):
    pushes = sorted((tmp_path / "a" / "pushes").iterdir())
    return [json.loads(line) for path in pushes for line in path.read_bytes().splitlines()]


async def test_a_push_is_in_its_envelope_with_the_time_of_its_receipt(opened, tmp_path):
    commits, _, clock, _ = opened
    await commits.save(b'{"id":1}')
    clock.now += 10**9
    await commits.save(b'{"id":2}')
    assert lines(tmp_path) == [
        {"received_at": "2026-11-21T01:00:00.123456Z", "push": {"id": 1}},
        {"received_at": "2026-11-21T01:00:01.123456Z", "push": {"id": 2}},
    ]


async def test_the_archive_reads_what_was_stored(opened, tmp_path):
    commits, _, _, _ = opened
    await commits.save(b'{"id":6566,"tierInfo":{}}')
    with (tmp_path / "a" / "pushes" / "2026-11-21.ndjson").open("rb") as file:
        found, _ = read(file, "lines")
    assert found.value == {"id": 6566, "tierInfo": {}}
    assert found.received_at.isoformat() == "2026-11-21T01:00:00.123456+00:00"


async def test_what_arrives_while_one_is_written_shares_the_next(opened):
    commits, segments, _, _ = opened
    segments.may.clear()
    first = commits.save(b"{}")
    await asyncio.to_thread(segments.started.wait, 10)
    others = [commits.save(b"{}") for _ in range(20)]
    segments.may.set()
    await asyncio.gather(first, *others)
    assert segments.batches == [("2026-11-21", 1), ("2026-11-21", 20)]


class Held:
    """Syncs files when it is told to."""

    def __init__(self):
        self.begun = asyncio.Queue()
        self.refuses = False

    def start(self, file, done):
        if self.refuses:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        os.fsync(file)
        self.begun.put_nowait(done)

    def close(self):
        self.begun = None


@pytest.fixture
async def synced(tmp_path):
    """Commits whose first batch is stored already: the others are in the hands of a syncer."""
    told, held = Told(), Held()
    commits = Commits(tmp_path / "a", Segments(tmp_path / "a"), told, Clock(), held)
    await commits.save(b'{"n":0}')
    yield commits, held, told
    await commits.close()


async def test_what_arrives_while_one_is_synced_shares_the_next(synced, tmp_path):
    commits, held, _ = synced
    first = commits.save(b'{"n":1}')
    done = await held.begun.get()
    others = [commits.save(b'{"n":2}') for _ in range(20)]
    await asyncio.sleep(0)
    assert not first.done()
    assert len(lines(tmp_path)) == 2
    done(None)
    await first
    done = await held.begun.get()
    assert not any(one.done() for one in others)
    done(None)
    await asyncio.gather(*others)
    assert [line["push"]["n"] for line in lines(tmp_path)] == [0, 1, *[2] * 20]


async def test_on_a_slow_disk_the_next_are_synced_while_those_before_are_answered(
    synced, monkeypatch
):
    monkeypatch.setattr(commit_module, "_QUICK", 0)
    commits, held, _ = synced
    begun = []
    commits.put(b'{"n":1}', lambda _: begun.append(held.begun.qsize()))
    done = await held.begun.get()
    other = commits.save(b'{"n":2}')
    done(None)
    assert begun == [1]
    assert not other.done()
    (await held.begun.get())(None)
    await other


async def test_on_a_quick_disk_more_are_gathered_before_the_next_are_synced(synced, monkeypatch):
    monkeypatch.setattr(commit_module, "_QUICK", 1e9)
    commits, held, _ = synced
    later = []
    commits.put(b'{"n":1}', lambda _: later.append(commits.save(b'{"n":3}')))
    done = await held.begun.get()
    other = commits.save(b'{"n":2}')
    done(None)
    done = await held.begun.get()
    done(None)
    await asyncio.gather(other, *later)
    assert len(later) == 1
    assert held.begun.empty()


async def test_other_work_is_done_while_the_disk_works(tmp_path):
    held, work = Held(), []
    commits = Commits(
        tmp_path / "a", Segments(tmp_path / "a"), Told(), Clock(), held, lambda: work.append(1)
    )
    await commits.save(b'{"n":0}')
    work.clear()
    stored = commits.save(b'{"n":1}')
    done = await held.begun.get()
    await asyncio.sleep(0)
    assert work
    assert not stored.done()
    done(None)
    await stored
    await commits.close()


async def test_nobody_keeps_the_others_from_being_stored(synced, monkeypatch):
    monkeypatch.setattr(commit_module, "_QUICK", 1e9)
    commits, held, _ = synced
    ends = asyncio.Event()

    async def push_without_end():
        while not ends.is_set():
            commits.put(b'{"n":1}', lambda _: None)
            await asyncio.sleep(0)

    flood = asyncio.create_task(push_without_end())
    (await held.begun.get())(None)
    ends.set()
    await flood
    (await held.begun.get())(None)


async def test_what_could_not_be_synced_is_taken_back(synced, tmp_path):
    commits, held, told = synced
    saved = commits.save(b'{"n":1}')
    (await held.begun.get())(OSError(errno.EIO, os.strerror(errno.EIO)))
    with pytest.raises(ArchiveError, match="could not be stored"):
        await saved
    assert [line["push"]["n"] for line in lines(tmp_path)] == [0]
    assert not await commits.is_ready()
    async with asyncio.timeout(10):
        await told.again.wait()
    saved = commits.save(b'{"n":2}')
    (await held.begun.get())(None)
    await saved
    assert [line["push"]["n"] for line in lines(tmp_path)] == [0, 2]


async def test_whatever_keeps_a_batch_from_being_written_is_told(synced, tmp_path, monkeypatch):
    commits, held, _ = synced

    def fail(*_):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Segments, "begin", fail)
        with pytest.raises(ArchiveError):
            await commits.save(b'{"n":1}')
    saved = commits.save(b'{"n":2}')
    (await held.begun.get())(None)
    await saved
    assert [line["push"]["n"] for line in lines(tmp_path)] == [0, 2]


async def test_what_the_system_does_not_sync_a_thread_does(synced, tmp_path):
    commits, held, _ = synced
    held.refuses = True
    for number in range(1, 4):
        await commits.save(b'{"n":%d}' % number)
    assert held.begun is None
    assert [line["push"]["n"] for line in lines(tmp_path)] == [0, 1, 2, 3]


async def test_a_disk_that_hangs_holds_nobody_up_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(commit_module, "_LAST", 0.05)
    told, held = Told(), Held()
    commits = Commits(tmp_path / "a", Segments(tmp_path / "a"), told, Clock(), held)
    await commits.save(b"{}")
    saved = commits.save(b"{}")
    await held.begun.get()
    assert await commits.is_ready()
    monkeypatch.setattr(commit_module, "_PATIENCE", 0)
    assert not await commits.is_ready()
    await commits.close()
    assert not saved.done()
    assert "nobody was told" in told[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread does it")
async def test_the_system_syncs_while_the_loop_goes_on(tmp_path):
    system = syncing.syncer()
    if system is None:
        pytest.skip("the system does not let us")
    commits = Commits(tmp_path / "a", Segments(tmp_path / "a"), Told(), Clock(), system)
    for number in range(30):
        await asyncio.gather(*(commits.save(b'{"n":%d}' % number) for _ in range(5)))
    await commits.close()
    assert [line["push"]["n"] for line in lines(tmp_path)] == sorted([*range(30)] * 5)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread does it")
async def test_the_system_says_what_it_does_not_sync():
    system = syncing.syncer()
    if system is None:
        pytest.skip("the system does not let us")
    reading, writing = os.pipe()
    with pytest.raises(OSError):  # noqa: PT011 - it has no words
        system.start(writing, print)
    os.close(reading)
    os.close(writing)
    system.close()


async def test_nothing_is_done_before_it_is_written(opened):
    commits, segments, _, _ = opened
    segments.may.clear()
    saved = commits.save(b"{}")
    await asyncio.to_thread(segments.started.wait, 10)
    assert not saved.done()
    segments.may.set()
    await saved


async def around_midnight(commits, segments, clock):
    """Save three pushes: one alone, then the last of a day and the first of the next at once."""
    segments.may.clear()
    first = commits.save(b'{"n":0}')
    await asyncio.to_thread(segments.started.wait, 10)
    clock.now = MIDNIGHT + 86_400 * 10**9 - 1
    second = commits.save(b'{"n":1}')
    clock.now += 1
    third = commits.save(b'{"n":2}')
    segments.may.set()
    return first, second, third


async def test_a_batch_around_midnight_goes_to_both_days(opened, tmp_path):
    commits, segments, clock, _ = opened
    await asyncio.gather(*await around_midnight(commits, segments, clock))
    assert [batch[0][-2:] for batch in segments.batches] == ["21", "21", "22"]
    assert lines(tmp_path)[1]["received_at"] == "2026-11-21T23:59:59.999999Z"
    assert lines(tmp_path)[2]["received_at"] == "2026-11-22T00:00:00.000000Z"


async def test_of_a_batch_around_midnight_only_what_is_not_stored_is_refused(opened, tmp_path):
    commits, segments, clock, _ = opened

    def refuse_the_new_day():
        if len(segments.batches) == 2:  # both of the old day
            raise OSError(errno.ENOSPC, "No space left on device")

    segments.takes = refuse_the_new_day
    first, second, third = await around_midnight(commits, segments, clock)
    await asyncio.gather(first, second)
    with pytest.raises(ArchiveError):
        await third
    assert [line["push"]["n"] for line in lines(tmp_path)] == [0, 1]
    segments.takes = lambda: None


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"),
                                   RuntimeError("of ours")])  # fmt: skip
async def test_a_failure_is_told_and_recovered_from(opened, error, tmp_path):
    commits, segments, _, told = opened
    assert await commits.is_ready()
    segments.error = error
    with pytest.raises(ArchiveError):
        await commits.save(b"{}")
    assert not await commits.is_ready()
    assert len(told) == 1
    segments.error = None
    await commits.save(b'{"n":1}')
    async with asyncio.timeout(10):
        await told.again.wait()
    assert await commits.is_ready()
    assert told[1:] == ["Pushes can be stored again."]
    assert [line["push"] for line in lines(tmp_path)] == [{"n": 1}]


async def test_a_failure_without_any_more_pushes_is_recovered_from_too(opened, tmp_path):
    commits, segments, _, told = opened
    segments.error = OSError(errno.EIO, "Input/output error")
    with pytest.raises(ArchiveError):
        await commits.save(b"{}")
    segments.error = None
    async with asyncio.timeout(10):
        await told.again.wait()
    assert await commits.is_ready()
    assert (tmp_path / "a" / "pushes" / "2026-11-21.ndjson").read_bytes() == b""
    assert len(told) == 2


async def test_a_disk_that_says_it_is_full_is_not_ready(opened, monkeypatch):
    commits, segments, _, _ = opened
    real = os.statvfs(segments.folder)
    fields = list(real)
    fields[3] = fields[4] = 0
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(fields))
    assert not await commits.is_ready()
    fields = list(real)
    fields[8] |= os.ST_RDONLY
    assert not await commits.is_ready()


async def test_a_quarantine_that_takes_nothing_is_not_ready(opened, tmp_path):
    commits, _, _, told = opened
    apart = tmp_path / "a" / "quarantine"
    apart.write_bytes(b"in the way")
    assert not await commits.is_ready()
    with pytest.raises(ArchiveError):
        await commits.quarantine(b"no push")
    apart.unlink()
    async with asyncio.timeout(10):
        await told.again.wait()
    assert await commits.is_ready()


async def test_more_than_memory_is_meant_for_is_refused(opened):
    commits, segments, _, _ = opened
    segments.may.clear()
    first = commits.save(b"{}")
    await asyncio.to_thread(segments.started.wait, 10)
    large = b'{"a":"' + b"x" * (30 << 20) + b'"}'
    taken = [commits.save(large), commits.save(large)]
    with pytest.raises(ArchiveError):
        await commits.save(large)
    segments.may.set()
    await asyncio.gather(first, *taken)


async def test_whoever_waits_no_longer_is_in_nobodys_way(opened, tmp_path):
    commits, segments, _, _ = opened
    segments.may.clear()
    first = commits.save(b'{"n":1}')
    second = commits.save(b'{"n":2}')
    await asyncio.to_thread(segments.started.wait, 10)
    first.cancel()
    segments.may.set()
    await second
    assert len(lines(tmp_path)) == 2


async def test_a_body_in_quarantine_is_as_it_came(opened, tmp_path):
    commits, _, _, _ = opened
    name = await commits.quarantine(b"\xff garbage")
    path = tmp_path / "a" / "quarantine" / name
    assert path.read_bytes() == b"\xff garbage"
    assert path.stat().st_mode & 0o777 == 0o600
    assert not name.endswith((".json", ".ndjson", ".jsonl"))


async def test_a_quarantine_that_cannot_be_written_is_told(opened, tmp_path):
    commits, _, _, told = opened
    (tmp_path / "a" / "quarantine").write_text("in the way")
    with pytest.raises(ArchiveError):
        await commits.quarantine(b"garbage")
    assert told


async def test_closing_stores_what_waits(tmp_path):
    commits = Commits(tmp_path / "a", Segments(tmp_path / "a"))
    saved = [commits.save(b"{}") for _ in range(5)]
    await commits.close()
    assert all(one.done() for one in saved)
    assert len(lines(tmp_path)) == 5


def test_a_second_receiver_is_told_of_the_first(tmp_path):
    first, second = FolderLock(tmp_path / "a"), FolderLock(tmp_path / "a")
    first.take()
    with pytest.raises(ArchiveError, match=f"process {os.getpid()},"):
        second.take()
    first.release()
    second.take()
    second.release()


def test_a_lock_that_was_removed_is_taken_again_or_another_has_it(tmp_path):
    first, second = FolderLock(tmp_path / "a"), FolderLock(tmp_path / "a")
    first.renew()
    first.take()
    first.renew()
    (tmp_path / "a" / "receiver.lock").unlink()
    first.renew()
    with pytest.raises(ArchiveError, match=f"process {os.getpid()},"):
        second.take()
    (tmp_path / "a" / "receiver.lock").unlink()
    second.take()
    with pytest.raises(OSError, match="Another receiver, process"):
        first.renew()
    segments = Segments(tmp_path / "a", renew=first.renew)
    with pytest.raises(OSError, match="Another receiver"):
        segments.append("2026-11-21", [b"{}\n"])
    second.release()
    segments.append("2026-11-21", [b"{}\n"])
    first.release()


def test_a_full_disk_has_no_room_for_the_number_and_is_waited_for(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    lock = FolderLock(tmp_path / "a")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        lock.take()
    with pytest.raises(ArchiveError, match="process unknown"):
        FolderLock(tmp_path / "a").take()
    lock.release()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="file is a file, not a folder"):
        FolderLock(tmp_path / "file" / "a").take()


class Failed:
    """An operation as caio has one of which the system says at its end that it failed."""

    def set_callback(self, callback):
        self.callback = callback

    def get_value(self):
        raise SystemError(os.strerror(errno.ENOSPC))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such operations")
async def test_what_fails_while_it_is_synced_is_told(monkeypatch):
    from caio import linux_aio

    ended, begun = os.eventfd(0), []

    def submit(operation):
        begun.append(operation)
        os.eventfd_write(ended, 1)
        return 1

    fake = SimpleNamespace(
        submit=submit,
        fileno=ended,
        poll=lambda: os.eventfd_read(ended),
        process_events=lambda: begun.pop().callback(0) if begun else 0,
    )
    monkeypatch.setattr(linux_aio, "Operation", SimpleNamespace(fsync=lambda _: Failed()))
    monkeypatch.setattr(linux_aio, "Context", lambda **_: fake)
    syncer, told = syncing.Syncer(), asyncio.get_running_loop().create_future()
    syncer.start(0, told.set_result)
    async with asyncio.timeout(20):
        error = await told
    syncer.close()
    os.close(ended)
    assert isinstance(error, OSError)
    assert error.strerror == os.strerror(errno.ENOSPC)
