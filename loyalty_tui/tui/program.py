"""What the desk asks of the program behind it; the command line answers.

The desk knows no HTTP, no keyring and no settings file: it is handed these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from datetime import datetime
    from threading import Event

    from loyalty_tui.archive.model import (
        Entry,
        History,
        Key,
        MemberFound,
        Page,
        Progress,
        ScanProgress,
        Sorting,
        Sums,
        Totals,
    )
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.crowdmanager.models import LoyaltySummary, OnTry
    from loyalty_tui.identifiers import Identifier
    from loyalty_tui.privacy import Secret
    from loyalty_tui.settings import Profile


@dataclass(frozen=True, slots=True)
class Example:
    """An identifier worth trying."""

    identifier: str
    """As staff would type it."""
    note: str
    """Who that is, in a few words."""


class PushArchive(Protocol):
    """The archive of pushes behind a profile. What is not async blocks: call it in a thread.

    Every method but `behind` and `text` ends early, with what it has, once its stop event is set.
    All raise ArchiveError when the archive or its index cannot be used.
    """

    def follow(self) -> AsyncGenerator[Progress]:
        """Bring the index up to date and keep it so; say when there is more to find.

        The index is built in a process of its own, and usable meanwhile. Closing ends it.
        """

    def totals(self, now: datetime | None = None) -> Totals:
        """Return the whole archive in numbers, as far as it is indexed.

        Its last times are not after now, if that is given: a sender's clock may be fast.
        """

    def arrivals(self, since: datetime, until: datetime) -> int:
        """Return how many pushes were received after a moment and up to another, with copies."""

    def page(  # noqa: PLR0913 - a place in a list has many sides
        self,
        query: Query,
        sorting: Sorting,
        *,
        descending: bool,
        limit: int,
        stop: Event,
        beyond: Key | None = None,
        backwards: bool = False,
        skip: int = 0,
    ) -> Page:
        """Return the entries that follow a key in a list, the nearest first.

        Without a key, from the list's beginning; backwards from its end, or up from the key. Skip
        passes over as many entries first.
        """

    def rank(
        self, query: Query, sorting: Sorting, key: Key, *, descending: bool, stop: Event
    ) -> int:
        """Return how many entries of a list stand before a key."""

    def jump(self, query: Query, sorting: Sorting, text: str, *, descending: bool) -> Entry | None:
        """Return the first entry at or after what the text names in this sorting.

        A date or the beginning of one for updated and received, a number for points, the
        beginning of a name for member. None when the text names nothing there, or nothing follows.
        """

    def previous(self, ref: str, stop: Event) -> Entry | None:
        """Return the push of the same member and kind that came before one.

        By the profile's last update, then by receipt, however late it arrived. None when there is
        none. A push that names no member by id has the same e-mail and phone.
        """

    def history(self, ref: str, most: int, stop: Event) -> History:
        """Return the dated profile pushes of a push's member, oldest first.

        Of more than so many (at least 2) a sample at equal distances of time.
        """

    def sums(self, query: Query, bars: int, stop: Event) -> Sums:
        """Return how many pushes a query finds, and at most so many bars of when they were."""

    def scan(
        self,
        query: Query,
        on_progress: Callable[[ScanProgress], None],
        stop: Event,
        *,
        goes_on: bool = False,
    ) -> None:
        """Look at the pushes themselves, for a query that needs it.

        Until it has ended, page, rank and sums answer from what has been found so far. To go on is
        to look only at what came since the last time, if that was for the same query and came to
        its end.
        """

    def behind(self, identifier: Identifier) -> tuple[MemberFound, ...]:
        """Return the members ever pushed with an identifier, the one with the newest push first."""

    def still(self, listed: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return those entries that still lead to their push, with their keys and copies of now."""

    def text(self, ref: str) -> str:
        """Return one push as JSON, token for token as it came. ArchiveError when it is gone."""

    def known(self, field: str) -> tuple[str, ...]:
        """Return the values to offer for a field of the query language, the most frequent first."""

    def close(self) -> None:
        """Close what is open."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One profile, ready to be asked."""

    profile: Profile
    look_up: Callable[[Identifier, OnTry], Awaitable[LoyaltySummary]]
    """Fetch a member's loyalty summary; raises LoyaltyError."""
    archive: PushArchive | None
    """None when the profile names no folder."""
    prepare: Callable[[], None]
    """Load what the first look-up needs; in a thread, after the first paint."""
    close: Callable[[], Awaitable[None]]
    """Close what is open."""
    examples: tuple[Example, ...] = ()
    """Identifiers to offer; only the demo has any."""
    is_demo: bool = False


class Program(Protocol):
    """The program behind the desk. None of its methods but `try_out` waits for a network."""

    problems: tuple[str, ...]
    """What is wrong with the settings, one sentence each."""
    theme: str
    """"dark" or "light"."""
    profile_names: tuple[str, ...]
    """The profiles one can change to."""

    def now(self) -> datetime:
        """Return the current time, with the local time zone."""

    def connect(self) -> Connection | None:
        """Return the chosen profile's connection, or None when nothing is set up yet."""

    def change_to(self, profile_name: str) -> Connection:
        """Return the connection of another profile."""

    def demo(self) -> Connection:
        """Start the demo and return its connection. Blocks for a moment: call it in a thread."""

    async def try_out(self, draft: Draft, on_try: OnTry) -> str:
        """Make one real request with what was typed in and return what it showed.

        Raises LoyaltyError.
        """

    def save(self, draft: Draft) -> Connection:
        """Store the key in the OS keyring and the rest in the settings. Blocks.

        Raises LoyaltyError; nothing is half saved.
        """

    def save_theme(self, theme: str) -> None:
        """Remember "dark" or "light". Blocks. Raises SettingsError."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed into the set-up screen, unchecked."""

    organization: str
    region: str
    api_key: Secret
    archive: str
    identifier: str
    """A member to try it with; empty for an address nobody has."""
