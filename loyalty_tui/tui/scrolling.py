"""Scrolled lines that are painted in a fraction of Textual's time: each key may change them all."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.widget import Widget


class QuickScrollView(ScrollView):
    """Takes its lines as they are: without border, padding or links there is nothing to add.

    Its lines are as wide as it is, and their styles have all their colours.
    """

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self._styles_drawn: dict[str, tuple[object, object, Style]] = {}
        self._colours: object = None

    def style_drawn(self, name: str) -> Style:
        """Return the style of a component class, which Textual works out anew for each refresh."""
        made_of = self._component_styles[name]
        kept = self._styles_drawn.get(name)
        if kept is None or kept[0] is not made_of or kept[1] != self._colours:
            kept = made_of, self._colours, self.get_component_rich_style(name)
            self._styles_drawn[name] = kept
        return kept[2]

    def begin_drawing(self) -> None:
        """Find out what the lines that are drawn now have in common."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines."""
        self._colours = self.colors
        self.begin_drawing()
        strips = [self.render_line(y) for y in crop.line_range]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return _filtered(self, strips)

    def grow(self, height: int, seen: int) -> None:
        """Be so many lines high; all is laid out anew only if fewer than what is seen are there."""
        size = Size(0, height)
        seen = max(self.container_size.height, seen)
        least = min(size.height, self.virtual_size.height)
        if least > seen and not self.styles.is_auto_height:
            self.set_reactive(QuickScrollView.virtual_size, size)  # nothing is laid out differently
        else:
            self.virtual_size = size
        if self.show_vertical_scrollbar:  # at once, not only when all is laid out again
            self.vertical_scrollbar.window_virtual_size = self.virtual_size.height

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The vertical scroll bar, made when it is first asked for, as Textual does it."""
        bar: ScrollBar | None = self._vertical_scrollbar
        if bar is None:
            self._vertical_scrollbar = bar = QuickScrollBar(
                vertical=True, name="vertical", thickness=self.scrollbar_size_vertical
            )
            bar.display = False
            self.app._start_widget(self, bar)  # noqa: SLF001 - there is no other way
        return bar


class QuickScrollBar(ScrollBar):
    """Draws what Textual draws, without a console in between."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines."""
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)  # noqa: S101 - as its documentation has it
        strips = _filtered(self, list(bar_lines(bar, *self.size)))
        return [strips[y] for y in crop.line_range]


def _filtered(widget: Widget, strips: list[Strip]) -> list[Strip]:
    """Apply what the terminal needs, such as no colours at all."""
    for line_filter in widget.get_line_filters():
        if not isinstance(line_filter, ANSIToTruecolor):  # themes name no colours of terminals
            _, background = widget.background_colors
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
    return strips


def bar_lines(bar: ScrollBarRender, width: int, height: int) -> list[Strip]:
    """Return a bar's lines: above the thumb, its upper end, it, its lower end, below it."""
    assert isinstance(bar.style, Style)  # noqa: S101 - as ScrollBar makes it
    above, below, thumb, upper_end = _styles(bar.style)
    glyphs, blank = bar.VERTICAL_BARS, bar.BLANK_GLYPH * width
    if not 0 < bar.window_size < bar.virtual_size:
        return [Strip([Segment(blank, Style(bgcolor=bar.style.bgcolor))], width)] * height
    steps = len(glyphs)
    long = max(1.0, bar.window_size * height / bar.virtual_size)
    share = bar.position / (bar.virtual_size - bar.window_size)
    start = max(0, int((height - long) * share * steps))
    first, into_first = divmod(start, steps)
    end, into_end = divmod(start + ceil(long * steps), steps)
    strips = [Strip([Segment(blank, above)], width)] * min(first, height)
    strips += [Strip([Segment(blank, thumb)], width)] * (min(end, height) - len(strips))
    strips += [Strip([Segment(blank, below)], width)] * (height - len(strips))
    for at, into, style in ((first, into_first, upper_end), (end, into_end, thumb)):
        glyph = glyphs[steps - 1 - into]
        if at < height and glyph != " ":
            strips[at] = Strip([Segment(glyph * width, style)], width)
    return strips


@lru_cache(maxsize=16)
def _styles(colours: Style) -> tuple[Style, ...]:
    """Return the styles above the thumb, below it, of it (and its lower end), of its upper end.

    Each says what a press of the mouse does there.
    """
    bar, back = colours.color, colours.bgcolor
    above, below, thumb = (
        {"@mouse.down": action} for action in ("scroll_up", "scroll_down", "grab")
    )
    return (
        Style(bgcolor=back, meta=above),
        Style(bgcolor=back, meta=below),
        Style(color=bar, bgcolor=back, reverse=True, meta=thumb),
        Style(color=bar, bgcolor=back, meta=thumb),
    )
