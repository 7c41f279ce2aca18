"""The archive view: what is typed is asked at once, what is found leads back to the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from textual.events import Key, Paste
from textual.widgets import Input

from loyalty_tui.archive.model import Sums
from loyalty_tui.errors import ArchiveError
from loyalty_tui.tui import commands
from loyalty_tui.tui.app import LoyaltyApp

from .archive import MemoryArchive
from .conftest import NOW, FakeProgram

WIDE, NARROW = (120, 40), (80, 24)
DAY = 86_400
START = 1_488_326_400  # 1 March 2017


def push(number, **changes):
    """A push a day from 1 March 2017 on."""
    tier = {"currentLevel": {"title": "Gold" if number % 3 == 0 else "Silver Lining"},
            "assignedByEvent": "jump" if number % 5 == 0 else "update"}  # fmt: skip
    return {
        "id": 100 + number,
        "firstName": f"Name{number:03}",
        "emailAddress": f"m{number}@example.org",
        "mobilePhoneNumber": f"4722{number:06}",
        "totalPoints": number * 100,
        "dateLastUpdated": START + number * DAY,
        "tierInfo": tier,
        "signUpChannelId": number % 4,
        **changes,
    }


@pytest.fixture
def archive():
    return MemoryArchive(*(push(number) for number in range(60)))


@pytest.fixture
def program(service, archive):
    return FakeProgram(service, archive)


@pytest.fixture
def view(program, settled):
    """Run the archive view: `async with view() as pilot`."""

    class View:
        def __init__(self, size=WIDE):
            self.run = LoyaltyApp(program).run_test(size=size, notifications=True)

        async def __aenter__(self):
            pilot = await self.run.__aenter__()
            await settled(pilot)
            await pilot.press("f6")
            await settled(pilot)
            return pilot

        async def __aexit__(self, *error):
            return await self.run.__aexit__(*error)

    return View


@pytest.fixture
def filtered(type_in):
    """Type a query into the filter box."""

    async def typing(pilot, text):
        await pilot.press("slash")
        await type_in(pilot, text)

    return typing


def pushes(pilot):
    return pilot.app.screen.query_one("#archive-list")


def box(pilot):
    return pilot.app.screen.query_one("#filter", Input)


# The filter box


async def test_every_key_asks_and_counts_anew(view, filtered, type_in, text_of):
    async with view() as pilot:
        assert "60 pushes" in text_of(pilot.app)
        await filtered(pilot, "tier:gold")
        assert pushes(pilot).row_count == 20
        assert "20 of 60" in text_of(pilot.app)
        await type_in(pilot, " event:jump")
        assert "4 of 60" in text_of(pilot.app)
        await pilot.press("enter")
        assert pilot.app.focused is pushes(pilot)


async def test_a_wrong_query_says_where_and_what_exists_and_keeps_the_last_good_list(
    view, archive, filtered, text_of, settled
):
    async with view() as pilot:
        await filtered(pilot, "tier:gold ")
        box(pilot).value = "tier:gold points:many"
        await settled(pilot)
        shown = " ".join(text_of(pilot.app).split())
        assert "points: takes a number" in shown
        assert "character 18" in shown
        assert pushes(pilot).row_count == 20
        assert "20 of 60" not in shown
        archive.arrive(push(63))
        await settled(pilot)
        assert "of 61" not in text_of(pilot.app), "nothing was counted for this query"
        underlined = [s.text for s in box(pilot).render_line(0) if s.style and s.style.underline]
        assert underlined == ["many"]
        box(pilot).value = "tier:gold points:>500"
        await settled(pilot)
        assert "takes a number" not in text_of(pilot.app)
        assert "19 of 61" in text_of(pilot.app)


async def test_an_unknown_field_is_told_apart_from_words(view, filtered, text_of):
    async with view() as pilot:
        await filtered(pilot, "teir:gold")
        shown = " ".join(text_of(pilot.app).split())
        assert 'There is no field "teir"' in shown
        assert "tier" in shown


async def test_fields_and_values_are_offered_and_taken(view, filtered, text_of, settled):
    async with view() as pilot:
        await filtered(pilot, "tie")
        assert "▶ tier:" in text_of(pilot.app)
        await pilot.press("tab")
        await settled(pilot)
        assert box(pilot).value == "tier:"
        assert '▶ "Silver Lining"' in text_of(pilot.app)
        await pilot.press("down", "right")
        await settled(pilot)
        assert box(pilot).value == "tier:Gold"
        assert pushes(pilot).row_count == 20
        assert pilot.app.focused is box(pilot)


async def test_escape_drops_the_offers_first_and_tab_is_free_again(view, filtered, text_of):
    async with view() as pilot:
        await filtered(pilot, "tier:")
        await pilot.press("escape")
        await pilot.pause()
        assert "Silver Lining" not in text_of(pilot.app).split("Pushes over time")[0]
        assert pilot.app.screen.query("#archive-list")
        await pilot.press("tab")
        assert pilot.app.focused is not box(pilot)


async def test_escape_clears_the_box_that_the_cursor_is_in_before_it_leaves(
    view, filtered, settled, text_of
):
    async with view() as pilot:
        await filtered(pilot, "name01")
        await pilot.press("escape")
        await settled(pilot)
        assert box(pilot).value == ""
        assert pilot.app.focused is box(pilot)
        assert pushes(pilot).row_count == 60
        await pilot.press("escape")
        await pilot.pause()
        assert "Whom are you looking for?" in text_of(pilot.app)


async def test_escape_in_the_list_leaves_and_keeps_the_query(view, filtered, settled, text_of):
    async with view() as pilot:
        await filtered(pilot, "name01")
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert "Whom are you looking for?" in text_of(pilot.app)
        await pilot.press("f6")
        await settled(pilot)
        assert box(pilot).value == "name01"


async def test_down_leaves_the_box_for_the_list_when_nothing_is_offered(view, filtered):
    async with view() as pilot:
        await filtered(pilot, "name01")
        await pilot.press("down")
        await pilot.pause()
        assert pilot.app.focused is pushes(pilot)


async def test_a_paste_becomes_one_harmless_line(view, settled):
    async with view() as pilot:
        await pilot.press("slash")
        box(pilot).post_message(Paste(f"\n name01\x1b[31m{'x' * 3000}\u202e\r\n"))
        await settled(pilot)
        assert box(pilot).value.startswith("name01␛[31mxxx")


@pytest.mark.parametrize("before", ["", "name01 "])
async def test_a_query_that_is_too_long_is_not_answered_as_if_it_were_shorter(
    view, filtered, settled, text_of, before
):
    async with view() as pilot:
        await filtered(pilot, before or " ")
        held = pushes(pilot).row_count
        box(pilot).post_message(Paste(f"name0 -name:{'0' * 3000}"))
        await settled(pilot)
        assert "longer than 2,000 characters" in text_of(pilot.app)
        assert pushes(pilot).row_count == held


async def test_counting_is_said_while_it_lasts_and_the_list_is_there_meanwhile(
    view, archive, until, text_of, settled
):
    async with view() as pilot:
        archive.sums_gate.close()
        await pilot.press("slash", "n")
        await until(pilot, lambda: "… counting" in text_of(pilot.app))
        assert pushes(pilot).entry is not None
        archive.sums_gate.let_go()
        await settled(pilot)
        assert "60 of 60" in text_of(pilot.app)


async def test_a_late_count_is_never_shown_under_a_newer_query(
    view, archive, until, text_of, settled
):
    async with view() as pilot:
        archive.sums_gate.close()
        await pilot.press("slash")
        box(pilot).value = "tier:gold"
        await until(pilot, lambda: archive.sums_gate.waiting)
        box(pilot).value = "event:jump"
        await pilot.pause()
        archive.sums_gate.let_go()
        await settled(pilot)
        assert "12 of 60" in text_of(pilot.app)
        assert pushes(pilot).row_count == 12


LOW = (40, 10)


async def test_in_a_low_terminal_rows_come_before_all_else(view, archive, settled, text_of):
    archive.first_progress = structs.replace(archive.first_progress, is_done=False, bytes_total=9)
    async with view(LOW) as pilot:
        assert text_of(pilot.app).count("Apr 2017 00:00") == 3
        box(pilot).value = "teir:gold"
        await settled(pilot)
        assert 'There is no field "teir"' in text_of(pilot.app)
        assert text_of(pilot.app).count("Apr 2017 00:00") == 1


async def test_in_a_low_terminal_it_is_still_counted_and_said_what_waits(
    view, filtered, settled, text_of
):
    async with view(LOW) as pilot:
        await pilot.press("f4")
        await filtered(pilot, "tier:gold")
        assert "20 of 60" in text_of(pilot.app)
        assert "paused" in text_of(pilot.app)
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert "at most 1 push" in text_of(pilot.app)


# Queries that look at pushes


async def test_a_search_in_pushes_says_how_far_it_is_and_streams_what_it_finds(
    view, archive, until, text_of, settled
):
    async with view() as pilot:
        archive.scan_gate.close()
        await pilot.press("slash")
        box(pilot).value = "signUpChannelId:2"
        await until(pilot, lambda: "searching 43 % · 15 found" in text_of(pilot.app))
        await until(pilot, lambda: pushes(pilot).row_count == 15)
        archive.scan_gate.let_go()
        await settled(pilot)
        assert "15 of 60" in text_of(pilot.app)


@pytest.mark.parametrize("key", ["escape", "3"])
async def test_a_search_ends_at_the_next_key_or_escape(view, archive, until, text_of, key):
    async with view() as pilot:
        archive.scan_gate.close()
        await pilot.press("slash")
        box(pilot).value = "signUpChannelId:2"
        await until(pilot, lambda: "searching 43 %" in text_of(pilot.app))
        box(pilot).cursor_position = len(box(pilot).value)
        await pilot.press(key)
        if key == "escape":
            await until(pilot, lambda: not archive.scan_gate.waiting)
            assert "stopped at 43 % · 15 found" in text_of(pilot.app)
            assert pilot.app.screen.query("#archive-list")
        else:
            await until(pilot, lambda: archive.scans[-1] == "signUpChannelId:23")
            await until(pilot, lambda: archive.scan_gate.waiting == 1)  # the first one has ended
        archive.scan_gate.let_go()


async def test_what_arrives_is_searched_too(view, archive, settled, text_of):
    async with view() as pilot:
        await pilot.press("slash")
        box(pilot).value = "signUpChannelId:2"
        await settled(pilot)
        archive.arrive(push(62))
        await settled(pilot)
        assert "16 of 61" in text_of(pilot.app)
        assert pushes(pilot).entry.member_id == 162


async def test_what_arrives_while_pushes_are_searched_is_searched_next(
    view, archive, until, settled, text_of
):
    async with view() as pilot:
        archive.scan_gate.close()
        await pilot.press("slash")
        box(pilot).value = "signUpChannelId:2"
        await until(pilot, lambda: archive.scan_gate.waiting)
        for number in (62, 66, 70):
            archive.arrive(push(number))
            await pilot.pause()
        assert len(archive.scans) == 1
        archive.scan_gate.let_go()
        await settled(pilot)
        assert "18 of 63" in text_of(pilot.app)
        assert len(archive.scans) == 2


async def test_what_is_being_read_does_not_move_when_more_is_found(
    view, archive, until, settled, text_of
):
    async with view() as pilot:
        await pilot.press("slash")
        box(pilot).value = "signUpChannelId:*"
        await settled(pilot)
        await pilot.press("enter", "pagedown", "pagedown")
        await settled(pilot)
        entry, lines = pushes(pilot).entry, text_of(pilot.app)
        assert entry.member_id < 140
        archive.arrive(push(61, signUpChannelId=None, dateLastUpdated=START))
        await settled(pilot)
        assert pushes(pilot).entry is entry
        assert text_of(pilot.app) == lines.replace("60 of 60", "60 of 61").replace("60 p", "61 p")
        archive.scan_gate.close()
        archive.arrive(push(62))
        await until(pilot, lambda: archive.scan_gate.waiting)
        await until(pilot, lambda: "1 new" in text_of(pilot.app))
        assert "searching" not in text_of(pilot.app)
        assert "at most 1 push" in text_of(pilot.app)
        archive.scan_gate.let_go()
        await settled(pilot)
        assert pushes(pilot).entry is entry
        assert "61 of 62" in text_of(pilot.app)


async def test_a_search_that_was_stopped_stays_so_when_something_arrives(
    view, archive, until, settled, text_of
):
    async with view() as pilot:
        archive.scan_gate.close()
        await pilot.press("slash")
        box(pilot).value = "signUpChannelId:2"
        await until(pilot, lambda: "searching 43 %" in text_of(pilot.app))
        await pilot.press("enter", "escape")
        archive.arrive(push(62))
        await settled(pilot)
        assert "stopped at 43 % · 15 found" in text_of(pilot.app)
        archive.scan_gate.let_go()
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert "16 of 61" in text_of(pilot.app)


# Pushes over time


async def test_a_range_chosen_by_key_goes_into_the_query_and_the_next_replaces_it(
    view, settled, text_of
):
    async with view() as pilot:
        pilot.app.screen.query_one("Histogram").focus()
        await pilot.press("left", "shift+left", "shift+left")
        assert "26 Apr – 28 Apr 2017 · 3 pushes" in text_of(pilot.app)
        await pilot.press("enter")
        await settled(pilot)
        assert box(pilot).value == "since:2017-04-26 until:2017-04-28"
        assert pushes(pilot).row_count == 3
        pilot.app.screen.query_one("Histogram").focus()
        await pilot.press("home", "enter", "right", "enter")
        await settled(pilot)
        assert box(pilot).value.count("since:") == 1
        assert pushes(pilot).row_count == 2


async def test_escape_drops_a_range_before_anything_else(view, text_of):
    async with view() as pilot:
        histogram = pilot.app.screen.query_one("Histogram")
        histogram.focus()
        await pilot.press("shift+left")
        assert histogram.chosen is not None
        await pilot.press("escape")
        await pilot.pause()
        assert histogram.chosen is None
        assert "Pushes over time" in text_of(pilot.app)
        await pilot.press("escape")
        await pilot.pause()
        assert "Whom are you looking for?" in text_of(pilot.app)


async def test_a_range_is_dragged_with_the_mouse(view, settled):
    async with view() as pilot:
        await pilot.mouse_down("Histogram", offset=(4, 2))
        await pilot.hover("Histogram", offset=(30, 2))
        await pilot.mouse_up("Histogram", offset=(30, 2))
        await settled(pilot)
        assert box(pilot).value.startswith("since:2017-03-")
        assert 5 < pushes(pilot).row_count < 30


@pytest.mark.parametrize("key", ["backspace", "delete"])
async def test_a_range_is_taken_away_by_a_key_and_the_rest_of_the_query_stays(
    view, settled, text_of, key
):
    async with view() as pilot:
        await pilot.press("slash")
        box(pilot).value = "tier:gold since:2017-04-01 until:2017-04-10"
        await settled(pilot)
        assert pushes(pilot).row_count == 3
        pilot.app.screen.query_one("Histogram").focus()
        await settled(pilot)
        assert "Backspace shows all times" in text_of(pilot.app)
        await pilot.press(key)
        await settled(pilot)
        assert box(pilot).value == "tier:gold"
        assert pushes(pilot).row_count == 20
        assert "Backspace shows all times" not in text_of(pilot.app)
        await pilot.press("shift+left", key)  # a range that is only begun goes first
        await settled(pilot)
        assert box(pilot).value == "tier:gold"


async def test_dates_and_the_tallest_bar_are_named(view, text_of):
    async with view() as pilot:
        shown = text_of(pilot.app)
        assert "1 Mar 2017" in shown
        assert "29 Apr 2017" in shown
        assert "at most 1 push" in shown


# From a push to the desk and back


async def test_one_key_looks_the_member_of_a_push_up_and_one_leads_back(
    view, service, settled, text_of, filtered
):
    async with view() as pilot:
        await filtered(pilot, "tier:gold")
        await pilot.press("enter", "down", "down")
        await settled(pilot)
        entry = pushes(pilot).entry
        await pilot.press("f7")
        await settled(pilot)
        assert service.asked == [f"+{entry.phone_digits}"]
        assert "Gold Supporter" in text_of(pilot.app)
        assert entry.name in text_of(pilot.app)
        await pilot.press("f6")
        await settled(pilot)
        assert pushes(pilot).entry == entry
        assert box(pilot).value == "tier:gold"


async def test_without_a_phone_the_address_is_looked_up_and_without_both_it_is_said(
    view, archive, service, settled, text_of
):
    nobody = {"mobilePhoneNumber": None, "emailAddress": ""}
    archive.add(push(70, mobilePhoneNumber=None))
    archive.add(push(71, **nobody))
    async with view() as pilot:
        await pilot.press("f7")
        await settled(pilot)
        assert "no phone number and no e-mail address" in text_of(pilot.app)
        assert service.asked == []
        await pilot.press("down", "f7")
        await settled(pilot)
        assert service.asked == ["m70@example.org"]


@pytest.mark.parametrize(
    ("digits", "email", "asked"),
    [
        ("22345678", None, ["+4722345678"]),
        ("22345678", "a@example.org", ["a@example.org"]),
        ("4722345678", "a@example.org", ["+4722345678"]),
        ("46123456", "a@example.org", ["a@example.org"]),  # of Norway, or of Sweden
        ("46123456", None, ["+4746123456"]),  # in Sweden no number begins so
        ("4531234567", None, ["+4531234567"]),
        ("123", None, []),
    ],
)
async def test_a_number_is_looked_up_with_its_country_code_or_as_a_national_one(
    view, archive, service, settled, digits, email, asked
):
    archive.add(push(70, mobilePhoneNumber=digits, emailAddress=email))
    async with view() as pilot:
        await pilot.press("f7")
        await settled(pilot)
        assert service.asked == asked


async def test_from_the_member_one_key_shows_their_pushes_in_the_archive(
    desk, archive, ask, settled, text_of
):
    archive.add(push(5, id=777))  # the same phone and address under another id
    async with desk.run_test(size=WIDE) as pilot:
        await ask(pilot, "m5@example.org")
        await pilot.press("f7")
        await settled(pilot)
        assert box(pilot).value in {"id:777|105", "id:105|777"}
        assert pushes(pilot).row_count == 2
        assert pilot.app.focused is pushes(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "2 members" in text_of(desk)


async def test_of_members_too_many_for_a_query_the_address_is_asked_for(
    desk, archive, ask, settled
):
    for number in range(401):
        archive.add(push(5, id=1_000_000 + number))
    async with desk.run_test(size=WIDE) as pilot:
        await ask(pilot, "m5@example.org")
        await pilot.press("f7")
        await settled(pilot)
        assert box(pilot).value == 'email:"m5@example.org"'
        assert pushes(pilot).row_count == 402


async def test_without_an_archive_the_view_says_so(service, settled, text_of):
    app = LoyaltyApp(FakeProgram(service, None))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("f6")
        await pilot.pause()
        assert "No archive folder is set." in text_of(app)


async def test_the_archive_opens_for_a_key_that_comes_before_the_desk_is_furnished(
    desk, settled, text_of
):
    async with desk.run_test(size=(120, 40)) as pilot:
        desk.screen.action_archive()
        await settled(pilot)
        assert "No archive folder is set" not in text_of(desk)
        assert desk.screen.query("#archive-list")


@pytest.mark.parametrize("key", ["f6", "escape", "ctrl+g"])
async def test_the_desk_is_one_key_away(view, text_of, key):
    async with view() as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert "Whom are you looking for?" in text_of(pilot.app)


async def test_what_came_while_the_desk_was_in_front_is_there_on_return(view, archive, settled):
    async with view() as pilot:
        await pilot.press("f6")
        archive.arrive(push(61))
        await settled(pilot)
        await pilot.press("f6")
        await settled(pilot)
        assert pushes(pilot).entry.member_id == 161


@pytest.mark.parametrize("key", ["ctrl+r", "f5"])
async def test_refresh_follows_the_archive_again_and_until_then_it_says_that_it_is_not(
    view, archive, until, text_of, monkeypatch, key
):
    monkeypatch.setattr("loyalty_tui.tui.following._BEAT", 0.05)
    archive.add(push(61), received_at=NOW)
    async with view() as pilot:
        assert "1/min" in text_of(pilot.app)
        archive.progress.put_nowait(ArchiveError("It ended.", "Refresh to start it again."))
        await until(pilot, lambda: "It ended." in text_of(pilot.app))
        for _ in range(10):  # what the beats before it asked for may still be answered
            await pilot.pause()
        assert "the archive is not followed" in text_of(pilot.app)
        await pilot.press(key)
        await until(pilot, lambda: "61 pushes · last 14:03 UTC · 1/min" in text_of(pilot.app))
        assert "It ended." not in text_of(pilot.app)
        archive.arrive(push(62))
        await until(pilot, lambda: pushes(pilot).entry.member_id == 162)


async def test_a_view_that_is_opened_later_says_why_the_archive_is_not_followed(
    program, archive, until, text_of
):
    app = LoyaltyApp(program)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "60 pushes · last" in text_of(app))
        archive.progress.put_nowait(ArchiveError("The disk is full.", "Make room."))
        await until(pilot, lambda: "the archive is not followed" in text_of(app))
        await pilot.press("f6")
        await until(pilot, lambda: app.screen.query("PushList"))
        await until(pilot, lambda: "The disk is full." in text_of(app))


async def test_a_choice_that_no_push_has_is_told_in_the_empty_list(
    view, archive, until, text_of, monkeypatch
):
    words = "No push has tier:glod; there are Gold, Silver."
    count = archive.sums
    monkeypatch.setattr(
        archive,
        "sums",
        lambda query, *rest: Sums(0, (), words) if query.clauses else count(query, *rest),
    )
    async with view() as pilot:
        await pilot.press("slash", *"tier:glod")
        await until(pilot, lambda: words in text_of(pilot.app))
        archive.say(is_done=False)
        await until(pilot, lambda: "still being indexed" in text_of(pilot.app))
        assert words not in text_of(pilot.app)


async def test_an_archive_that_cannot_be_read_is_not_said_to_be_empty(
    service, settled, until, text_of, monkeypatch
):
    monkeypatch.setattr("loyalty_tui.tui.following._RETRY", 0.01)
    archive = MemoryArchive()
    app = LoyaltyApp(FakeProgram(service, archive))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: "The archive holds no push yet." in text_of(app))
        archive.error = ArchiveError("The folder does not exist.", "Create it.")
        archive.progress.put_nowait(archive.error)
        await until(pilot, lambda: "The folder does not exist. Create it." in text_of(app))
        assert "holds no push" not in text_of(app)
        archive.error = None
        await until(pilot, lambda: "The archive holds no push yet." in text_of(app))


async def test_an_archive_that_was_away_is_followed_again_by_itself(
    view, archive, until, text_of, monkeypatch
):
    monkeypatch.setattr("loyalty_tui.tui.following._RETRY", 0.01)
    async with view() as pilot:
        archive.error = ArchiveError("The folder is gone.", "Check its path.")
        archive.progress.put_nowait(archive.error)
        await until(pilot, lambda: "The folder is gone." in text_of(pilot.app))
        assert "the archive is not followed" in text_of(pilot.app)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "The folder is gone." in text_of(pilot.app))
        await pilot.press("slash", "x", "backspace", "escape")
        for _ in range(10):
            await pilot.pause()
        assert "The folder is gone." in text_of(pilot.app)
        archive.error = None
        await until(pilot, lambda: "60 pushes · last" in text_of(pilot.app))
        assert "The folder is gone." not in text_of(pilot.app)
        await pilot.press("f6")
        archive.arrive(push(62))
        await until(pilot, lambda: pushes(pilot).entry.member_id == 162)


# One push


async def test_the_highlighted_push_is_open_beside_the_list(view, settled, text_of):
    async with view() as pilot:
        assert "Push · Name059" in text_of(pilot.app)
        await pilot.press("down")
        await settled(pilot)
        assert "Push · Name058" in text_of(pilot.app)
        assert "158" in text_of(pilot.app)


async def test_on_a_narrow_screen_enter_opens_the_push_and_escape_closes_it(view, settled, text_of):
    async with view(NARROW) as pilot:
        assert "Push · " not in text_of(pilot.app)
        await pilot.press("enter")
        await settled(pilot)
        assert "Push · Name059" in text_of(pilot.app)
        assert "CrowdTwist id" in text_of(pilot.app)
        await pilot.press("escape")
        await settled(pilot)
        assert "Push · " not in text_of(pilot.app)
        assert pilot.app.focused is pushes(pilot)


async def test_personal_data_is_masked_until_asked_for(view, settled, text_of):
    async with view((200, 60)) as pilot:
        assert "m59@example.org" not in text_of(pilot.app)
        assert "4722000059" not in text_of(pilot.app)
        await pilot.press("ctrl+o")
        await settled(pilot)
        assert "m59@example.org" in text_of(pilot.app)
        assert "4722000059" in text_of(pilot.app)
        assert "personal data shown" in text_of(pilot.app)


async def test_a_push_that_is_gone_is_said_in_its_place(view, archive, settled, text_of):
    async with view() as pilot:
        archive.texts.clear()
        await pilot.press("down", "down")  # the first one was read ahead
        await settled(pilot)
        assert "This push is not in its file any more." in " ".join(text_of(pilot.app).split())


@pytest.mark.parametrize("is_asked", [True, False])
async def test_a_push_that_could_not_be_read_is_read_again(
    view, archive, settled, text_of, is_asked
):
    texts = dict(archive.texts)
    archive.texts.clear()
    async with view() as pilot:
        assert "This push is not in its file" in text_of(pilot.app)
        archive.texts |= texts
        if is_asked:
            await pilot.press("ctrl+r")
        else:
            archive.say()
        await settled(pilot)
        assert "This push is not in its file" not in text_of(pilot.app)


# What arrives


def arrive(archive, number, **changes):
    archive.add(push(number, **changes), received_at=NOW)
    archive.say(pushes=1)


async def test_arrivals_say_who_sent_what_and_what_changed(view, archive, settled):
    async with view(size=(80, 24)) as pilot:
        await pilot.press("f8")
        await settled(pilot)
        arrive(archive, 59, totalPoints=9_000, dateLastUpdated=START + 90 * DAY)
        await settled(pilot)
        first = pushes(pilot).render_line(1).text
        assert "21 Nov 2026 14:03" in first
        assert "Name059" in first
        assert "points +3,100" in first
        arrive(archive, 700, firstName="Newcomer", dateLastUpdated=START + 91 * DAY)
        await settled(pilot)
        first = pushes(pilot).render_line(1).text
        assert "Newcomer" in first
        assert "first push" in first


async def test_what_changed_is_told_though_others_keep_coming(view, archive, until, monkeypatch):
    monkeypatch.setattr("loyalty_tui.tui.widgets.push_changes._PATIENCE", 60.0)
    monkeypatch.setattr("loyalty_tui.tui.widgets.push_changes._MOST_PATIENCE", 0.05)
    async with view(size=(80, 24)) as pilot:
        await pilot.press("f8")
        coming = iter(range(100, 100_000))

        def is_told():
            arrive(archive, next(coming), dateLastUpdated=START + 90 * DAY)
            return "first push" in "".join(pushes(pilot).render_line(y).text for y in range(1, 10))

        await until(pilot, is_told)


@pytest.mark.parametrize("inspector", [False, True])
async def test_an_open_push_stays_while_it_is_read(view, archive, settled, text_of, inspector):
    async with view() as pilot:
        await pilot.press("f11" if inspector else "enter")
        await settled(pilot)
        for number in (901, 902):
            arrive(archive, number, dateLastUpdated=START + (number - 800) * DAY)
            await settled(pilot)
        assert "Name059" in text_of(pilot.app)
        await pilot.press("escape")
        await settled(pilot)
        assert pushes(pilot).entry.name == "Name059"
        assert "2 new · Home" in text_of(pilot.app)


@pytest.mark.parametrize("inspector", [False, True])
async def test_an_open_push_stays_while_it_is_read_though_its_file_goes(
    view, archive, settled, text_of, inspector
):
    async with view() as pilot:
        await pilot.press("down", "down", "f11" if inspector else "enter")
        await settled(pilot)
        assert "Name057" in text_of(pilot.app)
        archive.entries[:] = [each for each in archive.entries if each.name != "Name057"]
        for _ in range(2):
            archive.say()
            await settled(pilot)
        inspected = pilot.app.screen.query_one("#push")
        assert inspected.entry.name == "Name057"
        assert "not in the archive any more" in " ".join(text_of(pilot.app).split())
        await pilot.press("ctrl+down" if inspector else "shift+tab")
        await settled(pilot)
        assert inspected.entry.name == "Name056"


async def test_what_took_the_place_of_an_open_push_is_open_once_it_is_left(view, archive, settled):
    async with view() as pilot:
        await pilot.press("down", "enter")
        await settled(pilot)
        archive.entries[:] = [each for each in archive.entries if each.name != "Name058"]
        archive.say()
        await settled(pilot)
        inspected = pilot.app.screen.query_one("#push")
        assert inspected.entry.name == "Name058"
        pushes(pilot).focus()
        await settled(pilot)
        assert inspected.entry == pushes(pilot).entry
        assert inspected.entry.name == "Name057"


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        ({"userActivityId": 1, "userId": 159, "points": 5}, "first activity push"),
        ({"userActivityId": 1, "emailAddress": "a@example.org"}, "first activity push"),
        ({"userActivityId": 1, "points": 5}, ""),
    ],
)
async def test_a_first_push_is_told_of_its_kind_and_only_where_somebody_is_named(
    view, archive, settled, activity, words
):
    async with view(size=(80, 24)) as pilot:
        await pilot.press("f8")
        await settled(pilot)
        archive.add(activity, received_at=NOW)
        archive.say(pushes=1)
        await settled(pilot)
        first = pushes(pilot).render_line(1).text
        assert "activity" in first
        assert first.split("activity", 1)[1].replace("159", "").strip() == words


async def test_what_changed_is_told_anew_when_an_earlier_push_comes_late(view, archive, settled):
    async with view(size=(80, 24)) as pilot:
        await pilot.press("f8")
        arrive(archive, 59, totalPoints=9_000, dateLastUpdated=START + 90 * DAY)
        await settled(pilot)
        arrive(archive, 59, totalPoints=8_000, dateLastUpdated=START + 80 * DAY)
        await settled(pilot)
        late, first = (pushes(pilot).render_line(y).text for y in (1, 2))
        if "points +2,100" not in late:
            late, first = first, late
        assert "points +2,100" in late
        assert "points +1,000" in first


async def test_what_changed_is_told_anew_of_another_push_in_the_same_place(view, archive, settled):
    async with view(size=(80, 24)) as pilot:
        await pilot.press("f8")
        arrive(archive, 58, totalPoints=8_900, dateLastUpdated=START + 89 * DAY)
        arrive(archive, 58, totalPoints=9_000, dateLastUpdated=START + 90 * DAY)
        await settled(pilot)
        assert "points +100" in pushes(pilot).render_line(1).text
        del archive.entries[-2:]
        arrive(archive, 58, totalPoints=8_800, dateLastUpdated=START + 89 * DAY)
        arrive(archive, 701, firstName="Other", dateLastUpdated=START + 90 * DAY)
        await settled(pilot)
        rows = [pushes(pilot).render_line(y).text for y in (1, 2)]
        other, earlier = rows if "Other" in rows[0] else rows[::-1]
        assert "first push" in other
        assert "points +3,000" in earlier


async def test_what_changed_is_told_anew_when_the_push_before_goes_or_comes_out_of_sight(
    view, archive, settled
):
    async with view(size=(80, 24)) as pilot:
        await pilot.press("f8")
        arrive(archive, 58, totalPoints=8_900, dateLastUpdated=START + 90 * DAY)
        await settled(pilot)
        assert "points +3,100" in pushes(pilot).render_line(1).text
        before = next(each for each in archive.entries if each.name == "Name058")
        archive.entries.remove(before)
        archive.say()
        await settled(pilot)
        assert "first push" in pushes(pilot).render_line(1).text
        archive.entries.append(before)
        archive.say()
        await settled(pilot)
        assert "points +3,100" in pushes(pilot).render_line(1).text


@pytest.mark.parametrize("key", ["f4", "ctrl+x"])
async def test_what_arrives_waits_while_it_is_paused(view, archive, settled, text_of, key):
    async with view() as pilot:
        await pilot.press(key)
        await settled(pilot)
        assert "paused" in text_of(pilot.app)
        for number in (901, 902):
            arrive(archive, number)
        await settled(pilot)
        assert "Name901" not in text_of(pilot.app)
        assert "paused · 2 came" in text_of(pilot.app)
        assert "62 pushes · last 14:03 UTC · 2/min" in text_of(pilot.app), "the pulse goes on"
        assert pushes(pilot).row_count == 60
        await pilot.press(key)
        await settled(pilot)
        assert "Name902" in text_of(pilot.app)
        assert "paused" not in text_of(pilot.app)
        assert pushes(pilot).row_count == 62


async def test_while_paused_only_what_the_query_finds_is_counted(
    view, archive, filtered, settled, text_of
):
    async with view() as pilot:
        await filtered(pilot, "tier:gold")
        await pilot.press("enter", "f4")
        await settled(pilot)
        archive.say(pushes=200)  # a file was touched, and read again
        await settled(pilot)
        assert "paused · F4" in text_of(pilot.app)
        for number in (900, 901, 902):
            arrive(archive, number)
        await settled(pilot)
        assert "paused · 1 came" in text_of(pilot.app)
        await pilot.press("f8")
        await settled(pilot)
        assert pushes(pilot).row_count == 21
        assert "21 of 63" in text_of(pilot.app)
        assert "came" not in text_of(pilot.app)


async def test_a_push_from_the_future_is_not_the_last_one_that_came(view, archive, text_of):
    archive.add(push(70), received_at=NOW - timedelta(minutes=30))
    archive.add(push(71), received_at=NOW + timedelta(hours=1))
    archive.add(push(72), received_at=datetime(9999, 12, 31, tzinfo=UTC))
    async with view() as pilot:
        assert "63 pushes · last 13:33 UTC · 1/h" in text_of(pilot.app)


async def test_what_waits_is_counted_from_the_pause_on_whatever_the_size(
    view, archive, settled, text_of
):
    async with view() as pilot:
        await pilot.press("f4")
        await settled(pilot)
        for number in (900, 901, 902):
            arrive(archive, number)
        await settled(pilot)
        await pilot.resize_terminal(100, 40)
        await settled(pilot)
        assert "paused · 3 came" in text_of(pilot.app)
        assert "60 pushes" in text_of(pilot.app)
        arrive(archive, 903)
        await settled(pilot)
        assert "paused · 4 came" in text_of(pilot.app)
        assert pushes(pilot).row_count == 60
        await pilot.press("f4")
        await settled(pilot)
        assert pushes(pilot).row_count == 64


async def test_a_pause_outlasts_a_visit_to_the_desk(view, archive, settled, text_of):
    async with view() as pilot:
        await pilot.press("f4", "f6")
        await settled(pilot)
        arrive(archive, 901)
        await settled(pilot)
        await pilot.press("f6")
        await settled(pilot)
        assert "paused · 1 came" in text_of(pilot.app)
        assert pushes(pilot).row_count == 60


@pytest.mark.parametrize("visits", [1, 2])
async def test_keys_sent_in_one_burst_with_the_archives_go_to_its_filter(program, settled, visits):
    async with LoyaltyApp(program).run_test(size=WIDE) as pilot:
        await settled(pilot)
        desk = pilot.app.screen
        for _ in range(visits - 1):
            await pilot.press("f6")
            await settled(pilot)
            await pilot.press("f6")
            await settled(pilot)
        for key in ("f6", "slash", *"name01"):
            pilot.app.post_message(Key(key, "/" if key == "slash" else key))
        await settled(pilot)
        assert box(pilot).value == "name01"
        assert pushes(pilot).row_count == 10
        assert not desk.query_one("#identifier", Input).value


async def test_what_a_remedy_names_is_not_offered_once_more(view, settled, text_of):
    async with view() as pilot:
        await pilot.press("slash", *"type:foo")
        await settled(pilot)
        assert text_of(pilot.app).count("redemption") == 1


async def test_keys_of_one_burst_edit_the_filter_in_their_order(view, settled):
    async with view() as pilot:
        await pilot.press("slash")
        for key in (*"nmae", *["backspace"] * 3, *"ame0", "left", "delete", "1", "home", *"no"):
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await settled(pilot)
        assert box(pilot).value == "noname1"


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["e", "tab"], "tier:"),
        ([*"er", "tab", *"go"], "tier:go"),
        (["e", "tab", "tab"], "tier:"),
        ([*"m", "tab", *":", "left", "1"], "timeframeScore:1:"),
        (["x", "tab", *"yz"], "tixyz"),
        (["e", "tab", "backspace", "backspace"], "t"),
    ],
)
async def test_an_offer_taken_in_one_burst_fits_what_was_typed(view, filtered, settled, keys, text):
    async with view() as pilot:
        await filtered(pilot, "ti")
        for key in keys:
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await settled(pilot)
        assert box(pilot).value == text


# The index, the commands, what comes from outside


async def test_the_index_says_how_far_it_is_and_what_is_indexed_is_there(
    view, archive, settled, text_of
):
    async with view() as pilot:
        archive.say(
            pushes=512_000, bytes_done=430_000_000, bytes_total=10**9, seconds=2.0, is_done=False
        )
        await settled(pilot)
        assert "43 % · 512,000 pushes · 215 MB/s · 3 s left" in text_of(pilot.app)
        assert pushes(pilot).row_count == 60
        archive.say()
        await settled(pilot)
        assert "MB/s" not in text_of(pilot.app)


async def test_every_command_of_the_view_is_in_help_and_those_that_do_something_in_the_palette(
    view, text_of
):
    async with view() as pilot:
        await pilot.press("f1")
        await pilot.pause()
        shown = text_of(pilot.app)
        for words in ("Look the member of this push up", "Turn the order round", "Ask the archive"):
            assert words in shown
        await pilot.press("end")
        await pilot.pause()
        shown = text_of(pilot.app)
        for way in commands.OVER_ARCHIVE:
            assert way.keys in shown
        await pilot.press("escape")
        offered = {each.title for each in pilot.app.get_system_commands(pilot.app.screen)}
        known = {each.label for each in commands.IN_ARCHIVE}
        assert known - offered == {commands.ALL_CHANGES.label}  # no changes are seen
        await pilot.press("ctrl+p")
        await pilot.pause()
        for label in ("Desk", "Filter", "Member", "Sort", "Pause"):
            assert label in text_of(pilot.app)


HOSTILE = [
    "[/]",
    "[bold red]x",
    "\x1b]52;c;aGk=\x07",
    "\u202eevil",
    "東京ファンクラブ",
    "n" * 300,
    "a\nb",
]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_text_from_outside_is_only_text(view, archive, settled, text_of, size):
    for number, text in enumerate(HOSTILE):
        tier = {"currentLevel": {"title": text}, "assignedByEvent": text}
        archive.add(push(90 + number, firstName=text, emailAddress=text, tierInfo=tier))
    async with view(size) as pilot:
        await pilot.press("ctrl+o", "slash", *"tier")
        await pilot.press("colon")
        await settled(pilot)
        shown = text_of(pilot.app)
        await pilot.press("enter", "enter")
        for _ in HOSTILE:
            await settled(pilot)
            shown += text_of(pilot.app)
            assert pilot.app.screen.query_one("KeyLine").region.bottom == size[1]
            await pilot.press("escape", "down", "enter")
    assert not set("\x00\x07\x1b\u202e\r\t") & set(shown)
    for text in HOSTILE:
        assert not text.startswith("[") or text in shown


async def test_the_archive_is_closed_by_nobody_but_its_connection(view, archive, program):
    async with view() as pilot:
        await pilot.press("ctrl+q")
    assert program.closed == 1
    assert archive.followers == 0


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_first_page_fills_the_screen(view, archive, size):
    async with view(size) as pilot:
        height = pushes(pilot).scrollable_content_region.height
        assert archive.pages[0]["limit"] >= height - 1


async def test_the_view_is_styled_for_its_size_from_the_start(view, monkeypatch):
    styled = []
    update = LoyaltyApp.update_styles

    def count(self, node, animate=True):  # noqa: FBT002 - as Textual declares it
        styled.append(node)
        update(self, node, animate)

    monkeypatch.setattr(LoyaltyApp, "update_styles", count)
    async with view() as pilot:
        assert pilot.app.screen not in styled
        await pilot.resize_terminal(*NARROW)
        await pilot.pause()
        assert pilot.app.screen in styled
        assert pilot.app.screen.has_class("-narrow", "-short")


async def test_a_push_is_opened_beside_the_list_once_there_is_room(view, settled, text_of):
    async with view(NARROW) as pilot:
        await pilot.press("down")
        await settled(pilot)
        assert "CrowdTwist id" not in text_of(pilot.app)
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert "CrowdTwist id" in text_of(pilot.app)


async def test_an_archive_that_is_opened_at_once_comes_before_the_rest_of_the_desk(
    program, settled, monkeypatch
):
    monkeypatch.setattr("loyalty_tui.tui.screens.desk._AHEAD", 600)  # however slow the machine is
    async with LoyaltyApp(program).run_test(size=WIDE) as pilot:
        desk = pilot.app.screen
        assert not desk.query("Counter")
        await pilot.press("f6")
        await settled(pilot)
        assert pushes(pilot).entry is not None
        assert not desk.query("Counter")
        await pilot.press("f6")
        await settled(pilot)
        assert pilot.app.screen is desk
        assert desk.query("Counter").first().display
        await pilot.press("f6")
        await settled(pilot)
        await pilot.press("f6")
        await settled(pilot)
        assert len(desk.query("Counter")) == 1
