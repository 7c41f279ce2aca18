"""`loyalty-tui login`: store a profile's API key in the OS keyring."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from loyalty_tui.cli.context import choose
from loyalty_tui.errors import ExitCode

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Ask for the key without echo, or read one line where standard input is no terminal."""
    from loyalty_tui.credentials import Credentials, clean_key

    profile = choose(arguments).profile
    if sys.stdin.isatty():
        key = clean_key(getpass.getpass(f"API key of profile “{profile.name}” (not shown): "))
    else:
        key = clean_key(sys.stdin.readline())
    credentials = Credentials()
    credentials.store(profile.name, key)
    print(
        f"The API key of profile “{profile.name}” is kept in {credentials.where()}.",
        file=sys.stderr,
    )
    return ExitCode.FINE
