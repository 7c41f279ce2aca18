"""The inspector: one push at a glance, field by field, beside another, and as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Static, TabbedContent, TabPane, Tabs

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import inspecting
from loyalty_tui.tui.asking import Asking
from loyalty_tui.tui.inspecting import Asked
from loyalty_tui.tui.widgets.overview_view import OverviewView

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from textual.app import ComposeResult
    from textual.widget import Widget

    from loyalty_tui.archive.model import Entry
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.inspecting import Opened
    from loyalty_tui.tui.program import PushArchive
    from loyalty_tui.tui.sharing import Shared

VIEWS = ("overview", "fields", "changes", "json")
_FIXED = frozenset(VIEWS[:2])
"""Views of a push that nothing else has a part in: they can be read ahead."""
_AHEAD = 0.03
"""Seconds that a push is painted in before the one after it is read."""


class PushView(TabbedContent):
    """Four views of one push; only the one that is seen is read for, in a thread, and drawn."""

    class PointsRead(Message):
        """It is known in which way a push says no number of points."""

        def __init__(self, ref: str, points: tuple[str, str]) -> None:
            super().__init__()
            self.ref = ref
            self.points = points

    is_revealed: var[bool] = var(default=False)
    """Whether personal data is shown as sent."""

    def __init__(self, archive: PushArchive, glyphs: Glyphs, shared: Shared) -> None:
        super().__init__(id="push")
        self.archive = archive
        self._glyphs = glyphs
        self._shared = shared
        self._entry: Entry | None = None
        self._stand_in: Callable[[Entry | None, Entry | None], None] | None = None
        self._drawn: dict[str, Asked | None] = {}
        """What each view shows, as far as it still shows it."""
        self._reading = Asking(self, "push", self._fail)
        self._ahead: Entry | None = None
        self._read_ahead: tuple[Asked, Opened] | None = None
        self._reading_ahead = Asking(self, "push-ahead", lambda _: None)
        self._drift = Static("", id="push-drift", markup=False)
        first = OverviewView(glyphs)
        self._views: dict[str, Any] = {VIEWS[0]: first}
        """Those that have been seen."""
        self.compose_add_child(TabPane("Overview", first, id="overview"))
        self.compose_add_child(TabPane("Fields", id="fields"))
        self.compose_add_child(TabPane("Changes", id="changes"))
        self.compose_add_child(TabPane("JSON", id="json"))

    def compose(self) -> ComposeResult:
        """Lay out tabs and views, with a line between them for what is unusual."""
        yield self._drift
        yield from super().compose()

    @property
    def entry(self) -> Entry | None:
        """The push that is shown."""
        return self._entry

    @property
    def is_lent(self) -> bool:
        """Whether another inspector shows the pushes."""
        return self._stand_in is not None

    def show(self, entry: Entry | None, ahead: Entry | None = None) -> None:
        """Show a push, or none; the one that may come next is read meanwhile."""
        is_same = entry is not None and entry == self._entry
        self._entry, self._ahead = entry, ahead
        if self._stand_in is not None:
            self._stand_in(entry, ahead)
        elif is_same and self._is_drawn:
            self._look_ahead()
        elif not (is_same and self._reading.is_busy):  # else what is ahead is read after it
            self.read()

    def archive_changed(self) -> None:
        """Take notice that what was read ahead may be another by now; try again what failed."""
        self._read_ahead = None
        if self._is_drawn:
            self._look_ahead()
        elif self._entry is not None and not (self.is_lent or self._reading.is_busy):
            self.read()

    def lend(self, stand_in: Callable[[Entry | None, Entry | None], None] | None) -> None:
        """Let another inspector show each push, and the one ahead, meanwhile; None ends that."""
        self._stand_in = stand_in
        if stand_in is None:
            self.read()

    def watch_is_revealed(self) -> None:
        """Show the push again, with or without personal data."""
        if self.is_mounted:
            self.read()

    async def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        """Read for the view that is seen now."""
        event.stop()
        self.screen.refresh_bindings()
        name = event.pane.id or VIEWS[0]
        if name not in self._views and event.pane.is_attached:
            view = _made(name, self._glyphs)
            await event.pane.mount(view)
            self._views[name] = view
        asked = self._asked()
        if self._drawn.get(self.active) != asked:  # another push is in it, or a revealed one
            self._show(None, asked)
        self.read()

    def read(self) -> None:
        """Read the push for the view that is seen."""
        asked = self._asked()
        self._reading_ahead.stop()
        if asked is None:
            self._reading.stop()
            self._show(None, None)
            return
        if self._read_ahead is not None and self._read_ahead[0] == asked:
            self._reading.stop()
            self._show(self._read_ahead[1], asked)
            return

        def read(stop: Event) -> Opened:
            return inspecting.open_push(self.archive, asked, stop)

        self._reading.ask(read, lambda opened: self._show(opened, asked))

    def _asked(self) -> Asked | None:
        return self._asked_for(self._entry) if self._entry is not None else None

    def _asked_for(self, entry: Entry) -> Asked:
        marked = self._shared.marked
        if marked is not None and marked.ref == entry.ref:
            marked = None  # it is compared with the one before it
        return Asked(entry, self.active or VIEWS[0], marked, self.is_revealed)

    @property
    def _is_drawn(self) -> bool:
        """Whether the view that is seen shows what was asked for last."""
        asked = self._asked()
        return asked is not None and self._drawn.get(asked.view) == asked

    def _look_ahead(self) -> None:
        """Read what may be asked for next."""
        if self._ahead is None:
            return
        coming = self._asked_for(self._ahead)
        if coming.view not in _FIXED:
            return

        def read(stop: Event) -> Opened:
            return inspecting.open_push(self.archive, coming, stop)

        def keep(opened: Opened) -> None:
            self._read_ahead = (coming, opened)

        self._reading_ahead.ask(read, keep, _AHEAD)

    def _show(self, opened: Opened | None, asked: Asked | None, notice: str = "") -> None:
        name = asked.view if asked else self.active or VIEWS[0]
        view = self._views.get(name)
        if view is None or not (view.is_attached and self._drift.is_attached):
            return  # it is still to come, or has been taken away
        self._drawn[name] = asked if opened else None
        if opened and asked and opened.points:
            self.post_message(self.PointsRead(asked.entry.ref, opened.points))
        words = opened.drift if opened else ""
        if words:
            self._drift.update(Content(f"{self._glyphs.notice} {words}"), layout=False)
        self._drift.display = bool(words)
        if name == "overview":
            view.show(opened.blocks if opened else (), notice)
        elif name == "fields":
            view.show(opened.sections if opened else (), notice)
        elif name == "changes":
            compared = opened.compared if opened else None
            view.show(compared, shows_all=self._shared.shows_all, notice=notice)
        else:
            view.is_revealed = self.is_revealed
            view.show(opened.text if opened else "", notice=notice)
        # The line below it may have been drawn before the tab had its place.
        self.query_one(Tabs)._highlight_active(animate=False)  # noqa: SLF001 - as Textual does it
        if self._is_drawn:
            self._look_ahead()

    def _fail(self, error: ArchiveError) -> None:
        self._show(None, self._asked(), neutralise(str(error)))


def _made(name: str, glyphs: Glyphs) -> Widget:
    """Return a view; most are never looked at, and each takes time and memory."""
    if name == "fields":
        from loyalty_tui.tui.widgets.fields_view import FieldsView

        return FieldsView(glyphs)
    if name == "changes":
        from loyalty_tui.tui.widgets.changes_view import ChangesView

        return ChangesView(glyphs)
    from loyalty_tui.tui.widgets.json_view import JsonView

    return JsonView()
