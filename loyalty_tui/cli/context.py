"""What every verb starts from: settings, the chosen profile, its key, a way to ask."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from loyalty_tui import settings
from loyalty_tui.errors import CredentialsError, SettingsError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from threading import Event

    from loyalty_tui.archive.scan import Archive
    from loyalty_tui.crowdmanager.client import CrowdManager
    from loyalty_tui.crowdmanager.models import LoyaltySummary, OnTry
    from loyalty_tui.identifiers import Identifier
    from loyalty_tui.privacy import Secret
    from loyalty_tui.settings import Profile
    from loyalty_tui.tui.program import Connection, Example


@dataclass(frozen=True, slots=True)
class Chosen:
    """The settings, and the profile that options, environment and settings lead to."""

    settings: settings.Settings
    profile: Profile


def choose(arguments: argparse.Namespace) -> Chosen:
    """Read the settings and choose a profile by the command line's options.

    Raises:
        SettingsError: The settings cannot be read, or an option is wrong.
    """
    loaded = settings.load()
    profile = settings.choose(
        loaded,
        profile=arguments.profile,
        base_url=arguments.base_url,
        organization=arguments.organization,
        region=arguments.region,
        archive=arguments.archive,
    )
    return Chosen(loaded, profile)


def stored_key(profile_name: str) -> Secret:
    """Return a profile's API key from the environment or the keyring. Blocks.

    Raises:
        CredentialsError: There is none, or no keyring to ask.
    """
    from loyalty_tui.credentials import Credentials

    return Credentials().require(profile_name)


class Session:
    """One profile's way to CrowdManager: opened by the first look-up, kept for the next."""

    def __init__(self, profile: Profile, api_key: Callable[[], Secret]) -> None:
        self._profile = profile
        self._api_key = api_key
        self._client: CrowdManager | None = None

    async def look_up(self, identifier: Identifier, on_try: OnTry) -> LoyaltySummary:
        """Fetch a member's loyalty summary; raises LoyaltyError."""
        if self._client is None:
            self._client = await self._open()
        try:
            return await self._client.loyalty_summary(identifier, on_try)
        except CredentialsError:
            await self.close()  # the next look-up reads the key anew
            raise

    def prepare(self) -> None:
        """Load the client's code, which takes longer than all else of a first look-up."""
        import_module("loyalty_tui.crowdmanager.client")

    async def _open(self) -> CrowdManager:
        if not self._profile.organization:
            raise SettingsError(
                f"Profile “{self._profile.name}” has no organization id.",
                "Add `organization = …` to it in the settings, or use --organization.",
            )
        # Both take a while: importing httpx, and asking the keyring.
        client: Any = await asyncio.to_thread(import_module, "loyalty_tui.crowdmanager.client")
        key = await asyncio.to_thread(self._api_key)
        opened: CrowdManager = await asyncio.to_thread(
            client.CrowdManager, self._profile.base_url, self._profile.organization, key
        )
        return opened

    async def close(self) -> None:
        """Close what is open."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()


def connect(
    profile: Profile,
    api_key: Callable[[], Secret],
    *,
    examples: tuple[Example, ...] = (),
    is_demo: bool = False,
) -> Connection:
    """Return what the desk needs to ask for members of a profile."""
    from loyalty_tui.tui.program import Connection

    session = Session(profile, api_key)
    folder = profile.archive

    def read_archive(stop: Event) -> Archive:
        from loyalty_tui.archive.scan import Archive

        assert folder is not None  # noqa: S101 - only handed on with a folder
        return Archive.read(folder, stop)

    return Connection(
        profile=profile,
        look_up=session.look_up,
        read_archive=read_archive if folder is not None else None,
        prepare=session.prepare,
        close=session.close,
        examples=examples,
        is_demo=is_demo,
    )
