"""Ranks arranged as a ladder, with what each rung means in words. Pure functions.

A threshold is a fraction of all members and lower is better: 0.01 is held by the top 1 %. Ranks
come in no useful order; the member's own is told by its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyalty_tui.crowdmanager.models import LoyaltySummary, Number, Rank

_PLACES = 12
"""Decimal places up to which a percentage is written out; a longer one is rounded."""
_ROUNDED = Context(prec=6)
_SMALLEST = Decimal(1).scaleb(-_PLACES)
"""Percent; less is not written out, or a line would be as long as its exponent says."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rank in its place on the ladder."""

    rank: Rank
    lower: Number | None
    """Where the band begins, a fraction of all members: 0 for the best. None when unknown."""
    upper: Number | None
    """Where the band ends: the rank's threshold. None when missing or outside 0 to 1."""
    is_current: bool
    """Whether the member holds it."""
    is_listed: bool = True
    """False for a member's rank that the scheme's own list does not have."""

    @property
    def name(self) -> str:
        """The rank's name on one line, or its number when it has none."""
        return " ".join(self.rank.name.split()) or f"Rank {self.rank.id}"

    @property
    def band(self) -> str:
        """The band in words: "top 1 %", "1–10 %" or "unknown"."""
        if self.lower is None or self.upper is None:
            return "unknown"
        if self.lower == 0:
            return f"top {percent(self.upper)}"
        return f"{percent(self.lower).removesuffix(' %')}–{percent(self.upper)}"


@dataclass(frozen=True, slots=True)
class Ladder:
    """All rungs, best first and unknown thresholds last, and where the member stands."""

    rungs: tuple[Rung, ...]
    current: Rung | None
    """The member's rung; None without a rank."""
    next: Rung | None
    """The nearest better rung; None at the top, or where it cannot be told."""
    meaning: str
    """What the member's rank means, in one sentence."""
    outlook: str
    """Which rank comes next, in one sentence; empty when there is nothing to say."""
    is_unranked: bool
    """Whether the service said that the member holds no rank."""
    has_everyone_else: bool
    """Whether there are members below the last known threshold."""


def build(summary: LoyaltySummary) -> Ladder:
    """Return the ladder of a summary."""
    rungs = _rungs(summary)
    current = next((rung for rung in rungs if rung.is_current), None)
    better = _next_better(rungs, current)
    is_unranked = summary.rank is None and summary.is_rank_readable
    known = [rung.upper for rung in rungs if rung.upper is not None]
    return Ladder(
        rungs=rungs,
        current=current,
        next=better if current or is_unranked else None,
        meaning=_meaning(summary, current),
        outlook=_outlook(rungs, current, better) if current or is_unranked else "",
        is_unranked=is_unranked,
        has_everyone_else=bool(known) and max(known) < 1,
    )


def percent(fraction: Number) -> str:
    """Return a fraction of members as a percentage in plain digits: 0.0005 as "0.05 %"."""
    if 0 < fraction < _SMALLEST / 100:
        return f"less than {_SMALLEST:f} %"
    share = abs(Decimal(fraction) * 100).normalize()  # abs: -0.0 is a number in JSON
    if share != round(share, _PLACES):
        share = _ROUNDED.plus(share).normalize()
    return f"{share:f} %"


def _usable(threshold: Number | None) -> Number | None:
    return threshold if threshold is not None and 0 <= threshold <= 1 else None


def _rungs(summary: LoyaltySummary) -> tuple[Rung, ...]:
    own = summary.rank
    ranks = [(rank, True) for rank in summary.ranks]
    if own and all(rank.id != own.id for rank in summary.ranks):
        ranks.append((own, False))
    listed = sorted({t for rank in summary.ranks if (t := _usable(rank.threshold)) is not None})
    rungs = []
    is_marked = False
    for rank, is_listed in ranks:
        upper = _usable(rank.threshold)
        lower = None
        if upper is not None:
            lower = max((t for t in listed if t < upper), default=Decimal("0.0"))
        is_current = not is_marked and own is not None and rank.id == own.id
        is_marked = is_marked or is_current
        rungs.append(Rung(rank, lower, upper, is_current, is_listed))
    return tuple(sorted(rungs, key=lambda rung: (rung.upper is None, rung.upper or 0)))


def _next_better(rungs: tuple[Rung, ...], current: Rung | None) -> Rung | None:
    known = [rung for rung in rungs if rung.upper is not None]
    if current is not None:
        if current.upper is None:
            return None
        ceiling = current.upper
        known = [rung for rung in known if rung.upper is not None and rung.upper < ceiling]
    nearest = max((rung.upper for rung in known if rung.upper is not None), default=None)
    return next((rung for rung in known if rung.upper == nearest), None)


def _meaning(summary: LoyaltySummary, current: Rung | None) -> str:
    if not summary.is_rank_readable:
        return "Which rank this member holds could not be read."
    if current is None:
        listed = "" if summary.ranks else ", and the answer lists none"
        return f"This member holds no rank{listed}."
    if current.lower is None or current.upper is None:
        holders = "an unknown share of all members"
    elif current.lower == 0:
        holders = f"the top {percent(current.upper)} of all members"
    else:
        holders = (
            f"members placed between the top {percent(current.lower)} "
            f"and the top {percent(current.upper)} of all"
        )
    unlisted = "" if current.is_listed else ", but is not among the ranks the program lists"
    return f"{current.name} is held by {holders}{unlisted}."


def _outlook(rungs: tuple[Rung, ...], current: Rung | None, better: Rung | None) -> str:
    if better is not None and better.upper is not None:
        word = "Next rank" if current else "First rank"
        return f"{word}: {better.name} (top {percent(better.upper)})."
    if current is not None:
        if current.upper is not None:
            are_known = all(rung.upper is not None for rung in rungs)
            return f"No rank{'' if are_known else ' with a known threshold'} is higher."
        return "Which rank comes next cannot be told." if len(rungs) > 1 else ""
    return "Which rank comes first cannot be told." if rungs else ""
