"""A member's points over time, with tiers and events; a cursor goes from push to push."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import wording
from loyalty_tui.tui.cells import cell_len
from loyalty_tui.tui.widgets import plotting
from loyalty_tui.tui.widgets.push_columns import fitted

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from rich.style import Style
    from textual import events

    from loyalty_tui.archive.model import Entry, History
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.widgets.plotting import Plot, Range

MOST_PUSHES: Final = 600
"""Pushes that are shown; of more a sample is."""
_ROWS_AROUND: Final = 4
"""Tiers above; events, dates and the cursor's words below."""
_WIDEST_LABEL: Final = 14
_LONGEST: Final = 40
_LEAST_BAND: Final = 3
"""Cells that say nothing of a tier's name."""
_PAGE: Final = 10
_TITLE: Final = "Points over time (UTC)"
_SHORT_TITLE: Final = "Points (UTC)"
_ROOM_FOR_TITLE: Final = 100
_UNREAD: Final = ("no number", "no number")
"""What goes for points that were not sent, are null or a text, until one knows which."""


class Timeline(Widget, can_focus=True):
    """Total and redeemable points of a member's pushes, as steps from each to the next."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--total",
        "timeline--redeemable",
        "timeline--band",
        "timeline--aside",
        "timeline--words",
        "timeline--cursor",
        "timeline--up",
        "timeline--down",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("pageup", f"move(-{_PAGE})", show=False),
        Binding("pagedown", f"move({_PAGE})", show=False),
        Binding("home", "move(-9999)", show=False),
        Binding("end", "move(9999)", show=False),
        Binding("ctrl+left", "event(-1)", show=False),
        Binding("ctrl+right", "event(1)", show=False),
    ]

    class Moved(Message):
        """The user has gone to another push."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    marked: reactive[str] = reactive("")
    """The ref of the push that others are compared with."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._entries: tuple[Entry, ...] = ()
        self._pushes = 0
        self._entry: Entry | None = None
        self._cursor: int | None = None
        """The index of the push that is shown; None when it is not among those drawn."""
        self._notice = "Reading the member’s pushes …"
        self._plot: tuple[tuple[int, int], Plot] | None = None
        self._why = ("", _UNREAD)
        self.border_title = _TITLE

    def show(self, history: History, entry: Entry) -> None:
        """Show a member's pushes, the cursor on one of them."""
        self._entries, self._pushes = history.entries, history.pushes
        self._notice = "" if history.entries else "No dated profile push of this member is saved."
        self._plot = None
        self._entitle()
        self.go_to(entry)

    def say(self, notice: str) -> None:
        """Say why there is nothing to show."""
        self._entries, self._pushes, self._cursor = (), 0, None
        self._notice, self._plot = notice, None
        self._entitle()
        self.refresh()

    def go_to(self, entry: Entry) -> None:
        """Put the cursor on a push; on none when that one is not among those shown."""
        self._entry = entry
        self._cursor = self._index(entry.ref)
        self.refresh()

    def explain(self, ref: str, points: tuple[str, str]) -> None:
        """Say of a push why its total and redeemable points are no numbers, where they are not."""
        self._why = ref, points
        self.refresh()

    def lacks(self, entry: Entry) -> bool:
        """Return whether a push belongs here and is missing, as one that has just come."""
        is_sample = self._pushes > len(self._entries)
        return not is_sample and not _why_not(entry) and self._index(entry.ref) is None

    def _index(self, ref: str) -> int | None:
        return next((n for n, entry in enumerate(self._entries) if entry.ref == ref), None)

    def on_resize(self) -> None:
        """Say in the frame what there is room for."""
        self._entitle()

    def _entitle(self) -> None:
        title = _TITLE if self.size.width >= _ROOM_FOR_TITLE else _SHORT_TITLE
        self.border_title = self._title(title) if self._entries else title

    def _title(self, title: str) -> Content:
        entries = self._entries
        count = wording.counted(self._pushes, "push", "pushes")
        if self._pushes > len(entries):
            count = f"{len(entries):,} of {count}"
        parts: list[str | tuple[str, str]] = [title, f" · {count}"]
        totals = [entry.total_points for entry in entries]
        redeemable = [entry.redeemable_points for entry in entries]
        keys = plotting.key_of(self._glyphs.plot_signs)
        lines = [("total", totals, "$primary"), ("redeemable", redeemable, "$accent")]
        if totals == redeemable:  # one line hides the other
            lines = [("total = redeemable", totals, "$primary")]
        for key, (name, values, style) in zip(keys, lines, strict=False):
            of = plotting.range_of(values)
            if of is not None:
                said = f"{key} {name} {_short(of.low)} to {_short(of.high)}"
                parts += [" · ", (said, style)]
        return Content.assemble(*parts)

    # Moving

    def action_move(self, by: int) -> None:
        """Go to an earlier or a later push."""
        self._go(self._start(by) + by)

    def action_event(self, by: int) -> None:
        """Go to the next push before or after whose event is no mere update."""
        at = self._start(by) + by
        while 0 <= at < len(self._entries):
            if self._entries[at].event.strip().lower() not in {"update", ""}:
                self._go(at)
                return
            at += by

    def _start(self, by: int) -> int:
        """Return where a move begins: at the cursor, else between the pushes around."""
        if self._cursor is not None:
            return self._cursor
        moments = [plotting.moment(entry) for entry in self._entries]
        at = (self._entry.updated_at or self._entry.received_at) if self._entry else None
        return (bisect_right(moments, at) if at else len(moments)) - (by > 0)

    def _go(self, index: int) -> None:
        index = max(0, min(index, len(self._entries) - 1))
        if self._entries and index != self._cursor:
            self.go_to(self._entries[index])
            self.post_message(self.Moved(self._entries[index]))

    def on_click(self, event: events.Click) -> None:
        """Go to the push that is nearest to where was clicked."""
        offset = event.get_content_offset(self)
        drawn = self._drawn()
        if offset is None or drawn is None:
            return
        x = offset.x - self._label_width(drawn.range)
        self._go(min(range(len(drawn.columns)), key=lambda n: abs(drawn.columns[n] - x)))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Show it fainter."""
        self.refresh()

    # Drawing

    def _drawn(self) -> Plot | None:
        width, height = self.content_size
        if not self._entries or height <= _ROWS_AROUND:
            return None
        if self._plot is None or self._plot[0] != (width, height):
            values = [each for e in self._entries for each in (e.total_points, e.redeemable_points)]
            room = max(1, width - self._label_width(plotting.range_of(values)))
            drawn = plotting.plot(
                self._entries, room, height - _ROWS_AROUND, self._glyphs.plot_signs
            )
            self._plot = (width, height), drawn
        return self._plot[1]

    def _label_width(self, within: Range | None) -> int:
        if within is None:
            return 0
        widest = max(len(_short(within.low)), len(_short(within.high)))
        return min(widest, _WIDEST_LABEL) + 1

    def render_line(self, y: int) -> Strip:
        """Draw tiers, points, events, dates or what stands at the cursor."""
        width, height = self.content_size
        drawn = self._drawn()
        aside = self._style("aside")
        if drawn is None:
            words = self._notice if not y else self._words() if self._entries and y == 1 else ""
            return Strip([Segment(fitted(words, width), aside)], width)
        left = self._label_width(drawn.range)
        if y == height - 1:
            text = fitted(self._words(), width)
            return Strip([Segment(text, self._style("words"))], width)
        if y == height - 2:
            return self._dates(left, width)
        if y == height - 3:
            return self._row(" " * left, [self._event_cell(sign) for sign in drawn.events], drawn)
        if y == 0:
            return self._tiers(drawn, left, width)
        row = drawn.rows[y - 1]
        label = ""
        if drawn.range is not None and y in {1, height - _ROWS_AROUND}:
            label = _short(drawn.range.high if y == 1 else drawn.range.low)
        text = fitted(label, left - 1, is_right=True) + " " if left else ""
        styles = (aside, self._style("total"), self._style("redeemable"))
        cells = [(sign, styles[line]) for sign, line in row]
        marked = self._index(self.marked) if self.marked else None
        if marked is not None and drawn.free(drawn.columns[marked]) == y - 1:
            cells[drawn.columns[marked]] = self._glyphs.marked, self._style("redeemable")
        return self._row(text, cells, drawn)

    def _row(self, label: str, cells: list[tuple[str, Style]], drawn: Plot) -> Strip:
        """Return a row of cells with the bands behind it and the cursor over it."""
        shaded = self._style("band")
        segments = [Segment(label, self._style("aside"))]
        at = None if self._cursor is None else drawn.columns[self._cursor]
        is_shaded = [False] * len(cells)
        for band in drawn.bands[1::2]:
            is_shaded[band.first : band.beyond] = [True] * (band.beyond - band.first)
        for column, (sign, style) in enumerate(cells):
            if column == at:
                mark = sign if sign != " " else self._glyphs.cursor_bar
                segments.append(Segment(mark, style + self._style("cursor")))
            else:
                behind = _over(shaded, style) if is_shaded[column] else style
                segments.append(Segment(sign, behind))
        return Strip(segments).simplify().adjust_cell_length(self.content_size.width)

    def _event_cell(self, sign: str) -> tuple[str, Style]:
        if sign == "u":
            return self._glyphs.bullet, self._style("aside")
        name = {"J": "up", "D": "down"}.get(sign, "words")
        return sign or " ", self._style(name)

    def _tiers(self, drawn: Plot, left: int, width: int) -> Strip:
        """Draw each tier's name where it begins; the newest is readable however late it began."""
        aside = self._style("aside")
        segments = [Segment(" " * (left + sum(band.first for band in drawn.bands[:1])), aside)]
        words, wide = "", 0
        for number, band in enumerate(drawn.bands):
            # The edge tells two bands apart also where their shades are not seen.
            edge = self._glyphs.guide * bool(number)
            words = edge + (neutralise(band.tier, _LONGEST) or "no tier")
            wide = band.beyond - band.first
            style = _over(self._style("band"), aside) if number % 2 else aside
            segments.append(Segment(fitted(words if wide > _LEAST_BAND else edge, wide), style))
        strip = Strip(segments).adjust_cell_length(width, aside)
        needed = min(cell_len(words), width - left)
        if needed <= wide:
            return strip
        newest = Strip([Segment(fitted(words, needed), self._style("words"))], needed)
        return Strip.join([strip.crop(0, width - needed), newest])

    def _dates(self, left: int, width: int) -> Strip:
        first, last = _axis(*(plotting.moment(self._entries[n]) for n in (0, -1)))
        room = width - left - len(first)
        words = " " * left + first + (last.rjust(room) if room > len(last) else "")
        return Strip([Segment(fitted(words, width), self._style("aside"))], width)

    def _words(self) -> str:
        """Return what the push at the cursor says, or why there is none."""
        if self._cursor is None:
            of_many = f"it is not one of the {len(self._entries):,} that are drawn"
            why = _why_not(self._entry) if self._entry else ""
            return f"This push is no point of the line: {why or of_many}."
        entry = self._entries[self._cursor]
        at = plotting.moment(entry)
        parts = [
            f"{wording.day(at)} {at:%H:%M}",
            *_points(entry, self._why[1] if self._why[0] == entry.ref else _UNREAD),
            neutralise(entry.tier, _LONGEST) or "no tier",
            neutralise(entry.event, _LONGEST).lower() or "no event",
            f"{self._cursor + 1:,} of {len(self._entries):,}",
            *(["marked"] if entry.ref == self.marked else []),
        ]
        return " · ".join(parts)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"timeline--{name}")


def _why_not(entry: Entry) -> str:
    """Return why a push can never be a point of the line; nothing when it can."""
    if entry.kind is not PushKind.PROFILE:
        return f"{entry.kind} pushes are not drawn"
    return "" if entry.updated_at or entry.received_at else "it is not dated"


def _axis(first: datetime, last: datetime) -> tuple[str, str]:
    """Return the ends of the axis, as exact as they need to differ; one when there is but one."""
    if first == last:
        return f"{wording.day(first)} {first:%H:%M}", ""
    if first.date() != last.date():
        return wording.day(first), wording.day(last)
    clock = "%H:%M" if f"{first:%H%M}" != f"{last:%H%M}" else "%H:%M:%S"
    return f"{wording.day(first)} {first:{clock}}", f"{wording.day(last)} {last:{clock}}"


def _short(value: int | Decimal) -> str:
    """Return a number, cut where it is longer than an axis is wide."""
    text = wording.number(value)
    return text if len(text) <= _WIDEST_LABEL else f"{text[: _WIDEST_LABEL - 1]}…"


def _points(entry: Entry, why: tuple[str, str]) -> list[str]:
    """Return what a push says of points, or why that is no number."""
    total, redeemable = entry.total_points, entry.redeemable_points
    if total is not None and total == redeemable:
        return [f"total = redeemable {_short(total)}"]
    return [
        f"{name}: {reason}" if value is None else f"{name} {_short(value)}"
        for name, value, reason in zip(
            ("total", "redeemable"), (total, redeemable), why, strict=True
        )
    ]


def _over(behind: Style, style: Style) -> Style:
    """Return a style on the background of another one."""
    return style + RichStyle(bgcolor=behind.bgcolor)
