"""Old segments: compressed, pruned, and never lost on the way."""

import json
import os
import threading
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive import packing, upkeep
from loyalty_tui.archive.packing import FRAME, frames, pack
from loyalty_tui.archive.reading import read
from loyalty_tui.archive.seeking import make_checkpoints, read_push
from loyalty_tui.archive.streams import form_of, open_bytes, zstd
from loyalty_tui.archive.upkeep import Upkeep, compress, prune

TODAY = date(2026, 11, 21)
PATIENCE = 20


def line(number, size=0):
    return b'{"received_at":"2026-11-19T10:00:00.000001Z","push":{"id":%d,"pad":"%b"}}\n' % (
        number, b"x" * size,
    )  # fmt: skip


@pytest.fixture
def archive(tmp_path):
    (tmp_path / "pushes").mkdir()
    (tmp_path / "quarantine").mkdir()
    return tmp_path


def write(archive, name, *lines):
    path = archive / "pushes" / name
    path.write_bytes(b"".join(lines))
    return path


def names(archive):
    return sorted(path.name for path in archive.rglob("*") if path.is_file())


def run(archive, today=TODAY, stop=None):
    failed = []
    done = compress(archive, today, threading.Lock(), stop or threading.Event(), failed)
    assert not failed
    return done


def test_segments_before_yesterdays_are_compressed_and_read_the_same(archive):
    kept = {}
    for name in ("2026-11-18.ndjson", "2026-11-19.ndjson", "2026-11-19.2.ndjson"):
        kept[f"{name}.zst"] = write(
            archive, name, *(line(at, 50) for at in range(200))
        ).read_bytes()
    write(archive, "2026-11-20.ndjson", line(1))
    write(archive, "2026-11-21.ndjson", line(1))
    write(archive, "other.ndjson", line(1))
    assert run(archive) == 3
    assert names(archive) == sorted(
        [*kept, "2026-11-20.ndjson", "2026-11-21.ndjson", "other.ndjson"]
    )
    for name, plain in kept.items():
        path = archive / "pushes" / name
        with open_bytes(str(path), form_of(name)) as stream:
            assert b"".join(iter(lambda stream=stream: stream.read(1 << 20), b"")) == plain
        assert path.stat().st_mode & 0o777 == 0o600
    assert run(archive) == 0


def test_a_push_is_opened_by_reading_one_frame(archive):
    write(archive, "2026-11-01.ndjson", *(line(at, 5_000) for at in range(2_000)))
    run(archive)
    path = str(archive / "pushes" / "2026-11-01.ndjson.zst")
    form = form_of(path)
    with open_bytes(path, form) as stream:
        found = [one for one in read(stream, "lines") if hasattr(one, "text")]
    checkpoints = make_checkpoints(path, form)
    assert checkpoints
    for at in (0, 999, 1_999):
        push = read_push(path, form, found[at].offset, found[at].length, checkpoints)
        assert push.value["id"] == at


def test_every_frame_says_its_size_and_holds_whole_lines(archive):
    path = write(archive, "2026-11-01.ndjson", *(line(at, at * 17 % 9_000) for at in range(1_000)),
                 line(1, 2 * FRAME), line(2))  # fmt: skip
    plain = path.read_bytes()
    run(archive)
    packed = (archive / "pushes" / "2026-11-01.ndjson.zst").read_bytes()
    module, parts, sizes = zstd(), [], []
    while packed:
        size = module.get_frame_info(packed).decompressed_size
        decoder = module.ZstdDecompressor()
        parts.append(decoder.decompress(packed))
        packed = decoder.unused_data
        sizes.append(size)
        assert size == len(parts[-1])
        assert parts[-1].endswith(b"\n")
    assert b"".join(parts) == plain
    assert len(parts) > 4
    assert sorted(sizes)[-2] <= FRAME


@given(st.lists(st.integers(0, 40), max_size=40), st.booleans())
def test_frames_are_all_of_the_file_in_whole_lines(tmp_path_factory, sizes, ends):
    path = tmp_path_factory.mktemp("a") / "lines"
    text = b"".join(b"x" * size + b"\n" for size in sizes) + b"" * ends
    path.write_bytes(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "FRAME", 30)
        found = list(frames(path))
    assert b"".join(found) == text
    assert all(one.endswith(b"\n") for one in found) or found == [b""]
    assert all(len(one) <= 30 or one.count(b"\n") == 1 for one in found)


class GrowsBefore:
    """A lock before which a file grows."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        with self.path.open("ab") as file:
            file.write(line(2))

    def __exit__(self, *_):
        pass


def test_a_segment_that_grew_meanwhile_stays_plain(archive):
    path = write(archive, "2026-11-01.ndjson", line(1))
    assert compress(archive, TODAY, GrowsBefore(path), threading.Event(), []) == 0
    assert path.read_bytes() == line(1) + line(2)
    assert names(archive) == ["2026-11-01.ndjson"]


def test_when_stopped_nothing_is_left_half_done(archive):
    stop = threading.Event()
    stop.set()
    write(archive, "2026-11-01.ndjson", line(1))
    assert run(archive, stop=stop) == 0
    moving = threading.Lock()
    plain, packed = (archive / "pushes" / f"2026-11-01.ndjson{end}" for end in ("", ".zst"))
    assert not pack(plain, packed, moving, stop)
    assert names(archive) == ["2026-11-01.ndjson"]


def test_a_kill_between_both_names_loses_and_doubles_nothing(archive):
    write(archive, "2026-11-01.ndjson", line(1), line(2))
    run(archive)
    write(archive, "2026-11-01.ndjson", line(1), line(2))
    assert run(archive) == 1
    assert names(archive) == ["2026-11-01.ndjson.zst"]


def test_a_compressed_file_with_other_pushes_is_not_written_over(archive):
    write(archive, "2026-11-01.ndjson", line(1))
    write(archive, "2026-11-02.ndjson", line(1))
    run(archive)
    before = (archive / "pushes" / "2026-11-01.ndjson.zst").read_bytes()
    write(archive, "2026-11-01.ndjson", line(2))
    write(archive, "2026-11-03.ndjson", line(3))
    failed = []
    assert compress(archive, TODAY, threading.Lock(), threading.Event(), failed) == 1
    (what,) = failed
    assert what.startswith("2026-11-01.ndjson: What was compressed does not read")
    assert (archive / "pushes" / "2026-11-03.ndjson.zst").exists()
    assert (archive / "pushes" / "2026-11-01.ndjson.zst").read_bytes() == before
    assert (archive / "pushes" / "2026-11-01.ndjson").read_bytes() == line(2)


def test_pruning_removes_what_the_receiver_wrote_and_is_older(archive):
    for name in ("2025-10-01.ndjson.zst", "2025-10-01.2.ndjson", "2026-11-01.ndjson", "mine.ndjson",
                 "2025-10-01.notes"):  # fmt: skip
        write(archive, name, line(1))
    (archive / "quarantine" / "2025-10-01T000000.000000Z-1-1.body").touch()
    (archive / "quarantine" / "2026-11-01T000000.000000Z-1-1.body").touch()
    (archive / "quarantine" / "2025-10-01.notes.txt").touch()
    assert prune(archive, TODAY, timedelta(days=400), []) == 3
    assert names(archive) == sorted(
        ["2026-11-01.ndjson", "mine.ndjson", "2025-10-01.notes", "2025-10-01.notes.txt",
         "2026-11-01T000000.000000Z-1-1.body"]
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_what_is_no_file_is_passed_over_and_told_once(archive):
    odd = archive / "pushes" / "2020-01-01.ndjson"
    odd.mkdir()
    (archive / "pushes" / "2020-01-02.ndjson").symlink_to(archive / "elsewhere")
    (archive / "quarantine" / "2020-01-01T000000.000000Z-1-1.body").mkdir()
    write(archive, "2020-01-03.ndjson", line(1))
    write(archive, "2026-11-01.ndjson", line(1))
    failed = []
    assert prune(archive, TODAY, timedelta(days=400), failed) == 2
    assert sorted(each.partition(":")[0] for each in failed) == [
        "2020-01-01.ndjson", "2020-01-01T000000.000000Z-1-1.body",
    ]  # fmt: skip
    told = []
    thread = Upkeep(archive, threading.Lock(), None, told.append)
    assert not thread._look_after(TODAY)  # noqa: SLF001 - it does so every ten minutes
    assert not thread._look_after(TODAY)  # noqa: SLF001
    assert [words.partition(":")[0] for words in told] == [
        "Old segments could not be looked after", "Segments compressed",
    ]  # fmt: skip
    assert "2020-01-01.ndjson" in told[0]


@pytest.mark.parametrize(("day", "stays"), [("2026-11-11", True), ("2026-11-10", False)])
def test_a_file_is_kept_for_all_of_the_days(archive, day, stays):
    write(archive, f"{day}.ndjson", line(1))
    prune(archive, TODAY, timedelta(days=10), [])
    assert bool(names(archive)) is stays


def test_the_thread_does_it_at_its_start_and_clears_what_was_left(archive):
    write(archive, "2020-01-01.ndjson", line(1))
    write(archive, "2020-01-02.ndjson", json.dumps({"push": {}}).encode() + b"\n")
    (archive / "pushes" / "2020-01-01.ndjson.zst.part").write_bytes(b"half")
    told, news = [], threading.Event()

    def tell(words):
        told.append(words)
        news.set()

    thread = Upkeep(archive, threading.Lock(), None, tell)
    thread.start()
    assert news.wait(PATIENCE)
    thread.stop()
    assert told == ["Segments compressed: 2."]
    assert names(archive) == ["2020-01-01.ndjson.zst", "2020-01-02.ndjson.zst"]


def test_the_thread_tells_what_fails_and_goes_on(archive, monkeypatch):
    write(archive, "2020-01-01.ndjson", line(1))
    told, news = [], threading.Event()

    def tell(words):
        told.append(words)
        news.set()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(upkeep, "pack", full)
    thread = Upkeep(archive, threading.Lock(), timedelta(days=36_500), tell)
    thread.start()
    assert news.wait(PATIENCE)
    thread.stop()
    assert "No space left" in told[0]
