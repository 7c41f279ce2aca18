"""Every glyph of the desk in one table, each with an ASCII twin."""

from __future__ import annotations

import locale
import os
from typing import NamedTuple


class Glyphs(NamedTuple):
    """The signs that stand beside words; none of them says anything alone."""

    search: str
    current: str
    marked: str
    """Stands beside the push that others are compared with."""
    earned: str
    not_earned: str
    notice: str
    failure: str
    nobody: str
    waiting: str
    bullet: str
    arrow: str
    descending: str
    ascending: str
    copies: str
    folded: str
    unfolded: str
    guide: str
    """Leads the eye from an opening bracket to its closing one."""
    cursor_bar: str
    range_fill: str
    bars: str
    """A column of growing height, the first one empty."""
    plot_signs: str
    """The signs of two lines; one alone stands for dots of braille."""
    meter_done: str
    meter_left: str


UNICODE = Glyphs(
    search="⌕",
    current="▶",
    marked="◆",
    earned="★",
    not_earned="☆",
    notice="▲",
    failure="✖",
    nobody="○",
    waiting="◌",
    bullet="·",
    arrow="→",
    descending="▼",
    ascending="▲",
    copies="×",
    folded="▸",
    unfolded="▾",
    guide="│",
    cursor_bar="│",
    range_fill="░",
    bars=" ▁▂▃▄▅▆▇█",
    plot_signs="⠀",
    meter_done="━",
    meter_left="─",
)
ASCII = Glyphs(
    search="?",
    current=">",
    marked="#",
    earned="*",
    not_earned="-",
    notice="!",
    failure="x",
    nobody="o",
    waiting="~",
    bullet="-",
    arrow="->",
    descending="v",
    ascending="^",
    copies="x",
    folded="+",
    unfolded="-",
    guide=":",
    cursor_bar="|",
    range_fill="'",
    bars=" .:#",
    plot_signs="*o",
    meter_done="=",
    meter_left="-",
)


def for_this_terminal() -> Glyphs:
    """Return the glyphs this terminal can show: the Linux console and non-UTF-8 ones get ASCII."""
    encoding = locale.getpreferredencoding(do_setlocale=False).lower().replace("-", "")
    return UNICODE if encoding == "utf8" and os.environ.get("TERM") != "linux" else ASCII
