"""Pushes over time as bars; a range of them can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from loyalty_tui.tui import wording
from loyalty_tui.tui.widgets import bars
from loyalty_tui.tui.widgets.push_columns import fitted

if TYPE_CHECKING:
    from datetime import datetime

    from rich.style import Style
    from textual import events

    from loyalty_tui.archive.model import Bar, Sums
    from loyalty_tui.tui.glyphs import Glyphs

MOST_BARS: Final = 400


class Histogram(Widget, can_focus=True):
    """How many pushes a query finds, over time, with the dates beneath.

    A cursor goes over the bars; with shift, or from one Enter to the next, it marks a range.
    Backspace takes the range away that the query asks for.
    """

    ALLOW_SELECT = False
    BORDER_TITLE = "Pushes over time (UTC)"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "histogram--bar",
        "histogram--chosen",
        "histogram--aside",
        "histogram--words",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("shift+left", "extend(-1)", show=False),
        Binding("shift+right", "extend(1)", show=False),
        Binding("home", "move(-9999)", show=False),
        Binding("end", "move(9999)", show=False),
        Binding("shift+home", "extend(-9999)", show=False),
        Binding("shift+end", "extend(9999)", show=False),
        Binding("enter", "choose", show=False),
        Binding("backspace,delete", "take_away", show=False),
    ]

    class RangeChosen(Message):
        """A stretch of time has been chosen."""

        def __init__(self, since: datetime, until: datetime) -> None:
            super().__init__()
            self.since = since
            """In UTC, included."""
            self.until = until
            """In UTC, not included."""

    class RangeTakenAway(Message):
        """Pushes of all times are wanted again."""

    class Resized(Message):
        """There is room for another number of bars."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._bars: tuple[Bar, ...] = ()
        self._is_undated = False
        self._cursor: int | None = None
        self._anchor: int | None = None
        self._asked_for = 0
        self.is_of_range = False
        """Whether the query asks for a stretch of time, which can be taken away."""

    @property
    def room(self) -> int:
        """How many bars can be told apart; 0 before there is a place for them.

        1 where there is none: the pushes are counted all the same.
        """
        return min(MOST_BARS, self.content_size.width) if self.display else 1

    def show(self, sums: Sums) -> None:
        """Show another query's pushes; a cursor stays with its time as far as there are bars."""
        at = self._bars[self._cursor].since if self._cursor is not None else None
        marked = self._bars[self._anchor].since if self._anchor is not None else None
        self._bars = sums.bars
        self._is_undated = bool(sums.pushes) and not sums.bars
        self._cursor, self._anchor = self._holding(at), self._holding(marked)
        self.refresh()

    def _holding(self, moment: datetime | None) -> int | None:
        if moment is None:
            return None
        return next(
            (n for n, bar in enumerate(self._bars) if bar.since <= moment < bar.until), None
        )

    @property
    def chosen(self) -> tuple[int, int] | None:
        """The first and the last bar of the range that is being chosen."""
        if self._anchor is None or self._cursor is None:
            return None
        return min(self._anchor, self._cursor), max(self._anchor, self._cursor)

    # Choosing

    def on_focus(self) -> None:
        """Begin at the newest bar."""
        if self._cursor is None and self._bars:
            self._cursor = len(self._bars) - 1
        self.refresh()

    def on_blur(self) -> None:
        """Leave nothing half chosen."""
        self.drop()

    def drop(self) -> bool:
        """Forget the range; return whether there was one."""
        had_one = self._anchor is not None
        self._anchor = None
        self.refresh()
        return had_one

    def action_move(self, by: int) -> None:
        """Go to another bar."""
        if self._bars:
            at = len(self._bars) - 1 if self._cursor is None else self._cursor
            self._cursor = max(0, min(at + by, len(self._bars) - 1))
            self.refresh()

    def action_extend(self, by: int) -> None:
        """Go to another bar and choose what lies between."""
        if self._anchor is None:
            self._anchor = self._cursor
        self.action_move(by)

    def action_choose(self) -> None:
        """Begin a range at the cursor, or ask for the range that has been begun."""
        if (chosen := self.chosen) is None:
            self._anchor = self._cursor
        else:
            first, last = chosen
            self._anchor = None
            self.post_message(self.RangeChosen(self._bars[first].since, self._bars[last].until))
        self.refresh()

    def action_take_away(self) -> None:
        """Forget a range that has been begun, else ask for pushes of all times."""
        if not self.drop():
            self.post_message(self.RangeTakenAway())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a range where the button goes down."""
        if (at := self._at(event)) is not None:
            self._cursor = self._anchor = at
            self.capture_mouse()
            self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Take the range along."""
        if self._anchor is not None and self.app.mouse_captured is self:
            at = self._at(event)
            self._cursor = self._cursor if at is None else at
            self.refresh()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Ask for what was dragged over; a mere click only moves the cursor."""
        if self.app.mouse_captured is not self:
            return
        self.release_mouse()
        event.stop()
        if self._anchor == self._cursor:
            self.drop()
        elif self.chosen:
            self.action_choose()

    def _at(self, event: events.MouseEvent) -> int | None:
        width = self.content_size.width
        if not self._bars or not width:
            return None
        return bars.bar_at(event.screen_x - self.content_region.x, len(self._bars), width)

    def on_resize(self) -> None:
        """Say so when there is room for more or fewer bars."""
        if self.room != self._asked_for:
            self._asked_for = self.room
            self.post_message(self.Resized())

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one row of the bars, or the words beneath."""
        width, height = self.content_size
        if y >= height - 1:
            return self._words(width)
        base = self.rich_style
        if not self._bars:
            has_words = self._is_undated and y == (height - 2) // 2
            words = "None of these pushes has a date." if has_words else ""
            style = self._named("histogram--aside")
            return Strip([Segment(fitted(f"  {words}", width), style)], width)
        chosen = self.chosen if self.has_focus else None
        cursor = self._cursor if self.has_focus else None
        cells = bars.row(
            [bar.pushes for bar in self._bars], y, height - 1, width, self._glyphs, cursor, chosen
        )
        plain, marked = self._named("histogram--bar"), self._named("histogram--chosen")
        segments = [Segment(text, marked if is_marked else plain) for text, is_marked in cells]
        return Strip(segments).adjust_cell_length(width, base)

    def _words(self, width: int) -> Strip:
        aside, strong = self._named("histogram--aside"), self._named("histogram--words")
        if not self._bars:
            return Strip.blank(width, aside)
        first, last = wording.ends(self._bars[0].since, self._bars[-1].until)
        room = width - len(first) - len(last)
        middle = (self._of_cursor if self.has_focus else self._of_tallest)(room - 2)
        if len(middle) > room - 2:  # what is asked for comes before where the bars end
            first, last, room = "", "", width
        middle = fitted(middle, max(0, min(len(middle), room - 2)))
        left = (room - len(middle)) // 2
        return Strip(
            [
                Segment(first + " " * left, aside),
                Segment(middle, strong if self.has_focus else aside),
                Segment(" " * (room - left - len(middle)) + last, aside),
            ]
        ).adjust_cell_length(width, aside)

    def _of_tallest(self, room: int) -> str:
        """Return how many pushes the highest bar stands for, and where it is if there is room."""
        tallest = max(self._bars, key=lambda bar: bar.pushes)
        most = f"at most {wording.counted(tallest.pushes, 'push', 'pushes')}"
        words = f"{most} · {_stretch(tallest)}"
        return words if len(words) <= room else most

    def _of_cursor(self, room: int) -> str:
        """Return what stands at the cursor, with the next key where there is room for it."""
        chosen = self.chosen
        if self._cursor is None:
            return ""
        first, last = chosen or (self._cursor, self._cursor)
        pushes = sum(bar.pushes for bar in self._bars[first : last + 1])
        words = wording.counted(pushes, "push", "pushes")
        what = wording.stretch(self._bars[first].since, self._bars[last].until)
        keys = ["Enter shows only these" if chosen else "Enter begins a range"]
        if self.is_of_range and not chosen:
            keys.insert(0, "Backspace shows all times")
        said = [what, words]
        while keys and len(" · ".join([*said, *keys])) > room:
            keys.pop()
        return " · ".join([*said, *keys])

    def _named(self, name: str) -> Style:
        return self.get_component_rich_style(name)


def _stretch(bar: Bar) -> str:
    return wording.stretch(bar.since, bar.until)
