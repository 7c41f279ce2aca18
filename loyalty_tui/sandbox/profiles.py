"""Whole CrowdTwist profiles from the sandbox's stories.

Every profile has the fields of CrowdTwist's document, "Live Push User Profile", in the names,
forms and order of its sample.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty_tui.sandbox.stories import Change, Story

DOCUMENT_PUSH: Final = (
    files("loyalty_tui.sandbox") / "data/live-push-user-profile.json"
).read_bytes()
"""The sample request of CrowdTwist's document, byte for byte: indented with no-break spaces."""

_SAMPLE: Final[dict[str, Any]] = json.loads(DOCUMENT_PUSH.decode().replace("\u00a0", " "))
_TIERS: Final = ((None, 999), (1000, 2499), (2500, 4999), (5000, None))
_RESET: Final = datetime(2027, 1, 1, tzinfo=UTC)
_LOGGED_IN_BEFORE: Final = timedelta(minutes=20)


@dataclass(slots=True)
class _Standing:
    """Where a member stands in the tiers, carried from one change to the next."""

    reached: datetime
    assigned: datetime
    tier_from: int
    """All points earned when the tier was reached."""
    timeframe_from: int
    """All points earned when the timeframe began."""

    def follow(self, change: Change, at: datetime, before: int) -> None:
        if change.event in {"start", "jump", "drop", "maintain", "reset"}:
            self.assigned = at
            self.timeframe_from = before if change.event == "start" else change.total
        if change.event in {"start", "jump", "drop"}:
            self.reached = at
            self.tier_from = self.timeframe_from

    def tier_info(self, change: Change, at: datetime) -> dict[str, Any]:
        current = _level(change.tier)
        following = _level(change.tier + 1) if change.tier < len(_TIERS) else None
        days = (_RESET - at).days
        return {
            **_SAMPLE["tierInfo"],
            "resetDate": _iso(_RESET),
            "dateReached": _iso(self.reached),
            "scoreNeededToReach": following and following["minValue"],
            "nextLevel": following,
            "timeframe_score": change.total - self.timeframe_from,
            "tierScore": change.total - self.tier_from,
            "assignedByEvent": change.event,
            "currentLevel": current,
            "score": change.total - self.tier_from,
            "daysUntilResetDate": days,
            "daysUntilExpirationDate": days,
            "dateAssigned": _iso(self.assigned),
            "expirationDate": _iso(_RESET),
            "scoreNeededToMaintain": current["minValue"],
        }


def profiles(story: Story) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Yield the profile after each change of a story, with the time of the change (UTC)."""
    profile = {**_SAMPLE, "id": story.id, **story.person}
    joined = datetime.fromtimestamp(int(profile["dateCreated"]), UTC)
    standing = _Standing(joined, joined, story.opening, story.opening)
    before = redeemable = story.opening
    earned_until: dict[str, int] = {}
    for change in story.changes:
        at = datetime.fromisoformat(change.updated).replace(tzinfo=UTC)
        month, week = f"{at:%Y-%m}", f"{at:%G-W%V}"
        earned_until = {month: before, week: before} | earned_until
        standing.follow(change, at, before)
        redeemable += change.total - before - change.spent
        before = change.total
        profile |= change.set
        profile |= {
            "tierInfo": standing.tier_info(change, at) if change.event else None,
            "fanLevelName": f"Tier {change.tier}" if change.event else None,
            "totalPoints": change.total,
            "redeemablePoints": redeemable,
            "monthlyPoints": change.total - earned_until[month],
            "weeklyPoints": change.total - earned_until[week],
            "dateLastLogin": _epoch(at - _LOGGED_IN_BEFORE),
            "dateLastUpdated": _epoch(at),
        }
        yield at, dict(profile)


def _level(tier: int) -> dict[str, Any]:
    least, most = _TIERS[tier - 1]
    return {"minValue": least, "maxValue": most, "title": f"Tier {tier}"}


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _epoch(moment: datetime) -> str:
    return str(int(moment.timestamp()))
