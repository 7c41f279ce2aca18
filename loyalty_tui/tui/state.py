"""What the desk shows, as frozen snapshots: the workers make them, the widgets only show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loyalty_tui.crowdmanager import ladder

if TYPE_CHECKING:
    from datetime import datetime

    from loyalty_tui.archive.model import MemberFound
    from loyalty_tui.crowdmanager.models import LoyaltySummary, Try
    from loyalty_tui.errors import LoyaltyError
    from loyalty_tui.identifiers import Identifier


@dataclass(frozen=True, slots=True)
class Empty:
    """Nobody has been asked for."""


@dataclass(frozen=True, slots=True)
class Loading:
    """A look-up is under way."""

    identifier: Identifier
    attempt: Try | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """CrowdManager knows nobody by that identifier."""

    identifier: Identifier
    error: LoyaltyError


@dataclass(frozen=True, slots=True)
class Failed:
    """The look-up failed."""

    identifier: Identifier
    error: LoyaltyError


@dataclass(frozen=True, slots=True)
class Loaded:
    """A member and when the service said so."""

    identifier: Identifier
    summary: LoyaltySummary
    ladder: ladder.Ladder
    fetched_at: datetime

    @classmethod
    def of(cls, identifier: Identifier, summary: LoyaltySummary, fetched_at: datetime) -> Loaded:
        """Return the state for a summary, with its ladder built."""
        return cls(identifier, summary, ladder.build(summary), fetched_at)


MemberState = Empty | Loading | NotFound | Failed | Loaded


@dataclass(frozen=True, slots=True)
class PushesIdle:
    """Nobody has been asked for, or the archive has not answered yet."""

    message: str


@dataclass(frozen=True, slots=True)
class PushesFailed:
    """The archive cannot be read."""

    error: LoyaltyError


@dataclass(frozen=True, slots=True)
class PushesFound:
    """The members behind an identifier, mostly one, perhaps none."""

    members: tuple[MemberFound, ...]
    nobody: str = "No pushes are saved for this identifier."
    """What to say when there are none."""


PushesState = PushesIdle | PushesFailed | PushesFound
