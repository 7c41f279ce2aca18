"""The first start: what is typed in is tried, kept, or left for the demo."""

from textual.widgets import Input

from loyalty_tui.errors import CredentialsError, SettingsError

TYPED = {
    "organization": "1201",
    "region": "NO",
    "api-key": "aaabbbccc111222333",
    "archive": "~/pushes",
    "try-with": "+4722345678",
}


async def fill(pilot):
    await pilot.pause()
    for name, value in TYPED.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = value


async def test_try_it_makes_a_request_with_what_is_typed_in(desk, program, settled, text_of):
    program.is_set_up = False
    async with desk.run_test() as pilot:
        await fill(pilot)
        await pilot.press("ctrl+t")
        await settled(pilot)
        draft = program.saved_drafts[0]
        assert (draft.organization, draft.region, draft.archive) == ("1201", "NO", "~/pushes")
        assert draft.api_key.reveal() == TYPED["api-key"]
        assert draft.identifier == "+4722345678"
        assert "It works." in text_of(desk)


async def test_a_failed_try_says_why_and_keeps_what_was_typed(desk, program, settled, text_of):
    program.is_set_up = False
    program.trying_out = CredentialsError("CrowdManager refused the request (401).", "Reasons.")
    async with desk.run_test() as pilot:
        await fill(pilot)
        await pilot.press("ctrl+t")
        await settled(pilot)
        assert "CrowdManager refused the request (401). Reasons." in text_of(desk)
        assert desk.screen.query_one("#organization", Input).value == "1201"


async def test_saving_opens_the_desk(desk, program, settled, text_of):
    program.is_set_up = False
    async with desk.run_test() as pilot:
        await fill(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "Whom are you looking for?" in text_of(desk)


async def test_what_cannot_be_saved_is_said_and_nothing_is_lost(desk, program, settled, text_of):
    program.is_set_up = False

    def refuse(_draft):
        raise SettingsError("There is no keyring here.", "Set LOYALTY_TUI_API_KEY.")

    program.save = refuse
    async with desk.run_test() as pilot:
        await fill(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "There is no keyring here. Set LOYALTY_TUI_API_KEY." in text_of(desk)
        assert desk.screen.query_one("#api-key", Input).value == TYPED["api-key"]


async def test_the_key_is_never_on_the_screen(desk, program, text_of):
    program.is_set_up = False
    async with desk.run_test() as pilot:
        await fill(pilot)
        await pilot.pause()
        assert TYPED["api-key"] not in text_of(desk)


async def test_the_demo_is_one_key_away(desk, program, settled, text_of):
    program.is_set_up = False
    async with desk.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+g")
        await settled(pilot)
        assert "demo" in text_of(desk)
        assert "Whom are you looking for?" in text_of(desk)
