"""What every verb starts from: settings, the chosen profile, its key, a way to ask."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

from xxhash import xxh3_64_hexdigest

from loyalty_tui import settings
from loyalty_tui.errors import ArchiveError, CredentialsError, SettingsError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import Popen

    from loyalty_tui.archive.search import Search
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
        import asyncio  # most commands need none, and are to be quick

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


class LateArchive:
    """A search.Search that is loaded with the first question: the first paint needs none."""

    def __init__(self, folder: Path, index: Path, *, starts_early: bool = False) -> None:
        self._folders = folder, index
        self._lock = Lock()
        self._search: Search | None = None
        self._started: Popen[bytes] | None = None
        if (
            starts_early and not index.exists()
        ):  # it takes a while, so it is begun before anybody asks
            from loyalty_tui.archive import following

            with suppress(ArchiveError):  # whoever follows it says so, and tries again
                self._started = following.start(folder, index)

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if self._search is None:
                from loyalty_tui.archive.search import Search

                self._search = Search(*self._folders, self._started)
                self._started = None
        return getattr(self._search, name)

    def close(self) -> None:
        """Close what is open."""
        if self._search is not None or self._started is not None:
            self.__getattr__("close")()


def index_folder(archive: Path) -> Path:
    """Return where the index of an archive is kept: by the archive's own path."""
    path = os.path.realpath(archive)
    mark = xxh3_64_hexdigest(os.fsencode(path))
    return settings.cache_folder() / "archives" / mark


def archive_of(chosen: Chosen) -> Path:
    """Return the chosen archive folder.

    Raises:
        UsageError: None is set.
    """
    if chosen.profile.archive is None:
        raise UsageError(
            "No archive folder is set.",
            "Name one with --archive DIR, or `archive` in the settings.",
        )
    return chosen.profile.archive


def connect(  # noqa: PLR0913 - a connection has many sides
    profile: Profile,
    api_key: Callable[[], Secret],
    *,
    examples: tuple[Example, ...] = (),
    is_demo: bool = False,
    cache: Path | None = None,
    starts_early: bool = False,
) -> Connection:
    """Return what the desk needs to ask for members of a profile.

    The index of its archive is in the user's cache folder, or in the one given. Where there is
    none yet, the archive may be read from now on, before anybody follows it.
    """
    import asyncio

    from loyalty_tui.tui.program import Connection

    session = Session(profile, api_key)
    archive: Any = None
    if profile.archive is not None:
        index = cache or index_folder(profile.archive)
        archive = LateArchive(profile.archive, index, starts_early=starts_early)

    async def close() -> None:
        await session.close()
        if archive is not None:
            await asyncio.to_thread(archive.close)

    return Connection(
        profile=profile,
        look_up=session.look_up,
        archive=archive,
        prepare=session.prepare,
        close=close,
        examples=examples,
        is_demo=is_demo,
    )
