"""The short list under the filter box: what could stand where one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from loyalty_tui.tui.glyphs import Glyphs

MOST: Final = 6
"""Offers that are seen at once."""
LONGEST: Final = 60


class FilterOffers(Static):
    """Offers over what lies beneath the box, one of them chosen."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__("", id="filter-offers", markup=False)
        self._glyphs = glyphs
        self.offers: tuple[str, ...] = ()
        """What is offered, as it would be typed."""
        self._chosen = 0
        self.display = False

    def show(self, offers: tuple[str, ...]) -> None:
        """Offer something else, the first of it chosen."""
        if not (offers or self.offers):
            return  # to draw nothing once more would lay everything out again
        self.offers = offers
        self._chosen = 0
        self.display = bool(offers)
        self._draw()

    @property
    def chosen(self) -> int:
        """The number of the chosen offer."""
        return self._chosen

    def move(self, by: int) -> None:
        """Choose another."""
        if self.offers:
            self._chosen = (self._chosen + by) % len(self.offers)
            self._draw()

    def _draw(self) -> None:
        first = max(0, min(self._chosen - MOST // 2, len(self.offers) - MOST))
        lines = []
        for number, offer in list(enumerate(self.offers))[first : first + MOST]:
            is_chosen = number == self._chosen
            mark = f"{self._glyphs.current} " if is_chosen else "  "
            words = mark + neutralise(offer, LONGEST)
            lines.append(Content.styled(words, "bold $primary" if is_chosen else ""))
        more = len(self.offers) - MOST
        if more > 0:
            lines.append(Content.styled(f"  {more} more", "$foreground-muted"))
        self.update(Content("\n").join(lines))
