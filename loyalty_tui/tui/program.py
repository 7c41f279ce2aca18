"""What the desk asks of the program behind it; the command line answers.

The desk knows no HTTP, no keyring and no settings file: it is handed these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from threading import Event

    from loyalty_tui.archive.scan import Archive
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


@dataclass(frozen=True, slots=True)
class Connection:
    """One profile, ready to be asked."""

    profile: Profile
    look_up: Callable[[Identifier, OnTry], Awaitable[LoyaltySummary]]
    """Fetch a member's loyalty summary; raises LoyaltyError."""
    read_archive: Callable[[Event], Archive] | None
    """Read the archive folder, in a thread, until done or the event is set; raises ArchiveError.
    None when the profile names no folder."""
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
