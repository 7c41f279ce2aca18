"""The inspector: one push at a glance, field by field, beside another, and as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import var
from textual.widgets import Static, TabbedContent, TabPane

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import inspecting
from loyalty_tui.tui.asking import Asking
from loyalty_tui.tui.inspecting import Asked
from loyalty_tui.tui.widgets.changes_view import ChangesView
from loyalty_tui.tui.widgets.fields_view import FieldsView
from loyalty_tui.tui.widgets.json_view import JsonView
from loyalty_tui.tui.widgets.overview_view import OverviewView

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from textual.app import ComposeResult

    from loyalty_tui.archive.model import Entry
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.inspecting import Opened
    from loyalty_tui.tui.program import PushArchive
    from loyalty_tui.tui.sharing import Shared

VIEWS = ("overview", "fields", "changes", "json")
_PARTS = "#push-drift, OverviewView, FieldsView, ChangesView, JsonView"
_WHOLE = 5


class PushView(TabbedContent):
    """Four views of one push; only the one that is seen is read for, in a thread, and drawn."""

    is_revealed: var[bool] = var(default=False)
    """Whether personal data is shown as sent."""

    def __init__(self, archive: PushArchive, glyphs: Glyphs, shared: Shared) -> None:
        super().__init__(id="push")
        self.archive = archive
        self._glyphs = glyphs
        self._shared = shared
        self._entry: Entry | None = None
        self._stand_in: Callable[[Entry | None], None] | None = None
        self._drawn: dict[str, Asked | None] = {}
        """What each view shows, as far as it still shows it."""
        self._reading = Asking(self, "push", self._fail)
        self.compose_add_child(TabPane("Overview", OverviewView(glyphs), id="overview"))
        self.compose_add_child(TabPane("Fields", FieldsView(glyphs), id="fields"))
        self.compose_add_child(TabPane("Changes", ChangesView(glyphs), id="changes"))
        self.compose_add_child(TabPane("JSON", JsonView(), id="json"))

    def compose(self) -> ComposeResult:
        """Lay out tabs and views, with a line between them for what is unusual."""
        yield Static("", id="push-drift", markup=False)
        yield from super().compose()

    @property
    def entry(self) -> Entry | None:
        """The push that is shown."""
        return self._entry

    @property
    def is_lent(self) -> bool:
        """Whether another inspector shows the pushes."""
        return self._stand_in is not None

    def show(self, entry: Entry | None) -> None:
        """Show another push, or none."""
        self._entry = entry
        if self._stand_in is not None:
            self._stand_in(entry)
        else:
            self.read()

    def lend(self, stand_in: Callable[[Entry | None], None] | None) -> None:
        """Let another inspector show the pushes meanwhile; None ends that."""
        self._stand_in = stand_in
        if stand_in is None:
            self.read()

    def watch_is_revealed(self) -> None:
        """Show the push again, with or without personal data."""
        if self.is_mounted:
            self.read()

    def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        """Read for the view that is seen now."""
        event.stop()
        asked = self._asked()
        if self._drawn.get(self.active) != asked:  # another push is in it, or a revealed one
            self._show(None, asked)
        self.read()

    def read(self) -> None:
        """Read the push for the view that is seen."""
        asked = self._asked()
        if asked is None:
            self._reading.stop()
            self._show(None, None)
            return

        def read(stop: Event) -> Opened:
            return inspecting.open_push(self.archive, asked, stop)

        self._reading.ask(read, lambda opened: self._show(opened, asked))

    def _asked(self) -> Asked | None:
        if self._entry is None:
            return None
        marked = self._shared.marked
        if marked is not None and marked.ref == self._entry.ref:
            marked = None  # it is compared with the one before it
        return Asked(self._entry, self.active or VIEWS[0], marked, self.is_revealed)

    def _show(self, opened: Opened | None, asked: Asked | None, notice: str = "") -> None:
        if len(self.query(_PARTS)) < _WHOLE:  # the answer came as the view was being taken away
            return
        view = asked.view if asked else self.active or VIEWS[0]
        self._drawn[view] = asked if opened else None
        drift = self.query_one("#push-drift", Static)
        words = opened.drift if opened else ""
        drift.update(Content(f"{self._glyphs.notice} {words}"), layout=False)
        drift.display = bool(words)
        if view == "overview":
            self.query_one(OverviewView).show(opened.blocks if opened else (), notice)
        elif view == "fields":
            self.query_one(FieldsView).show(opened.sections if opened else (), notice)
        elif view == "changes":
            compared = opened.compared if opened else None
            self.query_one(ChangesView).show(
                compared, shows_all=self._shared.shows_all, notice=notice
            )
        else:
            self._show_json(opened.text if opened else "", notice)

    def _show_json(self, text: str, notice: str) -> None:
        view = self.query_one(JsonView)
        view.is_revealed = self.is_revealed
        view.show(text, notice=notice)

    def _fail(self, error: ArchiveError) -> None:
        self._show(None, self._asked(), neutralise(str(error)))
