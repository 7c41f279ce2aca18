"""The push before another of the same member, and a member's pushes over time."""

import itertools
import tempfile
from pathlib import Path
from threading import Event

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_tui.archive.model import History

from .conftest import Archive, a_line, a_push

NEVER = -(2**62)


def pushed(at, points, **others):
    return a_push(dateLastUpdated=at, totalPoints=points, **{"id": 7} | others)


def before(archive, points):
    """Return the points of the push before the one with so many points."""
    (entry,) = [entry for entry in archive.list() if entry.total_points == points]
    found = archive.search.previous(entry.ref, Event())
    return found.total_points if found else None


def history(archive, most=100):
    return archive.search.history(archive.list()[0].ref, most, Event())


def test_the_push_before_is_told_by_update_however_late_it_arrived(archive):
    archive.write(
        "a.ndjson",
        a_line(pushed(3000, 30), "2026-01-01T00:00:03Z"),
        a_line(pushed(1000, 10), "2026-01-01T00:00:05Z"),
        a_line(pushed(2000, 20), "2026-01-01T00:00:09Z"),
        a_line(pushed(2500, 25, id=8), "2026-01-01T00:00:09Z"),
    )
    archive.bring_up_to_date()
    assert [before(archive, points) for points in (30, 20, 10, 25)] == [20, 10, None, None]


def test_of_pushes_of_one_second_the_one_received_first_comes_first(archive):
    archive.write("z.ndjson", a_line(pushed(1000, 1), "2026-01-01T00:00:01.000001Z"))
    archive.write("b.ndjson", a_line(pushed(1000, 2), "2026-01-01T00:00:01.000002Z"))
    archive.write("a.ndjson", a_line(pushed(1000, 3), "2026-01-01T00:00:01.000003Z"))
    archive.bring_up_to_date()
    assert [before(archive, points) for points in (3, 2, 1)] == [2, 1, None]


def test_pushes_under_an_earlier_address_are_the_same_members(archive):
    archive.write(
        "a.ndjson",
        pushed(1000, 1, emailAddress="old@example.org", firstName="Ada", city="Oslo"),
        pushed(2000, 2, emailAddress="new@example.org", firstName="Ada"),
        pushed(3000, 3, emailAddress="new@example.org", mobilePhoneNumber=None),
    )
    archive.bring_up_to_date()
    assert [before(archive, points) for points in (3, 2, 1)] == [2, 1, None]
    assert [entry.total_points for entry in history(archive).entries] == [1, 2, 3]


def test_a_push_is_compared_with_one_of_its_kind(archive):
    archive.write(
        "a.ndjson",
        a_line(pushed(1000, 1), "2026-01-01T00:00:01Z"),
        a_line({"userId": 7, "activityId": 1, "totalPoints": 50}, "2026-01-01T00:00:02Z"),
        a_line(pushed(1767225700, 2), "2026-01-01T00:00:03Z"),
        a_line({"userId": 7, "activityId": 2, "totalPoints": 51}, "2026-01-01T00:00:04Z"),
    )
    archive.bring_up_to_date()
    assert [before(archive, points) for points in (2, 51, 50, 1)] == [1, 50, None, None]
    assert [entry.total_points for entry in history(archive).entries] == [1, 2]


def test_copies_are_no_neighbours(archive):
    once = pushed(1000, 1)
    archive.write("a.ndjson", once, once, pushed(2000, 2), once)
    archive.bring_up_to_date()
    assert [before(archive, points) for points in (2, 1)] == [1, None]
    assert len(history(archive).entries) == 2


def test_members_without_an_id_are_told_apart_by_address_and_phone(archive):
    archive.write(
        "a.ndjson",
        pushed(1000, 1, id=None, emailAddress="a@example.org"),
        pushed(2000, 2, id=None, emailAddress="b@example.org"),
        pushed(3000, 3, id=None, emailAddress="a@example.org"),
        pushed(4000, 4, id=None, emailAddress=" A@example.org", firstName="Ada", city="Oslo"),
        pushed(5000, 5, id=None, emailAddress="a@example.org", mobilePhoneNumber="4791234567"),
        pushed(6000, 6, id=None, emailAddress=None, mobilePhoneNumber="4791234567"),
        pushed(7000, 7, id=None, emailAddress=None, mobilePhoneNumber="4791234567", city="Oslo"),
        pushed(8000, 8, emailAddress="a@example.org"),
    )
    archive.bring_up_to_date()
    found = [before(archive, points) for points in (8, 7, 6, 5, 4, 3, 2, 1)]
    assert found == [None, 6, None, None, 3, 1, None, None]


def test_pushes_that_name_nobody_are_not_one_members(archive):
    nobody = {"id": None, "emailAddress": None, "mobilePhoneNumber": None}
    archive.write(
        "a.ndjson",
        pushed(1000, 1, **nobody),
        pushed(2000, 2, **nobody),
        pushed(3000, 3, **nobody, thirdPartyId="A-1"),
        pushed(4000, 4, **nobody, thirdPartyId="A-1"),
    )
    archive.bring_up_to_date()
    assert [before(archive, points) for points in (4, 3, 2, 1)] == [3, None, None, None]
    assert [entry.total_points for entry in history(archive).entries] == [3, 4]
    (last,) = [entry for entry in archive.list() if entry.total_points == 2]
    assert archive.search.history(last.ref, 10, Event()) == History((), 0)


def test_pushes_without_any_date_come_first_and_are_not_in_the_history(archive):
    archive.write("a.ndjson", a_line(pushed(None, 1), None), a_line(pushed(1000, 2), None))
    archive.bring_up_to_date()
    assert [before(archive, points) for points in (2, 1)] == [1, None]
    assert [entry.total_points for entry in history(archive).entries] == [2]


def test_of_very_many_pushes_the_history_is_a_sample_from_first_to_last(archive):
    archive.write("a.ndjson", *(pushed(1000 + 10 * n, n) for n in range(500)))
    archive.bring_up_to_date()
    sampled = history(archive, 50)
    points = [entry.total_points for entry in sampled.entries]
    assert sampled.pushes == 500
    assert (points[0], points[-1], len(points)) == (0, 499, 50)
    assert points == sorted(points)
    assert max(later - earlier for earlier, later in itertools.pairwise(points)) <= 11
    assert len(history(archive, 500).entries) == 500


def test_other_kinds_of_pushes_are_not_in_the_history_nor_counted_with_it(archive):
    archive.write(
        "a.ndjson",
        *(pushed(1000 + n, n) for n in range(9)),
        *({"userId": 7, "activityId": n, "dateLastUpdated": 1 + n} for n in range(30)),
    )
    archive.bring_up_to_date()
    known = history(archive, 10)
    assert [entry.total_points for entry in known.entries] == list(range(9))
    assert known.pushes == 9
    sampled = history(archive, 3)
    assert [entry.total_points for entry in sampled.entries] == [0, 4, 8]
    assert sampled.pushes == 9


def test_a_push_that_is_not_there_has_no_neighbours(archive):
    for ref in ("nothing.ndjson:0", "x", ""):
        assert archive.search.previous(ref, Event()) is None
        assert archive.search.history(ref, 10, Event()) == History((), 0)
    archive.write("a.ndjson", pushed(1, 1))
    archive.bring_up_to_date()
    assert archive.search.previous("a.ndjson:99", Event()) is None
    assert archive.search.history("a.ndjson:99", 10, Event()) == History((), 0)


def test_a_question_that_is_given_up_has_no_answer(archive):
    archive.write("a.ndjson", *(pushed(1000 + n, n) for n in range(3000)))
    archive.bring_up_to_date()
    stop = Event()
    stop.set()
    ref = archive.list()[0].ref
    assert archive.search.history(ref, 1000, stop).entries == ()
    assert len(archive.search.history(ref, 1000, Event()).entries) > 900


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, 1000, 2000, 3000]),
            st.sampled_from([None, "2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z"]),
            st.sampled_from([7, 8]),
            st.sampled_from(["a@example.org", "b@example.org"]),
        ),
        max_size=12,
    )
)
def test_the_list_of_a_member_and_its_neighbours_agree(saved):
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder) / "archive", Path(folder) / "index")
        lines = [
            a_line(pushed(at, number, id=member, emailAddress=email), received)
            for number, (at, received, member, email) in enumerate(saved)
        ]
        archive.write("a.ndjson", *lines)
        archive.bring_up_to_date()
        try:
            for member in (7, 8):
                listed = archive.list(f"id:{member}")
                for entry, older in itertools.zip_longest(listed, listed[1:]):
                    found = archive.search.previous(entry.ref, Event())
                    assert found == older
        finally:
            archive.search.close()
