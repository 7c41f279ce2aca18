"""A border with words in it, which change without what is inside being painted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region

if TYPE_CHECKING:
    from typing import Self


class Frame(Vertical):
    """A container whose border has a title and a subtitle."""

    _is_edge_only = False

    def entitle(self, title: str, subtitle: str = "") -> None:
        """Change the words in the border."""
        self._is_edge_only = True
        try:
            self.border_title = Content(title)
            self.border_subtitle = Content(subtitle)
        finally:
            self._is_edge_only = False

    def refresh(self, *regions: Region, **what: Any) -> Self:
        """Paint again: all of it, or of a frame whose words have changed, its edges."""
        if self._is_edge_only:
            left, top = -self.gutter.left, -self.gutter.top
            width, height = self.outer_size
            regions = (Region(left, top, width, 1), Region(left, top + height - 1, width, 1))
        return super().refresh(*regions, **what)
