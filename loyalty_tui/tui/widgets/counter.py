"""Both sides of the desk: asks for a member and for their pushes, and owns what is shown."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING

from textual import work
from textual.containers import Horizontal
from textual.message import Message

from loyalty_tui import identifiers
from loyalty_tui.errors import ArchiveError, LoyaltyError, NoSuchMemberError
from loyalty_tui.tui import wording
from loyalty_tui.tui.state import (
    Empty,
    Failed,
    Loaded,
    Loading,
    MemberState,
    NotFound,
    PushesFailed,
    PushesFound,
    PushesIdle,
    PushesState,
)
from loyalty_tui.tui.widgets.member_view import MemberView
from loyalty_tui.tui.widgets.pushes_pane import PushesPane

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.app import ComposeResult

    from loyalty_tui.archive.scan import Archive
    from loyalty_tui.crowdmanager.models import Try
    from loyalty_tui.identifiers import Identifier
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.program import Connection


class Counter(Horizontal):
    """Member at the left, pushes at the right; each question replaces the one before."""

    class ArchiveChanged(Message):
        """There is something new to say of the archive."""

        def __init__(self, pulse: str) -> None:
            super().__init__()
            self.pulse = pulse

    def __init__(self, connection: Connection, now: Callable[[], datetime], glyphs: Glyphs) -> None:
        super().__init__()
        self._connection = connection
        self._now = now
        self._glyphs = glyphs
        self._state: MemberState = Empty()
        self._question: Identifier | None = None
        self._archive: Archive | None = None
        self._archive_error: ArchiveError | None = None
        self._stop_reading = Event()

    def compose(self) -> ComposeResult:
        """Lay out both sides."""
        yield MemberView(self._glyphs, self._now, self._connection.examples)
        yield PushesPane(self._glyphs)

    async def on_mount(self) -> None:
        """Show that nobody was asked for; load in the background what the first question needs."""
        await self.clear()
        self._warm_up()
        self._read_archive()

    @work(thread=True, group="warm-up")
    def _warm_up(self) -> None:
        identifiers.prepare(self._connection.profile.region)
        self._connection.prepare()

    def on_unmount(self) -> None:
        """Let the archive's reader end."""
        self._stop_reading.set()

    async def ask(self, identifier: Identifier) -> None:
        """Look a member up; an older question is dropped."""
        if identifier != self._question:
            self.query_one(PushesPane).is_revealed = False
        self._question = identifier
        await self._show_member(Loading(identifier))
        self._look_up(identifier)
        await self._show_pushes()

    async def cancel(self) -> bool:
        """Cancel a look-up that is under way and say whether one was."""
        was_loading = isinstance(self._state, Loading)
        if was_loading:
            await self.clear()
        return was_loading

    async def drop_unless(self, identifier: Identifier | None) -> None:
        """Cancel a look-up that is under way for anybody else."""
        if identifier != self._question:
            await self.cancel()

    async def clear(self) -> None:
        """Forget the question and show nobody."""
        self._question = None
        self.query_one(PushesPane).is_revealed = False
        self.workers.cancel_group(self, "look-up")
        await self._show_member(Empty())
        await self._show_pushes()

    async def refresh_all(self) -> None:
        """Read the archive again, and ask the last question again."""
        self._read_archive()
        if self._question is not None:
            await self.ask(self._question)

    # The member

    @work(group="look-up", exclusive=True)
    async def _look_up(self, question: Identifier) -> None:
        def on_try(attempt: Try) -> None:
            self.call_later(self._show_attempt, question, attempt)

        state: MemberState
        try:
            summary = await self._connection.look_up(question, on_try)
            state = Loaded.of(question, summary, self._now())
        except NoSuchMemberError as error:
            state = NotFound(question, error)
        except LoyaltyError as error:
            state = Failed(question, error)
        if self._question is question:
            await self._show_member(state)

    async def _show_attempt(self, question: Identifier, attempt: Try) -> None:
        if self._question is question and isinstance(self._state, Loading):
            await self._show_member(Loading(question, attempt))

    async def _show_member(self, state: MemberState) -> None:
        self._state = state
        await self.query_one(MemberView).show(state)

    # The pushes

    @property
    def is_at_pushes(self) -> bool:
        """Whether the pushes are what the user is at."""
        return self.query_one(PushesPane).has_focus_within or not self.query_one(MemberView).display

    def go_to_pushes(self) -> None:
        """Put the cursor into the pushes; where there is room for one side only, show them."""
        self.add_class("-pane")
        self.query_one(PushesPane).focus_list()

    def reveal(self) -> None:
        """Show personal data in the pushes, or hide it."""
        pane = self.query_one(PushesPane)
        pane.is_revealed = not pane.is_revealed

    def _read_archive(self) -> None:
        self._stop_reading.set()
        self._stop_reading = Event()
        self._read(self._stop_reading)

    @work(group="archive", exclusive=True)
    async def _read(self, stop: Event) -> None:
        self._archive_error = None
        pulse = "no archive folder"
        if self._connection.read_archive is not None:
            self.post_message(self.ArchiveChanged("reading the archive …"))
            try:
                self._archive = await asyncio.to_thread(self._connection.read_archive, stop)
                pulse = _pulse(self._archive)
            except ArchiveError as error:
                self._archive_error = error
                pulse = "the archive cannot be read"
        if not stop.is_set():
            self.post_message(self.ArchiveChanged(pulse))
            await self._show_pushes()

    async def _show_pushes(self) -> None:
        await self.query_one(PushesPane).show(self._pushes_state())
        self.screen.refresh_bindings()

    def _pushes_state(self) -> PushesState:
        if self._connection.read_archive is None:
            return PushesIdle(
                "No archive folder is set.\n\nName one as `archive` in the settings, or with "
                "--archive, and the CrowdTwist pushes of each member appear here."
            )
        if self._archive_error is not None:
            return PushesFailed(self._archive_error)
        if self._question is None:
            return PushesIdle("The CrowdTwist pushes saved for the same person appear here.")
        if self._archive is None:
            return PushesIdle("Reading the archive …")
        return PushesFound(self._question, self._archive.behind(self._question))


def _pulse(archive: Archive) -> str:
    pulse = wording.counted(archive.pushes, "push", "pushes")
    if archive.unreadable:
        pulse += f" · {len(archive.unreadable):,} unreadable"
    if archive.last_updated is not None:
        pulse += f" · last {archive.last_updated.day} {archive.last_updated:%b %Y}"
    return pulse
