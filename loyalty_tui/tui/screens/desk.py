"""The desk's frame: masthead, identifier box, commands. The first paint needs no more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from loyalty_tui.tui import commands, glyphs, styling
from loyalty_tui.tui.screens import breakpoints
from loyalty_tui.tui.screens.inspects import Inspects
from loyalty_tui.tui.sharing import Shared
from loyalty_tui.tui.widgets.identifier_box import IdentifierBox
from loyalty_tui.tui.widgets.masthead import Masthead

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from loyalty_tui.archive.model import Progress
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.tui.following import Following
    from loyalty_tui.tui.program import Connection, PushArchive
    from loyalty_tui.tui.screens.archive import ArchiveScreen
    from loyalty_tui.tui.widgets.counter import Counter
    from loyalty_tui.tui.widgets.member_view import MemberView


_AHEAD: Final = 0.04
"""Seconds in which a key that was pressed while the desk opened comes before its furniture."""


class DeskScreen(Inspects[None]):
    """Look a member up and see them, with the pushes saved for the same person."""

    # Keys sent in one burst with the archive's are for it: that one is not left to the box first.
    BINDINGS: ClassVar[list[BindingType]] = [
        command.binding(is_first=command is commands.ARCHIVE)
        for command in commands.DESK
        if command is not commands.LOOK_UP
    ]
    HORIZONTAL_BREAKPOINTS = breakpoints.HORIZONTAL
    VERTICAL_BREAKPOINTS = breakpoints.VERTICAL
    AUTO_FOCUS = "#identifier"
    known_commands = commands.DESK
    ways = commands.ON_DESK

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._connection = connection
        self._now = now
        self._glyphs = glyphs.for_this_terminal()
        self._furnishing = asyncio.Lock()
        self._is_away = False
        """Whether the archive view is in front."""
        self._following: Following | None = None
        self._archive_screen: ArchiveScreen | None = None
        self.shared = Shared()

    def compose(self) -> ComposeResult:
        """Lay out what is seen first."""
        yield Masthead()
        yield IdentifierBox(self._glyphs)

    def on_mount(self) -> None:
        """Show whom one asks, and the rest after that has been painted."""
        self._name_profile()
        self.call_after_refresh(self.set_timer, _AHEAD, self._furnish)

    def on_key(self, event: events.Key) -> None:
        """Give the box what was typed before it was there, or while nothing has the focus."""
        # The box stops what it takes itself: what comes by here was sent before it had the focus.
        is_for_box = self.focused is None or self.focused.id == "identifier"
        if is_for_box and event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self._box.type_ahead(event.character)
        elif is_for_box and event.key == "ctrl+j":  # Enter, pressed before the terminal was ours
            event.stop()
            self._box.action_look_up()

    def on_screen_resume(self) -> None:
        """Have the box ready again for what is typed."""
        was_away, self._is_away = self._is_away, False
        if self.query("Counter"):
            from loyalty_tui.tui.widgets.counter import Counter

            self.query_one(Counter).prepare_box()
        elif was_away:
            self.call_after_refresh(self._furnish)

    async def on_unmount(self) -> None:
        """Leave no connection open."""
        await self._connection.close()

    def _name_profile(self) -> None:
        profile = self._connection.profile
        self._box.phone_region = profile.region
        self.query_one(Masthead).show_profile(profile, is_demo=self._connection.is_demo)

    @property
    def _box(self) -> IdentifierBox:
        return self.query_one(IdentifierBox)

    async def _furnish(self) -> None:
        """Show the rest of the desk, and keep up with the archive from then on."""
        if self._is_away:
            return  # done when one comes back: what is in front now goes first
        await self._counter()
        if self._connection.archive is None:
            self._say_pulse("no archive folder")
        else:
            self._follow(self._connection.archive)

    def _follow(self, archive: PushArchive) -> Following:
        """Return what follows the archive, started."""
        if self._following is None:
            from loyalty_tui.tui.following import Following

            self._following = Following(
                self,
                archive,
                self._now,
                on_progress=self._archive_changed,
                on_pulse=self._say_pulse,
                on_failure=self._archive_failed,
            )
            self._following.start()
        return self._following

    def _archive_changed(self, progress: Progress) -> None:
        from loyalty_tui.tui.widgets.counter import Counter

        for counter in self.query(Counter):
            counter.archive_changed(is_done=progress.is_done)
        if self._archive_screen is not None:
            self._archive_screen.archive_changed(progress)

    def _say_pulse(self, pulse: str) -> None:
        for masthead in self.query(Masthead):
            masthead.show_archive(pulse)
        if self._archive_screen is not None:
            self._archive_screen.show_pulse(pulse)

    def _archive_failed(self, error: ArchiveError) -> None:
        from loyalty_tui.tui.widgets.counter import Counter

        for counter in self.query(Counter):
            self.call_next(counter.archive_failed, error)
        if self._archive_screen is not None:
            self._archive_screen.archive_failed(error, is_followed=False)

    async def _counter(self) -> Counter:
        """Return the counter, which comes after the first paint."""
        async with self._furnishing:
            from loyalty_tui.tui.widgets.counter import Counter
            from loyalty_tui.tui.widgets.key_line import KeyLine

            if not self.query(Counter):
                styling.style_all(self.app)
                await self.mount(
                    Counter(self._connection, self._now, self._glyphs, self.shared), KeyLine()
                )
            return self.query_one(Counter)

    async def change_connection(self, connection: Connection) -> None:
        """Ask another profile from now on; what is shown of the old one goes."""
        old, self._connection = self._connection, connection
        self.shared = Shared()
        if self._following is not None:
            self._following.stop()
            self._following = None
        self._drop_archive_screen()
        await (await self._counter()).remove()
        await self.query("KeyLine").remove()
        await old.close()
        self._box.fill("")
        self._name_profile()
        await self._furnish()

    async def on_identifier_box_asked(self, event: IdentifierBox.Asked) -> None:
        """Look up what the box says, or say why that cannot be."""
        from loyalty_tui import identifiers
        from loyalty_tui.errors import IdentifierError

        try:
            identifier = identifiers.parse(event.text, self._box.phone_region)
        except IdentifierError as error:
            self._box.say(str(error))
        else:
            await (await self._counter()).ask(identifier)

    async def on_identifier_box_edited(self, event: IdentifierBox.Edited) -> None:
        """Cancel a look-up whose question is no longer in the box."""
        await (await self._counter()).drop_unless(event.identifier)

    def on_member_view_chosen(self, event: MemberView.Chosen) -> None:
        """Look an example up."""
        self._box.fill(event.identifier)
        self._box.focus_input()
        self._box.action_look_up()

    async def action_back(self) -> None:
        """Leave the pushes, else cancel what is under way, else clear the box."""
        counter = await self._counter()
        if counter.is_at_pushes:
            self.action_focus_box()
        elif not await counter.cancel():
            self._box.fill("")
            await counter.clear()
        self.action_focus_box()

    async def action_refresh(self) -> None:
        """Fetch the shown member again; follow the archive again after an error."""
        if self._following is not None:
            self._following.start()
        await (await self._counter()).refresh_all()

    async def action_pane(self) -> None:
        """Go to the pushes or back; where there is room for one side only, change sides."""
        counter = await self._counter()
        if counter.is_at_pushes:
            self.action_focus_box()
        else:
            counter.go_to_pushes()

    async def action_reveal(self) -> None:
        """Show personal data in the pushes, or hide it."""
        (await self._counter()).reveal()

    def action_archive(self) -> None:
        """Open the archive view where it was left."""
        self._open_archive()

    async def action_behind(self) -> None:
        """Open the archive view with the pushes of the members behind the identifier."""
        query = (await self._counter()).pushes_behind()
        if query:
            self._open_archive(query)
        else:
            self.notify("No pushes are saved for a member that is shown.", markup=False)

    def _open_archive(self, query: str | None = None) -> None:
        archive = self._connection.archive
        if archive is None:
            self.notify("No archive folder is set.", severity="warning", markup=False)
            return
        self._is_away = True
        following = self._follow(archive)  # the key may have come before all is furnished
        from loyalty_tui.tui.screens.archive import ArchiveScreen

        if self._archive_screen is None:
            self._archive_screen = ArchiveScreen(
                archive,
                self._connection.profile,
                self._now,
                self._glyphs,
                self.shared,
                follow=following.start,
                is_demo=self._connection.is_demo,
            )
            # Installed, it keeps query and place while the desk is in front.
            self.app.install_screen(self._archive_screen, f"archive-{id(self._archive_screen)}")
        self._archive_screen.show_pulse(following.pulse)
        if following.progress is not None and not self._archive_screen.is_mounted:
            self._archive_screen.archive_changed(following.progress)
        if query is not None:
            self._archive_screen.search(query)
        self.app.push_screen(self._archive_screen, self._come_back)
        if following.failure is not None:  # it may have been said while there was no such view
            self._archive_screen.call_after_refresh(
                self._archive_screen.archive_failed, following.failure, is_followed=False
            )

    def _come_back(self, identifier: str | None) -> None:
        """Look up whom the archive view was left for."""
        if identifier:
            self._box.fill(identifier)
            self._box.action_look_up()

    def _drop_archive_screen(self) -> None:
        if self._archive_screen is not None:
            self.app.uninstall_screen(self._archive_screen)
            self._archive_screen = None

    def action_focus_box(self) -> None:
        """Put the cursor into the box."""
        for counter in self.query("Counter"):
            counter.set_class(False, "-pane")  # noqa: FBT003 - as Textual declares it
        self._box.focus_input()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to reveal personal data only where some is shown."""
        if action == "reveal":
            return bool(self.query("#pushes-list"))
        return super().check_action(action, parameters)
