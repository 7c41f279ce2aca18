"""The segments that the receiver appends to, on disks that fail in every way."""

import errno
import os
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.segment_names import SegmentName, day_of, segments
from loyalty_tui.archive.segments import Segments

DAY = "2026-11-21"
LINES = [b'{"received_at":"x","push":{"id":%d}}\n' % number for number in range(9)]


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "archive"


def content(archive, name=f"{DAY}.ndjson"):
    return (archive / "pushes" / name).read_bytes()


def names(archive, folder="pushes"):
    where = archive / folder
    return sorted(path.name for path in where.iterdir()) if where.exists() else []


def test_lines_are_appended_to_the_segment_of_their_day(archive):
    written = Segments(archive)
    written.append(DAY, LINES[:2])
    written.append(DAY, LINES[2:3])
    written.append("2026-11-22", LINES[3:4])
    written.append(DAY, LINES[4:5])
    written.close()
    assert content(archive) == b"".join([*LINES[:3], LINES[4]])
    assert content(archive, "2026-11-22.ndjson") == LINES[3]


@pytest.mark.parametrize("kind", ["nowhere", "loop", "link", "pipe", "folder"])
def test_what_stands_in_a_segments_place_is_left_alone(archive, kind):
    path = archive / "pushes" / f"{DAY}.ndjson"
    path.parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        (archive / "other").write_bytes(b"not ours\n")
        where = {"nowhere": "gone", "loop": path.name, "link": archive / "other"}[kind]
        path.symlink_to(where)
    written = Segments(archive)
    written.append(DAY, LINES[:1])
    written.append(DAY, LINES[1:2])
    written.close()
    assert names(archive) == [f"{DAY}.2.ndjson", f"{DAY}.ndjson"]
    assert content(archive, f"{DAY}.2.ndjson") == b"".join(LINES[:2])


TORN = b'{"received_at":"2026-11-21T00:00:00.000000Z","push":{"to'


@pytest.mark.parametrize("happens", ["removed", "moved", "all removed", "cut", "appended to"])
def test_a_segment_that_others_changed_is_not_written_to_unseen(archive, happens):
    written = Segments(archive)
    written.append(DAY, LINES[:2])
    path = archive / "pushes" / f"{DAY}.ndjson"
    if happens == "removed":
        path.unlink()
    elif happens == "moved":
        path.rename(archive / "moved.ndjson")
    elif happens == "all removed":
        shutil.rmtree(archive)
    elif happens == "cut":
        os.truncate(path, 20)
    else:
        with path.open("ab") as file:
            file.write(TORN)
    assert written.begin(DAY, LINES[2:3]) is None
    written.append(DAY, LINES[2:3])
    assert written.begin(DAY, LINES[3:4]) is not None
    written.end()
    written.close()
    before = LINES[:2] if happens == "appended to" else []
    assert content(archive) == b"".join([*before, *LINES[2:4]])
    apart = [path.read_bytes() for path in (archive / "quarantine").glob("*.torn")]
    assert apart == {"cut": [LINES[0][:20]], "appended to": [TORN]}.get(happens, [])


def test_a_folder_with_the_name_of_a_segment_is_left_as_it_is(archive):
    (archive / "pushes" / "2020-01-01.ndjson").mkdir(parents=True)
    (archive / "pushes" / f"{DAY}.ndjson").mkdir()
    told = []
    Segments(archive, tell=told.append).append(DAY, LINES[:1])
    assert content(archive, f"{DAY}.2.ndjson") == LINES[0]
    assert "2020-01-01.ndjson is left as it is: Is a directory." in told


def test_only_the_owner_may_read_them(archive):
    Segments(archive).append(DAY, LINES)
    assert (archive / "pushes" / f"{DAY}.ndjson").stat().st_mode & 0o777 == 0o600
    assert (archive / "pushes").stat().st_mode & 0o777 == 0o700
    assert archive.stat().st_mode & 0o777 == 0o700


def test_a_segment_goes_on_where_an_earlier_receiver_left_it(archive):
    Segments(archive).append(DAY, LINES[:2])
    Segments(archive).append(DAY, LINES[2:4])
    assert content(archive) == b"".join(LINES[:4])


@given(st.lists(st.lists(st.sampled_from(LINES), min_size=1, max_size=9), max_size=9),
       st.integers(30, 300))  # fmt: skip
def test_parts_are_as_large_as_allowed_and_no_larger(tmp_path_factory, batches, largest):
    archive = tmp_path_factory.mktemp("archive")
    written = Segments(archive, largest)
    for number, batch in enumerate(batches):
        if number % 3 == 2:
            written = Segments(archive, largest)
        written.append(DAY, batch)
    parts = segments(archive / "pushes")
    whole = [content(archive, str(name)) for name in parts]
    assert b"".join(whole) == b"".join(line for batch in batches for line in batch)
    assert [name.part for name in parts] == list(range(1, len(parts) + 1))
    for one, following in pairwise(whole):
        assert len(one) <= max(largest, len(LINES[0]))
        assert len(one) + following.index(b"\n") + 1 > largest


def test_after_a_compressed_part_comes_the_next(archive):
    (archive / "pushes").mkdir(parents=True)
    (archive / "pushes" / f"{DAY}.3.ndjson.zst").touch()
    Segments(archive).append(DAY, LINES[:1])
    assert content(archive, f"{DAY}.4.ndjson") == LINES[0]


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        (LINES[0] + LINES[1][:10], LINES[0]),
        (LINES[0][:-1], b""),
        (LINES[0] + b"\0" * 5000, LINES[0]),
        (LINES[0] + b"\0" * 10 + b"\n", LINES[0]),
        (LINES[0] + b'"push":{}}\n{"rece', LINES[0]),
        (LINES[0] + b'{"a":"' + b"x" * 200_000, LINES[0]),
    ],
)
def test_a_torn_line_is_moved_to_quarantine(archive, left, kept):
    (archive / "pushes").mkdir(parents=True)
    (archive / "pushes" / f"{DAY}.ndjson").write_bytes(left)
    told = []
    written = Segments(archive, tell=told.append)
    written.mend()
    assert content(archive) == kept
    [name] = names(archive, "quarantine")
    assert (archive / "quarantine" / name).read_bytes() == left.removeprefix(kept)
    assert name in told[0]
    written.append(DAY, LINES[2:3])
    assert content(archive) == kept + LINES[2]


def test_what_is_whole_is_left_alone(archive):
    left = LINES[0] + b'{"push":{"n":' + b"9" * 6000 + b"}}\n" + b"\n" * 4096
    (archive / "pushes").mkdir(parents=True)
    (archive / "pushes" / f"{DAY}.ndjson").write_bytes(left)
    (archive / "pushes" / "notes.txt").write_bytes(b"torn")
    (archive / "pushes" / "2026-13-45.ndjson").write_bytes(b"torn")
    Segments(archive).mend()
    assert content(archive) == left
    assert content(archive, "notes.txt") == content(archive, "2026-13-45.ndjson") == b"torn"
    assert names(archive, "quarantine") == []


@given(st.lists(st.sampled_from(LINES), max_size=4), st.integers(0, 200))
def test_whatever_was_cut_off_where_no_whole_line_is_lost(tmp_path_factory, lines, cut):
    archive = tmp_path_factory.mktemp("archive")
    left = b"".join(lines)[:cut]
    (archive / "pushes").mkdir()
    (archive / "pushes" / f"{DAY}.ndjson").write_bytes(left)
    Segments(archive).mend()
    assert content(archive) == left[: left.rfind(b"\n") + 1]
    apart = [(archive / "quarantine" / name).read_bytes() for name in names(archive, "quarantine")]
    assert b"".join(apart) == left[left.rfind(b"\n") + 1 :]


class Disk:
    """The system's calls, some of which fail."""

    def __init__(self, monkeypatch):
        self.room = None
        self.failing_syncs = 0
        self.failing_cuts = 0
        self.unsyncable = ""
        self.synced = []
        self._write, self._sync, self._cut = os.write, os.fsync, os.ftruncate
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(os, "fsync", self.sync)
        monkeypatch.setattr(os, "ftruncate", self.cut)

    def write(self, file, data):
        if self.room is not None:
            if not self.room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            data = data[: self.room]
            self.room -= len(data)
        return self._write(file, data)

    def sync(self, file):
        if self.failing_syncs:
            self.failing_syncs -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        name = Path(f"/proc/self/fd/{file}").readlink().name
        if name == self.unsyncable:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self.synced.append(name)
        self._sync(file)

    def cut(self, file, size):
        if self.failing_cuts:
            self.failing_cuts -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._cut(file, size)


linux = pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


@linux
def test_file_and_folders_are_on_the_disk_before_it_returns(archive, disk):
    written = Segments(archive)
    written.append(DAY, LINES[:1])
    assert disk.synced == [archive.parent.name, "archive", f"{DAY}.ndjson", "pushes"]
    disk.synced.clear()
    written.append(DAY, LINES[1:3])
    assert disk.synced == [f"{DAY}.ndjson"]


@linux
@pytest.mark.parametrize("room", [0, 1, 40, 100])
def test_a_full_disk_leaves_no_half_line_and_is_recovered_from(archive, disk, room):
    written = Segments(archive)
    written.append(DAY, LINES[:1])
    disk.room = room
    with pytest.raises(OSError, match="No space"):
        written.append(DAY, LINES[1:6])
    assert content(archive) == LINES[0]
    with pytest.raises(OSError, match="No space"):
        written.probe(DAY)
    assert content(archive) == LINES[0]
    disk.room = None
    written.probe(DAY)
    written.append(DAY, LINES[6:])
    assert content(archive) == b"".join([LINES[0], *LINES[6:]])


@linux
def test_a_disk_that_is_full_from_the_first_line_on_is_recovered_from(archive, disk):
    written = Segments(archive)
    disk.room = 3
    with pytest.raises(OSError, match="No space"):
        written.append(DAY, LINES[:1])
    assert content(archive) == b""
    disk.room = None
    written.append(DAY, LINES[1:2])
    assert content(archive) == LINES[1]


@linux
@pytest.mark.parametrize("syncs", [1, 2, 3])
@pytest.mark.parametrize("cuts", [0, 1, 2])
def test_what_an_fsync_did_not_take_is_taken_back(archive, disk, syncs, cuts):
    written = Segments(archive)
    written.append(DAY, LINES[:1])
    disk.failing_syncs, disk.failing_cuts = syncs, cuts
    tried = 1
    stored = []
    while True:
        try:
            written.append(DAY, LINES[tried : tried + 1])
        except OSError:
            tried += 1
        else:
            stored.append(LINES[tried])
            break
    assert tried > 1
    assert content(archive) == b"".join([LINES[0], *stored])


@linux
def test_a_folder_that_is_not_synced_leaves_nothing_stored(archive, disk):
    written = Segments(archive)
    written.mend()
    disk.unsyncable = "pushes"
    with pytest.raises(OSError, match="Input/output"):
        written.append(DAY, LINES[:1])
    assert content(archive) == b""
    disk.unsyncable = ""
    written.append(DAY, LINES[1:2])
    assert disk.synced[-1] == "pushes"
    assert content(archive) == LINES[1]


def test_lines_of_somebody_else_are_not_written_over(archive):
    written = Segments(archive)
    written.append(DAY, LINES[:1])
    with (archive / "pushes" / f"{DAY}.ndjson").open("ab") as file:
        file.write(LINES[1])
    written.append(DAY, LINES[2:3])
    assert content(archive) == b"".join(LINES[:3])


@pytest.mark.parametrize("gone", ["file", "folder", "replaced"])
def test_a_segment_that_was_taken_away_is_begun_anew(archive, gone, monkeypatch):
    seconds = count(start=1)
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    written = Segments(archive)
    written.append(DAY, LINES[:1])
    path = archive / "pushes" / f"{DAY}.ndjson"
    if gone == "replaced":
        path.with_suffix(".new").write_bytes(LINES[5])
        path.with_suffix(".new").replace(path)
    else:
        path.unlink()
    if gone == "folder":
        path.parent.rmdir()
    written.append(DAY, LINES[1:2])
    assert content(archive) == (LINES[5] if gone == "replaced" else b"") + LINES[1]


@pytest.mark.parametrize(("leads", "is_told"), [("../elsewhere", True), ("inside", False)])
def test_it_is_told_when_the_archive_will_not_show_what_is_stored(archive, leads, is_told):
    (archive / leads).mkdir(parents=True)
    (archive / "pushes").symlink_to(leads)
    told = []
    segments = Segments(archive, tell=told.append)
    segments.append(DAY, [b"{}\n"])
    segments.close()
    assert (archive / leads / f"{DAY}.ndjson").read_bytes() == b"{}\n"
    assert [line for line in told if "link" in line] == told
    assert bool(told) == is_told


def test_a_link_in_the_place_of_a_segment_is_not_followed(archive, tmp_path):
    (archive / "pushes").mkdir(parents=True)
    (tmp_path / "elsewhere").write_bytes(b"")
    (archive / "pushes" / f"{DAY}.ndjson").symlink_to(tmp_path / "elsewhere")
    (archive / "pushes" / "2026-11-20.ndjson").symlink_to(tmp_path / "elsewhere")
    told = []
    Segments(archive, tell=told.append).append(DAY, LINES[:1])
    assert (tmp_path / "elsewhere").read_bytes() == b""
    assert (archive / "pushes" / f"{DAY}.2.ndjson").read_bytes() == LINES[0]
    assert told[0].startswith("2026-11-20.ndjson is left as it is: ")


LIMITED = """
import resource, sys
from pathlib import Path
from loyalty_tui.archive.segments import Segments
line = b'{"push":{"pad":"' + b"x" * 900 + b'"}}\\n'
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
written, stored = Segments(Path(sys.argv[1])), 0
for _ in range(30):
    try:
        written.append("2026-11-21", [line])
        stored += 1
    except OSError as error:
        assert error.errno == 27, error
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
written.append("2026-11-21", [line])
print(stored + 1)
"""


@linux
def test_a_real_limit_of_the_system_leaves_whole_lines_only(archive):
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", LIMITED, str(archive)], capture_output=True, text=True, check=True
    )
    lines = content(archive).split(b"\n")
    assert lines.pop() == b""
    assert len(lines) == int(done.stdout) == 10 + 1
    assert {len(line) for line in lines} == {919}


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(1, 999_999), st.booleans())
def test_names_say_day_and_part(tmp_path_factory, day, part, is_packed):
    folder = tmp_path_factory.mktemp("pushes")
    name = SegmentName(str(day), part, is_packed)
    (folder / str(name)).touch()
    (folder / f"{day + timedelta(1)}.01.ndjson").touch()
    assert segments(folder) == [name]
    assert day_of(str(name)) == day


def test_other_names_have_no_day():
    for name in ("", "2026-13-01.ndjson", "notes", "20261121.ndjson", "2026-11-21"):
        assert day_of(name) is None
