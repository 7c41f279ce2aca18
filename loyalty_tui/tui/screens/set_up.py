"""The first start: organization, region, key and archive folder, tried out before they are kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Input, Static

from loyalty_tui.errors import LoyaltyError
from loyalty_tui.privacy import Secret, neutralise
from loyalty_tui.tui import wording
from loyalty_tui.tui.program import Draft
from loyalty_tui.tui.widgets.identifier_box import PlainInput
from loyalty_tui.tui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from typing import Protocol

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from loyalty_tui.crowdmanager.models import Try
    from loyalty_tui.tui.program import Connection, Program

    class Opener(Protocol):
        """An app that can open a desk."""

        async def open_desk(self, connection: Connection) -> None:
            """Open a desk over what is shown."""


_FIELDS = (
    ("organization", "Organization id", "the number in CrowdManager's addresses, such as 1201"),
    ("region", "Region", "such as NO, for numbers without a country code"),
    ("api-key", "API key", "kept in the keyring of this computer, nowhere else"),
    ("archive", "Archive folder", "where CrowdTwist pushes are saved; may stay empty"),
    ("try-with", "Try it with", "a member's phone or e-mail; may stay empty"),
)


class SetUpScreen(Screen[None]):
    """Asks for what a profile needs; the demo is one key away."""

    AUTO_FOCUS = "#organization"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("ctrl+t", "try_out", "Try it"),
        ("ctrl+s", "save", "Save"),
        ("ctrl+g", "demo", "Demo"),
        ("escape", "cancel", "Cancel"),
    ]

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program = program

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        with VerticalScroll(id="set-up") as form:
            form.can_focus = False
            form.border_title = "Welcome to loyalty-tui"
            yield Static(
                "To ask CrowdManager for members, the desk needs the organization and its key. To "
                "look around without, press Ctrl+G for the demo.",
                classes="set-up-words",
                markup=False,
            )
            for name, label, placeholder in _FIELDS:
                with Horizontal(classes="set-up-row"):
                    yield Static(label, classes="set-up-label", markup=False)
                    yield PlainInput(
                        id=name,
                        placeholder=placeholder,
                        password=name == "api-key",
                        compact=True,
                    )
            with Horizontal(id="set-up-buttons"):
                yield Button("Try it", id="try-out", compact=True)
                yield Button("Save", id="save", variant="primary", compact=True)
                yield Button("Demo", id="demo", compact=True)
            yield Vertical(Static("", id="set-up-answer", markup=False))
        yield KeyLine()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        actions = {
            "try-out": self.action_try_out,
            "save": self.action_save,
            "demo": self.action_demo,
        }
        actions[event.button.id or ""]()

    def on_input_submitted(self) -> None:
        """Go on to the next field."""
        self.focus_next()

    def action_try_out(self) -> None:
        """Make one real request with what is typed in."""
        self._say("Asking CrowdManager …")
        self._try_out(self._draft())

    def action_save(self) -> None:
        """Keep what is typed in, and open the desk."""
        self._save(self._draft())

    def action_cancel(self) -> None:
        """Cancel what is under way."""
        if any(not worker.is_finished for worker in self.workers):
            self.workers.cancel_node(self)
            self._say("Cancelled.")

    def action_demo(self) -> None:
        """Open the desk with the demo."""
        self._say("Starting the demo …")
        self._open_demo()

    def _say_attempt(self, attempt: Try) -> None:
        self._say(f"Asking CrowdManager: {wording.attempt(attempt)}")

    def _draft(self) -> Draft:
        def typed(name: str) -> str:
            return self.query_one(f"#{name}", Input).value.strip()

        return Draft(
            organization=typed("organization"),
            region=typed("region"),
            api_key=Secret(typed("api-key")),
            archive=typed("archive"),
            identifier=typed("try-with"),
        )

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        answer = self.query_one("#set-up-answer", Static)
        answer.update(Content(neutralise(sentence)))
        answer.set_class(wrong, "wrong")

    @work(exclusive=True)
    async def _try_out(self, draft: Draft) -> None:
        try:
            self._say(await self._program.try_out(draft, self._say_attempt))
        except LoyaltyError as error:
            self._say(str(error), wrong=True)

    @work(exclusive=True)
    async def _save(self, draft: Draft) -> None:
        try:
            connection = await asyncio.to_thread(self._program.save, draft)
        except LoyaltyError as error:
            self._say(str(error), wrong=True)
        else:
            await self._open(connection)

    @work(exclusive=True)
    async def _open_demo(self) -> None:
        try:
            connection = await asyncio.to_thread(self._program.demo)
        except LoyaltyError as error:
            self._say(str(error), wrong=True)
        else:
            await self._open(connection)

    async def _open(self, connection: Connection) -> None:
        opener: Opener = self.app  # type: ignore[assignment]  # the app of this screen is ours
        await opener.open_desk(connection)
