"""The list of pushes by key and mouse: ten million rows as quickly as ten, and nothing waits."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from textual.scrollbar import ScrollTo

from loyalty_tui.tui.app import LoyaltyApp

from .archive import EndlessArchive, MemoryArchive
from .conftest import NOW, FakeProgram

SIZE = (120, 40)
MILLIONS = 10_000_000


def push(number, **changes):
    """A push a minute, the later the higher the number."""
    return {
        "id": number,
        "firstName": f"Name{number:04}",
        "emailAddress": f"m{number}@example.org",
        "totalPoints": number * 7 % 1000,
        "dateLastUpdated": 1_500_000_000 + number * 60,
        "tierInfo": {"assignedByEvent": "update"},
        **changes,
    }


@pytest.fixture
def endless():
    return EndlessArchive(MILLIONS)


@pytest.fixture
def many():
    return MemoryArchive(*(push(number) for number in range(300)))


@pytest.fixture
def opened(service, settled):
    """Run the archive view over an archive: `async with opened(archive) as (pilot, list)`."""

    class Opened:
        def __init__(self, archive, size=SIZE, clock=None):
            self.program = FakeProgram(service, archive)
            if clock is not None:
                self.program.now = clock
            self.run = LoyaltyApp(self.program).run_test(size=size)

        async def __aenter__(self):
            pilot = await self.run.__aenter__()
            await settled(pilot)
            await pilot.press("f6")
            await settled(pilot)
            return pilot, pilot.app.screen.query_one("#archive-list")

        async def __aexit__(self, *error):
            return await self.run.__aexit__(*error)

    return Opened


def lines_of(pushes):
    """Return the rows of the list as they are drawn, without the head."""
    return [pushes.render_line(y).text.rstrip() for y in range(1, pushes.size.height)]


def asked(archive):
    """Return how many entries were asked for and passed over since the last call."""
    pages, archive.pages[:] = list(archive.pages), []
    return sum(p["limit"] for p in pages), sum(p["skip"] for p in pages)


async def test_home_and_end_of_ten_million_ask_for_their_ends_only(opened, endless, settled):
    async with opened(endless) as (pilot, pushes):
        asked(endless)
        await pilot.press("end")
        await settled(pilot)
        assert pushes.cursor == MILLIONS - 1
        assert pushes.entry.total_points == 0
        rows, skipped = asked(endless)
        assert rows < 500
        assert skipped == 0
        await pilot.press("home")
        await settled(pilot)
        assert pushes.cursor == 0
        assert pushes.entry.total_points == MILLIONS - 1
        rows, skipped = asked(endless)
        assert rows < 500
        assert skipped == 0


async def test_pages_of_ten_million_follow_each_other_and_pass_over_nothing(
    opened, endless, settled
):
    async with opened(endless) as (pilot, pushes):
        await pilot.press("end")
        await settled(pilot)
        asked(endless)
        for _ in range(30):
            await pilot.press("pageup")
            await settled(pilot)
            assert pushes.entry.total_points == MILLIONS - 1 - pushes.cursor
        rows, skipped = asked(endless)
        assert skipped == 0
        assert rows < 30 * 100
        assert pushes.rows_in_memory < 700


async def test_only_a_drag_of_the_scroll_bar_passes_over_rows(opened, endless, settled):
    async with opened(endless) as (pilot, pushes):
        asked(endless)
        pushes.post_message(ScrollTo(y=4_000_000, animate=False))
        await settled(pilot)
        _, skipped = asked(endless)
        assert 3_900_000 < skipped < 4_000_001
        first = lines_of(pushes)[0]
        assert f"{MILLIONS - 1 - 4_000_000:,}" in first
        pushes.post_message(ScrollTo(y=MILLIONS - 1000, animate=False))
        await settled(pilot)
        _, skipped = asked(endless)
        assert skipped < 1000


async def test_the_next_screen_is_here_before_it_is_seen(opened, endless, until):
    async with opened(endless) as (pilot, pushes):
        endless.page_gate.close()
        await pilot.press("pagedown")
        assert "····" not in "\n".join(lines_of(pushes))
        endless.page_gate.let_go()
        await until(pilot, lambda: pushes.cursor > 0)


async def test_rows_that_are_not_here_yet_are_drawn_faint_and_come(opened, endless, settled):
    async with opened(endless) as (pilot, pushes):
        endless.page_gate.close()
        pushes.post_message(ScrollTo(y=5_000_000, animate=False))
        await pilot.pause()
        assert all("········" in line for line in lines_of(pushes))
        endless.page_gate.let_go()
        await settled(pilot)
        assert not any("········" in line for line in lines_of(pushes))


async def test_the_screen_answers_keys_while_the_archive_does_not(opened, endless, until, settled):
    async with opened(endless) as (pilot, pushes):
        endless.page_gate.close()
        pushes.post_message(ScrollTo(y=5_000_000, animate=False))
        await until(pilot, lambda: endless.page_gate.waiting)
        await pilot.press("f1")
        await pilot.pause()
        assert pilot.app.screen.query("#help")
        await pilot.press("escape")
        endless.page_gate.let_go()
        await settled(pilot)


@pytest.mark.parametrize("is_deaf", [False, True])
async def test_a_late_page_never_overwrites_a_newer_question(opened, many, until, settled, is_deaf):
    async with opened(many) as (pilot, pushes):
        many.is_deaf = is_deaf
        many.page_gate.close()
        await pilot.press("end")
        await until(pilot, lambda: many.page_gate.waiting)
        await pilot.press("f9")  # oldest first, from its beginning
        await pilot.press("f8")  # by receipt
        await pilot.press("f8")  # by points
        many.page_gate.let_go()
        await settled(pilot)
        assert pushes.cursor == 0
        assert pushes.entry.total_points == 995
        assert "Points ▼" in pushes.render_line(0).text


@pytest.mark.parametrize("key", ["pagedown", "end", "home", "down"])
async def test_keys_before_the_first_page_of_another_order_never_mix_two_orders(
    opened, many, until, settled, key
):
    async with opened(many) as (pilot, pushes):
        many.page_gate.close()
        await pilot.press("f8", "f8")  # by points: keys of another form
        await until(pilot, lambda: many.page_gate.waiting)
        many.pages.clear()
        pushes.post_message(ScrollTo(y=200, animate=False))
        await pilot.press(key)
        many.arrive(push(300, totalPoints=5))
        await pilot.pause()
        assert not [page for page in many.pages if page["beyond"] is not None]
        many.page_gate.let_go()
        await settled(pilot)
        points = [many.entries[pushes.entry.member_id].total_points]
        for _ in range(40):
            await pilot.press("up" if key == "end" else "down")
            await settled(pilot)
            points.append(pushes.entry.total_points)
        assert points == sorted(points, reverse=key != "end")
        assert pushes.row_count == 301


async def test_the_list_works_from_its_entries_while_the_count_is_not_known(
    opened, many, until, settled
):
    many.sums_gate.close()
    async with opened_without_settling(opened, many, until) as (pilot, pushes):
        for _ in range(20):
            await pilot.press("pagedown")
            await until(pilot, lambda: pushes.entry is not None)
        assert pushes.entry.member_id == 0
        assert pushes.row_count == 300
        many.sums_gate.let_go()
        await settled(pilot)
        assert pushes.row_count == 300


async def test_a_count_that_comes_before_the_first_page_is_kept_for_it(
    opened, many, until, settled, text_of
):
    async with opened(many) as (pilot, pushes):
        many.page_gate.close()
        await pilot.press("slash", "n")
        await until(pilot, lambda: "300 of 300" in text_of(pilot.app))
        many.page_gate.let_go()
        await settled(pilot)
        assert pushes.row_count == 300


async def test_the_end_is_known_also_while_the_count_is_not(opened, many, until, settled):
    many.sums_gate.close()
    async with opened_without_settling(opened, many, until) as (pilot, pushes):
        await pilot.press("end")
        await until(pilot, lambda: pushes.entry is not None and pushes.entry.member_id == 0)
        many.sums_gate.let_go()
        await settled(pilot)
        assert pushes.cursor == 299
        await pilot.press("up")
        assert pushes.entry.member_id == 1


class opened_without_settling:  # noqa: N801 - reads like the fixture it uses
    """The archive view while some of its questions are held back."""

    def __init__(self, opened, archive, until):
        self.inner = opened(archive)
        self.until = until

    async def __aenter__(self):
        pilot = await self.inner.run.__aenter__()
        await self.until(pilot, lambda: pilot.app.screen.query("Counter"))
        await pilot.press("f6")
        await self.until(pilot, lambda: pilot.app.screen.query("#archive-list"))
        pushes = pilot.app.screen.query_one("#archive-list")
        await self.until(pilot, lambda: pushes.rows_in_memory > 0)
        return pilot, pushes

    async def __aexit__(self, *error):
        return await self.inner.run.__aexit__(*error)


# Sorting


async def test_keys_go_through_the_four_orders_and_turn_them_round(opened, many, settled):
    heads = []
    async with opened(many) as (pilot, pushes):
        for key in ("f9", "f8", "f8", "ctrl+y", "ctrl+s", "f9", "f8"):
            await pilot.press(key)
            await settled(pilot)
            heads.append((pushes.render_line(0).text, pushes.entry.member_id))
    signs = ["Updated ▲ oldest", "Received ▼ newest", "Points ▼ ", "Points ▲ ",
             "Member ▲ A–Z", "Member ▼ Z–A", "Updated ▼ newest"]  # fmt: skip
    for (head, _), sign in zip(heads, signs, strict=True):
        assert sign in head
    assert [heads[0][1], heads[4][1], heads[5][1], heads[6][1]] == [0, 0, 299, 299]


async def test_a_click_on_a_head_sorts_by_it_and_again_turns_it_round(opened, many, settled):
    async with opened(many) as (pilot, pushes):
        x = pushes.render_line(0).text.index("Points") + 1
        for words in ("Points ▼ ", "Points ▲ "):
            await pilot.click("#archive-list", offset=(x - 1, 0))
            await settled(pilot)
            assert words in pushes.render_line(0).text


async def test_a_click_moves_and_a_second_one_opens(opened, many, settled):
    async with opened(many) as (pilot, pushes):
        await pilot.click("#archive-list", offset=(10, 5))
        await settled(pilot)
        assert pushes.cursor == 4
        await pilot.click("#archive-list", offset=(10, 5), times=2)
        await settled(pilot)
        assert pilot.app.screen.query_one("#push").has_focus_within


@pytest.mark.parametrize("keys", [["end"], ["down"] * 30])
async def test_the_cursor_stays_in_sight_in_a_lower_terminal(opened, many, settled, keys):
    async with opened(many, size=(120, 60)) as (pilot, pushes):
        await pilot.press(*keys)
        await settled(pilot)
        entry = pushes.entry
        await pilot.resize_terminal(120, 24)
        await settled(pilot)
        assert pushes.entry == entry
        assert sum(line.startswith("▶") for line in lines_of(pushes)) == 1


async def test_what_was_scrolled_away_from_stays_away_in_a_lower_terminal(opened, many, settled):
    async with opened(many, size=(120, 60)) as (pilot, pushes):
        pushes.scroll_to(y=100, animate=False)
        await settled(pilot)
        await pilot.resize_terminal(120, 24)
        await settled(pilot)
        assert pushes.scroll_offset.y == 100


# Typing to jump


async def test_a_number_typed_goes_there_in_ten_million(opened, endless, settled, type_in, text_of):
    async with opened(endless) as (pilot, pushes):
        await pilot.press("f8", "f8")
        await settled(pilot)
        asked(endless)
        await type_in(pilot, "4200000")
        assert pushes.entry.total_points == 4_200_000
        assert pushes.cursor == MILLIONS - 1 - 4_200_000
        assert "to: 4200000" in text_of(pilot.app)
        assert asked(endless)[1] == 0
        await pilot.press("up")
        await settled(pilot)
        assert pushes.entry.total_points == 4_200_001
        assert "to: 4200000" not in text_of(pilot.app)


async def test_a_name_typed_goes_there_and_backspace_and_escape_edit_it(
    opened, many, settled, type_in, text_of
):
    async with opened(many) as (pilot, pushes):
        await pilot.press("f8", "f8", "f8")
        await settled(pilot)
        await type_in(pilot, "namez")
        assert "to: namez · nothing there" in text_of(pilot.app)
        await pilot.press("backspace")
        await type_in(pilot, "0150")
        assert pushes.entry.member_id == 150
        assert pushes.cursor == 150
        await pilot.press("escape")
        await pilot.pause()
        assert "to: " not in text_of(pilot.app)
        assert pilot.app.screen.query("#archive-list")


async def test_after_a_pause_what_is_typed_begins_anew(opened, many, type_in, settled, text_of):
    times = [NOW]
    async with opened(many, clock=lambda: times[0]) as (pilot, _):
        await type_in(pilot, "20")
        times[0] += timedelta(seconds=1.4)
        await type_in(pilot, "17")
        await settled(pilot)
        assert "to: 2017" in text_of(pilot.app)
        times[0] += timedelta(seconds=1.5)
        await type_in(pilot, "2018")
        assert "to: 2018" in text_of(pilot.app)


async def test_what_was_typed_is_said_no_longer_than_it_lasts(
    opened, many, type_in, until, text_of, monkeypatch
):
    monkeypatch.setattr("loyalty_tui.tui.widgets.push_list.PAUSE", timedelta(seconds=0.01))
    times = [NOW]
    async with opened(many, clock=lambda: times[0]) as (pilot, _):
        await type_in(pilot, "5 nov")
        assert "to: 5 nov" in text_of(pilot.app)
        times[0] += timedelta(seconds=1.5)
        await until(pilot, lambda: "to: " not in text_of(pilot.app))


@pytest.mark.parametrize(
    "typed", ["2010-10-05", "05 Oct 2010", "5 october 2010", "05 oct", "05 Oct 2010 23:59"]
)
async def test_a_date_is_typed_as_the_list_writes_it(opened, type_in, typed):
    day, now = datetime(2010, 10, 5, 23, 59, tzinfo=UTC), datetime(2011, 3, 1, tzinfo=UTC)
    moments = (day + timedelta(days=number) for number in range(-400, 400, 5))
    archive = MemoryArchive(*(push(1, dateLastUpdated=at.timestamp()) for at in moments))
    async with opened(archive, clock=lambda: now) as (pilot, pushes):
        await type_in(pilot, typed)
        assert pushes.entry.updated_at == day


# What arrives


async def test_at_the_top_new_pushes_appear_by_themselves(opened, many, settled):
    async with opened(many) as (pilot, pushes):
        for number in (300, 301):
            many.arrive(push(number))
            await settled(pilot)
            assert pushes.cursor == 0
            assert pushes.entry.member_id == number
            assert pushes.row_count == number + 1


@pytest.mark.parametrize(
    "way", [("down",), ("pagedown", "pagedown"), ("end",), ("f8", "f8"), ("f8", "f8", "f8", "down")]
)
async def test_what_is_being_read_does_not_move_and_what_is_new_is_counted(
    opened, many, settled, text_of, way
):
    async with opened(many) as (pilot, pushes):
        for key in way:
            await pilot.press(key)
            await settled(pilot)
        before, entry = lines_of(pushes), pushes.entry
        for number in (300, 301, 302):
            many.arrive(push(number, totalPoints=2000, firstName="A"))
            await settled(pilot)
            assert lines_of(pushes) == before
            assert pushes.entry == entry
        assert "3 new · Home" in text_of(pilot.app)
        assert pushes.row_count == 303
        await pilot.press("home")
        await settled(pilot)
        assert "3 new" not in text_of(pilot.app)
        many.arrive(push(303, totalPoints=2000, firstName="A"))
        await settled(pilot)


async def test_home_shows_what_is_new(opened, many, settled):
    async with opened(many) as (pilot, pushes):
        await pilot.press("pagedown")
        many.arrive(push(300))
        await settled(pilot)
        await pilot.press("home")
        await settled(pilot)
        assert pushes.entry.member_id == 300
        assert pushes.cursor == 0


async def test_rows_that_came_between_are_there_when_one_comes_back(opened, many, settled):
    async with opened(many) as (pilot, pushes):
        await pilot.press("pagedown", "pagedown", "pagedown", "pagedown")
        await settled(pilot)
        for number in (400, 401, 402):
            many.arrive(push(number, dateLastUpdated=1_500_000_000 + 290 * 60 + 1))
            await settled(pilot)
        seen = set()
        for _ in range(12):
            await pilot.press("pageup")
            await settled(pilot)
            seen |= set(lines_of(pushes))
        assert len([line for line in seen if "Name04" in line]) == 3
        assert pushes.cursor == 0
        for index in range(60):
            await pilot.press("down")
            assert pushes.cursor == index + 1
        assert pushes.row_count == 303


@pytest.mark.parametrize("way", [("down",) * 9, ("pagedown", "down", "down"), ("f8", "f8", "down")])
async def test_rows_that_come_between_those_in_sight_appear_and_the_cursor_stays(
    opened, many, settled, way
):
    async with opened(many) as (pilot, pushes):
        for key in way:
            await pilot.press(key)
            await settled(pilot)
        entry, line = pushes.entry, pushes.cursor - pushes.scroll_offset.y
        last = entry.member_id
        for number, points, seconds in ((400, -1, 61), (401, 0, -59), (402, 0, -1)):
            sent = {"totalPoints": entry.total_points + points}
            later = 1_500_000_000 + last * 60 + seconds
            many.arrive(push(number, dateLastUpdated=later, **sent))
            await settled(pilot)
            assert f"Name0{number}" in "".join(lines_of(pushes))
            assert pushes.entry == entry
            assert pushes.cursor - pushes.scroll_offset.y == line
        assert pushes.row_count == 303


async def test_rows_that_come_between_appear_also_where_all_are_in_sight(opened, settled):
    few = MemoryArchive(*(push(number) for number in (1, 9)))
    async with opened(few) as (pilot, pushes):
        await pilot.press("end")
        few.arrive(push(5))
        await settled(pilot)
        assert pushes.row_count == 3
        assert pushes.entry.member_id == 1
        assert [line.count("Name") for line in lines_of(pushes)][:4] == [1, 1, 1, 0]


@pytest.mark.parametrize("share", [2, 3, 1])
async def test_what_is_gone_leaves_the_screen_and_the_rest_stays(opened, many, settled, share):
    def seen_in(pushes):
        return [int(number) for number in re.findall(r"Name0(\d{3})", "".join(lines_of(pushes)))]

    async with opened(many) as (pilot, pushes):
        await pilot.press("pagedown", "pagedown", "pagedown", "up", "up")
        await settled(pilot)
        ids = [entry.member_id for entry in many.entries]
        seen, cursor = seen_in(pushes), pushes.entry.member_id
        gone = {number for number in seen if number % share == 0}
        many.entries[:] = [each for each in many.entries if each.member_id not in gone]
        many.say()
        await settled(pilot)
        left = sorted(set(ids) - gone, reverse=True)
        first = next(at for at, number in enumerate(left) if number <= seen[0])
        assert seen_in(pushes) == left[first : first + len(seen)]
        assert pushes.row_count == len(left)
        assert pushes.entry.member_id == left[pushes.cursor]
        if cursor not in gone:
            assert pushes.entry.member_id == cursor


async def test_a_row_whose_place_another_push_has_taken_leaves_the_screen(opened, many, settled):
    async with opened(many) as (pilot, pushes):
        await pilot.press("pagedown", "pagedown", "down")
        await settled(pilot)
        names = re.findall(r"Name0\d{3}", "".join(lines_of(pushes)))
        refs = [entry.ref for entry in many.entries]
        left = [entry for entry in many.entries if entry.name not in names[5:7]]
        many.entries[:] = map(lambda entry, ref: replace(entry, ref=ref), left, refs)
        many.say()
        await settled(pilot)
        seen = re.findall(r"Name0\d{3}", "".join(lines_of(pushes)))
        assert not set(seen) & set(names[5:7])
        assert seen == sorted(set(seen), reverse=True)
        assert pushes.row_count == 298


async def test_rows_come_between_also_when_the_cursors_goes_at_once(opened, many, settled):
    async with opened(many) as (pilot, pushes):
        await pilot.press("down", "down", "down", "down")
        many.entries[:] = [each for each in many.entries if each != replace(pushes.entry, key=())]
        many.arrive(push(400, dateLastUpdated=1_500_000_000 + 298 * 60 + 1))
        await settled(pilot)
        seen = re.findall(r"Name0(\d{3})", "".join(lines_of(pushes)))
        assert "".join(seen).find("400298297296294") >= 0
        assert pushes.entry.member_id == 294
        assert pushes.row_count == 300


async def test_what_is_in_sight_is_not_said_to_be_new(opened, settled, text_of):
    few = MemoryArchive(*(push(number) for number in range(4)))
    async with opened(few) as (pilot, pushes):
        await pilot.press("down", "down")
        await settled(pilot)
        entry = pushes.entry
        for number in (300, 301):
            few.arrive(push(number, totalPoints=2000))
            await settled(pilot)
        assert (pushes.entry, pushes.row_count) == (entry, 6)
        assert "new · Home" not in text_of(pilot.app)


async def test_pushes_that_are_read_again_from_another_file_are_not_new(
    opened, many, settled, text_of
):
    async with opened(many) as (pilot, _):
        await pilot.press("pagedown")
        await settled(pilot)
        last, ref = many.entries[-1], "saved.ndjson:9999"
        many.texts[ref] = many.texts[last.ref]
        many.entries[-1] = replace(last, ref=ref)
        many.say(pushes=1)
        await settled(pilot)
        assert "new · Home" not in text_of(pilot.app)


async def test_a_push_that_arrives_in_an_empty_list_appears(opened, settled, text_of):
    archive = MemoryArchive()
    async with opened(archive) as (pilot, pushes):
        assert "The archive holds no push yet." in text_of(pilot.app)
        archive.arrive(push(1))
        await settled(pilot)
        assert pushes.entry.member_id == 1
        assert "holds no push" not in text_of(pilot.app)


async def test_old_pushes_that_are_being_indexed_are_no_news(opened, many, settled, text_of):
    many.first_progress = structs.replace(many.first_progress, is_done=False)
    async with opened(many) as (pilot, pushes):
        await pilot.press("pagedown")
        await settled(pilot)
        for number in range(300, 360):
            many.add(push(number))
        many.say(is_done=False, bytes_done=1, bytes_total=2)
        await settled(pilot)
        assert "new · Home" not in text_of(pilot.app)
        many.say(is_done=True)
        await settled(pilot)
        assert "new · Home" not in text_of(pilot.app)
        for number, is_done in ((360, False), (361, True)):
            many.add(push(number))
            many.say(is_done=is_done)
            await settled(pilot)
        assert "2 new · Home" in text_of(pilot.app)
        assert pushes.row_count == 362


async def test_the_open_push_stays_while_it_is_read_at_the_top(opened, many, settled, text_of):
    async with opened(many) as (pilot, pushes):
        await pilot.press("enter")
        await settled(pilot)
        many.arrive(push(300))
        await settled(pilot)
        assert pushes.entry.member_id == 299
        assert "Push · Name0299" in text_of(pilot.app)


async def test_an_archive_that_fails_says_so_and_works_again(opened, many, settled, text_of):
    from loyalty_tui.errors import ArchiveError

    async with opened(many) as (pilot, pushes):
        many.error = ArchiveError("The index is gone.", "Press Ctrl+R.")
        await pilot.press("end")
        await settled(pilot)
        assert "The index is gone. Press Ctrl+R." in text_of(pilot.app)
        many.error = None
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert "The index is gone." not in text_of(pilot.app)
        assert pushes.cursor == 0


@pytest.mark.parametrize("way", [("down",) * 3, ("pagedown", "down"), ("f8", "f8")])
async def test_a_body_that_comes_again_is_counted_where_it_is_seen(opened, many, settled, way):
    async with opened(many) as (pilot, pushes):
        for key in way:
            await pilot.press(key)
            await settled(pilot)
        entry, at = pushes.entry, pushes.cursor - pushes.scroll_offset.y
        for line in (at, at + 2):
            name = re.search(r"Name0\d{3}", lines_of(pushes)[line]).group()
            many.entries[:] = [
                replace(each, copies=3) if each.name == name else each for each in many.entries
            ]
            many.say()
            await settled(pilot)
            assert "×3" in lines_of(pushes)[line]
        assert (pushes.entry.ref, pushes.cursor - pushes.scroll_offset.y) == (entry.ref, at)


async def test_what_is_gone_leaves_the_screen_also_where_the_cursor_is_out_of_sight(
    opened, many, settled
):
    async with opened(many) as (pilot, pushes):
        pushes.scroll_to(y=100, animate=False)
        await settled(pilot)
        names = re.findall(r"Name0\d{3}", "".join(lines_of(pushes)))
        entry = pushes.entry
        many.entries[:] = [entry for entry in many.entries if entry.name not in names[2:5]]
        many.say()
        await settled(pilot)
        left = re.findall(r"Name0\d{3}", "".join(lines_of(pushes)))
        assert left[: len(names) - 3] == names[:2] + names[5:]
        await pilot.press("up")
        assert pushes.entry == entry
