"""`loyalty-tui login`: store a profile's API key, or its receiver's secrets, in the OS keyring."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Final

from loyalty_tui.cli.context import choose
from loyalty_tui.cli.main import say
from loyalty_tui.errors import ExitCode

if TYPE_CHECKING:
    import argparse


_UNREADABLE: Final = "\udcff"
"""Stands for what was typed and is no text: no key and no password can have it."""


def run(arguments: argparse.Namespace) -> int:
    """Ask for the key without echo, or read one line where standard input is no terminal."""
    if arguments.receiver:
        return _log_in_receiver(arguments)
    from loyalty_tui.credentials import Credentials, clean_key

    profile = choose(arguments).profile
    if sys.stdin.isatty():
        key = clean_key(_asked(f"API key of profile “{profile.name}” (not shown): "))
    else:
        key = clean_key(sys.stdin.readline())
    credentials = Credentials()
    credentials.store(profile.name, key)
    say(f"The API key of profile “{profile.name}” is kept in {credentials.where()}.")
    return ExitCode.FINE


def _log_in_receiver(arguments: argparse.Namespace) -> int:
    """Ask for what senders have to know; without a terminal, in two lines: Basic, x-api-key."""
    from loyalty_tui.credentials import ReceiverCredentials, receiver_secrets

    profile = choose(arguments).profile
    if sys.stdin.isatty():
        say("What CrowdTwist has to send; leave out what it does not.")
        say("User name for Basic: ", end="")
        user = sys.stdin.readline().strip()
        basic = f"{user}:{_asked('Password for Basic (not shown): ')}" if user else ""
        key = _asked("x-api-key (not shown): ").strip()
    else:
        basic = sys.stdin.readline().rstrip("\r\n")
        key = sys.stdin.readline().strip()
    credentials = ReceiverCredentials()
    secrets = receiver_secrets(basic, key)
    credentials.store(profile.name, secrets)
    which = " and ".join(
        name for name, one in (("Basic", secrets.basic), ("x-api-key", secrets.api_key)) if one
    )
    say(
        f"The receiver's secrets of profile “{profile.name}” ({which}) are kept in "
        f"{credentials.where()}."
    )
    return ExitCode.FINE


def _asked(prompt: str) -> str:
    """Return what is typed without echo, nothing where that ends before a line does."""
    try:
        return getpass.getpass(prompt)
    except (EOFError, UnicodeDecodeError) as error:
        say("")  # nothing has ended the prompt's line
        return "" if isinstance(error, EOFError) else _UNREADABLE
