"""Both sides of the desk: asks for a member and for their pushes, and owns what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import work
from textual.containers import Horizontal

from loyalty_tui import identifiers
from loyalty_tui.archive.model import Sorting
from loyalty_tui.archive.query.model import of_kind
from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.errors import LoyaltyError, NoSuchMemberError
from loyalty_tui.tui.asking import Asking
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
    from threading import Event

    from textual.app import ComposeResult

    from loyalty_tui.archive.model import Entry, MemberFound
    from loyalty_tui.crowdmanager.models import Try
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.identifiers import Identifier
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.program import Connection
    from loyalty_tui.tui.sharing import Shared


NO_ARCHIVE = (
    "No archive folder is set.\n\nName one as `archive` in the settings, or with --archive, and "
    "the CrowdTwist pushes of each member appear here."
)
SO_FAR = (
    "No pushes are found for this identifier so far.\n\nThe archive is still being indexed; what "
    "is found appears here by itself."
)


_MOST_BESIDE = 20


_LOOKED_AT: Final = 1.0
"""Seconds after which a desk that is still in front is going to be typed into."""


class Counter(Horizontal):
    """Member at the left, pushes at the right; each question replaces the one before."""

    def __init__(
        self, connection: Connection, now: Callable[[], datetime], glyphs: Glyphs, shared: Shared
    ) -> None:
        super().__init__()
        self._shared = shared
        self._connection = connection
        self._now = now
        self._glyphs = glyphs
        self._state: MemberState = Empty()
        self._question: Identifier | None = None
        self._behind = Asking(self, "behind", self._fail)
        self._newest = Asking(self, "newest", self._fail)
        self._beside: tuple[Entry, ...] = ()
        self._is_indexing = False
        self._is_box_prepared = False
        self._is_prepared = False
        self._has_failed = False
        """Whether all that is said of the archive is that it cannot be read."""
        self.members: tuple[MemberFound, ...] = ()
        """The members behind the last question, as far as the archive knows."""

    def compose(self) -> ComposeResult:
        """Lay out both sides."""
        yield MemberView(self._glyphs, self._now, self._connection.examples)
        yield PushesPane(self._connection.archive, self._now, self._glyphs, self._shared)

    async def on_mount(self) -> None:
        """Show that nobody was asked for; load soon what the box needs."""
        await self.clear()
        self.set_timer(_LOOKED_AT, self.prepare_box)

    def prepare_box(self) -> None:
        """Load in the background what the box needs, unless the user is elsewhere already."""
        if self.screen is self.app.screen and not self._is_box_prepared:
            self._is_box_prepared = True
            self._prepare_box()

    @work(thread=True, group="warm-up")
    def _prepare_box(self) -> None:
        identifiers.prepare(self._connection.profile.region)

    @work(thread=True, group="warm-up")
    def _prepare_look_up(self) -> None:
        self._connection.prepare()

    async def ask(self, identifier: Identifier) -> None:
        """Look a member up; an older question is dropped."""
        if identifier != self._question:
            self.query_one(PushesPane).is_revealed = False
        self._question = identifier
        await self._show_member(Loading(identifier))
        self._look_up(identifier)
        await self._ask_archive()

    async def cancel(self) -> bool:
        """Cancel a look-up that is under way and say whether one was."""
        was_loading = isinstance(self._state, Loading)
        if was_loading:
            await self.clear()
        return was_loading

    async def drop_unless(self, identifier: Identifier | None) -> None:
        """Cancel a look-up that is under way for anybody else; another one may follow."""
        if not self._is_prepared:  # whoever only browses the archive needs no client
            self._is_prepared = True
            self._prepare_look_up()
        if identifier != self._question:
            await self.cancel()

    async def clear(self) -> None:
        """Forget the question and show nobody."""
        self._question = None
        self.query_one(PushesPane).is_revealed = False
        self.workers.cancel_group(self, "look-up")
        await self._show_member(Empty())
        await self._ask_archive()

    async def refresh_all(self) -> None:
        """Ask the last question again."""
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
        view = self.query_one(MemberView)
        await view.show(state)
        if self._beside:
            await view.show_beside(self._beside)

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

    async def _ask_archive(self) -> None:
        """Ask who is behind the question; until that is known, show nobody's pushes."""
        self._behind.stop()
        self._newest.stop()
        self.members, self._beside = (), ()
        archive, question = self._connection.archive, self._question
        if archive is None:
            await self._show_pushes(PushesIdle(NO_ARCHIVE))
        elif question is None:
            await self._show_pushes(
                PushesIdle("The CrowdTwist pushes saved for the same person appear here.")
            )
        else:
            await self._show_pushes(PushesIdle("Looking in the archive …"))
            self._behind.ask(
                lambda _: archive.behind(question),
                lambda members: self._found(question, members),
            )

    def _found(
        self, question: Identifier, members: tuple[MemberFound, ...], *, is_news: bool = False
    ) -> None:
        state = PushesFound(members, SO_FAR) if self._is_indexing else PushesFound(members)
        self.call_next(self._show_found, question, state, is_news=is_news)

    async def _show_found(self, question: Identifier, state: PushesFound, *, is_news: bool) -> None:
        if self._question is question:
            self.members = state.members
            await self._show_pushes(state, is_news=is_news)
            self._ask_newest(question, state.members)

    def pushes_behind(self) -> str:
        """Return a query for the pushes of the members behind the last question; "" for none."""
        from loyalty_tui.archive.query.language import MOST
        from loyalty_tui.archive.query.model import LONGEST
        from loyalty_tui.archive.query.pieces import quoted

        ids = [f"{member.member_id}" for member in self.members if member.member_id is not None]
        query = f"id:{'|'.join(ids)}" if ids else "".join(m.query.text for m in self.members[:1])
        asked = self._question
        if asked is None or (len(ids) <= MOST and len(query) <= LONGEST):
            return query
        # So many have the same number or address that these alone tell whose pushes are meant.
        if asked.type == "phone":
            return f"phone:{asked.digits}"
        return "|".join(f"email:{quoted(key)}" for key in asked.keys)

    def _ask_newest(self, question: Identifier, members: tuple[MemberFound, ...]) -> None:
        """Ask for the newest profile push of each member, to stand beside the other vendor's."""
        archive = self._connection.archive
        if archive is None or not members:
            return

        def newest(stop: Event) -> tuple[Entry, ...]:
            pages = (
                archive.page(
                    of_kind(member.query, PushKind.PROFILE), Sorting.UPDATED,
                    descending=True, limit=1, stop=stop,
                )
                for member in members[:_MOST_BESIDE]
            )  # fmt: skip
            return tuple(entry for page in pages for entry in page.entries)

        self._newest.ask(
            newest, lambda entries: self.call_next(self._show_beside, question, entries)
        )

    async def _show_beside(self, question: Identifier, entries: tuple[Entry, ...]) -> None:
        if self._question is question:
            self._beside = entries
            for view in self.query(MemberView):
                await view.show_beside(entries)

    def archive_changed(self, *, is_done: bool) -> None:
        """Take notice that the archive has more than before."""
        self._is_indexing = not is_done
        archive, question = self._connection.archive, self._question
        if archive is not None and question is not None:
            self._behind.ask_once_more(
                lambda _: archive.behind(question),
                lambda members: self._found(question, members, is_news=True),
            )
        elif self._has_failed:
            self.call_next(self._ask_archive)
        self._has_failed = False

    def _fail(self, error: ArchiveError) -> None:
        self.call_next(self.archive_failed, error)

    async def archive_failed(self, error: ArchiveError) -> None:
        """Say that the archive cannot be read."""
        self._behind.stop()
        self._newest.stop()
        self.members = ()
        self._has_failed = True
        await self._show_pushes(PushesFailed(error))

    async def _show_pushes(self, state: PushesState, *, is_news: bool = False) -> None:
        for pane in self.query(PushesPane):
            await pane.show(state, is_news=is_news)
        self.screen.refresh_bindings()
