"""Lists, counts and members from the index, beside what one would find by looking oneself."""

import gzip
import json
import os
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_tui import identifiers
from loyalty_tui.archive import decoders, decoding, indexing
from loyalty_tui.archive.index import entries, overview, reader, selecting
from loyalty_tui.archive.index.writing import Writer
from loyalty_tui.archive.model import Sorting
from loyalty_tui.archive.query.language import parse
from loyalty_tui.archive.query.model import EVERYTHING
from loyalty_tui.errors import ArchiveError
from loyalty_tui.tui.widgets.push_question import Question

from .conftest import NOW, SAMPLE, Archive, a_line, a_push

ANNA = a_push(
    id=1, firstName="Anna", lastName="Lind-Øster", emailAddress="anna.lind@example.org",
    mobilePhoneNumber="4722345678", userName="alind", thirdPartyId="crm-77", country="NO",
    city="Oslo", dateLastUpdated="1772359200", event="jump", tier="Gold", totalPoints=5200,
    redeemablePoints=100, signUpChannelId=4, customData={"register_id": "1"},
)  # fmt: skip
BO = a_push(
    id=2, firstName="Bo", lastName="Hansen", emailAddress="BO@Example.com",
    mobilePhoneNumber="4755555555", userName="bo2", thirdPartyId=None, country="US",
    city="New York", dateLastUpdated="1788256800", event="drop", tier="Tier 1", totalPoints=80,
    redeemablePoints=0, signUpChannelId=None, customData='{"register_id": 1}',
)  # fmt: skip
ZOE = a_push(
    id=3, firstName="Zoë", lastName="Annable", emailAddress="zoe@example.net",
    mobilePhoneNumber=None, userName="zz", country="NO", city="Bergen",
    dateLastUpdated="1795255200", event="update", tier="Tier 10", totalPoints=12.5,
    redeemablePoints=None, signUpChannelId=7,
)  # fmt: skip
SIBLING = {"orderId": 9, "rewardId": 1, "userId": 2}


@pytest.fixture
def people(archive):
    archive.write(
        "pushes/2026-03.ndjson", a_line(ANNA, "2026-03-01T10:00:00.000001Z"),
        a_line(BO, "2026-09-01T10:00:00.5Z"),
    )  # fmt: skip
    archive.write("other/zoe.ndjson", a_line(ZOE, "2026-11-21T10:00:00.000000Z"),
                  a_line(SIBLING, "2026-11-20T10:00:00.000000Z"))  # fmt: skip
    archive.bring_up_to_date()
    return archive


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [3, 2, 2, 1]),
        ("anna", [3, 1]),
        ("an", [3, 1]),
        ("lind", [1]),
        ("oster", [1]),
        ("ØSTER", [1]),
        ("zoe", [3]),
        ("ind", [1]),
        ("nd", []),
        ('"anna lind"', [1]),
        ("bo2", [2]),
        ("example.org", [1]),
        ("4722345678", [1]),
        ("22345678", [1]),
        ("+47 55 55 55 55", [2]),
        ("crm:crm-77", [1]),
        ("phone:5555", [2]),
        ("email:bo@example.com", [2]),
        ("email:anna", [1]),
        ("name:bo", [2]),
        ("user:bo", [2]),
        ("id:2", [2, 2]),
        ("id:1|3", [3, 1]),
        ("-id:2", [3, 1]),
        ("tier:gold", [1]),
        ('tier:"tier 1"', [2]),
        ("tier:tier", [3, 2]),
        ("event:jump|drop", [2, 1]),
        ("points:>5000", [1]),
        ("points:12.5", [3]),
        ("points:..100", [3, 2]),
        ("redeemable:0", [2]),
        ("-redeemable:0", [3, 2, 1]),
        ("country:no", [3, 1]),
        ("-country:no", [2, 2]),
        ("city:oslo|bergen", [3, 1]),
        ("since:2026-09-01 until:2026-09-01", [2]),
        ("since:30d", [3, 2]),
        ("until:2026-03", [1]),
        ("received:2026-11", [3, 2]),
        ("received:>=2026-11-21", [3]),
        ("updated:2026-09", [2]),
        ("type:redemption", [2]),
        ("-type:profile", [2]),
        ("file:zoe", [3, 2]),
        ("file:PUSHES", [2, 1]),
        ("signUpChannelId:4", [1]),
        ("signUpChannelId:>4", [3]),
        ("-signUpChannelId:4", [3, 2, 2]),
        ("signUpChannelId:null", [2, 2]),
        ("custom.register_id:1", [2, 1]),
        ("custom.register_id:1 country:no", [1]),
        ("anna -country:no", []),
        ("nobody-at-all", []),
    ],
)
def test_a_query_finds_what_it_says(people, query, found):
    assert people.ids(query) == found


def test_a_push_that_came_again_is_found_by_either_file_and_receipt(archive):
    for day in ("20", "21"):
        archive.write(f"2026-11-{day}.ndjson", a_line(ANNA, f"2026-11-{day}T23:59:00.000000Z"))
    archive.write("other.ndjson", a_line(BO, "2026-11-19T10:00:00.000000Z"))
    archive.bring_up_to_date()
    for query in ("2026-11-20", "2026-11-21", "2026-11-20|2026-11-21"):
        assert archive.ids(f"file:{query}") == [1]
        assert archive.ids(f"-file:{query}") == [2]
        assert archive.ids(f"received:{query}") == [1]
        assert archive.ids(f"-received:{query}") == [2]
    for sorting in Sorting:
        assert archive.ids("received:>=2026-11-21", sorting) == [1]
    assert archive.ids("received:2026-11-22") == []
    assert sorted(archive.ids("received:2026-11-19..")) == [1, 2]
    assert sorted(archive.ids("received:*")) == [1, 2]
    assert archive.ids("received:..2026-11-19") == [2]


def test_ids_of_any_size_lie_between_bounds(archive):
    ids = [5, -5, 2**62 + 1, -(2**62) - 1, 10**25, None]
    archive.write("a.ndjson", *(a_push(id=each, userName=f"u{each}") for each in ids))
    archive.bring_up_to_date()

    def found(query):
        return sorted(archive.ids(query), key=lambda each: (each is None, each))

    assert found("id:<0") == [-(2**62) - 1, -5]
    assert found(f"id:{2**62}..{2**62 + 100}") == [2**62 + 1]
    assert found("id:<5000000000000000000") == [-(2**62) - 1, -5, 5, 2**62 + 1]
    assert found("id:>9000000000000000000000") == [10**25]
    assert found(f"id:{10**25}|5") == [5, 10**25]
    assert found("id:1.5") == []
    assert len(found("-id:1.5")) == len(ids)
    assert found("id:5.0") == [5]


def test_the_least_points_are_points(archive):
    for number, points in enumerate([-1e20, -(2**62), 0, None, 10**400], 1):
        archive.write(f"{number}.ndjson", a_push(id=number, totalPoints=points))
    archive.bring_up_to_date()
    assert sorted(archive.ids("points:<0")) == [1, 2]
    assert sorted(archive.ids("points:*")) == [1, 2, 3, 5]
    assert archive.ids("points:null") == [4]
    assert archive.ids("", Sorting.POINTS)[-1] == 4


def test_a_star_asks_for_all_that_begin_so(archive):
    archive.write(
        "a.ndjson",
        a_push(id=1, tier="Gold", mobilePhoneNumber="4722345678"),
        a_push(id=2, tier="Gold Plus", mobilePhoneNumber="47223456789"),
    )
    archive.bring_up_to_date()
    assert archive.ids("tier:gold") == [1]
    assert sorted(archive.ids("tier:gold*")) == [1, 2]
    assert archive.ids("phone:4722345678") == [1]
    assert sorted(archive.ids("phone:4722345678*")) == [1, 2]


def test_a_third_party_id_is_found_as_it_is_written(archive):
    archive.write("a.ndjson", a_push(id=1, thirdPartyId="12-34-56"),
                  a_push(id=2, thirdPartyId="AB-1042"))  # fmt: skip
    archive.bring_up_to_date()
    assert archive.ids("12-34-56") == [1]
    assert archive.ids("AB-1042") == archive.ids("1042") == archive.ids("ab-10") == [2]


def test_of_each_member_the_newest_push_is_listed_first(archive):
    cities = ("Oslo", "Bergen", "Oslo", "Bodø")
    pushes = [
        a_push(id=member, firstName="Ola", lastName="", city=city, dateLastUpdated=f"{at}{member}")
        for member in (1, 2)
        for at, city in enumerate(cities, 100_000_000)
    ]
    archive.write("a.ndjson", *pushes)
    archive.bring_up_to_date()
    for descending in (False, True):
        listed = archive.list("", Sorting.MEMBER, descending=descending)
        members = [entry.member_id for entry in listed]
        assert members == sorted(members, reverse=descending)
        for member in (1, 2):
            times = [entry.updated_at for entry in listed if entry.member_id == member]
            assert times == sorted(times, reverse=not descending)


def test_digits_that_begin_with_zeros_are_found_as_typed(archive):
    archive.write(
        "a.ndjson",
        a_push(id=1, thirdPartyId="0012", mobilePhoneNumber="4711111111"),
        a_push(id=2, thirdPartyId="crm-0012", mobilePhoneNumber="4722222222"),
        a_push(id=3, thirdPartyId=None, mobilePhoneNumber="555-0012-99"),
        a_push(id=4, thirdPartyId="12", mobilePhoneNumber="0047 22 34 56 78"),
        a_push(id=5, thirdPartyId="004722345678", mobilePhoneNumber=None),
    )
    archive.bring_up_to_date()
    assert sorted(archive.ids("0012")) == [1, 2, 3]
    assert archive.ids("phone:0012") == [3]
    assert sorted(archive.ids("004722345678")) == [4, 5]
    assert archive.ids("phone:004722345678") == [4]
    assert sorted(archive.ids("-004722345678")) == [1, 2, 3]


@pytest.mark.parametrize(
    ("field", "without"),
    [
        ("email", [2, 3]),
        ("phone", [2, 3]),
        ("crm", [1, 3]),
        ("user", [3]),
        ("name", [3]),
        ("tier", [1, 3, 4]),
        ("points", [1, 3, 4]),
        ("country", [1, 2, 3]),
        ("signUpChannelId", [1, 2, 3]),
        ("emailAddress", [1, 2, 3]),
        ("nextLevel.title", [1, 2, 3]),
        ("custom.register_id", [1, 2, 3]),
    ],
)
def test_every_field_is_without_a_value_or_has_any(archive, field, without):
    profile = {
        "id": 2, "firstName": "Bo", "userName": "bo", "thirdPartyId": 7, "emailAddress": " ",
        "mobilePhoneNumber": "", "country": "", "totalPoints": 5, "signUpChannelId": None,
        "tierInfo": {"currentLevel": {"title": "Gold"}, "nextLevel": None}, "customData": "x",
    }  # fmt: skip
    full = {
        **profile, "id": 4, "emailAddress": "d@x.org", "mobilePhoneNumber": "4722345678",
        "country": "NO", "signUpChannelId": 0, "totalPoints": None,
        "tierInfo": {"currentLevel": None, "nextLevel": {"title": "Gold"}},
        "customData": '{"register_id":false}',
    }  # fmt: skip
    sibling = {
        "user_id": 1, "email_address": "a@x.org", "mobile_phone_number": "4711111111",
        "first_name": "Anna", "user_name": "anna", "third_party_id": "", "points_expiring": 5,
    }  # fmt: skip
    archive.write("a.ndjson", profile, full, sibling, {"user_id": 3, "points_expiring": 1})
    archive.bring_up_to_date()
    everybody = [1, 2, 3, 4]
    having = [number for number in everybody if number not in without]
    assert sorted(archive.ids(f"{field}:null")) == sorted(archive.ids(f"-{field}:*")) == without
    assert sorted(archive.ids(f"{field}:*")) == sorted(archive.ids(f"-{field}:null")) == having


def test_what_is_listed_is_what_was_sent(people):
    newest, sibling, _, anna = people.list()
    assert (anna.ref, anna.member_id, anna.event, anna.tier) == (
        "pushes/2026-03.ndjson:0", 1, "jump", "Gold",
    )  # fmt: skip
    assert anna.updated_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert anna.received_at == datetime(2026, 3, 1, 10, 0, 0, 1, tzinfo=UTC)
    assert (anna.name, anna.email, anna.phone_digits) == (
        "Anna Lind-Øster", "anna.lind@example.org", "4722345678",
    )  # fmt: skip
    assert str(newest.total_points) == "12.5"
    assert newest.redeemable_points is None
    assert (sibling.kind, sibling.updated_at) == ("redemption", None)
    assert json.loads(people.search.text(anna.ref)) == ANNA


def test_points_keep_every_digit(archive):
    archive.write("a.json", b'{"tierInfo":null,"id":1,"totalPoints":12345678901234567890.10}')
    archive.bring_up_to_date()
    (entry,) = archive.list()
    assert str(entry.total_points) == "12345678901234567890.10"


def test_a_push_is_read_at_one_moment_of_an_index_that_is_being_written(archive):
    archive.write("a.ndjson", a_push(totalPoints=12.5))
    archive.bring_up_to_date()
    (listed,) = archive.list()
    statements = []
    with reader.Reader(archive.index).asking() as db:
        place = overview.place_of(db, listed.ref)
        db.set_trace_callback(statements.append)
        (entry,) = entries.entries(db, [(place.number << 40 | place.offset, listed.key)])
    assert entry == listed
    assert len(statements) == 1


def test_an_identifier_leads_to_every_id_and_to_earlier_addresses(archive):
    archive.write("a.ndjson", a_push(id=1, emailAddress="Old@example.com", firstName="Old"),
                  a_push(id=1, emailAddress="new@example.com", dateLastUpdated="1490302145"),
                  a_push(id=2, emailAddress="new@example.com"))  # fmt: skip
    archive.bring_up_to_date()
    by_old = archive.search.behind(identifiers.parse("old@example.com", ""))
    assert [(member.member_id, member.pushes) for member in by_old] == [(1, 2)]
    assert by_old[0].name == "George Lim"
    by_new = archive.search.behind(identifiers.parse("new@example.com", ""))
    assert [member.member_id for member in by_new] == [1, 2]
    page = archive.search.page(
        by_new[0].query, Sorting.UPDATED, descending=True, limit=10, stop=Event()
    )
    assert [entry.member_id for entry in page.entries] == [1, 1]


def test_arrivals_are_counted_by_receipt_with_their_copies(archive):
    first, again, later = (f"2026-11-21T10:00:0{second}.000000Z" for second in (1, 2, 3))
    archive.write("a.ndjson", a_line(ANNA, first), a_line(ANNA, later), a_line(BO))
    assert archive.search.arrivals(datetime(2026, 1, 1, tzinfo=UTC), NOW) == 0
    assert archive.search.totals().received_at is None
    archive.bring_up_to_date()
    archive.write("b.ndjson", a_line(ANNA, again))
    archive.bring_up_to_date()
    since = (datetime(2026, 11, 21, 10, 0, second, tzinfo=UTC) for second in (1, 2, 3))
    assert [archive.search.arrivals(each, NOW) for each in since] == [2, 1, 0]
    assert archive.search.totals().received_at == datetime(2026, 11, 21, 10, 0, 3, tzinfo=UTC)


def test_what_was_received_in_the_future_has_not_come(archive):
    archive.write("a.ndjson", a_line(ANNA, "2026-11-21T10:00:00Z"))
    archive.write("b.ndjson", a_line(BO, "9999-12-31T00:00:00Z"))
    archive.write("c.ndjson", a_line({**ZOE, "dateLastUpdated": "253402214400"}, None))
    archive.bring_up_to_date()
    search, now = archive.search, datetime(2026, 11, 21, 10, 0, 30, tzinfo=UTC)
    assert search.arrivals(now - timedelta(minutes=1), now) == 1
    assert search.totals(now).received_at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert search.totals(now).last_at == datetime(2026, 9, 1, 10, tzinfo=UTC)
    assert search.totals().received_at.year == search.totals().last_at.year == 9999


def test_a_body_received_again_is_shown_once_with_a_count(archive):
    first, again, later = (f"2026-11-21T10:00:0{second}.000000Z" for second in (1, 2, 3))
    archive.write("b.ndjson", a_line(ANNA, again), a_line(BO))
    archive.write("c.ndjson", a_line(ANNA, later))
    archive.bring_up_to_date()
    archive.write("a.ndjson", a_line(ANNA, first))
    archive.write("pretty.json", json.dumps(ANNA, indent=2, ensure_ascii=False).encode())
    archive.bring_up_to_date()
    (anna,) = archive.list("id:1")
    assert (anna.ref, anna.copies) == ("a.ndjson:0", 4)
    totals = archive.search.totals()
    assert (totals.pushes, totals.copies) == (5, 3)
    (archive.folder / "a.ndjson").unlink()
    archive.bring_up_to_date()
    (anna,) = archive.list("id:1")
    assert (anna.ref, anna.copies) == ("b.ndjson:0", 3)


def test_the_people_of_pushes_that_went_go_even_when_a_kill_came_in_between(archive):
    path = archive.write("a.ndjson", a_push(id=1))
    archive.bring_up_to_date()
    with Writer(archive.index) as writer:
        writer.begin()
        writer.drop_file(1)
        writer.commit()  # and no further
    path.unlink()
    archive.bring_up_to_date()
    assert archive.search.totals().members == 0


def test_a_reference_stays_while_its_file_does(archive):
    archive.write("a.ndjson", a_push(id=1), a_push(id=2))
    archive.bring_up_to_date()
    before = {entry.member_id: entry.ref for entry in archive.list()}
    archive.write("a.ndjson", a_push(id=3), append=True)
    archive.write("0.ndjson", a_push(id=4))
    archive.bring_up_to_date()
    listed = archive.list()
    after = {entry.member_id: entry.ref for entry in listed}
    assert {key: after[key] for key in before} == before
    assert archive.search.still(listed) == tuple(listed)
    for path in archive.index.iterdir():
        path.unlink()
    archive.bring_up_to_date()
    assert {entry.member_id: entry.ref for entry in archive.list()} == after
    (archive.folder / "a.ndjson").unlink()
    archive.bring_up_to_date()
    assert {entry.member_id for entry in archive.search.still(listed)} == {4}
    archive.write("a.ndjson", a_push(id=2), a_push(id=1), a_push(id=3))
    archive.bring_up_to_date()
    assert {entry.member_id for entry in archive.search.still(listed)} == {3, 4}


@pytest.mark.parametrize("seconds", [-(2**31), 2**33, 2**34 - 10**9])
def test_a_file_of_an_odd_time_is_read_and_read_on(archive, seconds):
    for name in ("old.ndjson", "odd.ndjson"):
        path = archive.write(name, a_push(id=1))
    os.utime(path, (seconds, seconds))
    archive.bring_up_to_date()
    assert archive.search.totals().pushes == 2
    archive.write("odd.ndjson", a_push(id=2), append=True)
    os.utime(path, (seconds + 1, seconds + 1))
    archive.bring_up_to_date()
    assert archive.search.totals().pushes == 3


def test_a_file_edited_in_place_is_read_again(archive):
    path = archive.write("a.ndjson", *(a_push(id=1000 + number) for number in range(30)))
    archive.bring_up_to_date()
    refs = {entry.ref for entry in archive.list()}
    with path.open("r+b") as file:
        file.seek(path.read_bytes().index(b'"id":1015'))
        file.write(b'"id":7777')
    archive.bring_up_to_date()
    (edited,) = archive.list("id:7777")
    assert json.loads(archive.search.text(edited.ref))["id"] == 7777
    assert {entry.ref for entry in archive.list()} == refs
    archive.write("a.ndjson", a_push(id=1), append=True)
    archive.bring_up_to_date()
    assert sorted(archive.ids()) == [1, *range(1000, 1015), *range(1016, 1030), 7777]


@pytest.mark.parametrize("name", ["a.ndjson", "a.json", "a.ndjson.gz", "deep/ä ö.json.gz"])
def test_any_push_opens_by_its_reference(archive, name):
    pushes = [a_push(id=number, city="Ålesund " + "x" * number) for number in range(50)]
    data = (json.dumps(pushes, indent=1).encode() if ".json" in name and "nd" not in name
            else b"".join(a_line(push) for push in pushes))  # fmt: skip
    archive.write(name, gzip.compress(data) if name.endswith(".gz") else data)
    archive.bring_up_to_date()
    entries = archive.list()
    assert len(entries) == 50
    for entry in entries:
        assert json.loads(archive.search.text(entry.ref)) == pushes[entry.member_id]


def test_a_push_whose_file_changed_is_not_mistaken_for_another(archive):
    archive.write("a.ndjson", a_push(id=1), a_push(id=2))
    archive.bring_up_to_date()
    ref = next(entry.ref for entry in archive.list() if entry.member_id == 1)
    archive.write("a.ndjson", a_push(id=7), a_push(id=8))
    with pytest.raises(ArchiveError, match="changed"):
        archive.search.text(ref)
    (archive.folder / "a.ndjson").unlink()
    with pytest.raises(ArchiveError, match="removed"):
        archive.search.text(ref)
    with pytest.raises(ArchiveError, match="no such push"):
        archive.search.text("a.ndjson:999")


def test_what_cannot_be_read_is_named_with_file_and_line(archive):
    archive.write("a.ndjson", a_push(id=1), b"{broken\n", b"\n", b"[" * 100_000 + b"\n",
                  a_push(id=2), b'{"half":')  # fmt: skip
    archive.write("b.json", b'{"id": 1, "tierInfo": nul}')
    archive.write("c.ndjson.gz", gzip.compress(a_line(a_push(id=3)) * 50)[:-40])
    archive.bring_up_to_date()
    places = {(place.file, place.line) for place in archive.search.unreadable()}
    assert {("a.ndjson", 2), ("a.ndjson", 4), ("b.json", 1), ("c.ndjson.gz", 0)} <= places
    assert archive.search.totals().unreadable == len(archive.search.unreadable()) == 4
    assert {1, 2} <= set(archive.ids())


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_no_two_files_have_the_same_name_in_references(archive):
    names = [b"a\xff.ndjson", rb"a\xff.ndjson", rb"a\x5cxff.ndjson", "å.ndjson".encode()]
    for number, name in enumerate(names):
        archive.write(os.fsdecode(name), a_push(id=number))
    archive.bring_up_to_date()
    entries = archive.list()
    assert len({entry.ref for entry in entries}) == len(names)
    for entry in entries:
        assert json.loads(archive.search.text(entry.ref))["id"] == entry.member_id


def test_a_file_that_shrinks_while_it_is_read_is_said(archive, monkeypatch):
    archive.write("a.ndjson", *(a_push(id=number) for number in range(3)))
    path = archive.folder / "a.ndjson"
    first = path.read_bytes().index(b"\n") + 1

    def decoded(task, decoder):
        for part in decoding.decode(task, decoder):
            os.truncate(path, first)
            yield part

    with monkeypatch.context() as patch:
        patch.setattr(indexing, "decode", decoded)
        archive.bring_up_to_date()
    (place,) = archive.search.unreadable()
    assert (place.file, place.reason) == (
        "a.ndjson", "The file became shorter while it was read."
    )  # fmt: skip
    archive.bring_up_to_date()
    assert archive.ids() == [0]
    assert archive.search.unreadable() == []


def test_a_file_that_cannot_be_read_on_is_said_once_until_it_can(archive, monkeypatch):
    lines = [a_line(a_push(id=number)) for number in range(9)]
    archive.write("a.ndjson", *lines)
    monkeypatch.setattr(indexing, "PIECE", 2 * len(lines[0]))
    monkeypatch.setattr(indexing, "_FIRST_PIECE", len(lines[0]))

    def refused(task, decoder):
        if task.start:
            yield decoding.Part(decoder.take().plain(), [], task.start, 0, True, "Refused", False)  # noqa: FBT003 - by position
        else:
            yield from decoding.decode(task, decoder)

    with monkeypatch.context() as patch:
        patch.setattr(decoders, "decode", refused)
        archive.bring_up_to_date()
    (place,) = archive.search.unreadable()
    assert (place.file, place.reason) == ("a.ndjson", "The file could not be read: Refused.")
    assert archive.ids() == [0]
    archive.write("a.ndjson", a_push(id=9), append=True)
    archive.bring_up_to_date()
    assert sorted(archive.ids()) == list(range(10))
    assert archive.search.unreadable() == []


def test_values_are_offered_the_most_frequent_first(people):
    people.write("more.ndjson", *(a_push(id=n, tier="Tier 10", event="update") for n in range(9)))
    people.bring_up_to_date()
    assert people.search.known("tier")[0] == "Tier 10"
    assert set(people.search.known("event")) == {"update", "jump", "drop"}
    assert set(people.search.known("type")) == {"profile", "redemption"}
    assert people.search.known("nonsense") == ()


@pytest.mark.parametrize(
    ("sorting", "descending", "text", "member"),
    [
        (Sorting.UPDATED, True, "2026-09", 2),
        (Sorting.UPDATED, True, "2026-10-1", 2),
        (Sorting.UPDATED, False, "2026-0", 1),
        (Sorting.RECEIVED, True, "2026-11-20", 2),
        (Sorting.POINTS, True, "1,000", 2),
        (Sorting.POINTS, False, "13", 2),
        (Sorting.MEMBER, False, "z", 3),
        (Sorting.MEMBER, False, "bo", 2),
        (Sorting.UPDATED, True, "nonsense", None),
        (Sorting.POINTS, True, "nonsense", None),
    ],
)
def test_typing_jumps_to_what_it_names(people, sorting, descending, text, member):
    entry = people.search.jump(EVERYTHING, sorting, text, descending=descending)
    assert (entry and entry.member_id) == member


MANY = st.lists(
    st.builds(
        lambda member, at, points, name, received: a_line(
            a_push(
                id=member, dateLastUpdated=at, totalPoints=points, firstName=name, lastName=None,
            ),
            received,
        ),
        st.integers(1, 4),
        st.sampled_from([None, "1490302144", "1490302145", "1590302145"]),
        st.sampled_from([None, 5, 7, 7.5, 10**20]),
        st.sampled_from(["Anna", "Bo", None]),
        st.sampled_from([None, "2026-11-21T10:00:00.000000Z", "2026-11-21T10:00:01.000000Z"]),
    ),
    max_size=25,
)  # fmt: skip


PLANS = {
    "gathered": {"_GATHERED": selecting._GATHERED},  # noqa: SLF001
    "listed": {"_GATHERED": 0},
    "guessed to be many": {"_LISTED": 0, "_GUESSED": 0},
    "found to be many": {"_LISTED": 0},
}
"""What makes an index of few people be asked as one of many is."""


@settings(max_examples=60)
@given(MANY, st.sampled_from(Sorting), st.booleans(), st.integers(1, 7),
       st.sampled_from(["", "anna", "a", "points:>5", "id:1|2 -name:bo"]),
       st.sampled_from(sorted(PLANS)))  # fmt: skip
def test_pages_fit_together_both_ways_and_ranks_are_places(
    lines, sorting, descending, size, text, plan
):
    with tempfile.TemporaryDirectory() as folder, patch.multiple(selecting, **PLANS[plan]):
        archive = Archive(Path(folder) / "archive", Path(folder) / "index")
        archive.write("a.ndjson", *lines)
        archive.bring_up_to_date()
        query = parse(text, NOW)
        search = archive.search

        def walk(*, backwards):
            beyond = None
            while True:
                page = search.page(
                    query, sorting, descending=descending, limit=size, stop=Event(),
                    beyond=beyond, backwards=backwards,
                )  # fmt: skip
                yield from page.entries
                if page.is_end:
                    return
                beyond = page.entries[-1].key

        forward = list(walk(backwards=False))
        assert [entry.ref for entry in walk(backwards=True)] == [e.ref for e in forward[::-1]]
        assert len(forward) == search.sums(query, 10, Event()).pushes
        for place, entry in enumerate(forward):
            arguments = {"descending": descending, "stop": Event()}
            assert search.rank(query, sorting, entry.key, **arguments) == place
            skipped = search.page(query, sorting, limit=1, skip=place, **arguments)
            assert skipped.entries[0].ref == entry.ref
            for backwards, beyond in ((False, forward[place + 1 :]), (True, forward[:place][::-1])):
                skipped = search.page(
                    query, sorting, limit=size, skip=2, beyond=entry.key, backwards=backwards,
                    **arguments,
                )  # fmt: skip
                assert skipped.entries == tuple(beyond[2 : 2 + size])
        search.close()


def test_a_signal_while_something_is_asked_is_not_taken_for_a_stop(people, monkeypatch):
    class Interrupted(Event().__class__):
        def is_set(self):
            raise KeyboardInterrupt

    monkeypatch.setattr(reader, "_CHECK", 1)
    with pytest.raises(KeyboardInterrupt):
        people.search.page(
            EVERYTHING, Sorting.UPDATED, descending=True, limit=9, stop=Interrupted()
        )


@pytest.mark.parametrize("bars", [1, 2, 7])
def test_bars_hold_pushes_before_and_after_1970(archive, bars):
    for number, date in enumerate(("-62135596800", "-1", "0", "1490302144"), 1):
        archive.write(f"{number}.ndjson", a_push(id=number, dateLastUpdated=date))
    archive.bring_up_to_date()
    for query in ("", "id:1..4"):
        sums = archive.search.sums(parse(query, NOW), bars, Event())
        assert (sums.pushes, sum(bar.pushes for bar in sums.bars)) == (4, 4)
        assert len(sums.bars) <= bars


def test_bars_hold_every_dated_push(people):
    sums = people.search.sums(EVERYTHING, 20, Event())
    assert sums.pushes == 4
    assert sum(bar.pushes for bar in sums.bars) == 4
    assert len(sums.bars) <= 20
    assert all(a.until == b.since for a, b in zip(sums.bars, sums.bars[1:], strict=False))


def numbered(*numbers):
    """Return a push a number, of which those match that are divisible by three."""
    return [
        a_push(id=number, signUpChannelId=number % 3, dateLastUpdated=f"{1_700_000_000 + number}")
        for number in numbers
    ]


@pytest.mark.parametrize("few", [0, 2_000])
def test_a_search_that_goes_on_looks_only_at_what_is_new(archive, monkeypatch, few):
    monkeypatch.setattr("loyalty_tui.archive.search._FEW", few)
    query = "signUpChannelId:0"
    archive.write("old.ndjson", *numbered(*range(40, 70)))
    path = archive.write("today.ndjson", *numbered(*range(40)))
    archive.bring_up_to_date()
    first = archive.scan(query)
    assert (first.found, first.is_done) == (24, True)
    before = path.stat().st_size
    archive.write("today.ndjson", *numbered(100, 102), append=True)
    archive.bring_up_to_date()
    again = archive.scan(query, goes_on=True)
    assert (again.found, again.is_done) == (25, True)
    assert again.bytes_total <= path.stat().st_size - before
    assert archive.scan(query, goes_on=True).bytes_total == 0
    assert [entry.member_id for entry in archive.page(query, limit=2)] == [102, 69]
    assert archive.scan("signUpChannelId:1", goes_on=True).found == 24, "another query"


ANYTHING = st.one_of(
    st.tuples(
        st.sampled_from(["append", "append", "write", "remove"]),
        st.sampled_from(["a.ndjson", "b.ndjson", "c.json", "d.ndjson.gz"]),
        st.lists(st.integers(0, 40), max_size=5),
        st.sampled_from([0, 0, 1, 2, 700]),
    ),
    st.sampled_from(["index anew", "other query"]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ANYTHING, min_size=1, max_size=8), st.sampled_from([0, 3, 2_000]))
def test_a_search_that_goes_on_ends_with_what_one_anew_finds(happenings, few):
    query = "signUpChannelId:0"
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("loyalty_tui.archive.search._FEW", few)
        archive = Archive(Path(folder) / "archive", Path(folder) / "index")
        fresh = Archive(Path(folder) / "archive", Path(folder) / "fresh")
        for happening in happenings:
            if happening == "index anew":
                for file in archive.index.glob("index*"):
                    file.unlink()
            elif happening == "other query":
                archive.scan("signUpChannelId:1", goes_on=True)
            else:
                how, name, numbers, cut = happening
                lines = b"".join(map(a_line, numbered(*numbers)))
                lines = lines[: len(lines) - cut]
                if name.endswith(".gz"):
                    lines = gzip.compress(lines)
                if how == "remove":
                    (archive.folder / name).unlink(missing_ok=True)
                else:
                    archive.write(name, lines, append=how == "append")
            archive.bring_up_to_date()
            archive.scan(query, goes_on=True)
            found = [entry.ref for entry in archive.page(query)]
            fresh.bring_up_to_date()
            assert found == [entry.ref for entry in fresh.list(query)]
        archive.search.close()
        fresh.search.close()


def test_the_documents_own_push_is_found_with_its_odd_spaces(archive):
    fixture = Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json"
    archive.write("sample.json", fixture.read_bytes())
    archive.bring_up_to_date()
    (entry,) = archive.list("george phone:12312312321 signUpChannelId:null country:us")
    assert entry.member_id == SAMPLE["id"]


class KilledError(BaseException):
    """Stands in for a kill."""


@pytest.mark.parametrize("step", ["copies.set_aside", "making.move"])
def test_a_kill_while_the_orders_are_made_leaves_nothing_out(archive, monkeypatch, step):
    monkeypatch.setattr("loyalty_tui.archive.indexing._BULK", -1)
    monkeypatch.setattr("loyalty_tui.archive.indexing._PUSH_BYTES", 1)
    archive.write("pushes/a.ndjson", a_line(ANNA), a_line(ANNA), a_line(BO))

    def killed(*_):
        raise KilledError

    with patch(f"loyalty_tui.archive.index.{step}", killed), pytest.raises(KilledError):
        archive.bring_up_to_date()
    archive.bring_up_to_date()
    assert [entry.copies for entry in archive.list("lind")] == [2]
    assert archive.ids() == [2, 1]


def test_whom_a_file_leaves_behind_is_not_looked_for_in_every_copy(tmp_path):
    connect = sqlite3.connect

    def steps(count):
        archive = Archive(tmp_path / f"{count}", tmp_path / f"index-{count}")
        gone = archive.write("gone.ndjson", *(a_push(id=number) for number in range(count)))
        archive.write(
            "copies.ndjson", *(a_push(id=-1 - number // 2) for number in range(2 * count))
        )
        archive.bring_up_to_date()
        gone.unlink()
        taken = []

        def counted(*args, **kwargs):
            connection = connect(*args, **kwargs)
            connection.set_progress_handler(lambda: taken.append(1), 100)
            return connection

        with patch("sqlite3.connect", counted):
            archive.bring_up_to_date()
        assert len(archive.list()) == count
        return len(taken)

    assert steps(800) < 3 * steps(400)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("country:norway", "No push has country:norway; there are US, SE."),
        ("anna tier:slver|glod", "No push has tier:slver|glod; there are Silver, Tier 1."),
        ("event:jmp", "No push has event:jmp; there are jump, a, b, c, …"),
        ("city:Bergen", "No push has city:Bergen; none has any city."),
        ('tier:"x\u202ey"', 'No push has tier:"xy"; there are Tier 1, Silver.'),
        ("type:redemption", "No push has type:redemption; there are profile."),
        ("tier:tier|platinum", ""),
        ("tier:sil", ""),
        ("-tier:platinum", ""),
        ("tier:null city:null", ""),
        ("nobody", ""),
    ],
)
def test_a_choice_that_no_push_has_is_named_with_what_there_is(archive, query, said):
    events = ("a", "b", "c", "d", "jump")
    pushes = [a_push(id=no, event=event, city="") for no, event in enumerate(events)]
    pushes[0]["country"] = "SE"
    pushes[1]["tierInfo"] = a_push(event="b", tier="Silver")["tierInfo"]
    archive.write("a.ndjson", *pushes)
    archive.bring_up_to_date()
    sought = parse(query, NOW)
    assert archive.search.absent(sought) == said
    sums = archive.search.sums(sought, 10, Event())
    assert (sums.absent, bool(said) and sums.pushes) == (said, False)


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sorting", Sorting)
def test_rows_in_sight_are_found_again_in_an_index_made_anew(archive, sorting, descending):
    for number, name in enumerate(("a", "b", "c")):
        path = archive.write(f"{name}.ndjson", a_push(city=name), a_push(city=f"{name} again"))
        os.utime(path, (number, number))
        archive.bring_up_to_date()
    question = Question(archive.search, EVERYTHING, sorting, descending)
    rows = archive.list("", sorting, descending=descending)
    for path in archive.index.iterdir():
        path.unlink()
    archive.bring_up_to_date()  # the newest file comes first now, and orders what else is equal
    listed = archive.list("", sorting, descending=descending)
    sight = question.look((rows[0].key, rows[2].key), rows, rows[2], Event())
    assert sorted(sight.now.values(), key=str) == sorted(listed, key=str)
    refs = [entry.ref for entry in listed]
    assert sight.ranks == (refs.index(rows[0].ref), refs.index(rows[2].ref))
    above, onwards = sight.around
    assert above + onwards == listed


def test_what_is_read_again_is_there_all_the_while(archive):
    for name in ("a.ndjson", "b.json", "c.ndjson.gz", "d.ndjson"):
        lines = a_line(a_push(city=name))
        archive.write(name, gzip.compress(lines) if name.endswith(".gz") else lines)
    archive.bring_up_to_date()
    for path in archive.folder.iterdir():
        path.chmod(0o640)
    seen = []
    archive.bring_up_to_date(lambda _: seen.append(len(archive.list())))
    assert len(seen) > 1
    assert set(seen) == {4}
