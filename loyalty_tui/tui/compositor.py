"""A partial repaint that draws what has changed and nothing else.

Textual's own draws whatever lies in the rectangle around all changes, what is hidden behind other
parts included: with a key in a box at the top and a list below it, most of the screen. That takes
longer than to find the list's lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.strip import Strip


class SparingCompositor(Compositor):
    """Asks each part only for those of its lines that are to be seen anew."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw the dirty regions; None when there is none."""
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        screen = self.size.region
        spans = list(
            self._regions_to_spans(
                inside for region in regions if (inside := region.intersection(screen))
            )
        )
        if not spans:
            return None
        cuts = self.cuts
        ends = [line[1:] for line in cuts]
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(line[:-1]) for line in cuts]
        missing: dict[int, set[int]] = {}
        for y, left, right in spans:
            missing.setdefault(y, set()).update(
                cut
                for cut, end in zip(chops[y], ends[y], strict=True)
                if cut < right and end > left
            )
        self._fill(chops, missing)
        return ChopsUpdate(chops, spans, ends)

    def _fill(self, chops: list[dict[int, Strip | None]], missing: dict[int, set[int]]) -> None:
        """Draw the missing pieces, from front to back."""
        cuts = self.cuts
        for widget, (region, clip) in self.visible_widgets.items():
            if not missing:
                break
            shown = region.intersection(clip)
            x, right = shown.column_span
            lines = [
                y
                for y in missing.keys() & set(shown.line_range)
                if any(x <= cut < right for cut in missing[y])
            ]
            if not lines:
                continue
            strips: dict[int, Strip] = {}
            for top, height in _stretches(lines):
                place = Region(x - region.x, top - region.y, shown.width, height)
                strips |= zip(range(top, top + height), widget.render_lines(place), strict=False)
            for y, strip in strips.items():
                own = [cut for cut in cuts[y] if x <= cut <= right]
                left_to_draw = missing[y]
                pieces = strip.divide([cut - x for cut in own[1:]]) if len(own) > 2 else (strip,)  # noqa: PLR2004 - its two ends
                for cut, piece in zip(own, pieces, strict=False):
                    if cut in left_to_draw:
                        chops[y][cut] = piece
                        left_to_draw.discard(cut)
                if not left_to_draw:
                    del missing[y]


def _stretches(lines: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first line and the height of all that follow each other."""
    start = at = min(lines)
    for y in [*sorted(lines)[1:], None]:
        if y != at + 1:
            yield start, at + 1 - start
            start = y or 0
        at = y or 0
