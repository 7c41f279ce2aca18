"""Every field of one push in its group, with the document's meaning of the one at the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from loyalty_tui.crowdtwist.fields import BY_PATH
from loyalty_tui.privacy import neutralise
from loyalty_tui.tui.widgets import lines
from loyalty_tui.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from loyalty_tui.crowdtwist.reading import Line, Section
    from loyalty_tui.tui.glyphs import Glyphs

_WITH_SENT: Final = 90
"""Cells from which on the value as sent has a column of its own."""
_LONGEST_PATH: Final = 100


class FieldsView(Vertical):
    """The fields, and below them what the one at the cursor means."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="fields-view")
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Lay out both."""
        yield FieldLines(self._glyphs)
        yield Static("", id="field-help", markup=False)

    def show(self, sections: tuple[Section, ...], notice: str = "") -> None:
        """Show another push, or say why there is none to show."""
        self.query_one(FieldLines).show(sections, notice)

    def on_field_lines_moved(self, event: FieldLines.Moved) -> None:
        """Explain the field at the cursor."""
        event.stop()
        help_text = self.query_one("#field-help", Static)
        help_text.display = event.line is not None
        if event.line is not None:
            help_text.update(_explained(event.line))


def _explained(line: Line) -> Content:
    field = BY_PATH.get(line.path)
    sent = f" · sent as {line.sent}" if line.sent else " · not sent"
    path = neutralise(line.path, _LONGEST_PATH)
    meaning = "The document does not describe this property."
    if field is not None:
        kind = f" Documented as {field.documented_type}." if field.documented_type else ""
        meaning = field.meaning + kind
    elif line.path.startswith("customData."):
        meaning = "Custom data is the client’s own; the document does not describe it."
    odd = " It is not as documented." if line.odd else ""
    return Content.assemble((path, "bold"), (sent, "$foreground-muted"), f"\n{meaning}{odd}")


class FieldLines(Lines):
    """The fields of a push with a cursor on one of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move_page(-1)", show=False),
        Binding("pagedown", "move_page(1)", show=False),
        Binding("home,ctrl+home", "move(-9999)", show=False),
        Binding("end,ctrl+end", "move(9999)", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another field, or there is none."""

        def __init__(self, line: Line | None) -> None:
            super().__init__()
            self.line = line

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__("fields-lines")
        self._glyphs = glyphs
        self._sections: tuple[Section, ...] = ()
        self._notice = ""
        self._fields: list[Line] = []
        self._spans: list[range] = []
        """The lines of each field."""
        self._cursor = 0

    def show(self, sections: tuple[Section, ...], notice: str) -> None:
        """Show another push; the cursor stays on its field, when that one has it too."""
        path = self._fields[self._cursor].path if self._fields else None
        self._sections, self._notice = sections, notice
        self._fields = [line for section in sections for line in section.lines]
        paths = [line.path for line in self._fields]
        self._cursor = paths.index(path) if path in paths else 0
        self.changed(is_other=not self._cursor)
        if self.is_mounted:
            self._show_cursor()

    def lay_out(self, width: int) -> list[lines.Line]:
        """Return the groups with their fields."""
        self._spans = []
        if self._notice:
            return [((line, "notice"),) for line in lines.wrapped(self._notice, width)]
        made: list[lines.Line] = []
        for section in self._sections:
            made.append(((section.name, "group"),))
            for line in section.lines:
                start = len(made)
                made += self._field(line, width)
                self._spans.append(range(start, len(made)))
        return made

    def _field(self, line: Line, width: int) -> list[lines.Line]:
        mark = f"{self._glyphs.notice} " if line.odd else ""
        style = "aside" if line.null or line.absent else "notice" if line.odd else "value"
        value = mark + line.value
        if width < _WITH_SENT:
            return list(lines.labelled(line.label, value, width, style))
        sent_width = width // 3
        rows = list(lines.labelled(line.label, value, width - sent_width, style))
        sent = lines.wrapped(line.sent, sent_width - lines.GAP)[:1]
        label, (text, _) = rows[0]
        room = width - sent_width - lines.label_width(width - sent_width)
        rows[0] = (label, (lines.padded(text, room), style), *((each, "aside") for each in sent))
        return rows

    # The cursor

    def line_at(self, index: int) -> lines.Line:
        """Return a line, with a sign at the field that is explained."""
        (label, style), *rest = super().line_at(index)
        if not self._spans or index != self._spans[self._cursor].start:
            return ((label, style), *rest)
        return ((self._glyphs.current + label[1:], style), *rest)

    def is_cursor(self, index: int) -> bool:
        """Say whether a line belongs to the field at the cursor."""
        return self.has_focus and bool(self._spans) and index in self._spans[self._cursor]

    def action_move(self, by: int) -> None:
        """Go to another field."""
        self._cursor = max(0, min(self._cursor + by, len(self._fields) - 1))
        self._show_cursor()

    def action_move_page(self, by: int) -> None:
        """Go on by what is seen at once."""
        self.action_move(by * max(1, self.scrollable_content_region.height - 2))

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight: what explains its field may be higher than before."""
        del event
        self._lay_out()
        self._scroll_to_cursor()

    def _show_cursor(self) -> None:
        self._scroll_to_cursor()
        self.refresh()
        self.post_message(self.Moved(self._fields[self._cursor] if self._fields else None))

    def _scroll_to_cursor(self) -> None:
        if self._spans:
            span = self._spans[self._cursor]
            top, height = self.scroll_offset.y, self.scrollable_content_region.height
            start = span.start if self._cursor else 0  # with the first heading
            if start < top:
                self.scroll_to(y=start, animate=False)
            elif span.stop > top + height:
                self.scroll_to(y=span.stop - height, animate=False)

    def on_focus(self) -> None:
        """Show the cursor."""
        self._show_cursor()

    def on_blur(self) -> None:
        """Show it no longer."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Go to the field that was clicked."""
        index = self.scroll_offset.y + event.y
        at = next((n for n, span in enumerate(self._spans) if index in span), None)
        if at is not None:
            self._cursor = at
            self._show_cursor()
