"""A member for people and for screen readers: one fact a line, no drawing."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from loyalty_tui.archive.model import Sorting
from loyalty_tui.cli import listing
from loyalty_tui.crowdmanager import ladder
from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from loyalty_tui.archive.model import MemberFound
    from loyalty_tui.crowdmanager.models import LoyaltySummary
    from loyalty_tui.identifiers import Identifier
    from loyalty_tui.tui.program import PushArchive


def member_lines(
    identifier: Identifier, summary: LoyaltySummary, fetched_at: datetime
) -> Iterator[str]:
    """Yield the lines of a member's loyalty summary, free of control characters."""
    what = identifier.description.replace(" · ", ", ")
    whom = neutralise(wording.short(identifier))
    yield f"Member: {what}" if what.endswith(whom) else f"Member: {what}, {whom}"
    yield f"Balance: {wording.points(summary.balance)}"
    yield f"As of: {fetched_at:%Y-%m-%d %H:%M:%S}"
    yield from _ladder_lines(ladder.build(summary))
    if summary.distinctions:
        yield f"Distinctions: {wording.earned(summary.distinctions)} earned"
    else:
        yield "Distinctions: none in the answer"
    for distinction in wording.earned_first(summary.distinctions):
        name = wording.distinction_name(distinction)
        description = neutralise(distinction.description.strip(), 300)
        state = "Earned" if distinction.is_earned else "Not earned"
        yield f"{state}: {name}" + (f", {description}" if description not in {"", name} else "")
    for notice in summary.notices:
        yield f"Notice: {notice}"


def _ladder_lines(built: ladder.Ladder) -> Iterator[str]:
    unnamed = "none" if built.is_unranked else "not known"
    yield f"Rank: {neutralise(built.current.name) if built.current else unnamed}"
    yield f"Meaning: {neutralise(built.meaning)}"
    if built.outlook:
        yield f"Outlook: {neutralise(built.outlook)}"
    for number, rung in enumerate(built.rungs, start=1):
        mark = ", this member" if rung.is_current else ""
        name = neutralise(rung.name, wording.NAME_LIMIT)
        yield f"Ladder {number} of {len(built.rungs)}: {name}, {rung.band}{mark}"


def push_lines(archive: PushArchive, found: tuple[MemberFound, ...]) -> Iterator[str]:
    """Yield a line for each push of the members behind an identifier; contacts are masked."""
    yield f"CrowdTwist pushes: {sum(member.pushes for member in found):,}"
    for member in found:
        page = archive.page(
            member.query, Sorting.UPDATED, descending=True, limit=member.pushes, stop=Event()
        )
        for entry in page.entries:
            yield f"Push: {', '.join(listing.facts(entry))}"
