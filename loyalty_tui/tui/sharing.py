"""What all inspectors of a desk share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyalty_tui.archive.model import Entry


@dataclass(slots=True)
class Shared:
    """What goes for every inspector of a desk."""

    marked: Entry | None = None
    """The push that others are compared with, instead of the one before them."""
    shows_all: bool = False
    """Whether changes that one can do without are shown."""
    is_timeline_away: bool = False
    """Whether the member's points over time are put away."""

    @property
    def marked_ref(self) -> str:
        """The ref of the marked push; nothing when none is."""
        return self.marked.ref if self.marked else ""
