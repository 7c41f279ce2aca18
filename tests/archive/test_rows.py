"""The quick way of reading a push never says anything but what the lenient way says."""

import gzip
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive import people
from loyalty_tui.archive.decoding import MOST_ROWS, Task, decode
from loyalty_tui.archive.pushes import TOO_LONG, Found, from_bytes
from loyalty_tui.archive.rows import Decoder
from loyalty_tui.archive.stored import NEVER, is_body
from loyalty_tui.archive.streams import zstd

from .conftest import a_line, a_push

TEXTS = st.one_of(
    st.none(), st.text(max_size=8), st.sampled_from(["Anna", " Zoë ", "22345678", ""])
)
NUMBERS = st.one_of(
    st.none(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**20), 10**20).map(str), st.booleans(), TEXTS,
)  # fmt: skip
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": NUMBERS, "firstName": TEXTS, "middleName": TEXTS, "lastName": TEXTS,
        "first_name": TEXTS, "user_id": NUMBERS, "emailAddress": TEXTS, "email": TEXTS,
        "mobilePhoneNumber": st.one_of(TEXTS, st.integers(0, 10**12), st.just("004712345678")),
        "userName": TEXTS, "thirdPartyId": NUMBERS, "user_name": TEXTS, "third_party_id": NUMBERS,
        "country": TEXTS, "city": NUMBERS,
        "dateLastUpdated": st.one_of(
            NUMBERS,
            st.sampled_from(["1490302144", "2017-03-23T20:49:04Z", " 12 ", "1_0", "٣"]),
            st.just("5".zfill(31)),
        ),
        "totalPoints": NUMBERS, "redeemablePoints": NUMBERS, "fanLevelName": TEXTS,
        "event": TEXTS, "tier": TEXTS, "tierInfo": st.sampled_from([None, {}, [], "x"]),
        "push": st.sampled_from([None, {"id": 1}]), "received_at": TEXTS, "orderId": NUMBERS,
    },
)  # fmt: skip
RECEIVED = st.one_of(
    st.none(), st.datetimes().map(lambda at: at.isoformat(timespec="microseconds") + "Z"),
    st.sampled_from(["2026-11-21T10:00:60.123456Z", "2026-13-01T10:00:00.000000Z", "2026-11-21",
                     "2026-11-21T10:00:00.123456+01:00", "2026-11-21T10:00:00,123456Z"]),
)  # fmt: skip


def rows(decoder):
    """Return a batch's rows with persons and standings in full."""
    batch = decoder.take()
    persons = list(people.unpack(packed for _, packed in batch.new_persons))
    full = [
        (row[0], persons[row[1]], batch.new_standings[row[2]], *row[3:])
        for some in batch.rows
        for row in zip(*msgspec.msgpack.decode(some), strict=True)
    ]
    assert len(full) == batch.count
    return full, batch.exact


def lenient(line, place):
    decoder = Decoder()
    found = from_bytes(line)
    assert isinstance(found, Found)
    decoder.found(found, place)
    return rows(decoder)


@given(
    FIELDS, RECEIVED, st.sampled_from(["", " "]), st.sampled_from([None, 0, 2, "\t"]),
    st.booleans(), st.sampled_from(["", " ", "\n", "\u00a0"]),
)  # fmt: skip
def test_the_quick_way_says_what_the_lenient_way_says(
    fields, received, space, indent, is_ascii, end
):
    push = a_push(**fields)
    value = {"received_at": received, "push": push} if received else push
    separators = ("," + space, ":" + space)
    line = json.dumps(value, separators=separators, ensure_ascii=is_ascii, indent=indent)
    data = (line + end).encode("utf-8", "replace")
    quick = Decoder()
    if quick.add([data], [77]):
        assert rows(quick) == lenient(data, 77)
    else:
        assert rows(quick) == ([], [])


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("received", ["2026-11-21T10:00:00.123456Z", None])
def test_the_usual_line_is_read_quickly(received, indent):
    data = a_line(a_push(), received).rstrip(b"\n")
    if indent:
        data = json.dumps(json.loads(data), indent=indent).encode()
    quick = Decoder()
    assert quick.add([data], [5]) == 1
    assert rows(quick) == lenient(data, 5)


A_TIME = "2026-11-21T10:00:00.123456Z"
USUAL = [a_line(a_push(id=number), f"2026-11-21T1{number}:59:5{number}.00012{number}Z").rstrip()
         for number in range(4)]  # fmt: skip
ODD = [
    json.dumps(a_push()).encode(),  # spaced
    json.dumps({"received_at": A_TIME, "push": a_push()}).encode(),
    a_line(a_push(), None).rstrip(),  # without an envelope
    a_line({"id": 7} | a_push(), A_TIME).rstrip(),  # other properties first
    a_line(a_push(dateLastUpdated=1490302144), A_TIME).rstrip(),
    a_line(a_push(dateLastUpdated="9" * 5_000), A_TIME).rstrip(),
    a_line(a_push(dateLastUpdated=""), A_TIME).rstrip(),
    a_line(a_push(dateLastUpdated="253402300800"), A_TIME).rstrip(),
    a_line(a_push(mobilePhoneNumber="+47 1234"), A_TIME).rstrip(),
    a_line(a_push(id=None), A_TIME).rstrip(),
    a_line(a_push(totalPoints=-(2**62)), A_TIME).rstrip(),
    a_line(a_push(redeemablePoints=2**63), A_TIME).rstrip(),
    a_line({"orderId": 1, "userId": 7}, A_TIME).rstrip(),
    *(a_line(a_push(), A_TIME.replace(*what)).rstrip() for what in (
        ("T10:", "T24:"), (":00:00", ":60:00"), ("00.1", "60.1"), ("0.123", "0,123"),
        ("-21", "-31"), ("00:00.", "00:.00"), ("0.123456", ".0123456"),
        ("T10:00", "T1000:"), ("Z", "+"),
    )),
]  # fmt: skip


@pytest.mark.parametrize("others", [["1490302144"], ["1490302144", 1490302144]])
@pytest.mark.parametrize("size", [30, 31, 70])
def test_a_date_of_many_zeros_is_one_as_far_as_numbers_are_read(size, others):
    dates = [*others, "5".zfill(size)]
    lines = [a_line(a_push(dateLastUpdated=date), A_TIME).rstrip() for date in dates]
    quick = Decoder()
    taken = quick.add(lines, range(len(lines)))
    assert taken >= len(others)
    expected = [row for at, line in enumerate(lines[:taken]) for row in lenient(line, at)[0]]
    assert [row[3:] for row in rows(quick)[0]] == [row[3:] for row in expected]


@pytest.mark.parametrize("space", [" ", "\t", "  "])
def test_a_space_behind_the_push_is_no_part_of_its_body(space):
    spaced = USUAL[0].removesuffix(b"}") + space.encode() + b"}"
    quick, packed = Decoder(), Decoder()
    if not quick.add([spaced], [0]):
        quick.found(from_bytes(spaced), 0)
    packed.add(USUAL[:1], [0])
    ((*_, of_spaced),), ((*_, of_packed),) = rows(quick)[0], rows(packed)[0]
    assert of_spaced == of_packed
    assert is_body(from_bytes(spaced).text, of_spaced)


def test_members_whose_ids_python_hashes_alike_are_two():
    decoder = Decoder()
    lines = [a_line(a_push(id=number), A_TIME).rstrip() for number in (7, 7 + 2**61 - 1)]
    assert decoder.add(lines, [0, 9]) == 2
    assert len(decoder.take().new_persons) == 2


def test_a_phone_number_is_read_alike_whoever_was_met_before():
    said = {
        "firstName": "Anna", "middleName": None, "lastName": None, "userName": "anna",
        "emailAddress": "anna@example.org", "thirdPartyId": "7", "country": "NO", "city": "Oslo",
    }  # fmt: skip
    met, line = (
        a_line(a_push(**said, mobilePhoneNumber=phone), A_TIME)
        for phone in ("00004722345678", "004722345678")
    )
    decoder = Decoder()
    decoder.found(from_bytes(met), 0)
    assert decoder.add([line], [len(met)]) == 0
    assert decoder.add([line.replace(b':"00', b':"')], [len(met)]) == 1


@pytest.mark.parametrize("points", [-(2**62), -(2**62) - 1, -(2**62) + 1])
def test_points_that_were_sent_are_never_taken_for_none(points):
    decoder = Decoder()
    decoder.found(from_bytes(a_line(a_push(totalPoints=points), A_TIME)), 0)
    full, _ = rows(decoder)
    assert full[0][6] != NEVER


LINE_BREAKS = st.sampled_from([b"", b"\n", b"\r\n", b"\r\r\n", b" \n", b"\n\n"])


@given(
    st.lists(
        st.tuples(st.one_of(st.sampled_from(USUAL), st.sampled_from(ODD)), LINE_BREAKS),
        min_size=1, max_size=30,
    ),
)  # fmt: skip
def test_many_lines_at_once_are_read_like_one_after_another(ended_lines):
    lines = [line + line_break for line, line_break in ended_lines]
    places = list(range(0, 7 * len(lines), 7))
    decoder, slow = Decoder(), Decoder()
    done = 0
    while (done := done + decoder.add(lines[done:], places[done:])) < len(lines):
        decoder.found(from_bytes(lines[done]), places[done])
        done += 1
    for line, place in zip(lines, places, strict=True):
        slow.found(from_bytes(line), place)
    assert rows(decoder) == rows(slow)


@pytest.mark.parametrize("line_break", [b"", b"\n", b"\r\n"])
def test_usual_lines_are_read_at_once(line_break):
    lines = [line + line_break for line in USUAL]
    assert Decoder().add(lines * 500, range(2_000)) == 2_000


@pytest.mark.parametrize("others", [[b"\r\n"], [b"\n", b"\r\n", b"\n", b"\n"]])
def test_lines_with_different_line_breaks_are_read_at_once(others):
    lines = [line + line_break for line_break in [b"\n", *others] for line in USUAL]
    quick, plain = Decoder(), Decoder()
    assert quick.add(lines, range(len(lines))) == len(lines)
    assert plain.add([line.rstrip() for line in lines], range(len(lines))) == len(lines)
    assert rows(quick) == rows(plain)


def test_lines_that_end_otherwise_are_left():
    assert Decoder().add([USUAL[0] + b"\n", USUAL[1] + b" \n"], range(2)) == 1
    assert Decoder().add([USUAL[0] + b"\n", USUAL[1][:-1] + b"\n"], range(2)) == 1


def test_usual_lines_are_read_up_to_an_unusual_one():
    assert Decoder().add([*USUAL, ODD[-1], *USUAL], range(9)) == 4


def test_text_that_is_passed_over_is_looked_at_too():
    torn = USUAL[0].replace(b'"region":"Northeast"', b'"region":"\xff"')
    assert torn != USUAL[0]
    assert Decoder().add([*USUAL, torn], range(5)) == 4


LINES = b"".join(a_line(a_push(id=number)) for number in range(20))
ARRAY = b"[" + b",\n".join(LINES.splitlines()) + b"]"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.ndjson.gz", gzip.compress(LINES)),
        ("a.ndjson.zst", zstd().compress(LINES)),
        ("a.ndjson.gz", gzip.compress(LINES.replace(b"\n", b"\r\n"))),
        ("a.ndjson", LINES.decode().encode("utf-16")),
        ("a.json", LINES),
        ("a.json", ARRAY),
        ("a.json.gz", gzip.compress(ARRAY)),
        ("a.json", json.dumps(json.loads(ARRAY), indent=2).encode()),
        ("a.json", json.dumps(json.loads(ARRAY)).encode()),
    ],
    ids=["gz", "zst", "crlf", "utf-16", "documents", "array", "array gz", "pretty", "spaced"],
)
def test_usual_pushes_of_any_file_are_read_quickly(tmp_path, name, data):
    class Watched(Decoder):
        lenient = 0

        def found(self, found, place):
            self.lenient += 1
            super().found(found, place)

    (tmp_path / name).write_bytes(data)
    decoder = Watched()
    (part,) = decode(Task(str(tmp_path / name), 0, None, name), decoder)
    assert part.batch[0] == 20
    assert decoder.lenient <= 1  # the end of a file is looked at closely


@pytest.mark.parametrize("middle", [60, 1_000, 400_000])
def test_a_line_that_is_too_long_is_passed_over(tmp_path, monkeypatch, middle):
    monkeypatch.setattr("loyalty_tui.archive.line_blocks.LONGEST", 200_000)
    first, last = LINES.splitlines(keepends=True)[:2]
    data = first + b"x" * 500_000 + b"\n" + last
    path = tmp_path / "a.ndjson"
    path.write_bytes(data)
    cut = len(first) + middle
    tasks = [Task(str(path), 0, cut, "a.ndjson"), Task(str(path), cut, len(data), "a.ndjson")]
    one, two = (part for task in tasks for part in decode(task, Decoder()))
    assert one.faults == [(2, len(first), TOO_LONG)]
    assert (one.batch[0], one.read_to, one.lines) == (1, len(data) - len(last), 2)
    assert (two.batch[0], two.faults, two.read_to) == (1, [], len(data))


def test_what_is_read_quickly_is_handed_on_in_parts(tmp_path):
    (tmp_path / "a.json").write_bytes(LINES * (MOST_ROWS // 10))
    parts = list(decode(Task(str(tmp_path / "a.json"), 0, None, "a.json"), Decoder()))
    assert sum(part.batch[0] for part in parts) == 2 * MOST_ROWS
    assert max(part.batch[0] for part in parts) <= MOST_ROWS + 1


def test_the_sandboxs_pushes_are_read_quickly_and_alike(tmp_path):
    from loyalty_tui.sandbox import crowdtwist

    crowdtwist.write_archive(tmp_path / "demo")
    quickly = 0
    for path in (tmp_path / "demo" / "pushes").iterdir():
        for line in path.read_bytes().splitlines():
            found = from_bytes(line)
            decoder = Decoder()
            if isinstance(found, Found) and decoder.add([line], [9]):
                quickly += 1
                assert rows(decoder) == lenient(line, 9)
    assert quickly > 30
