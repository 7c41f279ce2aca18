"""The reading side of a list of pushes: pages from threads, indexes, news. Draws nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.geometry import Region
from textual.message import Message

from loyalty_tui.archive.model import Sorting
from loyalty_tui.tui.asking import Asking
from loyalty_tui.tui.scrolling import QuickScrollView
from loyalty_tui.tui.widgets import push_window
from loyalty_tui.tui.widgets.news import News
from loyalty_tui.tui.widgets.push_question import Question
from loyalty_tui.tui.widgets.push_window import PushWindow

if TYPE_CHECKING:
    from loyalty_tui.archive.model import Entry, Page
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.tui.program import PushArchive
    from loyalty_tui.tui.widgets.push_question import Sight
    from loyalty_tui.tui.widgets.push_window import Fetch

GOES_DOWN: Final = frozenset({Sorting.UPDATED, Sorting.RECEIVED, Sorting.POINTS})
"""Sortings whose large end is the one that is asked for first."""


class PushReader(QuickScrollView):
    """Keeps a window of entries around what is seen; the screen never waits for it.

    All positions are indexes in the whole list. A page that is not wanted any more is stopped,
    and if it comes all the same, it is not heard.
    """

    class Highlighted(Message, namespace="push_list"):
        """The cursor stands on another push, or on none; or another one is next to it."""

        def __init__(self, entry: Entry | None) -> None:
            super().__init__()
            self.entry = entry

    class Noted(Message, namespace="push_list"):
        """The order, or what there is to say in the frame around the list, has changed."""

        def __init__(self, note: str) -> None:
            super().__init__()
            self.note = note

    class Failed(Message, namespace="push_list"):
        """The archive cannot be read."""

        def __init__(self, error: ArchiveError) -> None:
            super().__init__()
            self.error = error

    def __init__(
        self,
        archive: PushArchive,
        *,
        shows_member: bool = True,
        id: str | None = None,  # noqa: A002 - as Textual names it
    ) -> None:
        super().__init__(id=id)
        self._archive = archive
        self._shows_member = shows_member
        self._question: Question | None = None
        self.sorting = Sorting.UPDATED
        self.descending = True
        self._window = PushWindow()
        self._cursor = 0
        self._direction = 1
        self._highlighted: tuple[str, ...] = ()
        self._noted = ("", self.sorting, self.descending)
        self._news = News()
        self._may_follow = True
        self._is_lost = False
        """Whether the push under the cursor went while it was read: none takes its place there."""
        self._fetch: Fetch | None = None
        self._missed: bool | None = None
        self._is_anew = False
        self._settled: object = None
        self._total: int | None = None
        self._pages = Asking(self, "page", self._fail)
        self._ranks = Asking(self, "rank", self._fail)
        self._jumps = Asking(self, "jump", self._fail)

    @property
    def may_follow(self) -> bool:
        """Whether the cursor may come to another push by itself; not while its push is read."""
        return self._may_follow

    @may_follow.setter
    def may_follow(self, may_follow: bool) -> None:
        self._may_follow = may_follow
        if may_follow and self._is_lost:
            self._is_lost = False
            self._tell()

    # What is asked

    def ask(self, query: Query, total: int | None = None) -> None:
        """List what a query finds, from the beginning; what is shown stays until that is here."""
        self._question = Question(self._archive, query, self.sorting, self.descending)
        for asking in (self._pages, self._ranks, self._jumps):
            asking.stop()
        self._missed = None
        self._is_lost = False
        self._news = News(is_newest_first=self._is_newest_first)
        if total is not None:
            self._news.count(total)
        self._is_anew = True
        self._total = total
        self._read(push_window.from_start(self._visible))
        self._note()

    def ask_again(self) -> None:
        """List the same anew."""
        if self._question is not None:
            self.ask(self._question.query, self._window.total)

    def sort(self, sorting: Sorting, *, descending: bool) -> None:
        """List the same in another order, from its beginning."""
        self.sorting, self.descending = sorting, descending
        self.refresh()
        self.ask_again()

    @property
    def _is_newest_first(self) -> bool:
        return self.descending and self.sorting in {Sorting.UPDATED, Sorting.RECEIVED}

    @property
    def entry(self) -> Entry | None:
        """The push under the cursor, when it is here."""
        return self._window.row(self._cursor)

    @property
    def ahead(self) -> Entry | None:
        """The push that the cursor comes to when it moves on as it did last."""
        return self._window.row(self._cursor + self._direction)

    @property
    def cursor(self) -> int:
        """The index of the row the cursor is on."""
        return self._cursor

    @property
    def row_count(self) -> int:
        """How many rows the list has, as far as one knows."""
        return self._window.height

    @property
    def rows_in_memory(self) -> int:
        """How many entries are held."""
        return len(self._window.rows)

    def count(self, total: int) -> None:
        """Learn how many pushes the query finds."""
        self._total = total
        if not self._is_anew:  # else it belongs to a list whose first page is still to come
            self._shift(self._window.count(total))
        self._news.count(total)
        self._note()
        self._plan()

    # Reading pages

    @property
    def _visible(self) -> int:
        # Before it is laid out, nobody knows more than how high the terminal is.
        height = self.scrollable_content_region.height or self.app.size.height
        return max(1, height - 1)

    @property
    def _top(self) -> int:
        return self.scroll_offset.y

    def _read(self, fetch: Fetch) -> None:
        question = self._question
        if question is None:
            return
        self._fetch = fetch

        def take(page: Page) -> None:
            self._turn_over()
            self._take(fetch, page)

        self._pages.ask(lambda stop: question.page(fetch, stop), take)

    def _turn_over(self) -> None:
        """Leave the list before behind, now that the first of another is here."""
        if self._is_anew:
            self._is_anew = False
            self._window = PushWindow()
            self._window.total = self._total
            self._cursor = 0
            self.scroll_to(y=0, animate=False)

    def _take(self, fetch: Fetch, page: Page) -> None:
        self._fetch = None
        if fetch.skip and not page.entries:  # the list is shorter than was thought
            self._window.total = None
            self._read(push_window.from_end(self._visible, fetch.at + 1))
            return
        if self._window.fits(fetch):
            self._shift(self._window.take(fetch, page))
            self._window.keep_around(self._top, self._visible)
        self._settle()

    def _settle(self) -> None:
        """Draw what has come, say where the cursor is, fetch what is missing still."""
        self._grow()
        self._cursor = min(self._cursor, max(0, self._window.height - 1))
        if not self._top and self._window.starts_list and self._window.rows:
            self._news.see_top(self._window.rows[0].key)
        seen = (self._top, self._cursor, self._window.seen(self._top, self._visible))
        if seen != self._settled:  # what is read ahead changes nothing that is seen
            self._settled = seen
            self.refresh()
        # What has come is painted before anybody opens a push, and before more is read.
        self.call_after_refresh(self._tell)
        self.call_after_refresh(self._plan)
        self._note()
        self._catch_up()

    def _plan(self) -> None:
        """Fetch what is seen and not here, or will be seen next, unless that is on its way."""
        if self._question is None or self._is_anew or not self.is_attached:
            return  # the keys of one order mean nothing in another
        fetch = self._window.wanted(self._top, self._visible)
        if fetch is None or (self._fetch is not None and self._is_coming(self._fetch, fetch)):
            return
        self._read(fetch)

    def _is_coming(self, under_way: Fetch, wanted: Fetch) -> bool:
        if under_way.joins and wanted.joins:
            return True  # what is wanted then is planned when it is here
        low, high = self._top, min(self._top + self._visible, self._window.height) - 1
        reach = under_way.limit - 1
        if wanted.joins:  # what is on its way replaces what that would be joined to
            low, high = (high, high) if under_way.backwards else (low, low)
        if under_way.backwards:
            return under_way.at - reach <= low and high <= under_way.at
        return under_way.at <= low and high <= under_way.at + reach

    def _grow(self) -> None:
        """Be as high as the list is; the head is one line more."""
        self.grow(self._window.height + 1, self.scroll_offset.y + self._visible)

    def _shift(self, by: int) -> None:
        """Let all indexes be others without moving a line on the screen."""
        top = self._top
        self._grow()
        if by:
            self._cursor = max(0, self._cursor + by)
            self.scroll_to(y=top + by, animate=False)

    def _fail(self, error: ArchiveError) -> None:
        self._fetch = None
        self.post_message(self.Failed(error))

    @property
    def _is_at_top(self) -> bool:
        return not self._cursor and not self._top and self._window.starts_list

    def _go_to(self, index: int) -> None:
        self._is_lost = False
        before, self._cursor = self._cursor, max(0, min(index, self._window.height - 1))
        if self._cursor < self._top:
            self.scroll_to(y=self._cursor, animate=False)
        elif self._cursor >= self._top + self._visible:
            self.scroll_to(y=self._cursor - self._visible + 1, animate=False)
        width = self.scrollable_content_region.width
        # The head is the first line; all others but these two stay as they are.
        self.refresh(*(Region(0, at - self._top + 1, width, 1) for at in (before, self._cursor)))
        self._tell()
        self._plan()

    def _tell(self) -> None:
        """Say which push the cursor is on, and to which it comes next, if these are others."""
        entry = self.entry
        if self._is_lost or (entry is None and self._window.rows):
            return  # it comes with the next page
        refs = tuple(each.ref if each else "" for each in (entry, self.ahead))
        if refs != self._highlighted:
            had_entry = any(self._highlighted[:1])
            self._highlighted = refs
            if bool(entry) != had_entry:  # keys that need a push begin or cease to do something
                self.screen.refresh_bindings()
            self.post_message(self.Highlighted(entry))

    # What arrives

    def changed(self, *, is_news: bool = True) -> None:
        """Take notice that the archive has more; what is being read does not move.

        At the top of a list of newest pushes the new ones appear. Elsewhere they are only counted,
        unless they are no news but old pushes that are being indexed.
        """
        question = self._question
        if question is None:
            return
        if self._is_anew and not self._pages.is_busy:  # its first page could not be read
            self.ask_again()
        elif self._is_anew or self._ranks.is_busy or (self._pages.is_busy and self._follows):
            self._missed = is_news or bool(self._missed)
        elif self._follows:
            self._follow(question, is_news=is_news)
        else:
            self._measure(question, is_news=is_news)

    @property
    def _follows(self) -> bool:
        """Whether new pushes appear by themselves; in an empty list they always do."""
        is_at_top = self._is_at_top and self._is_newest_first and self.may_follow
        return is_at_top or not self._window.rows

    def _follow(self, question: Question, *, is_news: bool) -> None:
        fetch = push_window.from_start(self._visible)

        def take(page: Page) -> None:
            if self._follows:
                self._take(fetch, page)
            else:  # the user has moved on meanwhile
                self.changed(is_news=is_news)

        self._fetch = fetch
        self._pages.ask(lambda stop: question.page(fetch, stop), take)

    def _catch_up(self) -> None:
        if self._missed is not None:
            is_news, self._missed = self._missed, None
            self.changed(is_news=is_news)

    def _measure(self, question: Question, *, is_news: bool) -> None:
        """Ask where what is seen stands now, and how much is new above it."""
        self._news.expect(is_news=is_news)
        seen = self._window.row(self._top) or self._window.rows[0]
        cursor = self.entry
        keys = [seen.key, cursor.key if cursor else seen.key]
        if self._news.top is not None and self._is_newest_first:
            keys.append(self._news.top)

        _, rows = self._window.seen(self._top, self._visible)

        def learn(sight: Sight) -> None:
            ranks, now, around = sight
            at = self._window.index_of(seen.ref)
            if at is None or (around and cursor is not self.entry):
                self.changed(is_news=is_news)  # one has gone elsewhere meanwhile
                return
            is_seen = self._top <= self._cursor < self._top + self._visible
            if cursor is not None and cursor is self.entry and not is_seen:
                self._cursor = at + ranks[1] - ranks[0]
            for above in ranks[2:]:
                self._news.measure(above)
            # What is seen and still there stays as it is; around it all is read again, for it may
            # have changed.
            self._pages.stop()
            self._fetch = None
            self._window.keep(self._top, self._top + self._visible)
            if not (self._may_follow or self._is_lost) and sight.lacks(*self._highlighted[:1]):
                self._lose()
            self._cursor -= self._window.renew(now, self._cursor) * is_seen
            if around:  # some came between: they appear, and the cursor's line stays
                self._window.hold((*around[0], *around[1]), ranks[1] - len(around[0]))
                self._shift(ranks[1] - self._cursor)
                self._settle()
            elif self._window.rows:
                self._shift(self._window.place(ranks[0]))
                self._settle()
            else:
                self._read(push_window.from_place(seen.key, self._visible, ranks[0]))

        self._ranks.ask(lambda stop: question.look(tuple(keys), rows, cursor, stop), learn)

    def _lose(self) -> None:
        """Let what is being read stay open though it is gone."""
        self._is_lost = True
        words = "The open push is not in the archive any more: its file was changed or removed."
        self.notify(words, severity="warning", markup=False)

    def _place(self, ref: str, rank: int) -> None:
        """Learn the index of a push; the screen stays, the scroll bar moves."""
        index = self._window.index_of(ref)
        if index is not None:
            self._shift(self._window.place(self._window.first + rank - index))
        self._settle()

    def _notes(self) -> list[str]:
        """Return what is to be said in the frame."""
        return [self._news.note]

    def _note(self) -> None:
        words = " · ".join(note for note in self._notes() if note)
        noted = (words, self.sorting, self.descending)
        if noted != self._noted:
            self._noted = noted
            self.post_message(self.Noted(words))
