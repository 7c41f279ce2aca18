"""The application: themes, first screen, and the boundary no traceback crosses."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import actions, work
from textual.app import App, SystemCommand

from loyalty_tui.errors import ExitCode, LoyaltyError
from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import commands, styling, themes
from loyalty_tui.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen

    from loyalty_tui.tui.program import Connection, Program


_GARBAGE: Final = (5_000, 20, 20)
"""New objects, and rounds, before those of the first, second and third age are looked through."""


def _collect_garbage() -> None:
    """Do so from now on, seldom, and without looking through all that the start has made."""
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    gc.enable()


class LoyaltyApp(App[int]):
    """The desk in a terminal."""

    TITLE = "loyalty-tui"
    CSS_PATH = str(styling.FIRST)
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING: ClassVar[str] = "ctrl+p"

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self.fault: BaseException | None = None
        """What ended the app unexpectedly, for whoever started it to report."""
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        self.theme = f"loyalty-{program.theme}"

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002 - as Textual has it
        """Use the theme's colours; all styles are read once more only if they have been used."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> Screen[None]:
        """Return the desk, or the set-up screen when nothing is set up yet."""
        connection = self.program.connect()
        if connection is not None:
            return DeskScreen(connection, self.program.now)
        from loyalty_tui.tui.screens.set_up import SetUpScreen

        styling.style_all(self)
        return SetUpScreen(self.program)

    def on_mount(self) -> None:
        """Say what is wrong with the settings; collect garbage from the first paint on."""
        if not gc.isenabled():
            self.call_after_refresh(_collect_garbage)
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"):
            with suppress(NotImplementedError, AttributeError, ValueError):  # not on Windows
                number = getattr(signal, name)
                loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))
        for problem in self.program.problems:
            self.notify(neutralise(problem), severity="warning", timeout=15, markup=False)

    def push_screen(self, *screen: Any, **how: Any) -> Any:
        """Open a screen, with all styles."""
        styling.style_all(self)
        return super().push_screen(*screen, **how)

    async def open_desk(self, connection: Connection) -> None:
        """Open a desk with this connection over what is shown."""
        await self.push_screen(DeskScreen(connection, self.program.now))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer the commands that do something now in the palette, declared where the keys are."""
        for node, command in commands.reach(screen):
            _, name, parameters = actions.parse(command.action)
            if node.check_action(name, parameters):
                yield SystemCommand(
                    command.label,
                    command.help,
                    lambda node=node, action=command.action: self.run_action(action, node),
                )
        yield SystemCommand("Quit", "Leave loyalty-tui.", self.action_quit)

    def action_lights(self) -> None:
        """Change between dark and light, and remember it."""
        theme = "light" if self.theme == themes.DARK.name else "dark"
        self.theme = f"loyalty-{theme}"
        self._save_theme(theme)

    @work(thread=True, group="theme")
    def _save_theme(self, theme: str) -> None:
        try:
            self.program.save_theme(theme)
        except LoyaltyError as error:
            self.notify(str(error), severity="warning", markup=False)

    def action_help(self) -> None:
        """Show what the keys do."""
        from loyalty_tui.tui.screens.help import HelpScreen

        known = tuple(command for _, command in commands.reach(self.screen))
        ways = getattr(self.screen, "ways", ())
        self.push_screen(HelpScreen(known or commands.DESK, ways))

    def action_profile(self) -> None:
        """Let the user choose another profile."""
        from loyalty_tui.tui.screens.profiles import ProfilesScreen

        if not self.program.profile_names:
            self.notify("There are no profiles in the settings to change to.", markup=False)
            return

        self.push_screen(ProfilesScreen(self.program.profile_names), self._change_profile)

    async def _change_profile(self, name: str | None) -> None:
        if name is None or not isinstance(self.screen, DeskScreen):
            return
        try:
            connection = self.program.change_to(name)
        except LoyaltyError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            await self.screen.change_connection(connection)

    def _fatal_error(self) -> None:
        # Textual would print a traceback with the values of all local variables: members' data.
        # The first is what it began with; what others meet while the widgets go, comes of it.
        self.fault = self.fault or sys.exception()
        self._return_code = ExitCode.BUG
        self._close_messages_no_wait()
