"""The archive view: filter, pushes over time, a list as long as the archive, one push opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from loyalty_tui.archive.query.model import EVERYTHING
from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import commands
from loyalty_tui.tui.identifying import identifier_of
from loyalty_tui.tui.screens import breakpoints
from loyalty_tui.tui.screens.inspects import Inspects
from loyalty_tui.tui.searching import Searching
from loyalty_tui.tui.widgets import push_columns, ranges
from loyalty_tui.tui.widgets.filter_box import FilterBox
from loyalty_tui.tui.widgets.frame import Frame
from loyalty_tui.tui.widgets.histogram import Histogram
from loyalty_tui.tui.widgets.index_line import IndexLine
from loyalty_tui.tui.widgets.key_line import KeyLine
from loyalty_tui.tui.widgets.masthead import Masthead
from loyalty_tui.tui.widgets.push_list import PushList
from loyalty_tui.tui.widgets.push_view import PushView

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from loyalty_tui.archive.model import Entry, Progress, Sums
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.settings import Profile
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.program import PushArchive
    from loyalty_tui.tui.sharing import Shared

_PARTS: Final = "Histogram, #archive-list, #filter-count, #archive-note"


class ArchiveScreen(Inspects[str | None]):
    """Browse and search all pushes; answers with an identifier to look up, or None."""

    known_commands = commands.IN_ARCHIVE
    ways = commands.OVER_ARCHIVE
    BINDINGS: ClassVar[list[BindingType]] = [each.binding() for each in commands.IN_ARCHIVE]
    HORIZONTAL_BREAKPOINTS = breakpoints.HORIZONTAL
    VERTICAL_BREAKPOINTS = breakpoints.VERTICAL
    AUTO_FOCUS = "#archive-list"

    def __init__(  # noqa: PLR0913 - what the desk shares with it
        self,
        archive: PushArchive,
        profile: Profile,
        now: Callable[[], datetime],
        glyphs: Glyphs,
        shared: Shared,
        *,
        follow: Callable[[], None],
        is_demo: bool,
        query: str = "",
    ) -> None:
        super().__init__()
        self.shared = shared
        self._archive = archive
        self._follow = follow
        self._profile = profile
        self._is_demo = is_demo
        self._now = now
        self._glyphs = glyphs
        self._first_query = query
        self._pulse = ""
        self._progress: Progress | None = None
        self._is_complete = False
        """Whether all was indexed once: what comes later is news."""
        self._is_behind = False
        self._is_followed = True
        self._waiting: int | None = None
        """Pushes that came while what arrives waits; None while it does not."""
        self._parts: tuple[Widget, ...] = ()
        """What shows answers, once it is laid out."""
        self._note = ""
        self._searching = Searching(
            self,
            archive,
            on_sums=self._show_sums,
            on_bars=self._show_bars,
            on_more=self._show_more,
            on_words=self._say_count,
            on_failure=self.archive_failed,
        )

    def compose(self) -> ComposeResult:
        """Lay everything out; what it says comes from threads."""
        yield Masthead()
        yield FilterBox(self._now, self._archive.known, self._glyphs)
        yield IndexLine(self._glyphs)
        yield Histogram(self._glyphs)
        yield Static("", id="archive-note", markup=False)
        with Horizontal(id="archive-body"):
            with Frame(id="archive-frame"):
                yield PushList(self._archive, self._glyphs, self._now, id="archive-list")
            with Frame(id="push-frame"):
                yield PushView(self._archive, self._glyphs, self.shared)
        yield KeyLine()

    def on_mount(self) -> None:
        """Ask for what was given, else for everything."""
        self._parts = tuple(self.query(_PARTS))
        self.query_one(Masthead).show_profile(self._profile, is_demo=self._is_demo)
        self.query_one("#archive-note").display = False
        self.query_one("#push-frame", Frame).entitle("Push")
        self.show_pulse(self._pulse)
        self.query_one(IndexLine).show(self._progress)
        self._title_list()
        self._ask(EVERYTHING)
        if self._first_query:
            self._box.fill(self._first_query)

    @property
    def _box(self) -> FilterBox:
        return self.query_one(FilterBox)

    @property
    def _list(self) -> PushList:
        return self.query_one(PushList)

    # What the desk hands down

    def show_pulse(self, pulse: str) -> None:
        """Say how the archive is doing."""
        self._pulse = pulse
        for masthead in self.query(Masthead):
            masthead.show_archive(pulse)

    def search(self, query: str) -> None:
        """Ask for something else."""
        if self._parts:
            self._box.fill(query)
            self._list.focus()
        else:
            self._first_query = query

    def archive_changed(self, progress: Progress) -> None:
        """Take notice that the archive has more than before."""
        was_complete, self._is_complete = self._is_complete, self._is_complete or progress.is_done
        self._progress = progress
        if not self._is_whole():
            return
        self._is_followed = True
        self._say_note("")
        self.query_one(IndexLine).show(progress)
        if self._waiting is not None:
            if progress.is_done:
                self._searching.count_new(self._say_waiting)
        elif self.is_current:
            self._catch_up(is_news=was_complete)
        else:
            self._is_behind = True

    def archive_failed(self, error: ArchiveError, *, is_followed: bool = True) -> None:
        """Say that the archive cannot be read, or, until it is again, that it is not followed."""
        self._is_followed = self._is_followed and is_followed
        if self._is_whole():
            self._say_note(f"{self._glyphs.failure} {neutralise(str(error))}")
            self._list.empty_words = self._list.empty_words and self._nothing()

    def _catch_up(self, *, is_news: bool) -> None:
        self.query_one(PushView).archive_changed()
        self._list.changed(is_news=is_news)
        self._searching.archive_changed(is_news=is_news)

    def on_screen_resume(self) -> None:
        """Catch up with what came while the desk was in front."""
        if self._is_behind and self._waiting is None:
            self._is_behind = False
            self._catch_up(is_news=True)

    # Asking

    def _ask(self, query: Query) -> None:
        if self._is_followed:
            self._say_note("")
        self._read_anew()
        self._list.ask(query)
        histogram = self.query_one(Histogram)
        histogram.is_of_range = ranges.is_in(query)
        self._searching.ask(query, histogram.room)

    def _read_anew(self) -> None:
        """Take what waited for seen: all is read anew."""
        if self._waiting is not None:
            self._waiting = 0
            self._title_list()

    def on_filter_box_asked(self, event: FilterBox.Asked) -> None:
        """Ask for what the box says now."""
        self._ask(event.query)

    def on_filter_box_edited(self) -> None:
        """End a search whose query is no longer in the box."""
        self._searching.stop_scan()

    def on_filter_box_finished(self) -> None:
        """Go to what was found."""
        self._list.focus()

    def _is_whole(self) -> bool:
        """Return whether all is here that shows answers; when the program ends, they come late."""
        return bool(self._parts) and all(part.is_attached for part in self._parts)

    def _show_sums(self, sums: Sums) -> None:
        if not self._is_whole():
            return
        self._show_bars(sums)
        self._list.count(sums.pushes)
        self._list.empty_words = "" if sums.pushes else self._nothing(sums.absent)

    def _show_bars(self, sums: Sums) -> None:
        for histogram in self.query(Histogram):
            histogram.show(sums)

    def _nothing(self, absent: str = "") -> str:
        if self._progress is not None and not self._progress.is_done:
            return "No push is found so far; the archive is still being indexed."
        if self._searching.is_scanning:
            return "No push is found so far."
        held = "The archive holds no push yet." if self._is_followed else ""  # else nobody knows
        return absent or ("No push matches." if self._box.text.strip() else held)

    def _show_more(self, is_news: bool) -> None:  # noqa: FBT001 - the one thing that is said
        if self._is_whole():
            self._list.changed(is_news=is_news)

    def _say_count(self, words: str) -> None:
        if self._is_whole():
            self._box.say_count(words)

    def _say_note(self, words: str) -> None:
        note = self.query_one("#archive-note", Static)
        if words or note.display:  # to change nothing would lay everything out again
            note.update(Content(words))
            note.display = bool(words)

    def on_histogram_resized(self) -> None:
        """Ask for as many bars as there is room for."""
        self._searching.count(self.query_one(Histogram).room)

    def on_histogram_range_chosen(self, event: Histogram.RangeChosen) -> None:
        """Put the range into the box."""
        self._box.fill(ranges.put_into(self._box.text, event.since, event.until, self._now()))

    def on_histogram_range_taken_away(self) -> None:
        """Take the range out of the box, and leave the rest."""
        self._box.fill(ranges.taken_out(self._box.text, self._now()))

    # The list and the open push

    def on_push_list_highlighted(self, event: PushList.Highlighted) -> None:
        """Open the push under the cursor, where there is room beside the list."""
        if self.query_one("#push-frame").display or self.query_one(PushView).is_lent:
            self._open(event.entry)

    def on_resize(self) -> None:
        """Open it once there is room."""
        self.call_after_refresh(self._open_beside)

    def _open_beside(self) -> None:
        has_room = self.query_one("#push-frame").display and not self.has_class("-open")
        if has_room and self._list.entry != self.query_one(PushView).entry:
            self._open(self._list.entry)

    def _open(self, entry: Entry | None) -> None:
        name = neutralise(entry.name.strip(), 40) if entry else ""
        self.query_one("#push-frame", Frame).entitle(f"Push · {name}" if name else "Push")
        self.query_one(PushView).show(entry, self._list.ahead)

    def on_push_list_opened(self, event: PushList.Opened) -> None:
        """Go to the open push; where there is room for one side only, show it."""
        self.add_class("-open")
        self._open(event.entry)
        self.query_one("#push Tabs").focus()

    def on_push_list_noted(self, event: PushList.Noted) -> None:
        """Say in the frame what the list has to say."""
        self._note = event.note
        self._title_list()

    def on_push_list_failed(self, event: PushList.Failed) -> None:
        """Say why the list cannot be read."""
        self.archive_failed(event.error)

    def _title_list(self) -> None:
        pushes = self._list
        order = push_columns.in_words(pushes.sorting, descending=pushes.descending)
        words = [self._paused(), self._note, "personal data shown" if pushes.is_revealed else ""]
        frame = self.query_one("#archive-frame", Frame)
        frame.entitle(f"Pushes {order}", " · ".join(word for word in words if word))

    def _say_waiting(self, pushes: int) -> None:
        if self._waiting is not None:
            self._waiting = pushes
            self._title_list()

    def _paused(self) -> str:
        if self._waiting is None:
            return ""
        return f"paused · {self._waiting:,} came · F4" if self._waiting else "paused · F4"

    # Commands

    def action_desk(self) -> None:
        """Go back to the desk."""
        self.dismiss(None)

    def action_back(self) -> None:
        """Close what is open, else stop a search, clear the box or go back to the desk."""
        if self.query_one(Histogram).drop() or self._searching.stop_scan() or self._box.clear():
            return
        if self.query_one(PushView).has_focus_within:
            self.remove_class("-open")
            self._list.focus()
        else:
            self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Give the filter what was typed after the key for it, before it had the focus."""
        # List and line stop what they take: what comes by here was meant for the line.
        if event.is_printable and event.character and event.character not in "/?":
            event.stop()
            event.prevent_default()
            self._box.type_ahead(event.character)

    def action_focus_filter(self) -> None:
        """Put the cursor into the filter box."""
        self._box.focus_input()

    def action_member(self) -> None:
        """Look the member of this push up, by phone or e-mail."""
        entry = self._list.entry
        if entry is None:
            self.notify("There is no push under the cursor.", markup=False)
        elif identifier := identifier_of(entry, self._profile.region):
            self.dismiss(identifier)
        else:
            self.notify(
                "This push has no phone number and no e-mail address that can be looked up.",
                severity="warning",
                markup=False,
            )

    def action_sort(self) -> None:
        """Sort by the next of the four."""
        self._list.sort_by_next()
        self._sorted()

    def action_pause(self) -> None:
        """Let what arrives wait, or follow it again."""
        self._searching.is_held = self._waiting is None
        if self._waiting is None:
            self._waiting = 0
        else:
            self._waiting = None
            self._is_behind = False
            self._catch_up(is_news=True)
        self._title_list()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._list.reverse()
        self._sorted()

    def _sorted(self) -> None:
        if self._waiting is not None:
            self._searching.ask_again()
            self._waiting = 0
        self._title_list()

    def action_reveal(self) -> None:
        """Show personal data, or hide it."""
        is_revealed = not self._list.is_revealed
        self._list.is_revealed = self.query_one(PushView).is_revealed = is_revealed
        self._title_list()

    def action_refresh(self) -> None:
        """Ask the archive again; follow it again after an error."""
        self._say_note("")
        self._follow()
        self.query_one(PushView).archive_changed()
        self._list.ask_again()
        self._searching.ask_again()
        self._read_anew()
