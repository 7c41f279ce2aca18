"""Pushes in every form in one file: the index, the scan and the list of faults say the same."""

import gzip
import json
import random
import sys
import time
from itertools import count

import pytest

from loyalty_tui.archive import decoders, decoding, indexing, line_blocks, scanning, search, streams
from loyalty_tui.archive.pushes import Fault, Found
from loyalty_tui.archive.reading import read

from .conftest import a_line, a_push

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FORMS = {
    "a.ndjson": bytes,
    "b.jsonl.gz": gzip.compress,
    "c.ndjson.zst": zstd.compress,
    "d.jsonl": lambda data: data.decode().encode("utf-16"),
}


def numbered(number):
    return a_push(id=number, signUpChannelId=1)


def pretty(push, indent=1):
    return json.dumps(push, indent=indent).encode() + b"\n"


def read_all(path):
    form = streams.form_of(path.name)
    with streams.open_bytes(str(path), form) as stream:
        return list(read(stream, form.container))


def said(archive, path):
    """Return the places of pushes and of faults that every reader of a file has to agree on."""
    archive.bring_up_to_date()
    listed = sorted(int(entry.ref.rpartition(":")[2]) for entry in archive.list())
    assert archive.scan("signUpChannelId:1").found == len(listed)
    faults = [(each.line, each.offset, each.reason) for each in archive.search.unreadable()]
    found = read_all(path)
    assert listed == [each.offset for each in found if isinstance(each, Found)]
    assert faults == [
        (each.line, each.offset, each.reason) for each in found if isinstance(each, Fault)
    ]
    for entry in archive.list():
        assert json.loads(archive.search.text(entry.ref))["id"] == entry.member_id
    return listed, [line for line, *_ in faults]


@pytest.fixture
def pieces(monkeypatch):
    """Small files are read in as many pieces as big ones."""
    monkeypatch.setattr(indexing, "_FIRST_PIECE", 3_000)
    monkeypatch.setattr(indexing, "PIECE", 5_000)
    monkeypatch.setattr(scanning, "_PIECE", 5_000)
    monkeypatch.setattr(line_blocks, "_BLOCK", 700)
    monkeypatch.setattr(search, "_FEW", 0)


@pytest.fixture
def tasks(monkeypatch):
    """What is read, in order."""
    given = []
    decode = decoding.decode
    for module in (indexing, decoders):
        monkeypatch.setattr(
            module, "decode", lambda task, decoder: given.append(task) or decode(task, decoder)
        )
    return given


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("before", [1, 4])
@pytest.mark.usefixtures("pieces")
def test_a_push_on_several_lines_is_found_wherever_it_stands(archive, line, name, before):
    parts = [line(numbered(number)) for number in range(before)]
    parts += [
        b"nope\n",
        pretty(numbered(20)),
        line(numbered(21), None),
    ]
    parts += [
        pretty([numbered(22), numbered(23)], 0),
        line(numbered(24)),
        line(numbered(25)),
    ]
    path = archive.write(name, FORMS[name](b"".join(parts)))
    places, lines = said(archive, path)
    assert len(places) == before + 6
    assert lines == [before + 1]


@pytest.mark.usefixtures("pieces")
def test_a_torn_line_costs_only_itself_and_is_read_past_only_once(archive, line, tasks):
    whole = line(numbered(1))
    parts = [line(numbered(number)) for number in range(5)]
    more = [line(numbered(number)) for number in range(10, 15)]
    # As after a loss of power; the second and the last end where a push could follow.
    torn = [whole[: whole.index(sign) + 1] + b"\n" for sign in (b"{", b":", b",", b"1,", b"null,")]
    path = archive.write("a.ndjson", *parts, *torn, *more)
    places, lines = said(archive, path)
    size = path.stat().st_size
    assert (len(places), len(lines)) == (10, 5)
    assert tasks
    assert all(task.end is not None for task in tasks)
    tasks.clear()
    archive.write("a.ndjson", line(numbered(30)), append=True)
    assert len(said(archive, path)[0]) == 11
    assert [task.start for task in tasks] == [size]


@pytest.mark.usefixtures("pieces")
def test_a_document_that_is_still_written_is_found_when_it_is_whole(archive, line):
    whole = pretty(numbered(7)) + line(numbered(8)) + pretty([numbered(9), numbered(10)])
    path = archive.write("a.ndjson", *(line(numbered(number)) for number in range(5)))
    for start in range(0, len(whole), 97):
        archive.write("a.ndjson", whole[start : start + 97], append=True)
        assert said(archive, path)[1] == []
    assert len(said(archive, path)[0]) == 9


@pytest.mark.usefixtures("pieces")
def test_a_file_known_to_have_documents_is_read_on_as_such(archive, line, tasks):
    path = archive.write("a.ndjson", *(line(numbered(no)) for no in range(9)), pretty(numbered(9)))
    said(archive, path)
    tasks.clear()
    archive.write("a.ndjson", line(numbered(10)), append=True)
    assert len(said(archive, path)[0]) == 11
    assert [task.end for task in tasks] == [None]
    archive.write("a.ndjson", line(numbered(1)))
    assert said(archive, path) == ([0], [])


def test_progress_counts_what_is_read_anew_only_once(archive, line):
    told = []
    data = b"".join(line(numbered(number)) for number in range(400))
    archive.write("a.ndjson", data, pretty(numbered(1)), data)
    archive.bring_up_to_date(told.append)
    assert (told[-1].pushes, told[-1].bytes_done) == (801, told[-1].bytes_total)


@pytest.mark.parametrize(
    ("name", "packed"),
    [("a.json", bytes), ("a.json.gz", gzip.compress), ("a.json.zst", zstd.compress)],
)
def test_progress_in_one_file_is_told_in_bytes_of_the_disk(archive, monkeypatch, name, packed):
    monkeypatch.setattr(time, "monotonic", count().__next__)
    monkeypatch.setattr(decoding, "MOST_ROWS", 50)
    noise = random.Random(1)  # noqa: S311 - what cannot be packed
    pushes = [{**numbered(number), "x": noise.randbytes(1_000).hex()} for number in range(600)]
    path = archive.write(name, packed(json.dumps(pushes).encode()))
    told = []
    archive.bring_up_to_date(told.append)
    done = [progress.bytes_done for progress in told]
    assert done == sorted(done)
    assert len(set(done)) > 3
    assert (done[-1], {progress.bytes_total for progress in told}) == (
        path.stat().st_size, {path.stat().st_size},
    )  # fmt: skip


@pytest.mark.parametrize("between", [b"", b"\r", b" ", b"\n", b"\r\n"])
def test_a_push_that_comes_behind_one_that_no_line_break_ended_is_found(
    archive, archive_at, between
):
    first, second = (a_line(a_push(id=number)).rstrip() for number in (1, 2))
    archive.write("a.ndjson", first)
    archive.bring_up_to_date()
    archive.write("a.ndjson", between + second[:-1], append=True)
    archive.bring_up_to_date()
    assert len(archive.list()) <= 1  # the line may still be being written
    archive.write("a.ndjson", second[-1:], append=True)
    archive.bring_up_to_date()
    assert sorted(archive.ids()) == [1, 2]
    fresh = archive_at(archive.folder, archive.index.parent / "fresh")
    fresh.bring_up_to_date()
    assert archive.contents() == fresh.contents()


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "a.json"])
@pytest.mark.parametrize("before", [b"", b'{"id":9}\n'])
def test_what_stands_whole_before_a_torn_end_on_its_line_is_found(archive, name, before):
    data = before + b'{"id":1,"totalPoints":1}{"id":2,"totalPoints":1} {"id":3,"tot'
    archive.write(name, gzip.compress(data) if name.endswith("gz") else data)
    archive.bring_up_to_date()
    found = {entry.ref.rpartition(":")[2] for entry in archive.list()}
    assert found == {str(at) for at in (len(before), len(before) + 24)} | (
        {"0"} if before else set()
    )


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "a.json.gz"])
def test_an_array_that_no_line_break_ends_is_read(archive, name):
    data = b'[{"id":1,"totalPoints":1},{"id":2,"totalPoints":1}]'
    archive.write(name, gzip.compress(data) if name.endswith("gz") else data)
    archive.bring_up_to_date()
    assert archive.search.totals().pushes == 2


@pytest.mark.parametrize(
    ("make", "is_whole"),
    [
        (lambda pushes: b"[" + b",".join(pushes) + b"]", True),
        (b"".join, True),
        (lambda pushes: (b"[" + b",".join(pushes))[:-9], False),
        (lambda pushes: b"".join(pushes)[:-9], False),
        (
            lambda pushes: b"[" + b",".join(pushes).replace(b'"id": 400,', b'"id": 400,,') + b"]",
            False,
        ),
    ],
)
def test_a_long_line_of_many_pushes_is_read_as_a_short_one_is(make, is_whole, archive):
    pushes = [json.dumps(numbered(number)).encode() for number in range(1_000)]
    line = make(pushes)
    assert len(line) > 1 << 20
    path = archive.folder / "a.ndjson"
    path.write_bytes(a_line(numbered(5_000)) + line + b"\n" + a_line(numbered(5_001)))
    archive.bring_up_to_date()
    read = read_all(path)
    places = [each.offset for each in read if isinstance(each, Found)]
    assert len(places) == 1_002 - (not is_whole)
    assert sorted(int(entry.ref.rpartition(":")[2]) for entry in archive.list()) == places
    faults = [(each.line, each.offset) for each in read if isinstance(each, Fault)]
    assert [(each.line, each.offset) for each in archive.search.unreadable()] == faults
    assert [line for line, _ in faults] == [2] * (not is_whole)
    for entry in archive.list():
        assert json.loads(archive.search.text(entry.ref))["id"] == entry.member_id
