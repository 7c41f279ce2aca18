"""The quick way of reading a push never says anything but what the lenient way says."""

import json

from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.pushes import Found, from_bytes
from loyalty_tui.archive.rows import Decoder

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
        "userName": TEXTS, "thirdPartyId": NUMBERS, "country": TEXTS, "city": NUMBERS,
        "dateLastUpdated": st.one_of(
            NUMBERS, st.sampled_from(["1490302144", "2017-03-23T20:49:04Z", " 12 ", "1_0", "٣"])
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
    full = [
        (row[0], batch.new_persons[row[1]], batch.new_standings[row[2]], *row[3:])
        for row in batch.rows
    ]
    return full, batch.exact


def lenient(line, place):
    decoder = Decoder()
    found = from_bytes(line)
    assert isinstance(found, Found)
    decoder.found(found, place)
    return rows(decoder)


@given(FIELDS, RECEIVED, st.sampled_from(["", " "]), st.booleans())
def test_the_quick_way_says_what_the_lenient_way_says(fields, received, space, is_ascii):
    push = a_push(**fields)
    value = {"received_at": received, "push": push} if received else push
    line = json.dumps(value, separators=("," + space, ":" + space), ensure_ascii=is_ascii)
    data = line.encode("utf-8", "replace")
    quick = Decoder()
    if quick.line(data, 0, len(data), 77):
        assert rows(quick) == lenient(data, 77)
    else:
        assert rows(quick) == ([], [])


def test_the_usual_line_is_read_quickly():
    for received in ("2026-11-21T10:00:00.123456Z", None):
        data = a_line(a_push(), received).rstrip(b"\n")
        quick = Decoder()
        assert quick.line(data, 0, len(data), 5)
        assert rows(quick) == lenient(data, 5)


def test_the_sandboxs_pushes_are_read_quickly_and_alike(tmp_path):
    from loyalty_tui.sandbox import crowdtwist

    crowdtwist.write_archive(tmp_path / "demo")
    quickly = 0
    for path in (tmp_path / "demo" / "pushes").iterdir():
        for line in path.read_bytes().splitlines():
            found = from_bytes(line)
            decoder = Decoder()
            if isinstance(found, Found) and decoder.line(line, 0, len(line), 9):
                quickly += 1
                assert rows(decoder) == lenient(line, 9)
    assert quickly > 30
