"""The inspector: one push, its fields explained or its JSON laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.containers import VerticalScroll
from textual.reactive import var
from textual.widgets import Static, TabbedContent, TabPane

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui.asking import Asking
from loyalty_tui.tui.widgets.json_view import JsonView

if TYPE_CHECKING:
    from threading import Event

    from rich.table import Table

    from loyalty_tui.archive.model import Entry
    from loyalty_tui.crowdtwist.reading import Section
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.tui.program import PushArchive


class PushView(TabbedContent):
    """Two looks at one push, which is read and decoded in a thread."""

    is_revealed: var[bool] = var(default=False)
    """Whether personal data is shown as sent."""

    def __init__(self, archive: PushArchive) -> None:
        super().__init__(id="push")
        self._archive = archive
        self._ref = ""
        self._reading = Asking(self, "push", self._fail)
        fields = VerticalScroll(FieldsView(), id="fields-scroll")
        self.compose_add_child(TabPane("Fields", fields, id="fields"))
        self.compose_add_child(TabPane("JSON", JsonView(), id="json"))

    def show(self, entry: Entry | None) -> None:
        """Show another push, or none."""
        self._ref = entry.ref if entry else ""
        self._read()

    def watch_is_revealed(self) -> None:
        """Show the push again, with or without personal data."""
        if self.is_mounted:
            self.query_one(JsonView).is_revealed = self.is_revealed
            self._read()

    def _read(self) -> None:
        ref, reveal = self._ref, self.is_revealed
        if not ref:
            self._reading.stop()
            self._show((), "")
            return

        def read(stop: Event) -> tuple[tuple[Section, ...], str]:
            text = self._archive.text(ref)
            return ((), "") if stop.is_set() else _read(text, reveal=reveal)

        self._reading.ask(read, lambda read: self._show(*read))

    def _show(self, sections: tuple[Section, ...], text: str, notice: str = "") -> None:
        if not self.query(FieldsView):  # the answer came as the view was taken away
            return
        self.query_one(FieldsView).show(sections, notice)
        json_view = self.query_one(JsonView)
        json_view.is_revealed = self.is_revealed
        json_view.show(text, notice=notice)

    def _fail(self, error: ArchiveError) -> None:
        self._show((), "", neutralise(str(error)))


class FieldsView(Static):
    """The documented fields of one push, in groups, with labels and readable values."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"fields--group", "fields--label", "fields--value"}

    def __init__(self) -> None:
        super().__init__()
        self._sections: tuple[Section, ...] = ()
        self._notice = ""

    def show(self, sections: tuple[Section, ...], notice: str = "") -> None:
        """Show another push, or say why there is none to show."""
        self._sections = sections
        self._notice = notice
        self.refresh(layout=True)
        if isinstance(self.parent, VerticalScroll):
            self.parent.scroll_home(animate=False)

    def render(self) -> Table | Text:
        """Draw the groups."""
        from rich.table import Table

        if not self._sections:
            return Text(self._notice)
        group_style = self.get_component_rich_style("fields--group")
        label_style = self.get_component_rich_style("fields--label")
        value_style = self.get_component_rich_style("fields--value")
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(max_width=26)
        table.add_column(ratio=1, overflow="fold")
        for section in self._sections:
            table.add_row(Text(section.name, group_style))
            for line in section.lines:
                table.add_row(Text(f"  {line.label}", label_style), Text(line.value, value_style))
        return table


def _read(text: str, *, reveal: bool) -> tuple[tuple[Section, ...], str]:
    from loyalty_tui.crowdtwist import json_text, reading

    # Only objects are kept as pushes.
    push = cast("dict[str, object]", json_text.loads(text))
    return reading.read(push, reveal=reveal), text
