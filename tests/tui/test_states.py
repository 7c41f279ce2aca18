"""The five states of the desk, at three sizes, as pictures to look at and compare."""

from pathlib import Path

import pytest

from loyalty_tui.crowdmanager.models import Try
from loyalty_tui.errors import NoSuchMemberError, UnreachableError

PICTURES = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (120, 40), (200, 60)]
NUMBER = "+4722345678"
GEORGE = "george15@crowdtwist.com"

NOT_FOUND = NoSuchMemberError(
    "CrowdManager knows no member by this identifier.",
    "Check it for a slip, or try the member's other phone number or e-mail address.",
)
REFUSED = UnreachableError(
    "CrowdManager could not be reached: api.example.com refused the connection (4 tries).",
    "Check the network and the base URL (api.example.com), or try again in a moment.",
)


def name_of(state, size, theme="dark"):
    return PICTURES / f"{state}-{size[0]}x{size[1]}-{theme}.svg"


@pytest.mark.parametrize("size", SIZES)
async def test_empty_desk_says_what_to_do(desk, settled, matches, size):
    async with desk.run_test(size=size) as pilot:
        await settled(pilot)
        matches(desk, name_of("empty", size))


@pytest.mark.parametrize("size", SIZES)
async def test_loading_desk_says_which_try_it_is_on(desk, service, ask, matches, size):
    service.hold(NUMBER)
    service.attempts = [Try(1, 4), Try(2, 4, 1.3, "it is not available just now (503)")]
    async with desk.run_test(size=size) as pilot:
        await ask(pilot, NUMBER, answered=False)
        matches(desk, name_of("loading", size))


@pytest.mark.parametrize("size", SIZES)
async def test_unknown_member_is_not_an_error(desk, service, ask, matches, size):
    service.answers[NUMBER] = NOT_FOUND
    async with desk.run_test(size=size) as pilot:
        await ask(pilot, NUMBER)
        matches(desk, name_of("not-found", size))


@pytest.mark.parametrize("size", SIZES)
async def test_failed_look_up_shows_cause_and_remedy(desk, service, ask, matches, size):
    service.answers[NUMBER] = REFUSED
    async with desk.run_test(size=size) as pilot:
        await ask(pilot, NUMBER)
        matches(desk, name_of("failed", size))


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
async def test_loaded_desk_shows_both_vendors(desk, ask, matches, size, theme):
    desk.theme = f"loyalty-{theme}"
    async with desk.run_test(size=size) as pilot:
        await ask(pilot, GEORGE)
        matches(desk, name_of("loaded", size, theme))


@pytest.mark.parametrize("tab", ["fields", "json"])
async def test_narrow_desk_shows_the_pushes_instead_of_the_member(desk, ask, settled, matches, tab):
    async with desk.run_test(size=(80, 24)) as pilot:
        await ask(pilot, GEORGE)
        await pilot.press("ctrl+t")
        desk.screen.query_one("#push").active = tab
        await settled(pilot)
        matches(desk, name_of(f"pushes-{tab}", (80, 24)))


@pytest.mark.parametrize("size", SIZES)
async def test_first_start_asks_for_what_a_profile_needs(desk, program, settled, matches, size):
    program.is_set_up = False
    async with desk.run_test(size=size) as pilot:
        await settled(pilot)
        matches(desk, name_of("set-up", size))


async def test_help_lists_the_keys(desk, settled, matches):
    async with desk.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("f1")
        await settled(pilot)
        matches(desk, name_of("help", (80, 24)))
