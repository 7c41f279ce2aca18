"""The desk's first line: which program one asks, and how the archive is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui.widgets.end_label import EndLabel

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from loyalty_tui.settings import Profile


class Masthead(Horizontal):
    """Product, profile and organization at the left, the archive at the right."""

    def compose(self) -> ComposeResult:
        """Lay out both ends."""
        yield Static(Content.styled("loyalty-tui", "bold $primary"), id="where")
        yield EndLabel("archive-pulse")

    def show_profile(self, profile: Profile, *, is_demo: bool) -> None:
        """Name the profile and its organization."""
        parts: list[tuple[str, str] | str] = [("loyalty-tui", "bold $primary")]
        if is_demo:
            parts.append((" · demo", "bold $accent"))
        else:
            parts.append(f" · {neutralise(profile.name, 24)}")
        if profile.organization:
            parts.append(f" · org {neutralise(profile.organization, 24)}")
        self.query_one("#where", Static).update(Content.assemble(*parts))

    def show_archive(self, pulse: str) -> None:
        """Say how the archive is doing, in a few words."""
        for end in self.query(EndLabel):
            end.say(pulse)
