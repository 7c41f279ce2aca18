"""A list of pushes as long as the archive: drawn line by line, moved in by key and mouse."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from loyalty_tui.archive.model import Sorting
from loyalty_tui.tui.widgets import push_columns, push_lines, push_window
from loyalty_tui.tui.widgets.jump_text import PAUSE, JumpText
from loyalty_tui.tui.widgets.push_changes import PushChanges
from loyalty_tui.tui.widgets.push_reader import GOES_DOWN, PushReader

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rich.style import Style
    from textual import events
    from textual.timer import Timer

    from loyalty_tui.archive.model import Entry, Page
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.program import PushArchive
    from loyalty_tui.tui.widgets.push_changes import Told
    from loyalty_tui.tui.widgets.push_question import Question
    from loyalty_tui.tui.widgets.push_window import Fetch


class PushList(PushReader, can_focus=True):
    """The pushes that a query finds, in one of four orders, the cursor on one of them.

    Rows that are not here yet are drawn faint, and come. What is typed goes to what it names.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = push_lines.STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move_page(-1)", show=False),
        Binding("pagedown", "move_page(1)", show=False),
        Binding("home,ctrl+home", "first", show=False),
        Binding("end,ctrl+end", "last", show=False),
        Binding("enter", "open", show=False),
    ]

    class Opened(Message):
        """The user wants to read the push."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    is_revealed: reactive[bool] = reactive(default=False)
    """Whether personal data is shown as sent."""
    marked: reactive[str] = reactive("")
    """The ref of the push that others are compared with."""
    empty_words: reactive[str] = reactive("")
    """What an empty list says."""

    def __init__(
        self,
        archive: PushArchive,
        glyphs: Glyphs,
        now: Callable[[], datetime],
        *,
        shows_member: bool = True,
        id: str | None = None,  # noqa: A002 - as Textual names it
    ) -> None:
        super().__init__(archive, shows_member=shows_member, id=id)
        self._glyphs = glyphs
        self._jump = JumpText(now)
        self._forgetting: Timer | None = None
        self._is_left = False
        self._rows_before = 0
        """Rows that there was room for before the size changed."""
        self._painter: push_lines.LinePainter | None = None
        self._looks: tuple[object, ...] = ()
        self._rows_drawn: dict[str, tuple[Entry, Told | None, Strip]] = {}
        self._changes = PushChanges(
            self, archive, self._in_sight, self.refresh, is_patient=shows_member
        )

    # What the pushes in sight changed

    def _in_sight(self) -> list[Entry]:
        rows = (self._window.row(self._top + y) for y in range(self._visible))
        return [entry for entry in rows if entry is not None]

    def _plan(self) -> None:
        super()._plan()
        if self.is_attached and not self._is_anew and self._tells_changes:
            self._changes.look()

    @property
    def _tells_changes(self) -> bool:
        width = self.scrollable_content_region.width
        columns = push_lines.places(width, self.sorting, shows_member=self._shows_member)
        return any(at.column is push_columns.Column.CHANGES for at in columns)

    def changed(self, *, is_news: bool = True) -> None:
        """Take notice that the archive has more; what is being read does not move."""
        self._changes.outdate()
        super().changed(is_news=is_news)
        self._plan()

    # Moving

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        if self._is_lost and by > 0:
            by -= 1  # what came after the push that is gone is where that was
        self._move(self._cursor, by)

    def _move(self, start: int, by: int) -> None:
        self._direction = -1 if by < 0 else 1
        self._drop_jump()
        self._go_to(start + by)

    def go_to(self, entry: Entry, by: int = 0) -> None:
        """Put the cursor on a push that was found by its last update, or a row from it.

        One that is far away in another order, or not in the list at all, is not gone to.
        """
        index, question = self._window.index_of(entry.ref), self._question
        if index is not None or question is None or self.sorting is not Sorting.UPDATED:
            self._move(self._cursor if index is None else index, by)
            return
        self._drop_jump()
        limit = push_window.AHEAD * self._visible

        def land(found: tuple[Entry, Page] | None) -> None:
            if found is None:
                self._move(self._cursor, by)
            else:
                self._land(question, found)

        self._jumps.ask(lambda stop: question.beside(entry, by, limit, stop), land)

    def action_move_page(self, by: int) -> None:
        """Move the cursor by what is seen at once, the screen with it."""
        self._drop_jump()
        step = by * max(1, self._visible - 1)
        self.scroll_to(y=self._top + step, animate=False)
        self._go_to(self._cursor + step)

    def action_first(self) -> None:
        """Go to the first row, and to what is new there."""
        self._drop_jump()
        if self._window.starts_list and not self._news.number and not self._is_anew:
            self._go_to(0)
        else:
            self._news.forget()
            self._leap(push_window.from_start(self._visible))

    def action_last(self) -> None:
        """Go to the last row."""
        self._drop_jump()
        if self._window.ends_list and not self._is_anew:
            self._go_to(self._window.height - 1)
        else:
            self._leap(push_window.from_end(self._visible, self._window.height))

    def _leap(self, fetch: Fetch) -> None:
        """Go to an end of the list as soon as it is here."""
        question = self._question
        if question is None:
            return

        def take(page: Page) -> None:
            self._pages.stop()
            self._fetch = None
            self._turn_over()
            self._window.take(fetch, page)
            self._grow()
            self._go_to(self._window.height - 1 if fetch.backwards else 0)
            self._settle()

        self._jumps.ask(lambda stop: question.page(fetch, stop), take)

    def action_open(self) -> None:
        """Ask to read the push under the cursor."""
        if (entry := self.entry) is not None:
            self.post_message(self.Opened(entry))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Fetch what comes into sight."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._plan()

    def on_resize(self) -> None:
        """Keep the cursor in sight if it was, and fetch what comes there."""
        before, self._rows_before = self._rows_before, self._visible
        if self._top + self._visible <= self._cursor < self._top + before:
            self.scroll_to(y=self._cursor - self._visible + 1, animate=False)
        self._plan()

    def on_click(self, event: events.Click) -> None:
        """Go to a row, open it at the second click; sort by a column's head."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        self._drop_jump()
        if offset.y == 0:
            self._sort_by_click(offset.x)
        elif (index := self._top + offset.y - 1) < self._window.height:
            self._go_to(index)
            if event.chain > 1:
                self.action_open()

    def sort_by_next(self) -> None:
        """Change to the next order."""
        known = [each for each in Sorting if self._shows_member or each is not Sorting.MEMBER]
        following = known[(known.index(self.sorting) + 1) % len(known)]
        self.sort(following, descending=following in GOES_DOWN)

    def reverse(self) -> None:
        """Turn the order round."""
        self.sort(self.sorting, descending=not self.descending)

    def _sort_by_click(self, x: int) -> None:
        width = self.scrollable_content_region.width
        column = push_lines.column_at(x, width, self.sorting, shows_member=self._shows_member)
        sortings = push_columns.sortings_of(column)
        if self.sorting not in sortings:
            for sorting in sortings[:1]:
                self.sort(sorting, descending=sorting in GOES_DOWN)
        elif self.descending is (self.sorting in GOES_DOWN):
            self.reverse()
        else:
            following = sortings[(sortings.index(self.sorting) + 1) % len(sortings)]
            self.sort(following, descending=following in GOES_DOWN)

    # Typing to jump

    def on_focus(self) -> None:
        """Take keys again."""
        self._is_left = False

    def on_key(self, event: events.Key) -> None:
        """Gather what is typed and go there."""
        if event.key == "slash":
            self._is_left = True
        if self._is_left and event.is_printable:
            return  # it is for the filter, which may not have the focus yet
        if event.is_printable and event.character and event.character != "?":
            self._jump.type(event.character)
        elif event.key == "backspace" and self._jump.text:
            self._jump.erase()
        elif event.key == "escape" and self._jump.text:
            self._jump.clear()
        else:
            return
        event.stop()
        event.prevent_default()
        self._note()
        self._forget_later()
        self._jumps.stop()
        is_by_time = self.sorting in {Sorting.UPDATED, Sorting.RECEIVED}
        question, text = self._question, self._jump.moment if is_by_time else self._jump.text
        if question is not None and text.strip():
            limit = push_window.AHEAD * self._visible
            self._jumps.ask(
                lambda stop: question.find(text, limit, stop),
                lambda found: self._land(question, found),
            )

    def ask(self, query: Query, total: int | None = None) -> None:
        """List what a query finds, from the beginning; what is shown stays until that is here."""
        self._jump.clear()
        self._changes.stop()
        super().ask(query, total)

    def _notes(self) -> list[str]:
        return [self._jump.note, *super()._notes()]

    def _forget_later(self) -> None:
        """Say what was typed as long as more may be added to it."""
        if self._forgetting is not None:
            self._forgetting.stop()
        self._forgetting = self.set_timer(PAUSE.total_seconds(), self._forget_jump)

    def _forget_jump(self) -> None:
        if self._jump.is_over and not self._jumps.is_busy:
            self._drop_jump()
        elif self._jump.text:
            self._forget_later()

    def _drop_jump(self) -> None:
        self._jumps.stop()
        if self._jump.text:
            self._jump.clear()
            self._note()

    def _land(self, question: Question, found: tuple[Entry, Page] | None) -> None:
        self._jump.is_nowhere = found is None
        if self._jump.text:
            self._forget_later()
        if found is not None:
            entry, page = found
            self._pages.stop()
            self._ranks.stop()
            self._fetch = None
            self._turn_over()
            top = self._top
            self._cursor = top
            self._is_lost = False
            self._shift(self._window.land(entry, page, top))
            self._settle()
            self._ranks.ask(
                lambda stop: question.ranks((entry.key,), stop),
                lambda ranks: self._place(entry.ref, ranks[0]),
            )
        self._note()

    # Drawing

    def begin_drawing(self) -> None:
        """Keep what was drawn before unless it would look otherwise now."""
        styles = tuple(map(self._style, sorted(push_lines.STYLES)))
        looks = (
            self.size,
            self.scrollable_content_region.width,
            self.sorting,
            self.descending,
            self.is_revealed,
            self.marked,
            styles,
        )
        if looks != self._looks:
            self._looks = looks
            self._painter = None
            self._rows_drawn.clear()

    def _common(self) -> push_lines.LinePainter:
        if self._painter is None:
            self._painter = push_lines.LinePainter(
                self.scrollable_content_region.width,
                self.size.width,
                self.sorting,
                self._glyphs,
                cache(self._style),
                descending=self.descending,
                shows_member=self._shows_member,
                reveal=self.is_revealed,
                marked=self.marked,
                told=self._changes.told,
            )
        return self._painter

    def render_line(self, y: int) -> Strip:
        """Draw the head, or the push that is seen in that line."""
        painter = self._common()
        index = self._top + y - 1
        if y == 0:
            return painter.head()
        if index >= self._window.height:
            words = f"  {self.empty_words}" if y == 1 and not index else ""
            text = push_columns.fitted(words, painter.across)
            return Strip([Segment(text, self._style("pushes--aside"))], painter.across)
        is_cursor = index == self._cursor
        cursor = "pushes--cursor" if self.has_focus else "pushes--cursor-blurred"
        entry = self._window.row(index)
        if is_cursor or entry is None:
            return painter.row(entry, cursor if is_cursor else "")
        return self._row_drawn(painter, entry)

    def _row_drawn(self, painter: push_lines.LinePainter, entry: Entry) -> Strip:
        """Draw a push unless it was drawn before: scrolled by a line, nearly all of them were."""
        told = self._changes.told(entry.ref)
        kept = self._rows_drawn.get(entry.ref)
        if kept is None or kept[0] is not entry or kept[1] != told:
            if len(self._rows_drawn) > self._visible:
                del self._rows_drawn[next(iter(self._rows_drawn))]  # the one drawn longest ago
            kept = self._rows_drawn[entry.ref] = entry, told, painter.row(entry, "")
        return kept[2]

    def _style(self, name: str) -> Style:
        # Textual works a widget's own style, which has no name, out anew each time.
        return self.style_drawn(name or "pushes--plain")
