"""The index kept up to date by a process of its own: live, killed, two at once, damaged."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import time
from contextlib import aclosing, closing
from threading import Event, Timer

import pytest

from loyalty_tui.archive import indexing, processes, watch
from loyalty_tui.archive.index import schema, writing
from loyalty_tui.archive.index.schema import NAME
from loyalty_tui.archive.index.writing import Writer
from loyalty_tui.errors import ArchiveError

from .conftest import a_line, a_push

PATIENCE = 30


async def until(progress, holds):
    """Wait for the progress with which something holds."""
    async with asyncio.timeout(PATIENCE):
        async for each in progress:
            if holds(each):
                return each
    return None


async def test_a_push_that_anybody_appends_is_told_and_found(archive):
    archive.write("pushes/2026-11-20.ndjson", a_push(id=1))
    async with aclosing(archive.search.follow()) as progress:
        await until(progress, lambda each: each.is_done)
        assert archive.ids() == [1]
        archive.write("pushes/2026-11-20.ndjson", a_push(id=2, dateLastUpdated="1490302145"),
                      append=True)  # fmt: skip
        await until(progress, lambda _: len(archive.ids()) == 2)
        assert archive.ids() == [2, 1]
        archive.write("new/folder/2026-11-21.jsonl", a_push(id=3, dateLastUpdated="1490302146"))
        await until(progress, lambda _: len(archive.ids()) == 3)
        (archive.folder / "pushes" / "2026-11-20.ndjson").unlink()
        await until(progress, lambda _: archive.ids() == [3])


async def test_what_is_read_in_one_go_is_told_once_when_it_is_there(archive):
    archive.write("a.ndjson", a_push(id=1))
    archive.bring_up_to_date()
    archive.write("a.ndjson", a_push(id=2), append=True)
    archive.write("b.ndjson", a_push(id=3))
    archive.bring_up_to_date()
    archive.write("a.ndjson", a_push(id=4), append=True)
    told = []
    archive.bring_up_to_date(told.append)
    assert [(each.pushes, each.is_done) for each in told] == [(1, True)]


async def test_what_comes_without_word_of_the_operating_system_is_found_by_looking(
    archive, monkeypatch
):
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    archive.write("a.ndjson", a_push(id=1))
    async with aclosing(archive.search.follow()) as progress:
        await until(progress, lambda each: each.is_done)
        archive.write("a.ndjson", a_push(id=2), append=True)
        await until(progress, lambda _: sorted(archive.ids()) == [1, 2])


def test_who_is_told_may_rest_and_that_is_no_time_of_reading(archive, monkeypatch):
    rested, told = [0], []

    def rest(progress):
        told.append(progress)
        rested[0] += 3600

    monkeypatch.setattr(indexing.time, "monotonic", lambda: time.perf_counter() + rested[0])
    for name in ("a", "b", "c"):
        archive.write(f"{name}.json", a_push(city=name))
    archive.bring_up_to_date(rest)
    assert len(told) > 1
    assert told[-1].seconds < 1800


def test_what_comes_while_much_is_read_is_told_at_once_afterwards(tmp_path, monkeypatch):
    hours = [0.0]
    monkeypatch.setattr(watch, "monotonic", lambda: time.monotonic() + 3600 * hours[0])
    stop, is_late = Event(), Event()
    timer = Timer(PATIENCE, lambda: (is_late.set(), stop.set()))
    timer.start()
    told = watch.changes(tmp_path, stop)
    for number in range(3):
        next(told)
        hours[0] += 1  # so long it took to read what was told of
        (tmp_path / f"{number}.ndjson").write_bytes(b"{}\n")
    next(told)
    timer.cancel()
    stop.set()
    assert not is_late.is_set()


def test_between_arrivals_that_follow_each_other_there_is_time_to_show_them(tmp_path):
    class Stop(Event):
        rests = 0

        def wait(self, timeout=None):  # noqa: ARG002 - as an event is waited for
            self.rests += 1
            return self.is_set()

    stop = Stop()
    told = watch.changes(tmp_path, stop)
    next(told)
    for number in range(2):
        (tmp_path / f"{number}.ndjson").write_bytes(b"{}\n")
        next(told)
    assert stop.rests
    stop.set()


async def test_an_index_that_was_removed_is_made_anew_while_it_is_followed(archive):
    archive.write("a.ndjson", a_push(id=1))
    async with aclosing(archive.search.follow()) as progress:
        await until(progress, lambda each: each.is_done)
        for path in archive.index.glob("index-*"):
            path.unlink()
        archive.write("a.ndjson", a_push(id=2), append=True)
        await until(progress, lambda _: sorted(archive.ids()) == [1, 2])


async def test_an_index_whose_folder_was_removed_still_has_one_writer(archive, archive_at):
    archive.write("a.ndjson", a_push(id=1))
    other = archive_at(archive.folder, archive.index)
    async with aclosing(archive.search.follow()) as progress:
        await until(progress, lambda each: each.is_done)
        shutil.rmtree(archive.index)
        archive.write("a.ndjson", a_push(id=2), append=True)
        await until(progress, lambda _: sorted(archive.ids()) == [1, 2])
        assert other.bring_up_to_date() is False


@pytest.mark.parametrize("order", ["push_undated", "push_points"])
def test_an_index_that_is_removed_while_it_is_put_in_order_is_made_anew(
    archive, monkeypatch, order
):
    archive.write("a.ndjson", a_push(id=1), a_push(id=1), a_push(id=2))
    removed = []

    def make_order(name):
        if name == order and not removed:
            shutil.rmtree(archive.index)
            removed.append(name)
        return schema.make_order(name)

    monkeypatch.setattr(indexing, "_BULK", -1)
    monkeypatch.setattr(indexing, "_PUSH_BYTES", 1)
    monkeypatch.setattr(writing, "make_order", make_order)
    archive.bring_up_to_date()
    assert removed
    assert sorted((entry.member_id, entry.copies) for entry in archive.list()) == [(1, 2), (2, 1)]
    assert archive.search.is_whole()


async def test_of_two_programs_one_builds_and_the_other_reads_and_takes_over(archive, archive_at):
    archive.write("a.ndjson", a_push(id=1))
    other = archive_at(archive.folder, archive.index)
    first, second = archive.search.follow(), other.search.follow()
    async with aclosing(first), aclosing(second):
        await until(first, lambda each: each.is_done)
        await until(second, lambda each: each.is_done)
        assert other.ids() == [1]
        assert other.bring_up_to_date() is False
        archive.write("a.ndjson", a_push(id=2), append=True)
        await until(second, lambda _: len(other.ids()) == 2)
        await first.aclose()
        archive.write("a.ndjson", a_push(id=3), append=True)
        await until(second, lambda _: len(other.ids()) == 3)


async def test_a_folder_that_is_not_there_is_said_plainly(archive):
    archive.folder.rmdir()
    with pytest.raises(ArchiveError, match="does not exist"):
        await until(archive.search.follow(), lambda _: False)


@pytest.mark.parametrize("damage", [b"", b"garbage" * 1000, None])
def test_a_damaged_index_is_made_anew_without_asking(archive, damage):
    archive.write("a.ndjson", *(a_push(id=number) for number in range(200)))
    archive.bring_up_to_date()
    archive.search.close()
    path = archive.index / NAME
    if damage is None:  # a page in the middle, found when it is read
        middle = path.stat().st_size // 2
        with path.open("r+b") as file:
            file.seek(8192)
            file.write(b"\xff" * (middle - 8192))
    else:
        path.write_bytes(damage)
    for left in (*archive.index.glob("*-wal"), *archive.index.glob("*-shm")):
        left.unlink()
    archive.list("george", limit=500)
    archive.search.totals()
    archive.bring_up_to_date()
    assert len(archive.ids()) == 200


def test_what_is_written_of_the_index_settles_unless_it_is_read(archive):
    archive.write("a.ndjson", a_push(id=1))
    archive.bring_up_to_date()
    log = archive.index / f"{NAME}-wal"
    with closing(sqlite3.connect(archive.index / NAME)) as reading, Writer(archive.index) as writer:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM push").fetchone()
        for number in range(3):
            writer.begin()
            writer.save_progress(number, 0, 0, 0, 1)
            writer.settle()
        assert log.stat().st_size > 0
        reading.execute("COMMIT")
        writer.settle()
        assert log.stat().st_size == 0


def test_an_index_of_another_version_is_made_anew(archive):
    import sqlite3

    archive.write("a.ndjson", a_push(id=1))
    archive.bring_up_to_date()
    archive.search.close()
    with sqlite3.connect(archive.index / NAME) as db:
        db.execute("PRAGMA user_version = 999")
    archive.bring_up_to_date()
    assert archive.ids() == [1]


def test_an_index_of_an_earlier_version_goes(archive):
    archive.write("a.ndjson", a_push(id=1))
    archive.index.mkdir()
    for name in ("index-1.sqlite", "index-1.sqlite-wal"):
        (archive.index / name).write_bytes(b"anything")
    archive.bring_up_to_date()
    assert archive.ids() == [1]
    left = [path.name for path in archive.index.glob("index-*.sqlite*")]
    assert NAME in left
    assert all(name.startswith(NAME) for name in left)


def test_an_index_that_was_deleted_has_lost_nothing(archive):
    archive.write("a.ndjson", a_push(id=1), a_push(id=2))
    archive.bring_up_to_date()
    before = archive.contents()
    archive.search.close()
    for path in archive.index.iterdir():
        path.unlink()
    archive.bring_up_to_date()
    assert archive.contents() == before


def test_only_the_owner_may_read_the_index(archive):
    archive.write("a.ndjson", a_push(id=1))
    archive.bring_up_to_date()
    assert stat.S_IMODE(archive.index.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in archive.index.iterdir()} == {0o600}


@pytest.mark.parametrize("told", [1, 2, 3])
def test_a_killed_indexer_is_followed_by_one_that_finishes(archive, archive_at, tmp_path, told):
    # Enough for several processes and several commits.
    lines = [a_line(a_push(id=number % 700, dateLastUpdated=str(1_490_000_000 + number)))
             for number in range(9_000)]  # fmt: skip
    for day in range(3):
        archive.write(f"2026-11-0{day + 1}.ndjson", *lines[day * 3_000 : (day + 1) * 3_000])
    words = processes.command(
        "loyalty_tui.archive.following", str(archive.folder), str(archive.index)
    )
    with subprocess.Popen(  # noqa: S603 - our own module
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=processes.environment()
    ) as indexer:
        for _ in range(told):
            assert "progress" in json.loads(indexer.stdout.readline())
        os.kill(indexer.pid, signal.SIGKILL)
    archive.bring_up_to_date()
    fresh = archive_at(archive.folder, tmp_path / "fresh")
    fresh.bring_up_to_date()
    assert archive.contents() == fresh.contents()
    assert archive.search.totals().pushes == 9_000


def test_an_indexer_ends_with_the_program_that_started_it(archive):
    words = processes.command(
        "loyalty_tui.archive.following", str(archive.folder), str(archive.index)
    )
    with subprocess.Popen(  # noqa: S603 - our own module
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=processes.environment()
    ) as indexer:
        assert b"progress" in indexer.stdout.readline()
        indexer.stdin.close()
        assert indexer.wait(PATIENCE) == 0


def test_a_stop_leaves_what_was_read_and_the_rest_for_the_next_time(archive):
    archive.write("a.ndjson", a_push(id=1))
    stop = Event()
    stop.set()
    archive.search.bring_up_to_date(lambda _: None, stop)
    archive.bring_up_to_date()
    assert archive.ids() == [1]


async def test_a_process_that_cannot_be_started_is_an_error_in_words(archive, monkeypatch):
    archive.write("a.ndjson", a_push(id=1))
    monkeypatch.setattr("sys.executable", str(archive.folder / "replaced"))
    async with aclosing(archive.search.follow()) as progress:
        with pytest.raises(ArchiveError, match="cannot be started: No such file"):
            await anext(progress)
