"""Pushes found by looking at them: in files of all forms, side by side, and stopped at once."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import time
from threading import Event, Thread

import pytest

from loyalty_tui.archive import line_blocks, scanning, seeking, streams
from loyalty_tui.archive.looking import ScanPlace, scan_places
from loyalty_tui.archive.pushes import Found
from loyalty_tui.archive.query.model import Clause, Document, IsText
from loyalty_tui.archive.reading import read
from loyalty_tui.archive.scanning import ScanFile, scan
from loyalty_tui.errors import ArchiveError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NEW_YORK = (Clause((Document(("state",), (), IsText("ny")),), is_negated=False, start=0, end=0),)
MUCH = 9 << 20


def push(number, state="NY"):
    body = {"id": number, "tierInfo": None, "state": state, "city": "Zoë " * (number % 5)}
    if number % 3 == 0:
        return body
    if number % 7 == 0:
        return {"payload": json.dumps(body)}
    return {"received_at": "2026-11-21T10:00:00.123456Z", "push": body}


def lines(count, seed=0):
    draw = random.Random(seed)  # noqa: S311 - test data
    written = []
    for number in range(count):
        line = json.dumps(push(number, draw.choice(["NY", "ny ", "CA", None, 4])))
        odd = draw.randrange(20)
        written += [line] if odd else [draw.choice(["", "  " + line, "{broken", line + line, "\r"])]
    return ("\n".join(written) + "\n").encode()


def pretty(count):
    states = ("NY", "CA", "WA")
    return json.dumps([push(number, states[number % 3]) for number in range(count)], indent=1)


def write(path, data):
    name = path.name
    if name.endswith(".gz"):
        data = gzip.compress(data)
    elif name.endswith(".zst"):
        data = zstd.compress(data)
    path.write_bytes(data)


def file_of(no, path, *, read_to=None):
    size = path.stat().st_size
    is_lines = path.suffix == ".ndjson" and not path.read_bytes().startswith(b"\xff\xfe")
    return ScanFile(no, str(path), path.name, size, is_lines, size if read_to is None else read_to)


def found_in(files, clauses=NEW_YORK):
    places, progress = [], []
    scan(files, clauses, places.extend, lambda *done: progress.append(done), Event())
    total = sum(file.read_to if file.is_lines else file.size for file in files)
    assert progress[0] == (0, total)
    assert progress[-1] == (total, total)
    assert progress == sorted(progress)
    assert len(places) == len(set(places))
    return sorted(places)


def pushes_of(path):
    form = streams.form_of(path.name)
    with streams.open_bytes(str(path), form) as stream:
        return [each for each in read(stream, form.container) if isinstance(each, Found)]


def expected_in(no, path):
    return [
        no << 40 | found.offset
        for found in pushes_of(path)
        if isinstance(state := found.value.get("state"), str) and state.strip().lower() == "ny"
    ]


@pytest.fixture
def archive(tmp_path):
    contents = {
        "a.ndjson": lines(300),
        "b.ndjson.gz": lines(300, 1),
        "c.jsonl.zst": lines(300, 2),
        "d.json": pretty(200).encode(),
        "e.json.gz": pretty(200).encode(),
        "f.ndjson": pretty(3).replace("\n", "\r\n").encode("utf-16"),
        "g.json": b"\xef\xbb\xbf" + json.dumps(push(1), indent=2).encode(),
        "h.ndjson": b"",
        "i.ndjson": lines(40).rstrip(b"\n"),
    }
    paths = [tmp_path / name for name in contents]
    for path in paths:
        write(path, contents[path.name])
    return paths


def test_it_finds_what_a_straight_reading_of_files_of_all_forms_finds(archive):
    expected = [expected_in(no, path) for no, path in enumerate(archive, 1)]
    assert [bool(places) for places in expected] == [name != "h.ndjson" for name in names(archive)]
    assert found_in([file_of(no, path) for no, path in enumerate(archive, 1)]) == [
        place for places in expected for place in places
    ]


def names(paths):
    return [path.name for path in paths]


def test_processes_find_the_same_as_this_one(archive, monkeypatch):
    files = [file_of(no, path) for no, path in enumerate(archive, 1)]
    here = found_in(files)
    monkeypatch.setattr(scanning, "_LITTLE", 0)
    monkeypatch.setattr(scanning, "_PIECE", 1 << 12)
    assert found_in(files) == here


@pytest.mark.parametrize("piece", [1, 7, 100, 1 << 12])
def test_every_line_belongs_to_one_piece_wherever_pieces_are_cut(tmp_path, monkeypatch, piece):
    path = tmp_path / "a.ndjson"
    write(path, lines(25))
    whole = found_in([file_of(1, path)])
    assert whole == expected_in(1, path)
    monkeypatch.setattr(scanning, "_PIECE", piece)
    monkeypatch.setattr(line_blocks, "_BLOCK", 64)
    assert found_in([file_of(1, path)]) == whole


def test_a_line_longer_than_any_push_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(line_blocks, "LONGEST", 5_000)
    monkeypatch.setattr(line_blocks, "_BLOCK", 1_000)
    path = tmp_path / "a.ndjson"
    short = json.dumps(push(1)).encode() + b"\n"
    write(path, short + b'{"tierInfo":null,"state":"NY","x":"' + b"x" * 20_000 + b'"}\n' + short)
    assert found_in([file_of(1, path)]) == [1 << 40, 1 << 40 | path.stat().st_size - len(short)]


def test_only_what_the_index_has_read_counts(tmp_path):
    path = tmp_path / "a.ndjson"
    line = json.dumps(push(1)).encode() + b"\n"
    write(path, line * 5)
    assert found_in([file_of(3, path, read_to=2 * len(line))]) == [3 << 40, 3 << 40 | len(line)]


@pytest.mark.parametrize("little", [0, MUCH])
def test_a_file_that_vanished_is_passed_over(archive, monkeypatch, little):
    files = [file_of(no, path) for no, path in enumerate(archive, 1)]
    expected = expected_in(2, archive[1])
    for path in archive:
        if path != archive[1]:
            path.unlink()
    monkeypatch.setattr(scanning, "_LITTLE", little)
    assert found_in(files) == expected


def test_what_stands_before_a_damage_is_found(tmp_path):
    path = tmp_path / "a.ndjson.gz"
    write(path, lines(300))
    path.write_bytes(path.read_bytes()[:-200])
    places = []
    scan([file_of(1, path)], NEW_YORK, places.extend, lambda *_: None, Event())
    assert places


@pytest.fixture
def much(tmp_path):
    path = tmp_path / "a.ndjson"
    lot = lines(3_000)
    path.write_bytes(lot * (4 * MUCH // len(lot)))
    return file_of(1, path)


@pytest.mark.parametrize("little", [0, 8 * MUCH])
def test_a_stop_ends_it_at_once(much, monkeypatch, little):
    monkeypatch.setattr(scanning, "_LITTLE", little)
    stop, found, ended = Event(), Event(), []

    def scanned():
        scan([much], NEW_YORK, lambda _: found.set(), lambda *_: None, stop)
        ended.append(time.monotonic())

    thread = Thread(target=scanned)
    thread.start()
    assert found.wait(30)
    stopped = time.monotonic()
    stop.set()
    thread.join(30)
    assert ended[0] - stopped < 1  # 0.05 is meant; a busy machine may need more


def test_after_a_stop_nothing_more_is_handed_over(much, monkeypatch):
    monkeypatch.setattr(scanning, "_LITTLE", 0)
    stop, calls = Event(), []

    def on_found(places):
        calls.append(len(places))
        stop.set()

    scan([much], NEW_YORK, on_found, lambda *_: None, stop)
    assert len(calls) == 1


def test_a_process_that_ends_unexpectedly_is_said(much, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false" if os.name == "posix" else "where")
    with pytest.raises(ArchiveError, match="ended unexpectedly"):
        scan([much], NEW_YORK, lambda _: None, lambda *_: None, Event())


def test_an_error_of_whoever_listens_leaves_no_process_behind(much, monkeypatch):
    started, start = [], subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *a, **k: started.append(start(*a, **k)) or started[-1]
    )

    def fail(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        scan([much], NEW_YORK, fail, lambda *_: None, Event())
    assert len(started) > 1
    assert None not in [process.returncode for process in started]


def place_of(no, path, found, checkpoints=None):
    return ScanPlace(no, str(path), path.name, found.offset, found.length, checkpoints)


def found_at(places):
    found, progress = [], []
    scan_places(places, NEW_YORK, found.extend, lambda *done: progress.append(done), Event())
    total = sum(place.length for place in places)
    assert progress[-1] == (total, total)
    return found


@pytest.mark.parametrize("every", [1, 90])
def test_places_are_opened_one_by_one(archive, every):
    for no, path in enumerate(archive, 1):
        pushes = pushes_of(path)[::every]
        form = streams.form_of(path.name)
        for checkpoints in (None, seeking.make_checkpoints(str(path), form), b"\0" * 16):
            places = [place_of(no, path, found, checkpoints) for found in pushes]
            wanted = {place.no << 40 | place.offset for place in places}
            assert sorted(found_at(places)) == [
                each for each in expected_in(no, path) if each in wanted
            ]


def test_places_of_files_that_are_gone_or_shorter_are_passed_over(archive):
    places = [
        place_of(no, path, found)
        for no, path in enumerate(archive, 1)
        for found in pushes_of(path)[:10]
    ]
    kept = sorted(found_at(places))
    gone = {1, 2}
    archive[0].unlink()
    archive[1].unlink()
    archive[3].write_bytes(b"[")
    assert sorted(found_at(places)) == [place for place in kept if place >> 40 not in gone | {4}]


def test_looking_at_places_stops_at_once(archive):
    stop, found = Event(), []
    places = [place_of(1, archive[0], each) for each in pushes_of(archive[0])]

    scan_places(places, NEW_YORK, found.extend, lambda *_: stop.set(), stop)
    assert found == []
