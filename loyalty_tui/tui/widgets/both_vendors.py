"""What both vendors say of the same person, side by side and never added up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import wording

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import RenderableType

    from loyalty_tui.archive.model import Entry
    from loyalty_tui.tui.state import Loaded

MOST_MEMBERS = 2
"""CrowdTwist members that have a column."""
NOT_GIVEN = "not given"
_LONGEST = 40


class BothVendorsCard(Static):
    """CrowdManager's balance and rank beside CrowdTwist's points and tier, each with its time."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"both--label", "both--vendor", "both--value"}
    BORDER_TITLE = "Both programmes"

    def __init__(self, state: Loaded, newest: tuple[Entry, ...], now: datetime) -> None:
        super().__init__(classes="card")
        self._state = state
        self._newest = newest
        self._now = now

    def render(self) -> RenderableType:
        """Draw a column for each."""
        label = self.get_component_rich_style("both--label")
        vendor = self.get_component_rich_style("both--vendor")
        value = self.get_component_rich_style("both--value")
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(no_wrap=True)
        columns = [self._of_crowdmanager(), *map(self._of_crowdtwist, self._newest[:MOST_MEMBERS])]
        for _ in columns:
            table.add_column(ratio=1)
        for name, texts in zip(("", "Points", "Standing", "As of"), zip(*columns, strict=True),
                               strict=True):  # fmt: skip
            style = value if name else vendor
            table.add_row(Text(name, label), *(Text(text, style) for text in texts))
        more = len(self._newest) - MOST_MEMBERS
        words = "Two programmes: their points are never added up."
        if more > 0:
            words += f" {wording.counted(more, 'more CrowdTwist member')}: see the pushes."
        return Group(table, Text(words, label))

    def _of_crowdmanager(self) -> tuple[str, str, str, str]:
        summary, ladder = self._state.summary, self._state.ladder
        rank = "no rank" if ladder.is_unranked else "not known"
        if ladder.current is not None:
            rank = neutralise(ladder.current.name, wording.NAME_LIMIT)
        as_of = wording.as_of(self._state.fetched_at, self._now)
        return "CrowdManager", wording.points(summary.balance), rank, as_of

    def _of_crowdtwist(self, entry: Entry) -> tuple[str, str, str, str]:
        vendor = "CrowdTwist"
        if len(self._newest) > 1:
            vendor += (
                f" {neutralise(entry.name.strip(), _LONGEST)} {entry.member_id or ''}".rstrip()
            )
        said = (
            (number, word)
            for number, word in (
                (entry.total_points, "total"), (entry.redeemable_points, "redeemable"),
            )
            if number is not None
        )  # fmt: skip
        points = "\n".join(f"{wording.number(number)} {word}" for number, word in said)
        tier = neutralise(entry.tier, wording.NAME_LIMIT) or "no tier"
        at = entry.updated_at or entry.received_at
        when = f"{wording.day(at)} {at:%H:%M} UTC" if at else "not dated"
        return vendor, points or NOT_GIVEN, tier, when
