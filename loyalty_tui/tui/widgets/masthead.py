"""The desk's first line: which program one asks, and how the archive is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui.widgets.end_label import EndLabel

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from loyalty_tui.settings import Profile

_GAP: Final = 2
"""Cells between the two ends, as the style sheet has them."""


class Masthead(Horizontal):
    """Product, profile and organization at the left, the archive at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._where = Content.styled("loyalty-tui", "bold $primary")
        self._pulse = ""

    def compose(self) -> ComposeResult:
        """Lay out both ends."""
        yield Static(self._where, id="where")
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
        self._where = Content.assemble(*parts)
        self.query_one("#where", Static).update(self._where)
        self._say()

    def show_archive(self, pulse: str) -> None:
        """Say how the archive is doing, in a few words."""
        self._pulse = pulse
        self._say()

    def on_resize(self) -> None:
        """Leave to one end what the other does not need."""
        self._say()

    def _say(self) -> None:
        width = self.content_size.width
        room = width - self._where.cell_length - _GAP if width else None
        for end in self.query(EndLabel):
            end.say(self._pulse, room)
