"""`loyalty-tui`: open the desk."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import time
from contextlib import suppress
from datetime import datetime
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final

from loyalty_tui import settings
from loyalty_tui.cli.context import Chosen, Session, choose, connect, stored_key
from loyalty_tui.errors import ExitCode, NoSuchMemberError, SettingsError, UsageError

if TYPE_CHECKING:
    import argparse

    from loyalty_tui.cli.demo_program import Demo
    from loyalty_tui.crowdmanager.models import OnTry
    from loyalty_tui.tui.program import Connection, Draft

FRAMES = 240
"""Times a second at which the screen is painted at most: an answer waits for half a frame."""
_M_ARENA_MAX: Final = -8
"""Of glibc's malloc.h: how many heaps there may be."""
_GRACE: Final = 3.0
"""Seconds that the desk may take to close when its terminal is gone."""
NOBODY = "nobody@example.com"
"""Whom "try it" asks for when no member is named: a domain kept free for examples."""


class DeskProgram:
    """The program behind the desk: a `loyalty_tui.tui.program.Program`."""

    def __init__(self, arguments: argparse.Namespace, *, starts_in_demo: bool = False) -> None:
        self._demo: Demo | None = None
        self._demo_connection: Connection | None = None
        self._starting_demo = Lock()
        self._chosen: Chosen | None = None
        self._starts_in_demo = starts_in_demo
        self._first: Connection | None = None
        if not starts_in_demo:
            self._chosen = choose(arguments)
        nothing = settings.Settings(settings.settings_file())
        loaded = self._chosen.settings if self._chosen else nothing
        self.problems: tuple[str, ...] = loaded.problems
        self.theme: str = loaded.theme or "dark"
        self.profile_names: tuple[str, ...] = tuple(loaded.profiles)

    def now(self) -> datetime:
        """Return the current time, with the local time zone."""
        return datetime.now().astimezone()

    def connect(self) -> Connection | None:
        """Return the chosen profile's connection, or None when nothing is set up yet."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._chosen is None:
            return self.demo()
        profile = self._chosen.profile
        if not self._chosen.settings.profiles and not profile.organization:
            return None
        return connect(profile, lambda: stored_key(profile.name), starts_early=True)

    def start(self) -> None:
        """Connect already: an archive that was never indexed is read while the desk is loaded."""
        if not self._starts_in_demo:
            self._first = self.connect()

    def change_to(self, profile_name: str) -> Connection:
        """Return the connection of another profile."""
        profile = settings.choose(settings.load(), profile=profile_name)
        return connect(profile, lambda: stored_key(profile.name))

    def demo(self) -> Connection:
        """Start the demo, unless it runs, and return its connection."""
        from loyalty_tui.cli.demo_program import Demo

        with self._starting_demo:  # a key that is held down asks for it many times
            if self._demo_connection is None:
                self.close()
                self._demo = Demo()
                self._demo_connection = self._demo.start()
            return self._demo_connection

    def close(self) -> None:
        """Stop the demo, if it runs."""
        if self._demo is not None:
            self._demo.close()
            self._demo = self._demo_connection = None

    async def try_out(self, draft: Draft, on_try: OnTry) -> str:
        """Make one real request with what was typed in and return what it showed."""
        from loyalty_tui import identifiers
        from loyalty_tui.credentials import clean_key

        profile = self._profile_of(draft)
        key = clean_key(draft.api_key.reveal()) if draft.api_key.reveal() else None
        identifier = identifiers.parse(draft.identifier or NOBODY, profile.region)
        session = Session(profile, lambda: key or stored_key(profile.name))
        try:
            await session.look_up(identifier, on_try)
        except NoSuchMemberError:
            if draft.identifier:
                return "CrowdManager answered and took the key, but knows no such member."
            return "It works: CrowdManager answered and took the key."
        finally:
            await session.close()
        return "It works: CrowdManager answered with that member's summary."

    def save(self, draft: Draft) -> Connection:
        """Store the key in the OS keyring and the rest in the settings."""
        from loyalty_tui.credentials import Credentials, clean_key
        from loyalty_tui.settings import saving

        profile = self._profile_of(draft)
        keyring = Credentials(environ={})
        if not draft.api_key.reveal():
            stored_key(profile.name)
            saving.save_profile(profile)
        else:
            key = clean_key(draft.api_key.reveal())
            before = keyring.api_key(profile.name)
            keyring.store(profile.name, key)
            try:
                saving.save_profile(profile)
            except SettingsError:
                if before is None:
                    keyring.delete(profile.name)
                else:
                    keyring.store(profile.name, before)
                raise
        self.profile_names = tuple(settings.load().profiles)
        return connect(profile, lambda: stored_key(profile.name))

    def save_theme(self, theme: str) -> None:
        """Remember "dark" or "light"; the demo remembers nothing."""
        if not self._starts_in_demo:
            from loyalty_tui.settings import saving

            saving.save_theme(theme)

    def _profile_of(self, draft: Draft) -> settings.Profile:
        from loyalty_tui import regions
        from loyalty_tui.settings import checks

        base = self._chosen.profile if self._chosen else settings.Profile(name="main")
        organization = checks.check_organization(draft.organization)
        region = checks.check_region(draft.region)
        if region and not regions.region_name(region):
            nearest = regions.nearest_region(region)
            raise SettingsError(
                f"There is no region {region}.",
                f"Did you mean {nearest}?" if nearest else "Write it like NO.",
            )
        archive = checks.check_folder(draft.archive) if draft.archive else None
        if archive is not None and not archive.is_dir():
            raise SettingsError(
                "The archive folder is not there.", "Create it first, correct it, or leave it out."
            )
        return settings.Profile(base.name, organization, base.base_url, region, archive)


def run(arguments: argparse.Namespace, *, starts_in_demo: bool = False) -> int:
    """Open the desk and return its exit code."""
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        raise UsageError("The desk needs a terminal.", "Without one, use `loyalty-tui lookup ID`.")
    from loyalty_tui.cli.main import complain, fault_in_words

    # Nothing that start-up makes is garbage; the app collects again after its first paint.
    gc.disable()
    _share_heap()
    if sys.platform == "linux":
        Thread(target=_end_with_terminal, name="terminal", daemon=True).start()
    program = DeskProgram(arguments, starts_in_demo=starts_in_demo)
    program.start()
    os.environ.setdefault("TEXTUAL_FPS", str(FRAMES))
    from loyalty_tui.tui.app import LoyaltyApp

    try:
        app = LoyaltyApp(program)
        app.run()
    finally:
        program.close()
    if app.fault is not None:
        if arguments.debug:
            raise app.fault
        complain(fault_in_words(app.fault))
    return app.return_code or ExitCode.FINE


def _end_with_terminal() -> None:
    """End the desk when its terminal is gone, also where a program in between keeps that to itself.

    What is written there from then on must not fail, or the desk could not even be closed.
    """
    poller = select.poll()
    poller.register(0, 0)
    if any(event & select.POLLHUP for _, event in poller.poll()):
        null = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(null, standard)
        os.kill(os.getpid(), signal.SIGHUP)
        time.sleep(_GRACE)
        os._exit(128 + signal.SIGHUP)  # it hangs


def _share_heap() -> None:
    """Have all threads, of which there are none yet, use one heap: each keeps what it once had."""
    if sys.platform == "linux":
        import ctypes

        with suppress(AttributeError, OSError):  # the C library is another one
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
