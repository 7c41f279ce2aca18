"""How wide text is on a terminal."""

import rich.cells
from rich.segment import Segment
from textual.strip import Strip


def cell_len(text: str) -> int:
    """Return the cells of a text without control characters.

    Rich keeps thousands of the texts that it is asked for; those of a list are many and short.
    """
    return len(text) if text.isascii() else rich.cells.cell_len(text)


def strip_of(segments: list[Segment]) -> Strip:
    """Return a strip that knows how wide it is."""
    return Strip(segments, sum(cell_len(text) for text, _, _ in segments))
