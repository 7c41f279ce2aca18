"""The inspector on the whole screen: one push, and its member over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import commands, glyphs, wording
from loyalty_tui.tui.asking import Asking
from loyalty_tui.tui.screens import breakpoints
from loyalty_tui.tui.screens.inspects import Inspects
from loyalty_tui.tui.widgets.key_line import KeyLine
from loyalty_tui.tui.widgets.push_view import PushView
from loyalty_tui.tui.widgets.timeline import MOST_PUSHES, Timeline

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from loyalty_tui.archive.model import Entry, History
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.sharing import Shared
    from loyalty_tui.tui.widgets.push_list import PushList

_LONGEST_NAME = 60


class InspectorScreen(Inspects[bool]):
    """Reads one push after the other; answers with whether personal data is shown at the end."""

    known_commands = commands.IN_INSPECTOR
    ways = commands.IN_TIMELINE
    BINDINGS: ClassVar[list[BindingType]] = [each.binding() for each in commands.IN_INSPECTOR]
    HORIZONTAL_BREAKPOINTS = breakpoints.HORIZONTAL
    VERTICAL_BREAKPOINTS = breakpoints.VERTICAL
    AUTO_FOCUS = "#push Tabs"

    def __init__(self, opener: PushView, entry: Entry, shared: Shared, pushes: PushList) -> None:
        super().__init__()
        self.shared = shared
        self._opener = opener
        self._entry: Entry | None = entry
        self._pushes = pushes
        self._is_astray = False
        """Whether the timeline has led elsewhere than to the push of the list."""
        self._glyphs = glyphs.for_this_terminal()
        self._histories = Asking(self, "history", self._fail)
        self._history_of: object = None

    def compose(self) -> ComposeResult:
        """Lay out the member's line, their points over time, and the push."""
        yield Static("", id="inspected", markup=False)
        yield Timeline(self._glyphs)
        yield PushView(self._opener.archive, self._glyphs, self.shared)
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what was open, in the same view."""
        view = self.query_one(PushView)
        view.is_revealed = self._opener.is_revealed
        self.query_one(Timeline).display = not self.shared.is_timeline_away
        if self._opener.active:
            view.active = self._opener.active
        self.show(self._entry)

    def show(self, entry: Entry | None, ahead: Entry | None = None) -> None:
        """Show another push; the list behind stands on it, and may go on to the one ahead."""
        self._entry, self._is_astray = entry, False
        if self.query("Timeline, #push, #inspected"):
            self._show(entry, ahead)
            self._ask_history(entry)

    def _show(self, entry: Entry | None, ahead: Entry | None = None) -> None:
        self.query_one(PushView).show(entry, ahead)
        self._title()

    def _title(self) -> None:
        whose, *what = _titled(self._entry, self.shared.marked, self._glyphs)
        for line in self.query("#inspected").results(Static):
            # What comes last is told of nowhere else: it has a line of its own rather than none.
            cells = whose.cell_length + len(" ".join(what))
            is_long = cells > self.app.size.width - line.gutter.width
            line.set_class(is_long, "-long")
            words = ("\n" if is_long else " ").join(what)
            line.update(whose + Content.styled(words, "$foreground-muted"), layout=False)

    def on_resize(self) -> None:
        """Tell of the push in as many lines as that needs."""
        self._title()

    def show_mark(self) -> None:
        """Say in the member's line and over time which push is marked."""
        self._title()
        for timeline in self.query(Timeline):
            timeline.marked = self.shared.marked_ref

    def _ask_history(self, entry: Entry | None) -> None:
        if entry is None:
            return
        whose = (
            entry.member_id if entry.member_id is not None else (entry.email, entry.phone_digits)
        )
        timeline = self.query_one(Timeline)
        is_same = whose == self._history_of
        timeline.go_to(entry)
        if is_same and (self._histories.is_busy or not timeline.lacks(entry)):
            return
        if not is_same:
            timeline.say("Reading the member’s pushes …")
        self._history_of = whose
        archive, ref = self._opener.archive, entry.ref
        self._histories.ask(
            lambda stop: archive.history(ref, MOST_PUSHES, stop), self._show_history
        )

    def _show_history(self, history: History) -> None:
        for timeline in self.query(Timeline):
            if self._entry is not None:
                timeline.show(history, self._entry)

    def _fail(self, error: ArchiveError) -> None:
        for timeline in self.query(Timeline):
            timeline.say(neutralise(str(error)))

    def on_timeline_moved(self, event: Timeline.Moved) -> None:
        """Show the push at the timeline's cursor."""
        self._entry, self._is_astray = event.entry, True
        self._show(event.entry)

    def on_push_view_points_read(self, event: PushView.PointsRead) -> None:
        """Say over time why a push has no number there."""
        self.query_one(Timeline).explain(event.ref, event.points)

    # Commands

    def action_back(self) -> None:
        """Go back to where this was opened, to the push that is shown."""
        if self._is_astray:
            self._move(0)
        self.dismiss(self.query_one(PushView).is_revealed)

    def action_step(self, by: int) -> None:
        """Go on in the list that this was opened from, from the push that is shown."""
        self._move(by)

    def _move(self, by: int) -> None:
        if self._is_astray and self._entry is not None:
            self._is_astray = False
            self._pushes.go_to(self._entry, by)
        else:
            self._pushes.action_move(by)

    def action_timeline(self) -> None:
        """Go to the member's points over time, or back."""
        timeline = self.query_one(Timeline)
        if self.shared.is_timeline_away:
            self.action_fold_timeline()
        if timeline.has_focus:
            self.query_one("#push Tabs").focus()
        else:
            timeline.focus()

    def action_fold_timeline(self) -> None:
        """Put the member's points over time away, or bring them back."""
        self.shared.is_timeline_away = not self.shared.is_timeline_away
        timeline = self.query_one(Timeline)
        if timeline.has_focus:
            self.query_one("#push Tabs").focus()
        timeline.display = not self.shared.is_timeline_away

    def action_reveal(self) -> None:
        """Show personal data, or hide it."""
        view = self.query_one(PushView)
        view.is_revealed = not view.is_revealed


def _titled(entry: Entry | None, marked: Entry | None, glyphs: Glyphs) -> tuple[Content, str, str]:
    """Return whose push is shown, of what kind it is, and from when."""
    if entry is None:
        return Content("No push"), "", ""
    name = neutralise(entry.name.strip(), _LONGEST_NAME)
    number = "" if entry.member_id is None else f"{entry.member_id}"
    when = []
    if entry.updated_at is not None:
        when.append(f"updated {wording.moment(entry.updated_at)}")
    if entry.received_at is not None:
        when.append(f"received {wording.moment(entry.received_at)}")
    if entry.copies > 1:
        when.append(f"{entry.copies:,} times")
    whose = " · ".join(part for part in (name, number) if part)
    mark = f"{_mark(marked, entry, glyphs)} · " if marked else ""
    head = Content.assemble((whose, "bold"), " · " if whose else "", (mark, "$accent"))
    return head, f"{entry.kind} push{',' if when else ''}", ", ".join(when)


def _mark(marked: Entry, entry: Entry, glyphs: Glyphs) -> str:
    """Return which push is marked: the shown one, another of the member, or another member's."""
    if marked.ref == entry.ref:
        return f"{glyphs.marked} marked"
    at = marked.updated_at or marked.received_at
    when = f" {wording.day(at)} {at:%H:%M}" if at else ""
    is_theirs = marked.member_id is not None and marked.member_id == entry.member_id
    name = "" if is_theirs else f" {neutralise(marked.name.strip(), _LONGEST_NAME)}"
    return f"{glyphs.marked} marked:{name.rstrip()}{when}"
