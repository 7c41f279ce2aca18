"""The commands of every screen that has an inspector on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from textual import events, on
from textual.screen import Screen

from loyalty_tui.tui.compositor import SparingCompositor
from loyalty_tui.tui.screens import breakpoints

if TYPE_CHECKING:
    from loyalty_tui.tui import commands
    from loyalty_tui.tui.sharing import Shared
    from loyalty_tui.tui.widgets.push_list import PushList
    from loyalty_tui.tui.widgets.push_view import PushView

Result = TypeVar("Result")


class Inspects(Screen[Result]):
    """A screen with an inspector, mostly beside a list of pushes."""

    ways: tuple[commands.Way, ...] = ()
    """What help names beside the commands."""
    shared: Shared
    """What it shares with the other inspectors of the desk."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = SparingCompositor()
        self._was_shown = False
        # Else all of it is styled and laid out for no size, and then once more.
        self.add_class(*breakpoints.of(self.app.size), update=False)

    def _compositor_refresh(self) -> None:
        """Paint what has changed, unless another screen hides all of this one.

        Textual paints the whole screen in front anew each time, as if one could see through it.
        """
        front = self.app.screen
        if front is self or front.styles.background.a < 1:
            super()._compositor_refresh()
        else:  # all of it is painted when it comes back
            self._compositor._dirty_regions.clear()  # noqa: SLF001 - as Textual's own does
            self._dirty_widgets.clear()

    # By their names: asked before the first paint, they are not there yet, nor are their modules.

    def _inspector(self) -> PushView | None:
        return cast("PushView | None", next(iter(self.query("PushView")), None))

    def _listed(self) -> PushList | None:
        return cast("PushList | None", next(iter(self.query("PushList")), None))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to inspect where there is a push, and to show all changes where some are shown."""
        if action == "inspect":
            pushes = self._listed()
            return pushes is not None and pushes.entry is not None
        if action == "all_changes":
            view = self._inspector()
            return view is not None and view.active == "changes"
        return super().check_action(action, parameters)

    def show_mark(self) -> None:
        """Show which push is marked."""
        if (pushes := self._listed()) is not None:
            pushes.marked = self.shared.marked_ref

    @on(events.ScreenResume)
    def keep_styles(self, event: events.ScreenResume) -> None:
        """Leave what is shown for the first time as it is: it was styled just now."""
        event.refresh_styles, self._was_shown = self._was_shown and event.refresh_styles, True

    def on_screen_resume(self) -> None:
        """Show what another screen has marked meanwhile."""
        self.show_mark()

    def action_inspect(self) -> None:
        """Inspect the push under the cursor on the whole screen."""
        from loyalty_tui.tui.screens.inspector import InspectorScreen

        view, pushes = self._inspector(), self._listed()
        entry = pushes.entry if pushes else None
        if view is None or pushes is None or entry is None:
            return
        inspector = InspectorScreen(view, entry, self.shared, pushes)

        def come_back(is_revealed: bool | None) -> None:  # noqa: FBT001 - a screen's answer
            view.lend(None)
            self._hold()
            if is_revealed is not None and is_revealed != view.is_revealed:
                self.call_later(self.run_action, "reveal")

        self.app.push_screen(inspector, come_back)
        view.lend(inspector.show)
        self._hold()

    def on_descendant_focus(self) -> None:
        """Keep the open push where it is while it is being read."""
        self._hold()

    def _hold(self) -> None:
        view, pushes = self._inspector(), self._listed()
        if view is not None and pushes is not None:
            pushes.may_follow = not (view.has_focus_within or view.is_lent)

    def action_mark(self) -> None:
        """Mark the push that is shown, or, when it is, take the mark away."""
        view = self._inspector()
        if view is None or view.entry is None:
            self.notify("There is no push to mark.", markup=False)
            return
        marked = self.shared.marked
        is_it = marked is not None and marked.ref == view.entry.ref
        self.shared.marked = None if is_it else view.entry
        view.read()
        self.show_mark()
        said = (
            "The mark is gone: changes are told against the push before."
            if is_it
            else "Marked: the changes of other pushes are told against this one."
        )
        self.notify(said, markup=False)

    def action_all_changes(self) -> None:
        """Show all changes, or fold away those that one can do without."""
        self.shared.shows_all = not self.shared.shows_all
        view = self._inspector()
        if view is not None:
            view.read()
