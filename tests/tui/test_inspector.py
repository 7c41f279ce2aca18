"""The inspector: its views, the push it compares with, the whole screen, and the timeline."""

import copy
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from loyalty_tui.crowdmanager.models import Rank
from loyalty_tui.crowdtwist import changes, json_text, overview, reading
from loyalty_tui.crowdtwist.json_folds import Folds
from loyalty_tui.crowdtwist.json_tree import JsonTree, Look
from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.errors import ArchiveError
from loyalty_tui.tui import commands, glyphs
from loyalty_tui.tui.app import LoyaltyApp
from loyalty_tui.tui.inspecting import Compared
from loyalty_tui.tui.widgets.changes_view import ChangesView
from loyalty_tui.tui.widgets.fields_view import FieldLines
from loyalty_tui.tui.widgets.json_lines import TreePainter
from loyalty_tui.tui.widgets.overview_view import OverviewView

from .archive import MemoryArchive
from .conftest import FIXTURES, SUMMARY, FakeProgram

SAMPLE = json_text.loads((FIXTURES / "crowdtwist-live-push-sample.json").read_text("utf-8"))
EMAIL = "george15@crowdtwist.com"
WIDE, NARROW = (160, 50), (80, 24)


def push(at, points, *, tier="Tier 1", event="update", **others):
    made = copy.deepcopy(SAMPLE) | {"dateLastUpdated": str(at), "totalPoints": points} | others
    made["tierInfo"]["currentLevel"]["title"] = made["fanLevelName"] = tier
    made["tierInfo"]["assignedByEvent"] = event
    return made


@pytest.fixture
def archive():
    """Five pushes of one member, the one before the last arrived last."""
    saved = MemoryArchive()
    saved.add(push(1767225600, 100, event="start"))
    saved.add(push(1769904000, 220))
    saved.add(push(1772323200, 1020, tier="Tier 2", event="jump", city="Oslo"))
    saved.add(push(1777593600, 1020, tier="Tier 1", event="drop", city="Oslo", redeemablePoints=20))
    saved.add(push(1775001600, 1020, tier="Tier 2", city="Oslo", emailAddress=EMAIL.upper()))
    return saved


@pytest.fixture
def opened(service, archive, ask):
    """The desk with the member's pushes, the cursor in their list."""

    class Opened:
        def __init__(self, size=WIDE):
            self.app = LoyaltyApp(FakeProgram(service, archive))
            self.running = self.app.run_test(size=size)

        async def __aenter__(self):
            self.pilot = await self.running.__aenter__()
            await ask(self.pilot, EMAIL)
            await self.pilot.press("f2")
            return self.pilot

        async def __aexit__(self, *error):
            archive.previous_gate.let_go()
            archive.page_gate.let_go()
            return await self.running.__aexit__(*error)

    return Opened


@pytest.fixture
def press(settled):
    async def pressing(pilot, *keys):
        for key in keys:
            await pilot.press(key)
            await settled(pilot)

    return pressing


def view_of(pilot, name):
    pilot.app.screen.query_one("#push").active = name


def in_palette(app):
    return {command.title for command in app.get_system_commands(app.screen)}


# The list


async def test_the_list_says_what_each_push_changed_in_the_order_of_updates(opened, press, text_of):
    async with opened((200, 60)) as pilot:
        await press(pilot, "home")
        shown = text_of(pilot.app)
        lines = [line for line in shown.splitlines() if " 2026 00:00" in line]
        assert [word in line for line, word in zip(lines[:5], (
            "Tier 2 → Tier 1 (drop)", "e-mail changed", "Tier 1 → Tier 2 (jump)",
            "total points +120 → 220", "first push",
        ), strict=True)] == [True] * 5  # fmt: skip
        assert "+800" in lines[2]
        assert "+120" in lines[3]


async def test_the_list_is_there_before_what_changed_is_known(
    opened, archive, settled, until, text_of
):
    async with opened((200, 60)) as pilot:
        archive.previous_gate.close()
        archive.arrive(push(1780000000, 1500))
        await until(pilot, lambda: "1,500" in text_of(pilot.app))
        assert "+480" not in text_of(pilot.app)
        await until(pilot, lambda: archive.previous_gate.waiting)
        archive.previous_gate.let_go()
        await settled(pilot)
        assert "+480" in text_of(pilot.app)


async def test_a_push_that_comes_late_changes_what_the_next_one_changed(
    opened, archive, press, settled, text_of
):
    async with opened((200, 60)) as pilot:
        await press(pilot, "end")
        assert "total points +120 → 220" in text_of(pilot.app)
        archive.arrive(push(1768000000, 200))
        await settled(pilot)
        assert "total points +20 → 220" in text_of(pilot.app)
        await press(pilot, "ctrl+r")
        assert "total points +100 → 200" in text_of(pilot.app)


async def test_a_row_that_cannot_be_compared_says_so_and_the_others_are_told(
    opened, archive, settled, text_of
):
    del archive.texts["saved.ndjson:0"]
    async with opened((200, 60)) as pilot:
        await settled(pilot)
        assert "cannot be read" in text_of(pilot.app)
        assert "Tier 1 → Tier 2 (jump)" in text_of(pilot.app)


# The views


async def test_changes_are_told_against_the_push_before_also_when_it_arrived_later(
    opened, settled, text_of
):
    async with opened() as pilot:
        view_of(pilot, "changes")
        await settled(pilot)
        shown = text_of(pilot.app)
        assert "previous push, 1 Apr 2026 00:00:00 UTC" in shown
        assert "Tier 2 → Tier 1 (drop)" in shown
        assert "redeemable −5,180 → 20" in shown


async def test_the_first_push_has_none_to_be_compared_with(opened, press, text_of):
    async with opened() as pilot:
        view_of(pilot, "changes")
        await press(pilot, "end")
        assert "No earlier profile push of this member is saved." in text_of(pilot.app)


async def test_a_push_of_another_kind_has_none_of_its_own_before_it(
    service, archive, ask, press, text_of
):
    archive.add({"userActivityId": 9, "userId": 6566, "emailAddress": EMAIL})
    app = LoyaltyApp(FakeProgram(service, archive))
    async with app.run_test(size=WIDE) as pilot:
        await ask(pilot, EMAIL)
        await press(pilot, "f2", "end")
        view_of(pilot, "changes")
        await press(pilot, "up", "down")
        assert "No earlier activity push of this member is saved." in text_of(app)


async def test_noise_is_folded_away_until_a_key_shows_it(opened, press, settled, text_of):
    async with opened() as pilot:
        view_of(pilot, "changes")
        await settled(pilot)
        assert "last updated" not in text_of(pilot.app)
        assert "F12 shows all" in text_of(pilot.app)
        await press(pilot, "f12")
        assert "last updated 1 Apr 2026" in text_of(pilot.app)
        await press(pilot, "f12")
        assert "last updated" not in text_of(pilot.app)


async def test_what_is_folded_away_is_counted_by_why_and_has_a_sign_when_it_is_shown(
    opened, archive, press, settled, text_of
):
    archive.add(push(1780000000, 1020) | {"tierInfo": None})
    async with opened() as pilot:
        view_of(pilot, "changes")
        await settled(pilot)
        shown = " ".join(text_of(pilot.app).split())
        counts = re.search(r"Folded away: (\d+) says? .*?, (\d+) are part of others", shown)
        await press(pilot, "f12")
        pane = pilot.app.screen.query_one("#changes-lines")
        lines = [line.text for line in map(pane.render_line, range(pane.size.height))]
        signed = [line for line in lines if line.startswith(" · ")]
        assert 0 < len(signed) <= sum(map(int, counts.groups()))
        assert any("tier details removed" in line for line in lines)
        assert not any("tier details removed" in line for line in signed)


@pytest.mark.parametrize("width", [40, 120])
def test_changes_one_can_do_without_are_told_apart_without_colour(width):
    view = ChangesView(glyphs.ASCII)
    told = changes.read(push(1, 5), push(2, 6), reveal=False)
    view.show(Compared(PushKind.PROFILE, None, is_marked=False, changes=told), shows_all=True)
    words = ["".join(text for text, _ in line) for line in view.lay_out(width)]
    assert [each[:4] for each in words if "last updated" in each or "total points" in each] == [
        " - l", " tot",
    ]  # fmt: skip
    assert words[-1].endswith("F12 folds them away.")


async def test_changes_are_told_against_a_marked_push_until_the_mark_is_gone(
    opened, press, text_of
):
    async with opened() as pilot:
        view_of(pilot, "changes")
        await press(pilot, "end", "f10", "home")
        shown = text_of(pilot.app)
        assert "marked push of George Lim, 1 Jan 2026" in shown
        assert "total points +920 → 1,020" in shown
        await press(pilot, "end", "f10", "home")
        assert "previous push, 1 Apr 2026" in text_of(pilot.app)


async def test_the_marked_push_has_a_sign_in_every_list_until_the_mark_is_gone(
    opened, press, text_of
):
    async with opened() as pilot:
        await press(pilot, "f6", "escape", "down", "f10")
        assert "▶◆01 Apr 2026" in text_of(pilot.app)
        await press(pilot, "down")
        assert " ◆01 Apr 2026" in text_of(pilot.app)
        await press(pilot, "f6")
        assert " ◆01 Apr 2026" in text_of(pilot.app)
        await press(pilot, "down", "f10", "f6")
        assert "◆" not in text_of(pilot.app)


async def test_the_whole_screen_says_which_push_is_marked_and_where_it_is_over_time(
    opened, archive, press, text_of
):
    archive.add(push(1700000000, 5, id=1, emailAddress="ann@example.org", firstName="Ann"))
    async with opened() as pilot:
        await press(pilot, "f6", "f11", "ctrl+down", "f10")
        shown = text_of(pilot.app)
        assert "6566 · ◆ marked · profile push" in shown
        assert "4 of 5 · marked" in shown
        await press(pilot, "ctrl+down")
        shown = text_of(pilot.app)
        assert "6566 · ◆ marked: 1 Apr 2026 00:00 · profile push" in shown
        assert shown.count("◆") == 2
        assert "3 of 5 · marked" not in shown
        await press(pilot, *["ctrl+down"] * 3)
        shown = text_of(pilot.app)
        assert "◆ marked: George Lim 1 Apr 2026 00:00 · profile push" in shown
        assert shown.count("◆") == 1
        await press(pilot, *["ctrl+up"] * 4, "f10")
        assert "◆" not in text_of(pilot.app)


async def test_fields_explain_the_one_at_the_cursor_and_show_it_as_sent(
    opened, press, settled, text_of
):
    async with opened() as pilot:
        view_of(pilot, "fields")
        await settled(pilot)
        pilot.app.screen.query_one("#fields-lines").focus()
        await press(pilot, *["down"] * 11)
        shown = text_of(pilot.app)
        assert 'dateLastUpdated · sent as "1777593600"' in shown
        assert "two pushes can share it" in " ".join(shown.split())
        await press(pilot, "ctrl+end")
        assert "Documented as String" in text_of(pilot.app)


@pytest.mark.parametrize("size", [(120, 40), NARROW])
async def test_the_field_that_is_explained_is_in_sight_and_has_a_sign(opened, press, settled, size):
    async with opened(size) as pilot:
        await press(pilot, "f11")
        view_of(pilot, "fields")
        await settled(pilot)
        pane = pilot.app.screen.query_one("#fields-lines")
        pane.focus()
        for key in ("home", *["down"] * 45, "end", *["pageup"] * 2):
            await press(pilot, key)
            shown = [pane.render_line(y).text for y in range(pane.size.height)]
            assert [line[0] for line in shown].count("▶") == 1, key


async def test_the_cursor_stays_on_its_field_from_push_to_push(opened, press, settled, text_of):
    async with opened() as pilot:
        view_of(pilot, "fields")
        await settled(pilot)
        pilot.app.screen.query_one("#fields-lines").focus()
        await press(pilot, *["down"] * 11)
        pilot.app.screen.query_one("#pushes-list").focus()
        await press(pilot, "down")
        assert 'dateLastUpdated · sent as "1775001600"' in text_of(pilot.app)


async def test_what_departs_from_the_document_is_said_in_one_line(
    opened, archive, press, settled, text_of
):
    strange = push(1790000000, "many", shoeSize=43)
    del strange["city"]
    archive.add(strange)
    async with opened() as pilot:
        await settled(pilot)
        line = "1 not in the document · 1 documented but not sent · 1 not as documented"
        assert line in text_of(pilot.app)
        assert "▲ many" in text_of(pilot.app)
        view_of(pilot, "fields")
        await settled(pilot)
        pilot.app.screen.query_one("#fields-lines").focus()
        await press(pilot, "end")
        shown = text_of(pilot.app)
        assert "Not in the document" in shown
        assert "The document does not describe this property." in shown
        pilot.app.screen.query_one("#pushes-list").focus()
        await press(pilot, "down")
        assert line not in text_of(pilot.app)


async def test_the_line_below_the_tab_is_as_wide_as_the_tab(opened, press):
    async with opened() as pilot:
        line = pilot.app.screen.query_one("#push Underline")
        whole = line.highlight_start, line.highlight_end
        line.highlight_start = line.highlight_end = 1  # as Textual draws it before the tab is there
        await press(pilot, "down")
        assert (line.highlight_start, line.highlight_end) == whole != (1, 1)


async def test_a_push_that_cannot_be_read_says_why(opened, archive, press, text_of):
    async with opened() as pilot:
        archive.texts.clear()
        await press(pilot, "down")  # it may have been read ahead
        await press(pilot, "down")
        assert "not in its file any more" in " ".join(text_of(pilot.app).split())


async def test_a_late_comparison_is_never_shown_under_another_push(
    opened, archive, settled, until, text_of
):
    async with opened() as pilot:
        view_of(pilot, "changes")
        await settled(pilot)
        archive.previous_gate.close()
        await pilot.press("down")
        await until(pilot, lambda: archive.previous_gate.waiting)
        await pilot.press("end")
        archive.previous_gate.let_go()
        await settled(pilot)
        shown = text_of(pilot.app)
        assert "No earlier profile push" in shown
        assert "Against the member" not in shown


async def test_another_push_leaves_nothing_of_the_one_before_in_a_view_opened_later(
    opened, archive, press, settled, until, text_of
):
    async with opened() as pilot:
        view_of(pilot, "changes")
        await settled(pilot)
        view_of(pilot, "overview")
        await press(pilot, "down")
        await settled(pilot)
        archive.previous_gate.close()
        view_of(pilot, "changes")
        await until(pilot, lambda: "(drop)" not in text_of(pilot.app).split("JSON", 1)[1])
        await until(pilot, lambda: archive.previous_gate.waiting)
        archive.previous_gate.let_go()
        await settled(pilot)
        assert "e-mail changed" in text_of(pilot.app).split("JSON", 1)[1]


@pytest.mark.parametrize("name", ["overview", "fields", "changes", "json"])
async def test_personal_data_is_masked_in_every_view_until_it_is_revealed(
    opened, press, settled, text_of, name
):
    async with opened((200, 60)) as pilot:
        view_of(pilot, name)
        await press(pilot, "down")
        below = text_of(pilot.app).split("JSON", 1)[1]
        assert EMAIL.upper() not in below
        await press(pilot, "f3")
        view_of(pilot, name)
        await settled(pilot)
        assert EMAIL.upper() in text_of(pilot.app).split("JSON", 1)[1]


# The whole screen


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_whole_screen_opens_from_the_pane_and_goes_back_to_it(
    opened, press, text_of, size
):
    async with opened(size) as pilot:
        await press(pilot, "down")
        before = text_of(pilot.app)
        await press(pilot, "f11")
        shown = text_of(pilot.app)
        assert "profile push, updated 1 Apr 2026 00:00:00 UTC" in shown
        assert "5 pushes · ⠤⠤⠤ total" in shown
        await press(pilot, "escape")
        assert text_of(pilot.app) == before
        assert pilot.app.focused is pilot.app.screen.query_one("#pushes-list")


async def test_the_whole_screen_says_when_a_push_was_received_however_little_room_there_is(
    opened, archive, press, text_of
):
    archive.add(push(1780000000, 5), received_at=datetime(2026, 5, 28, 20, 26, 42, tzinfo=UTC))
    said = "updated 28 May 2026 20:26:40 UTC, received 28 May 2026 20:26:42 UTC"
    async with opened(WIDE) as pilot:
        await press(pilot, "f11")
        assert f"George Lim · 6566 · profile push, {said}" in text_of(pilot.app)
        await pilot.resize_terminal(*NARROW)
        await press(pilot, "f10")
        shown = [line.strip() for line in text_of(pilot.app).splitlines()]
        assert "George Lim · 6566 · ◆ marked · profile push," in shown
        assert said in shown
        await press(pilot, "ctrl+down")
        assert "updated 1 May 2026 00:00:00 UTC" in text_of(pilot.app)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_whole_screen_opens_from_the_archive_view_and_goes_back_to_it(
    opened, press, text_of, size
):
    async with opened(size) as pilot:
        await press(pilot, "f6", "down", "down")
        before = text_of(pilot.app)
        await press(pilot, "f11")
        assert "updated 1 Mar 2026 00:00:00 UTC" in text_of(pilot.app)
        await press(pilot, "ctrl+down")
        assert "updated 1 Feb 2026 00:00:00 UTC" in text_of(pilot.app)
        await press(pilot, "ctrl+up", "escape")
        assert text_of(pilot.app) == before


async def test_the_next_push_of_the_list_is_a_key_away_and_the_list_follows(opened, press, text_of):
    async with opened() as pilot:
        await press(pilot, "f11", "right", "right", "ctrl+down")
        shown = text_of(pilot.app)
        assert "updated 1 Apr 2026" in shown
        assert "e-mail changed" in shown
        await press(pilot, "ctrl+down", "ctrl+up", "ctrl+up", "ctrl+up")
        assert "updated 1 May 2026" in text_of(pilot.app)
        await press(pilot, "ctrl+down", "escape")
        assert pilot.app.screen.query_one("#pushes-list").cursor == 1


async def test_what_is_revealed_or_marked_on_the_whole_screen_goes_for_the_desk(
    opened, press, text_of
):
    async with opened() as pilot:
        await press(pilot, "f11", "f3", "f10")
        assert EMAIL in text_of(pilot.app)
        await press(pilot, "escape")
        assert "personal data shown" in text_of(pilot.app)
        view_of(pilot, "changes")
        await press(pilot, "end")
        assert "marked push of George Lim, 1 May 2026" in text_of(pilot.app)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_only_where_there_is_a_push_one_is_offered_to_inspect_it(
    service, archive, ask, settled, text_of, press, size
):
    app = LoyaltyApp(FakeProgram(service, archive))
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        assert "f11 Inspect" not in text_of(app)
        assert "Inspect" not in in_palette(app)
        await press(pilot, "f11", "f10", "f12")
        assert "There is no push to mark." in text_of(app)
        await ask(pilot, EMAIL)
        assert "f11 Inspect" in text_of(app)
        assert "Inspect" in in_palette(app)
        await press(pilot, "f2")
        assert "f11 Inspect" in text_of(app)
        await press(pilot, "f6")
        assert "f11 Inspect" in text_of(app)
        await press(pilot, "escape", "escape", "escape")
        await ask(pilot, "nobody@example.org")
        assert "f11 Inspect" not in text_of(app)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_all_changes_are_offered_where_changes_are_seen_and_help_always(
    opened, settled, text_of, press, size
):
    async with opened(size) as pilot:
        for keys in ((), ("f11",)):
            await press(pilot, *keys)
            assert "f12 All changes" not in text_of(pilot.app)
            assert "All changes" not in in_palette(pilot.app)
            assert "f1 Help" in text_of(pilot.app)
            view_of(pilot, "changes")
            await settled(pilot)
            assert "f12 All changes" in text_of(pilot.app)
            assert "All changes" in in_palette(pilot.app)
            assert "f1 Help" in text_of(pilot.app)
            view_of(pilot, "json")
            await settled(pilot)
            assert "f12 All changes" not in text_of(pilot.app)
            assert "f1 Help" in text_of(pilot.app)
            view_of(pilot, "overview")
            await settled(pilot)


async def test_help_of_the_inspector_names_what_the_timeline_takes(opened, text_of, press):
    async with opened(WIDE) as pilot:
        await press(pilot, "f11", "f1")
        for way in commands.IN_TIMELINE:
            assert way.keys in text_of(pilot.app)
            assert way.help[:30] in text_of(pilot.app)


# The timeline


async def test_the_timeline_goes_from_push_to_push_and_the_inspector_follows(
    opened, press, text_of
):
    async with opened() as pilot:
        await press(pilot, "f11")
        shown = text_of(pilot.app)
        assert "total 100 to 1,020" in shown
        assert "redeemable 20 to 5,200" in shown
        assert "5 pushes" in shown
        assert "1 Jan 2026" in shown
        await press(pilot, "f9", "left")
        shown = text_of(pilot.app)
        assert (
            "1 Apr 2026 00:00 · total 1,020 · redeemable 5,200 · Tier 2 · update · 4 of 5" in shown
        )
        assert "profile push, updated 1 Apr 2026" in shown
        await press(pilot, "ctrl+left")
        assert "Tier 2 · jump · 3 of 5" in text_of(pilot.app)
        await press(pilot, "home")
        assert "updated 1 Jan 2026" in text_of(pilot.app)
        await press(pilot, "f9")
        assert pilot.app.focused is not pilot.app.screen.query_one("Timeline")


async def test_the_timeline_of_a_member_without_profile_pushes_says_so(
    service, archive, settled, press, text_of
):
    archive.entries.clear()
    archive.add({"userActivityId": 1, "userId": 6566, "email": EMAIL})
    app = LoyaltyApp(FakeProgram(service, archive))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "f6", "f11")
        assert "No dated profile push of this member is saved." in text_of(app)
        assert "Activity push" in text_of(app)


async def test_a_push_that_is_no_point_of_the_timeline_shows_none_of_another(
    opened, archive, press, text_of
):
    activity = {"userActivityId": 1, "userId": 6566, "email": EMAIL}
    archive.add(activity, received_at=datetime(2026, 3, 15, tzinfo=UTC))
    archive.add(activity)
    async with opened() as pilot:
        await press(pilot, "f6", "f11", "ctrl+down", "ctrl+down")
        shown = text_of(pilot.app)
        assert "activity push, received 15 Mar 2026" in shown
        assert "This push is no point of the line: activity pushes are not drawn." in shown
        assert " of 5" not in shown
        await press(pilot, "f9", "left")
        assert "1 Mar 2026 00:00" in text_of(pilot.app)
        await press(pilot, "escape", "end", "f11")
        assert "no point of the line: activity pushes are not drawn." in text_of(pilot.app)
        await press(pilot, "f9", "right")
        assert "5 of 5" in text_of(pilot.app)


async def test_the_timeline_of_the_member_before_is_never_shown_under_the_next(
    opened, archive, press, settled, until, text_of
):
    archive.add(push(1700000000, 5, id=1, emailAddress="ann@example.org"))
    async with opened() as pilot:
        await press(pilot, "f6", "f11", *["ctrl+down"] * 4)
        archive.previous_gate.close()
        await pilot.press("ctrl+down")
        await until(pilot, lambda: "updated 14 Nov 2023" in text_of(pilot.app))
        assert "Reading the member’s pushes" in text_of(pilot.app)
        assert "total 100" not in text_of(pilot.app)
        archive.previous_gate.let_go()
        await settled(pilot)
        assert "total 5 to 5" in text_of(pilot.app)


async def test_a_push_that_comes_while_the_timeline_is_shown_is_a_point_of_it(
    opened, archive, press, settled, text_of
):
    async with opened() as pilot:
        await press(pilot, "f11")
        archive.arrive(push(1780000000, 1500))
        await settled(pilot)
        await press(pilot, "ctrl+up")
        assert "total 1,500 · redeemable 5,200 · Tier 1 · update · 6 of 6" in text_of(pilot.app)


async def test_the_timeline_is_asked_for_once_a_member(opened, archive, press, text_of):
    archive.add(push(1700000000, 5, id=1, emailAddress="ann@example.org"))
    async with opened() as pilot:
        await press(pilot, "f6", "f11", *["ctrl+down"] * 4)
        assert "total 100 to 1,020" in text_of(pilot.app)
        await press(pilot, "ctrl+down")
        assert "total 5 to 5" in text_of(pilot.app)


@pytest.mark.parametrize("view", ["overview", "changes", "json"])
async def test_it_is_said_over_time_why_points_are_no_number(opened, archive, press, text_of, view):
    for at, sent in enumerate(({"totalPoints": "12x"}, {"totalPoints": None}, {})):
        pushed = push(1780000000 + at, 0)
        del pushed["totalPoints"]
        archive.add(pushed | sent)
    async with opened() as pilot:
        view_of(pilot, view)
        await press(pilot, "f11")
        for words in ("not sent", "not set", "no number"):
            assert f"total: {words} · redeemable 5,200" in text_of(pilot.app)
            await press(pilot, "ctrl+down")
        await press(pilot, "f9", "right", "right")
        assert "total: not set · redeemable 5,200" in text_of(pilot.app)


@pytest.mark.parametrize(
    ("seconds", "axis"),
    [
        (None, ["14 Jul 2017 02:40"]),
        (40, ["14 Jul 2017 02:40:00", "14 Jul 2017 02:40:40"]),
        (7200, ["14 Jul 2017 02:40", "14 Jul 2017 04:40"]),
        (86400, ["14 Jul 2017", "15 Jul 2017"]),
    ],
)
async def test_the_ends_of_the_axis_are_as_exact_as_they_need_to_differ(
    opened, archive, press, text_of, seconds, axis
):
    for at in [1500000000] + ([1500000000 + seconds] if seconds else []):
        archive.add(push(at, 5, id=1, emailAddress="ann@example.org"))
    async with opened() as pilot:
        await press(pilot, "f6", "end", "f11")
        lines = [line.strip("│ ") for line in text_of(pilot.app).splitlines()]
        assert axis in [[part.strip() for part in line.split("   ") if part] for line in lines]


async def test_total_and_redeemable_are_told_apart_without_colour(opened, press, text_of):
    async with opened() as pilot:
        await press(pilot, "f11")
        words = "5 pushes · ⠤⠤⠤ total 100 to 1,020 · ⠄ ⠄ redeemable 20 to 5,200"
        assert f"Points over time (UTC) · {words}" in text_of(pilot.app)
        await pilot.resize_terminal(*NARROW)
        assert f"Points (UTC) · {words[:-2]}" in text_of(pilot.app)


async def test_points_that_are_equal_are_said_to_be(opened, archive, press, text_of):
    for at, points in ((1700000000, 5), (1700086400, 7)):
        sent = {"redeemablePoints": points, "emailAddress": "ann@example.org"}
        archive.add(push(at, points, id=1, **sent))
    async with opened() as pilot:
        await press(pilot, "f6", "end", "f11")
        shown = text_of(pilot.app)
        assert "2 pushes · ⠤⠤⠤ total = redeemable 5 to 7" in shown
        assert "22:13 · total = redeemable 5 · Tier 1" in shown


@pytest.mark.parametrize("size", [NARROW, (120, 40)])
async def test_the_mark_hides_no_event_over_time(opened, press, size):
    async with opened(size) as pilot:
        await press(pilot, "f11")
        timeline = pilot.app.screen.query_one("Timeline")

        def rows():
            return [timeline.render_line(y).text for y in range(timeline.content_size.height)]

        events = rows()[-3]
        assert [letter for letter in events if letter not in " ·"] == [*"SJD"]
        for number in range(5):
            await press(pilot, "f10")
            assert "".join(rows()).count("◆") == 1, number
            assert rows()[-3] == events, number
            await press(pilot, "f10", "ctrl+down")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_newest_tier_is_readable_however_late_it_began(
    opened, archive, press, text_of, size
):
    others = {"id": 1, "emailAddress": "ann@example.org"}
    archive.add(push(1500000000, 5, **others))
    for number in range(5):
        tier = f"Tier {number % 2 + 1}"
        archive.add(push(1700000000 + number, 5, tier=tier, **others))
    archive.add(push(1700000009, 5, tier="Gold Supporter", **others))
    async with opened(size) as pilot:
        await press(pilot, "f6", "end", "f11")
        (line,) = (each for each in text_of(pilot.app).splitlines() if "│Gold Supporter" in each)
        before = line.partition("│Gold")[0]
        assert "Tier 1" in before
        assert "…" not in before


async def test_tiers_are_told_apart_by_an_edge_not_by_shades_alone(opened, press, text_of):
    async with opened() as pilot:
        await press(pilot, "f11")
        assert re.search("Tier 1 +│Tier 2 +│Tier 1", text_of(pilot.app))


async def test_the_timeline_can_be_put_away_and_stays_away_until_it_is_wanted(
    opened, press, text_of
):
    async with opened(NARROW) as pilot:
        await press(pilot, "f11")
        assert "5 of 5" in text_of(pilot.app)
        await press(pilot, "f9", "f8")
        assert "5 of 5" not in text_of(pilot.app)
        assert pilot.app.focused is pilot.app.screen.query_one("#push Tabs")
        await press(pilot, "escape", "f11")
        assert "5 of 5" not in text_of(pilot.app)
        await press(pilot, "f9")
        assert "5 of 5" in text_of(pilot.app)
        assert pilot.app.focused is pilot.app.screen.query_one("Timeline")


async def test_the_list_goes_on_from_where_the_timeline_has_led(opened, press, text_of):
    async with opened() as pilot:
        pushes = pilot.app.screen.query_one("#pushes-list")
        await press(pilot, "f11", "f9", "left", "left", "escape")
        assert pushes.cursor == 2
        assert "updated 1 Mar 2026" not in text_of(pilot.app)
        await press(pilot, "f11", "f9", "left", "ctrl+down")
        assert "updated 1 Jan 2026" in text_of(pilot.app)
        await press(pilot, "escape")
        assert pushes.cursor == 4


async def test_the_list_finds_the_push_of_the_timeline_among_many_that_it_has_not_read(
    opened, archive, press
):
    for number in range(1400):
        at = 1768000000 if number < 700 else 1760000000
        archive.add(push(at + number * 60, 5, id=1, emailAddress="ann@example.org"))
    async with opened() as pilot:
        await press(pilot, "f6")
        pushes = pilot.app.screen.query_one("#archive-list")
        await press(pilot, "f11", "f9", "home", "escape")
        assert pushes.cursor == 704
        assert pushes.entry.updated_at == datetime(2026, 1, 1, tzinfo=UTC)
        await press(pilot, "home", "f11", "f9", "home", "ctrl+up", "escape")
        assert pushes.cursor == 703
        await press(pilot, "home", "f11", "f9", "home", "ctrl+down", "escape")
        assert pushes.cursor == 705


async def test_the_list_stays_where_the_push_of_the_timeline_is_not_in_it(opened, press, type_in):
    async with opened() as pilot:
        await press(pilot, "f6", "slash")
        await type_in(pilot, "event:update")
        await press(pilot, "enter")
        pushes = pilot.app.screen.query_one("#archive-list")
        await press(pilot, "f11", "f9", "home", "escape")
        assert pushes.cursor == 0
        await press(pilot, "f11", "f9", "home", "ctrl+down", "escape")
        assert pushes.cursor == 1


# Both vendors


async def test_both_vendors_stand_side_by_side_each_with_its_time(opened, text_of, settled):
    async with opened() as pilot:
        await settled(pilot)
        shown = text_of(pilot.app)
        assert "Both programmes" in shown
        assert "56 points" in shown
        assert "1,020 total" in shown
        assert "20 redeemable" in shown
        assert "14:03:22 " in shown
        assert "1 May 2026 00:00 UTC" in shown
        assert "1,076" not in shown


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({"rank": None}, "no rank"),
        ({"rank": None, "is_rank_readable": False}, "not known"),
        ({"rank": Rank(7, " ", "", None, None)}, "Rank 7"),
    ],
)
async def test_the_standing_is_what_the_ladder_says(
    opened, service, settled, text_of, changes, standing
):
    service.answers[EMAIL] = replace(SUMMARY, **changes)
    async with opened() as pilot:
        await settled(pilot)
        assert f"Standing{standing} " in text_of(pilot.app)


async def test_without_pushes_there_is_nothing_to_stand_beside(service, ask, text_of):
    app = LoyaltyApp(FakeProgram(service, MemoryArchive()))
    async with app.run_test(size=WIDE) as pilot:
        await ask(pilot, EMAIL)
        assert "Balance" in text_of(app)
        assert "Both programmes" not in text_of(app)


async def test_the_member_before_leaves_nothing_beside_the_next(opened, ask, text_of, archive):
    archive.add(push(1700000000, 5, id=1, emailAddress="ann@example.org"))
    async with opened() as pilot:
        assert "Both programmes" in text_of(pilot.app)
        await pilot.press("escape")
        await ask(pilot, "nobody@example.org")
        assert "Both programmes" not in text_of(pilot.app)
        await ask(pilot, "ann@example.org")
        assert "5 total" in text_of(pilot.app)


async def test_an_archive_that_fails_says_so_on_the_whole_screen(
    opened, archive, press, settled, text_of
):
    async with opened() as pilot:
        await settled(pilot)
        archive.error = ArchiveError("The index cannot be read.", "Try again.")
        await press(pilot, "f11")
        assert "The index cannot be read." in text_of(pilot.app)


# Any push


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["\x1b[2J", "\u202e", "東京" * 60, "e" + "\u0301" * 50, '{"a":1}', "[/]"])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PUSHES = st.dictionaries(st.text() | st.sampled_from(sorted(SAMPLE)), VALUES, max_size=8)


@settings(max_examples=40)
@given(PUSHES, PUSHES, st.integers(1, 200), st.booleans())
def test_any_push_is_laid_out_in_lines_of_the_width_there_is(one, other, width, reveal):
    views = OverviewView(glyphs.UNICODE), FieldLines(glyphs.UNICODE), ChangesView(glyphs.ASCII)
    views[0].show(overview.read(one, reveal=reveal))
    views[1].show(reading.read(one, reveal=reveal, is_whole=True), "")
    told = changes.read(other, one, reveal=reveal)
    views[2].show(Compared(PushKind.PROFILE, None, is_marked=False, changes=told), shows_all=True)
    for view in views:
        for line in view.lay_out(width):
            for text, _ in line:
                assert not {"\x1b", "\u202e", "\n"} & set(text)


@settings(max_examples=40)
@given(PUSHES, st.integers(1, 200), st.booleans())
def test_any_push_is_drawn_as_json_in_lines_of_the_width_there_is(push, width, reveal):
    veil = reading.veil(reveal=reveal)
    tree = JsonTree(json_text.compact(push), veil)
    for _ in tree.grow():
        pass
    painter = TreePainter(
        Look(tree, veil), Folds(tree), width, glyphs.UNICODE, lambda _: Style(),
        wanted=None, deepest=9,
    )  # fmt: skip
    for row in range(len(tree)):
        line = painter.line(row, "")
        assert line.cell_length == width
        assert not {"\x1b", "\u202e", "\n"} & set(line.text)


def test_nested_json_of_ten_thousand_levels_is_laid_out():
    deep = json_text.loads('{"emailAddress":' + '{"a":' * 9_990 + "1" + "}" * 9_991)
    view = OverviewView(glyphs.UNICODE)
    view.show(overview.read(deep, reveal=True))
    assert view.lay_out(60)
    told = changes.read({}, deep, reveal=True)
    assert json.dumps(told.summary)
