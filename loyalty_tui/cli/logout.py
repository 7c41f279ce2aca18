"""`loyalty-tui logout`: remove a profile's API key, or its receiver's secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty_tui.cli.context import choose
from loyalty_tui.cli.main import say
from loyalty_tui.errors import ExitCode

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Remove the key and say whether there was one."""
    from loyalty_tui.credentials import Credentials, ReceiverCredentials

    profile = choose(arguments).profile
    if arguments.receiver:
        kept = ReceiverCredentials()
        words = "removed from" if kept.delete(profile.name) else "not in"
        whose = f"The receiver's secrets of profile “{profile.name}” are"
        say(f"{whose} {words} {kept.where()}.")
        return ExitCode.FINE
    credentials = Credentials()
    if credentials.delete(profile.name):
        words = f"The API key of profile “{profile.name}” is removed from {credentials.where()}."
    else:
        words = f"There is no API key for profile “{profile.name}” in {credentials.where()}."
    if credentials.source(profile.name) == "environment":
        words += " LOYALTY_TUI_API_KEY is still set and goes on being used."
    say(words)
    return ExitCode.FINE
