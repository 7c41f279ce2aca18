"""From which sizes on there is room for more: the style sheet's classes, for every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.geometry import Size

HORIZONTAL: Final = [(0, "-narrow"), (104, "-wide"), (160, "-very-wide")]
VERTICAL: Final = [(0, "-low"), (18, "-short"), (32, "-tall")]


def of(size: Size) -> Iterator[str]:
    """Yield the classes that Textual gives a screen of this size."""
    for extent, breakpoints in ((size.width, HORIZONTAL), (size.height, VERTICAL)):
        yield max(each for each in breakpoints if each[0] <= extent)[1]
