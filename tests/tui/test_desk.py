"""The desk by keyboard and mouse: what is asked, what is shown, and what never is."""

import asyncio
import json
import os
import signal

import pytest
from textual.color import Color
from textual.css.parse import parse
from textual.widgets import Input

from loyalty_tui.crowdmanager import models
from loyalty_tui.errors import ArchiveError, CredentialsError, UnreachableError
from loyalty_tui.tui import commands, styling, themes
from loyalty_tui.tui.app import LoyaltyApp
from loyalty_tui.tui.state import PushesFound
from loyalty_tui.tui.widgets.masthead import Masthead
from loyalty_tui.tui.widgets.push_list import PushList

from .conftest import NOW

ONE = "+4722345678"
OTHER = "+4722345679"
GEORGE = "george15@crowdtwist.com"
LEGIBLE = 4.5
"""The contrast of text that WCAG 2 asks for at its level AA."""
REFUSED = UnreachableError("CrowdManager could not be reached: refused.", "Try again.")


def with_rank(name):
    rank = {"id": 1, "name": name, "threshold": 0.1}
    answer = {"balance": 1, "rank": rank, "ranks": [rank], "distinctions": []}
    return models.decode(json.dumps(answer).encode())


async def test_it_opens_with_the_cursor_in_the_box(desk, settled):
    async with desk.run_test() as pilot:
        await settled(pilot)
        assert desk.focused is desk.screen.query_one("#identifier")


async def test_it_says_while_one_types_what_it_understood(desk, settled, text_of):
    async with desk.run_test() as pilot:
        await settled(pilot)
        await pilot.press(*"22345678")
        assert "phone · Norway · +47 22 34 56 78" in text_of(desk)


async def test_enter_looks_up_and_shows_balance_rank_and_badges(desk, ask, text_of):
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, ONE)
        shown = text_of(desk)
    assert "as of 14:03:22" in shown
    assert "Gold Supporter" in shown
    assert "this member" in shown
    assert "0 of 4 earned" in shown


async def test_what_cannot_be_an_identifier_is_refused_in_place(desk, service, ask, text_of):
    async with desk.run_test() as pilot:
        await ask(pilot, "+47 2")
        assert service.asked == []
        assert "too short" in text_of(desk)
        assert "8 digits" in text_of(desk)


async def test_escape_cancels_a_look_up_and_keeps_the_text(desk, service, ask, text_of):
    service.hold(ONE)
    async with desk.run_test() as pilot:
        await ask(pilot, ONE, answered=False)
        await pilot.press("escape")
        await pilot.pause()
        assert service.cancelled == [ONE]
        assert desk.screen.query_one(Input).value == ONE
        assert "Whom are you looking for?" in text_of(desk)


async def test_escape_leaves_the_pushes_before_it_clears_anything(desk, ask, text_of):
    async with desk.run_test(size=(80, 24)) as pilot:
        await ask(pilot, GEORGE)
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert "George Lim (6566)" in text_of(desk)
        await pilot.press("escape")
        await pilot.pause()
        assert "Gold Supporter" in text_of(desk)
        assert desk.screen.query_one(Input).value == GEORGE


async def test_escape_clears_the_box_when_nothing_is_under_way(desk, ask, text_of):
    async with desk.run_test() as pilot:
        await ask(pilot, ONE)
        await pilot.press("escape")
        await pilot.pause()
        assert desk.screen.query_one(Input).value == ""
        assert "Gold Supporter" not in text_of(desk)


async def test_typing_a_new_identifier_cancels_the_look_up_of_the_old(desk, service, ask):
    service.hold(ONE)
    async with desk.run_test() as pilot:
        await ask(pilot, ONE, answered=False)
        await pilot.press("backspace", "9")
        await pilot.pause()
        assert service.cancelled == [ONE]


async def test_a_late_answer_is_never_shown_under_a_newer_question(
    desk, service, ask, text_of, settled
):
    late, was_cancelled = asyncio.Event(), []

    async def deaf_look_up(identifier, _on_try):
        if identifier.value == ONE:
            while not late.is_set():
                try:
                    await late.wait()
                except asyncio.CancelledError:  # the answer is on its way already, and comes
                    was_cancelled.append(True)
        return with_rank(f"Rank of {identifier.value}")

    service.look_up = deaf_look_up
    async with desk.run_test(size=(80, 24)) as pilot:
        await ask(pilot, ONE, answered=False)
        await ask(pilot, OTHER, answered=False)
        late.set()
        await settled(pilot)
        assert was_cancelled
        assert "Balance · +47 22 34 56 79" in text_of(desk)
        assert f"Rank of {OTHER}" in text_of(desk)
        assert f"Rank of {ONE}" not in text_of(desk)


async def test_ctrl_r_fetches_the_member_again(desk, service, ask, text_of, settled):
    service.answers[ONE] = REFUSED
    async with desk.run_test() as pilot:
        await ask(pilot, ONE)
        assert "That did not work" in text_of(desk)
        service.answers.clear()
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert service.asked == [ONE, ONE]
        assert "Gold Supporter" in text_of(desk)


async def test_refreshing_reads_pushes_that_came_since(desk, ask, archive, text_of, settled):
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, GEORGE)
        assert "· 1 " in text_of(desk)
        later = {"id": 6566, "emailAddress": GEORGE, "dateLastUpdated": "1490400000"}
        archive.add(later)
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert "· 2 " in text_of(desk)


async def test_refused_credentials_name_the_three_reasons(desk, service, ask, text_of):
    service.answers[ONE] = CredentialsError(
        "CrowdManager refused the request (403).",
        "One of three: the API key is wrong, the key has no permission for this module, or this "
        "computer's IP address is not on the organization's whitelist.",
    )
    async with desk.run_test(size=(80, 24)) as pilot:
        await ask(pilot, ONE)
        shown = " ".join(text_of(desk).split())
    assert "key is wrong" in shown
    assert "permission" in shown
    assert "whitelist" in shown


async def test_the_selected_push_is_opened_below_the_list(desk, ask, text_of):
    async with desk.run_test(size=(120, 60)) as pilot:
        await ask(pilot, GEORGE)
        shown = text_of(desk)
    assert "George Lim (6566)" in shown
    assert "drop" in shown
    assert "5,200" in shown
    assert "23 Mar 2017" in shown


async def test_personal_data_is_masked_until_asked_for(desk, ask, text_of, settled):
    async with desk.run_test(size=(120, 60)) as pilot:
        await ask(pilot, "+12312312321")
        assert GEORGE not in text_of(desk)
        await pilot.press("ctrl+o")
        await settled(pilot)
        assert GEORGE in text_of(desk)
        await pilot.press("ctrl+o")
        await settled(pilot)
        assert GEORGE not in text_of(desk)


async def test_what_was_revealed_is_masked_again_for_the_next_member(desk, ask, settled, text_of):
    async with desk.run_test(size=(120, 60)) as pilot:
        await ask(pilot, "+12312312321")
        await pilot.press("ctrl+o")
        await settled(pilot)
        assert "personal data shown" in text_of(desk)
        await ask(pilot, ONE)
        await ask(pilot, "+12312312321")
        assert GEORGE not in text_of(desk)
        assert "personal data shown" not in text_of(desk)


async def test_keys_pressed_before_the_box_has_the_focus_reach_it(desk, settled):
    async with desk.run_test() as pilot:
        await settled(pilot)
        desk.screen.set_focus(None)
        await pilot.press(*"+47 22")
        await pilot.pause()
        assert desk.screen.query_one(Input).value == "+47 22"


async def test_a_push_that_arrives_appears_at_the_shown_member_by_itself(
    desk, ask, archive, text_of, settled
):
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, GEORGE)
        later = {"id": 6566, "emailAddress": GEORGE, "dateLastUpdated": "1490400000"}
        archive.arrive({**later, "tierInfo": {"assignedByEvent": "jump"}})
        await settled(pilot)
        assert "· 2 " in text_of(desk)
        assert "jump" in text_of(desk)


async def test_a_member_with_very_many_pushes_is_listed_to_the_end(
    desk, ask, archive, settled, text_of
):
    for number in range(9_000):
        archive.add({"id": 1, "emailAddress": GEORGE, "dateLastUpdated": number * 86_400})
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, GEORGE)
        await pilot.press("ctrl+t", "right")  # to the second member behind the address
        await settled(pilot)
        pushes = desk.screen.query_one("#pushes-list")
        assert pushes.row_count == 9_000
        await pilot.press("end")
        await settled(pilot)
        assert pushes.cursor == 8_999
        assert "01 Jan 1970" in text_of(desk)
        assert pushes.rows_in_memory < 700


async def test_help_names_what_lists_take_beside_the_commands(desk, settled, text_of):
    async with desk.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        await pilot.press("f1")
        await pilot.pause()
        for way in commands.ON_DESK:
            assert way.keys in text_of(desk)
            assert way.help[:30] in text_of(desk)


@pytest.mark.parametrize("size", [(40, 10), (120, 10)])
async def test_in_a_low_terminal_the_newest_push_is_there(desk, ask, settled, text_of, size):
    async with desk.run_test(size=size) as pilot:
        await ask(pilot, GEORGE)
        await pilot.press("f2")
        await settled(pilot)
        assert "▶ 23 Mar 2017 20:49" in text_of(desk)


TWO_MEMBERS = (
    {"id": 1, "emailAddress": "a@example.com", "firstName": "Ada", "dateLastUpdated": 100},
    {"id": 2, "emailAddress": "A@example.com", "firstName": "Bo", "dateLastUpdated": 300},
    {"id": 1, "emailAddress": "b@example.com", "firstName": "Ada", "dateLastUpdated": 200},
)


async def test_one_identifier_of_two_members_is_said_and_grouped(
    desk, ask, archive, text_of, settled
):
    for push in TWO_MEMBERS:
        archive.add(push)
    async with desk.run_test(size=(160, 50)) as pilot:
        await ask(pilot, "a@example.com")
        shown = " ".join(text_of(desk).split())
        assert "leads to 2 members" in shown
        assert "2 members · 3" in shown
        assert "▶ Bo (2) · 1 push" in shown
        assert "Ada (1) · 2 pushes" in shown
        assert "▶ Ada" not in shown
        pushes = desk.screen.query_one("#pushes-list")
        assert pushes.row_count == 1
        await pilot.press("ctrl+t", "right")
        await settled(pilot)
        assert pushes.row_count == 2
        shown = " ".join(text_of(desk).split())
        assert "▶ Ada (1) · 2 pushes" in shown
        assert "▶ Bo" not in shown
        await pilot.press("left")
        await settled(pilot)
        assert pushes.row_count == 1


async def test_every_member_behind_an_identifier_can_be_chosen_from_their_list(
    desk, ask, archive, settled
):
    for number in range(30):
        archive.add({"id": number, "emailAddress": GEORGE, "dateLastUpdated": number})
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, GEORGE)
        desk.screen.query_one("#pushes-members").focus()
        await pilot.press("end", "enter")
        await settled(pilot)
        pushes = desk.screen.query_one("#pushes-list")
        assert desk.focused is pushes
        assert pushes.entry.member_id == 0


async def test_the_pushes_of_the_member_before_are_never_seen_under_the_next(
    desk, ask, archive, settled, text_of
):
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, GEORGE)
        archive.behind_gate.close()
        desk.screen.query_one("IdentifierBox").fill(ONE)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.pause()
        assert "George Lim" not in text_of(desk)
        archive.behind_gate.let_go()
        await settled(pilot)
        assert "No pushes are saved for this identifier" in " ".join(text_of(desk).split())


async def test_the_archive_is_asked_in_threads_only(desk, ask, archive, settled):
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, GEORGE)
        await pilot.press("ctrl+t", "end", "home")
        await settled(pilot)
    assert archive.threads == {False}  # never the main one


async def test_an_archive_that_cannot_be_read_is_an_error_in_the_pane_alone(
    desk, ask, archive, text_of, settled
):
    archive.error = ArchiveError("The archive folder is not there.", "Create it, then Ctrl+R.")
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, ONE)
        shown = text_of(desk)
        assert "the archive cannot be read" in shown
        assert "The archive folder is not there." in shown
        assert "Gold Supporter" in shown
        archive.error = None
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert "1 push · last 23 Mar 2017" in text_of(desk)


async def test_the_masthead_says_how_the_archive_is_doing(desk, archive, settled, text_of):
    async with desk.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "1 push · last 23 Mar 2017" in text_of(desk)
        archive.say(bytes_done=43, bytes_total=100, is_done=False)
        await settled(pilot)
        assert "1 push · indexing 43 %" in text_of(desk)
        archive.add({"id": 1, "emailAddress": GEORGE}, received_at=NOW)
        archive.say(bytes_done=100, bytes_total=100)
        await settled(pilot)
        assert "2 pushes · last 14:03 UTC" in text_of(desk)


async def test_the_archive_is_followed_once_and_let_go_when_the_desk_is_left(
    desk, archive, settled
):
    async with desk.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("f6")
        await settled(pilot)
        await pilot.press("f6", "ctrl+r")
        await settled(pilot)
        assert archive.followers == 1
        await pilot.press("f4", "down", "enter")
        await settled(pilot)
        assert archive.followers == 1
    assert archive.followers == 0


async def test_the_theme_changes_and_is_remembered(desk, program, settled):
    async with desk.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+l")
        await settled(pilot)
        assert desk.theme == "loyalty-light"
        assert desk.screen.styles.background.hex.lower() == themes.LIGHT.background
        assert program.saved_themes == ["light"]


async def test_the_styles_are_read_once_at_the_start_in_the_themes_colours(desk, monkeypatch):
    read = []

    def parsed(scope, css, read_from, **how):
        read.append(read_from)
        return parse(scope, css, read_from, **how)

    monkeypatch.setattr("textual.css.stylesheet.parse", parsed)
    monkeypatch.setattr("loyalty_tui.tui.screens.desk._AHEAD", 600)
    desk.theme = "loyalty-light"
    async with desk.run_test() as pilot:
        await pilot.pause()
        assert desk.screen.styles.background.hex.lower() == themes.LIGHT.background
        assert read.count((str(styling.FIRST), "")) == 1


async def test_every_command_of_the_desk_that_does_something_is_in_the_palette(
    desk, settled, ask, text_of
):
    async with desk.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        offered = {command.title for command in desk.get_system_commands(desk.screen)}
        assert "Reveal" not in offered  # there is nothing yet that is hidden
        await ask(pilot, GEORGE)
        await pilot.press("ctrl+p")
        await pilot.pause()
        for label in ("Look up", "Refresh", "Reveal", "Pushes", "Light/dark", "Profile", "Help"):
            assert label in text_of(desk)


async def test_another_profile_can_be_chosen(desk, program, settled, text_of):
    async with desk.run_test() as pilot:
        await settled(pilot)
        await pilot.press("f4", "down", "enter")
        await settled(pilot)
        assert "second" in text_of(desk)
        assert program.closed == 1


async def test_settings_problems_are_said_and_do_not_stop_the_desk(desk, program, settled, text_of):
    program.problems = ("line 3: `orgnization` [/] [bold]",)
    async with desk.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        assert "line 3: `orgnization` [/] [bold]" in text_of(desk)


async def test_the_mouse_reaches_what_the_keys_reach(desk, ask, text_of):
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, GEORGE)
        await pilot.click("#pushes-list")
        assert desk.focused is desk.screen.query_one("#pushes-list")
        await pilot.click("#--content-tab-json")
        await pilot.pause()
        assert '"country":' in text_of(desk)
        await pilot.click("#identifier")
        assert desk.focused is desk.screen.query_one("#identifier")


async def test_connections_are_closed_when_the_desk_is_left(desk, program, ask):
    async with desk.run_test() as pilot:
        await ask(pilot, ONE)
        await pilot.press("ctrl+q")
    assert program.closed == 1


HOSTILE = [
    "[/]",
    "[bold red]x",
    "[link=https://evil.example]y[/link]",
    "\x1b]52;c;aGk=\x07",
    "\x9b31m",
    "\u202eevil\u2066",
    "nul\x00nul",
    "e" + "\u0301" * 60,
    "n" * 300,
    "東京ファンクラブ",
    "👩‍👩‍👧‍👦 fans ❤️",
    "two\nlines\r\tand a tab",
]
FORBIDDEN = set("\x00\x07\x1b\x9b\u202e\u2066\r\t")


def hostile(name, number):
    """Return a member's summary and push that say the same everywhere."""
    rank = {"id": 1, "name": name, "description": name, "threshold": 0.1}
    badge = {"id": 2, "name": name, "description": name, "isEarned": True}
    answer = {"balance": 1, "rank": rank, "ranks": [rank], "distinctions": [badge]}
    push = {
        "id": 1_000 + number,
        "mobilePhoneNumber": f"47223456{number:02}",
        "emailAddress": name,
        "firstName": name,
        "tierInfo": {"currentLevel": {"title": name}, "assignedByEvent": name},
        "customData": {name: name},
        name: name,
    }
    return models.decode(json.dumps(answer).encode()), push


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_text_from_outside_is_only_text(desk, service, ask, archive, text_of, size, settled):
    async with desk.run_test(size=size) as pilot:
        for number, name in enumerate(HOSTILE):
            phone = f"+47223456{number:02}"
            service.answers[phone], push = hostile(name, number)
            archive.add(push)
            await ask(pilot, phone)
            left = text_of(desk)
            await pilot.press("ctrl+t")
            if not number:
                await pilot.press("ctrl+o")
            desk.screen.query_one("#push").active = "overview"
            await settled(pilot)
            fields = text_of(desk)
            desk.screen.query_one("#push").active = "json"
            await settled(pilot)
            shown = left + fields + text_of(desk)
            bottom = desk.screen.query_one("KeyLine").region
            await pilot.press("ctrl+t")
            assert not FORBIDDEN & set(shown), name
            assert bottom.bottom == size[1]
            plain = name if name.startswith("[") else ""
            assert plain[:12] in left


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_sixty_ranks_and_five_hundred_badges_scroll(desk, service, ask, text_of, size):
    ranks = [{"id": n, "name": f"Rank {n}", "threshold": n / 60} for n in range(60)]
    badges = [{"id": n, "name": f"Badge {n}", "isEarned": n == 499} for n in range(500)]
    answer = {"balance": 1, "rank": ranks[30], "ranks": ranks, "distinctions": badges}
    service.answers[ONE] = models.decode(json.dumps(answer).encode())
    async with desk.run_test(size=size) as pilot:
        await ask(pilot, ONE)
        assert "Rank 30 is held by" in text_of(desk)
        assert "Next rank: Rank 29" in text_of(desk)
        view = desk.screen.query_one("MemberView")
        view.focus()
        await pilot.press("end")
        await pilot.pause()
        assert "Badge 498" in text_of(desk)
        view.scroll_to_widget(desk.screen.query_one("BadgesCard"), top=True, animate=False)
        await pilot.pause()
        assert "1 of 500 earned" in text_of(desk)


async def test_a_paste_becomes_one_harmless_line(desk, settled):
    from textual.events import Paste

    async with desk.run_test() as pilot:
        await settled(pilot)
        box = desk.screen.query_one(Input)
        box.post_message(Paste("\n +47 22\x1b[31m 34\u202e 56 78\r\n"))
        await pilot.pause()
        assert box.value == "+47 22␛[31m 34 56 78"


@pytest.mark.parametrize("before", ["", "22"])
async def test_a_text_that_is_too_long_is_said_to_be_and_nothing_is_looked_up(
    desk, service, settled, text_of, before
):
    from textual.events import Paste

    async with desk.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        box = desk.screen.query_one(Input)
        box.value = before
        box.cursor_position = len(before)
        box.post_message(Paste("4" * 200_000))
        await settled(pilot)
        assert "too long for a phone number or an e-mail address" in text_of(desk)
        await pilot.press("enter")
        await settled(pilot)
        assert "too long for a phone number or an e-mail address" in text_of(desk)
        assert not service.asked


async def test_answers_for_a_desk_that_is_being_left_are_dropped(desk, ask, settled, archive):
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, GEORGE)
        await settled(pilot)
        member, pane = (desk.screen.query_one(name) for name in ("MemberView", "PushesPane"))
        found, newest = desk.screen.query_one("Counter").members, tuple(archive.entries)
        await member.remove()
        await pane.remove()
        await member.show_beside(newest)
        await pane.show(PushesFound(found, ""))
        assert found
        assert newest


async def test_what_a_list_sends_while_it_goes_is_for_nobody(desk, ask, settled, text_of):
    async with desk.run_test(size=(120, 40)) as pilot:
        await ask(pilot, GEORGE)
        pane = desk.screen.query_one("PushesPane")
        pushes = desk.screen.query_one(PushList)
        entry = pushes.entry
        await pilot.press("escape")
        await settled(pilot)
        assert not desk.screen.query(PushList)
        late = (
            PushList.Highlighted(entry),
            PushList.Noted("1 new"),
            PushList.Opened(entry),
            PushList.Failed(ArchiveError("Gone.", "Look.")),
        )
        for message in late:
            pane.post_message(message)
        await settled(pilot)
        shown = text_of(desk)
        assert "saved for the same" in shown
        assert "Gone." not in shown
        assert "1 new" not in shown
        assert desk.fault is None


async def test_the_first_fault_is_the_one_that_is_reported(desk, settled):
    def fail(words):
        raise LookupError(words)

    async def run():
        async with desk.run_test() as pilot:
            await settled(pilot)
            desk.call_later(fail, "first")
            desk.screen.call_later(fail, "second")
            await pilot.pause()

    with pytest.raises(LookupError, match="first"):  # the pilot hands on what happened
        await run()
    assert str(desk.fault) == "first"


@pytest.mark.parametrize("name", ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"])
async def test_whatever_tells_it_to_end_has_it_leave_the_terminal_in_order(
    desk, settled, until, name
):
    number = getattr(signal, name)
    async with desk.run_test() as pilot:
        await settled(pilot)
        assert signal.getsignal(number) is not signal.SIG_DFL
        os.kill(os.getpid(), number)
        await until(pilot, lambda: desk.return_code is not None)
    assert desk.return_code == 128 + number


@pytest.mark.parametrize("words", range(40, 48))
async def test_the_organization_is_not_cut_while_there_is_room_for_it(
    desk, text_of, settled, words
):
    async with desk.run_test(size=(120, 24)) as pilot:
        await settled(pilot)
        desk.screen.query_one(Masthead).show_archive("x" * words)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        head = text_of(desk).splitlines()[0]
        assert "loyalty-tui · main · org 1201" in head
        assert "x" * words in head


def luminance(color):
    """Return how light a colour is, from 0 to 1, as WCAG 2 defines it."""
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
             for part in color.normalized)  # fmt: skip
    return sum(part * weight for part, weight in zip(parts, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_what_stands_aside_and_hints_can_be_read_on_every_ground(program, settled, theme):
    program.theme = theme
    app = LoyaltyApp(program)
    async with app.run_test() as pilot:
        await settled(pilot)
        colors = app.get_css_variables()
        hint = app.screen.query_one("#identifier").get_component_styles("input--placeholder").color
        for ground in ("background", "surface", "panel"):
            behind = Color.parse(colors[ground])
            for color in (Color.parse(colors["foreground-muted"]), hint):
                light, dark = sorted(map(luminance, (behind + color, behind)), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= LEGIBLE
