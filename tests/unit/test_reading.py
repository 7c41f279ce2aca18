import io
import itertools
import json
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive import pushes
from loyalty_tui.archive.pushes import End, Fault, Found, from_bytes
from loyalty_tui.archive.quick import decode_object
from loyalty_tui.archive.reading import from_line, read
from loyalty_tui.archive.streams import StreamError
from loyalty_tui.crowdtwist import json_text

SAMPLE = Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json"
NO_OBJECT = "A push is a JSON object; this is another value."
NOT_UTF_8 = "The text is not UTF-8."
BOTH = pytest.mark.parametrize("container", ["lines", "documents"])


class Trickle:
    """A stream that gives little at a time, and fails at its end if it is told to."""

    def __init__(self, raw, size=1 << 18, error=None):
        self.raw = io.BytesIO(raw)
        self.size = size
        self.error = error

    def read(self, size):
        data = self.raw.read(min(size, self.size))
        if not data and self.error:
            raise self.error
        return data


def everything(raw, container, size=1 << 18):
    """Return the texts found, the faults as line and reason, and the end."""
    raw = raw.encode() if isinstance(raw, str) else raw
    *items, end = read(Trickle(raw, size), container)
    assert isinstance(end, End)
    texts = [item.text for item in items if isinstance(item, Found)]
    faults = [(item.line, item.reason) for item in items if isinstance(item, Fault)]
    assert len(texts) + len(faults) == len(items)
    for item in items:
        if isinstance(item, Fault) and not end.is_transcoded:
            assert raw.count(b"\n", 0, item.offset) + 1 == item.line
        if isinstance(item, Found) and not end.is_transcoded:
            piece = raw[item.offset : item.offset + item.length]
            assert piece[:1] + piece[-1:] == b"{}"
            again = from_bytes(piece)
            assert (again.text, again.value) == (item.text, item.value)
            assert json_text.loads(item.text) == item.value
    return texts, faults, end


@BOTH
def test_the_vendors_own_sample_is_read_as_it_came(container):
    raw = SAMPLE.read_bytes()
    texts, faults, end = everything(raw, container)
    assert faults == []
    assert [json_text.packed(text) for text in texts] == [json_text.packed(raw.decode())]
    assert end.offset == len(raw)


@BOTH
@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        ("", []),
        (" \n\r\n\u00a0\ufeff\n", []),
        ("[]\n[ ]", []),
        ('{"a":1}', ['{"a":1}']),
        ('\ufeff{"a":1}\r\n\r\n \u00a0{"b":2}\r\n', ['{"a":1}', '{"b":2}']),
        ('{"a":1}{"b":2} {"c":3}\n', ['{"a":1}', '{"b":2}', '{"c":3}']),
        ('[{"a":1},{"b":2}]\n{"c":3}\n[{"d":4}]\n', ['{"a":1}', '{"b":2}', '{"c":3}', '{"d":4}']),
        ('{"a":1}\r{"b":2}\r', ['{"a":1}', '{"b":2}']),
        ('{\n"a": 1\n}\n{\n"b": 2\n}\n', ['{\n"a": 1\n}', '{\n"b": 2\n}']),
        ('[\n  {"a": 1},\n  {\n    "b": 2\n  }\n]\n', ['{"a": 1}', '{\n    "b": 2\n  }']),
        ('[{"a":1},\n{"b":2}\n]', ['{"a":1}', '{"b":2}']),
        ('{"a":1,\n "b":2}', ['{"a":1,\n "b":2}']),
        ('{"a":\u00a0"\u00a0"}', ['{"a": "\u00a0"}']),
        ('{"a":"\\u00e9é\U0001f600"}\n{}', ['{"a":"\\u00e9é\U0001f600"}', "{}"]),
    ],
)
def test_every_form_is_read(raw, texts, container):
    for size in (1, 7, 1 << 18):
        found, faults, end = everything(raw, container, size)
        assert (found, faults) == (texts, [])
        is_told = container == "documents" or raw.strip(" \n\r\u00a0\ufeff")
        assert end.offset == (len(raw.encode()) if is_told else 0)
        assert end.line == (raw.count("\n") if is_told else 0) + 1


@BOTH
def test_the_envelope_is_taken_off_and_its_place_is_kept(container):
    raw = b' {"received_at":"2026-11-21T10:00:00Z","push": {"id":1} }\n'
    found, _ = read(io.BytesIO(raw), container)
    assert (found.text, found.value) == ('{"id":1}', {"id": 1})
    assert found.received_at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert raw[found.offset : found.offset + found.length] == raw.strip()


def test_broken_lines_are_named_and_never_stop_the_rest():
    lines = [
        '{"id":1}', '{"id": 2', "[1]", "12", "\udcff", '{"a":' * 20_000, '{"n": NaN}',
        '{"a":"\udcff"}', "nope", '{"n":' + "9" * 5000 + "}", '{"id":3}',
    ]  # fmt: skip
    raw = "\n".join(lines).encode("utf-8", "surrogateescape")
    texts, faults, _ = everything(raw, "lines")
    assert texts == ['{"id":1}', '{"id":3}']
    assert faults == [
        (2, "The JSON breaks off at column 9."),
        (3, NO_OBJECT),
        (4, NO_OBJECT),
        (5, NOT_UTF_8),
        (6, "It is nested too deeply at column 50006."),
        (7, "The JSON goes wrong at column 7."),
        (8, NOT_UTF_8),
        (9, "The JSON goes wrong at column 1."),
        (10, "A number is too long to be read at column 6."),
    ]


def test_a_fault_says_where_its_line_starts_or_what_is_wrong_on_it():
    raw = b'{"a":1}\n  nope\n{"b":2}\n'
    faults = [item for item in read(io.BytesIO(raw), "lines") if isinstance(item, Fault)]
    assert faults == [Fault(2, 8, "The JSON goes wrong at column 3.")]
    raw = b'[{"a":1},\n {"b":\n  nope},\n {"c":3}]'
    faults = [item for item in read(io.BytesIO(raw), "documents") if isinstance(item, Fault)]
    assert faults == [Fault(3, 17, "The JSON goes wrong at column 3.")]
    raw = b'[{"a":1}, {"b":nope},\n {"c":[\n{"d":"\\ud800", "e": 1' + b"0" * 5_000 + b"}]}]"
    faults = [item for item in read(io.BytesIO(raw), "documents") if isinstance(item, Fault)]
    assert [(item.line, item.offset) for item in faults] == [(1, 10), (3, 30)]


@pytest.mark.parametrize(
    ("raw", "texts", "lines"),
    [
        ('{"id": 2\n{"id":3}\n', ['{"id":3}'], [2]),
        ('{"id": "cut\n{"id":3}\n', ['{"id":3}'], [1]),
        ('{"id":1,{"emailAddress":"a@b.c"}\n', ['{"emailAddress":"a@b.c"}'], [1]),
        ('{"id":1,\n{"id":2}\n', ['{"id":2}'], [2]),
        ('{"a":1,\n"b":[\n{"x":1}\n],"c":nope\n}\n', [], [4]),
        ('{"a":nope,\n"b":[\n{"x":1},\n{"emailAddress":""}', ['{"emailAddress":""}'], [1]),
        ('{"id":1,{"id":2}}\n{"a":1}', ['{"a":1}'], [1]),
        ("nope\n{}\n", ["{}"], [1]),
        ('INFO {"a":1} {"b":1}\n{}\n', ["{}"], [1]),
        ("12\n{}\n", ["{}"], [1]),
        ('[{"a":1},{"b":nope,"c":{}},{"d":4}]', ['{"a":1}', '{"d":4}'], [1]),
        ('[{"a":1},nope,{"d":4}]', ['{"a":1}', '{"d":4}'], [1]),
        ('[{"a":1},5,[{"x":1}],"{",{"d":4}]', ['{"a":1}', '{"d":4}'], [1, 1]),
        ('[1,2,"x",{"a":1},3,\n4]', ['{"a":1}'], [1, 1]),
        ('{{{{"orderId":4}\n{"d":4}', ['{"orderId":4}', '{"d":4}'], [1]),
        ('[{"a":1},{"d":4},]\n{"e":5}', ['{"a":1}', '{"d":4}', '{"e":5}'], [1]),
        ('[{"a":1} {"orderId":4}]', ['{"a":1}', '{"orderId":4}'], [1]),
        ('[\n{"a":nope}\n{"orderId":4},\n{"b":5}]', ['{"orderId":4}', '{"b":5}'], [2, 3]),
        ('[\n{"a":nope}\n{"x":4},\n{"orderId":5}]', ['{"orderId":5}'], [2, 3]),
        ('[{"a":1}\n[{"b":1}]', ['{"a":1}', '{"b":1}'], [2]),
        ('[{"a":01,"l":[{"x":1},{"x":2}]},{"d":4}]', ['{"d":4}'], [1]),
        ('[\n {"a":"cut},\n {"b":2}\n]\n{"c":3}', ['{"b":2}', '{"c":3}'], [2]),
        ('[\n  {\n    "a":"cut\n  },\n  {"b":2}\n]', ['{"b":2}'], [3]),
        ('{\n "a": nope\n}\n{"b":1}', ['{"b":1}'], [2]),
        ('{\n"a": nope,\n"l": [\n{\n"x":1\n}\n]\n}\n{"b":1}', ['{"b":1}'], [2]),
        ('{"a":1},\n{"orderId":2}]\n{"c":3}', ['{"a":1}', '{"orderId":2}', '{"c":3}'], [1]),
        ('{"a":1}, {"b":2}, {"c":3}\n{"d":4}', ['{"a":1}'], [1]),
        ('{"a":1}]\n{"c":3}', ['{"a":1}', '{"c":3}'], [1]),
        ('[{"a":"\udcff"},{"b":2}]', ['{"b":2}'], [1]),
        ('\udcff\n{"b":2}', ['{"b":2}'], [1]),
        ('{"a":' * 100_000 + "1" + "}" * 100_000 + '\n{"b":2}', ['{"b":2}'], [1]),
        ("[" * 100_000 + "]" * 100_000 + '{"b":2}', ['{"b":2}'], [1]),
        ('{"a":1}' + "\0" * 5000, ['{"a":1}'], [1]),
    ],
    ids=itertools.count(),
)
def test_what_is_readable_after_a_fault_of_a_document_is_read(raw, texts, lines):
    raw = raw.encode("utf-8", "surrogateescape")
    for size in (3, 1 << 18):
        found, faults, _ = everything(raw, "documents", size)
        assert found == texts
        assert [line for line, _ in faults] == lines


@pytest.mark.parametrize("cut", range(1, 28))
def test_a_document_that_breaks_off_is_named_with_what_was_before_it(cut):
    whole = '[{"a":1},\n{"b":"\u00e9"},{"c":3}]'
    texts, faults, end = everything(whole[:cut], "documents")
    assert ['{"a":1}', '{"b":"é"}', '{"c":3}'][: len(texts)] == texts
    assert len(faults) <= 2
    assert end.offset == 0
    assert faults


@pytest.mark.parametrize("cut", [1, 10, -1])
def test_a_last_line_that_may_still_be_written_is_no_fault(cut):
    line = json.dumps({"id": 2, "name": "é"}, ensure_ascii=False).encode()
    first = b'{"id":1}\n'
    texts, faults, end = everything(first + line[:cut], "lines")
    assert (texts, faults) == (['{"id":1}'], [])
    assert end == End(len(first), 2, "lines", is_transcoded=False)
    found, end = read(io.BytesIO(line), "lines", end.offset, end.line)
    assert (found.offset, found.value["id"]) == (len(first), 2)
    assert end.offset == len(first) + len(line)


@BOTH
@given(
    data=st.data(),
    lines=st.lists(st.sampled_from(['{"a":1}', '[{"b":2},{"c":3}]', "", "{\n}", "nope", "12"])),
)
def test_reading_on_from_an_end_finds_what_reading_all_finds(container, data, lines):
    raw = "".join(f"{line}\n" for line in lines).encode()
    cut = data.draw(st.integers(0, len(raw)))
    whole = [item for item in read(io.BytesIO(raw), container) if isinstance(item, Found)]
    *first, end = read(io.BytesIO(raw[:cut]), container)
    kept = [item for item in first if isinstance(item, Found) and item.offset < end.offset]
    rest = list(read(io.BytesIO(raw[end.offset :]), end.container, end.offset, end.line))
    assert [*kept, *(item for item in rest if isinstance(item, Found))] == whole
    assert end.line == raw[: end.offset].count(b"\n") + 1


def test_a_lines_file_that_starts_with_a_document_on_several_lines_is_read_as_documents():
    texts, faults, end = everything("\n" + json.dumps([{"a": 1}, {"b": {}}], indent=1), "lines")
    assert (len(texts), faults, end.container) == (2, [], "documents")
    texts, faults, end = everything('[\n{"a":1},\n{"b":', "lines")
    assert (texts, faults) == (['{"a":1}'], [])
    assert (end.offset, end.line) == (0, 1)


@pytest.mark.parametrize(
    ("raw", "texts", "lines"),
    [
        ('{"a":1}\n{\n "b": 2\n}\n{"c":3}\n', ['{"a":1}', '{\n "b": 2\n}', '{"c":3}'], []),
        ('{"a":1}\n[\n{"b":2},\n{"c":3}\n]\n', ['{"a":1}', '{"b":2}', '{"c":3}'], []),
        ('[{"a":1},\n{"orderId":2}\n,{"c"\n:3}]', ['{"a":1}', '{"orderId":2}', '{"c"\n:3}'], []),
        ('{"a":1}\n{"b":\n 2}\n{"c"\n:3}\n', ['{"a":1}', '{"b":\n 2}', '{"c"\n:3}'], []),
        ('{"a":1}\n{\n "b": nope\n}\n{"c":3}\n', ['{"a":1}', '{"c":3}'], [3]),
        ('nope\n\ufeff{\n\u00a0"b": 2}\n', ['{\n "b": 2}'], [1]),
        ('{"id":2\n{"c":3}\n', ['{"c":3}'], [1]),
        ('{"id":2,\n{"c":3}\n', ['{"c":3}'], [1]),
        ('{"a":1}\n{"id":\n{"c":3}\n{"d":4}\n', ['{"a":1}', '{"c":3}', '{"d":4}'], [2]),
        ('{"a":[1,\n\n{"c":3}\r\n{"d":4}\n', ['{"c":3}', '{"d":4}'], [1]),
        ('{"a":\n{"emailAddress":""}\n', ['{"emailAddress":""}'], [1]),
        ('{"a":\n{"emailAddress":""}\n}\n', ['{"emailAddress":""}'], [1, 3]),
        ('{"a":\n{"b":nope}\n{"d":4}\n', ['{"d":4}'], [1, 2]),
        ('{"a":"cut\n{"d":4}\n{\n"b":2\n}', ['{"d":4}', '{\n"b":2\n}'], [1]),
        ('[\n{"c":3}\n{"d":4}\n', ['{"c":3}', '{"d":4}'], [1]),
    ],
    ids=itertools.count(),
)
def test_a_document_may_go_on_below_any_line_and_a_torn_line_ends_none(raw, texts, lines):
    for size in (1, 5, 1 << 18):
        found, faults, end = everything(raw, "lines", size)
        assert found == texts
        assert [line for line, _ in faults] == lines
        assert end.offset == len(raw.encode())


@pytest.mark.parametrize("left", ['{\n "b": 2', '{\n "b": 2\n', "[\n", '{"a":1,\n\n'])
def test_a_document_that_may_still_be_written_is_read_when_it_is_complete(left):
    texts, faults, end = everything('{"a":1}\n' + left, "lines")
    assert (texts, faults, end.offset, end.line) == (['{"a":1}'], [], 8, 2)


def test_one_line_is_read_by_itself():
    assert from_bytes(b" \xc2\xa0\r\n") is None
    assert from_bytes(b"") is None
    found = from_bytes(b'\xef\xbb\xbf {"a":\xc2\xa01}\r\n')
    assert (found.offset, found.length, found.text) == (4, 9, '{"a": 1}')
    assert from_bytes(b"[]") == Fault(1, 0, NO_OBJECT)
    assert from_bytes(b'{"a":1}\n\xff') == Fault(2, 0, NOT_UTF_8)
    assert list(from_line(b" ", 5, 2)) == []
    assert [found.offset for found in from_line(b'[{"a":1}, {"b":2}]', 100, 2)] == [101, 110]


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), StreamError("It is cut.", 9)])
@BOTH
def test_a_stream_that_fails_is_told_after_what_it_gave(error, container):
    found = []
    reading = read(Trickle(b'{"a":1}\n{"b":2}\n{"c":', error=error), container)
    with pytest.raises(type(error)) as raised:
        found.extend(reading)
    assert raised.value is error
    assert [item.text for item in found] == ['{"a":1}', '{"b":2}']


def test_a_stream_that_fails_at_once_is_told():
    with pytest.raises(OSError, match="gone"):
        list(read(Trickle(b"", error=OSError("gone")), "lines"))


@BOTH
def test_a_line_of_sixty_megabytes_is_read_and_so_is_what_follows(container):
    long = b'{"a":"' + b"x" * 60_000_000 + b'"}'
    broken = b'{"a":"' + b"x" * 20_000_000 + b"\n"
    items = b'{"a":[' + b"1,2," * 2_000_000 + b"3]}\n"
    started = time.monotonic()
    *found, _ = read(io.BytesIO(long + b"\n" + broken + items + b'{"b":2}\n'), container)
    assert time.monotonic() - started < 60
    assert [getattr(item, "length", None) for item in found] == [len(long), None, len(items) - 1, 7]


@BOTH
def test_what_is_longer_than_any_push_is_passed_over(container, monkeypatch):
    for module in ("pushes", "reading", "documents"):
        monkeypatch.setattr(f"loyalty_tui.archive.{module}.LONGEST", 1_000_000)
    assert pushes.LONGEST == 1_000_000
    long = '{"a":"' + "x" * 3_000_000 + '"}\n'
    texts, faults, _ = everything(f'{{"a":1}}\n{long}{{"b":2}}\n', container)
    assert texts == ['{"a":1}', '{"b":2}']
    assert faults == [(2, "It is longer than the 128 MB that a push may have.")]


@pytest.mark.parametrize("container", ["lines", "documents"])
def test_an_array_without_end_needs_no_memory(container):
    element = json.dumps({"id": 1, "emailAddress": "å@b.c", "pad": "x" * 1500}).encode()

    class Endless:
        def __init__(self):
            self.left = 20_000
            self.rest = b"["

        def read(self, size):
            while self.left and len(self.rest) < size:
                self.left -= 1
                self.rest += element + (b"," if self.left else b"]")
            data, self.rest = self.rest[:size], self.rest[size:]
            return data

    tracemalloc.start()
    try:
        number = sum(1 for _ in read(Endless(), container)) - 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert number == 20_000
    assert peak < 12_000_000


@given(st.binary() | st.lists(st.sampled_from([
    b"{", b"}", b"[", b"]", b"{}", b"\n", b",", b'"a":1', b'"', b"\\", b" ", b"\xc2\xa0", b"\xff",
    b'{"a":1}', b"nope", b"\0", b"1", b":", b'"emailAddress":""', b"\xff\xfe", b"\xed\xa0\x80",
])).map(b"".join), st.integers(1, 20))  # fmt: skip
@BOTH
def test_any_bytes_are_read_or_named(container, raw, size):
    texts, faults, end = everything(raw, container, size)
    assert (texts, faults, end) == everything(raw, container)
    assert all(line >= 1 and reason.endswith(".") for line, reason in faults)


@given(st.text(alphabet='{}[],:" \\un"aeE0123456789.-+\ud800/\u00a0', max_size=30))
def test_the_quick_way_agrees_with_the_careful_one(text):
    for held in (text, f'{{"a":{text}}}', f'{{"a":"{text}"}}'):
        value = decode_object(held.encode("utf-8", "surrogatepass"))
        if value is not None:
            careful = json_text.loads(held)
            assert value == careful
            assert repr(value) == repr(careful)


def test_the_quick_way_leaves_deep_documents_to_the_careful_one():
    assert (
        decode_object(b'{"a":' * 9000 + b"{}" + b"}" * 9000) is None or json_text.MAX_DEPTH > 9000
    )
    assert decode_object(b'{"a":' * 10_001 + b"{}" + b"}" * 10_001) is None
    wide = b'{"a":[' + b"[]," * 20_000 + b"[]]}"
    assert from_bytes(wide).length == len(wide)


def test_a_document_that_breaks_off_does_so_on_its_last_line():
    text = b'{\n  "id": 1,\n  "city": "Os'
    fault, _ = read(io.BytesIO(text), "documents")
    assert (fault.line, fault.offset) == (3, 13)
    assert fault.reason == "The JSON breaks off at column 14."
